"""/desk/resultater: the office's figures by period and area, as plots, tables and CSV; and which months everybody may see."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from office import access, published
from office.clock import local
from office.errors import NotAllowed
from office.results import Figures, figures
from office.statistics import Month, month_by_month, open_by_phase
from office.store import UnitOfWork
from web.desk.case_page import user_of
from web.desk.sections import LEADERS
from web.desk.session import FIELDS, render_desk
from web.parts import Parts, parts_of
from web.results_view import csv_lines, everything, for_everybody, month_name

routes = web.RouteTableDef()
_MONTHS_BACK = 36
_TREND = 12
_PUBLISHED = "/desk/resultater/offentlig"


@dataclass(frozen=True)
class _Chosen:
    """What the filters ask for: from and to which month, and perhaps one area."""

    first: Month
    last: Month
    area: str | None

    @property
    def span(self) -> Month:
        return Month.span(self.first, self.last)

    @property
    def trend(self) -> Month:
        """Return the time that is shown month by month: the chosen one, at least a year."""
        return Month.span(min(self.last.before(_TREND - 1), self.first, key=lambda month: month.begin), self.last)


@routes.get("/desk/resultater")
async def show_results(request: web.Request) -> web.Response:
    """Show the figures of the chosen time and area; of this month to begin with."""
    parts, error = parts_of(request), None
    try:
        chosen = _chosen(parts, request.query)
    except NotAllowed as forbidden:
        chosen, error = _chosen(parts, {}), str(forbidden)
    async with parts.database.reading() as uow:
        counted, months, phases = await _figures(uow, parts, chosen)
    return render_desk(
        request,
        "desk/results.html",
        422 if error else 200,
        error=error,
        shown=everything(counted, months, phases),
        total=counted.total,
        months=_months(parts),
        areas=[area for area in parts.knowledge.areas.values() if not area.state],
        first=chosen.first.name,
        last=chosen.last.name,
        area=chosen.area or "",
        heading=_heading(chosen),
        publishes=user_of(request).role in LEADERS,
    )


@routes.get("/desk/resultater/tal.csv")
async def export(request: web.Request) -> web.Response:
    """Give the same figures for a spreadsheet: UTF-8 with a mark, semicolons, decimal commas, as Danish ones expect."""
    parts = parts_of(request)
    try:
        chosen = _chosen(parts, request.query)
    except NotAllowed as forbidden:
        raise web.HTTPSeeOther("/desk/resultater") from forbidden
    async with parts.database.reading() as uow:
        counted, months, phases = await _figures(uow, parts, chosen)
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    area = parts.knowledge.areas[chosen.area].title if chosen.area else "Alle"
    writer.writerow(("Fra", "Til", "Fagområde", "Tal", "Af hvad", "Værdi"))
    writer.writerows((chosen.first.name, chosen.last.name, area, *line) for line in csv_lines(counted, months, phases))
    name = f"resultater-{chosen.first.name}-{chosen.last.name}.csv"
    return web.Response(
        body=text.getvalue().encode("utf-8-sig"),
        content_type="text/csv",
        charset="utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@routes.get(_PUBLISHED)
async def show_published(request: web.Request) -> web.Response:
    """Show which months are published, and one of them (or one to come) as everybody will see it."""
    return await _published_page(request, request.query.get("maaned", ""))


@routes.post(_PUBLISHED)
async def change_published(request: web.Request) -> web.Response:
    """Publish a month, or take it off the public page."""
    fields, parts, actor = request[FIELDS], parts_of(request), user_of(request).username
    month = fields.get("maaned", "")
    try:
        async with parts.database.writing() as uow:
            if fields.get("what") == "remove":
                await published.unpublish(uow, month, actor, parts.now())
            else:
                await published.publish(uow, parts.knowledge, month, actor, parts.now())
            await uow.commit()
    except NotAllowed as forbidden:
        return await _published_page(request, month, str(forbidden))
    saved = "fjernet" if fields.get("what") == "remove" else "offentliggjort"
    raise web.HTTPSeeOther(f"{_PUBLISHED}?maaned={month}&gemt={saved}")


async def _published_page(request: web.Request, month: str, error: str | None = None) -> web.Response:
    parts = parts_of(request)
    here = local(parts.now())
    latest = Month.of(here.year, here.month).before(1)
    try:
        chosen = published.finished_month(month, parts.now()) if month else latest
    except NotAllowed as forbidden:
        chosen, error = latest, error or str(forbidden)
    async with parts.database.reading() as uow:
        rows = {row.month: row for row in await published.published(uow)}
        row = rows.get(chosen.name)
        counted = published.figures_of(row) if row else await figures(uow, parts.knowledge, chosen, parts.now())
        names = await access.names(uow, parts.knowledge.people)
    months = {latest.before(count).name for count in range(_MONTHS_BACK)} | set(rows)
    return render_desk(
        request,
        "desk/published.html",
        422 if error else 200,
        error=error,
        saved=request.query.get("gemt", "") if not error else "",
        month=chosen.name,
        title=month_name(chosen.name),
        row=row,
        by=names.get(row.published_by, row.published_by) if row else "",
        still_to_come=counted.first_answer.to_come + counted.answer.to_come,
        shown=for_everybody(counted, "month"),
        months=[(name, month_name(name), name in rows) for name in sorted(months, reverse=True)],
        published=[
            (name, month_name(name), names.get(one.published_by, one.published_by), one.published_at)
            for name, one in rows.items()
        ],
    )


async def _figures(uow: UnitOfWork, parts: Parts, chosen: _Chosen) -> tuple[Figures, dict[str, int], dict[str, int]]:
    """Return the figures, the inquiries of every month of the trend, and the open cases by phase."""
    counted = await figures(uow, parts.knowledge, chosen.span, parts.now(), chosen.area)
    found = await month_by_month(uow, parts.knowledge, chosen.trend, chosen.area)
    month, months = chosen.last, list[str]()
    while month.begin >= chosen.trend.begin:
        months.append(month.name)
        month = month.before(1)
    return counted, {name: found.get(name, 0) for name in reversed(months)}, await open_by_phase(uow, chosen.area)


def _chosen(parts: Parts, query: Mapping[str, str]) -> _Chosen:
    """Return what the filters ask for. Raises NotAllowed with what to mend."""
    here = local(parts.now())
    this_month = Month.of(here.year, here.month)
    try:
        first = Month.read(query["fra"]) if query.get("fra") else this_month
        last = Month.read(query["til"]) if query.get("til") else max(first, this_month, key=lambda month: month.begin)
    except ValueError:
        raise NotAllowed("Vælg en måned fra listen.") from None
    if last.begin < first.begin:
        raise NotAllowed("Den sidste måned skal ikke ligge før den første.")
    if first.begin < this_month.before(_MONTHS_BACK).begin:
        raise NotAllowed(f"Tallene kan ses {_MONTHS_BACK} måneder tilbage.")
    area = query.get("omraade") or None
    if area is not None and area not in parts.knowledge.areas:
        raise NotAllowed("Vælg et fagområde fra listen.")
    return _Chosen(first, last, area)


def _months(parts: Parts) -> list[tuple[str, str]]:
    here = local(parts.now())
    this_month = Month.of(here.year, here.month)
    names = [this_month.before(count).name for count in range(_MONTHS_BACK)]
    return [(name, month_name(name)) for name in names]


def _heading(chosen: _Chosen) -> str:
    first, last = month_name(chosen.first.name), month_name(chosen.last.name)
    return first if first == last else f"{first} til {last}"
