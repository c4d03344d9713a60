"""Who is there in a live talk, and who is typing: known at once in this process, and to other processes through the talk's row.

Key presses never reach the database one by one: the row is written at most every 20 seconds while somebody is there, and
every 4 while they type. Nothing here is history; when the process ends, streams that open again tell anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from aiohttp import web

from office import live_talks
from office.live import PRESENT_FOR, TYPING_FOR, is_fresh
from office.store.live_tables import LiveTalk
from web.parts import Parts

Side = Literal["visitor", "person"]
_WRITE_PRESENCE_EVERY = timedelta(seconds=20)
_WRITE_TYPING_EVERY = timedelta(seconds=4)
_FORGET_AFTER = timedelta(minutes=10)
_MANY = 1000


@dataclass
class _Sign:
    seen: datetime
    typing: datetime | None = None
    written: datetime | None = None
    typing_written: datetime | None = None


class Signs:
    """The signs of life that this process has seen, by conversation and side."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._signs: dict[tuple[str, Side], _Sign] = {}

    async def note(self, conversation_id: str, side: Side, typing: bool = False) -> None:
        """Note that somebody is there, or types, and write it down when that is due."""
        now = self._parts.now()
        self._forget_old(now)
        sign = self._signs.setdefault((conversation_id, side), _Sign(now))
        sign.seen = now
        if typing:
            sign.typing = now
        if not _is_due(sign, typing, now):
            return
        sign.written = now
        sign.typing_written = now if typing else sign.typing_written
        async with self._parts.database.writing() as uow:
            await live_talks.note_sign(uow, conversation_id, side, now, sign.typing)
            await uow.commit()

    def said(self, conversation_id: str, side: Side) -> None:
        """What was typed has been sent: nobody types on this side until told again."""
        sign = self._signs.get((conversation_id, side))
        if sign is not None:
            sign.typing = None

    def present(self, talk: LiveTalk, side: Side) -> bool:
        """Tell whether this side is there, by what this process or the row knows last."""
        return is_fresh(self.seen(talk, side), PRESENT_FOR, self._parts.now())

    def seen(self, talk: LiveTalk, side: Side) -> datetime | None:
        """Return when this side gave its last sign of life."""
        sign = self._signs.get((talk.conversation_id, side))
        known = (sign.seen if sign else None, getattr(talk, f"{side}_seen_at"))
        return max((moment for moment in known if moment is not None), default=None)

    def typing(self, talk: LiveTalk, side: Side) -> bool:
        """Tell whether this side is typing."""
        sign = self._signs.get((talk.conversation_id, side))
        now = self._parts.now()
        if sign is not None and is_fresh(sign.seen, PRESENT_FOR, now):
            return is_fresh(sign.typing, TYPING_FOR, now)
        return is_fresh(getattr(talk, f"{side}_typing_at"), TYPING_FOR, now)

    def _forget_old(self, now: datetime) -> None:
        if len(self._signs) > _MANY:
            self._signs = {key: sign for key, sign in self._signs.items() if now - sign.seen < _FORGET_AFTER}


def _is_due(sign: _Sign, typing: bool, now: datetime) -> bool:
    if typing and not is_fresh(sign.typing_written, _WRITE_TYPING_EVERY, now):
        return True
    return not is_fresh(sign.written, _WRITE_PRESENCE_EVERY, now)


SIGNS = web.AppKey("signs", Signs)
