"""/sag/{reference}/{token}: the business follows its case by a secret link. Works without JavaScript and without log-in."""

from __future__ import annotations

from aiohttp import web

from office import closing, correspondence
from office.information import Unreadable, fill_gaps
from office.store import UnitOfWork
from office.store.tables import Ticket
from web.follow_up_page import ADDRESS, Mend, case_page, checked_text, language_of, read_fields, submit
from web.follow_up_words import WORDS
from web.parts import parts_of

routes = web.RouteTableDef()


@routes.get(ADDRESS)
async def show(request: web.Request) -> web.Response:
    """Show where the case stands."""
    return await case_page(request)


@routes.post(ADDRESS)
async def write(request: web.Request) -> web.Response:
    """Take what the business writes to its contact person."""
    parts, form = parts_of(request), await read_fields(request)

    async def command(uow: UnitOfWork, ticket: Ticket, form_id: str) -> None:
        text = checked_text(request, form, when_empty="error_empty")
        await correspondence.write_from_business(uow, parts.knowledge, ticket, text, parts.now(), form_id)

    return await submit(request, command, form, "text", "besked")


@routes.post(f"{ADDRESS}/oplysninger")
async def tell(request: web.Request) -> web.Response:
    """Take in what was not known yet."""
    parts, form = parts_of(request), await read_fields(request)

    async def command(uow: UnitOfWork, ticket: Ticket, form_id: str) -> None:
        given = {name: checked_text(request, form, name) for name in form.fields if name != "token"}
        if not any(given.values()):
            raise Mend("oplysninger", "error_nothing")
        try:
            await fill_gaps(uow, parts.knowledge, ticket, given, parts.now(), form_id)
        except Unreadable as unreadable:
            raise Mend(unreadable.name, f"error_{unreadable.name}") from None

    return await submit(request, command, form, "oplysninger", "oplysninger")


@routes.post(f"{ADDRESS}/traek-tilbage")
async def withdraw(request: web.Request) -> web.Response:
    """End the case at the business' wish, with a word to the contact person."""
    parts, form = parts_of(request), await read_fields(request)

    async def command(uow: UnitOfWork, ticket: Ticket, form_id: str) -> None:
        why = checked_text(request, form, "why")
        words = f"{WORDS[language_of(ticket)]['withdrawn_message']} {why}".strip()
        if ticket.status != "withdrawn":  # the form may be sent twice
            await correspondence.write_from_business(uow, parts.knowledge, ticket, words, parts.now(), form_id)
            await closing.withdraw(uow, parts.knowledge, ticket, "virksomheden", parts.now(), why or None)

    return await submit(request, command, form, "why", "tilbage")
