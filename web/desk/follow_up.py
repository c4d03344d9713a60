"""The desk's side of the business' page: asking for material, meetings, and the link."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from aiohttp import web

from office import contact, material, meetings
from office.clock import COPENHAGEN
from office.meetings import MOST_TIMES, Proposal
from office.store import UnitOfWork
from office.store.follow_up_tables import Meeting
from office.store.tables import Ticket
from web.desk.case_page import CASE, Rejected, optional_text, save, user_of
from web.desk.session import FIELDS
from web.errors import PublicError
from web.parts import parts_of
from web.requests import whole_number

routes = web.RouteTableDef()


@routes.post(f"{CASE}/mangler")
async def ask_for_material(request: web.Request) -> web.Response:
    """Ask the business for what is missing: what was typed, one thing a line, or with one click all that is not here."""
    parts, user, fields = parts_of(request), user_of(request), request[FIELDS]

    async def command(uow: UnitOfWork, ticket: Ticket) -> None:
        items = list(ticket.missing) if fields.get("all") else fields.get("items", "").splitlines()
        text = optional_text(request, "items_text")
        await material.ask_for_material(
            uow, parts.knowledge, ticket, items, text, user.name, user.username, parts.now()
        )

    return await save(request, command, "items", "mangler", "materiale")


@routes.post(f"{CASE}/tjekliste")
async def mark_checklist(request: web.Request) -> web.Response:
    """Note what of the checklist has come in and what has not."""
    parts, user, fields = parts_of(request), user_of(request), request[FIELDS]

    async def command(uow: UnitOfWork, ticket: Ticket) -> None:
        received = [item for number, item in enumerate(ticket.checklist) if fields.get(f"received-{number}")]
        await material.mark_received(uow, ticket, received, user.username, parts.now())

    return await save(request, command, "checklist", "tjekliste", "materiale")


@routes.post(f"{CASE}/moede")
async def propose_meeting(request: web.Request) -> web.Response:
    """Propose a meeting, or other times for one."""
    parts, user, fields = parts_of(request), user_of(request), request[FIELDS]

    async def command(uow: UnitOfWork, ticket: Ticket) -> None:
        moves = await _meeting(uow, ticket, whole_number("moves", fields["moves"])) if fields.get("moves") else None
        await meetings.propose_meeting(
            uow, parts.knowledge, ticket, _proposal(fields), user.name, user.username, parts.now(), moves
        )

    return await save(request, command, "time1", "moede", "moeder")


@routes.post(rf"{CASE}/moede/{{number:\d{{1,9}}}}/aflys")
async def cancel_meeting(request: web.Request) -> web.Response:
    """Call a meeting off, or take a proposal back."""
    parts, user = parts_of(request), user_of(request)

    async def command(uow: UnitOfWork, ticket: Ticket) -> None:
        meeting = await _meeting(uow, ticket, int(request.match_info["number"]))
        await meetings.cancel_meeting(uow, ticket, meeting, user.username, parts.now())

    return await save(request, command, "time1", "moede", "moeder")


@routes.post(f"{CASE}/link")
async def change_link(request: web.Request) -> web.Response:
    """Give the business a new link, or let none open the case."""
    parts, user = parts_of(request), user_of(request)
    revoke = request[FIELDS].get("what") == "revoke"
    change = contact.revoke_link if revoke else contact.renew_link

    async def command(uow: UnitOfWork, ticket: Ticket) -> None:
        await change(uow, ticket, user.username, parts.now())

    return await save(request, command, "link", "link")


async def _meeting(uow: UnitOfWork, ticket: Ticket, number: int) -> Meeting:
    meeting = await meetings.meeting_to_change(uow, ticket, number)
    if meeting is None:
        raise PublicError("not_found")
    return meeting


def _proposal(fields: Mapping[str, str]) -> Proposal:
    """Return the proposal of the form, whose times are Danish local time. Raises Rejected."""
    typed = [fields.get(f"time{n}", "") for n in range(1, MOST_TIMES + 1)]
    try:
        times = [datetime.fromisoformat(text).replace(tzinfo=COPENHAGEN).astimezone(UTC) for text in typed if text]
        minutes = int(fields.get("minutes", ""))
    except ValueError:
        raise Rejected("Skriv tiderne som dag og klokkeslæt, og mødets længde i minutter.", "time1") from None
    return Proposal(times, minutes, fields.get("place", ""))
