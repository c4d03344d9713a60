/* The desk's keyboard shortcuts and help sheet. Every page works without this file; nothing here is the only way to do a thing.
   Shortcuts are single letters, so they can be switched off (WCAG 2.1.4) and never fire while somebody types. */
"use strict";
(() => {
  const OFF = "indgang-desk-keys-off";
  const SEQUENCE_MS = 1500;
  const help = document.getElementById("desk-help");
  const toggle = document.getElementById("desk-keys");
  const opener = document.querySelector("[data-help]");
  let afterG = 0;

  const remembered = () => { try { return localStorage.getItem(OFF) === "1"; } catch { return false; } };
  const remember = (off) => { try { off ? localStorage.setItem(OFF, "1") : localStorage.removeItem(OFF); } catch { /* private mode: for this page only */ } };
  let off = remembered();

  /** Open the folded parts around an element, scroll there and put the focus on it. */
  function go(element) {
    if (!element) return false;
    reveal(element);
    element.scrollIntoView({ block: "center" });
    element.focus({ preventScroll: true });
    return true;
  }

  function reveal(element) {
    for (let around = element.closest("details"); around; around = around.parentElement.closest("details")) around.open = true;
    if (element.tagName === "DETAILS") element.open = true;
  }

  /** Move along the rows of the page; each has one link that opens it. */
  function step(by) {
    const links = [...document.querySelectorAll("[data-row] [data-open]")];
    if (!links.length) return false;
    const row = document.activeElement && document.activeElement.closest("[data-row]");
    const here = row ? links.findIndex((link) => row.contains(link)) : -1;
    const next = here < 0 ? (by > 0 ? 0 : links.length - 1) : Math.min(links.length - 1, Math.max(0, here + by));
    links[next].focus();
    links[next].scrollIntoView({ block: "nearest" });
    return true;
  }

  function visit(key) {
    const link = [...document.querySelectorAll("[data-key]")].find((room) => room.dataset.key === key);
    if (link) link.click();
    return Boolean(link);
  }

  function search() {
    const field = document.getElementById("q");
    if (field) return go(field);
    return visit("s");
  }

  const KEYS = {
    j: () => step(1),
    k: () => step(-1),
    r: () => go(document.getElementById("text")),
    n: () => go(document.getElementById("note")),
    "/": search,
    "?": showHelp,
  };

  function showHelp() {
    if (!help || help.open) return false;
    toggle.checked = !off;
    help.showModal();
    return true;
  }

  const typing = (target) => Boolean(target.closest && target.closest("input, textarea, select, [contenteditable]"));

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return hideExplanation();
    if (off || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (typing(event.target) || document.querySelector("dialog[open]")) return;
    const second = Date.now() - afterG < SEQUENCE_MS;
    afterG = 0;
    if (second ? visit(event.key) : (KEYS[event.key] || (() => false))()) event.preventDefault();
    else if (event.key === "g") afterG = Date.now();
  });

  /** An explanation in the way can be put aside without moving mouse or focus (WCAG 1.4.13). */
  function hideExplanation() {
    const shown = document.querySelector(".desk-why:focus-within, .desk-why:hover");
    if (!shown) return;
    shown.setAttribute("data-hidden", "");
    const back = () => shown.removeAttribute("data-hidden");
    shown.addEventListener("mouseenter", back, { once: true });
    shown.addEventListener("mouseleave", back, { once: true });
    shown.addEventListener("focusout", back, { once: true });
  }

  if (help) {
    opener.hidden = false;
    opener.addEventListener("click", showHelp);
    help.querySelector("[data-close]").addEventListener("click", () => help.close());
    toggle.addEventListener("change", () => { off = !toggle.checked; remember(off); });
  }

  /** A link to something folded opens it. */
  function revealTarget() {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target) { reveal(target); target.scrollIntoView({ block: "start" }); }
  }
  window.addEventListener("hashchange", revealTarget);
  revealTarget();
})();
