"""Deadlines by the Danish working calendar: promises S01, S03 and C01, each with its explanation."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge import load
from knowledge.model import ClosingDay
from office.calendar import Waiting, WorkCalendar
from office.clock import local
from office.words import moment_in_words
from tests.office.case_work import at

calendar = WorkCalendar(load().office)


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


@pytest.mark.parametrize(
    ("start", "hours", "expected"),
    [
        ("2026-11-24 11:00", 2, "2026-11-24 13:30"),  # over lunch
        ("2026-11-24 12:10", 1, "2026-11-24 13:30"),  # begun at lunch
        ("2026-11-27 12:30", 1, "2026-11-30 09:30"),  # half an hour before the short Friday ends
        ("2026-11-27 12:00", 1, "2026-11-27 13:00"),  # just in time
        ("2026-12-23 15:00", 1, "2026-12-28 09:30"),  # over Christmas
        ("2026-10-23 12:00", 3, "2026-10-26 11:00"),  # over the end of summer time
    ],
)
def test_opening_hours_are_added_without_lunch_nights_weekends_and_holidays(start, hours, expected):
    assert local(calendar.add_open_time(at(start), hours)).strftime("%Y-%m-%d %H:%M") == expected


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-11-24 10:00", date(2026, 11, 24)),
        ("2026-11-24 12:10", date(2026, 11, 24)),  # after lunch
        ("2026-11-24 20:00", date(2026, 11, 25)),
        ("2026-11-27 13:30", date(2026, 11, 30)),  # Friday afternoon
        ("2026-12-24 10:00", date(2026, 12, 28)),
    ],
)
def test_somebody_acts_today_while_the_office_is_open_else_on_the_next_working_day(moment, day):
    assert calendar.acting_day(at(moment)) == day


def waiting(start: str, end: str) -> Waiting:
    return Waiting(at(start), at(end))


@pytest.mark.parametrize(
    ("waits", "expected"),
    [
        ([], "2026-12-01 15:30"),
        ([waiting("2026-11-25 10:00", "2026-11-25 15:00")], "2026-12-01 15:30"),  # the same day
        ([waiting("2026-11-25 10:00", "2026-11-26 09:00")], "2026-12-02 15:30"),  # one night
        ([waiting("2026-11-27 10:00", "2026-11-30 09:00")], "2026-12-02 15:30"),  # a weekend
        ([waiting("2026-11-25 10:00", "2026-11-26 09:00")] * 2, "2026-12-02 15:30"),  # counted once
        ([waiting("2026-12-03 10:00", "2026-12-09 09:00")], "2026-12-01 15:30"),  # after it was due
    ],
)
def test_working_days_that_began_while_we_waited_do_not_count(waits, expected):
    assert local(calendar.answer_due(at("2026-11-24 10:15"), waits).due).strftime("%Y-%m-%d %H:%M") == expected


def test_an_office_that_never_opens_is_an_error_not_an_endless_wait():
    closed = WorkCalendar(replace(load().office, hours={}))
    with pytest.raises(ValueError, match="not open"):
        closed.add_open_time(at("2026-11-24 10:00"), 1)


# --- what holds on every day of ten years --------------------------------------------------------------------

moments = st.datetimes(datetime(2024, 1, 1), datetime(2034, 1, 1)).map(lambda d: d.replace(tzinfo=UTC))
# The moments where counting goes wrong if it can: Easter, New Year, the clock changes, Friday afternoon, lunch.
edges = st.one_of(
    st.builds(
        lambda year, days, minutes: (easter(year) + timedelta(days=days, minutes=minutes)).replace(tzinfo=UTC),
        st.integers(2024, 2033),
        st.integers(-5, 3),
        st.integers(0, 1439),
    ),
    st.builds(
        lambda year, hours: datetime(year, 12, 28, tzinfo=UTC) + timedelta(hours=hours),
        st.integers(2024, 2033),
        st.integers(0, 240),
    ),
    st.builds(
        lambda year, month, minutes: last_sunday(year, month) + timedelta(minutes=minutes),
        st.integers(2024, 2033),
        st.sampled_from((3, 10)),
        st.integers(-3 * 1440, 1440),
    ),
    st.builds(
        lambda week, minutes: at("2024-01-05 12:00") + timedelta(weeks=week, minutes=minutes),
        st.integers(0, 520),
        st.integers(-60, 300),
    ),
)
received_at = st.one_of(moments, edges)
waits_of_a_case = st.lists(
    st.builds(lambda start, hours: Waiting(start, start + timedelta(hours=hours)), moments, st.integers(0, 400)),
    max_size=3,
)


def easter(year: int) -> datetime:
    """Easter Sunday by Gauss' rule as Butcher wrote it: another source than the library's."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return datetime(year, month, day + 1)


def last_sunday(year: int, month: int) -> datetime:
    day = datetime(year, month, 31, tzinfo=UTC)
    return day - timedelta(days=(day.weekday() + 1) % 7)


@given(st.integers(2024, 2033))
def test_the_days_around_easter_are_closed_every_year(year):
    sunday = easter(year).date()
    for days in (-3, -2, 0, 1, 39, 49, 50):
        assert not calendar.is_working_day(sunday + timedelta(days=days))


@given(received_at)
def test_no_deadline_ever_falls_on_a_closed_day_or_before_receipt(received):
    for deadline in (
        calendar.first_answer_due(received),
        calendar.answer_due(received),
        calendar.screening_due(received),
    ):
        assert calendar.is_working_day(local(deadline.due).date())
        assert deadline.due > received


@given(received_at)
def test_the_first_answer_keeps_the_time_of_day_when_it_arrived_on_a_working_day(received):
    here, due = local(received), local(calendar.first_answer_due(received).due)
    if calendar.is_working_day(here.date()):
        assert due.time() == here.time()
        assert sum(calendar.is_working_day(d) for d in days_after(here.date(), due.date())) == 1


@given(received_at, st.integers(1, 40))
def test_opening_hours_added_are_opening_hours_passed(start, hours):
    end = calendar.add_open_time(start, hours)
    assert open_time(start, end) == timedelta(hours=hours)


@given(received_at, waits_of_a_case)
def test_waiting_never_brings_a_deadline_forward_and_every_day_waited_gives_one_back(received, waits):
    first, last = local(received).date(), local(calendar.answer_due(received, waits).due).date()
    waited = {day for wait in waits for day in wait.days()}
    counted = [d for d in days_after(first, last) if calendar.is_working_day(d) and d not in waited]
    assert len(counted) == 5
    assert calendar.answer_due(received, waits).due >= calendar.answer_due(received).due


@given(received_at, waits_of_a_case)
def test_every_deadline_explains_itself_with_the_date_it_arrives_at(received, waits):
    for deadline in (
        calendar.first_answer_due(received),
        calendar.answer_due(received, waits),
        calendar.screening_due(received, waits),
    ):
        assert moment_in_words(received) in deadline.explanation
        assert moment_in_words(deadline.due) in deadline.explanation


@given(received_at, st.dates(date(2024, 1, 1), date(2034, 1, 1)))
def test_another_closing_day_never_brings_a_deadline_forward(received, day):
    office = calendar.office
    fewer = WorkCalendar(replace(office, closing_days=(*office.closing_days, ClosingDay("Lukket", day=day))))
    assert fewer.answer_due(received).due >= calendar.answer_due(received).due


def days_after(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range(1, (last - first).days + 1)]


def open_time(start: datetime, end: datetime) -> timedelta:
    """Opening time between two moments, counted the slow way: period by period, in UTC."""
    total, day = timedelta(), local(start).date()
    while day <= local(end).date():
        for opens, closes in calendar.periods(day):
            total += max(min(closes.astimezone(UTC), end) - max(opens.astimezone(UTC), start), timedelta())
        day += timedelta(days=1)
    return total


@given(received_at)
def test_between_receipt_and_answer_lie_exactly_five_working_days(received):
    first, last = local(received).date(), local(calendar.answer_due(received).due).date()
    days = [first + timedelta(days=n) for n in range(1, (last - first).days + 1)]
    assert sum(calendar.is_working_day(day) for day in days) == 5


@given(received_at, received_at)
def test_who_writes_earlier_is_never_answered_later(one, other):
    early, late = sorted((one, other))
    assert calendar.answer_due(early).due <= calendar.answer_due(late).due
