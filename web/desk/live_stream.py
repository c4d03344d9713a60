"""/desk/live/events: what happens in the queue and in one talk arrives at the desk unasked, as server-sent events.

The events carry pieces of the page as the server renders them, so that a page without JavaScript, which is loaded again, shows
the same: `lists` (html, calls), `status` (html, open), `pass` (html: whom the talk can be passed on to), `messages`
(html, last), and `facts` (what the form for a case may be filled in with, by field).
"""

from __future__ import annotations

import json
import time
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

from aiohttp import web

from office import conversations, live, live_talks
from office.store.live_tables import LiveTalk
from web.desk.case_page import user_of
from web.desk.live_view import case_values, colleagues_view, lists_view, message_views, standing_view
from web.desk.session import SESSION, session_of
from web.errors import PublicError
from web.events import BROKER, DESK, HEADERS
from web.parts import parts_of
from web.requests import whole_number
from web.signs import SIGNS
from web.templating import TEMPLATES

routes = web.RouteTableDef()
_LOOK_EVERY = 2.0
_SIGN_EVERY = 15.0
_READY_EVERY = timedelta(seconds=30)


@routes.get("/desk/live/events")
async def follow(request: web.Request) -> web.StreamResponse:
    """Stream the lists, and with `samtale=NUMBER` the talk, from message `after` on, until either side leaves."""
    parts = parts_of(request)
    number = whole_number("samtale", request.query.get("samtale", ""))
    after = whole_number("after", (request.headers.get("Last-Event-ID") or request.query.get("after", "")).strip())
    async with parts.database.reading() as uow:
        talk = await live.by_number(uow, number) if number else None
    if number and talk is None:
        raise PublicError("not_found")
    broker = request.app[BROKER]
    with ExitStack() as stack:
        listener = stack.enter_context(broker.listening(DESK))
        if talk is not None:
            stack.enter_context(broker.woken_by(talk.conversation_id, listener))
        response = web.StreamResponse(headers=HEADERS)
        await response.prepare(request)
        sender = _Sender(request, response, number, after)
        try:
            while not listener.closed and await sender.send_news():
                await listener.news(_LOOK_EVERY)
        except ConnectionResetError:
            pass  # the browser has gone: the ordinary end of a stream
    return response


class _Sender:
    """Writes one stream of the desk."""

    def __init__(self, request: web.Request, response: web.StreamResponse, number: int, after: int) -> None:
        self._request = request
        self._response = response
        self._parts = parts_of(request)
        self._user = user_of(request)
        self._number = number
        self._after = after
        self._sent: dict[str, str] = {}
        self._checked = time.monotonic()
        self._ready_at = self._parts.now() - _READY_EVERY

    async def send_news(self) -> bool:
        """Send what has changed. Returns False when the session is over: the stream ends with it."""
        if not await self._still_allowed():
            return False
        await self._note_ready()
        async with self._parts.database.reading() as uow:
            talk = await live.by_number(uow, self._number) if self._number else None
            lists = await lists_view(uow, self._parts, self._user)
            standing = messages = values = None
            colleagues: list[tuple[str, str]] = []
            if talk is not None:
                signs = self._request.app[SIGNS]
                standing = await standing_view(uow, self._parts, signs, talk, self._user)
                messages = await conversations.since(uow, talk.conversation_id, self._after)
                values = await case_values(uow, talk) if standing["mine"] else None
                colleagues = await colleagues_view(uow, self._parts, self._user) if standing["mine"] else []
        await self._send_lists(lists)
        if talk is not None and standing is not None:
            await self._note_there(talk)
            if messages:
                self._after = messages[-1].seq
                html = self._render("desk/live_messages.html", messages=message_views(messages))
                await self._send("messages", {"html": html, "last": self._after}, self._after)
            if values is not None:
                await self._send_changed(
                    "facts", {"matter" if name == "text" else name: v for name, v in values.items()}
                )
            passing = self._render("desk/live_pass.html", standing=standing, colleagues=colleagues)
            await self._send_changed("pass", {"html": passing})
            await self._send_changed(
                "status",
                {"html": self._render("desk/live_status.html", standing=standing), "open": standing["is_open"]},
            )
        return True

    async def _send_lists(self, lists: dict[str, Any]) -> None:
        html = self._render("desk/live_lists.html", lists=lists, current=self._number or None)
        await self._send_changed("lists", {"html": html, "calls": lists["calls"]})

    async def _still_allowed(self) -> bool:
        """Look now and then whether the session still lives, and let the line know that we do."""
        if time.monotonic() - self._checked < _SIGN_EVERY:
            return True
        self._checked = time.monotonic()
        await self._response.write(b": still here\n\n")
        return await session_of(self._request) is not None

    async def _note_ready(self) -> None:
        now = self._parts.now()
        if now - self._ready_at < _READY_EVERY:
            return
        self._ready_at = now
        async with self._parts.database.writing() as uow:
            await live_talks.note_ready(uow, self._user.username, now)
            await uow.commit()

    async def _note_there(self, talk: LiveTalk) -> None:
        if talk.state == "talking" and talk.taken_by == self._user.username:
            await self._request.app[SIGNS].note(talk.conversation_id, "person")

    def _render(self, template: str, **context: Any) -> str:
        csrf = self._request[SESSION].csrf
        return self._request.app[TEMPLATES].get_template(template).render(csrf=csrf, **context)

    async def _send_changed(self, event: str, data: dict[str, Any]) -> None:
        text = json.dumps(data, ensure_ascii=False)
        if self._sent.get(event) != text:
            self._sent[event] = text
            await self._send(event, data)

    async def _send(self, event: str, data: dict[str, Any], number: int | None = None) -> None:
        name = "" if number is None else f"id: {number}\n"
        text = f"{name}event: {event}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
        await self._response.write(text.encode())
