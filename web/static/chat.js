/* The chat of Én Indgang: the element <en-indgang>, brought by one script tag
 *   <script src="/static/chat.js" data-api="/api/v1" defer></script>
 * A launcher at the corner of the page opens it; data-mode="inline" lays it out where the script stands.
 * An element with data-ask="a question" opens it and asks; data-ask="" only opens it.
 * Addresses are resolved against the script's own: the page may belong to another host.
 */
(() => {
"use strict";

const DA = {
  title: "Spørg ErhvervsKontoret",
  log: "Samtalen",
  intro: "Du taler med en digital assistent. Den svarer ud fra artikler, som kommunen har gennemgået. "
    + "Du kan altid bede om et menneske.",
  placeholder: "Skriv dit spørgsmål",
  send: "Send",
  noCpr: "Skriv ikke CPR-nummer.",
  withoutChat: "Skriv til os uden chat",
  close: "Luk chatten",
  menu: "Flere valg",
  restart: "Start forfra",
  forget: "Slet samtalen på denne enhed",
  sure: "Samtalen forsvinder fra denne enhed. Sager med sagsnummer fortsætter hos os.",
  forgotten: "Samtalen er slettet på denne enhed.",
  cancel: "Fortryd",
  author: { bot: "Digital assistent", caseworker: "Medarbejder", visitor: "Du", system: "" },
  typing: (name) => `${name} skriver …`,
  waiting: "I kø til en medarbejder",
  person: (name) => `Du skriver med ${name}`,
  sending: "Sendes …",
  retrying: "Ikke sendt endnu – prøver igen …",
  notSent: "Ikke sendt.",
  retry: "Prøv igen",
  offline: "Ingen forbindelse. Det, du skriver, bliver sendt, når du er på nettet igen.",
  failed: "Noget gik galt hos os. Prøv igen om lidt.",
  newMessage: "Ny besked ↓",
  unread: (count) => (count === 1 ? "1 ny besked" : `${count} nye beskeder`),
  left: (count) => `${count} tegn tilbage`,
  tooLong: (count) => `Beskeden er ${count} tegn for lang. Del den i to.`,
  today: "I dag",
  yesterday: "I går",
  choices: "Valgmuligheder",
  doNow: "Gør det nu",
  steps: "Trin for trin",
  who: "Hvem",
  when: "Hvornår",
  printSteps: "Åbn tjeklisten til udskrift",
  readMore: "Læs mere",
  sources: "Kilder",
  reviewed: (day, by) => `Gennemgået ${day}${by ? ` af ${by}` : ""}`,
  newWindow: " (åbner i nyt vindue)",
  received: "Vi har modtaget din henvendelse",
  reference: "Sagsnummer",
  contact: "Din kontaktperson",
  firstAnswer: "Første svar senest",
  answer: "Svar på sagen senest",
  level: "Sådan ser vi sagen",
  areas: "Vi inddrager",
  checklist: "Hav dette klar",
  follow: "Følg din sag",
};
const EN = { // for cards written in English; the rest stays Danish
  choices: "Choices",
  doNow: "Do it now",
  steps: "Step by step",
  who: "Who",
  when: "When",
  printSteps: "Open the checklist for printing",
  readMore: "Read more",
  sources: "Sources",
  reviewed: (day, by) => `Reviewed ${day}${by ? ` by ${by}` : ""}`,
  newWindow: " (opens in a new window)",
  received: "We have received your inquiry",
  reference: "Case number",
  contact: "Your contact person",
  firstAnswer: "First answer no later than",
  answer: "Answer to the case no later than",
  level: "How we see the case",
  areas: "We involve",
  checklist: "Have this ready",
  follow: "Follow your case",
};
const LENGTH = { most: 2000, countFrom: 1800 };
const RETRY_DELAYS = [1000, 2000, 4000, 8000]; // milliseconds, as all times here
const RECONNECT = { first: 1000, longest: 30000, steadyAfter: 10000 };
const REQUEST_LIMIT = 30000;
const SILENCE_LIMIT = 60000; // a stream without a byte for this long is taken for dead
const TYPING = { shownAfter: 500, saidAfter: 2000, forgottenAfter: 8000 }; // no word about a short wait
const TELL_TYPING_EVERY = 3000; // to the person one talks with
const SAME_BREATH = 300000; // messages of one author within this time share a name line
const SHEET = "(max-width: 479.98px), (max-height: 419.98px)";
const ICONS = {
  chat: "M4 5h16v11H10l-5 4v-4H4zM8 9h8M8 12h5",
  close: "M6 6l12 12M18 6L6 18",
  menu: "M12 5v.01M12 12v.01M12 19v.01",
  send: "M4 12h15M13 6l6 6-6 6",
};

const script = document.currentScript;
const API = new URL(script.dataset.api || "/api/v1", script.src).href;
const KEY = `en-indgang ${API}`;
const ofServer = (path) => new URL(path, script.src).href;
const t = (key, lang) => (lang === "en" && EN[key]) || DA[key];
const touch = () => matchMedia("(pointer: coarse)").matches;

// ---- elements

/** Build an element: h("p.class", { property }, child …). Strings become text, never HTML; null, false nothing. */
function h(name, properties, ...children) {
  const [tag, ...classes] = name.split(".");
  const node = document.createElement(tag);
  node.classList.add(...classes);
  if (properties?.constructor !== Object) children.unshift(properties);
  else for (const [key, value] of Object.entries(properties)) {
    if (key in node) node[key] = value;
    else node.setAttribute(key, value);
  }
  node.append(...children.flat(Infinity).filter((child) => child != null && typeof child !== "boolean"));
  return node;
}

const button = (name, onclick, ...content) => h(`button${name}`, { type: "button", onclick }, ...content);

function icon(name) {
  const [svg, path] = ["svg", "path"].map((tag) => document.createElementNS("http://www.w3.org/2000/svg", tag));
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

function iconButton(name, onclick) {
  const node = button(".icon", onclick, icon(name));
  node.setAttribute("aria-label", node.title = t(name));
  return node;
}

/** A link; plain text where the address is no web, mail or phone address. Other sites open beside the chat. */
function link(label, address, lang, name = "a") {
  let url;
  try {
    url = new URL(address, API);
  } catch { /* no address at all */ }
  if (!/^(https?|mailto|tel):$/.test(url?.protocol)) return label;
  const leaves = /^http/.test(url.protocol) && url.origin !== location.origin;
  return h(name, { href: url.href, ...(leaves && { target: "_blank", rel: "noopener" }) },
    label, leaves && h("span.sr", t("newWindow", lang)));
}

/** Text with its web addresses made into links. */
const linked = (words = "", lang) => words.split(/(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)])/)
  .map((part, index) => (index % 2 ? link(part, part, lang) : part));

// ---- time, by the office's clock as in its promises

const format = (moment, lang, options) => new Intl.DateTimeFormat(lang === "en" ? "en-GB" : "da-DK",
  { timeZone: "Europe/Copenhagen", ...options }).format(new Date(moment));
const LONG_DAY = { day: "numeric", month: "long", year: "numeric" };
const TIME = { hour: "2-digit", minute: "2-digit" };
const dayOf = (moment) => format(moment, "da", LONG_DAY);

function dayName(moment) {
  const ago = [0, 1].find((days) => dayOf(moment) === dayOf(Date.now() - days * 86400000));
  return [t("today"), t("yesterday")][ago] ?? format(moment, "da", { weekday: "long", ...LONG_DAY });
}

const sleep = (ms, signal) => new Promise((resolve) => {
  setTimeout(resolve, ms);
  signal?.addEventListener("abort", resolve, { once: true });
});

/** As crypto.randomUUID(), which is missing on plain http. */
const randomId = () => Array.from(crypto.getRandomValues(new Uint32Array(4)),
  (part) => part.toString(16).padStart(8, "0")).join("");

// ---- what this device remembers

/** A record in one of the browser's storages, or in memory where they are blocked. */
function record(area) {
  let memory = {};
  const read = () => {
    try {
      return JSON.parse(window[area].getItem(KEY)) ?? {};
    } catch {
      return memory;
    }
  };
  const replace = (content) => {
    memory = content;
    try {
      window[area].setItem(KEY, JSON.stringify(content));
    } catch { /* blocked or full: memory serves this page */ }
  };
  // Another tab may have written, so what is there now is read before a change.
  return { read, replace, update: (changes) => replace({ ...read(), ...changes }) };
}
const store = record("localStorage"); // conversation, draft, unsent messages, last seq seen
const tab = record("sessionStorage"); // the page on which the chat stands open

// ---- the server

/** An error with the HTTP status (0: no answer came) and as message the server's words to the visitor, if any. */
const failure = (status, message = "") => Object.assign(new Error(message), { status });
const isGone = ({ status }) => [401, 404, 410].includes(status);
const mayPass = ({ status }) => [0, 408].includes(status) || status >= 500;

/** Send a request; returns its JSON, or with `stream` the response, whose body `signal` ends. Throws failure(). */
async function request(method, path, { token, body, headers, signal, stream } = {}) {
  const abort = new AbortController();
  const stop = () => abort.abort();
  const timer = setTimeout(stop, REQUEST_LIMIT);
  signal?.addEventListener("abort", stop);
  if (token) headers = { ...headers, Authorization: `Bearer ${token}` };
  if (body) headers = { ...headers, "Content-Type": "application/json" };
  try {
    const response = await fetch(API + path,
      { method, headers, body: JSON.stringify(body), signal: abort.signal, credentials: "omit", cache: "no-store" });
    if (response.ok) return stream ? response : await response.json();
    const { error } = await response.json().catch(() => ({}));
    throw failure(response.status, error?.message);
  } catch (error) {
    throw "status" in error ? error : failure(0);
  } finally {
    clearTimeout(timer);
  }
}

/** Read server-sent events until the stream ends: `onEvent(name, data)`. EventSource cannot carry the token. */
async function readEvents(response, onEvent) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let buffer = ""; ;) {
    const chunk = await Promise.race([reader.read(), sleep(SILENCE_LIMIT)]);
    if (!chunk || chunk.done) return void reader.cancel().catch(() => {});
    const blocks = (buffer + chunk.value).split(/\r?\n\r?\n/);
    buffer = blocks.pop();
    for (const block of blocks) {
      const { event = "message", data } = Object.fromEntries(
        [...block.matchAll(/^(\w+): ?([^\r\n]*)/gm)].map(([, name, value]) => [name, value]));
      if (data) onEvent(event, JSON.parse(data));
    }
  }
}

// ---- cards

const list = (name, items) => items?.length > 0 && h(name, items.map((item) => h("li", item)));

/** The steps of a start package, each with its authority, time and link. role: Safari drops the list without marks. */
function stepList(steps, lang) {
  const fact = (label, words) => h("p", h("strong", `${t(label, lang)}: `), words);
  return h("ol.steps", { role: "list" }, steps.map(({ step, authority, when, link: to }) => h("li",
    h("p.step", step), fact("who", authority), fact("when", when), to && h("p.way", link(to.text, to.url, lang)))));
}

function articleCard({ text, article }, lang) {
  const { links, steps, checklist_url: checklist, sources, reviewed, reviewer, body_html: html } = article;
  const longer = h("div.longer", { innerHTML: html ?? "" }); // sanitised by the server
  for (const title of longer.querySelectorAll("h1, h2, h3")) title.replaceWith(h("h4", ...title.childNodes));
  for (const a of longer.querySelectorAll("a[href]")) a.replaceWith(link(a.textContent, a.getAttribute("href"), lang));
  const linkTo = (to) => (to.url ? link(to.text, to.url, lang) : to.text);
  return h("div.card", { lang },
    h("h3", article.title),
    h("p.words", linked(text, lang)),
    steps ? [h("h4", t("steps", lang)), stepList(steps, lang),
      checklist && h("p.way", link(t("printSteps", lang), checklist, lang))]
      : links?.length > 0 && [h("h4", t("doNow", lang)), list("ul.actions", links.map(linkTo))],
    html && h("details", h("summary", t("readMore", lang)), longer),
    h("div.trust",
      sources?.length > 0 && h("p", t("sources", lang), sources.map((to, index) => [index ? " · " : ": ", linkTo(to)])),
      reviewed && h("p", t("reviewed", lang)(format(`${reviewed}T12:00Z`, lang, LONG_DAY), reviewer))));
}

function ticketCard({ ticket }, lang) {
  const { contact_person: person, level_text: level, reasons, areas, checklist } = ticket;
  const due = (name) => ticket[name] && h("time", { dateTime: ticket[name] },
    ticket[`${name}_text`] || format(ticket[name], lang, { weekday: "long", ...LONG_DAY, ...TIME }));
  const row = (label, content) => content && [h("dt", t(label, lang)), h("dd", content)];
  return h("div.card.ticket", { lang },
    h("h3", t("received", lang)),
    h("dl",
      row("reference", h("strong.reference", ticket.reference)),
      row("contact", person && [h("strong", person.name), person.title && `, ${person.title}`, list("ul.reach", [
        person.phone && link(person.phone, `tel:${person.phone.replace(/\s/g, "")}`, lang),
        person.email && link(person.email, `mailto:${person.email}`, lang)].filter(Boolean))]),
      row("firstAnswer", due("first_answer_due")),
      row("answer", due("answer_due")),
      row("level", level && [level, list("ul", reasons)]),
      row("areas", areas?.join(", ")),
      row("checklist", list("ul", checklist))),
    ticket.status_url && link(t("follow", lang), ticket.status_url, lang, "a.button"));
}

const authorName = ({ author, author_name: name }) => (
  author === "caseworker" && name ? `${name} · ${t("author").caseworker.toLowerCase()}` : t("author")[author]);

/** What a screen reader is told about a message. */
function spoken(message) {
  const { article, ticket, choices = [], text, lang } = message;
  return [authorName(message), article?.title, ticket && `${t("received", lang)}, ${ticket.reference}`, text,
    ...choices.map(({ label }) => label)].filter(Boolean).join(". ");
}

// ---- the element

class EnIndgang extends HTMLElement {
  connectedCallback() {
    if (this.shadowRoot) return;
    this.inline = this.dataset.mode === "inline";
    this.sheet = matchMedia(SHEET);
    this.nodes = new Map(); // seq → element
    this.pending = new Map(); // client_message_id (key) → element, until its seq is known
    this.shown = new Set(); // every key that has got an element
    this.build();
    this.listen();
    this.restore();
  }

  build() {
    this.badge = h("span.badge");
    this.launcher = button(".launcher", () => this.open(), icon("chat"), h("span", t("title")), this.badge);
    this.launcher.setAttribute("aria-haspopup", "dialog");
    this.heading = h("h2", { id: "title", tabIndex: -1 }, t("title"));
    this.who = h("p", t("author").bot);
    this.menuButton = iconButton("menu", () => this.toggleMenu());
    this.menuButton.setAttribute("aria-expanded", false);
    this.menu = h("div.menu");
    this.notice = h("p.office");
    this.intro = h("p.intro", t("intro"));
    this.typing = h("p.typing", h("i"), h("i"), h("i"), h("span"));
    // aria-live is off: the history is never read again; say() speaks what is new.
    this.log = h("div.log", { role: "log", "aria-live": "off", "aria-label": t("log"), tabIndex: 0,
      onscroll: () => { this.jump.hidden ||= this.atEnd(); } }, this.intro, this.typing);
    this.jump = button(".jump", () => this.scrollToEnd(), t("newMessage"));
    this.connection = h("p.connection");
    this.liveWords = h("p");
    this.liveBack = button(".back", () => this.post({ choice: this.talk.back.id, label: this.talk.back.label }));
    this.liveBar = h("div.live", { role: "group" }, this.liveWords, this.liveBack);
    this.problem = h("p.problem", { role: "alert" });
    this.input = h("textarea", { id: "input", rows: 1, placeholder: t("placeholder"),
      "aria-describedby": "hint counter", oninput: () => this.onInput(), onkeydown: (event) => this.onKey(event) });
    this.counter = h("p.counter", { id: "counter" });
    // Two: outside an open modal sheet nothing is read, and inside a closed dialog nothing either.
    [this.live, this.liveOutside] = [1, 2].map(() => h("div.sr", { "aria-live": "polite" }));
    this.panel = h(this.inline ? "section.panel" : "dialog.panel", { "aria-labelledby": "title" },
      h("header", h("div", this.heading, this.who), this.menuButton,
        !this.inline && iconButton("close", () => this.close())),
      this.menu, this.notice, h("div.middle", this.log, this.jump), this.liveBar, this.connection,
      h("div.composer", this.problem, h("label.sr", { htmlFor: "input" }, t("placeholder")),
        h("div.field", this.input, iconButton("send", () => this.submit())), this.counter,
        h("p.hint", { id: "hint" }, t("noCpr"), " ", link(t("withoutChat"), ofServer("/skriv")))),
      this.live);
    for (const part of ["badge", "menu", "notice", "typing", "jump", "liveBar", "connection", "counter"]) this[part].hidden = true;
    this.launcher.hidden = this.inline;
    const frame = h(this.inline ? "div.frame.inline" : "section.frame", { lang: "da", hidden: true },
      this.launcher, this.panel, this.liveOutside);
    if (!this.inline) frame.setAttribute("aria-label", t("title"));
    const show = () => { frame.hidden = false; this.fitInput(); };
    this.attachShadow({ mode: "open" }).append(
      h("link", { rel: "stylesheet", href: ofServer("chat.css"), onload: show, onerror: show }), frame);
  }

  listen() {
    this.panel.addEventListener("keydown", (event) => event.key === "Escape" && this.onEscape(event));
    this.panel.addEventListener("cancel", (event) => this.onEscape(event));
    this.panel.addEventListener("focusin", () => { if (this.inline && !this.forgotten) this.connect(); });
    this.sheet.addEventListener("change", () => { if (this.panel.open) this.show(); });
    document.addEventListener("click", (event) => this.onAsk(event));
    document.addEventListener("visibilitychange", () => this.onVisibility());
    addEventListener("online", () => { this.disconnect(); this.wake(); this.flush(); });
    addEventListener("offline", () => this.showConnection(t("offline")));
    addEventListener("storage", (event) => this.onStorage(event));
    for (const change of ["resize", "scroll"]) visualViewport.addEventListener(change, () => this.fitKeyboard());
  }

  /** Nobody listens in a hidden page, but who waits for a person or talks with one. */
  onVisibility() {
    if (document.hidden && !this.talk) return this.disconnect();
    if (!document.hidden) this.callBack();
    this.wake();
    this.markSeen();
  }

  /** Let the title of a hidden page tell that a person has written; without words, that it was seen. */
  callBack(words) {
    this.pageTitle ??= document.title;
    document.title = words ? `${words} – ${this.pageTitle}` : this.pageTitle;
    if (!words) this.pageTitle = undefined;
  }

  /** Take up what this device remembers. */
  restore() {
    const { draft, id, outbox } = store.read();
    const { openOn } = tab.read();
    if (draft) this.input.value = draft;
    this.restoreOutbox();
    // A sheet covers the page, so a new page is shown first.
    if (openOn && !this.inline && (!this.sheet.matches || openOn === location.pathname)) this.open({ focus: false });
    else if (id) this.connect();
    if (outbox?.length) this.flush();
  }

  get opened() { return this.inline || this.panel.open; }

  // ---- opening and closing

  open({ focus = true, opener = this.launcher } = {}) {
    if (this.inline) this.scrollIntoView({ block: "nearest" });
    else if (!this.panel.open) {
      this.opener = opener;
      this.show();
      this.fitInput();
      tab.replace({ openOn: location.pathname });
    }
    this.markSeen();
    this.scrollToEnd();
    if (!this.forgotten) this.connect();
    // On a touch screen the keyboard would cover the greeting before it is read.
    if (focus) (touch() ? this.heading : this.input).focus();
  }

  /** Show as a modal sheet on a small screen, as a panel beside the page on a large one. */
  show() {
    const focused = this.shadowRoot.activeElement;
    if (this.panel.open) this.panel.close();
    if (this.sheet.matches) this.panel.showModal();
    else this.panel.open = true; // unlike show(), leaves the focus alone
    document.documentElement.style.overflow = this.sheet.matches ? "hidden" : "";
    this.launcher.hidden = true;
    this.fitKeyboard();
    focused?.focus();
  }

  close() {
    this.showMenu();
    this.panel.close();
    document.documentElement.style.overflow = "";
    this.launcher.hidden = false;
    tab.replace({});
    (this.opener?.isConnected ? this.opener : this.launcher).focus();
  }

  /** Keep the field above the keyboard on the screen. */
  fitKeyboard() {
    const { height, offsetTop, scale } = visualViewport;
    const covers = this.panel.open && this.sheet.matches && scale === 1;
    Object.assign(this.panel.style, covers ? { height: `${height}px`, top: `${offsetTop}px` } : { height: "", top: "" });
  }

  onAsk(event) {
    const opener = event.target.closest?.("[data-ask]");
    if (!opener || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.open({ opener });
    if (opener.dataset.ask) this.post({ text: opener.dataset.ask });
  }

  onEscape(event) {
    event.preventDefault();
    if (!this.menu.hidden) this.showMenu();
    else if (!this.inline) this.close();
  }

  /** Open the menu with this content; without any, close it. */
  showMenu(...content) {
    this.menu.replaceChildren(...content);
    this.menu.hidden = !content.length;
    this.menuButton.setAttribute("aria-expanded", !this.menu.hidden);
    (this.menu.querySelector("button") ?? this.menuButton).focus();
  }

  toggleMenu() {
    const items = ["restart", "forget"].map((what) => button(".item", () => this.confirm(what), t(what)));
    this.showMenu(...(this.menu.hidden ? items : []));
  }

  /** Ask before the conversation goes; `what` is "restart" or "forget". */
  confirm(what) {
    const no = button(".button.plain", () => this.showMenu(), t("cancel"));
    const yes = button(".button", () => { this.showMenu(); this.leave(what === "forget"); }, t(what));
    no.setAttribute("aria-describedby", "question");
    this.showMenu(h("p", { id: "question" }, t("sure")), no, yes);
  }

  /** Leave the conversation; forgotten, no other begins before something is written. */
  leave(forgotten) {
    store.replace({});
    this.reset();
    this.input.value = "";
    this.onInput();
    this.forgotten = forgotten;
    if (forgotten) this.say(this.intro.textContent = t("forgotten"));
    else this.connect();
    this.input.focus();
  }

  /** Empty the view, not the store. */
  reset() {
    this.disconnect();
    this.forgotten = false;
    for (const node of this.messages()) node.remove();
    this.nodes.clear();
    this.pending.clear();
    this.shown.clear();
    this.intro.textContent = t("intro");
    this.showTyping();
    this.showOffice({});
    this.showTalk();
    this.updateBadge();
  }

  // ---- the conversation and its stream

  /** The conversation to talk in, made when there is none. */
  conversation() {
    const { id, token } = store.read();
    if (id) return { id, token, path: `/conversations/${encodeURIComponent(id)}` };
    this.creating ??= this.create().finally(() => { this.creating = null; });
    return this.creating;
  }

  async create() {
    const { id, token, messages, office } = await request("POST", "/conversations", { body: {} });
    store.update({ id, token, seen: 0 });
    this.showOffice(office ?? {});
    this.receive(messages, this.opened);
    return this.conversation();
  }

  /** The server no longer knows the conversation; unsent messages and the draft stay. */
  abandon(id) {
    if (store.read().id !== id) return;
    store.update({ id: undefined, token: undefined });
    this.reset();
    this.restoreOutbox();
  }

  wake() { if (store.read().id || (this.panel.open && !this.forgotten)) this.connect(); }

  disconnect() {
    this.stream?.abort();
    this.stream = null;
  }

  /** Catch up with the server and listen; again after every break, until disconnect(). */
  async connect() {
    if (this.stream || (document.hidden && !this.talk)) return;
    const { signal } = this.stream = new AbortController();
    for (let pause = RECONNECT.first; !signal.aborted; pause = Math.min(pause * 2, RECONNECT.longest)) {
      const started = Date.now();
      let conversation;
      try {
        conversation = await this.conversation();
        await this.follow(conversation, signal);
      } catch (error) {
        if (signal.aborted) return;
        if (conversation && isGone(error)) {
          this.disconnect();
          this.abandon(conversation.id);
          return this.wake();
        }
        // A single break may be the server's restart.
        if (pause > RECONNECT.first) this.showConnection(error.status ? error.message || t("failed") : t("offline"));
      }
      if (Date.now() - started > RECONNECT.steadyAfter) pause = RECONNECT.first;
      await sleep(pause * (0.75 + Math.random() / 2), signal); // spread, so that not all return at once
    }
  }

  async follow({ path, token }, signal) {
    const { messages, office } = await request("GET", `${path}/messages?after=${this.lastSeq()}`, { token, signal });
    if (signal.aborted) return;
    if (office) this.showOffice(office);
    this.receive(messages, this.nodes.size > 0);
    const headers = { "Last-Event-ID": this.lastSeq() };
    const response = await request("GET", `${path}/events`, { token, signal, headers, stream: true });
    this.showConnection();
    await readEvents(response, (name, data) => {
      if (signal.aborted) return;
      if (name === "message") this.receive([data], true);
      else if (name === "typing") this.showTyping(data);
      else {
        if (data.office) this.showOffice(data.office);
        this.showTalk(data.live);
      }
    });
  }

  onStorage({ key, oldValue }) {
    if (key !== KEY) return;
    const { id } = store.read();
    if (JSON.parse(oldValue)?.id !== id) {
      this.reset();
      this.restoreOutbox();
      if (id) this.connect();
    }
    this.updateBadge();
  }

  lastSeq() { return Math.max(0, ...this.nodes.keys()); }

  // ---- writing and sending

  onInput() {
    this.fitInput();
    const { length } = this.input.value;
    const over = length - LENGTH.most;
    this.counter.hidden = length < LENGTH.countFrom;
    this.counter.classList.toggle("over", over > 0);
    this.counter.textContent = over > 0 ? t("tooLong")(over) : t("left")(-over);
    this.problem.textContent = "";
    clearTimeout(this.draftTimer);
    this.draftTimer = setTimeout(() => store.update({ draft: this.input.value || undefined }), 300);
    if (this.talk && length) this.tellTyping();
  }

  /** Let the person see that the visitor is writing. */
  async tellTyping() {
    const { id, token } = store.read();
    if (!id || Date.now() - (this.toldTyping ?? 0) < TELL_TYPING_EVERY) return;
    this.toldTyping = Date.now();
    const path = `/conversations/${encodeURIComponent(id)}/typing`;
    await request("POST", path, { token, stream: true }).catch(() => {}); // only a courtesy
  }

  fitInput() {
    this.input.style.height = "auto";
    this.input.style.height = `${this.input.scrollHeight + 2}px`; // 2: the border
  }

  onKey(event) {
    // On a touch screen Enter writes a new line and the button sends.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || touch()) return;
    event.preventDefault();
    this.submit();
  }

  submit() {
    const text = this.input.value.trim();
    const over = text.length - LENGTH.most;
    this.input.focus();
    if (over > 0) this.problem.textContent = t("tooLong")(over);
    if (!text || over > 0) return;
    this.toldTyping = 0; // the next words are news again
    this.input.value = "";
    this.onInput();
    this.post({ text });
  }

  /** Show the visitor's words, keep them on the device until the server has them, and send. */
  post(words) {
    this.forgotten = false;
    const entry = { ...words, key: randomId(), at: new Date().toISOString() };
    store.update({ outbox: [...this.outbox(), entry] });
    this.restoreOutbox();
    this.scrollToEnd();
    this.flush();
  }

  outbox() { return store.read().outbox ?? []; }

  restoreOutbox() {
    for (const { key, at, label, text = label } of this.outbox()) {
      if (this.shown.has(key)) continue;
      this.shown.add(key);
      this.pending.set(key, this.place({ author: "visitor", at, text }, Infinity));
    }
    this.layout();
  }

  dropFromOutbox(key) {
    store.update({ outbox: this.outbox().filter((entry) => entry.key !== key) });
  }

  /** Send what waits, one at a time and in order, up to the first that cannot be sent. */
  async flush() {
    if (this.flushing) return;
    this.flushing = true;
    try {
      while (this.outbox().length && await this.deliver(this.outbox()[0]));
    } finally {
      this.flushing = false;
    }
  }

  /** Send one message; its id makes trying again safe. Returns whether the next may be sent. */
  async deliver({ key, text, choice }) {
    this.showState(key, "sending");
    // A person answers when they can; only the assistant is at work at once.
    if (!this.talk) this.replyTimer = setTimeout(() => this.showTyping({ author: "bot" }, true), TYPING.shownAfter);
    for (let attempt = 0, moved = false; ; attempt += 1) {
      let conversation;
      try {
        conversation = await this.conversation();
        const { id, path, token } = conversation;
        const body = { text, choice, client_message_id: key }; // one of text and choice is undefined
        const { messages } = await request("POST", `${path}/messages`, { token, body });
        if (store.read().id === id) this.onReply(key, messages);
        return true;
      } catch (error) {
        if (!("status" in error)) throw error;
        this.showTyping();
        if (!this.outbox().some((entry) => entry.key === key)) return true; // deleted meanwhile
        if (conversation && isGone(error) && !moved) {
          moved = true;
          this.abandon(conversation.id);
        } else if (mayPass(error) && attempt < RETRY_DELAYS.length) {
          this.showState(key, "retrying");
          await sleep(RETRY_DELAYS[attempt]);
        } else {
          return this.onUnsent(key, text, error);
        }
      }
    }
  }

  onReply(key, messages) {
    const node = this.pending.get(key);
    this.dropFromOutbox(key);
    this.showState(key);
    this.showTyping();
    // The visitor's own message is not in the reply; until the stream brings it, it stands before the answer.
    if (node && messages.length) node.seq = messages[0].seq - 0.5;
    this.receive(messages, true);
    this.connect();
  }

  /** What can be sent later gets a button; what the server refused goes back to the field. */
  onUnsent(key, text, error) {
    if (mayPass(error) || error.status === 429) {
      if (this.pending.has(key)) this.say(`${t("notSent")} ${error.message}`);
      this.showState(key, "notSent", error.message);
      return false;
    }
    this.dropFromOutbox(key);
    this.pending.get(key)?.remove();
    this.pending.delete(key);
    if (text && !this.input.value) {
      this.input.value = text;
      this.onInput();
    }
    this.problem.textContent = error.message || t("failed");
    this.layout();
    return true;
  }

  showState(key, state, reason = "") {
    const line = this.pending.get(key)?.querySelector(".state");
    if (!line) return;
    this.keepEnd(() => {
      line.textContent = state ? `${t(state)} ${reason} ` : "";
      if (state === "notSent") line.append(button(".retry", () => this.flush(), t("retry")));
    });
  }

  // ---- showing messages

  messages() { return [...this.log.querySelectorAll(".message")]; }

  /** Take in messages from any source; those already shown are passed over. */
  receive(messages, announce) {
    const fresh = messages.filter((message) => !this.nodes.has(message.seq) && !this.adopt(message));
    const heard = fresh.filter(({ author }) => author !== "visitor");
    const stayed = !this.atEnd();
    const nodes = fresh.map((message) => this.place(message, message.seq));
    for (const node of nodes) this.nodes.set(node.seq, node);
    this.layout();
    this.markSeen();
    if (document.hidden && heard.length && announce) this.callBack(t("newMessage").replace(" ↓", ""));
    if (heard.length) this.showTyping();
    if (announce && this.opened) for (const message of heard) this.say(spoken(message), message.lang);
    else if (announce && heard.length) this.say(this.badge.lastChild.textContent);
    if (!announce) this.scrollToEnd();
    else if (stayed) this.jump.hidden &&= !heard.length; // who reads further up is told, not moved
    else if (nodes.at(-1)?.nextSibling === this.typing) this.bring(nodes[0]);
    else if (nodes.length) this.scrollToEnd(); // what is unsent stands last
  }

  /** The visitor's own words, back from the server (CPR numbers masked), take the place of those on screen. */
  adopt(message) {
    const key = message.client_message_id;
    const node = message.author === "visitor" && this.pending.get(key);
    if (!node) return false;
    this.showState(key);
    this.pending.delete(key);
    this.nodes.set(message.seq, node);
    node.querySelector(".bubble").textContent = message.text;
    Object.assign(node, { seq: message.seq, message });
    return true;
  }

  /** Put a message where its seq belongs; unsent ones have Infinity and stand last. */
  place(message, seq) {
    const node = this.render(message);
    Object.assign(node, { seq, message, day: dayOf(message.at) });
    this.log.insertBefore(node, this.messages().find((other) => other.seq > seq) ?? this.typing);
    return node;
  }

  render(message) {
    const { author, at, text, choices, lang = author === "visitor" ? "" : "da" } = message;
    const choose = (choice) => (event) => {
      if (event.currentTarget.getAttribute("aria-disabled") !== "true") this.post(choice);
    };
    return h(`div.message.${author}`,
      h("p.day", h("span", dayName(at))),
      h("p.meta", h("span.author", authorName(message)), " ", h("time", { dateTime: at }, format(at, "da", TIME))),
      message.article ? articleCard(message, lang)
        : text && h("div.bubble", { lang }, author === "visitor" ? text : linked(text, lang)),
      message.ticket && ticketCard(message, lang),
      choices?.length > 0 && h("div.choices", { role: "group", "aria-label": t("choices", lang), lang },
        choices.map(({ id, label }) => Object.assign(button(".choice", choose({ choice: id, label }), label), { value: id }))),
      h("p.state"));
  }

  /** Day lines, name lines and whether choices still stand depend on the neighbours. */
  layout() {
    const nodes = this.messages();
    let answered = false;
    for (let index = nodes.length - 1; index >= 0; index -= 1) {
      const node = nodes[index];
      const before = nodes[index - 1];
      const sameDay = before?.day === node.day;
      node.firstChild.hidden = sameDay;
      node.classList.toggle("joined", sameDay && authorName(before.message) === authorName(node.message)
        && new Date(node.message.at) - new Date(before.message.at) < SAME_BREATH);
      // aria-disabled, not disabled: the focus stays on the button
      for (const choice of node.querySelectorAll(".choice")) {
        choice.setAttribute("aria-disabled", answered);
        choice.parentNode.hidden = choice.value === this.talk?.back?.id; // it stands above the field
      }
      answered ||= node.message.author === "visitor";
    }
    const notice = this.notice.textContent;
    this.notice.hidden = !notice || nodes.some((node) => node.message.text === notice); // not twice
  }

  showOffice({ notice }) {
    this.notice.textContent = notice ?? "";
    this.keepEnd(() => this.layout());
  }

  /** Show that the visitor waits for a person or talks with one: place in the queue, name, and the way back. */
  showTalk({ state, name, text = "", back } = {}) {
    const before = this.talk?.state;
    this.talk = ["waiting", "person"].includes(state) ? { state, back } : undefined;
    const head = { waiting: t("waiting"), person: DA.person(name) }[state];
    this.keepEnd(() => {
      this.liveBar.hidden = !this.talk;
      this.liveWords.replaceChildren(...(head ? [h("strong", head), " ", text] : []));
      this.liveBack.hidden = !back;
      this.liveBack.textContent = back?.label ?? "";
      this.liveBar.setAttribute("aria-label", head ?? "");
      this.layout();
    });
    if (before && state === before && text !== this.liveText && this.opened) this.say(text);
    this.liveText = text;
    this.who.textContent = state === "person" ? authorName({ author: "caseworker", author_name: name }) : t("author").bot;
    if (before && !this.talk && document.hidden) this.disconnect();
  }

  showConnection(words = "") {
    if (words && words !== this.connection.textContent && this.opened) this.say(words);
    this.connection.textContent = words;
    this.keepEnd(() => { this.connection.hidden = !words; });
  }

  /** Show who is writing, or nobody; `lasting` holds until the reply. Said once per wait. */
  showTyping(who, lasting) {
    clearTimeout(this.typingTimer);
    if (!who) {
      clearTimeout(this.replyTimer);
      clearTimeout(this.sayTimer);
      this.typing.hidden = true;
      return;
    }
    const words = t("typing")(who.author_name ?? t("author")[who.author]);
    this.typing.lastChild.textContent = words;
    if (this.typing.hidden) this.sayTimer = setTimeout(() => this.say(words), TYPING.saidAfter);
    this.keepEnd(() => { this.typing.hidden = false; });
    if (!lasting) this.typingTimer = setTimeout(() => this.showTyping(), TYPING.forgottenAfter);
  }

  /** Have a screen reader say something once. */
  say(words, lang = "da") {
    const line = h("p", { lang }, words);
    (this.opened ? this.live : this.liveOutside).append(line);
    setTimeout(() => line.remove(), 10000);
  }

  // ---- what is read, and what is in view

  markSeen() {
    const seen = this.lastSeq();
    if (this.opened && !document.hidden && seen > (store.read().seen ?? 0)) store.update({ seen });
    this.updateBadge();
  }

  updateBadge() {
    const { seen = 0 } = store.read();
    const isNew = ({ seq, message }) => seq > seen && message.author !== "visitor";
    const count = this.opened ? 0 : [...this.nodes.values()].filter(isNew).length;
    this.badge.hidden = !count;
    this.badge.replaceChildren(h("span", { "aria-hidden": "true" }, `${count}`), h("span.sr", t("unread")(count)));
  }

  /** What scrolls: the log, or the panel where the screen is very low. */
  get scroller() {
    return this.log.scrollHeight > this.log.clientHeight + 1 ? this.log : this.panel;
  }

  atEnd() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight < 80;
  }

  /** Change what is shown; who was at the end stays there. */
  keepEnd(change) {
    const atEnd = this.atEnd();
    change();
    if (atEnd) this.scrollToEnd();
  }

  scrollToEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.jump.hidden = true;
  }

  /** Show a new message from its first line on. */
  bring(node) {
    const box = this.scroller;
    box.scrollTop += node.getBoundingClientRect().top - box.getBoundingClientRect().top - 12;
  }
}

if (customElements.get("en-indgang")) return;
customElements.define("en-indgang", EnIndgang);
const element = document.createElement("en-indgang");
element.dataset.mode = script.dataset.mode ?? "";
if (script.dataset.mode === "inline") script.after(element);
else document.body.append(element);
})();
