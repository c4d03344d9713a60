"""Notes between colleagues."""

import pytest

from knowledge import load
from office import notes
from office.errors import NotAllowed
from tests.office.case_work import Cases, at


@pytest.fixture
async def ticket(database):
    return await Cases(database, load(), at("2026-11-24 10:00")).open()


async def write(database, ticket, text):
    async with database.writing() as uow:
        note = await notes.add_note(uow, ticket, text, "mette", at("2026-11-24 11:00"))
        await uow.commit()
    return note


async def test_a_note_is_kept_without_cpr_and_the_newest_stands_first(database, ticket):
    await write(database, ticket, "Ring efter kl. 14.")
    await write(database, ticket, "Ejeren er 010190-1234.")
    async with database.reading() as uow:
        newest, oldest = await notes.notes_of(uow, ticket)
    assert oldest.text == "Ring efter kl. 14."
    assert "010190" not in newest.text


async def test_an_empty_note_is_refused(database, ticket):
    with pytest.raises(NotAllowed):
        await write(database, ticket, "  ")
