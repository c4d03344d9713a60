"""/desk/folk: who is in the task force, who is away and when, and who is on duty.

Before days away are set or ended the page shows which cases would go to whom; only then are they saved, and the cases move at
once while the office is open. A caseworker sees the own days and the duty roster, no one else's absences.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from aiohttp import web

from knowledge.model import Absence, Knowledge, Person
from office import absence_preview, people, workload
from office.absence_preview import Preview
from office.assignment import on_duty
from office.clock import local
from office.errors import NotAllowed
from office.handover import cover_absences
from office.store.tables import AbsenceEntry
from web.desk.case_page import user_of
from web.desk.sections import LEADERS
from web.desk.session import FIELDS, render_desk
from web.errors import PublicError
from web.events import BROKER
from web.parts import parts_of
from web.requests import whole_number

routes = web.RouteTableDef()
_PEOPLE, _ABSENCE, _END, _DUTY = "/desk/folk", "/desk/folk/fravaer", "/desk/folk/fravaer/slut", "/desk/folk/vagt"
_ROSTER_DAYS = 15
_CHANGED = "Der er sket noget med sagerne, siden du så listen. Se den igen her, og gem, hvis det stadig er rigtigt."
_DUTY_CHANGED = "En anden har ændret vagten, mens du så på den. Se, hvem der har den nu, og vælg igen."
SAVED = {
    "fravaer": "Fraværet er gemt.",
    "slut": "Fraværet er slettet.",
    "vagt": "Vagten er ændret.",
}


class _Changed(Exception):
    """Something else would happen by now than what was shown."""


@routes.get(_PEOPLE)
async def show_people(request: web.Request) -> web.Response:
    """Show the task force to leaders, and the own days and the roster to a caseworker."""
    parts, user = parts_of(request), user_of(request)
    today, leads = local(parts.now()).date(), user.role in LEADERS
    async with parts.database.reading() as uow:
        force = await people.task_force(uow, parts.knowledge, today)
        loads = await workload.open_cases(uow)
        set_here = await people.absences_set(uow, today)
    seen = [p for p in force.people.values() if leads or p.id == user.person]
    return render_desk(
        request,
        "desk/people.html",
        leads=leads,
        people=[_person_view(person, parts.knowledge, loads, set_here, today) for person in seen],
        roster=people.roster(force, today, _ROSTER_DAYS),
        everybody=list(force.people.values()),
        today=today,
        saved=SAVED.get(request.query.get("gemt", "")),
        moved=whole_number("flyttet", request.query.get("flyttet", "")),
    )


@routes.get(_ABSENCE)
async def preview_absence(request: web.Request) -> web.Response:
    """Show what follows from days away, before they are saved."""
    return await _absence_page(request, request.query)


@routes.post(_ABSENCE)
async def set_absence(request: web.Request) -> web.Response:
    """Save days away, unless something else would follow by now than was shown."""
    fields, parts = request[FIELDS], parts_of(request)
    try:
        person, absence = _absence_typed(fields)
        async with parts.database.writing() as uow:
            preview = await absence_preview.of_setting(uow, parts.knowledge, person, absence, parts.now())
            _check_seen(preview, fields)
            await people.set_absence(uow, parts.knowledge, person, absence, user_of(request).username, parts.now())
            await uow.commit()
    except _Changed:
        return await _absence_page(request, fields, _CHANGED, 409)
    except NotAllowed as forbidden:
        return await _absence_page(request, fields, str(forbidden))
    raise web.HTTPSeeOther(f"{_PEOPLE}?gemt=fravaer&flyttet={await _move_cases(request)}")


@routes.get(_END)
async def preview_end(request: web.Request) -> web.Response:
    """Show what follows from taking days away back, before it is done."""
    return await _end_page(request, request.query.get("nr", ""))


@routes.post(_END)
async def end_absence(request: web.Request) -> web.Response:
    """Take days away back, unless something else would follow by now than was shown."""
    fields, parts = request[FIELDS], parts_of(request)
    number = fields.get("nr", "")
    try:
        async with parts.database.writing() as uow:
            absence_id = whole_number("nr", number)
            _, preview = await absence_preview.of_ending(uow, parts.knowledge, absence_id, parts.now())
            _check_seen(preview, fields)
            await people.end_absence(uow, absence_id, user_of(request).username, parts.now())
            await uow.commit()
    except _Changed:
        return await _end_page(request, number, _CHANGED)
    except NotAllowed:
        raise PublicError("not_found") from None
    raise web.HTTPSeeOther(f"{_PEOPLE}?gemt=slut&flyttet={await _move_cases(request)}")


@routes.get(_DUTY)
async def show_duty(request: web.Request) -> web.Response:
    """Show who is on duty on one day, and let another be chosen."""
    return await _duty_page(request, request.query.get("dag", ""))


@routes.post(_DUTY)
async def set_duty(request: web.Request) -> web.Response:
    """Put somebody else on duty, or let the weekdays decide again."""
    fields, parts, actor = request[FIELDS], parts_of(request), user_of(request).username
    text = fields.get("dag", "")
    try:
        day = _day(text, "Vælg en dag.")
        async with parts.database.writing() as uow:
            if (await people.duty_set(uow, day) or "") != fields.get("was", ""):
                raise _Changed
            force = await people.task_force(uow, parts.knowledge, local(parts.now()).date())
            if fields.get("person"):
                await people.set_duty(uow, force, day, fields["person"], actor, parts.now())
            else:
                await people.clear_duty(uow, day, actor, parts.now())
            await uow.commit()
    except _Changed:
        return await _duty_page(request, text, _DUTY_CHANGED, 409)
    except NotAllowed as forbidden:
        return await _duty_page(request, text, str(forbidden))
    raise web.HTTPSeeOther(f"{_PEOPLE}?gemt=vagt#vagt")


def _check_seen(preview: Preview, fields: Mapping[str, str]) -> None:
    if preview.fingerprint() != fields.get("seen"):
        raise _Changed


async def _move_cases(request: web.Request) -> int:
    """Let cases change hands now instead of with the next sweep. Returns how many did; none while the office is closed."""
    parts = parts_of(request)
    async with parts.database.writing() as uow:
        moved = await cover_absences(uow, parts.knowledge, parts.now())
        await uow.commit()
    for ticket in moved:
        request.app[BROKER].notify(ticket.conversation_id)
    return len(moved)


async def _absence_page(
    request: web.Request, typed: Mapping[str, str], error: str | None = None, status: int = 422
) -> web.Response:
    """Return the form with what follows from what was typed, as far as that can be said."""
    parts, preview = parts_of(request), None
    try:
        person, absence = _absence_typed(typed)
        async with parts.database.reading() as uow:
            preview = await absence_preview.of_setting(uow, parts.knowledge, person, absence, parts.now())
    except NotAllowed as forbidden:
        error = error or str(forbidden)
    return render_desk(
        request,
        "desk/absence.html",
        status if error else 200,
        error=error,
        typed={name: typed.get(name, "") for name in ("person", "first", "last", "substitute")},
        everybody=list(parts.knowledge.people.values()),
        chosen=parts.knowledge.people.get(typed.get("person", "")),
        preview=preview,
        **_timing(request, preview),
    )


async def _end_page(request: web.Request, number: str, error: str | None = None) -> web.Response:
    parts = parts_of(request)
    try:
        async with parts.database.reading() as uow:
            entry, preview = await absence_preview.of_ending(
                uow, parts.knowledge, whole_number("nr", number), parts.now()
            )
    except NotAllowed:
        raise PublicError("not_found") from None
    person = parts.knowledge.people.get(entry.person)
    return render_desk(
        request,
        "desk/absence_end.html",
        409 if error else 200,
        error=error,
        entry=entry,
        name=person.name if person else entry.person,
        substitute=_name(parts.knowledge, entry.substitute),
        preview=preview,
        **_timing(request, preview),
    )


def _timing(request: web.Request, preview: Preview | None) -> dict[str, Any]:
    """Return whether what follows comes at once: the office is open, and it is about today."""
    parts = parts_of(request)
    today = local(parts.now()).date()
    return {"at_once": preview is not None and preview.day == today and parts.calendar.is_open(parts.now())}


async def _duty_page(request: web.Request, text: str, error: str | None = None, status: int = 422) -> web.Response:
    parts = parts_of(request)
    try:
        day = _day(text, "")
    except NotAllowed:
        raise PublicError("not_found") from None
    async with parts.database.reading() as uow:
        force = await people.task_force(uow, parts.knowledge, local(parts.now()).date())
        chosen = await people.duty_set(uow, day)
    if day < local(parts.now()).date() or not parts.calendar.is_working_day(day):
        raise PublicError("not_found")
    (now,) = people.roster(force, day, 1)
    return render_desk(
        request,
        "desk/duty.html",
        status if error else 200,
        error=error,
        now=now,
        was=chosen or "",
        usual=_usual(force, day),
        everybody=[person for person in force.people.values() if not person.absence_on(day)],
    )


def _usual(force: Knowledge, day: date) -> Person | None:
    """Return whom the weekdays of people.yml put on duty, were nothing set at the desk."""
    people_by_weekday = {person.id: replace(person, duty_days=()) for person in force.people.values()}
    return on_duty(replace(force, people=people_by_weekday), day)


def _absence_typed(fields: Mapping[str, str]) -> tuple[str, Absence]:
    """Return the person id and the days of the form. Raises NotAllowed with what to mend."""
    if not fields.get("person"):
        raise NotAllowed("Vælg, hvem der er væk.")
    first = _day(fields.get("first", ""), "Vælg den første dag.")
    last = _day(fields.get("last", ""), "Vælg den sidste dag.")
    return fields["person"], Absence(first, last, "", fields.get("substitute") or None)


def _day(text: str, when_unreadable: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotAllowed(when_unreadable) from None


def _person_view(
    person: Person, knowledge: Knowledge, loads: Mapping[str, int], set_here: list[AbsenceEntry], today: date
) -> dict[str, Any]:
    """Return what a row shows: load in words, days away from here (which can be taken back) and from people.yml."""
    from_file = knowledge.people[person.id].absences
    away = person.absence_on(today)
    return {
        "id": person.id,
        "name": person.name,
        "title": person.title,
        "areas": knowledge.area_titles(person.areas),
        "open": loads.get(person.id, 0),
        "capacity": person.capacity,
        "full": loads.get(person.id, 0) >= person.capacity,
        "away": away is not None,
        "absences": [
            {"id": row.id, "first": row.first, "last": row.last, "substitute": _name(knowledge, row.substitute)}
            for row in set_here
            if row.person == person.id
        ]
        + [
            {"id": None, "first": a.first, "last": a.last, "substitute": _name(knowledge, a.substitute)}
            for a in from_file
            if a.last >= today
        ],
    }


def _name(knowledge: Knowledge, person: str | None) -> str | None:
    found = knowledge.people.get(person or "")
    return found.name if found else person
