"""Meetings on the case's page: take a time, say what suits better, call it off, put it in the calendar."""

from __future__ import annotations

from datetime import datetime

from aiohttp import web

from office import correspondence, meetings
from office.mail import Composer, Letter
from office.notices import stored_facts
from office.store import UnitOfWork
from office.store.follow_up_tables import Meeting
from office.store.tables import Outbox, Ticket
from web.delivery import COMPOSER
from web.errors import PublicError
from web.follow_up_page import ADDRESS, Mend, case_of_link, checked_text, language_of, read_fields, submit
from web.follow_up_words import WORDS
from web.parts import parts_of
from web.security import keep_secret

routes = web.RouteTableDef()
_MEETING = rf"{ADDRESS}/moede/{{number:\d{{1,9}}}}"


@routes.post(f"{_MEETING}/ja")
async def accept(request: web.Request) -> web.Response:
    """Agree on one of the proposed times."""
    parts, form = parts_of(request), await read_fields(request)

    async def command(uow: UnitOfWork, ticket: Ticket, form_id: str) -> None:
        meeting = await _meeting(uow, request, ticket)
        try:
            start = datetime.fromisoformat(form.fields.get("start", ""))
        except ValueError:
            raise Mend("moeder", "error_time") from None
        await meetings.accept_meeting(uow, ticket, meeting, start, parts.now())

    return await submit(request, command, form, "moeder", "moede")


@routes.post(f"{_MEETING}/nej")
async def decline(request: web.Request) -> web.Response:
    """Say that no proposed time suits."""
    parts, form = parts_of(request), await read_fields(request)

    async def command(uow: UnitOfWork, ticket: Ticket, form_id: str) -> None:
        meeting, words = await _meeting(uow, request, ticket), checked_text(request, form, "better")
        await meetings.decline_meeting(uow, parts.knowledge, ticket, meeting, words, parts.now(), form_id)

    return await submit(request, command, form, "moeder", "moede_nej")


@routes.post(f"{_MEETING}/afbud")
async def cancel(request: web.Request) -> web.Response:
    """Call an agreed meeting off."""
    parts, form = parts_of(request), await read_fields(request)

    async def command(uow: UnitOfWork, ticket: Ticket, form_id: str) -> None:
        meeting, why = await _meeting(uow, request, ticket), checked_text(request, form, "why_not")
        words = f"{WORDS[language_of(ticket)]['cancelled_message']} {why}".strip()
        await correspondence.write_from_business(uow, parts.knowledge, ticket, words, parts.now(), form_id)
        await meetings.cancel_meeting(uow, ticket, meeting, "virksomheden", parts.now())

    return await submit(request, command, form, "moeder", "moede_aflyst")


@routes.get(f"{_MEETING}/moede.ics")
async def calendar(request: web.Request) -> web.Response:
    """Give the calendar file of an agreed meeting, the same as in the mail."""
    async with parts_of(request).database.reading() as uow:
        ticket = await case_of_link(uow, request)
        meeting = await meetings.meeting_of(uow, ticket, _number(request))
    if meeting is None or meeting.start is None:
        raise PublicError("not_found")
    facts = stored_facts("meeting", meetings.invitation_facts(meeting))
    row = Outbox(kind="meeting", person=None, facts=facts, created_at=parts_of(request).now())
    composer: Composer = request.app[COMPOSER]
    response = web.Response(body=composer.calendar_file(Letter(row, ticket)), content_type="text/calendar")
    response.headers["Content-Disposition"] = 'attachment; filename="moede.ics"'
    keep_secret(response)
    return response


async def _meeting(uow: UnitOfWork, request: web.Request, ticket: Ticket) -> Meeting:
    """Return the meeting of the address. Raises Mend when it was called off meanwhile, or belongs to another case."""
    meeting = await meetings.meeting_to_change(uow, ticket, _number(request))
    if meeting is None:
        raise Mend("moeder", "error_changed")
    return meeting


def _number(request: web.Request) -> int:
    return int(request.match_info["number"])
