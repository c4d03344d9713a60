"""The list of cases: found by words and filters, a page at a time."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from knowledge.model import LEVELS
from office.finding import MOST_COUNTED, PAGE, Wanted, find
from office.lifecycle import STATUS_NAMES
from office.store.tables import User
from web.desk.case_page import user_of
from web.desk.session import render_desk
from web.desk.views import LEVEL_SHORT, row_view
from web.parts import parts_of
from web.requests import whole_number

routes = web.RouteTableDef()
_STATUSES = {"open": "Åbne", "all": "Alle, også afsluttede", "ended": "Afsluttede", **STATUS_NAMES}
_LONGEST = 200
_LAST_PAGE = 10_000


@routes.get("/desk/sager")
async def list_cases(request: web.Request) -> web.Response:
    """Show the cases that were asked for; mine by default for a contact person, and ended ones too when words are looked for."""
    parts, user = parts_of(request), user_of(request)
    asked = _asked(request, user)
    page = min(max(1, whole_number("side", request.query.get("side", ""))), _LAST_PAGE)
    wanted = Wanted(
        words=asked["q"],
        # Somebody who is no contact person has no cases of their own: "-" matches none.
        person=(user.person or "-") if asked["vis"] == "mine" else "",
        area=asked["omraade"],
        status=asked["status"] or ("all" if asked["q"].strip() else "open"),
        level=asked["niveau"],
    )
    async with parts.database.reading() as uow:
        found = await find(uow, wanted, page)
    return render_desk(
        request,
        "desk/cases.html",
        asked=asked,
        rows=[row_view(parts, ticket) for ticket in found.tickets],
        count=found.count,
        most=MOST_COUNTED,
        first=(page - 1) * PAGE + 1,
        previous=_address(asked, page - 1) if page > 1 else "",
        following=_address(asked, page + 1) if found.more else "",
        mine_address=_address({**asked, "vis": "mine"}, 1),
        all_address=_address({**asked, "vis": "alle"}, 1),
        statuses=_STATUSES,
        levels=[(level, LEVEL_SHORT[level]) for level in LEVELS],
        areas=[(area.id, area.title) for area in parts.knowledge.areas.values()],
        narrowed=any(asked[name] for name in ("q", "omraade", "status", "niveau")),
    )


def _asked(request: web.Request, user: User) -> dict[str, str]:
    """Return what the address asks for, only values that exist."""
    parts, query = parts_of(request), request.query
    mine = query.get("vis") or ("mine" if user.person and not query.get("q") else "alle")
    return {
        "q": query.get("q", "")[:_LONGEST].replace("\x00", ""),
        "vis": "mine" if mine == "mine" else "alle",
        "omraade": _known(query.get("omraade", ""), parts.knowledge.areas),
        "status": _known(query.get("status", ""), _STATUSES),
        "niveau": _known(query.get("niveau", ""), LEVELS),
    }


def _known(value: str, values: Any) -> str:
    return value if value in values else ""


def _address(asked: dict[str, str], page: int) -> str:
    query = {name: value for name, value in asked.items() if value}
    return f"/desk/sager?{urlencode({**query, 'side': page} if page > 1 else query)}"
