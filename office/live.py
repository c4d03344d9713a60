"""Live talks in the chat: who may be offered one, who waits, how long, and when a talk must end by itself.

Rules are pure and take the moment; queries only read. What changes a talk is in live_talks.py, the words in live_words.py.
The limits stand in office.yml under `live`. Source: promises S09 (no transfer) and S11 (nobody calls in vain).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from statistics import median

from sqlalchemy import func, or_, select

from knowledge.model import Knowledge, LiveRules
from office.calendar import WorkCalendar
from office.store import UnitOfWork
from office.store.live_tables import LivePresence, LiveTalk
from office.store.tables import Conversation, User

# Conversation.handler while no machine answers, by the state of the talk.
HANDLERS = {"waiting": "waiting", "talking": "person"}
OPEN = tuple(HANDLERS)
# Hidden commands behind the buttons; the gateway obeys them, and the engine never sees them.
ASK, BACK = "live:ask", "live:back"
# Why a talk ended, as the desk says it.
ENDINGS = {
    "unanswered": "Ingen svarede inden for fristen",
    "closed": "Kontoret lukkede",
    "visitor_away": "Den besøgende var væk for længe",
    "visitor_left": "Den besøgende gik tilbage til assistenten",
    "handed_back": "Givet tilbage til assistenten",
    "case": "Gjort til en sag",
    "on_case": "Lagt på en sag",
}
# How long a sign of life holds. Other processes hear of one up to 20 seconds late, of typing up to 4.
PRESENT_FOR = timedelta(seconds=45)
TYPING_FOR = timedelta(seconds=8)
READY_FOR = timedelta(seconds=90)
_RECENT = timedelta(hours=2)
_ENOUGH_WAITS = 3


@dataclass(frozen=True)
class Wait:
    """What can honestly be said of waiting: the place in the queue, minutes by what others just waited (None = unknown), and
    how many sit ready at the desk."""

    position: int
    minutes: int | None
    ready: int


# --- rules ------------------------------------------------------------------------------------------------


def may_offer(conversation: Conversation, calendar: WorkCalendar, rules: LiveRules, now: datetime) -> bool:
    """Tell whether a visitor may be offered a person now: in the chat, and open until somebody must have answered."""
    answered = now + timedelta(minutes=rules.answer_within_minutes)
    free = conversation.handler not in HANDLERS.values()
    return free and conversation.channel == "chat" and calendar.is_open(now) and calendar.is_open(answered)


def answer_due(talk: LiveTalk, rules: LiveRules) -> datetime | None:
    """Return when somebody must have answered the visitor at the latest; None when nothing waits for an answer."""
    since = talk.asked_at if talk.state == "waiting" else talk.waits_since
    return since + timedelta(minutes=rules.answer_within_minutes) if since is not None else None


def due_ending(talk: LiveTalk, calendar: WorkCalendar, rules: LiveRules, now: datetime) -> str | None:
    """Return why the talk must end now by itself (a key of ENDINGS), or None while it may go on.

    Who only waits is taken in when the office closes. A talk under way may be finished then, as long as the person stays.
    """
    away = now - talk.visitor_seen_at >= timedelta(minutes=rules.visitor_away_minutes)
    due = answer_due(talk, rules)
    if talk.state == "waiting":
        if not calendar.is_open(now):
            return "closed"
        if due is not None and now >= due:
            return "unanswered"
        return "visitor_away" if away else None
    if away:
        return "visitor_away"
    if due is not None and now >= due and not is_fresh(talk.person_typing_at, TYPING_FOR, now):
        return "unanswered"
    stays = is_fresh(talk.person_seen_at, timedelta(minutes=rules.answer_within_minutes), now)
    return None if calendar.is_open(now) or stays else "closed"


def is_fresh(sign: datetime | None, holds: timedelta, now: datetime) -> bool:
    """Tell whether a sign of life still holds."""
    return sign is not None and now - sign < holds


def expected_minutes(waits: Sequence[timedelta]) -> int | None:
    """Return the usual wait in whole minutes, rounded up; None when too few have waited lately to tell."""
    if len(waits) < _ENOUGH_WAITS:
        return None
    return max(1, ceil(median(wait.total_seconds() for wait in waits) / 60))


# --- queries ----------------------------------------------------------------------------------------------


async def open_talk(uow: UnitOfWork, conversation_id: str) -> LiveTalk | None:
    """Return the talk that the conversation waits for or is in, if any."""
    return await _latest(uow, conversation_id, OPEN)


async def asking_talk(uow: UnitOfWork, conversation_id: str) -> LiveTalk | None:
    """Return the talk that ended without a way to reach the visitor, who was asked for one, if it is the last one."""
    latest = await _latest(uow, conversation_id, (*OPEN, "asking", "ended"))
    return latest if latest is not None and latest.state == "asking" else None


async def by_number(uow: UnitOfWork, number: int) -> LiveTalk | None:
    """Return a talk by its number."""
    return await uow.session.get(LiveTalk, number)


async def queue(uow: UnitOfWork) -> list[LiveTalk]:
    """Return the talks that wait for somebody, who has waited longest first."""
    return await _listed(uow, LiveTalk.state == "waiting")


async def under_way(uow: UnitOfWork) -> list[LiveTalk]:
    """Return the talks that somebody has, in the order they were asked for."""
    return await _listed(uow, LiveTalk.state == "talking")


async def ended_lately(uow: UnitOfWork, now: datetime, limit: int = 20) -> list[LiveTalk]:
    """Return talks that ended within the last twelve hours, the newest first."""
    rows = await uow.session.scalars(
        select(LiveTalk)
        .where(LiveTalk.ended_at > now - timedelta(hours=12))
        .order_by(LiveTalk.ended_at.desc(), LiveTalk.id.desc())
        .limit(limit)
    )
    return list(rows)


async def wait_of(uow: UnitOfWork, now: datetime, talk: LiveTalk | None = None) -> Wait:
    """Return what can be said of the wait of `talk`, or of somebody who would ask now."""
    ahead = select(func.count()).select_from(LiveTalk).where(LiveTalk.state == "waiting")
    if talk is not None:
        earlier = (LiveTalk.asked_at == talk.asked_at) & (LiveTalk.id < talk.id)
        ahead = ahead.where(or_(LiveTalk.asked_at < talk.asked_at, earlier))
    position = (await uow.session.scalar(ahead) or 0) + 1
    return Wait(position, expected_minutes(await _recent_waits(uow, now)), await ready(uow, now))


async def ready(uow: UnitOfWork, now: datetime) -> int:
    """Return how many people sit at the desk's live pages."""
    fresh = select(func.count()).select_from(LivePresence).where(LivePresence.seen_at > now - READY_FOR)
    return await uow.session.scalar(fresh) or 0


async def colleagues_ready(uow: UnitOfWork, now: datetime, but: str) -> list[User]:
    """Return the users who sit at the desk's live pages, by name, all but the one with the username `but`."""
    rows = await uow.session.scalars(
        select(User)
        .join(LivePresence, LivePresence.username == User.username)
        .where(LivePresence.seen_at > now - READY_FOR, User.username != but, User.disabled_at.is_(None))
        .order_by(User.name, User.id)
    )
    return list(rows)


async def due(uow: UnitOfWork, knowledge: Knowledge, now: datetime) -> list[int]:
    """Return the numbers of the talks that must end now by themselves."""
    calendar, rules = WorkCalendar(knowledge.office), knowledge.office.live
    return [t.id for t in await _listed(uow, LiveTalk.state.in_(OPEN)) if due_ending(t, calendar, rules, now)]


async def _latest(uow: UnitOfWork, conversation_id: str, states: Sequence[str]) -> LiveTalk | None:
    talk: LiveTalk | None = await uow.session.scalar(
        select(LiveTalk)
        .where(LiveTalk.conversation_id == conversation_id, LiveTalk.state.in_(states))
        .order_by(LiveTalk.id.desc())
        .limit(1)
    )
    return talk


async def _listed(uow: UnitOfWork, condition: object) -> list[LiveTalk]:
    rows = await uow.session.scalars(
        select(LiveTalk).where(condition).order_by(LiveTalk.asked_at, LiveTalk.id)  # type: ignore[arg-type]
    )
    return list(rows)


async def _recent_waits(uow: UnitOfWork, now: datetime) -> list[timedelta]:
    """Return how long those waited who got a person lately, or waited in vain; who left by themselves tell nothing."""
    waited_until = func.coalesce(LiveTalk.taken_at, LiveTalk.ended_at)
    rows = await uow.session.scalars(
        select(LiveTalk)
        .where(
            waited_until > now - _RECENT,
            or_(LiveTalk.taken_at.is_not(None), LiveTalk.ending.in_(("unanswered", "closed"))),
        )
        .order_by(LiveTalk.id.desc())
        .limit(20)
    )
    return [until - talk.asked_at for talk in rows if (until := talk.taken_at or talk.ended_at)]
