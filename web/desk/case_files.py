"""Files of a case at the desk: fetched, put on the case by a caseworker, and kept while a form that brings them is saved."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from office import files
from office.files import FileRefused, Kept
from office.history import record_view
from office.store import UnitOfWork
from office.store.tables import Ticket
from web.desk.case_page import CASE, Rejected, carry_out, case_page, done, ticket_of, user_of
from web.desk.session import SENT
from web.follow_up_files import attachment
from web.follow_up_words import WORDS
from web.parts import parts_of
from web.uploads import words_about

routes = web.RouteTableDef()
_WORDS = WORDS["da"] | {"error_file_many": "Der er ikke plads til flere filer på sagen (højst {most})."}


@routes.post(f"{CASE}/filer")
async def put_on_case(request: web.Request) -> web.Response:
    """Put files on the case for colleagues; the business sees them when they are sent with a reply."""
    parts, user = parts_of(request), user_of(request)
    try:
        async with files_of_form(request, "case_files") as kept:
            if not kept:
                raise Rejected("Vælg de filer, der skal ligge på sagen.", "case_files")

            async def command(uow: UnitOfWork, ticket: Ticket) -> None:
                await files.add(uow, ticket, kept, parts.knowledge.office.uploads, user.username, parts.now())

            await carry_out(request, command, "case_files", adds_only=True)
    except Rejected as rejected:
        return await case_page(request, rejected)
    raise done(request, "filer", "filer")


@routes.get(rf"{CASE}/filer/{{number:\d{{1,9}}}}")
async def fetch_file(request: web.Request) -> web.StreamResponse:
    """Give a file of the case, and write in the audit log that the case was read."""
    parts = parts_of(request)
    async with parts.database.writing() as uow:
        ticket = await ticket_of(uow, request)
        file = await files.file_of(uow, ticket, int(request.match_info["number"]))
        await record_view(uow, ticket, user_of(request).username, parts.now())
        await uow.commit()
    return attachment(request, ticket, file)


@asynccontextmanager
async def files_of_form(request: web.Request, field: str) -> AsyncIterator[list[Kept]]:
    """Keep the bytes of the form's files while the block saves what they are; a block that raises leaves none behind.

    Raises Rejected at `field` for what is not taken, and what the block raises of that kind: a browser does not choose files
    again by itself, so the words say that it must be done.
    """
    parts, sent = parts_of(request), request[SENT]
    rules = parts.knowledge.office.uploads
    try:
        if not sent.fits:
            raise Rejected(_WORDS["error_large"], field)
        async with parts.database.reading() as uow:
            ticket = await ticket_of(uow, request)
        async with files.on_disk(files.file_folder(parts.settings), ticket, sent.files, rules) as kept:
            yield kept
    except FileRefused as refused:
        raise Rejected(_WORDS[f"error_file_{refused.why}"].format(**words_about(refused, rules)), field) from None
    except Rejected as rejected:
        again = " Vælg filerne igen." if sent.files else ""
        raise Rejected(f"{rejected.words}{again}", rejected.field, rejected.status) from None
