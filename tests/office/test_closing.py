"""The end of a case, and that it can begin again (promises S07, S08)."""

from datetime import timedelta

import pytest

from office import closing, moves
from office.clock import local
from office.deadlines import owed
from office.errors import NotAllowed


async def answered(cases):
    return await cases.reply(await cases.open(), "Her er svaret.", answers_case=True)


async def say_no_more(cases, ticket):
    async def needs_no_more(uow, _knowledge, stored, now):
        await closing.needs_no_more(uow, stored, "mette", now, "Sagt i telefonen")

    return await cases.do(needs_no_more, ticket)


async def test_a_case_is_closed_when_it_is_answered_and_the_business_needs_no_more(cases):
    ticket = await say_no_more(cases, await answered(cases))
    ticket = await cases.do(closing.close, ticket, "helped", "mette")
    assert (ticket.status, ticket.outcome, ticket.closed_at) == ("closed", "helped", cases.now)
    assert "Sagen er afsluttet" in (await cases.told(ticket))[-1]


async def test_it_is_not_closed_before_the_business_needs_no_more(cases):
    ticket = await answered(cases)
    with pytest.raises(NotAllowed, match="ikke har brug for mere"):
        await cases.do(closing.close, ticket, "helped", "mette")
    assert (await cases.stored(ticket)).status == "answered"


async def test_new_words_from_the_business_take_back_that_it_needs_no_more(cases):
    ticket = await cases.write(await say_no_more(cases, await answered(cases)), "Jo, én ting til")
    assert ticket.needs_no_more_at is None
    assert ticket.status == "with_contact_person"


async def test_a_refusal_without_an_offer_of_dialogue_cannot_be_written(cases):
    with pytest.raises(NotAllowed, match="Et afslag står aldrig alene"):
        await cases.do(closing.refuse, await cases.open(), "Det kan I ikke få lov til.", "  ", "Mette", "mette")


async def test_a_refusal_carries_its_offer_of_dialogue_to_the_business(cases):
    ticket = await cases.do(
        closing.refuse,
        await cases.open(),
        "Nej, lokalplanen siger nej.",
        "Ring, så ser vi på en anden grund.",
        "M",
        "m",
    )
    assert (ticket.status, ticket.outcome, ticket.dialogue_offered_at) == ("answered", "refused", cases.now)
    (words,) = await cases.told(ticket)
    assert words.startswith("Nej, lokalplanen siger nej.\n\nRing, så ser vi på en anden grund.")


async def test_closing_as_refused_needs_that_dialogue_was_offered_first(cases):
    ticket = await say_no_more(cases, await answered(cases))
    with pytest.raises(NotAllowed, match="dialog om andre muligheder"):
        await cases.do(closing.close, ticket, "refused", "mette")
    ticket = await cases.do(closing.offer_dialogue, ticket, "Skal vi tale om andre muligheder?", "Mette", "mette")
    assert (await cases.do(closing.close, ticket, "refused", "mette")).status == "closed"


async def test_a_refused_case_is_not_closed_as_helped(cases):
    ticket = await cases.do(closing.refuse, await cases.open(), "Nej.", "Ring om andre muligheder.", "M", "m")
    with pytest.raises(NotAllowed, match="ikke afsluttes som hjulpet"):
        await cases.do(closing.close, await say_no_more(cases, ticket), "helped", "mette")


async def test_an_outcome_nobody_knows_is_refused(cases):
    with pytest.raises(NotAllowed, match="hvordan sagen endte"):
        await cases.do(closing.close, await answered(cases), "forgotten", "mette")


async def test_the_business_can_withdraw_before_it_has_an_answer(cases):
    ticket = await cases.do(closing.withdraw, await cases.open(), "virksomheden")
    assert (ticket.status, ticket.outcome) == ("withdrawn", "withdrawn")
    assert "trukket tilbage" in (await cases.told(ticket))[-1]


async def test_words_from_the_business_open_a_closed_case_again_with_new_dates(cases):
    ticket = await say_no_more(cases, await answered(cases))
    ticket = await cases.do(closing.close, ticket, "helped", "mette")
    person = ticket.contact_person
    cases.forward(days=14)
    ticket = await cases.write(ticket, "Nu er der kommet noget nyt")
    assert (ticket.status, ticket.closed_at, ticket.outcome) == ("reopened", None, None)
    assert ticket.contact_person == person
    assert [item.what for item in owed(ticket, cases.knowledge.office.promises)] == ["reply_due", "answer_due"]
    assert ticket.answer_due > cases.now + timedelta(days=4)
    assert f"{local(ticket.reply_due):%H.%M}" in (await cases.told(ticket))[-1]


async def test_only_an_ended_case_can_be_reopened(cases):
    with pytest.raises(NotAllowed):
        await cases.do(moves.reopen, await cases.open(), "mette")
