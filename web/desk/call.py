"""/desk/ny: an inquiry by telephone, e-mail or in person, typed while it is told, with what the office proposes beside it."""

from __future__ import annotations

import logging
from collections import defaultdict
from dataclasses import replace
from typing import Any

from aiohttp import web
from markupsafe import Markup
from sqlalchemy.exc import IntegrityError

from knowledge.model import LEVELS, Article
from office import calls, history, tickets
from office.contact import contact_person
from office.conversations import Utterance
from office.errors import NotAllowed
from office.people import task_force
from office.store.tables import Conversation, Ticket
from office.suggesting import Suggestion, Understood, suggest
from web.desk.call_form import CHANNELS, OWN_WORDS, CallForm
from web.desk.case_page import ticket_of, user_of
from web.desk.session import FIELDS, render_desk
from web.desk.views import LEVEL_SHORT
from web.engine import ENGINE, EngineFailure
from web.errors import PublicError
from web.markup import as_html
from web.parts import Parts, parts_of
from web.presenting import LEVEL_TEXT
from web.replies import snapshot
from web.security import issue_form_token, read_form_token
from web.templating import render
from web.visitor_text import for_engine
from web.write_form import FormError

logger = logging.getLogger(__name__)
routes = web.RouteTableDef()
_PURPOSE = "ny-henvendelse"
_OLD = "Siden har stået åben længe. Se det igennem, og gem igen."
_FORM = "/desk/ny"


@routes.get(_FORM)
async def show(request: web.Request) -> web.Response:
    """Show the empty form, and that the one before was counted when it was answered at once."""
    form = CallForm.read(parts_of(request).knowledge, {"channel": request.query.get("kanal", "")})
    answered = CHANNELS.get(request.query.get("besvaret", ""), "")
    return await _page(request, form, answered=answered)


def _form_of(request: web.Request) -> CallForm:
    fields = request[FIELDS]
    return CallForm.read(parts_of(request).knowledge, fields)


@routes.post(_FORM)
async def submit(request: web.Request) -> web.Response:
    """Do what the button says: find suggestions, open a case, or count the inquiry as answered."""
    form = _form_of(request)
    match request[FIELDS].get("do"):
        case "case":
            return await _open_case(request, form.with_found_facts())
        case "answered":
            return await _answer(request, form)
        case _:
            return await _page(request, form)


@routes.post(f"{_FORM}/forslag")
async def suggestion(request: web.Request) -> web.Response:
    """Return only the part of the page that holds the suggestion, for the script that asks while somebody types."""
    form = _form_of(request)
    return render(request, "desk/call_suggestion.html", **await _suggested(request, form))


@routes.get(_FORM + "/{reference}")
async def show_saved(request: web.Request) -> web.Response:
    """Show the number of the case that was opened, and what to say to the business before the call ends."""
    parts = parts_of(request)
    async with parts.database.writing() as uow:
        ticket = await ticket_of(uow, request)
        await history.record_view(uow, ticket, user_of(request).username, parts.now())
        await uow.commit()
    return render_desk(
        request,
        "desk/call_saved.html",
        ticket=ticket,
        person=contact_person(parts.knowledge, ticket),
        level=LEVEL_TEXT["da"][ticket.level],
        areas=parts.knowledge.area_titles([*ticket.areas, *ticket.authorities]),
    )


# --- saving -----------------------------------------------------------------------------------------------


async def _open_case(request: web.Request, form: CallForm) -> web.Response:
    parts = parts_of(request)
    form_id, errors = _form_id(request)
    errors += form.problems_of_case(parts.knowledge, parts.settings.max_message_chars)
    if errors or form_id is None:
        return await _page(request, form, errors)
    understood, _ = await _understand(request, form)
    try:
        reference = await _save_case(request, form.call(form_id, understood))
    except NotAllowed as forbidden:
        return await _page(request, form, [FormError("contact_person", str(forbidden))])
    raise web.HTTPSeeOther(f"{_FORM}/{reference}")


async def _save_case(request: web.Request, call: calls.Call) -> str:
    """Open the case and return its reference. The same form sent twice leads to the same case."""
    parts = parts_of(request)
    try:
        async with parts.database.writing() as uow:
            ticket = await calls.open_case(uow, parts.knowledge, call, user_of(request), parts.now())
            await uow.commit()
    except IntegrityError:
        return (await _saved_before(parts, call.id)).reference
    return ticket.reference


async def _saved_before(parts: Parts, form_id: str) -> Ticket:
    async with parts.database.reading() as uow:
        opened = await tickets.of_conversation(uow, form_id)
    if not opened:
        raise PublicError("bad_request")  # the form was used already, to count the inquiry as answered
    return opened[0]


async def _answer(request: web.Request, form: CallForm) -> web.Response:
    parts = parts_of(request)
    form_id, errors = _form_id(request)
    article = form.article_read(parts.knowledge)
    errors += form.problems_of_answer(article, parts.settings.max_message_chars)
    if errors or form_id is None:
        return await _page(request, form, errors)
    call = calls.Call(form_id, form.values["channel"], form.text, language=form.language)
    said = _words_said(article, form)
    async with parts.database.writing() as uow:
        if await uow.session.get(Conversation, form_id) is None:  # the same form sent twice is counted once
            await calls.answer_at_once(uow, call, said, article, user_of(request), parts.now())
            await uow.commit()
    raise web.HTTPSeeOther(f"{_FORM}?besvaret={call.channel}&kanal={call.channel}")


def _words_said(article: Article | None, form: CallForm) -> Utterance:
    if article is None:
        return Utterance(form.values["said"], language=form.language)
    shown = snapshot(article, form.language)
    words = article.in_language(form.language).summary
    return Utterance(words, "answer", shown["language"], {"article": shown})


def _form_id(request: web.Request) -> tuple[str | None, list[FormError]]:
    """Return the form's own id, or what to say when it has stood open too long."""
    form_id = read_form_token(parts_of(request), _PURPOSE, request[FIELDS].get("token", ""))
    return form_id, [] if form_id else [FormError("text", _OLD)]


# --- the page ---------------------------------------------------------------------------------------------


async def _page(
    request: web.Request, form: CallForm, errors: list[FormError] | None = None, answered: str = ""
) -> web.Response:
    parts, errors = parts_of(request), errors or []
    knowledge = parts.knowledge
    async with parts.database.reading() as uow:
        day = parts.calendar.acting_day(parts.now())
        people = (await task_force(uow, knowledge, day)).people.values()
    context = await _suggested(request, form)
    return render_desk(
        request,
        "desk/call.html",
        422 if errors else 200,
        **context,
        errors=errors,
        error_at=defaultdict(str, {error.field: error.text for error in reversed(errors)}),
        token=issue_form_token(parts, _PURPOSE),
        channels=CHANNELS.items(),
        case_types=sorted((case.title, case.id) for case in knowledge.cases.values()),
        all_articles=sorted((article.title, article.id) for article in knowledge.articles.values()),
        levels=[(level, LEVEL_TEXT["da"][level]) for level in LEVELS],
        people=sorted((person.name, person.id) for person in people if not person.absence_on(day)),
        areas=[(area.id, area.title) for area in knowledge.areas.values()],
        longest=parts.settings.max_message_chars,
        answered=answered,
    )


async def _suggested(request: web.Request, form: CallForm) -> dict[str, Any]:
    """Return what the suggestion's part of the page shows."""
    parts = parts_of(request)
    understood, engine_down = await _understand(request, form)
    case_type = form.values["case_type"] or understood.case_type
    facts = form.with_found_facts().facts()
    proposed: Suggestion | None = None
    if form.text:
        async with parts.database.reading() as uow:
            proposed = await suggest(
                uow,
                parts.knowledge,
                replace(understood, case_type=case_type),
                form.text,
                facts,
                parts.now(),
                replace(form.decided(), level=None),
                form.language,
            )
    articles = _articles(parts, form, understood)
    found = proposed.triage if proposed else None
    suggested = (*found.areas, *found.authorities) if found else ()
    # Areas that the caseworker has set stay as they are; the others are ticked as suggested.
    untouched = form.decided().areas is None
    return {
        "values": form.values,
        "engine_down": engine_down,
        "proposed": proposed,
        "case_title": proposed.case.title if proposed and proposed.case else "Henvendelse til en medarbejder",
        "level": LEVEL_SHORT.get(found.level, found.level) if found else "",
        "area_titles": parts.knowledge.area_titles(list(suggested)),
        "areas_ticked": suggested if untouched else form.areas,
        "areas_suggested": suggested if untouched else form.areas_suggested,
        "contact": parts.knowledge.people.get(proposed.contact.person) if proposed else None,
        "articles": articles,
        "own_words": OWN_WORDS,
        "no_article": form.values["article"] == OWN_WORDS and not form.values["other_article"],
        "suggested_type": understood.case_type or "",
        "article_suggested": next((a["id"] for a in articles if a["chosen"] and not form.chose_article), ""),
    }


def _articles(parts: Parts, form: CallForm, understood: Understood) -> list[dict[str, Any]]:
    """Return the articles to read aloud from. They keep their places when one is chosen, which arrow keys need."""
    chosen = form.article_shown(parts.knowledge, understood)
    others = [chosen.id] if chosen and chosen.id not in understood.articles else []
    return [
        {
            **snapshot(article, form.language),
            "summary": article.in_language(form.language).summary,
            "body": Markup(as_html(article.in_language(form.language).body)),
            "reviewed_on": article.reviewed,
            "chosen": chosen is not None and article.id == chosen.id,
        }
        for article in (parts.knowledge.articles[article_id] for article_id in (*others, *understood.articles))
    ]


async def _understand(request: web.Request, form: CallForm) -> tuple[Understood, bool]:
    """Return what the engine makes of the text, and whether it is down: then the type suggested last stands."""
    text = for_engine(form.text)
    if not text:
        return Understood(), False
    try:
        body = await request.app[ENGINE].understand(text)
    except EngineFailure as failure:
        logger.error("the engine cannot suggest anything: %s", failure)
        return Understood(case_type=form.values["suggested_type"] or None), True
    return Understood.read(parts_of(request).knowledge, body.get("intent"), body["understanding"]), False
