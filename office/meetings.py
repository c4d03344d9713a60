"""Meetings: the office proposes times, the business takes one or says what suits better, either side may call it off."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, select

from knowledge.model import Knowledge
from office import conversations
from office.correspondence import reply_to_business, write_from_business
from office.errors import NotAllowed
from office.history import record
from office.notices import notify
from office.privacy import mask_cpr
from office.store import UnitOfWork
from office.store.follow_up_tables import Meeting
from office.store.tables import Ticket
from office.words import listed, moment_in_words

MOST_TIMES = 3
_MINUTES = range(10, 481)
_WORDS = {
    "da": {
        "propose": "Jeg foreslår et møde ({minutes} minutter, sted: {place}).",
        "move": "Jeg foreslår at flytte mødet {start} ({minutes} minutter, sted: {place}).",
        "choose": "Vælg på siden om sagen, hvad der passer dig:",
        "declined": "Jeg kan ikke på de tider, I foreslog til mødet.",
    },
    "en": {
        "propose": "I suggest a meeting ({minutes} minutes, place: {place}).",
        "move": "I suggest moving the meeting on {start} ({minutes} minutes, place: {place}).",
        "choose": "Choose what suits you on the page about your case:",
        "declined": "I cannot meet at the times you suggested.",
    },
}


@dataclass(frozen=True)
class Proposal:
    """One to three moments (with zone) to choose from, how long, and where."""

    times: Sequence[datetime]
    minutes: int
    place: str


async def meetings_of(uow: UnitOfWork, ticket: Ticket) -> list[Meeting]:
    """Return the meetings of a case that were not called off, in the order they were proposed."""
    rows = await uow.session.scalars(
        select(Meeting).where(Meeting.ticket_id == ticket.id, Meeting.cancelled_at.is_(None)).order_by(Meeting.id)
    )
    return list(rows)


async def meeting_of(uow: UnitOfWork, ticket: Ticket, number: int) -> Meeting | None:
    """Return one meeting that was not called off, only if it belongs to this case."""
    row: Meeting | None = await uow.session.scalar(_meeting_of(ticket, number))
    return row


async def meeting_to_change(uow: UnitOfWork, ticket: Ticket, number: int) -> Meeting | None:
    """Return what `meeting_of` returns; it is ours until the block, which must be one that writes, ends."""
    row: Meeting | None = await uow.session.scalar(_meeting_of(ticket, number).with_for_update())
    return row


def _meeting_of(ticket: Ticket, number: int) -> Select[Meeting]:
    return select(Meeting).where(Meeting.id == number, Meeting.ticket_id == ticket.id, Meeting.cancelled_at.is_(None))


def times_of(meeting: Meeting) -> list[datetime]:
    """Return the moments (UTC) that wait for the business to choose, the earliest first."""
    return [datetime.fromisoformat(text) for text in meeting.proposed]


def invitation_facts(meeting: Meeting) -> dict[str, Any]:
    """Return what a notice of kind "meeting" takes. The meeting has been agreed."""
    return {
        "meeting": meeting.uid,
        "start": meeting.start,
        "minutes": meeting.minutes,
        "place": meeting.place,
        "sequence": meeting.sequence,
    }


async def propose_meeting(
    uow: UnitOfWork,
    knowledge: Knowledge,
    ticket: Ticket,
    proposal: Proposal,
    author_name: str,
    actor: str,
    now: datetime,
    moves: Meeting | None = None,
) -> Meeting:
    """Propose a meeting, or other times for one (`moves`), in words to the business. Raises NotAllowed with what to mend.

    An agreed time stands until the business has taken a new one. The words are an answer like any other (promise S01).
    """
    await conversations.locked(uow, ticket.conversation_id)
    place = mask_cpr(proposal.place.strip())[0]
    _check(proposal, place, now)
    meeting = moves or Meeting(ticket_id=ticket.id, uid=secrets.token_hex(16), sequence=0, start=None)
    meeting.proposed = [moment.astimezone(UTC).isoformat() for moment in sorted(set(proposal.times))]
    meeting.minutes, meeting.place = proposal.minutes, place
    uow.session.add(meeting)
    await reply_to_business(uow, knowledge, ticket, _offer(ticket, meeting), author_name, actor, now)
    times = listed([moment_in_words(moment) for moment in times_of(meeting)])
    record(uow, ticket, now, actor, "meeting_proposed", "meeting", new=times)
    await uow.session.flush()
    return meeting


async def accept_meeting(uow: UnitOfWork, ticket: Ticket, meeting: Meeting, start: datetime, now: datetime) -> None:
    """Agree on one of the proposed times; both sides get it by mail with a calendar file. Raises NotAllowed.

    Accepted again, it changes nothing: a form may be sent twice.
    """
    if meeting.start == start and not meeting.proposed:
        return
    if start not in times_of(meeting) or start <= now:
        raise NotAllowed("Den tid er ikke længere blandt dem, der er foreslået.")
    meeting.sequence += meeting.start is not None
    meeting.start, meeting.proposed = start, []
    record(uow, ticket, now, "virksomheden", "meeting_agreed", "meeting", new=moment_in_words(start))
    for kind in ("meeting", "person_meeting"):
        await notify(uow, ticket, kind, now, **invitation_facts(meeting))
    await uow.session.flush()


async def decline_meeting(
    uow: UnitOfWork, knowledge: Knowledge, ticket: Ticket, meeting: Meeting, words: str, now: datetime, form_id: str
) -> None:
    """Say no to all proposed times, with the business' own words about what would suit; an agreed time stands."""
    await conversations.locked(uow, ticket.conversation_id)
    if not meeting.proposed:
        return
    meeting.proposed = []
    if meeting.start is None:
        meeting.cancelled_at = now
    record(uow, ticket, now, "virksomheden", "meeting_declined", "meeting", why=mask_cpr(words)[0] or None)
    text = f"{_WORDS[_language(ticket)]['declined']} {words}".strip()
    await write_from_business(uow, knowledge, ticket, text, now, form_id)


async def cancel_meeting(uow: UnitOfWork, ticket: Ticket, meeting: Meeting, actor: str, now: datetime) -> None:
    """Call a meeting off; an agreed one leaves both calendars. A proposal is taken back without a mail of its own."""
    meeting.cancelled_at, meeting.proposed = now, []
    when = moment_in_words(meeting.start) if meeting.start else None
    record(uow, ticket, now, actor, "meeting_cancelled", "meeting", old=when)
    if meeting.start is not None:
        meeting.sequence += 1
        for kind in ("meeting_cancelled", "person_meeting_cancelled"):
            await notify(uow, ticket, kind, now, **invitation_facts(meeting))
    await uow.session.flush()


async def cancel_coming(uow: UnitOfWork, ticket: Ticket, actor: str, now: datetime) -> None:
    """Call off every meeting of the case that has not been held."""
    for meeting in await meetings_of(uow, ticket):
        if meeting.start is None or meeting.start > now:
            await cancel_meeting(uow, ticket, meeting, actor, now)


def _check(proposal: Proposal, place: str, now: datetime) -> None:
    if not 1 <= len(set(proposal.times)) <= MOST_TIMES:
        raise NotAllowed(f"Foreslå mindst ét og højst {MOST_TIMES} tidspunkter.")
    if any(moment <= now for moment in proposal.times):
        raise NotAllowed("Et møde kan kun foreslås på et tidspunkt, der ikke er gået.")
    if proposal.minutes not in _MINUTES:
        raise NotAllowed("Skriv, hvor mange minutter mødet varer: fra 10 til 480.")
    if not place:
        raise NotAllowed("Skriv, hvor mødet holdes: en adresse, telefon eller et link.")


def _offer(ticket: Ticket, meeting: Meeting) -> str:
    language = _language(ticket)
    words = _WORDS[language]
    start = moment_in_words(meeting.start, language) if meeting.start else ""
    what = words["move" if meeting.start else "propose"]
    times = (f"- {moment_in_words(moment, language)}" for moment in times_of(meeting))
    return "\n".join([what.format(start=start, minutes=meeting.minutes, place=meeting.place), words["choose"], *times])


def _language(ticket: Ticket) -> str:
    return ticket.language if ticket.language in _WORDS else "da"
