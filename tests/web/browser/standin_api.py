"""A stand-in for the server, so that the widget's own behaviour can be tested without engine and database.

It speaks the public chat API (JSON and server-sent events) with canned replies, serves the real templates and static
files under the strict Content-Security-Policy of the real site, and can be told to fail, to be slow or to speak first.
"""

from __future__ import annotations

import asyncio
import json
import re
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from aiohttp import web

from knowledge import load
from web.checklist import page_words
from web.compressed import compressed_style
from web.desk.sections import SECTIONS
from web.templating import make_templates

WEB = Path(__file__).parents[3] / "web"
DESIGN_STYLE = WEB / "node_modules" / "dkfds" / "dist" / "css" / "dkfds-virkdk.min.css"
CSP = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
PACKAGE = "startpakke-cafe-restaurant"
CPR = re.compile(r"\b\d{6}-?\d{4}\b")

OFFICE = SimpleNamespace(
    municipality_name="Lindhavn Kommune",
    office_name="ErhvervsKontoret",
    phone="00 00 10 10",
    email="erhverv@lindhavn.example",
    address="Rådhustorvet 1, 0001 Lindhavn",
    hours=[
        ("Mandag", "9.00-12.00 og 12.30-15.30"),
        ("Tirsdag", "9.00-12.00 og 12.30-15.30"),
        ("Onsdag", "9.00-12.00 og 12.30-15.30"),
        ("Torsdag", "9.00-12.00 og 12.30-17.00"),
        ("Fredag", "9.00-13.00"),
        ("Weekend", "Lukket"),
    ],
    open_now=False,
    notice="Kontoret åbner mandag kl. 9.00. Assistenten svarer nu, og en medarbejder tager over, når vi åbner.",
)
GREETING: dict[str, Any] = {"kind": "text", "text": "Hej! Hvad kan jeg hjælpe din virksomhed med?"}
ANSWER: dict[str, Any] = {
    "kind": "answer",
    "text": "Ja, som regel uden byggetilladelse, hvis boligen fortsat mest bruges til at bo i, og lokalplanen ikke siger andet.",
    "article": {
        "id": "frisoer-i-egen-bolig",
        "title": "Frisørsalon i egen bolig",
        "version": "3f9c0a1b2c4d",
        "reviewed": "2026-11-20",
        "reviewer": "Redaktør for byggeri og plan",
        "links": [
            {"text": "Slå lokalplanen op", "url": "https://www.plandata.dk"},
            {"text": "Bestil en forhåndsdialog", "url": "https://www.lindhavn.example/erhverv/forhaandsdialog"},
        ],
        "sources": [
            {"text": "Planloven §§ 18-19"},
            {"text": "Erhverv i egen bolig", "url": "https://www.lindhavn.example/erhverv/bolig"},
        ],
        "body_html": "<h2>Betingelser</h2><ul><li>Du bor selv i boligen.</li><li>Der er højst to kundebiler ad gangen.</li></ul>"
        "<h2>Sådan gør du</h2><ol><li>Læs lokalplanen.</li><li>Spørg os, hvis du er i tvivl.</li></ol>",
    },
}
ENGLISH: dict[str, Any] = {
    "kind": "answer",
    "lang": "en",
    "text": "Yes, usually without a building permit (byggetilladelse), if you still mainly live in the home.",
    "article": {
        **ANSWER["article"],
        "title": "Hair salon in your own home",
        "body_html": "<h2>Conditions</h2><p>You live there.</p>",
    },
}
STEPS: dict[str, Any] = {
    "kind": "answer",
    "text": "Begynd med adressen, før du skriver under på lejen.",
    "article": {
        **ANSWER["article"],
        "title": "Startpakke - åbn café eller restaurant",
        "steps": [
            {
                "step": "Tjek adressen: lokalplan, parkering, lugt og støj",
                "authority": "Kommunen (plan)",
                "when": "Før du skriver under på lejen",
                "link": {"text": "Slå lokalplanen op", "url": "https://www.plandata.dk"},
            },
            {"step": "Få ejerens ja på skrift", "authority": "Udlejeren", "when": "Når du laver lejekontrakten"},
            {
                "step": "Bliv registreret som fødevarevirksomhed",
                "authority": "Fødevarestyrelsen",
                "when": "Før du åbner",
                "link": {"text": "Registrér dig", "url": "https://www.foedevarestyrelsen.dk"},
            },
        ],
        "checklist_url": "/tjekliste",
    },
}
CHOICES: dict[str, Any] = {
    "kind": "choices",
    "text": "Hvad handler det mest om?",
    "choices": [
        {"id": "c1", "label": "Næringsbrev (er afskaffet)"},
        {"id": "c2", "label": "Registrering af en fødevarevirksomhed"},
        {"id": "c3", "label": "Ingen af dem – skriv til en medarbejder"},
    ],
}
TICKET: dict[str, Any] = {
    "kind": "ticket",
    "text": "Tak. Jeg har oprettet en sag til dig. Mette Ravnsholt svarer dig.",
    "ticket": {
        "reference": "EK-2026-004217",
        "level": "complex",
        "level_text": "Kompleks: flere afdelinger skal arbejde sammen.",
        "reasons": ["En udvidelse kræver som regel flere tilladelser.", "Der skal bygges nyt."],
        "areas": ["Byggesag", "Plan", "Miljø"],
        "contact_person": {
            "name": "Mette Ravnsholt",
            "title": "erhvervskonsulent",
            "email": "mette.ravnsholt@lindhavn.example",
            "phone": "00 00 10 12",
        },
        "first_answer_due": "2026-11-24T08:00:00Z",
        "first_answer_due_text": "tirsdag den 24. november 2026 kl. 09.00",
        "answer_due": "2026-11-30T14:30:00Z",
        "answer_due_text": "mandag den 30. november 2026 kl. 15.30",
        "checklist": ["Tegninger af de nuværende og nye bygninger", "Situationsplan med afstand til skel"],
        "status_url": "/sag/hemmelig",
    },
}
LONG: dict[str, Any] = {
    "kind": "text",
    "text": "\n".join(f"Linje {n} i et langt svar om byggeri og plan." for n in range(1, 41)),
}
REPLIES: dict[str, Any] = {
    "frisør": ANSWER,
    "hair": ENGLISH,
    "café": STEPS,
    "næringsbrev": CHOICES,
    "udvide": TICKET,
    "langt": LONG,
}

Stream = asyncio.Queue[tuple[str, dict[str, Any]] | None]  # events for one open page; None ends it


@dataclass
class Conversation:
    """One conversation: its messages in order, its replies by client_message_id, its open streams."""

    token: str
    messages: list[dict[str, Any]] = field(default_factory=list)
    replies: dict[str, dict[str, Any]] = field(default_factory=dict)
    streams: list[Stream] = field(default_factory=list)
    listened_to: asyncio.Event = field(default_factory=asyncio.Event)

    def add(self, author: str, content: dict[str, Any]) -> dict[str, Any]:
        """Store a message, send it to every open stream and return it."""
        seq = len(self.messages) + 1
        message = {"seq": seq, "author": author, "at": datetime.now(UTC).isoformat(), "kind": "text", **content}
        self.messages.append(message)
        self.tell("message", message)
        return message

    def tell(self, event: str, data: dict[str, Any]) -> None:
        """Send an event to every open stream."""
        for queue in self.streams:
            queue.put_nowait((event, data))


class StandIn:
    """The stand-in server. `url` is set while it runs; the other attributes steer and show what happens."""

    def __init__(self) -> None:
        self.url = ""
        self.conversations: dict[str, Conversation] = {}
        self.posted: list[dict[str, Any]] = []  # the body of every message posted, repeats included
        self.trouble: list[int | str] = []  # what the next posts meet: a status, or "lost reply"
        self.delay = 0.0  # seconds before a reply
        self.notice: str | None = OFFICE.notice
        self._loop: asyncio.AbstractEventLoop | None = None
        self._streams: list[Stream] = []

    def say(self, conversation: str, author: str = "caseworker", **content: Any) -> None:
        """Have somebody write unasked, from any thread."""
        assert self._loop
        self._loop.call_soon_threadsafe(self.conversations[conversation].add, author, content)

    def tell(self, conversation: str, event: str, data: dict[str, Any]) -> None:
        """Send another event (typing, state) to the conversation's streams, from any thread, once a page listens."""
        assert self._loop
        asyncio.run_coroutine_threadsafe(self._tell(self.conversations[conversation], event, data), self._loop).result(
            10
        )

    async def _tell(self, conversation: Conversation, event: str, data: dict[str, Any]) -> None:
        await conversation.listened_to.wait()
        conversation.tell(event, data)

    def app(self) -> web.Application:
        """Build the aiohttp application: pages, static files, API."""
        app = web.Application(middlewares=[_secured])
        app.on_shutdown.append(self._end_streams)
        app.add_routes(
            [
                web.get("/", _page("demo/index.html")),
                web.get("/lokaler", _page("demo/lokaler.html")),
                web.get("/inline", self._inline),
                web.get("/desk", _page("desk/layout.html", "Sager")),
                web.get("/skriv", _page("layout.html", "Skriv til os")),
                web.get("/tjekliste", _page("tjekliste.html", **page_words(load().articles[PACKAGE], "da"))),
                web.get("/static/dkfds/css/desk.css", compressed_style(DESIGN_STYLE, without_fonts=True)),
                web.static("/static/dkfds", WEB / "node_modules" / "dkfds" / "dist"),
                web.static("/static", WEB / "static"),
                web.post("/api/v1/conversations", self._create),
                web.post("/api/v1/conversations/{id}/messages", self._post),
                web.get("/api/v1/conversations/{id}/messages", self._messages),
                web.get("/api/v1/conversations/{id}/events", self._events),
            ]
        )
        return app

    async def _inline(self, request: web.Request) -> web.Response:
        script = '<script src="/static/chat.js" data-api="/api/v1" data-mode="inline" defer></script>'
        viewport = '<meta name="viewport" content="width=device-width, initial-scale=1">'
        html = (
            f'<!doctype html><html lang="da"><title>Chat</title>{viewport}<main><h1>Spørg os</h1>{script}</main></html>'
        )
        return web.Response(text=html, content_type="text/html")

    async def _create(self, request: web.Request) -> web.Response:
        key, conversation = secrets.token_hex(8), Conversation(secrets.token_hex(16))
        self.conversations[key] = conversation
        greeting = conversation.add("bot", GREETING)
        office = {"open": self.notice is None, "notice": self.notice, "phone": OFFICE.phone, "email": OFFICE.email}
        body = {"id": key, "token": conversation.token, "messages": [greeting], "office": office}
        return web.json_response(body, status=201)

    def _conversation(self, request: web.Request) -> Conversation:
        conversation = self.conversations.get(request.match_info["id"])
        if not conversation:
            raise _error(web.HTTPNotFound, "not_found", "Samtalen findes ikke længere.")
        if request.headers.get("Authorization") != f"Bearer {conversation.token}":
            raise _error(web.HTTPUnauthorized, "unauthorized", "Samtalen kan ikke åbnes her.")
        return conversation

    async def _post(self, request: web.Request) -> web.Response:
        conversation = self._conversation(request)
        body = await request.json()
        self.posted.append(body)
        trouble = self.trouble.pop(0) if self.trouble else None
        if isinstance(trouble, int):
            return web.json_response(
                {"error": {"code": "trouble", "message": "Serveren har det svært."}}, status=trouble
            )
        await asyncio.sleep(self.delay)
        reply = conversation.replies.setdefault(body["client_message_id"], {}) or self._reply(conversation, body)
        conversation.replies[body["client_message_id"]] = reply
        if trouble == "lost reply":
            assert request.transport
            request.transport.abort()
        return web.json_response(reply)

    def _reply(self, conversation: Conversation, body: dict[str, Any]) -> dict[str, Any]:
        labels = {choice["id"]: choice["label"] for choice in CHOICES["choices"]}
        text = CPR.sub("[CPR-nummer fjernet]", labels[body["choice"]] if "choice" in body else body["text"])
        conversation.add("visitor", {"text": text, "client_message_id": body["client_message_id"]})
        found = next((reply for word, reply in REPLIES.items() if "text" in body and word in text.lower()), None)
        return {
            "messages": [conversation.add("bot", found or {"text": f"Du skrev: {text}"})],
            "outcome": {"kind": "answer"},
        }

    async def _messages(self, request: web.Request) -> web.Response:
        after = int(request.query.get("after", 0))
        return web.json_response({"messages": [m for m in self._conversation(request).messages if m["seq"] > after]})

    async def _events(self, request: web.Request) -> web.StreamResponse:
        conversation = self._conversation(request)
        queue: Stream = asyncio.Queue()
        for message in conversation.messages[int(request.headers["Last-Event-ID"]) :]:
            queue.put_nowait(("message", message))
        conversation.streams.append(queue)
        conversation.listened_to.set()
        self._streams.append(queue)
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        try:
            while item := await queue.get():
                event, data = item
                lines = f"id: {data.get('seq', '')}\nevent: {event}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
                await response.write(lines.encode())
        except ConnectionResetError:
            pass  # the page has gone
        finally:
            conversation.streams.remove(queue)
            if not conversation.streams:
                conversation.listened_to.clear()
        return response

    async def _end_streams(self, app: web.Application) -> None:
        for queue in self._streams:
            queue.put_nowait(None)


def _error(kind: type[web.HTTPException], code: str, message: str) -> web.HTTPException:
    body = json.dumps({"error": {"code": code, "message": message}})
    return kind(text=body, content_type="application/json")


@web.middleware
async def _secured(request: web.Request, handler: Any) -> web.StreamResponse:
    response: web.StreamResponse = await handler(request)
    if not response.prepared:
        response.headers["Content-Security-Policy"] = CSP
    return response


def _page(template: str, heading: str | None = None, **words: Any) -> Any:
    """Serve a template with its `words`; with `heading`, a page made of that layout and nothing but the heading."""
    environment = make_templates()
    bare = f"{{% extends '{template}' %}}{{% block content %}}<div class=container><h1>{heading}</h1></div>{{% endblock %}}"

    async def handler(request: web.Request) -> web.Response:
        page = environment.from_string(bare) if heading else environment.get_template(template)
        html = page.render(
            office=OFFICE,
            promises=SimpleNamespace(first_answer_hours=24, answer_working_days=5),
            path=request.path,
            user=SimpleNamespace(name="Mette Ravnsholt", role="Kontaktperson"),
            csrf="token",
            menu=[room for room in SECTIONS if room.title],
            home="/desk",
            next_deadline=None,
            **words,
        )
        return web.Response(text=html, content_type="text/html")

    return handler


@contextmanager
def serving() -> Iterator[StandIn]:
    """Run a stand-in on a free loopback port, in a thread with a loop of its own, while the block lasts."""
    standin = StandIn()
    loop = standin._loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    runner = asyncio.run_coroutine_threadsafe(_start(standin), loop).result(5)
    try:
        yield standin
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _start(standin: StandIn) -> web.AppRunner:
    runner = web.AppRunner(standin.app(), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    standin.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    return runner
