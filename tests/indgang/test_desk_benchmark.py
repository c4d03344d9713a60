"""The benchmark of the desk measures the pages there are, and says whether the aim is reached."""

import asyncio
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from indgang.desk_benchmark import Page, benchmark_desk, table
from indgang.desk_sample import fill
from knowledge import load
from office.lifecycle import OPEN_STATUSES
from office.store.tables import Message, Ticket

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


def page(path, few, many, promised=True):
    return Page(path, promised, [few] * 3, [many] * 3, 12_345)


def test_the_ratio_is_that_of_the_medians():
    assert Page("/desk", True, [0.01, 0.02, 9.0], [0.03, 0.03, 0.9]).ratio == pytest.approx(1.5)


def test_an_aim_that_is_reached_is_said():
    shown = table([page("/desk", 0.010, 0.015)], 5000, 50000, 3)
    assert "10,0 ms" in shown
    assert "1,50" in shown
    assert shown.endswith("nået.")
    assert "IKKE" not in shown


def test_an_aim_that_is_missed_is_said_and_only_promised_pages_count():
    shown = table([page("/desk", 0.01, 0.03), page("/desk/log", 0.01, 0.09, promised=False)], 5000, 50000, 3)
    assert "IKKE nået for /desk." in shown


async def test_the_sample_is_spread_over_statuses_people_and_time(database):
    await fill(database, load(), 60, 200, NOW)
    async with database.reading() as uow:
        tickets = list(await uow.session.scalars(select(Ticket)))
        messages = await uow.session.scalar(select(func.count()).select_from(Message))
    assert sum(ticket.status in OPEN_STATUSES for ticket in tickets) == 60
    assert len({ticket.status for ticket in tickets}) >= 6
    assert len({ticket.contact_person for ticket in tickets}) == len(load().people)
    assert all(ticket.received_at < NOW and (ticket.closed_at or ticket.received_at) < NOW for ticket in tickets)
    assert messages > 2 * len(tickets)


def test_the_command_measures_the_desk_over_http(capsys):
    assert asyncio.run(benchmark_desk(open_cases=20, ended_cases=30, rounds=2)) == 0
    out = capsys.readouterr().out
    assert "/desk *" in out
    assert "/desk/udbakke" in out
    assert "20 åbne og 30 afsluttede sager mod 50 åbne" in out
