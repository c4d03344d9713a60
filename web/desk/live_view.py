"""What the desk's live pages show: the lists of talks, one talk, its messages, in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from office import live, live_talks
from office.clock import local
from office.intake import SKIPPED
from office.live import ENDINGS, answer_due
from office.store import UnitOfWork
from office.store.live_tables import LiveTalk
from office.store.tables import Conversation, Message, Ticket, User
from web.parts import Parts
from web.signs import Signs

_AUTHORS = {"visitor": "Den besøgende", "bot": "Assistenten", "system": "Systemet", "caseworker": "Medarbejder"}
_LANGUAGES = {"da": "Dansk", "en": "Engelsk"}
_PREVIEW = 160
_MOST_OF_DAY = 10


async def lists_view(uow: UnitOfWork, parts: Parts, user: User) -> dict[str, Any]:
    """Return the lists: who waits, which talks are mine or offered to me, which are others', and which ended lately."""
    now = parts.now()
    under_way = await live.under_way(uow)
    waiting = [await _row(uow, parts, talk) for talk in await live.queue(uow)]
    mine = [await _row(uow, parts, talk) for talk in under_way if talk.taken_by == user.username]
    offered = [await _row(uow, parts, talk) for talk in under_way if talk.offered_to == user.username]
    others = [
        await _row(uow, parts, talk) for talk in under_way if user.username not in (talk.taken_by, talk.offered_to)
    ]
    ended = [_ended_row(talk) for talk in await live.ended_lately(uow, now)]
    return {
        "waiting": waiting,
        "mine": mine,
        "offered": offered,
        "others": others,
        "ended": ended,
        "ready": await live.ready(uow, now),
        "open": parts.calendar.is_open(now),
        # What wants somebody now, for the title of the window.
        "calls": len(waiting) + len(offered) + sum(row["waits"] is not None for row in mine),
    }


async def standing_view(uow: UnitOfWork, parts: Parts, signs: Signs, talk: LiveTalk, user: User) -> dict[str, Any]:
    """Return how the talk stands: whose it is, whether the visitor is there or typing, and by when an answer is due."""
    seen = signs.seen(talk, "visitor")
    due = answer_due(talk, parts.knowledge.office.live)
    ticket = await uow.session.get(Ticket, talk.ticket_id) if talk.ticket_id else None
    return {
        "number": talk.id,
        "state": talk.state,
        "is_open": talk.state in live.OPEN,
        "mine": talk.state == "talking" and talk.taken_by == user.username,
        "name": talk.taken_name,
        "offered": talk.offered_name if talk.offer == "offered" else None,
        "offered_me": talk.offered_to == user.username,
        "declined": talk.offered_name if talk.offer == "declined" else None,
        "waited": in_minutes(parts.now() - talk.asked_at),
        "present": signs.present(talk, "visitor"),
        "typing": signs.typing(talk, "visitor"),
        "seen": clock(seen) if seen else "",
        "due": clock(due) if due and talk.state in live.OPEN else None,
        "ending": ENDINGS.get(talk.ending or ""),
        "asking": talk.state == "asking",
        "ticket": ticket.reference if ticket else None,
        "closed": not parts.calendar.is_open(parts.now()),
    }


async def colleagues_view(uow: UnitOfWork, parts: Parts, user: User) -> list[tuple[str, str]]:
    """Return whom a talk can be passed on to now: username and name of each who sits ready."""
    return [(one.username, one.name) for one in await live.colleagues_ready(uow, parts.now(), user.username)]


async def day_view(uow: UnitOfWork, parts: Parts, user: User) -> list[dict[str, Any]]:
    """Return what of the live talks wants this caseworker: offered to them, waiting for their words, waiting for anybody."""
    under_way = await live.under_way(uow)
    wanted = [
        *(("offered", talk) for talk in under_way if talk.offered_to == user.username),
        *(("mine", talk) for talk in under_way if talk.taken_by == user.username),
        *(("waiting", talk) for talk in (await live.queue(uow))[:_MOST_OF_DAY]),
    ]
    return [{**await _row(uow, parts, talk), "kind": kind} for kind, talk in wanted]


async def talk_view(uow: UnitOfWork, talk: LiveTalk) -> dict[str, Any]:
    """Return what the page of a talk shows beside status and messages: language, own case, and what a case would hold."""
    conversation = await uow.session.get_one(Conversation, talk.conversation_id)
    case = await live_talks.own_case(uow, talk)
    return {
        "number": talk.id,
        "asked": clock(talk.asked_at),
        "language": _LANGUAGES.get(conversation.language, conversation.language),
        "case": case.reference if case else None,
        "case_title": case.title if case else None,
        "case_type": talk.case_type or "",
        "values": await case_values(uow, talk),
    }


async def case_values(uow: UnitOfWork, talk: LiveTalk) -> dict[str, str]:
    """Return what the form for a case is filled in with: all that the visitor has told so far, by its field in /skriv."""
    facts = {name: value for name, value in (await live_talks.facts_of(uow, talk)).known().items() if value != SKIPPED}
    return {
        "text": await live_talks.subject_of(uow, talk),
        "name": facts.get("contact_name", ""),
        **{name: facts.get(name, "") for name in ("company", "email", "phone", "address")},
    }


def message_views(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """Return messages as the talk shows them."""
    return [
        {
            "seq": message.seq,
            "author": message.author,
            "name": _author(message),
            "at": message.at,
            "clock": clock(message.at),
            "text": message.text,
            "language": message.language,
            "article": (message.payload.get("article") or {}).get("title"),
        }
        for message in messages
    ]


def in_minutes(time: timedelta) -> str:
    """Return a stretch of time in whole minutes, as people say it."""
    minutes = int(time.total_seconds() // 60)
    if minutes < 1:
        return "under 1 minut"
    return "1 minut" if minutes == 1 else f"{minutes} minutter"


def clock(moment: datetime) -> str:
    """Return the local time of day, "10.03"."""
    return local(moment).strftime("%H.%M")


def _author(message: Message) -> str:
    named = message.author == "caseworker" and message.author_name
    return named or _AUTHORS.get(message.author, message.author)


async def _row(uow: UnitOfWork, parts: Parts, talk: LiveTalk) -> dict[str, Any]:
    now = parts.now()
    due = answer_due(talk, parts.knowledge.office.live)
    return {
        "number": talk.id,
        "about": _preview(await live_talks.subject_of(uow, talk)),
        "waited": in_minutes(now - talk.asked_at),
        "waits": in_minutes(now - talk.waits_since) if talk.waits_since else None,
        "due": clock(due) if due else None,
        "name": talk.taken_name,
    }


def _ended_row(talk: LiveTalk) -> dict[str, Any]:
    return {
        "number": talk.id,
        "about": _preview(talk.subject),
        "name": talk.taken_name,
        "ending": ENDINGS.get(talk.ending or "", "Afsluttet"),
        "clock": clock(talk.ended_at) if talk.ended_at else "",
    }


def _preview(text: str) -> str:
    words = " ".join(text.split())
    if not words:
        return "Har ikke skrevet, hvad det drejer sig om"
    return words if len(words) <= _PREVIEW else f"{words[:_PREVIEW].rsplit(' ', 1)[0]} …"
