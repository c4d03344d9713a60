"""/sag/{reference}/{token}: the business follows its case by a secret link. Works without JavaScript and without log-in."""

from __future__ import annotations

from aiohttp import web

from office import correspondence, deadlines
from office.contact import by_follow_up_link, contact_person
from office.store import UnitOfWork
from office.store.tables import Ticket
from office.words import moment_in_words
from web.errors import PublicError
from web.events import BROKER
from web.follow_up_words import RULES_IN_ENGLISH, WORDS
from web.limits import LIMITER
from web.parts import Parts, parts_of
from web.presenting import LEVEL_TEXT
from web.requests import check_length, read_form
from web.security import issue_form_token, keep_secret, read_form_token, require_same_origin
from web.templating import render
from web.visitor_text import is_empty

routes = web.RouteTableDef()
_ADDRESS = "/sag/{reference}/{token}"


@routes.get(_ADDRESS)
async def show(request: web.Request) -> web.Response:
    """Show where the case stands."""
    async with parts_of(request).database.reading() as uow:
        ticket = await _ticket(uow, request)
        return await _page(uow, request, ticket)


@routes.post(_ADDRESS)
async def write(request: web.Request) -> web.Response:
    """Take what the business writes to its contact person."""
    parts = parts_of(request)
    require_same_origin(request)
    fields = await read_form(request)
    text = fields.get("text", "")
    async with parts.database.reading() as uow:
        ticket = await _ticket(uow, request)
        form_id = read_form_token(parts, _purpose(ticket), fields.get("token", ""))
        error = _wrong_with(request, ticket, text, form_id)
        if error or form_id is None:
            return await _page(uow, request, ticket, text, error)
    await request.app[LIMITER].spend("messages", ticket.conversation_id)
    async with parts.database.writing() as uow:
        ticket = await _ticket(uow, request)
        await correspondence.write_from_business(uow, parts.knowledge, ticket, text, parts.now(), form_id)
        await uow.commit()
    request.app[BROKER].notify(ticket.conversation_id)
    raise web.HTTPSeeOther(f"{request.path}?sendt=1#beskeder")


async def _ticket(uow: UnitOfWork, request: web.Request) -> Ticket:
    """Return the ticket of the link. A wrong secret and an unknown number are the same 404."""
    reference, token = request.match_info["reference"], request.match_info["token"]
    ticket = await by_follow_up_link(uow, reference, token, parts_of(request).signing_key)
    if ticket is None:
        raise PublicError("not_found")
    return ticket


def _wrong_with(request: web.Request, ticket: Ticket, text: str, form_id: str | None) -> str | None:
    words = WORDS[_language(ticket)]
    if form_id is None:
        return words["error_old"]
    if is_empty(text):
        return words["error_empty"]
    try:
        check_length(request, text)
    except PublicError as error:
        return error.message(_language(ticket))
    return None


async def _page(
    uow: UnitOfWork, request: web.Request, ticket: Ticket, text: str = "", error: str | None = None
) -> web.Response:
    parts, language = parts_of(request), _language(ticket)
    response = render(
        request,
        "sag.html",
        422 if error else 200,
        t=WORDS[language],
        language=language,
        ticket=ticket,
        standing=_standing(parts, ticket, language),
        level_text=LEVEL_TEXT[language].get(ticket.level, ticket.level),
        explained=_explained(parts, ticket, language),
        person=contact_person(parts.knowledge, ticket),
        areas=parts.knowledge.area_titles([*ticket.areas, *ticket.authorities], language),
        messages=await correspondence.messages_of(uow, ticket),
        token=issue_form_token(parts, _purpose(ticket)),
        sent="sendt" in request.query and not error,
        text=text,
        error=error,
    )
    keep_secret(response)
    return response


def _standing(parts: Parts, ticket: Ticket, language: str) -> str:
    """Return where the case stands, in a sentence or two."""
    person = contact_person(parts.knowledge, ticket)["name"]
    running = deadlines.owed(ticket, parts.knowledge.office.promises)
    due = moment_in_words(running[0].due if running else ticket.answer_due, language)
    late = bool(running) and running[0].due < parts.now()
    replies = bool(running) and running[0].what == "reply_due"
    sentence: str = WORDS[language]["status_late" if late else "status_reply" if replies else f"status_{ticket.status}"]
    return sentence.format(person=person, due=due)


def _explained(parts: Parts, ticket: Ticket, language: str) -> list[str]:
    """Return how both dates were counted."""
    if language == "da":
        return [ticket.first_answer_explained, ticket.answer_explained]
    promises, received = parts.knowledge.office.promises, moment_in_words(ticket.received_at, language)
    return [
        rule.format(hours=promises.first_answer_hours, days=promises.answer_working_days, received=received)
        for rule in RULES_IN_ENGLISH
    ]


def _language(ticket: Ticket) -> str:
    return ticket.language if ticket.language in WORDS else "da"


def _purpose(ticket: Ticket) -> str:
    return f"sag:{ticket.reference}:{ticket.link_version}"
