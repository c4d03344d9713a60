"""Files of a case: sent in on its page, and given out as attachments that no browser opens by itself."""

from __future__ import annotations

from urllib.parse import quote

from aiohttp import web

from office import files
from office.file_types import MEDIA_TYPES
from office.files import FileRefused
from office.material import AlreadyDelivered, Delivery, deliver
from office.store import UnitOfWork
from office.store.follow_up_tables import CaseFile
from office.store.tables import Ticket
from web.errors import PublicError
from web.follow_up_page import (
    ADDRESS,
    Form,
    Mend,
    carry_out,
    case_of_link,
    case_page,
    checked_text,
    link_of,
)
from web.parts import parts_of
from web.security import keep_secret, require_same_origin
from web.uploads import read_sent, room_for, words_about

routes = web.RouteTableDef()


@routes.post(f"{ADDRESS}/filer")
async def send(request: web.Request) -> web.Response:
    """Take in files, words about them, and ticks on what was missing."""
    parts = parts_of(request)
    require_same_origin(request)
    async with parts.database.reading() as uow:
        ticket = await case_of_link(uow, request)  # nobody else sends us megabytes
    form, fits = await _read(request)
    try:
        if not fits:
            raise Mend("files", "error_large")
        await _take_in(request, ticket, form)
    except AlreadyDelivered:
        pass
    except FileRefused as refused:
        return await case_page(request, _mend(request, refused), form)
    except Mend as wrong:
        return await case_page(request, wrong, form)
    raise web.HTTPSeeOther(f"{link_of(request)}?gemt=materiale#gemt")


@routes.get(rf"{ADDRESS}/filer/{{number:\d{{1,9}}}}")
async def fetch(request: web.Request) -> web.StreamResponse:
    """Give the business a file of its own case."""
    async with parts_of(request).database.reading() as uow:
        ticket = await case_of_link(uow, request)
        file = await files.file_of(uow, ticket, int(request.match_info["number"]))
        if file is not None and not files.is_for_business(file):
            raise PublicError("not_found")
    response = attachment(request, ticket, file)
    keep_secret(response)
    return response


def attachment(request: web.Request, ticket: Ticket, file: CaseFile | None) -> web.FileResponse:
    """Return a file to be saved, never shown: its bytes are the sender's. Raises PublicError when there is none."""
    if file is None:
        raise PublicError("not_found")
    path = files.path_of(files.file_folder(parts_of(request).settings), ticket, file)
    if not path.is_file():
        raise PublicError("not_found")
    headers = {
        "Content-Type": MEDIA_TYPES[file.type],
        # RFC 6266: the name in UTF-8, and one in ASCII for whoever cannot read it.
        "Content-Disposition": f"attachment; filename=\"fil.{file.type}\"; filename*=UTF-8''{quote(file.name, safe='')}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return web.FileResponse(path, headers=headers)


async def _read(request: web.Request) -> tuple[Form, bool]:
    """Read the form as far as there is room, and tell whether all of it did."""
    if request.content_type not in ("application/x-www-form-urlencoded", "multipart/form-data"):
        raise PublicError("bad_request")
    sent = await read_sent(request, room_for(parts_of(request).knowledge.office.uploads))
    return Form(
        fields={name: text for name, text in sent.texts if name != "item"},
        ticked=tuple(text for name, text in sent.texts if name == "item"),
        files=sent.files,
    ), sent.fits


async def _take_in(request: web.Request, ticket: Ticket, form: Form) -> None:
    parts = parts_of(request)
    text = checked_text(request, form, "note")
    if not (text or form.files or form.ticked):
        raise Mend("files", "error_nothing")
    rules, folder = parts.knowledge.office.uploads, files.file_folder(parts.settings)
    async with files.on_disk(folder, ticket, form.files, rules) as kept:

        async def command(uow: UnitOfWork, ticket: Ticket, form_id: str) -> None:
            await deliver(uow, parts.knowledge, ticket, Delivery(text, kept, form.ticked), parts.now(), form_id)

        await carry_out(request, command, form, "files")


def _mend(request: web.Request, refused: FileRefused) -> Mend:
    about = words_about(refused, parts_of(request).knowledge.office.uploads)
    return Mend("files", f"error_file_{refused.why}", **about)
