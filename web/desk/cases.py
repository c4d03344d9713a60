"""The desk: cases by their next deadline, one case with everything that is known about it, answering, changing the level."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from aiohttp import web

from knowledge.model import LEVELS
from office import correspondence, history, tickets
from office.errors import NotAllowed
from office.plans import Plan, save_plan
from web.desk.case_page import CASE, Rejected, case_page, checked_text, commit, ticket_of, unchanged_ticket, user_of
from web.desk.session import FIELDS, render_desk
from web.desk.views import row_view
from web.events import BROKER
from web.parts import parts_of

routes = web.RouteTableDef()


@routes.get("/desk")
async def list_cases(request: web.Request) -> web.Response:
    """Show the open cases, the next deadline first; mine by default for somebody who is a contact person."""
    parts, user = parts_of(request), user_of(request)
    shown = request.query.get("vis") or ("mine" if user.person else "alle")
    mine = shown == "mine"
    async with parts.database.reading() as uow:
        # Somebody who is no contact person has no cases of their own: "" matches none.
        found = await tickets.open_by_deadline(uow, (user.person or "-") if mine else None)
    rows = [row_view(parts, ticket) for ticket in found]
    return render_desk(request, "desk/cases.html", rows=rows, mine=mine, late=sum(row["late"] for row in rows))


@routes.get(CASE)
async def show_case(request: web.Request) -> web.Response:
    """Show one case, and write in the audit log that it was read."""
    parts = parts_of(request)
    async with parts.database.writing() as uow:
        ticket = await ticket_of(uow, request)
        await history.record_view(uow, ticket, user_of(request).username, parts.now())
        await uow.commit()
    return await case_page(request)


@routes.post(f"{CASE}/svar")
async def reply(request: web.Request) -> web.Response:
    """Answer the business: in the chat at once, and on the follow-up page."""
    fields, parts, user = request[FIELDS], parts_of(request), user_of(request)
    try:
        text = checked_text(request, fields.get("text", ""), "text", "Skriv et svar, før du sender.")
        async with parts.database.writing() as uow:
            ticket = await unchanged_ticket(uow, request, "text")
            is_answer = bool(fields.get("answers_case"))
            await correspondence.reply_to_business(
                uow, parts.knowledge, ticket, text, user.name, user.username, parts.now(), is_answer
            )
            await commit(uow, "text")
    except NotAllowed as forbidden:
        return await case_page(request, Rejected(str(forbidden), "text"))
    except Rejected as rejected:
        return await case_page(request, rejected)
    request.app[BROKER].notify(ticket.conversation_id)
    raise web.HTTPSeeOther(f"/desk/sager/{ticket.reference}?gemt=svar#beskeder")


@routes.post(f"{CASE}/niveau")
async def change_level(request: web.Request) -> web.Response:
    """Change the level, with the reason, which goes into the history."""
    fields, parts = request[FIELDS], parts_of(request)
    level = fields.get("level", "")
    try:
        if level not in LEVELS:
            raise Rejected("Vælg et niveau.", "level")
        why = checked_text(request, fields.get("why", ""), "why", "Skriv kort, hvorfor niveauet ændres.")
        async with parts.database.writing() as uow:
            ticket = await unchanged_ticket(uow, request, "why")
            actor = user_of(request).username
            await tickets.change_level(uow, parts.knowledge, ticket, level, actor, parts.now(), why)
            await commit(uow, "why")
    except history.NothingToRecord:
        return await case_page(request, Rejected("Sagen har allerede det niveau.", "level"))
    except Rejected as rejected:
        return await case_page(request, rejected)
    raise web.HTTPSeeOther(f"/desk/sager/{ticket.reference}?gemt=niveau")


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
