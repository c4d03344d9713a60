"""Deadlines by the Danish working calendar: promises S01, S03 and C01, each with its explanation."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge import load
from office.calendar import WorkCalendar
from office.clock import COPENHAGEN, local

calendar = WorkCalendar(load().office)


def at(text: str) -> datetime:
    """A Danish local time as the UTC moment it is."""
    return datetime.fromisoformat(text).replace(tzinfo=COPENHAGEN).astimezone(UTC)


def due(deadline_of, received: str) -> str:
    return local(deadline_of(at(received)).due).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        ("2026-11-24 10:15", "2026-11-25 10:15"),  # Tuesday to Wednesday
        ("2026-11-20 16:30", "2026-11-23 16:30"),  # Friday afternoon to Monday
        ("2026-11-21 11:00", "2026-11-24 09:00"),  # Saturday counts from Monday's opening
        ("2026-12-23 14:00", "2026-12-28 14:00"),  # over Christmas Eve (closing day), two holidays and a weekend
        ("2027-03-24 12:00", "2027-03-30 12:00"),  # over Maundy Thursday to Easter Monday
        ("2026-12-30 09:00", "2027-01-04 09:00"),  # over New Year
    ],
)
def test_the_first_answer_is_due_24_hours_later_and_only_working_days_count(received, expected):
    assert due(calendar.first_answer_due, received) == expected


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        ("2026-11-23 08:00", "2026-11-30 15:30"),  # Monday to Monday
        ("2026-11-20 16:30", "2026-11-27 13:00"),  # a Friday closes at 13
        ("2026-11-21 11:00", "2026-11-27 13:00"),  # Saturday: Monday is the first of five
        ("2026-05-11 10:00", "2026-05-20 15:30"),  # over Ascension and the Friday the office is closed
        ("2026-12-22 10:00", "2027-01-04 15:30"),  # over Christmas and New Year: 23, 28, 29, 30 December and 4 January
    ],
)
def test_the_answer_is_due_at_closing_time_on_the_fifth_working_day(received, expected):
    assert due(calendar.answer_due, received) == expected


def test_the_clock_change_moves_no_deadline():
    assert due(calendar.first_answer_due, "2026-10-23 12:00") == "2026-10-26 12:00"
    assert due(calendar.first_answer_due, "2027-03-26 12:00") == "2027-03-31 09:00"


def test_great_prayer_day_is_a_working_day_from_2024_on():
    assert calendar.is_working_day(date(2026, 5, 1))
    assert not calendar.is_working_day(date(2023, 5, 5))


def test_the_explanation_names_the_days_that_do_not_count():
    explanation = calendar.answer_due(at("2026-12-22 10:00")).explanation
    assert "Juleaftensdag" in explanation
    assert "Nytårsdag" in explanation
    assert "mandag den 4. januar 2027 kl. 15.30" in explanation


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-11-24 09:00", True),
        ("2026-11-24 12:15", False),  # lunch
        ("2026-11-26 16:59", True),  # long Thursday
        ("2026-11-27 13:00", False),  # short Friday
        ("2026-11-28 10:00", False),
        ("2026-12-24 10:00", False),
    ],
)
def test_opening_hours_know_lunch_long_thursday_short_friday_and_closing_days(moment, is_open):
    assert calendar.is_open(at(moment)) is is_open


def test_the_next_opening_after_lunch_begins_is_after_lunch():
    assert local(calendar.next_opening(at("2026-11-24 12:05"))).time() == time(12, 30)


moments = st.datetimes(datetime(2024, 1, 1), datetime(2034, 1, 1)).map(lambda d: d.replace(tzinfo=UTC))


@given(moments)
def test_no_deadline_ever_falls_on_a_closed_day_or_before_receipt(received):
    for deadline in (
        calendar.first_answer_due(received),
        calendar.answer_due(received),
        calendar.screening_due(received),
    ):
        assert calendar.is_working_day(local(deadline.due).date())
        assert deadline.due > received


@given(moments)
def test_between_receipt_and_answer_lie_exactly_five_working_days(received):
    first, last = local(received).date(), local(calendar.answer_due(received).due).date()
    days = [first + timedelta(days=n) for n in range(1, (last - first).days + 1)]
    assert sum(calendar.is_working_day(day) for day in days) == 5


@given(moments, moments)
def test_who_writes_earlier_is_never_answered_later(one, other):
    early, late = sorted((one, other))
    assert calendar.answer_due(early).due <= calendar.answer_due(late).due
