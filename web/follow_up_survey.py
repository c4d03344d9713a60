"""/sag/{reference}/{token}/tilfredshed: what the business thinks, once, after its case was closed."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from knowledge.model import ALWAYS_ASKED
from office import survey
from office.store import UnitOfWork
from office.store.tables import Ticket
from web.follow_up_page import (
    ADDRESS,
    Form,
    Mend,
    carry_out,
    case_of_link,
    checked_text,
    language_of,
    link_of,
    new_token,
    read_fields,
)
from web.follow_up_survey_words import WORDS
from web.parts import parts_of
from web.security import keep_secret
from web.templating import render

routes = web.RouteTableDef()
_ADDRESS = f"{ADDRESS}/tilfredshed"


@routes.get(_ADDRESS)
async def show(request: web.Request) -> web.Response:
    """Show the questions; thanks when they were answered; a friendly word before the case was closed."""
    return await _page(request)


@routes.post(_ADDRESS)
async def answer(request: web.Request) -> web.Response:
    """Take the answers."""
    parts, form = parts_of(request), await read_fields(request)
    rules = parts.knowledge.office.survey

    async def command(uow: UnitOfWork, ticket: Ticket, form_id: str) -> None:
        for name in ALWAYS_ASKED:
            if not form.text(name):
                raise Mend(name, "error_unrated")
        ratings = {name: _rating(form, name) for name in rules.scales if form.text(name)}
        await survey.answer_survey(uow, rules, ticket, ratings, checked_text(request, form, "comment"), parts.now())

    try:
        await carry_out(request, command, form, "service")
    except Mend as wrong:
        return await _page(request, wrong, form)
    raise web.HTTPSeeOther(f"{link_of(request)}/tilfredshed")


def _rating(form: Form, name: str) -> int:
    text = form.text(name)
    return int(text) if text.isascii() and text.isdigit() and len(text) == 1 else 0


async def _page(request: web.Request, wrong: Mend | None = None, form: Form | None = None) -> web.Response:
    parts = parts_of(request)
    async with parts.database.reading() as uow:
        ticket = await case_of_link(uow, request)
        asked = await survey.survey_of(uow, ticket)
    language = language_of(ticket)
    words: dict[str, Any] = WORDS[language]
    response = render(
        request,
        "sag/survey.html",
        422 if wrong else 200,
        t=words,
        language=language,
        ticket=ticket,
        link=link_of(request),
        token=lambda: new_token(parts, ticket),
        state="unasked" if asked is None else "open" if asked.answered_at is None else "answered",
        scales=[
            (name, scale.text_en if language == "en" else scale.text, name in ALWAYS_ASKED)
            for name, scale in parts.knowledge.office.survey.scales.items()
        ],
        wrong_field=wrong.field if wrong else "",
        wrong_words=wrong.words(words, language) if wrong else "",
        typed=form.fields if form else {},
    )
    keep_secret(response)
    return response
