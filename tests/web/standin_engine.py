"""A stand-in for the engine: speaks the channel contract, says what a test tells it to, and remembers what it was sent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from aiohttp import web

TOKEN = "engine-secret"
Reply = dict[str, Any]


def answer(text: str = "Svar.", article: str = "haek-i-skel", language: str = "da") -> Reply:
    """An answer from an article."""
    outcome = {"kind": "answer", "articles": [article], "confidence": 0.93}
    return {"text": text, "custom": {"kind": "answer", "article": article, "language": language, "outcome": outcome}}


def words(text: str, outcome: str = "smalltalk", **custom: Any) -> Reply:
    """Plain words with an outcome."""
    return {"text": text, "custom": {"kind": "text", "language": "da", "outcome": {"kind": outcome}, **custom}}


def choices(text: str, **buttons: str) -> Reply:
    """Words with buttons: label=command, underscores in labels standing for spaces."""
    shown = [{"title": label.replace("_", " "), "payload": command} for label, command in buttons.items()]
    outcome = {"kind": "clarify", "articles": ["haek-i-skel", "frisoer-i-egen-bolig"]}
    return {"text": text, "buttons": shown, "custom": {"kind": "choices", "language": "da", "outcome": outcome}}


class StandinEngine:
    """Answers `replies` to every message; `status`, `delay` and `raw` make it fail in the ways engines do."""

    def __init__(self) -> None:
        self.received: list[dict[str, Any]] = []
        self.replies: list[Reply] = [answer()]
        self.status = 200
        self.delay = 0.0
        self.raw: str | None = None
        self.intent = "answer"
        self.understanding: dict[str, Any] = {}
        self.understood: list[str] = []
        self.before_reply: Callable[[dict[str, Any]], Any] | None = None
        self.busy = 0
        self.most_at_once = 0

    @property
    def texts(self) -> list[str]:
        return [message["text"] for message in self.received]

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/webhooks/gateway/messages", self._message)
        app.router.add_post("/webhooks/gateway/understandings", self._understand)
        app.router.add_get("/", self._hello)
        app.router.add_get("/health", self._hello)
        return app

    async def _hello(self, _request: web.Request) -> web.Response:
        return web.Response(text="Hello", status=self.status)

    async def _message(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return web.json_response({"error": "token"}, status=401)
        message = await request.json()
        self.received.append(message)
        self.busy += 1
        self.most_at_once = max(self.most_at_once, self.busy)
        try:
            await asyncio.sleep(self.delay)
            if self.before_reply is not None:
                await self.before_reply(message)
        finally:
            self.busy -= 1
        if self.status != 200:
            return web.json_response({"error": "failed"}, status=self.status)
        if self.raw is not None:
            return web.Response(text=self.raw, content_type="application/json")
        return web.json_response({"messages": self.replies})

    async def _understand(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return web.json_response({"error": "token"}, status=401)
        self.understood.append((await request.json())["text"])
        if self.status != 200:
            return web.json_response({"error": "failed"}, status=self.status)
        return web.json_response({"intent": self.intent, "understanding": self.understanding})


def question(*articles: str, certain: bool = True, case: str = "") -> tuple[str, dict[str, Any]]:
    """What understanding makes of a question: the intent, and articles by likelihood, the first certain or not."""
    shares = [[article, round(0.8 / (n + 1), 2)] for n, article in enumerate(articles)]
    asked = {"text": "", "decision": "answer" if certain else "clarify", "articles": shares}
    cases = [[case, 0.7]] if case else []
    intents = [["answer", 0.6], ["case", 0.3 if case else 0.0]]
    return "answer", {"language": "da", "questions": [asked], "articles": shares, "cases": cases, "intents": intents}


def matter(case: str, *articles: str) -> tuple[str, dict[str, Any]]:
    """What understanding makes of a concrete matter of type `case`."""
    shares = [[article, 0.2] for article in articles]
    intents = [["case", 0.8], ["answer", 0.1]]
    return "case", {"language": "da", "questions": [], "articles": shares, "cases": [[case, 0.9]], "intents": intents}
