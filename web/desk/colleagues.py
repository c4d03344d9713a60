"""Working on a case with colleagues: notes, questions and answers, and giving the case on or back."""

from __future__ import annotations

from aiohttp import web

from office import handover, involvement, notes
from office.store import UnitOfWork
from office.store.tables import Involvement, Ticket
from web.desk.case_page import CASE, Rejected, save, typed_text, user_of
from web.desk.session import FIELDS
from web.errors import PublicError
from web.parts import parts_of

routes = web.RouteTableDef()
_QUESTION = rf"{CASE}/spoerg/{{number:\d{{1,9}}}}"


@routes.post(f"{CASE}/note")
async def write_note(request: web.Request) -> web.Response:
    """Keep an internal note."""
    parts, user = parts_of(request), user_of(request)

    async def command(uow: UnitOfWork, ticket: Ticket) -> None:
        text = typed_text(request, "note", "Skriv noten, før du gemmer den.")
        await notes.add_note(uow, ticket, text, user.username, parts.now())

    return await save(request, command, "note", "note", "noter", adds_only=True)


@routes.post(f"{CASE}/spoerg")
async def ask_colleague(request: web.Request) -> web.Response:
    """Ask an area, somebody in it, or an authority; the case stays with its contact person."""
    parts, user = parts_of(request), user_of(request)

    async def command(uow: UnitOfWork, ticket: Ticket) -> None:
        area, _, person = request[FIELDS].get("whom", "").partition(":")
        if not area:
            raise Rejected("Vælg, hvem du vil spørge.", "whom")
        question = typed_text(request, "question", "Skriv, hvad du vil vide.")
        await involvement.involve(
            uow, parts.knowledge, ticket, area, question, user.username, parts.now(), person or None
        )

    return await save(request, command, "question", "spoerg", "kolleger")


@routes.post(f"{_QUESTION}/svar")
async def answer_question(request: web.Request) -> web.Response:
    """Keep the answer: typed by the one who was asked, or by the contact person who was told it."""
    parts, user, number = parts_of(request), user_of(request), request.match_info["number"]

    async def command(uow: UnitOfWork, ticket: Ticket) -> None:
        row = await _question(uow, ticket, number)
        answer = typed_text(request, f"answer-{number}", "Skriv svaret, før du gemmer det.")
        await involvement.answer_involvement(uow, ticket, row, answer, user.username, parts.now())
        if user.person == ticket.contact_person:
            row.read_at = parts.now()  # who wrote it down has read it

    return await save(request, command, f"answer-{number}", "kollegasvar", "kolleger")


@routes.post(f"{_QUESTION}/luk")
async def close_question(request: web.Request) -> web.Response:
    """Close a question that needs no answer any more."""
    parts, user, number = parts_of(request), user_of(request), request.match_info["number"]

    async def command(uow: UnitOfWork, ticket: Ticket) -> None:
        row = await _question(uow, ticket, number)
        why = typed_text(request, f"close-{number}", "Skriv kort, hvorfor spørgsmålet lukkes.")
        await involvement.close_involvement(uow, ticket, row, user.username, parts.now(), why)

    return await save(request, command, f"close-{number}", "spoerg", "kolleger")


@routes.post(f"{_QUESTION}/laest")
async def mark_read(request: web.Request) -> web.Response:
    """Note that the answer has been read, so that it leaves the contact person's day."""
    parts, user, number = parts_of(request), user_of(request), request.match_info["number"]

    async def command(uow: UnitOfWork, ticket: Ticket) -> None:
        await involvement.mark_read(uow, ticket, await _question(uow, ticket, number), user.username, parts.now())

    return await save(request, command, "kolleger", "laest")


@routes.post(f"{CASE}/giv-videre")
async def hand_over(request: web.Request) -> web.Response:
    """Make a colleague contact person for good; the business is told who."""
    parts, user = parts_of(request), user_of(request)

    async def command(uow: UnitOfWork, ticket: Ticket) -> None:
        person = request[FIELDS].get("person", "")
        if not person:
            raise Rejected("Vælg, hvem der skal have sagen.", "person")
        why = typed_text(request, "handover_why", "Skriv kort, hvorfor sagen gives videre.")
        await handover.hand_over(uow, parts.knowledge, ticket, person, user.username, parts.now(), why)

    return await save(request, command, "person", "givet", "kontaktperson")


@routes.post(f"{CASE}/giv-tilbage")
async def hand_back(request: web.Request) -> web.Response:
    """Give the case back to the office, which finds the next contact person at once."""
    parts, user = parts_of(request), user_of(request)

    async def command(uow: UnitOfWork, ticket: Ticket) -> None:
        why = typed_text(request, "return_why", "Skriv kort, hvorfor du giver sagen tilbage.")
        await handover.hand_back(uow, parts.knowledge, ticket, user.username, parts.now(), why)

    return await save(request, command, "return_why", "givet", "kontaktperson")


async def _question(uow: UnitOfWork, ticket: Ticket, number: str) -> Involvement:
    row = await involvement.involvement_of(uow, ticket, int(number))
    if row is None:
        raise PublicError("not_found")
    return row
