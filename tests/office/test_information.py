"""What was not known is asked for once, and taken in as what it is."""

import pytest

from office.information import Unreadable, fill_gaps, gaps
from office.intake import Facts


async def fill(cases, ticket, **given):
    async def command(uow, knowledge, ticket, now):
        await fill_gaps(uow, knowledge, ticket, given, now, "f" * 32)

    return await cases.do(command, ticket)


def names(cases, ticket):
    return [gap.name for gap in gaps(ticket, cases.knowledge)]


async def test_what_is_known_is_not_asked_for(cases):
    ticket = await cases.open(facts=Facts(company="Nul ApS", phone="00005999", address="Havnevej 1"))
    assert {"company", "phone", "address"} & set(names(cases, ticket)) == set()
    assert {"cvr", "email", "contact_name"} <= set(names(cases, ticket))


async def test_what_is_told_is_known_afterwards(cases):
    ticket = await cases.open()
    question = gaps(ticket, cases.knowledge)[0]
    ticket = await fill(cases, ticket, **{"email": "lise@nul.example", question.name: "400 m2"})
    assert ticket.email == "lise@nul.example"
    assert ticket.details[question.label] == "400 m2"
    assert not {"email", question.name} & set(names(cases, ticket))


async def test_the_contact_person_hears_what_was_told(cases):
    ticket = await fill(cases, await cases.open(), contact_name="Lise Holm")
    assert len(await cases.history(ticket, "wrote")) == 1


async def test_what_is_known_already_is_not_overwritten(cases):
    ticket = await cases.open(facts=Facts(company="Nul ApS", email="lise@nul.example"))
    ticket = await fill(cases, ticket, email="en-anden@nul.example")
    assert ticket.email == "lise@nul.example"
    assert await cases.history(ticket, "wrote") == []


@pytest.mark.parametrize(("name", "text"), [("email", "lise"), ("cvr", "12345678"), ("phone", "ring")])
async def test_what_cannot_be_read_is_named(cases, name, text):
    ticket = await cases.open(
        facts=Facts(company="Nul ApS", **{"email": "a@b.example", "phone": "00005999"} | {name: None})
    )
    with pytest.raises(Unreadable) as unreadable:
        await fill(cases, ticket, **{name: text})
    assert unreadable.value.name == name


async def test_a_cpr_number_is_masked(cases):
    ticket = await fill(cases, await cases.open(), contact_name="Lise 010190-1234")
    assert ticket.contact_name == "Lise [CPR-nummer fjernet]"


async def test_an_english_case_is_asked_in_english(cases):
    ticket = await cases.open(language="en")
    assert "Your name" in [gap.label for gap in gaps(ticket, cases.knowledge)]
