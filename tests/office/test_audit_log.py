"""The audit log: found by user, case, period and kind; the newest first; comings and goings are let go of in time."""

from datetime import date, timedelta
from typing import get_args

import pytest
from sqlalchemy import select

from office import access, audit, history
from office.audit import Wanted
from office.history import Action, record
from office.retention import purge
from office.settings import read_settings
from office.store.tables import History
from tests.office.cases import KNOWLEDGE, open_case


@pytest.fixture
async def log(database, now):
    """Write events at hours after `now` and return what is found of them, as actions."""

    async def write(*rows):
        async with database.writing() as uow:
            for hours, actor, action, about in rows:
                record(uow, None, now + timedelta(hours=hours), actor, action, about=about)
            await uow.commit()

    return write


async def found(database, wanted=None, limit=100, before=0):
    async with database.reading() as uow:
        return [event.row.action for event in await audit.events(uow, wanted or Wanted(), limit, before)]


def test_every_action_is_filed_under_one_kind():
    filed = [action for actions in audit.KINDS.values() for action in actions]
    assert len(filed) == len(set(filed))
    assert set(filed) <= set(get_args(Action))


async def test_the_newest_event_comes_first_whatever_order_it_was_written_in(database, log):
    await log((2, "bo", "duty_set", None), (1, "bo", "absence_set", None), (2, "bo", "absence_ended", None))
    assert await found(database) == ["absence_ended", "duty_set", "absence_set"]


async def test_portions_follow_each_other_without_gap_or_overlap(database, log):
    await log(*((n // 3, "bo", "absence_set", None) for n in range(10)))
    async with database.reading() as uow:
        seen, before = [], 0
        while portion := await audit.events(uow, Wanted(), 3, before):
            seen += [event.row.id for event in portion]
            before = seen[-1]
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == 10


async def test_a_user_is_found_as_the_one_who_did_it_and_as_the_one_it_was_done_to(database, log):
    await log((0, "bo", "duty_set", None), (1, "admin", "user_disabled", "bo"), (2, "ea", "absence_set", None))
    assert await found(database, Wanted(user="bo")) == ["user_disabled", "duty_set"]


async def test_a_case_is_found_by_its_reference(database, now, log):
    ticket = await open_case(database, now)
    await log((0, "bo", "duty_set", None))
    async with database.reading() as uow:
        events = await audit.events(uow, Wanted(reference=ticket.reference.lower()), 100)
    assert {event.reference for event in events} == {ticket.reference}


async def test_a_period_is_counted_in_danish_days_both_included(database, log):
    # 10.30 in Denmark: 14 hours later it is another day there, but not in UTC.
    await log((0, "bo", "absence_set", None), (14, "bo", "absence_ended", None), (38, "bo", "duty_set", None))
    assert await found(database, Wanted(first=date(2026, 11, 25), last=date(2026, 11, 25))) == ["absence_ended"]


@pytest.mark.parametrize(("kind", "actions"), [("log_in", ["logged_in"]), ("work", ["duty_set"]), ("read", ["viewed"])])
async def test_a_kind_is_found_by_itself(database, log, kind, actions):
    await log((0, "bo", "logged_in", "bo"), (1, "bo", "duty_set", None), (2, "bo", "viewed", None))
    assert await found(database, Wanted(kind=kind)) == actions


async def test_reading_the_log_is_written_in_it_once_a_day(database, now):
    async with database.writing() as uow:
        for hours in (0, 1, 14):
            await history.record_log_read(uow, "admin", now + timedelta(hours=hours))
            await uow.session.flush()
        await uow.commit()
    assert await found(database) == ["log_read", "log_read"]


async def test_a_refused_log_in_names_a_user_who_exists_and_never_what_was_typed(database, now):
    async with database.writing() as uow:
        await access.create_user(uow, "bo", "Bo", "caseworker", "korrekt hest batteri", now)
        await access.record_refused(uow, "BO", now)
        await access.record_refused(uow, "min hemmelige adgangskode", now)
        await uow.commit()
    async with database.reading() as uow:
        rows = list(await uow.session.scalars(select(History).order_by(History.id)))
    assert [(row.actor, row.about) for row in rows] == [("bo", "bo"), ("ukendt", None)]
    assert not any(row.new or row.old or row.why for row in rows)


async def test_log_ins_are_let_go_of_in_time_and_changes_of_users_are_kept(database, tmp_path, now, log):
    await log((0, "bo", "logged_in", "bo"), (0, "admin", "user_disabled", "bo"))
    settings = read_settings({"INDGANG_DATA_DIR": str(tmp_path)})
    days = KNOWLEDGE.office.retention
    await purge(database, settings, days, now + timedelta(days=days["access_log_days"], hours=1), "system")
    assert await found(database) == ["purged", "user_disabled"]
