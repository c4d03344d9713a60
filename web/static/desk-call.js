/* Ny henvendelse: the suggestion follows what is typed. Without this file the button "Find forslag" does the same. */
"use strict";
(() => {
  const form = document.getElementById("call");
  const panel = document.getElementById("suggestion");
  const status = document.getElementById("suggestion-status");
  const PAUSE_MS = 700; // after the last key
  const LEAST_MS = 2000; // between two questions, so that a row of call takers stays within the limit of their address
  let timer = 0;
  let asked = 0;
  let asking = null;
  let shown = state();

  const keys = form.querySelector(".call-keys");
  if (keys) keys.hidden = false;

  /** What the suggestion depends on, to know whether it is out of date. */
  function state() {
    const fields = new FormData(form);
    for (const name of ["csrf", "token", "said", "why", "areas_suggested", "article_suggested", "suggested_type"]) fields.delete(name);
    return new URLSearchParams(fields).toString();
  }

  function later() {
    clearTimeout(timer);
    timer = setTimeout(ask, Math.max(PAUSE_MS, asked + LEAST_MS - Date.now()));
  }

  async function ask() {
    const wanted = state();
    if (wanted === shown || reading()) return;
    if (asking) asking.abort();
    const request = asking = new AbortController();
    asked = Date.now();
    panel.setAttribute("aria-busy", "true");
    try {
      const body = new URLSearchParams(new FormData(form));
      const response = await fetch("/desk/ny/forslag", { method: "POST", body, signal: request.signal });
      if (!response.ok || response.redirected) throw new Error(String(response.status));
      const html = await response.text();
      if (request === asking && !reading()) show(html, wanted);
    } catch (error) {
      if (error.name !== "AbortError") say("Forslaget kan ikke hentes lige nu. Du kan gemme som altid.");
    } finally {
      if (request === asking) {
        asking = null;
        panel.removeAttribute("aria-busy");
        if (state() !== shown) later();
      }
    }
  }

  /** Somebody who reads in the panel is not disturbed; leaving it asks again. Choosing an answer is meant to change it. */
  function reading() {
    const here = document.activeElement;
    return panel.contains(here) && here.name !== "article";
  }

  function show(html, wanted) {
    const here = panel.contains(document.activeElement) ? document.activeElement.id : "";
    const goneOn = state() !== wanted;
    panel.innerHTML = html; // our own page part: everything in it was escaped by the server
    const found = document.getElementById("suggestion-found");
    const areas = new Set(found.dataset.areas.split(" "));
    for (const box of form.querySelectorAll("[data-area]")) box.checked = areas.has(box.dataset.area);
    if (here) document.getElementById(here)?.focus();
    shown = goneOn ? wanted : state();
    say(found.dataset.headline);
  }

  function say(words) {
    if (status.textContent !== words) status.textContent = words;
  }

  form.addEventListener("input", (event) => {
    if (event.target.name === "article") form.elements.other_article.value = "";
    if (event.target.name === "other_article") for (const radio of form.querySelectorAll("[name=article]")) radio.checked = false;
    later();
  });
  panel.addEventListener("focusout", () => setTimeout(() => { if (state() !== shown) later(); }));

  form.addEventListener("submit", (event) => {
    if (!event.submitter || event.submitter.value !== "suggest") return;
    event.preventDefault();
    shown = "";
    ask();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit(form.querySelector(event.shiftKey ? "[value=answered]" : "[value=case]"));
  });
})();
