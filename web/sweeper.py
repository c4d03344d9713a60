"""Once a minute what was left lying is taken up: silent intakes become cases, forgotten messages are answered, absences are
covered, deadlines watched, and the board sent before the weekly meeting. Deadlines are counted again at the start, for the
calendar may have changed meanwhile.

Every few seconds live talks are looked after: who waits in vain, or is away, is taken in. Once a day what has been kept long
enough is anonymised.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from aiohttp import web

from office import conversations, deadlines, intakes, live, live_talks, retention
from office.board_mail import meeting_to_mail, send_board
from office.conversations import Utterance
from office.handover import cover_absences
from office.reminders import take_unanswered, watch_deadlines, watch_expected_days
from office.store import UnitOfWork
from office.store.tables import Ticket
from web.background import repeating
from web.events import BROKER, DESK
from web.gateway import GATEWAY
from web.parts import PARTS, Parts

logger = logging.getLogger(__name__)
_EVERY_SECONDS = 60.0
_LIVE_EVERY_SECONDS = 5.0
_TAKEN_IN = {
    "da": (
        "Vi nåede ikke helt i mål, men det, du har fortalt, er gemt som sag {reference}. Din kontaktperson vender tilbage til "
        "dig, så du behøver ikke gøre mere."
    ),
    "en": (
        "We did not quite finish, but what you told us is kept as case {reference}. Your contact person will get back to you, "
        "so you need not do anything more."
    ),
}


async def sweep_while_running(app: web.Application) -> AsyncIterator[None]:
    """Run the sweeper for the life of the application."""
    async with (
        repeating("sweeper", _EVERY_SECONDS, _Sweeper(app)),
        repeating("live talks", _LIVE_EVERY_SECONDS, partial(end_due_talks, app)),
        repeating("purge", _EVERY_SECONDS, partial(purge_once_a_day, app)),
    ):
        yield


@dataclass(frozen=True)
class Swept:
    """What one sweep did: intakes made into cases, messages answered late, cases that changed hands."""

    opened: int = 0
    answered: int = 0
    moved: int = 0


async def sweep(app: web.Application) -> Swept:
    """Sweep once."""
    return Swept(await _take_in_abandoned(app), await _answer_forgotten(app), await _keep_promises(app))


async def end_due_talks(app: web.Application) -> str:
    """End the live talks whose limit has passed and take the inquiries in; what was done in words, "" for nothing.

    Each is its own commit and is looked at again in it: two processes never end the same talk twice.
    """
    parts, ended = app[PARTS], 0
    async with parts.database.reading() as uow:
        due = await live.due(uow, parts.knowledge, parts.now())
    for number in due:
        async with parts.database.writing() as uow:
            talk = await live_talks.end_due(uow, parts.knowledge, number, parts.now())
            await uow.commit()
        if talk is not None:
            ended += 1
            app[BROKER].notify(talk.conversation_id)
            app[BROKER].notify(DESK)
    return f"{ended} live talks taken in" if ended else ""


async def count_again(app: web.Application) -> int:
    """Count the deadlines of open cases again. Returns how many cases got another date."""
    parts = app[PARTS]
    async with parts.database.reading() as uow:
        moved = await deadlines.moved_by_calendar(uow, parts.knowledge, parts.now())
    for number in moved:  # each its own commit, so that nobody else waits for all of them
        async with parts.database.writing() as uow:
            ticket = await deadlines.recount(uow, parts.knowledge, number, parts.now())
            await uow.commit()
        _notify(app, [ticket])
    return len(moved)


class _Sweeper:
    """Sweeps, and counts the deadlines again the first time."""

    def __init__(self, app: web.Application) -> None:
        self._app = app
        self._counted = False

    async def __call__(self) -> str:
        """Return in words what was done; "" when nothing was to do."""
        counted = 0 if self._counted else await count_again(self._app)
        self._counted = True
        done = await sweep(self._app)
        if counted == 0 and done == Swept():
            return ""
        return (
            f"{counted} cases got other dates, {done.opened} intakes taken in, {done.answered} messages answered late, "
            f"{done.moved} cases changed hands"
        )


async def _take_in_abandoned(app: web.Application) -> int:
    parts = app[PARTS]
    silence = timedelta(minutes=parts.settings.abandoned_after_minutes)
    async with parts.database.writing() as uow:
        opened = await intakes.take_in_abandoned(uow, parts.knowledge, parts.now(), silence)
        for ticket in opened:
            await _tell(uow, parts, ticket)
        await uow.commit()
    _notify(app, opened)
    return len(opened)


async def _keep_promises(app: web.Application) -> int:
    """Cover absences, watch deadlines and let the coordinator take over: each its own commit. Returns the cases moved."""
    parts, moved = app[PARTS], 0
    for watch in (watch_deadlines, watch_expected_days):
        async with parts.database.writing() as uow:
            await watch(uow, parts.knowledge, parts.now())
            await uow.commit()
    for step in (cover_absences, take_unanswered):
        async with parts.database.writing() as uow:
            tickets = await step(uow, parts.knowledge, parts.now())
            await uow.commit()
        _notify(app, tickets)
        moved += len(tickets)
    await _send_board(parts)
    return moved


async def _send_board(parts: Parts) -> None:
    if meeting_to_mail(parts.knowledge, parts.now()) is None:
        return
    async with parts.database.writing() as uow:
        mails = await send_board(uow, parts.knowledge, parts.now())
        await uow.commit()
    if mails:
        logger.info("the board goes to %d people before the weekly meeting", mails)


def _notify(app: web.Application, tickets: Iterable[Ticket]) -> None:
    for ticket in tickets:
        app[BROKER].notify(ticket.conversation_id)


async def _tell(uow: UnitOfWork, parts: Parts, ticket: Ticket) -> None:
    conversation = await conversations.locked(uow, ticket.conversation_id)
    language = ticket.language if ticket.language in _TAKEN_IN else "da"
    text = _TAKEN_IN[language].format(reference=ticket.reference)
    words = Utterance(text, "ticket", language, {"ticket": ticket.reference})
    await conversations.say(uow, conversation, "bot", words, parts.now())


async def _answer_forgotten(app: web.Application) -> int:
    """Answer messages whose exchange was cut off by a crash: too old to be under way still, here or in another process."""
    parts = app[PARTS]
    before = parts.now() - timedelta(seconds=60 + 3 * parts.settings.engine_timeout)
    async with parts.database.reading() as uow:
        forgotten = await conversations.left_unanswered(uow, before)
    for message in forgotten:
        await app[GATEWAY].answer(message.conversation_id, message.id)
    return len(forgotten)


async def purge_once_a_day(app: web.Application) -> str:
    """Anonymise what is due and say how much; "" when the audit log shows that today's turn was taken, here or elsewhere."""
    parts = app[PARTS]
    async with parts.database.writing() as uow:
        if not await retention.claim_today(uow, parts.now()):
            return ""
        await uow.commit()
    days = parts.knowledge.office.retention
    return str(await retention.purge(parts.database, parts.settings, days, parts.now(), "system"))
