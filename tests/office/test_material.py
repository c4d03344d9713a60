"""What the business must deliver: asked for, ticked off, and heard of (promise C03)."""

import pytest

from office import material
from office.errors import NotAllowed
from office.files import Kept
from office.material import AlreadyDelivered, Delivery

FILE = Kept("a" * 32, "Plan.pdf", "pdf", 10)


async def ask(cases, ticket, *items, text="Jeg mangler lidt."):
    return await cases.do(material.ask_for_material, ticket, items, text, "Mette", "mette")


async def deliver(cases, ticket, delivery, form_id="f" * 32):
    async def command(uow, knowledge, ticket, now):
        await material.deliver(uow, knowledge, ticket, delivery, now, form_id)

    return await cases.do(command, ticket)


async def test_asking_names_what_is_missing_and_the_case_waits(cases):
    ticket = await ask(cases, await cases.open(), "Tegning af facaden")
    assert ticket.status == "waiting_for_business"
    assert "Tegning af facaden" in ticket.missing
    assert "Tegning af facaden" in ticket.checklist
    assert "Jeg mangler lidt.\n\nDet mangler vi fra dig:\n- Tegning af facaden" in await cases.told(ticket)


async def test_asking_for_nothing_is_refused(cases):
    with pytest.raises(NotAllowed):
        await ask(cases, await cases.open(), " ")


async def test_asking_twice_for_the_same_lists_it_once(cases):
    ticket = await ask(cases, await cases.open(), "Facade")
    ticket = await ask(cases, ticket, "Facade")
    assert ticket.missing.count("Facade") == 1


async def test_what_is_delivered_is_no_longer_missing_and_the_case_goes_on(cases):
    ticket = await ask(cases, await cases.open(), "Facade")
    still_missing = [item for item in ticket.missing if item != "Facade"]
    ticket = await deliver(cases, ticket, Delivery("Hermed.", [FILE], ["Facade"]))
    assert ticket.missing == still_missing
    assert ticket.status == "with_contact_person"
    (wrote,) = await cases.history(ticket, "wrote")
    assert wrote.actor == "virksomheden"


async def test_a_delivery_is_a_message_that_says_what_came(cases):
    ticket = await ask(cases, await cases.open(), "Facade")
    await deliver(cases, ticket, Delivery("Hermed.", [FILE], ["Facade"]))
    async with cases.database.reading() as uow:
        last = (await material.messages_of(uow, ticket))[-1]
    assert last.text == "Hermed.\n\nFiler: Plan.pdf\nLeveret:\n- Facade"


async def test_a_form_sent_twice_is_taken_in_once(cases):
    ticket = await deliver(cases, await cases.open(), Delivery("Hermed."))
    with pytest.raises(AlreadyDelivered):
        await deliver(cases, ticket, Delivery("Hermed."))


async def test_a_tick_on_something_that_was_never_asked_for_changes_nothing(cases):
    ticket = await cases.open()
    missing = list(ticket.missing)
    ticket = await deliver(cases, ticket, Delivery("Hej", (), ["Guld"]))
    assert ticket.missing == missing
