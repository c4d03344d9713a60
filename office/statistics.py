"""Figures about what came in and how the promises were kept, as queries on the store.

An inquiry is a case, or a conversation that the bot answered and that led to no case; the latter are simple (seed 000: simple
questions are answered at once). Figures survive anonymising: nothing here needs personal data.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from knowledge.model import PHASES, Knowledge
from office.calendar import WorkCalendar
from office.calls import TAKEN_IN_BY
from office.clock import COPENHAGEN, local
from office.lifecycle import OPEN_STATUSES
from office.store import UnitOfWork
from office.store.tables import Conversation, Message, Ticket


@dataclass(frozen=True)
class Month:
    """A month of Danish local time, first moment included, last excluded (both UTC)."""

    begin: datetime
    end: datetime

    @classmethod
    def of(cls, year: int, number: int) -> Month:
        """Return month `number` of `year`; numbers outside 1-12 run on into other years (0 is December before)."""
        return cls(_first_of(year, number), _first_of(year, number + 1))

    @classmethod
    def read(cls, text: str) -> Month:
        """Return the month written as "2026-11". Raises ValueError for anything else."""
        month = datetime.strptime(text, "%Y-%m")
        return cls.of(month.year, month.month)

    @classmethod
    def span(cls, first: Month, last: Month) -> Month:
        """Return the time from the first moment of one month to the last of another, counted as one."""
        return cls(first.begin, last.end)

    def before(self, count: int) -> Month:
        """Return the month `count` months earlier."""
        first = local(self.begin)
        return Month.of(first.year, first.month - count)

    @property
    def name(self) -> str:
        """Return the (first) month as "2026-11", the way `read` takes it."""
        return f"{local(self.begin):%Y-%m}"


@dataclass(frozen=True)
class Inquiries:
    """How many inquiries came by one channel, of one level, with one leading area; `by_bot`: answered without a case."""

    channel: str
    level: str
    area: str
    count: int
    by_bot: bool = False


@dataclass(frozen=True)
class Kept:
    """How a deadline was kept: in time, late (answered late or overdue now), and still to come."""

    in_time: int
    late: int
    to_come: int

    @property
    def share(self) -> float | None:
        """Return the share in time of those whose time is up, 0-1; None when there are none."""
        judged = self.in_time + self.late
        return self.in_time / judged if judged else None


@dataclass(frozen=True)
class Promises:
    """How the cases of a month fared: both deadlines, and median times in hours the office was open (None: no such case).

    `answered_first`, `answered` and `closed` are the numbers of cases that the medians are of.
    """

    first_answer: Kept
    answer: Kept
    hours_to_first_answer: float | None
    hours_to_answer: float | None
    hours_to_close: float | None
    answered_first: int = 0
    answered: int = 0
    closed: int = 0


async def inquiries(uow: UnitOfWork, knowledge: Knowledge, month: Month) -> list[Inquiries]:
    """Return the month's inquiries by channel, level and leading area."""
    cases = (await uow.session.execute(_cases(month))).all()
    answered = (await uow.session.execute(_answered_without_case(month))).all()
    found = [Inquiries(channel, level, area or "", count) for channel, level, area, count in cases]
    for channel, article_id, count in answered:
        article = knowledge.articles.get(article_id or "")
        found.append(Inquiries(channel, "simple", article.areas[0] if article else "", count, by_bot=True))
    return found


async def month_by_month(uow: UnitOfWork, knowledge: Knowledge, span: Month, area: str | None = None) -> dict[str, int]:
    """Return how many inquiries came in each month of `span` that had any ("2026-11"), perhaps of one leading area only."""
    leading = Ticket.areas[0].as_string().label("area")
    cases = await uow.session.execute(select(Ticket.received_at, leading).where(*_within(Ticket.received_at, span)))
    came = [(moment, case_area or "") for moment, case_area in cases]
    for moment, article_id in await uow.session.execute(_first_answers(span)):
        article = knowledge.articles.get(article_id or "")
        came.append((moment, article.areas[0] if article else ""))
    counted = Counter(f"{local(moment):%Y-%m}" for moment, found in came if area in (None, found))
    return dict(sorted(counted.items()))


async def outcomes(uow: UnitOfWork, month: Month) -> dict[str, int]:
    """Return what became of the visitors' messages in the month: how many of each kind (answer, case, human, unsure …).

    What a caseworker took in says nothing of the assistant and is left out.
    """
    kind = Message.outcome["kind"].as_string().label("outcome_kind")  # "kind" alone is a column of messages
    rows = await uow.session.execute(
        select(kind, func.count())
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(
            Message.author == "visitor",
            Message.outcome.is_not(None),
            Conversation.channel.not_in(TAKEN_IN_BY),
            *_within(Message.at, month),
        )
        .group_by("outcome_kind")
    )
    return {str(name): int(count) for name, count in rows}


async def promises(
    uow: UnitOfWork, calendar: WorkCalendar, month: Month, now: datetime, area: str | None = None
) -> Promises:
    """Return how the promises to the cases received in the month (perhaps of one leading area only) stand at `now`.

    Source: S01 (first answer within 24 hours) and S03 (answer within 5 working days), by the dates stored with each case.
    """
    rows = (
        await uow.session.execute(
            select(
                Ticket.received_at,
                Ticket.first_answer_due,
                Ticket.first_answered_at,
                Ticket.answer_due,
                Ticket.answered_at,
                Ticket.closed_at,
            ).where(*_within(Ticket.received_at, month), *of_area(area))
        )
    ).all()
    return Promises(
        first_answer=_kept(((row.first_answer_due, row.first_answered_at) for row in rows), now),
        answer=_kept(((row.answer_due, row.answered_at) for row in rows), now),
        hours_to_first_answer=_median_hours(calendar, rows, "first_answered_at"),
        hours_to_answer=_median_hours(calendar, rows, "answered_at"),
        hours_to_close=_median_hours(calendar, rows, "closed_at"),
        answered_first=_done(rows, "first_answered_at"),
        answered=_done(rows, "answered_at"),
        closed=_done(rows, "closed_at"),
    )


async def open_by_phase(uow: UnitOfWork, area: str | None = None) -> dict[str, int]:
    """Return how many cases are open now in each phase (K02: Tiltrækning, Afklaring, Sagsbehandling)."""
    rows = await uow.session.execute(
        select(Ticket.phase, func.count())
        .where(Ticket.status.in_(OPEN_STATUSES), *of_area(area))
        .group_by(Ticket.phase)
    )
    counted = {str(phase): int(count) for phase, count in rows}
    return {phase: counted.get(phase, 0) for phase in PHASES}


def added_up(found: Iterable[Inquiries], *by: str) -> dict[tuple[str, ...], int]:
    """Return sums of inquiries by some of "channel", "level" and "area"; by the first two it is the seed's own table (000)."""
    sums: dict[tuple[str, ...], int] = {}
    for row in found:
        key = tuple(str(getattr(row, name)) for name in by)
        sums[key] = sums.get(key, 0) + row.count
    return sums


def of_area(area: str | None) -> list[ColumnElement[bool]]:
    """Return the condition that a case's leading area is `area`; none at all for None."""
    return [] if area is None else [Ticket.areas[0].as_string() == area]


def open_hours(calendar: WorkCalendar, begin: datetime, end: datetime) -> float:
    """Return for how many hours the office was open between two moments."""
    first, last = local(begin), local(end)
    total = timedelta()
    for offset in range((last.date() - first.date()).days + 1):
        for opens, closes in calendar.periods(first.date() + timedelta(days=offset)):
            total += max(min(closes, last) - max(opens, first), timedelta())
    return total / timedelta(hours=1)


def _cases(month: Month) -> Select[str, str, str, int]:
    area = Ticket.areas[0].as_string().label("area")
    return (
        select(Ticket.channel, Ticket.level, area, func.count())
        .where(*_within(Ticket.received_at, month))
        .group_by(Ticket.channel, Ticket.level, "area")
    )


def _answered_without_case(month: Month) -> Select[str, str, int]:
    """Conversations by channel and by the article of their first answer."""
    article = Message.outcome["articles"][0].as_string().label("article")
    return (
        select(Conversation.channel, article, func.count())
        .join(Message, Message.conversation_id == Conversation.id)
        .where(*_is_first_answer(month))
        .group_by(Conversation.channel, "article")
    )


def _first_answers(month: Month) -> Select[datetime, str]:
    """The moments and articles of the first answers in conversations that led to no case."""
    article = Message.outcome["articles"][0].as_string().label("article")
    return select(Message.at, article).where(*_is_first_answer(month))


def _is_first_answer(month: Month) -> list[ColumnElement[bool]]:
    """A question answered in the month, the first one of a conversation without a case.

    Asked by state and time, which an index finds: a month costs the same however many years there are.
    """
    earlier = aliased(Message)
    return [
        Message.state == "answered",
        *_within(Message.at, month),
        Message.author == "visitor",
        Message.outcome["kind"].as_string() == "answer",
        ~exists().where(
            earlier.conversation_id == Message.conversation_id,
            earlier.seq < Message.seq,
            earlier.author == "visitor",
            earlier.outcome["kind"].as_string() == "answer",
        ),
        ~exists().where(Ticket.conversation_id == Message.conversation_id),
    ]


def _kept(deadlines: Iterable[tuple[datetime, datetime | None]], now: datetime) -> Kept:
    in_time = late = to_come = 0
    for due, done in deadlines:
        in_time += done is not None and done <= due
        late += (done or now) > due
        to_come += done is None and now <= due
    return Kept(in_time, late, to_come)


def _median_hours(calendar: WorkCalendar, rows: Sequence[Any], done: str) -> float | None:
    ended = [(row.received_at, getattr(row, done)) for row in rows if getattr(row, done) is not None]
    return median(open_hours(calendar, begin, end) for begin, end in ended) if ended else None


def _done(rows: Sequence[Any], done: str) -> int:
    return sum(getattr(row, done) is not None for row in rows)


def _within(moment: InstrumentedAttribute[datetime], month: Month) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return moment >= month.begin, moment < month.end


def _first_of(year: int, month: int) -> datetime:
    years, index = divmod(month - 1, 12)
    return datetime(year + years, index + 1, 1, tzinfo=COPENHAGEN).astimezone(UTC)
