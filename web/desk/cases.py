"""One case at the desk: everything that is known about it, answering, changing level and areas, and the plan."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from aiohttp import web

from knowledge.model import LEVELS
from office import access, history, tickets
from office.enclosures import Enclosed, reply_with_files
from office.errors import NotAllowed
from office.plans import Plan, save_plan
from office.store import UnitOfWork
from office.store.tables import Ticket
from web.desk.case_files import files_of_form
from web.desk.case_page import (
    CASE,
    Rejected,
    carry_out,
    case_page,
    commit,
    done,
    save,
    ticket_of,
    typed_text,
    unchanged_ticket,
    user_of,
)
from web.desk.session import FIELDS, render_desk
from web.desk.views import history_view
from web.events import BROKER
from web.parts import parts_of
from web.requests import whole_number

routes = web.RouteTableDef()


@routes.get(CASE)
async def show_case(request: web.Request) -> web.Response:
    """Show one case, and write in the audit log that it was read."""
    parts = parts_of(request)
    async with parts.database.writing() as uow:
        ticket = await ticket_of(uow, request)
        await history.record_view(uow, ticket, user_of(request).username, parts.now())
        await uow.commit()
    return await case_page(request)


@routes.get(f"{CASE}/aendret")
async def changed_since(request: web.Request) -> web.Response:
    """Tell a page that stands open who has changed the case since; it asks now and then (htmx), and stops when it knows."""
    parts = parts_of(request)
    async with parts.database.reading() as uow:
        ticket = await ticket_of(uow, request)
    if str(ticket.version) == request.query.get("version"):
        return web.Response(status=204)
    async with parts.database.writing() as uow:
        await history.record_view(uow, ticket, user_of(request).username, parts.now())
        await uow.commit()
    async with parts.database.reading() as uow:
        seen = whole_number("seen", request.query.get("seen", ""))
        rows = await history.changes_after(uow, ticket, seen)
        changes = history_view(parts, rows, await access.names(uow, parts.knowledge.people))
    return render_desk(request, "desk/case_changed.html", changes=changes, reference=ticket.reference)


@routes.post(f"{CASE}/svar")
async def reply(request: web.Request) -> web.Response:
    """Answer the business: in the chat at once, and on the follow-up page, with files if there are any."""
    fields, parts, user = request[FIELDS], parts_of(request), user_of(request)
    try:
        async with files_of_form(request, "reply_files") as kept:
            text = typed_text(request, "text", "Skriv et svar, før du sender.")
            enclosed = Enclosed(kept, _numbers_ticked(fields))

            async def command(uow: UnitOfWork, ticket: Ticket) -> None:
                is_answer = bool(fields.get("answers_case"))
                await reply_with_files(
                    uow, parts.knowledge, ticket, text, enclosed, user.name, user.username, parts.now(), is_answer
                )

            await carry_out(request, command, "text")
    except Rejected as rejected:
        return await case_page(request, rejected)
    raise done(request, "svar", "beskeder")


def _numbers_ticked(fields: Mapping[str, str]) -> set[int]:
    """Return the numbers of the case's own files that are to go with the reply."""
    ticked = (name.removeprefix("send-") for name in fields if name.startswith("send-"))
    return {whole_number("fil", number) for number in ticked}


@routes.post(f"{CASE}/niveau")
async def change_triage(request: web.Request) -> web.Response:
    """Change level and areas, with the reason, which goes into the history."""
    fields, parts, user = request[FIELDS], parts_of(request), user_of(request)

    async def command(uow: UnitOfWork, ticket: Ticket) -> None:
        level = fields.get("level", "")
        if level not in LEVELS:
            raise Rejected("Vælg et niveau.", "level")
        why = typed_text(request, "why", "Skriv kort, hvorfor niveau eller fagområder ændres.")
        areas = _areas_ticked(fields) if fields.get("areas_shown") else [*ticket.areas, *ticket.authorities]
        try:
            await tickets.change_triage(uow, parts.knowledge, ticket, level, areas, user.username, parts.now(), why)
        except history.NothingToRecord:
            raise Rejected("Sagen har allerede det niveau og de fagområder.", "level") from None
        except NotAllowed as forbidden:
            raise Rejected(str(forbidden), "areas") from None

    return await save(request, command, "why", "niveau", "triage")


def _areas_ticked(fields: Mapping[str, str]) -> list[str]:
    return [name.removeprefix("area-") for name in fields if name.startswith("area-")]


@routes.post(f"{CASE}/plan")
async def change_plan(request: web.Request) -> web.Response:
    """Save the plan; the business is told when the expected day is new or another."""
    fields, parts = request[FIELDS], parts_of(request)
    try:
        plan = _plan_typed(fields)
        async with parts.database.writing() as uow:
            ticket = await unchanged_ticket(uow, request, "steps")
            await save_plan(
                uow, ticket, plan, user_of(request).username, parts.now(), fields.get("plan_why", "").strip() or None
            )
            await commit(uow, "steps")
    except history.NothingToRecord:
        return await case_page(request, Rejected("Planen er den samme som før.", "steps"))
    except NotAllowed as forbidden:
        return await case_page(request, Rejected(str(forbidden), "expected"))
    except Rejected as rejected:
        return await case_page(request, rejected)
    request.app[BROKER].notify(ticket.conversation_id)
    raise web.HTTPSeeOther(f"/desk/sager/{ticket.reference}?gemt=plan#plan")


def _plan_typed(fields: Mapping[str, str]) -> Plan:
    """Return the plan of the form: a line a step and a permit. Raises Rejected for a date that is none."""
    permits = _lines(fields.get("permits", ""))
    looked_into = bool(permits or fields.get("no_permits"))
    try:
        expected = date.fromisoformat(fields["expected"]) if fields.get("expected") else None
    except ValueError:
        raise Rejected("Skriv datoen som 2026-12-31.", "expected") from None
    time, cost = fields.get("time", "").strip(), fields.get("cost", "").strip()
    return Plan(_lines(fields.get("steps", "")), permits if looked_into else None, time, expected, cost)


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())
