"""The end of a case: refusal with an offer of dialogue, the business needs no more, closing, withdrawal.

Source: promises S07 (responsible until closed and no more help is needed) and S08 (no rejection without dialogue).
"""

from __future__ import annotations

from datetime import datetime

from knowledge.model import Knowledge
from office.announcements import tell_business
from office.correspondence import reply_to_business
from office.errors import NotAllowed
from office.history import set_field
from office.meetings import cancel_coming
from office.moves import move
from office.notices import notify
from office.store import UnitOfWork
from office.store.tables import Ticket
from office.survey import invite


async def refuse(
    uow: UnitOfWork,
    knowledge: Knowledge,
    ticket: Ticket,
    text: str,
    offer_of_dialogue: str,
    author_name: str,
    actor: str,
    now: datetime,
) -> None:
    """Answer with a refusal; the offer of dialogue about other ways goes with it. Raises NotAllowed without one."""
    if not offer_of_dialogue.strip():
        raise NotAllowed(
            "Skriv, hvordan virksomheden kan tale med jer om andre muligheder. Et afslag står aldrig alene."
        )
    words = f"{text}\n\n{offer_of_dialogue}"
    await reply_to_business(uow, knowledge, ticket, words, author_name, actor, now, answers_case=True)
    set_field(uow, ticket, "outcome", "refused", actor, now)
    set_field(uow, ticket, "dialogue_offered_at", now, actor, now, offer_of_dialogue)
    await uow.session.flush()


async def offer_dialogue(
    uow: UnitOfWork, knowledge: Knowledge, ticket: Ticket, words: str, author_name: str, actor: str, now: datetime
) -> None:
    """Offer the business a dialogue about other ways, and record that it was offered."""
    await reply_to_business(uow, knowledge, ticket, words, author_name, actor, now)
    set_field(uow, ticket, "dialogue_offered_at", now, actor, now, words)
    await uow.session.flush()


async def needs_no_more(uow: UnitOfWork, ticket: Ticket, actor: str, now: datetime, how_known: str) -> None:
    """Record that the business needs no more help, and how that is known; nothing is owed to its last words then."""
    set_field(uow, ticket, "needs_no_more_at", now, actor, now, how_known)
    ticket.reply_due = None
    await uow.session.flush()


async def close(
    uow: UnitOfWork,
    knowledge: Knowledge,
    ticket: Ticket,
    outcome: str,
    actor: str,
    now: datetime,
    why: str | None = None,
) -> None:
    """Close the case with `outcome` (helped or refused) and tell the business. Raises NotAllowed (see lifecycle.py)."""
    if outcome not in ("helped", "refused"):
        raise NotAllowed("Vælg, hvordan sagen endte: virksomheden er hjulpet, eller den fik afslag.")
    if ticket.outcome == "refused" != outcome:
        raise NotAllowed("Virksomheden har fået afslag, så sagen kan ikke afsluttes som hjulpet.")
    await _end(uow, knowledge, ticket, "closed", outcome, actor, now, why)


async def withdraw(
    uow: UnitOfWork, knowledge: Knowledge, ticket: Ticket, actor: str, now: datetime, why: str | None = None
) -> None:
    """End the case because the business takes its inquiry back, and its meetings with it. Raises NotAllowed when it has ended."""
    await cancel_coming(uow, ticket, actor, now)
    await _end(uow, knowledge, ticket, "withdrawn", "withdrawn", actor, now, why)


async def _end(
    uow: UnitOfWork,
    knowledge: Knowledge,
    ticket: Ticket,
    status: str,
    outcome: str,
    actor: str,
    now: datetime,
    why: str | None,
) -> None:
    if ticket.outcome != outcome:
        set_field(uow, ticket, "outcome", outcome, actor, now)
    await move(uow, knowledge, ticket, status, actor, now, why)
    ticket.closed_at, ticket.reply_due = now, None
    await tell_business(uow, ticket, status, now)
    if status == "closed":
        await notify(uow, ticket, "closed", now, survey=await invite(uow, ticket, now))
    await uow.session.flush()
