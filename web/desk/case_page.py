"""The page of one case at the desk, and what its forms share: the case as it was shown, saving it, and what must be mended."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.orm.exc import StaleDataError

from office import access, conversations, files, history, involvement, meetings, notes, tickets
from office.clock import local
from office.errors import NotAllowed
from office.people import away_until, task_force
from office.plans import in_danish, plan_of
from office.store import UnitOfWork
from office.store.tables import Ticket, User
from web.desk.session import FIELDS, SESSION, render_desk
from web.desk.views import case_view, colleagues_view, file_view, history_view, involvement_view
from web.errors import PublicError
from web.events import BROKER
from web.parts import Parts, parts_of
from web.requests import check_length, whole_number
from web.uploads import rules_view
from web.visitor_text import is_empty

CASE = "/desk/sager/{reference}"
CHANGED_MEANWHILE = (
    "En anden har ændret sagen, mens du skrev. Det, du har skrevet, står her stadig. Se sagen igennem, og send igen."
)
Command = Callable[[UnitOfWork, Ticket], Awaitable[object]]
_MESSAGES, _OLDER_MESSAGES, _HISTORY = 15, 40, 30


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
        names = await access.names(uow, parts.knowledge.people)
        shown = {
            **await _talk(uow, request, parts, ticket),
            **await _past(uow, request, parts, ticket, names),
            **await _work(uow, parts, ticket, names),
            "meanwhile": await _meanwhile(uow, request, parts, ticket, names, rejected),
        }
    return render_desk(
        request,
        "desk/case.html",
        rejected.status if rejected else 200,
        **shown,
        link_open=ticket.link_revoked_at is None,
        typed=request.get(FIELDS, {}) if rejected else {},
        rejected=rejected,
        saved="" if rejected else request.query.get("gemt", ""),
    )


async def _talk(uow: UnitOfWork, request: web.Request, parts: Parts, ticket: Ticket) -> dict[str, Any]:
    """Return the last messages, or those before a number; long conversations are read page by page."""
    before = whole_number("samtale", request.query.get("samtale", ""))
    limit = _OLDER_MESSAGES if before else _MESSAGES
    said = await conversations.latest(uow, ticket.conversation_id, before, limit)
    earlier = said[0].seq if said and said[0].seq > 1 else 0
    return {"case": case_view(parts, ticket, said), "earlier_messages": earlier, "older_shown": bool(before)}


async def _past(
    uow: UnitOfWork, request: web.Request, parts: Parts, ticket: Ticket, names: dict[str, str]
) -> dict[str, Any]:
    before = whole_number("historik", request.query.get("historik", ""))
    rows = await history.newest_first(uow, ticket, before, _HISTORY + 1)
    newest = rows[0].id if rows and not before else await _newest(uow, ticket)
    why = await history.last_change_of(uow, ticket, ("level", "areas", "authorities"))
    return {
        "history": history_view(parts, rows[:_HISTORY], names),
        "earlier_history": rows[_HISTORY - 1].id if len(rows) > _HISTORY else 0,
        "history_open": bool(before),
        "seen": newest,
        "triage_changed": history_view(parts, [why], names)[0] if why else None,
    }


async def _newest(uow: UnitOfWork, ticket: Ticket) -> int:
    rows = await history.newest_first(uow, ticket, limit=1)
    return rows[0].id if rows else 0


async def _work(uow: UnitOfWork, parts: Parts, ticket: Ticket, names: dict[str, str]) -> dict[str, Any]:
    asked = await involvement.involvements_of(uow, ticket)
    today = local(parts.now()).date()
    force = await task_force(uow, parts.knowledge, today)
    plan = await plan_of(uow, ticket)
    return {
        "plan": plan,
        "plan_in_danish": in_danish(plan, parts.knowledge.cases.get(ticket.case_type or "")),
        "files": [file_view(file, names) for file in await files.files_of(uow, ticket)],
        "uploads": rules_view(parts.knowledge.office.uploads),
        "meetings": [(meeting, meetings.times_of(meeting)) for meeting in await meetings.meetings_of(uow, ticket)],
        "notes": [(note, names.get(note.written_by, note.written_by)) for note in await notes.notes_of(uow, ticket)],
        "involved": [involvement_view(parts, row, names) for row in asked],
        "colleagues": colleagues_view(parts),
        "at_work": [(person.id, person.name) for person in force.people.values() if not person.absence_on(today)],
        "away": await away_until(uow, parts.knowledge, ticket.contact_person, parts.now()),
        "today": today,
        "person_names": {person.id: person.name for person in parts.knowledge.people.values()},
    }


async def _meanwhile(
    uow: UnitOfWork,
    request: web.Request,
    parts: Parts,
    ticket: Ticket,
    names: dict[str, str],
    rejected: Rejected | None,
) -> list[dict[str, Any]]:
    """Return what others did to the case while this caseworker was writing, to be read before sending again."""
    if rejected is None or rejected.status != 409:
        return []
    seen = request[FIELDS].get("seen", "")
    number = whole_number("seen", seen) if seen.isascii() and seen.isdigit() else 0
    rows = await history.changes_after(uow, ticket, number) if number else []
    return history_view(parts, rows, names)


async def save(
    request: web.Request, command: Command, field: str, saved: str, anchor: str = "", adds_only: bool = False
) -> web.Response:
    """Carry a form out in one unit of work and go back to the case; what must be mended is shown at `field`.

    What only adds to the case, as a note does, can overwrite nothing and needs no unchanged case (`adds_only`).
    """
    try:
        await carry_out(request, command, field, adds_only)
    except Rejected as rejected:
        return await case_page(request, rejected)
    raise done(request, saved, anchor or field)


async def carry_out(request: web.Request, command: Command, field: str, adds_only: bool = False) -> None:
    """Carry a form out in one unit of work, and tell who listens. Raises Rejected with what must be mended at `field`."""
    try:
        async with parts_of(request).database.writing() as uow:
            ticket = await (ticket_of(uow, request) if adds_only else unchanged_ticket(uow, request, field))
            await command(uow, ticket)
            await commit(uow, field)
    except NotAllowed as forbidden:
        raise Rejected(str(forbidden), field) from None
    except history.NothingToRecord:
        raise Rejected("Det er allerede gjort.", field) from None
    request.app[BROKER].notify(ticket.conversation_id)


def done(request: web.Request, saved: str, anchor: str) -> web.HTTPSeeOther:
    """Return the way back to the case after a form, where `saved` says what was done."""
    return web.HTTPSeeOther(f"/desk/sager/{request.match_info['reference']}?gemt={saved}#{anchor}")


async def ticket_of(uow: UnitOfWork, request: web.Request) -> Ticket:
    """Return the case of the address. Raises PublicError "not_found"."""
    ticket = await tickets.by_reference(uow, request.match_info["reference"])
    if ticket is None:
        raise PublicError("not_found")
    return ticket


async def unchanged_ticket(uow: UnitOfWork, request: web.Request, field: str) -> Ticket:
    """Return the ticket if it still is the one that the form showed, and let it be another afterwards. Raises Rejected.

    The plan, questions and messages lie in tables of their own: without the mark, saving them would leave the ticket's
    version as it was, and the next one would overwrite them unseen.
    """
    ticket = await ticket_of(uow, request)
    if str(ticket.version) != request[FIELDS].get("version"):
        raise Rejected(CHANGED_MEANWHILE, field, status=409)
    flag_modified(ticket, "assignment_reason")
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


def typed_text(request: web.Request, field: str, when_empty: str) -> str:
    """Return what was typed in a field that must say something. Raises Rejected."""
    return checked_text(request, request[FIELDS].get(field, ""), field, when_empty)


def optional_text(request: web.Request, field: str) -> str:
    """Return what was typed in a field that may be left empty. Raises Rejected when it is too long."""
    text = request[FIELDS].get(field, "")
    return checked_text(request, text, field, "") if not is_empty(text) else ""


def user_of(request: web.Request) -> User:
    """Return who is logged in."""
    return request[SESSION].user
