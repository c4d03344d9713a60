"""The outbox on a real database: written with what it tells of, taken by one sender only, tried again, given up openly."""

import asyncio
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from knowledge import load
from office import correspondence, outbox, tickets
from office.intake import Facts
from office.store.tables import Outbox
from tests.office.test_tickets import open_one

MINUTE = timedelta(minutes=1)
WITH_MAIL = Facts(company="Metalværkstedet Nul", email="lise@nul.example")


async def rows_of(database, channel="mail"):
    async with database.reading() as uow:
        return list(await uow.session.scalars(select(Outbox).where(Outbox.channel == channel).order_by(Outbox.id)))


async def claim(database, now):
    async with database.writing() as uow:
        row = await outbox.claim(uow, "mail", now)
        await uow.commit()
    return row


async def record(database, function, *arguments):
    async with database.writing() as uow:
        await function(uow, *arguments)
        await uow.commit()


# --- pauses -------------------------------------------------------------------------------------------------


def test_the_first_pauses_double_from_a_minute():
    assert [outbox.pause_after(n) for n in (1, 2, 3, 4)] == [MINUTE, 2 * MINUTE, 4 * MINUTE, 8 * MINUTE]


def test_it_is_given_up_after_about_two_days():
    pauses = [outbox.pause_after(n) for n in range(1, outbox.MOST_ATTEMPTS)]
    assert timedelta(hours=47) < sum(pauses, timedelta()) < timedelta(hours=50)
    assert outbox.pause_after(outbox.MOST_ATTEMPTS) is None


@given(st.integers(1, outbox.MOST_ATTEMPTS - 2))
def test_no_pause_is_shorter_than_the_one_before(attempts):
    assert outbox.pause_after(attempts) <= outbox.pause_after(attempts + 1)


def test_a_claim_outlasts_the_longest_attempt():
    assert outbox.LONGEST_ATTEMPT + 2 * MINUTE < outbox.LEASE


# --- one commit ---------------------------------------------------------------------------------------------


async def test_without_the_ticket_there_is_nothing_to_send(database, now):
    ticket = await open_one(database, now, WITH_MAIL)
    before = len(await rows_of(database))
    async with database.writing() as uow:
        ticket = await tickets.by_reference(uow, ticket.reference)
        await correspondence.reply_to_business(uow, load(), ticket, "Jeg ringer.", "Bo Byggesen", "bo", now)
    assert len(await rows_of(database)) == before


async def test_a_row_names_nobody_from_outside(database, now):
    await open_one(database, now, WITH_MAIL)
    for row in await rows_of(database):
        stored = str([getattr(row, column.key) for column in Outbox.__table__.columns])
        assert "nul.example" not in stored
        assert "Metalværkstedet" not in stored


# --- claims -------------------------------------------------------------------------------------------------


async def test_two_senders_at_once_never_take_the_same_row(database, now):
    for number in range(10):
        await open_one(database, now, Facts(email=f"lise{number}@nul.example"))

    async def take_all():
        taken = []
        while row := await claim(database, now):
            taken.append(row.key)
        return taken

    taken = [key for keys in await asyncio.gather(*(take_all() for _ in range(4))) for key in keys]
    assert sorted(taken) == sorted(row.key for row in await rows_of(database))


async def test_a_row_whose_sender_died_is_due_again_after_the_lease_under_the_same_key(database, now):
    await open_one(database, now)
    first = await claim(database, now)
    assert await claim(database, now + outbox.LEASE - MINUTE) is None
    again = await claim(database, now + outbox.LEASE)
    assert (again.key, again.attempts) == (first.key, 2)


async def test_a_sender_that_slept_past_its_lease_changes_nothing(database, now):
    await open_one(database, now)
    slept = await claim(database, now)
    awake = await claim(database, now + outbox.LEASE)
    with pytest.raises(outbox.ClaimLost):
        await record(database, outbox.mark_failed, slept, "SMTP 550")
    await record(database, outbox.mark_sent, awake, now + outbox.LEASE)
    assert [row.state for row in await rows_of(database)] == ["sent"]


async def test_what_has_been_sent_is_not_taken_again(database, now):
    await open_one(database, now)
    await record(database, outbox.mark_sent, await claim(database, now), now)
    assert await claim(database, now + timedelta(days=30)) is None


async def test_what_failed_for_now_waits_its_pause(database, now):
    await open_one(database, now)
    await record(database, outbox.postpone, await claim(database, now), "SMTP 451", now)
    assert await claim(database, now + MINUTE - timedelta(seconds=1)) is None
    assert (await claim(database, now + MINUTE)).problem == "SMTP 451"


async def test_what_fails_for_two_days_is_given_up_and_stays_readable(database, now):
    await open_one(database, now)
    later = now
    while row := await claim(database, later):
        await record(database, outbox.postpone, row, "ConnectionRefusedError", later)
        later += timedelta(hours=4)
    (row,) = await rows_of(database)
    assert (row.state, row.attempts, row.problem) == ("failed", outbox.MOST_ATTEMPTS, "ConnectionRefusedError")


# --- a channel that is not set up ---------------------------------------------------------------------------


async def test_without_a_mail_server_a_row_is_set_aside_and_not_sent_later_by_itself(database, now):
    await open_one(database, now)
    await record(database, outbox.set_aside, "mail")
    assert [row.state for row in await rows_of(database)] == ["not_configured"]
    assert await claim(database, now + timedelta(days=1)) is None


async def test_what_was_set_aside_can_be_sent_again_under_the_same_key(database, now):
    await open_one(database, now)
    await record(database, outbox.set_aside, "mail")
    async with database.writing() as uow:
        (row,) = await uow.session.scalars(select(Outbox).where(Outbox.channel == "mail"))
        outbox.send_again(row, now)
        await uow.commit()
    assert (await claim(database, now)).key == row.key


async def test_what_has_been_sent_cannot_be_sent_again(database, now):
    await open_one(database, now)
    await record(database, outbox.mark_sent, await claim(database, now), now)
    (row,) = await rows_of(database)
    with pytest.raises(ValueError, match="sent"):
        outbox.send_again(row, now)
