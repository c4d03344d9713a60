"""/desk/udbakke: what has been told and what has not, with the words of what has not."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from knowledge import Knowledge
from office import history, outbox
from office.contact import colleague
from office.mail import Letter
from office.store import UnitOfWork
from office.store.tables import Outbox, Ticket
from web.delivery import CHANNELS, COMPOSER, letter_of
from web.desk.session import SESSION, render_desk
from web.errors import PublicError
from web.parts import parts_of

routes = web.RouteTableDef()
_ROW = r"/desk/udbakke/{number:\d{1,9}}"
KINDS = {
    "received": "Sagen er modtaget",
    "contact_changed": "Ny kontaktperson",
    "contact_away": "Kontaktpersonen er væk",
    "replied": "Svar til virksomheden",
    "told": "Nyt om sagen",
    "expected_time_changed": "Ny forventet dato",
    "withdrawn": "Henvendelsen er trukket tilbage",
    "reopened": "Sagen er åbnet igen",
    "closed": "Sagen er afsluttet",
    "meeting": "Møde",
    "meeting_cancelled": "Mødet er aflyst",
    "link_renewed": "Nyt link til sagen",
    "new_case": "Ny sag",
    "due_soon": "Snart frist",
    "overdue": "Fristen er overskredet",
    "expected_day": "Dagen, hvor sagen ventes klar",
    "wrote": "Virksomheden har skrevet",
    "undelivered": "Mail nåede ikke frem",
    "person_meeting": "Møde",
    "person_meeting_cancelled": "Mødet er aflyst",
    "board": "Tavlen til mødet",
}
STATES = {
    "waiting": "Venter",
    "sent": "Sendt",
    "failed": "Ikke afleveret",
    "not_configured": "Ikke sendt: ingen mailserver",
}
_PROBLEMS = {
    "no_address": "Virksomheden har ingen mailadresse på sagen.",
    "unusable_address": "Mailadressen kan ikke bruges.",
    "machine_address": "Mailadressen læses af en maskine (no-reply eller lignende), så der sendes ikke til den.",
}


@routes.get("/desk/udbakke")
async def list_rows(request: web.Request) -> web.Response:
    """Show the latest rows, those that were not sent first."""
    ways = request.app[CHANNELS]
    shown = {way.name for way in ways if way.configured or way.name == "mail"}
    async with parts_of(request).database.reading() as uow:
        found = await outbox.listed(uow, shown)
    knowledge = parts_of(request).knowledge
    rows = [_row_view(knowledge, row, ticket) for row, ticket in found]
    return render_desk(
        request, "desk/outbox.html", rows=rows, most=outbox.LISTED, mail_configured=_can_send(request, "mail")
    )


@routes.get(_ROW)
async def show_row(request: web.Request) -> web.Response:
    """Show one row with its words while it is not sent, and write in the audit log that the case was read."""
    parts, session = parts_of(request), request[SESSION]
    async with parts.database.writing() as uow:
        row, ticket = await _found(uow, request)
        if ticket is not None:
            await history.record_view(uow, ticket, session.user.username, parts.now())
        letter = await letter_of(uow, row, parts)
        await uow.commit()
    return render_desk(
        request,
        "desk/outbox_row.html",
        row=_row_view(parts.knowledge, row, ticket),
        **_words(request, letter),
        may_send=row.state in outbox.STOPPED and _can_send(request, row.channel),
    )


@routes.post(f"{_ROW}/send")
async def send_again(request: web.Request) -> web.Response:
    """Let a row that was not sent be tried again."""
    parts = parts_of(request)
    async with parts.database.writing() as uow:
        row, _ = await _found(uow, request)
        if row.state not in outbox.STOPPED or not _can_send(request, row.channel):
            raise PublicError("refused")
        outbox.send_again(row, parts.now())
        await uow.commit()
    raise web.HTTPSeeOther(f"/desk/udbakke/{row.id}")


async def _found(uow: UnitOfWork, request: web.Request) -> tuple[Outbox, Ticket | None]:
    found = await outbox.by_id(uow, int(request.match_info["number"]))
    if found is None:
        raise PublicError("not_found")
    return found


def _can_send(request: web.Request, channel: str) -> bool:
    return any(way.configured for way in request.app[CHANNELS] if way.name == channel)


def _words(request: web.Request, letter: Letter) -> dict[str, Any]:
    """Return address and words of a mail that has not been sent; of one that has, the words may be others by now."""
    if letter.row.channel != "mail" or letter.row.state == "sent":
        return {"to": None, "mail": None}
    composer = request.app[COMPOSER]
    return {"to": composer.recipient(letter), "mail": composer.preview(letter)}


def _row_view(knowledge: Knowledge, row: Outbox, ticket: Ticket | None) -> dict[str, Any]:
    return {
        "id": row.id,
        "reference": ticket.reference if ticket is not None else None,
        "kind": KINDS[row.kind],
        "to": _receiver(knowledge, row),
        "state": STATES[row.state],
        "stopped": row.state in outbox.STOPPED,
        "at": row.sent_at or row.created_at,
        "next": row.due_at if row.state == "waiting" and row.attempts else None,
        "problem": _PROBLEMS.get(row.problem or "", row.problem),
    }


def _receiver(knowledge: Knowledge, row: Outbox) -> str:
    if row.channel == "webhook":
        return "Sagssystemet"
    return colleague(knowledge, row.person)["name"] if row.person else "Virksomheden"
