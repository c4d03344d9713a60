/* The board by drag and by arrow keys. Without this file each card's own buttons do the same. */
"use strict";
(() => {
  const status = document.getElementById("board-status");
  let busy = false;

  const board = () => document.getElementById("board");
  const columns = () => [...document.querySelectorAll(".board-column")];
  const cards = (column) => [...column.querySelectorAll(".board-card")];
  const say = (words) => { status.textContent = words; };
  const focusOn = (card) => card.querySelector("[data-open]").focus();

  function prepare() {
    document.getElementById("board-keys").hidden = false;
    for (const card of document.querySelectorAll(".board-card")) {
      card.draggable = true;
      card.querySelector("[data-open]").draggable = false; // else the address is dragged, not the card
      card.querySelector("[data-open]").setAttribute("aria-describedby", "board-keys");
    }
  }

  /** Send the move as the card's own button would, and show the board as it is after it. */
  async function move(card, column) {
    if (busy || card.closest(".board-column") === column) return;
    busy = true;
    const { id } = card;
    const name = `${id} ${card.querySelector("[data-open]").textContent}`;
    const body = new URLSearchParams(new FormData(board()));
    body.set("move", `${id}:${card.dataset.version}:${column.dataset.phase}`);
    try {
      const response = await fetch(board().action, { method: "POST", body });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const fresh = page.getElementById("board");
      if (!fresh) throw new Error(String(response.status));
      board().replaceWith(document.adoptNode(fresh));
      prepare();
      tell(id, name);
    } catch {
      say(`${name} blev ikke flyttet. Genindlæs siden, og prøv igen.`);
      alertUnmoved(name);
    } finally {
      busy = false;
    }
  }

  function tell(id, name) {
    const problem = document.getElementById("board-problem");
    const card = document.getElementById(id);
    const column = card && card.closest(".board-column");
    if (card) focusOn(card);
    if (problem) say(problem.textContent);
    else if (column) say(`${name} står nu i ${column.dataset.title}, nummer ${cards(column).indexOf(card) + 1} på siden.`);
    else say(`${name} er flyttet. Kolonnen viser ikke alle sine sager.`);
    if (!card) columns()[0].querySelector("h2").focus();
  }

  function alertUnmoved(name) {
    const words = document.createElement("p");
    words.className = "desk-due--late";
    words.textContent = `${name} blev ikke flyttet. Genindlæs siden, og prøv igen.`;
    board().prepend(words);
  }

  // --- keys ---

  const SIDEWAYS = { ArrowLeft: -1, ArrowRight: 1 };
  const UPWARDS = { ArrowUp: -1, ArrowDown: 1 };

  document.addEventListener("keydown", (event) => {
    const card = event.target.closest && event.target.closest(".board-card");
    if (!card || event.ctrlKey || event.metaKey || event.altKey) return;
    const column = card.closest(".board-column");
    const place = cards(column).indexOf(card);
    if (event.key in SIDEWAYS) {
      event.preventDefault();
      const beside = columns()[columns().indexOf(column) + SIDEWAYS[event.key]];
      if (!beside) say(`Der er ingen kolonne ${event.key === "ArrowLeft" ? "til venstre" : "til højre"}.`);
      else if (event.shiftKey) move(card, beside);
      else go(beside, place);
    } else if (event.key in UPWARDS && !event.shiftKey) {
      event.preventDefault();
      const next = cards(column)[place + UPWARDS[event.key]];
      if (next) focusOn(next);
    }
  });

  function go(column, place) {
    const there = cards(column);
    if (there.length) focusOn(there[Math.min(place, there.length - 1)]);
    else say(`${column.dataset.title} er tom.`);
  }

  // --- drag ---

  let dragged = null;
  const columnUnder = (event) => (event.target.closest ? event.target.closest(".board-column") : null);

  document.addEventListener("dragstart", (event) => {
    dragged = event.target.closest ? event.target.closest(".board-card") : null;
    if (!dragged) return;
    event.dataTransfer.setData("text/plain", dragged.id);
    event.dataTransfer.effectAllowed = "move";
    dragged.classList.add("board-card--dragged");
  });
  document.addEventListener("dragover", (event) => {
    const over = dragged && columnUnder(event);
    for (const column of columns()) column.classList.toggle("board-column--over", column === over);
    if (over) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    const over = dragged && columnUnder(event);
    if (!over) return;
    event.preventDefault();
    move(dragged, over);
  });
  document.addEventListener("dragend", () => {
    if (dragged) dragged.classList.remove("board-card--dragged");
    for (const column of columns()) column.classList.remove("board-column--over");
    dragged = null;
  });

  prepare();
})();
