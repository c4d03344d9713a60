"""/desk/kontor: opening hours, closing days and promises as office.yml has them, and what a change of them would move.

Nothing is saved here: office.yml is edited as text. The page gives the lines to put there, and beforehand shows which
deadlines of open cases move and who is told, counted by the same rules as when the change comes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from aiohttp import web
from babel.dates import get_day_names

from knowledge.model import WEEKDAYS, Office
from knowledge.office_file import periods_in_words
from knowledge.office_lines import closing_day_line, hours_line
from office import office_preview
from office.clock import local
from office.contact import contact_person
from office.errors import NotAllowed
from office.office_preview import MovedDeadline
from web.desk.case_page import user_of
from web.desk.sections import may_enter
from web.desk.session import render_desk
from web.parts import Parts, parts_of

routes = web.RouteTableDef()
_DAYS = {day: get_day_names("wide", locale="da")[number] for number, day in enumerate(WEEKDAYS)}
_MOST_SHOWN = 100
_PROMISED = {
    "first_answer_hours": "Første svar, timer på arbejdsdage",
    "answer_working_days": "Svar med indhold, arbejdsdage",
    "screening_working_days": "Screening, arbejdsdage",
    "first_answer_reminder_hours": "Påmindelse før fristen for et svar, åbningstimer",
    "answer_reminder_hours": "Påmindelse før screening og svar med indhold, åbningstimer",
    "handback_hours": "Koordinatoren tager sagen efter overskredet frist, åbningstimer",
}


@dataclass(frozen=True)
class _Plan:
    """A change thought of: the office with it, and where which lines go in office.yml."""

    office: Office
    under: str
    lines: tuple[str, ...]
    what: str


@routes.get("/desk/kontor")
async def show_office(request: web.Request) -> web.Response:
    """Show the office's times, and what a change typed into one of the forms would move."""
    parts, user = parts_of(request), user_of(request)
    plan, error, moved = None, None, list[MovedDeadline]()
    form = request.query.get("form", "")
    try:
        plan = _plan_typed(parts.knowledge.office, request.query) if form else None
    except NotAllowed as forbidden:
        error = str(forbidden)
    if plan:
        async with parts.database.reading() as uow:
            moved = await office_preview.moved_deadlines(uow, parts.knowledge, plan.office, parts.now())
    this_year = local(parts.now()).year
    return render_desk(
        request,
        "desk/office.html",
        422 if error else 200,
        form=form,
        error=error,
        typed=dict(request.query),
        plan=plan,
        moved=[_view(parts, move) for move in moved[:_MOST_SHOWN]],
        moved_count=len(moved),
        told_count=sum(move.told for move in moved),
        opens_cases=may_enter(user.role, "/desk/sager"),
        years=[(year, office_preview.closed_days(parts.knowledge.office, year)) for year in (this_year, this_year + 1)],
        weekdays=_DAYS,
        hours_typed={day: _typed_hours(parts.knowledge.office, day) for day in WEEKDAYS},
        promised=[(words, getattr(parts.knowledge.office.promises, name)) for name, words in _PROMISED.items()],
    )


def _plan_typed(office: Office, typed: Mapping[str, str]) -> _Plan:
    """Return the change of whichever form was sent. Raises NotAllowed with what to mend."""
    if typed.get("form") == "aabningstid":
        weekday = typed.get("dag", "")
        if weekday not in WEEKDAYS:
            raise NotAllowed("Vælg en ugedag.")
        periods = office_preview.read_periods(typed.get("tider", ""))
        words = f"kl. {periods_in_words(periods)}" if periods else "lukket"
        changed = office_preview.with_hours(office, weekday, periods)
        return _Plan(changed, "hours", (hours_line(weekday, periods),), f"{_DAYS[weekday].capitalize()}: {words}")
    first = _day(typed.get("fra", ""))
    last = _day(typed["til"]) if typed.get("til") else first
    days = office_preview.closing_days(first, last, typed.get("navn", ""), bool(typed.get("hvert_aar")))
    changed = office_preview.with_closing_days(office, days)
    return _Plan(
        changed, "closing_days", tuple(map(closing_day_line, days)), f"Lukket: {typed.get('navn', '').strip()}"
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotAllowed("Vælg den dag, kontoret skal holde lukket.") from None


def _typed_hours(office: Office, weekday: str) -> str:
    """Return a day's hours as the form takes them."""
    periods = office.hours.get(weekday, ())
    return periods_in_words(periods).replace(" og ", ", ") if periods else "lukket"


def _view(parts: Parts, move: MovedDeadline) -> dict[str, Any]:
    return {
        "reference": move.ticket.reference,
        "title": move.ticket.title,
        "person": contact_person(parts.knowledge, move.ticket)["name"],
        "name": move.name,
        "before": move.before,
        "after": move.after,
        "earlier": move.after < move.before,
        "told": move.told,
    }
