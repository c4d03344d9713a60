"""The client of the engine: hands one message over its channel and returns what it says, or fails in one plain way."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

from office.settings import Settings

# Every exchange ends in exactly one of these; "failed" is the gateway's own (design §3).
OUTCOMES = ("answer", "clarify", "case", "human", "status", "smalltalk", "out_of_scope", "refused", "unsure")
_HEALTH_TIMEOUT = aiohttp.ClientTimeout(total=2)


class EngineFailure(Exception):
    """The engine is down, silent, in error, or said nothing that ends the exchange. The message is a reason for the log."""


@dataclass(frozen=True)
class Said:
    """One message of the engine: words, buttons ({"title", "payload"}, perhaps "means"), and what our actions add to it."""

    text: str
    buttons: tuple[Mapping[str, str], ...] = ()
    custom: Mapping[str, Any] = field(default_factory=dict)

    @property
    def outcome(self) -> Mapping[str, Any] | None:
        """The outcome this message declares, if it is one that we know."""
        outcome = self.custom.get("outcome")
        return outcome if isinstance(outcome, Mapping) and outcome.get("kind") in OUTCOMES else None


class Engine:
    """Talks to the engine on loopback. Use as `async with`."""

    def __init__(self, settings: Settings) -> None:
        self._url = f"http://127.0.0.1:{settings.engine_port}"
        self._headers = {"Authorization": f"Bearer {settings.engine_token}"}
        self._timeout = aiohttp.ClientTimeout(total=settings.engine_timeout)
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Engine:
        self._session = aiohttp.ClientSession()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()

    @property
    def session(self) -> aiohttp.ClientSession:
        assert self._session is not None, "used before `async with`"
        return self._session

    async def send(
        self, conversation_id: str, message_id: int, text: str, metadata: Mapping[str, str]
    ) -> tuple[Said, ...]:
        """Return the engine's replies to one message, at least one of them with an outcome. Raises EngineFailure."""
        body = {
            "conversation": conversation_id,
            "message": str(message_id),
            "text": text,
            "metadata": {**metadata, "message_id": str(message_id)},
        }
        replies = read_replies(await self._post("messages", body))
        if not any(reply.outcome for reply in replies):
            raise EngineFailure("a reply without outcome" if replies else "an empty reply")
        return replies

    async def understand(self, text: str) -> Mapping[str, Any]:
        """Return {intent, understanding} of a text (bot/classifier.py). No conversation is touched and nothing is kept.

        Raises EngineFailure.
        """
        body = await self._post("understandings", {"text": text})
        if not isinstance(body, dict) or not isinstance(body.get("understanding"), dict):
            raise EngineFailure("an unreadable understanding")
        return body

    async def alive(self) -> bool:
        """Tell whether the engine answers."""
        try:
            async with self.session.get(self._url, timeout=_HEALTH_TIMEOUT) as response:
                return response.status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False

    async def _post(self, what: str, body: Mapping[str, Any]) -> Any:
        url = f"{self._url}/webhooks/gateway/{what}"
        try:
            async with self.session.post(url, json=body, headers=self._headers, timeout=self._timeout) as response:
                if response.status != 200:
                    raise EngineFailure(f"status {response.status}")
                return await response.json()
        except asyncio.TimeoutError:
            raise EngineFailure(f"silent for {self._timeout.total} s") from None
        except (aiohttp.ClientError, ValueError) as error:
            raise EngineFailure(type(error).__name__) from None


def read_replies(body: Any) -> tuple[Said, ...]:
    """Return the messages of an engine response. Raises EngineFailure when it is not what the channel promises."""
    try:
        return tuple(_said(message) for message in body["messages"])
    except (TypeError, KeyError, AttributeError, ValueError) as error:
        raise EngineFailure(f"an unreadable reply ({type(error).__name__})") from None


def _said(message: Mapping[str, Any]) -> Said:
    custom = dict(message.get("custom") or {})
    if custom.get("failed"):
        raise EngineFailure(f"{custom['failed']} failed")
    buttons = tuple(_button(button) for button in message.get("buttons") or ())
    return Said(str(message.get("text") or ""), buttons, custom)


def _button(button: Mapping[str, Any]) -> dict[str, str]:
    required = {"title": str(button["title"]), "payload": str(button["payload"])}
    return {**required, "means": str(button["means"])} if button.get("means") else required


ENGINE = web.AppKey("engine", Engine)
