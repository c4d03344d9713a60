"""The sender: takes what is due from the outbox, hands it to mail server or webhook, and records how that went."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from functools import partial
from typing import Any, Protocol

from aiohttp import web

from office import board, correspondence, outbox
from office.board_mail import MOST_CASES_IN_MAIL
from office.mail import Composer, Letter
from office.notices import notify
from office.store import UnitOfWork
from office.store.tables import Outbox
from web.background import repeating
from web.parts import PARTS, Parts
from web.smtp import MailChannel
from web.webhook import WebhookChannel

logger = logging.getLogger(__name__)
_EVERY_SECONDS = 5.0


class Channel(AbstractAsyncContextManager[Any], Protocol):
    """A way out. `send` returns when the other side has taken the letter, or raises Undeliverable or NotNow, both well
    within the lease."""

    name: str
    configured: bool

    async def send(self, letter: Letter, now: datetime) -> None: ...


CHANNELS = web.AppKey("channels", tuple[Channel, ...])
COMPOSER = web.AppKey("composer", Composer)


def channels(parts: Parts, composer: Composer) -> tuple[Channel, ...]:
    """Return the ways out: mail and webhook, each configured or not."""
    return MailChannel(parts.settings, composer), WebhookChannel(parts.settings, parts.knowledge)


async def deliver_while_running(app: web.Application) -> AsyncIterator[None]:
    """Run the sender for the life of the application."""
    async with repeating("outbox", _EVERY_SECONDS, partial(deliver, app)):
        yield


async def deliver(app: web.Application) -> str:
    """Send everything that is due. Returns in words how many were sent, postponed and failed; "" when nothing was due."""
    parts, counted = app[PARTS], Counter[str]()
    async with parts.database.reading() as uow:
        if not await outbox.anything_due(uow, parts.now()):
            return ""
    for channel in app[CHANNELS]:
        if channel.configured:
            counted += await _deliver_by(parts, channel)
        else:
            await _set_aside(parts, channel)
    return ", ".join(f"{number} {how}" for how, number in sorted(counted.items()))


async def _deliver_by(parts: Parts, channel: Channel) -> Counter[str]:
    counted = Counter[str]()
    async with channel:
        while (claimed := await _claim(parts, channel)) is not None:
            problem = await _try(parts, channel, claimed)
            counted[await _record(parts, claimed, problem)] += 1
            if isinstance(problem, outbox.NotNow) and problem.server_down:
                break
    return counted


async def _claim(parts: Parts, channel: Channel) -> Outbox | None:
    async with parts.database.writing() as uow:
        claimed = await outbox.claim(uow, channel.name, parts.now())
        await uow.commit()
    return claimed


async def _set_aside(parts: Parts, channel: Channel) -> None:
    async with parts.database.writing() as uow:
        await outbox.set_aside(uow, channel.name)
        await uow.commit()


async def _try(parts: Parts, channel: Channel, claimed: Outbox) -> Exception | None:
    """Return what kept the row from being sent, None when it was sent."""
    try:
        async with parts.database.reading() as uow:
            letter = await letter_of(uow, claimed, parts)
        await channel.send(letter, parts.now())
    except (outbox.Undeliverable, outbox.NotNow) as problem:
        return problem
    except Exception as error:
        logger.error("outbox row %d (%s) failed: %s", claimed.id, claimed.kind, type(error).__name__)
        return outbox.NotNow(type(error).__name__)
    return None


async def letter_of(uow: UnitOfWork, row: Outbox, parts: Parts) -> Letter:
    """Return everything that a row's words are made of, as it stands now."""
    ticket = await outbox.ticket_of(uow, row)
    if ticket is None:
        columns = await board.columns(uow, parts.knowledge, parts.now(), MOST_CASES_IN_MAIL)
        return Letter(row, None, board=columns)
    numbers = row.facts.get("messages", ())
    return Letter(row, ticket, [m for m in await correspondence.messages_of(uow, ticket) if m.id in numbers])


async def _record(parts: Parts, claimed: Outbox, problem: Exception | None) -> str:
    """Write down how it went, and return it in a word."""
    try:
        async with parts.database.writing() as uow:
            how = await _outcome(uow, claimed, problem, parts.now())
            await uow.commit()
    except outbox.ClaimLost:
        logger.warning("outbox row %d was taken by another sender meanwhile", claimed.id)
        return "taken over"
    if how != "sent":
        logger.warning("outbox row %d (%s) %s: %s", claimed.id, claimed.kind, how, problem)
    return how


async def _outcome(uow: UnitOfWork, claimed: Outbox, problem: Exception | None, now: datetime) -> str:
    if problem is None:
        await outbox.mark_sent(uow, claimed, now)
        return "sent"
    if isinstance(problem, outbox.NotNow) and await outbox.postpone(uow, claimed, str(problem), now):
        return "postponed"
    if isinstance(problem, outbox.Undeliverable):
        await outbox.mark_failed(uow, claimed, str(problem))
    if claimed.channel == "mail" and claimed.person is None:
        # The business has not heard: somebody must call.
        ticket = await outbox.ticket_of(uow, claimed)
        if ticket is not None:
            await notify(uow, ticket, "undelivered", now, row=claimed.id)
    return "failed"
