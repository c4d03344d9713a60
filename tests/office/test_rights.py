"""One person's data is found however it was written, handed out whole, and deleted on request; both are in the audit log."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from office import history, rights, tickets
from office.intake import Facts
from office.settings import read_settings
from office.store.tables import History
from tests.office.cases import TELLING, chat, close_case, open_case
from tests.stored import everything_in

LISE = rights.person("email", "lise@NUL.example")


async def export(database, who, now):
    async with database.writing() as uow:
        data = await rights.export(uow, who, "mette", now)
        await uow.commit()
    return data


@pytest.fixture
def settings(tmp_path):
    return read_settings({"INDGANG_DATA_DIR": str(tmp_path)})


async def erase(database, settings, who, now):
    async with database.writing() as uow:
        done = await rights.erase(uow, settings, who, "mette", now)
        await uow.commit()
    return done


@pytest.mark.parametrize(
    ("kind", "typed", "stored"),
    [
        ("phone", "+45 00 00 11 22", "00001122"),
        ("cvr", "10 15 08 17", "10150817"),
        ("email", " a@nul.example", "a@nul.example"),
    ],
)
def test_a_person_is_named_as_people_write(kind, typed, stored):
    assert rights.person(kind, typed).value == stored


@pytest.mark.parametrize(("kind", "typed"), [("phone", "0000"), ("cvr", "10150818"), ("email", "lise")])
def test_what_names_nobody_is_refused(kind, typed):
    with pytest.raises(ValueError, match="kan ikke læses"):
        rights.person(kind, typed)


@pytest.mark.parametrize("who", [LISE, rights.person("phone", "00001122"), rights.person("cvr", "10150817")])
async def test_a_case_is_found_by_e_mail_phone_and_cvr(database, now, who):
    ticket = await open_case(database, now)
    await open_case(database, now, Facts(email="anja@storm.example"))
    data = await export(database, who, now)
    assert [row["reference"] for row in data["tickets"]] == [ticket.reference]


async def test_the_export_holds_everything_the_person_told_and_was_told(database, now):
    await open_case(database, now)
    text = json.dumps(await export(database, LISE, now), ensure_ascii=False)
    assert [word for word in TELLING if word not in text] == []


async def test_the_export_tells_who_has_read_the_case(database, now):
    ticket = await open_case(database, now)
    async with database.writing() as uow:
        await history.record_view(uow, await tickets.by_reference(uow, ticket.reference), "bo", now)
        await uow.commit()
    data = await export(database, LISE, now)
    assert ("bo", "viewed") in [(row["actor"], row["action"]) for row in data["history"]]


async def test_the_export_holds_no_secret(database, now):
    await open_case(database, now)
    assert "token_hash" not in json.dumps(await export(database, LISE, now))


async def test_a_chat_that_names_the_person_is_found_without_a_case(database, now):
    await chat(database, now, "skriv til LISE@nul.example eller ring 00 00 11 22")
    await chat(database, now, "må jeg klippe hækken?")
    for who in (LISE, rights.person("phone", "00001122")):
        assert len((await export(database, who, now))["conversations"]) == 1


async def test_handing_out_data_is_written_in_the_audit_log(database, now):
    ticket = await open_case(database, now)
    await export(database, LISE, now)
    async with database.reading() as uow:
        row = (await history.history_of(uow, ticket))[-1]
        assert (row.action, row.actor) == ("exported", "mette")


async def test_on_request_everything_about_the_person_is_gone(database, settings, now):
    ticket = await open_case(database, now)
    await chat(database, now, "skriv til lise@nul.example")
    await close_case(database, ticket.reference, now)
    done = await erase(database, settings, LISE, now + timedelta(days=1))
    assert (done.tickets, done.conversations, done.kept) == (1, 2, ())
    after = await everything_in(database)
    assert [word for word in TELLING if word in after] == []


async def test_what_belongs_to_others_stays(database, settings, now):
    other = await open_case(database, now, Facts(company="Storms Blomster", email="anja@storm.example"))
    await erase(database, settings, LISE, now)
    async with database.reading() as uow:
        assert (await tickets.by_reference(uow, other.reference)).company == "Storms Blomster"


async def test_an_open_case_is_kept_and_named(database, settings, now):
    """The office still owes an answer: promise S07 (responsible until the case is closed)."""
    ticket = await open_case(database, now)
    done = await erase(database, settings, LISE, now)
    assert (done.tickets, done.conversations, done.kept) == (0, 0, (ticket.reference,))
    async with database.reading() as uow:
        assert (await tickets.by_reference(uow, ticket.reference)).email == "Lise@nul.example"


async def test_somebody_elses_case_that_names_the_person_is_kept_and_named(database, settings, now):
    other = await open_case(database, now, Facts(email="anja@storm.example"), "min nabo er lise@nul.example")
    await close_case(database, other.reference, now)
    assert (await erase(database, settings, LISE, now)).kept == (other.reference,)


async def test_deleting_is_written_in_the_audit_log_without_saying_who_it_was_about(database, settings, now):
    await chat(database, now, "skriv til lise@nul.example")
    await erase(database, settings, LISE, now)
    async with database.reading() as uow:
        row = (await uow.session.scalars(select(History).where(History.action == "erased"))).one()
        assert (row.actor, row.ticket_id, row.new) == ("mette", None, None)
