"""The desk: cases by their next deadline, one case with everything that is known about it, answering, changing the level."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy.orm.exc import StaleDataError

from knowledge.model import LEVELS
from office import access, conversations, correspondence, history, tickets
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
            await correspondence.reply_to_business(uow, ticket, text, user.name, user.username, parts.now(), is_answer)
            await _commit(uow, "text")
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
            await tickets.change(uow, ticket, {"level": level}, _user(request).username, parts.now(), why)
            await _commit(uow, "why")
    except history.NothingToRecord:
        return await _case_page(request, _Rejected("Sagen har allerede det niveau.", "level"))
    except _Rejected as rejected:
        return await _case_page(request, rejected)
    raise web.HTTPSeeOther(f"/desk/sager/{ticket.reference}?gemt=niveau")


async def _case_page(request: web.Request, rejected: _Rejected | None = None) -> web.Response:
    parts = parts_of(request)
    async with parts.database.reading() as uow:
        ticket = await _ticket(uow, request)
        transcript = await conversations.since(uow, ticket.conversation_id)
        past = history_view(await history.history_of(uow, ticket), await access.names(uow))
    return render_desk(
        request,
        "desk/case.html",
        rejected.status if rejected else 200,
        case=case_view(parts, ticket, transcript),
        history=past,
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
