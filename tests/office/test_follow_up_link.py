"""The secret link: renewed, revoked, and renewed after that."""

import pytest
from sqlalchemy import select

from office.contact import by_follow_up_link, follow_up_token, renew_link, revoke_link
from office.history import NothingToRecord
from office.intake import Facts
from office.store.tables import Outbox

KEY = "nøgle"


def renew(uow, knowledge, ticket, now):
    return renew_link(uow, ticket, "mette", now)


def revoke(uow, knowledge, ticket, now):
    return revoke_link(uow, ticket, "mette", now)


async def opens(cases, ticket, token):
    async with cases.database.reading() as uow:
        return await by_follow_up_link(uow, ticket.reference, token, KEY) is not None


async def test_a_renewed_link_opens_and_the_old_one_does_not(cases):
    ticket = await cases.open()
    old = follow_up_token(ticket, KEY)
    ticket = await cases.do(renew, ticket)
    assert [await opens(cases, ticket, token) for token in (old, follow_up_token(ticket, KEY))] == [False, True]
    assert len(await cases.history(ticket, "link_renewed")) == 1


async def test_the_business_is_sent_the_new_link(cases):
    ticket = await cases.do(renew, await cases.open(facts=Facts(email="lise@nul.example")))
    async with cases.database.reading() as uow:
        (row,) = await uow.session.scalars(select(Outbox).where(Outbox.kind == "link_renewed"))
    assert (row.ticket_id, row.person) == (ticket.id, None)


async def test_a_revoked_link_opens_nothing_until_it_is_renewed(cases):
    ticket = await cases.do(revoke, await cases.open())
    assert not await opens(cases, ticket, follow_up_token(ticket, KEY))
    ticket = await cases.do(renew, ticket)
    assert await opens(cases, ticket, follow_up_token(ticket, KEY))


async def test_revoking_twice_is_nothing_to_record(cases):
    ticket = await cases.do(revoke, await cases.open())
    with pytest.raises(NothingToRecord):
        await cases.do(revoke, ticket)
