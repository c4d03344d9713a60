"""The board is sent to the task force before the weekly meeting, once a meeting, however many processes run.

Source: promises K01 (a short meeting every week) and K03 (the sheet is sent before it and reviewed in every department).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from knowledge.model import WEEKDAYS, Knowledge
from office.calendar import WorkCalendar
from office.clock import COPENHAGEN, local
from office.history import record
from office.notices import notify_colleague
from office.store import UnitOfWork
from office.store.tables import History

MOST_CASES_IN_MAIL = 40  # of each phase; the rest stands on the board
_DAYS_AHEAD = 60


def next_meeting(knowledge: Knowledge, now: datetime) -> datetime | None:
    """Return when the next weekly meeting begins (UTC); on a day the office is closed there is none.

    None when office.yml names no meeting, or none falls on a working day in the next 60 days.
    """
    rules, calendar = knowledge.office.board_meeting, WorkCalendar(knowledge.office)
    if rules is None:
        return None
    for offset in range(_DAYS_AHEAD):
        day = local(now).date() + timedelta(days=offset)
        if WEEKDAYS[day.weekday()] == rules.day and calendar.is_working_day(day):
            begins = datetime.combine(day, rules.time, COPENHAGEN).astimezone(UTC)
            if begins > now:
                return begins
    return None


def meeting_to_mail(knowledge: Knowledge, now: datetime) -> datetime | None:
    """Return the meeting (UTC) whose mail should be on its way at `now`, if any; whether it is, the store knows."""
    rules, meeting = knowledge.office.board_meeting, next_meeting(knowledge, now)
    if rules is None or meeting is None or now < meeting - timedelta(hours=rules.mail_hours_before):
        return None
    return meeting


async def send_board(uow: UnitOfWork, knowledge: Knowledge, now: datetime) -> int:
    """Put a mail to everybody of the task force in the outbox when it is time and nobody has; the caller commits.

    Needs a writing block: writers come one at a time, so of processes that ask at once one sends. Returns how many mails.
    """
    meeting = meeting_to_mail(knowledge, now)
    if meeting is None or await _is_sent(uow, meeting):
        return 0
    record(uow, None, now, "system", "board_sent", new=meeting.isoformat())
    for person in knowledge.people:
        notify_colleague(uow, person, "board", now, begins=meeting)
    return len(knowledge.people)


async def _is_sent(uow: UnitOfWork, meeting: datetime) -> bool:
    sent = select(History.id).where(
        History.ticket_id.is_(None), History.action == "board_sent", History.new == meeting.isoformat()
    )
    return await uow.session.scalar(sent.limit(1)) is not None
