"""The desk: cases by their next deadline, one case with everything that is known about it, answering, changing the level."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from aiohttp import web
from sqlalchemy.orm.exc import StaleDataError

from knowledge.model import LEVELS
from office import access, conversations, correspondence, history, tickets
from office.errors import NotAllowed
from office.plans import Plan, plan_of, save_plan
from office.store import UnitOfWork
from office.store.tables import Ticket, User
from web.desk_session import FIELDS, SESSION, render_desk
from web.desk_views import case_view, history_view, row_view
from web.errors import PublicError
from web.events import BROKER
from web.parts import parts_of
from web.requests import check_length
from web.visitor_text import is_empty

routes = web.RouteTableDef()
_CASE = "/desk/sager/{reference}"
CHANGED_MEANWHILE = (
    "En anden har ændret sagen, mens du skrev. Det, du har skrevet, står her stadig. Se sagen igennem, og send igen."
)


class _Rejected(Exception):
    """Something the caseworker must mend first: the words, and what was typed, to be shown again."""

    def __init__(self, words: str, field: str, status: int = 422) -> None:
        super().__init__(words)
        self.words = words
        self.field = field
        self.status = status


@routes.get("/desk")
async def list_cases(request: web.Request) -> web.Response:
    """Show the open cases, the next deadline first; mine by default for somebody who is a contact person."""
    parts, user = parts_of(request), _user(request)
    shown = request.query.get("vis") or ("mine" if user.person else "alle")
    mine = shown == "mine"
    async with parts.database.reading() as uow:
        # Somebody who is no contact person has no cases of their own: "" matches none.
        found = await tickets.open_by_deadline(uow, (user.person or "-") if mine else None)
    rows = [row_view(parts, ticket) for ticket in found]
    return render_desk(request, "desk/cases.html", rows=rows, mine=mine, late=sum(row["late"] for row in rows))


@routes.get(_CASE)
async def show_case(request: web.Request) -> web.Response:
    """Show one case, and write in the audit log that it was read."""
    parts = parts_of(request)
    async with parts.database.writing() as uow:
        ticket = await _ticket(uow, request)
        await history.record_view(uow, ticket, _user(request).username, parts.now())
        await uow.commit()
    return await _case_page(request)


@routes.post(f"{_CASE}/svar")
async def reply(request: web.Request) -> web.Response:
    """Answer the business: in the chat at once, and on the follow-up page."""
    fields, parts, user = request[FIELDS], parts_of(request), _user(request)
    try:
        text = _checked_text(request, fields.get("text", ""), "text", "Skriv et svar, før du sender.")
        async with parts.database.writing() as uow:
            ticket = await _unchanged_ticket(uow, request, "text")
            is_answer = bool(fields.get("answers_case"))
            await correspondence.reply_to_business(
                uow, parts.knowledge, ticket, text, user.name, user.username, parts.now(), is_answer
            )
            await _commit(uow, "text")
    except NotAllowed as forbidden:
        return await _case_page(request, _Rejected(str(forbidden), "text"))
    except _Rejected as rejected:
        return await _case_page(request, rejected)
    request.app[BROKER].notify(ticket.conversation_id)
    raise web.HTTPSeeOther(f"/desk/sager/{ticket.reference}?gemt=svar#beskeder")


@routes.post(f"{_CASE}/niveau")
async def change_level(request: web.Request) -> web.Response:
    """Change the level, with the reason, which goes into the history."""
    fields, parts = request[FIELDS], parts_of(request)
    level = fields.get("level", "")
    try:
        if level not in LEVELS:
            raise _Rejected("Vælg et niveau.", "level")
        why = _checked_text(request, fields.get("why", ""), "why", "Skriv kort, hvorfor niveauet ændres.")
        async with parts.database.writing() as uow:
            ticket = await _unchanged_ticket(uow, request, "why")
            actor = _user(request).username
            await tickets.change_level(uow, parts.knowledge, ticket, level, actor, parts.now(), why)
            await _commit(uow, "why")
    except history.NothingToRecord:
        return await _case_page(request, _Rejected("Sagen har allerede det niveau.", "level"))
    except _Rejected as rejected:
        return await _case_page(request, rejected)
    raise web.HTTPSeeOther(f"/desk/sager/{ticket.reference}?gemt=niveau")


@routes.post(f"{_CASE}/plan")
async def change_plan(request: web.Request) -> web.Response:
    """Save the plan; the business is told when the expected day is new or another."""
    fields, parts = request[FIELDS], parts_of(request)
    try:
        plan = _plan_typed(fields)
        async with parts.database.writing() as uow:
            ticket = await _unchanged_ticket(uow, request, "steps")
            await save_plan(
                uow, ticket, plan, _user(request).username, parts.now(), fields.get("plan_why", "").strip() or None
            )
            await _commit(uow, "steps")
    except history.NothingToRecord:
        return await _case_page(request, _Rejected("Planen er den samme som før.", "steps"))
    except NotAllowed as forbidden:
        return await _case_page(request, _Rejected(str(forbidden), "expected"))
    except _Rejected as rejected:
        return await _case_page(request, rejected)
    request.app[BROKER].notify(ticket.conversation_id)
    raise web.HTTPSeeOther(f"/desk/sager/{ticket.reference}?gemt=plan#plan")


def _plan_typed(fields: Mapping[str, str]) -> Plan:
    """Return the plan of the form: a line a step and a permit. Raises _Rejected for a date that is none."""
    permits = _lines(fields.get("permits", ""))
    looked_into = bool(permits or fields.get("no_permits"))
    try:
        expected = date.fromisoformat(fields["expected"]) if fields.get("expected") else None
    except ValueError:
        raise _Rejected("Skriv datoen som 2026-12-31.", "expected") from None
    time, cost = fields.get("time", "").strip(), fields.get("cost", "").strip()
    return Plan(_lines(fields.get("steps", "")), permits if looked_into else None, time, expected, cost)


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


async def _case_page(request: web.Request, rejected: _Rejected | None = None) -> web.Response:
    parts = parts_of(request)
    async with parts.database.reading() as uow:
        ticket = await _ticket(uow, request)
        transcript = await conversations.since(uow, ticket.conversation_id)
        plan = await plan_of(uow, ticket)
        past = history_view(parts, await history.history_of(uow, ticket), await access.names(uow))
    return render_desk(
        request,
        "desk/case.html",
        rejected.status if rejected else 200,
        case=case_view(parts, ticket, transcript),
        history=past,
        plan=plan,
        typed=request.get(FIELDS, {}) if rejected else {},
        rejected=rejected,
        saved="" if rejected else request.query.get("gemt", ""),
    )


async def _ticket(uow: UnitOfWork, request: web.Request) -> Ticket:
    ticket = await tickets.by_reference(uow, request.match_info["reference"])
    if ticket is None:
        raise PublicError("not_found")
    return ticket


async def _unchanged_ticket(uow: UnitOfWork, request: web.Request, field: str) -> Ticket:
    """Return the ticket if it still is the one that the form showed. Raises _Rejected."""
    ticket = await _ticket(uow, request)
    if str(ticket.version) != request[FIELDS].get("version"):
        raise _Rejected(CHANGED_MEANWHILE, field, status=409)
    return ticket


async def _commit(uow: UnitOfWork, field: str) -> None:
    try:
        await uow.commit()
    except StaleDataError:
        raise _Rejected(CHANGED_MEANWHILE, field, status=409) from None


def _checked_text(request: web.Request, text: str, field: str, when_empty: str) -> str:
    if is_empty(text):
        raise _Rejected(when_empty, field)
    try:
        check_length(request, text)
    except PublicError as error:
        raise _Rejected(error.message("da"), field) from None
    return text


def _user(request: web.Request) -> User:
    return request[SESSION].user
