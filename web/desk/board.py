"""/desk/tavle: the board of the weekly meeting, its sheet to print, and its files for a spreadsheet."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import partial
from urllib.parse import urlencode

from aiohttp import web
from sqlalchemy.orm.exc import StaleDataError

from knowledge.model import PHASES
from office import board, tickets
from office.board import PHASE_NAMES
from office.board_file import csv_file, xlsx_file
from office.board_mail import next_meeting
from office.clock import local
from office.errors import NotAllowed
from office.history import NothingToRecord, record
from office.words import moment_briefly
from web.desk.case_page import user_of
from web.desk.session import FIELDS, render_desk
from web.desk.views import LEVEL_SHORT
from web.errors import PublicError
from web.parts import parts_of
from web.requests import whole_number

routes = web.RouteTableDef()
CARDS = 25  # of a column at a time: the page stays small however many cases are open
CARDS_ON_SHEET = 150
_BOARD = "/desk/tavle"
_FILES = {
    "csv": (csv_file, "text/csv"),
    "xlsx": (xlsx_file, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
_CHANGED = (
    "{reference} er ændret af en anden imens. Her er tavlen, som den er nu; flyt sagen igen, hvis det stadig skal være."
)


@routes.get(_BOARD)
async def show(request: web.Request) -> web.Response:
    """Show the board, and which case was moved just now."""
    return await _page(request, request.query)


@routes.post(f"{_BOARD}/flyt")
async def move(request: web.Request) -> web.Response:
    """Move one case to another phase, unless somebody has changed it since the board was shown."""
    fields, parts = request[FIELDS], parts_of(request)
    reference, version, phase = (*fields.get("move", "").split(":"), "", "")[:3]
    try:
        async with parts.database.writing() as uow:
            ticket = await tickets.by_reference(uow, reference)
            if ticket is None:
                raise PublicError("not_found")
            if str(ticket.version) != version:
                raise StaleDataError
            await board.move(uow, ticket, phase, user_of(request).username, parts.now())
            await uow.commit()
    except StaleDataError:
        return await _page(request, fields, 409, _CHANGED.format(reference=reference))
    except NothingToRecord:
        return await _page(request, fields, 422, f"{reference} står allerede i {PHASE_NAMES[phase]}.")
    except NotAllowed as forbidden:
        return await _page(request, fields, 422, str(forbidden))
    where = {**_place(request, fields), "flyttet": ticket.reference, "til": phase}
    raise web.HTTPSeeOther(f"{_BOARD}?{urlencode(where)}#{ticket.reference}")


@routes.get(f"{_BOARD}/ark")
async def sheet(request: web.Request) -> web.Response:
    """Show the sheet to print for the meeting."""
    parts, area = parts_of(request), _area(request, request.query)
    async with parts.database.reading() as uow:
        columns = await board.columns(uow, parts.knowledge, parts.now(), CARDS_ON_SHEET, area)
    return render_desk(
        request,
        "desk/board_sheet.html",
        columns=columns,
        meeting=next_meeting(parts.knowledge, parts.now()),
        area=parts.knowledge.areas[area].title if area else "",
        query=f"?omraade={area}" if area else "",
        now=parts.now(),
    )


@routes.get(_BOARD + "/aabne-sager.{kind:csv|xlsx}")
async def file(request: web.Request) -> web.Response:
    """Give every open case as a file, and write in the audit log that it was taken out."""
    parts, area, kind = parts_of(request), _area(request, request.query), request.match_info["kind"]
    async with parts.database.writing() as uow:
        record(uow, None, parts.now(), user_of(request).username, "board_taken_out", field=area, new=kind)
        await uow.commit()
    async with parts.database.reading() as uow:
        cards = await board.all_cards(uow, parts.knowledge, parts.now(), area)
    write, content_type = _FILES[kind]
    # Thousands of rows take a second: beside the loop, which has visitors to answer.
    response = web.Response(body=await asyncio.to_thread(write, cards), content_type=content_type)
    name = f"aabne-sager-{local(parts.now()):%Y-%m-%d}.{kind}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


async def _page(request: web.Request, fields: Mapping[str, str], status: int = 200, problem: str = "") -> web.Response:
    parts, place = parts_of(request), _place(request, fields)
    area = place.get("omraade")
    first = {phase: whole_number(phase, place.get(phase, "")) for phase in PHASES}
    async with parts.database.reading() as uow:
        columns = await board.columns(uow, parts.knowledge, parts.now(), CARDS, area, first)
    moved_to = PHASE_NAMES.get(fields.get("til", ""), "") if not problem else ""
    return render_desk(
        request,
        "desk/board.html",
        status,
        columns=columns,
        briefly=partial(moment_briefly, now=parts.now()),
        phases=PHASE_NAMES.items(),
        areas=[(area.id, area.title) for area in parts.knowledge.areas.values()],
        area=area or "",
        place=place,
        query=f"?omraade={area}" if area else "",
        other_cards=lambda phase, begin: f"{_BOARD}?{urlencode({**place, phase: begin})}#{phase}",
        page_size=CARDS,
        levels=LEVEL_SHORT,
        meeting=next_meeting(parts.knowledge, parts.now()),
        moved=fields.get("flyttet", "") if moved_to else "",
        moved_to=moved_to,
        problem=problem,
    )


def _place(request: web.Request, fields: Mapping[str, str]) -> dict[str, str]:
    """Return which part of the board is looked at: the area, and where each column begins, as they stand in addresses."""
    area = _area(request, fields)
    begins = {phase: fields[phase] for phase in PHASES if fields.get(phase)}
    return {**({"omraade": area} if area else {}), **begins}


def _area(request: web.Request, fields: Mapping[str, str]) -> str | None:
    """Return the area (or authority) that is filtered by; one that does not exist filters nothing."""
    area = fields.get("omraade", "")
    return area if area in parts_of(request).knowledge.areas else None
