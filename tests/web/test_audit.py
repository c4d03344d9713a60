"""Whoever reads a business' data at the desk leaves a trace."""

import re

from sqlalchemy import delete, select

from office.store.tables import History
from office.tickets import by_reference
from tests.office.cases import send_file
from tests.web.conftest import open_ticket


async def viewers(database):
    async with database.reading() as uow:
        return list(await uow.session.scalars(select(History.actor).where(History.action == "viewed")))


async def forget_views(database):
    async with database.writing() as uow:
        await uow.session.execute(delete(History).where(History.action == "viewed"))
        await uow.commit()


# Pages with something in their address that is no case.
NOT_ABOUT_A_CASE = {"/desk/brugere/{user}", "/desk/tavle/aabne-sager.{kind}", "/desk/live/{number}"}


def pages_about_one_case(app) -> set[str]:
    addresses = {route.resource.canonical for route in app.router.routes() if route.method == "GET" and route.resource}
    return {address for address in addresses if address.startswith("/desk/") and "{" in address} - NOT_ABOUT_A_CASE


async def test_every_page_of_the_desk_about_one_case_writes_who_read_it(client, desk, chat, parts, database):
    reference = await open_ticket(parts, chat.id)
    async with database.reading() as uow:
        ticket = await by_reference(uow, reference)
    await send_file(database, parts.settings, ticket, parts.now())
    known = {"reference": reference, "number": "1"}
    pages = pages_about_one_case(client.app)
    assert "/desk/sager/{reference}" in pages
    for page in pages:
        await forget_views(database)
        await desk.page(re.sub(r"{(\w+)}", lambda name: known[name[1]], page))
        assert await viewers(database) == ["bo"], page
