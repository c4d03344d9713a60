/* The live pages of the desk: pieces of the page arrive as server-sent events and take the place of the old ones.
 * Without this script the pages work by being loaded again. */
(() => {
"use strict";

const TYPING_EVERY = 3000; // milliseconds
const byId = (id) => document.getElementById(id);
const lists = byId("live-lists");
const log = byId("live-log");
const status = byId("live-status");
const connection = byId("live-connection");
const passing = byId("live-pass");
const reply = byId("live-reply");
const news = byId("live-news");
let called = Number(lists?.dataset.calls ?? 0);
const title = document.title;

document.documentElement.classList.add("live-script");

/** Put new content in a piece of the page; the focus stays on what it was on, by its id. */
function replace(piece, html) {
  const focused = piece.contains(document.activeElement) && document.activeElement.id;
  piece.innerHTML = html; // rendered and escaped by the server
  if (focused) byId(focused)?.focus();
}

function listen() {
  const address = (status ?? lists).dataset.events;
  const source = new EventSource(address);
  const on = (name, act) => source.addEventListener(name, (event) => act(JSON.parse(event.data)));
  source.addEventListener("open", () => { connection.textContent = ""; });
  source.addEventListener("error", () => {
    connection.textContent = source.readyState === EventSource.CLOSED
      ? "Forbindelsen er afbrudt. Genindlæs siden; det, du har skrevet, kan du kopiere først."
      : "Ingen forbindelse lige nu. Vi prøver igen …";
  });
  on("lists", ({ html, calls }) => {
    replace(lists, html);
    document.title = calls ? `(${calls}) ${title}` : title;
    if (calls > called) news.textContent = calls === 1 ? "Én samtale venter på dig." : `${calls} samtaler venter på dig.`;
    called = calls;
  });
  if (!status) return;
  on("status", ({ html }) => replace(status, html));
  on("pass", ({ html }) => passed(html));
  on("facts", fillIn);
  on("messages", ({ html }) => {
    const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
    const fresh = document.createElement("template");
    fresh.innerHTML = html;
    // After a break the stream may tell again what is shown.
    for (const message of fresh.content.querySelectorAll(".desk-message")) if (!byId(message.id)) log.append(message);
    if (atEnd) log.scrollTop = log.scrollHeight;
  });
}

/** Show whom the talk can be passed on to; nobody any longer when a colleague has it, and then the page is another one. */
function passed(html) {
  if (!passing) return;
  if (html.trim()) return void replace(passing, html);
  passing.hidden = true;
  const text = reply?.elements.text;
  if (text && !text.value.trim()) location.reload();
}

/** Fill in the form for a case with what the visitor tells; what the caseworker has typed stays. */
function fillIn(facts) {
  for (const [name, value] of Object.entries(facts)) {
    const field = byId(name);
    if (!field || field.value !== field.defaultValue || field === document.activeElement) continue;
    field.defaultValue = value;
    field.value = value;
  }
}

/** Send the form without leaving the page. What the server does not take is sent as a page, which says what is wrong. */
async function send(form, text) {
  const fields = new URLSearchParams(new FormData(form));
  const button = form.querySelector("button");
  button.setAttribute("aria-disabled", "true");
  try {
    const answer = await fetch(form.action, { method: "POST", body: fields, redirect: "manual" });
    if (answer.type !== "opaqueredirect") return void form.submit();
    if (text.value === fields.get("text")) text.value = "";
    form.elements.sent_as.value = Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(16)).join("");
    connection.textContent = "";
  } catch {
    connection.textContent = "Beskeden er ikke sendt. Den står her stadig; prøv igen om lidt.";
  } finally {
    button.removeAttribute("aria-disabled");
    text.focus();
  }
}

function write() {
  const text = reply.elements.text;
  let told = 0;
  let sending = false;
  byId("live-keys").hidden = false;
  const submit = async () => {
    if (sending || !text.value.trim()) return;
    sending = true;
    await send(reply, text);
    sending = false;
  };
  reply.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submit();
  });
  text.addEventListener("input", () => {
    if (Date.now() - told < TYPING_EVERY || !text.value.trim()) return;
    told = Date.now();
    const body = new URLSearchParams({ csrf: reply.elements.csrf.value });
    fetch(reply.dataset.typing, { method: "POST", body }).catch(() => {}); // only a courtesy
  });
}

if (log) log.scrollTop = log.scrollHeight;
if (reply) write();
listen();
})();
