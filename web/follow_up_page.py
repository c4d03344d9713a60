"""The page of one case, and what its forms share: the secret link, the signed token, saving, and saying what to mend."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from sqlalchemy.orm.exc import StaleDataError

from office import access, correspondence, deadlines, files, meetings, people, survey
from office.contact import by_follow_up_link, contact_person
from office.errors import NotAllowed
from office.information import gaps
from office.involvement import involvements_of
from office.lifecycle import ENDED_STATUSES
from office.plans import in_danish, plan_of
from office.store import UnitOfWork
from office.store.follow_up_tables import CaseFile, Meeting
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
from web.uploads import rules_view
from web.visitor_text import is_empty

ADDRESS = "/sag/{reference}/{token}"


class Mend(Exception):
    """Something the business must mend before it can be taken in: at which field, and what to say (a key of the page's words)."""

    def __init__(self, field: str, what: str | PublicError, **values: object) -> None:
        super().__init__(what)
        self.field = field
        self._what = what
        self._values = values

    def words(self, page: Mapping[str, Any], language: str) -> str:
        """Return what to say, in "da" or "en", from the words of the page."""
        if isinstance(self._what, PublicError):
            return self._what.message(language)
        return str(page[self._what]).format(**self._values)


@dataclass(frozen=True)
class Form:
    """A form of the page as it was sent: its fields, the boxes ticked, and the files, still in the browser's names."""

    fields: Mapping[str, str]
    ticked: tuple[str, ...] = ()
    files: tuple[files.Incoming, ...] = field(default=(), repr=False)

    def text(self, name: str) -> str:
        """Return a field, "" when there is nothing to see in it."""
        text = self.fields.get(name, "")
        return "" if is_empty(text) else text


Command = Callable[[UnitOfWork, Ticket, str], Awaitable[None]]


async def case_of_link(uow: UnitOfWork, request: web.Request) -> Ticket:
    """Return the ticket of the link. A wrong secret, an unknown number and a revoked link are the same 404."""
    reference, token = request.match_info["reference"], request.match_info["token"]
    ticket = await by_follow_up_link(uow, reference, token, parts_of(request).signing_key)
    if ticket is None:
        raise PublicError("not_found")
    return ticket


def link_of(request: web.Request) -> str:
    """Return the address of the case's page, whichever of its forms the request came to."""
    return f"/sag/{request.match_info['reference']}/{request.match_info['token']}"


def language_of(ticket: Ticket) -> str:
    """Return "da" or "en"."""
    return ticket.language if ticket.language in WORDS else "da"


def new_token(parts: Parts, ticket: Ticket) -> str:
    """Return the token of one form; each has its own, which also tells a form sent twice from two forms."""
    return issue_form_token(parts, _purpose(ticket))


def checked_text(request: web.Request, form: Form, name: str = "text", when_empty: str = "") -> str:
    """Return a text that is not too long. Raises Mend, also for an empty one when there are words for that."""
    text = form.text(name)
    if when_empty and not text:
        raise Mend(name, when_empty)
    try:
        check_length(request, text)
    except PublicError as error:
        raise Mend(name, error) from None
    return text


async def submit(request: web.Request, command: Command, form: Form, field: str, saved: str) -> web.Response:
    """Carry a form out and send the browser back to the page; with something to mend, show the page with all that was typed.

    `field` is where the form begins, `saved` what is said when it is done (WORDS "saved_…").
    """
    try:
        await carry_out(request, command, form, field)
    except Mend as wrong:
        return await case_page(request, wrong, form)
    raise web.HTTPSeeOther(f"{link_of(request)}?gemt={saved}#gemt")


async def read_fields(request: web.Request) -> Form:
    """Return a form without files, sent from our own page. Raises PublicError."""
    require_same_origin(request)
    return Form(await read_form(request))


async def carry_out(request: web.Request, command: Command, form: Form, field: str) -> None:
    """Run `command` with the ticket and the form's id in one unit of work, and tell who listens. Raises Mend."""
    parts = parts_of(request)
    async with parts.database.reading() as uow:
        ticket = await case_of_link(uow, request)
    form_id = read_form_token(parts, _purpose(ticket), form.fields.get("token", ""))
    if form_id is None:
        raise Mend(field, "error_old")
    await request.app[LIMITER].spend("messages", ticket.conversation_id)
    try:
        async with parts.database.writing() as uow:
            await command(uow, await case_of_link(uow, request), form_id)
            await uow.commit()
    except NotAllowed:
        raise Mend(field, "error_changed") from None
    except StaleDataError:
        raise Mend(field, "error_meanwhile") from None
    request.app[BROKER].notify(ticket.conversation_id)


async def case_page(request: web.Request, wrong: Mend | None = None, form: Form | None = None) -> web.Response:
    """Return the page as the case stands now, with what was typed when there is something to mend."""
    parts = parts_of(request)
    async with parts.database.reading() as uow:
        ticket = await case_of_link(uow, request)
        context = await _context(uow, parts, ticket)
    words = WORDS[language_of(ticket)]
    response = render(
        request,
        "sag/page.html",
        422 if wrong else 200,
        **context,
        t=words,
        language=language_of(ticket),
        link=link_of(request),
        token=lambda: new_token(parts, ticket),
        saved="" if wrong else words.get(f"saved_{request.query.get('gemt')}", ""),
        wrong_field=wrong.field if wrong else "",
        wrong_words=wrong.words(words, language_of(ticket)) if wrong else "",
        typed=form.fields if form else {},
        ticked=form.ticked if form else (),
    )
    keep_secret(response)
    return response


async def _context(uow: UnitOfWork, parts: Parts, ticket: Ticket) -> dict[str, Any]:
    """Return everything about the case that the page shows."""
    language, knowledge = language_of(ticket), parts.knowledge
    asked = await survey.survey_of(uow, ticket)
    plan = await plan_of(uow, ticket)
    involved = [row.area for row in await involvements_of(uow, ticket) if row.closed_at is None]
    return {
        "ticket": ticket,
        "ended": ticket.status in ENDED_STATUSES,
        "standing": _standing(parts, ticket, language),
        "level_text": LEVEL_TEXT[language].get(ticket.level, ticket.level),
        "explained": _explained(parts, ticket, language),
        "person": contact_person(knowledge, ticket),
        "away": await people.away_until(uow, knowledge, ticket.contact_person, parts.now()),
        "areas": knowledge.area_titles([*ticket.areas, *ticket.authorities], language),
        "involved": knowledge.area_titles(list(dict.fromkeys(involved)), language),
        "plan": plan,
        "plan_in_danish": in_danish(plan, knowledge.cases.get(ticket.case_type or "")),
        "messages": await correspondence.messages_of(uow, ticket),
        **await _files(uow, parts, ticket),
        "uploads": rules_view(knowledge.office.uploads),
        "meetings": _meetings_view(await meetings.meetings_of(uow, ticket), parts),
        "gaps": gaps(ticket, knowledge),
        "asks_opinion": ticket.status == "closed" and asked is not None and asked.answered_at is None,
    }


async def _files(uow: UnitOfWork, parts: Parts, ticket: Ticket) -> dict[str, Any]:
    """Return the files that the business may have, whom each of the office's is from, and those of each message."""
    shown = [file for file in await files.files_of(uow, ticket) if files.is_for_business(file)]
    names = await access.names(uow, parts.knowledge.people)
    with_message: dict[int, list[CaseFile]] = {}
    for file in shown:
        if file.message_id is not None:
            with_message.setdefault(file.message_id, []).append(file)
    return {
        "files": [(file, None if file.sent_by == files.BUSINESS else names.get(file.sent_by, "")) for file in shown],
        "message_files": with_message,
    }


def _meetings_view(found: Sequence[Meeting], parts: Parts) -> list[dict[str, Any]]:
    """Return the meetings that were agreed or may still be; `times` are those that have not passed."""
    now = parts.now()
    views = [
        {
            "id": meeting.id,
            "start": meeting.start,
            "ahead": meeting.start is not None and meeting.start > now,
            "times": [moment for moment in meetings.times_of(meeting) if moment > now],
            "minutes": meeting.minutes,
            "place": meeting.place,
        }
        for meeting in found
    ]
    return [view for view in views if view["start"] or view["times"]]


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


def _purpose(ticket: Ticket) -> str:
    return f"sag:{ticket.reference}:{ticket.link_version}"
