"""/desk/log: the audit log, for the administrator: who did what, when, to which case or user. Reading it is in it, too."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from office import access, audit
from office.audit import Event, Wanted
from office.clock import local
from office.history import record, record_log_read
from web.desk.case_page import user_of
from web.desk.log_view import KINDS, event_view
from web.desk.session import render_desk
from web.desk.views import called
from web.parts import Parts, parts_of
from web.requests import whole_number

routes = web.RouteTableDef()
LOG = "/desk/log"
_ROWS = 100
_ROWS_AT_ONCE = 1000
_LONGEST = 200
_OTHER_ACTORS = ("bot", "system", "virksomheden", "ukendt", "kommunens login")
_FILTERS = ("bruger", "sag", "fra", "til", "slags")
_COLUMNS = ("Tidspunkt", "Brugernavn", "Navn", "Hændelse", "Slags", "Sag", "Om")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@routes.get(LOG)
async def show(request: web.Request) -> web.Response:
    """Show the newest rows that match, a portion at a time."""
    parts, typed = parts_of(request), _typed(request)
    wanted, error = _wanted(typed)
    before = whole_number("foer", request.query.get("foer", ""))
    async with parts.database.writing() as uow:
        await record_log_read(uow, user_of(request).username, parts.now())
        await uow.commit()
    async with parts.database.reading() as uow:
        users = await access.user_names(uow)
        found = [] if error else await audit.events(uow, wanted, _ROWS + 1, before)
    names = access.with_people(users, parts.knowledge.people)
    query = {name: value for name, value in typed.items() if value}
    older = {**query, "foer": str(found[_ROWS - 1].row.id)} if len(found) > _ROWS else None
    return render_desk(
        request,
        "desk/log.html",
        422 if error else 200,
        rows=[event_view(event, names) for event in found[:_ROWS]],
        typed=typed,
        error=error,
        users=_users(users),
        kinds=list(KINDS.items()),
        newest=f"{LOG}?{urlencode(query)}" if before else None,
        older=f"{LOG}?{urlencode(older)}" if older else None,
        export=f"{LOG}/log.csv?{urlencode(query)}",
    )


@routes.get(f"{LOG}/log.csv")
async def export(request: web.Request) -> web.StreamResponse:
    """Send all rows that match as a file that Excel reads; what was asked for is written in the log itself."""
    parts, typed = parts_of(request), _typed(request)
    wanted, error = _wanted(typed)
    if error:
        raise web.HTTPSeeOther(f"{LOG}?{urlencode(typed)}")
    asked = ", ".join(f"{name} {value}" for name, value in typed.items() if value)
    async with parts.database.writing() as uow:
        record(uow, None, parts.now(), user_of(request).username, "log_exported", new=asked or "alt")
        await uow.commit()
    response = web.StreamResponse(headers={"Content-Disposition": 'attachment; filename="log.csv"'})
    response.content_type, response.charset = "text/csv", "utf-8"
    await response.prepare(request)
    await response.write("\ufeff".encode() + _lines([_COLUMNS]))  # the mark tells Excel that it is UTF-8
    await _write_rows(parts, wanted, response)
    await response.write_eof()
    return response


async def _write_rows(parts: Parts, wanted: Wanted, response: web.StreamResponse) -> None:
    """Write a portion at a time, each in a block of its own, so that neither memory nor the database is held for long."""
    before = 0
    while True:
        async with parts.database.reading() as uow:
            names = await access.names(uow, parts.knowledge.people)
            found = await audit.events(uow, wanted, _ROWS_AT_ONCE, before)
        if found:
            await response.write(_lines([_csv_row(event, names) for event in found]))
        if len(found) < _ROWS_AT_ONCE:
            return
        before = found[-1].row.id


def _csv_row(event: Event, names: Mapping[str, str]) -> tuple[str, ...]:
    shown, row = event_view(event, names), event.row
    at = local(row.at).strftime("%Y-%m-%d %H:%M:%S")
    cells = (row.actor, shown["who"], shown["what"], shown["kind"], event.reference or "", row.about or "")
    return (at, *map(_harmless, cells))


def _harmless(cell: str) -> str:
    """Keep a spreadsheet from taking somebody's words for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _lines(rows: list[tuple[str, ...]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows(rows)
    return text.getvalue().encode()


def _typed(request: web.Request) -> dict[str, str]:
    return {name: request.query.get(name, "").strip()[:_LONGEST].replace("\x00", "") for name in _FILTERS}


def _wanted(typed: Mapping[str, str]) -> tuple[Wanted, str]:
    """Return what is looked for, and what must be mended first ("" = nothing)."""
    try:
        first, last = (date.fromisoformat(typed[name]) if typed[name] else None for name in ("fra", "til"))
    except ValueError:
        return Wanted(), "Skriv datoen som 2026-12-31."
    if first and last and last < first:
        return Wanted(), "Perioden slutter, før den begynder."
    kind = typed["slags"] if typed["slags"] in KINDS else ""
    return Wanted(typed["bruger"], typed["sag"], first, last, kind), ""


def _users(names: Mapping[str, str]) -> list[tuple[str, Any]]:
    """Return whom the log can be narrowed to: all users by name, then the others who act."""
    known = sorted(names.items(), key=lambda item: item[1].casefold())
    return [*known, *((actor, called({}, actor)) for actor in _OTHER_ACTORS)]
