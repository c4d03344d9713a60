"""/resultater: how the office keeps what it promises, for everybody; only months that the leader has published."""

from __future__ import annotations

from aiohttp import web

from office import published
from web.errors import PublicError
from web.parts import parts_of
from web.results_view import by_month, for_everybody, month_name
from web.templating import render

routes = web.RouteTableDef()
_TREND = 12


@routes.get("/resultater")
async def show_results(request: web.Request) -> web.Response:
    """Show the latest published month, or the one asked for, with small numbers hidden."""
    async with parts_of(request).database.reading() as uow:
        rows = await published.published(uow)
    asked_for = request.query.get("maaned", "")
    row = next((one for one in rows if one.month == asked_for or not asked_for), None)
    if asked_for and row is None:
        raise PublicError("not_found")
    totals = {one.month: published.figures_of(one).total for one in reversed(rows[:_TREND])}
    trend = {
        month: (0 if 0 < total < published.SMALLEST else total, published.masked_total(total))
        for month, total in totals.items()
    }
    return render(
        request,
        "resultater.html",
        month=row.month if row else "",
        title=month_name(row.month) if row else "",
        row=row,
        shown=for_everybody(published.figures_of(row), "month") if row else None,
        trend=by_month("trend", trend) if len(trend) > 1 else None,
        months=[(one.month, month_name(one.month)) for one in rows],
    )
