"""Server-sent events: what is said in a conversation arrives unasked, from this process at once and from others soon.

The store is the truth. The broker only wakes the streams of this process; each stream then reads what is new, and looks
by itself every two seconds, because caseworkers and sweepers of other processes wake nobody here.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiohttp import web

from office import conversations
from web.errors import PublicError
from web.greeting import office_state
from web.parts import Parts
from web.presenting import Presenter

_LOOK_EVERY = 2.0
_HEARTBEAT_EVERY = 15.0
_STREAMS_PER_CONVERSATION = 10
_HEADERS = {"Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}


class Listener:
    """One open stream: woken when there may be news, told when somebody is typing."""

    def __init__(self) -> None:
        self.typing = False
        self.closed = False
        self._woken = asyncio.Event()

    def wake(self) -> None:
        self._woken.set()

    async def news(self, timeout: float) -> None:
        """Wait until woken, at most `timeout` seconds."""
        try:
            await asyncio.wait_for(self._woken.wait(), timeout)
        except TimeoutError:
            return
        self._woken.clear()


class Broker:
    """Knows the streams of this process by conversation."""

    def __init__(self) -> None:
        self._listeners: defaultdict[str, set[Listener]] = defaultdict(set)

    @contextmanager
    def listening(self, conversation_id: str) -> Iterator[Listener]:
        """Add a listener for the block. Raises PublicError when the conversation has too many already."""
        if len(self._listeners[conversation_id]) >= _STREAMS_PER_CONVERSATION:
            raise PublicError("too_many", {"Retry-After": "60"}, wait={"da": "et minut", "en": "a minute"})
        listener = Listener()
        self._listeners[conversation_id].add(listener)
        try:
            yield listener
        finally:
            self._listeners[conversation_id].discard(listener)
            if not self._listeners[conversation_id]:
                del self._listeners[conversation_id]

    def notify(self, conversation_id: str) -> None:
        """Something new is stored in the conversation."""
        for listener in self._listeners.get(conversation_id, ()):
            listener.wake()

    def typing(self, conversation_id: str) -> None:
        """The assistant is working on an answer."""
        for listener in self._listeners.get(conversation_id, ()):
            listener.typing = True
            listener.wake()

    async def close(self, _app: web.Application) -> None:
        """End every stream, so that the server can stop; browsers come back by themselves."""
        for listeners in self._listeners.values():
            for listener in listeners:
                listener.closed = True
                listener.wake()


BROKER = web.AppKey("broker", Broker)


async def stream(request: web.Request, parts: Parts, conversation_id: str, after: int) -> web.StreamResponse:
    """Send everything said after number `after`, then what comes, until the other side leaves."""
    with request.app[BROKER].listening(conversation_id) as listener:
        response = web.StreamResponse(headers=_HEADERS)
        await response.prepare(request)
        sender = _Sender(response, parts, Presenter(parts, request), conversation_id, after)
        try:
            while not listener.closed:
                await sender.send_news(listener)
                await listener.news(_LOOK_EVERY)
        except ConnectionResetError:
            pass  # the browser has gone: the ordinary end of a stream
    return response


class _Sender:
    """Writes one stream."""

    def __init__(
        self, response: web.StreamResponse, parts: Parts, presenter: Presenter, conversation_id: str, after: int
    ) -> None:
        self._response = response
        self._parts = parts
        self._presenter = presenter
        self._conversation_id = conversation_id
        self._after = after
        self._state: dict[str, Any] | None = None
        self._last_sign_of_life = 0.0

    async def send_news(self, listener: Listener) -> None:
        await self._send_state()
        if listener.typing:
            listener.typing = False
            await self._send("typing", {"author": "bot"})
        async with self._parts.database.reading() as uow:
            messages = await conversations.since(uow, self._conversation_id, self._after)
            shown = await self._presenter.messages(uow, messages)
        for message in shown:
            await self._send("message", message, message["seq"])
            self._after = message["seq"]
        if time.monotonic() - self._last_sign_of_life > _HEARTBEAT_EVERY:
            await self._write(": still here\n\n")

    async def _send_state(self) -> None:
        """Tell whether the office is open: at the beginning, and when that changes."""
        state = {"office": office_state(self._parts)}
        if state != self._state:
            self._state = state
            await self._send("state", state)

    async def _send(self, event: str, data: Any, number: int | None = None) -> None:
        name = "" if number is None else f"id: {number}\n"
        await self._write(f"{name}event: {event}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n")

    async def _write(self, text: str) -> None:
        await self._response.write(text.encode())
        self._last_sign_of_life = time.monotonic()
