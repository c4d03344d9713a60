"""Once a minute what was left lying is taken in: silent intakes become cases, forgotten messages are answered."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial

from aiohttp import web

from office import conversations, intakes
from office.conversations import Utterance
from office.store import UnitOfWork
from office.store.tables import Ticket
from web.background import repeating
from web.events import BROKER
from web.gateway import GATEWAY
from web.parts import PARTS, Parts

_EVERY_SECONDS = 60.0
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
    async with repeating("sweeper", _EVERY_SECONDS, partial(_sweep_and_say, app)):
        yield


async def sweep(app: web.Application) -> tuple[int, int]:
    """Sweep once. Returns how many intakes became cases and how many messages were answered late."""
    opened = await _take_in_abandoned(app)
    answered = await _answer_forgotten(app)
    return opened, answered


async def _sweep_and_say(app: web.Application) -> str:
    opened, answered = await sweep(app)
    return f"{opened} intakes taken in, {answered} messages answered late" if opened or answered else ""


async def _take_in_abandoned(app: web.Application) -> int:
    parts = app[PARTS]
    silence = timedelta(minutes=parts.settings.abandoned_after_minutes)
    async with parts.database.writing() as uow:
        opened = await intakes.take_in_abandoned(uow, parts.knowledge, parts.now(), silence)
        for ticket in opened:
            await _tell(uow, parts, ticket)
        await uow.commit()
    for ticket in opened:
        app[BROKER].notify(ticket.conversation_id)
    return len(opened)


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
