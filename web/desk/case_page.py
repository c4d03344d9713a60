"""The page of one case at the desk, and what its forms share: the case as it was shown, saving it, and what must be mended."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy.orm.exc import StaleDataError

from office import access, conversations, files, history, meetings, tickets
from office.plans import plan_of
from office.store import UnitOfWork
from office.store.tables import Ticket, User
from web.desk.session import FIELDS, SESSION, render_desk
from web.desk.views import case_view, history_view
from web.errors import PublicError
from web.parts import parts_of
from web.requests import check_length
from web.visitor_text import is_empty

CASE = "/desk/sager/{reference}"
CHANGED_MEANWHILE = (
    "En anden har ændret sagen, mens du skrev. Det, du har skrevet, står her stadig. Se sagen igennem, og send igen."
)


class Rejected(Exception):
    """Something the caseworker must mend first: the words, and what was typed, to be shown again."""

    def __init__(self, words: str, field: str, status: int = 422) -> None:
        super().__init__(words)
        self.words = words
        self.field = field
        self.status = status


async def case_page(request: web.Request, rejected: Rejected | None = None) -> web.Response:
    """Return the page of the case, with what was typed when something must be mended first."""
    parts = parts_of(request)
    async with parts.database.reading() as uow:
        ticket = await ticket_of(uow, request)
        transcript = await conversations.since(uow, ticket.conversation_id)
        plan = await plan_of(uow, ticket)
        sent_in = await files.files_of(uow, ticket)
        planned = [(meeting, meetings.times_of(meeting)) for meeting in await meetings.meetings_of(uow, ticket)]
        past = history_view(parts, await history.history_of(uow, ticket), await access.names(uow))
    return render_desk(
        request,
        "desk/case.html",
        rejected.status if rejected else 200,
        case=case_view(parts, ticket, transcript),
        history=past,
        plan=plan,
        files=sent_in,
        meetings=planned,
        link_open=ticket.link_revoked_at is None,
        typed=request.get(FIELDS, {}) if rejected else {},
        rejected=rejected,
        saved="" if rejected else request.query.get("gemt", ""),
    )


async def ticket_of(uow: UnitOfWork, request: web.Request) -> Ticket:
    """Return the case of the address. Raises PublicError "not_found"."""
    ticket = await tickets.by_reference(uow, request.match_info["reference"])
    if ticket is None:
        raise PublicError("not_found")
    return ticket


async def unchanged_ticket(uow: UnitOfWork, request: web.Request, field: str) -> Ticket:
    """Return the ticket if it still is the one that the form showed. Raises Rejected."""
    ticket = await ticket_of(uow, request)
    if str(ticket.version) != request[FIELDS].get("version"):
        raise Rejected(CHANGED_MEANWHILE, field, status=409)
    return ticket


async def commit(uow: UnitOfWork, field: str) -> None:
    """Save. Raises Rejected when somebody else has saved the case meanwhile."""
    try:
        await uow.commit()
    except StaleDataError:
        raise Rejected(CHANGED_MEANWHILE, field, status=409) from None


def checked_text(request: web.Request, text: str, field: str, when_empty: str) -> str:
    """Return a text that says something and is not too long. Raises Rejected."""
    if is_empty(text):
        raise Rejected(when_empty, field)
    try:
        check_length(request, text)
    except PublicError as error:
        raise Rejected(error.message("da"), field) from None
    return text


def user_of(request: web.Request) -> User:
    """Return who is logged in."""
    return request[SESSION].user
