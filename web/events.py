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

from office import conversations, live
from office.store.live_tables import LiveTalk
from web.errors import PublicError
from web.greeting import office_state
from web.live import talk_state
from web.parts import Parts
from web.presenting import Presenter
from web.signs import SIGNS, Signs

# What the desk's streams listen to beside the conversation they show: the queue has changed.
DESK = "desk"
_LOOK_EVERY = 2.0
_HEARTBEAT_EVERY = 15.0
_STREAMS_PER_CONVERSATION = 10
_STREAMS_OF_DESK = 500
_TYPING_EVERY = 3.0
HEADERS = {"Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}


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
        most = _STREAMS_OF_DESK if conversation_id == DESK else _STREAMS_PER_CONVERSATION
        if len(self._listeners.get(conversation_id, ())) >= most:
            raise PublicError("too_many", {"Retry-After": "60"}, wait={"da": "et minut", "en": "a minute"})
        listener = Listener()
        with self.woken_by(conversation_id, listener):
            yield listener

    @contextmanager
    def woken_by(self, topic: str, listener: Listener) -> Iterator[None]:
        """Let `listener` be woken by this conversation (or DESK) too, for the block."""
        self._listeners[topic].add(listener)
        try:
            yield
        finally:
            self._listeners[topic].discard(listener)
            if not self._listeners[topic]:
                del self._listeners[topic]

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
        response = web.StreamResponse(headers=HEADERS)
        await response.prepare(request)
        sender = _Sender(response, parts, Presenter(parts, request), request.app[SIGNS], conversation_id, after)
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
        self,
        response: web.StreamResponse,
        parts: Parts,
        presenter: Presenter,
        signs: Signs,
        conversation_id: str,
        after: int,
    ) -> None:
        self._response = response
        self._parts = parts
        self._presenter = presenter
        self._signs = signs
        self._conversation_id = conversation_id
        self._after = after
        self._state: dict[str, Any] | None = None
        self._last_sign_of_life = 0.0
        self._last_typing = 0.0

    async def send_news(self, listener: Listener) -> None:
        await self._send_state()
        typing, listener.typing = listener.typing, False
        async with self._parts.database.reading() as uow:
            messages = await conversations.since(uow, self._conversation_id, self._after)
            shown = await self._presenter.messages(uow, messages)
        for message in shown:
            await self._send("message", message, message["seq"])
            self._after = message["seq"]
        # After the words it answers, and not when the answer is there already.
        if typing and not (shown and shown[-1]["author"] == "bot"):
            await self._send("typing", {"author": "bot"})
        if time.monotonic() - self._last_sign_of_life > _HEARTBEAT_EVERY:
            await self._write(": still here\n\n")

    async def _send_state(self) -> None:
        """Tell whether the office is open and who answers: at the beginning, and when that changes."""
        async with self._parts.database.reading() as uow:
            talk = await live.open_talk(uow, self._conversation_id)
            state = {"office": office_state(self._parts), "live": await talk_state(uow, self._parts, self._signs, talk)}
        if state != self._state:
            self._state = state
            await self._send("state", state)
        if talk is not None:
            await self._signs.note(self._conversation_id, "visitor")
            await self._send_person_typing(talk)

    async def _send_person_typing(self, talk: LiveTalk) -> None:
        """Tell that the person is typing, again and again while they are."""
        if not self._signs.typing(talk, "person") or time.monotonic() - self._last_typing < _TYPING_EVERY:
            return
        self._last_typing = time.monotonic()
        await self._send("typing", {"author": "caseworker", "author_name": talk.taken_name})

    async def _send(self, event: str, data: Any, number: int | None = None) -> None:
        name = "" if number is None else f"id: {number}\n"
        await self._write(f"{name}event: {event}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n")

    async def _write(self, text: str) -> None:
        await self._response.write(text.encode())
        self._last_sign_of_life = time.monotonic()
