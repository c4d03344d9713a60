"""My day: what is overdue, what is due today, what waits for the caseworker, and what comes soon."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from office import access
from office.clock import local
from office.day import Day, Due, day_of
from office.words import day_in_words
from web.desk.case_page import user_of
from web.desk.live_view import day_view
from web.desk.session import render_desk
from web.desk.views import involvement_view, row_view
from web.parts import Parts, parts_of

routes = web.RouteTableDef()


@routes.get("/desk")
async def show_day(request: web.Request) -> web.Response:
    """Show the day: one's own for a contact person, that of the whole office for others and on request."""
    parts, user = parts_of(request), user_of(request)
    mine = user.person is not None and request.query.get("vis") != "alle"
    async with parts.database.reading() as uow:
        day = await day_of(uow, parts.knowledge, user.person if mine else None, parts.now())
        names = await access.names(uow, parts.knowledge.people)
        talks = await day_view(uow, parts, user)
    return render_desk(
        request,
        "desk/day.html",
        mine=mine,
        has_own=user.person is not None,
        today=day_in_words(local(parts.now()).date()),
        talks=talks,
        **_shown(parts, day, names),
    )


def _shown(parts: Parts, day: Day, names: dict[str, str]) -> dict[str, Any]:
    def asked(pairs: Any) -> list[dict[str, Any]]:
        return [{**row_view(parts, ticket), "asked": involvement_view(parts, row, names)} for row, ticket in pairs]

    sections = [
        _section(parts, "overskredet", "Overskredet", day.overdue, "Intet er overskredet."),
        _section(parts, "i-dag", "Frist i dag", day.today, "Der er ikke flere frister i dag."),
        _section(parts, "snart", "Snart", day.soon, "Ingen frister de næste to arbejdsdage."),
    ]
    waiting = {
        "meetings": [{**row_view(parts, ticket), "meeting": meeting} for meeting, ticket in day.meetings],
        "written": [row_view(parts, ticket) for ticket in day.written],
        "answers": asked(day.answers),
        "questions": asked(day.questions),
        "covering": day.covering,
    }
    return {"sections": sections, "waiting": waiting}


def _section(parts: Parts, key: str, title: str, due: Due, when_empty: str) -> dict[str, Any]:
    rows = [row_view(parts, ticket) for ticket in due.tickets]
    return {"key": key, "title": title, "rows": rows, "count": due.count, "when_empty": when_empty}
