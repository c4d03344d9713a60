"""/desk/live: the visitors who wait for a person; taking a talk over, writing, passing it on, and what it ends in."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web

from office import conversations, live, live_talks
from office.errors import NotAllowed
from office.store import UnitOfWork
from office.store.live_tables import LiveTalk
from office.store.tables import User
from web.desk.case_page import Rejected, checked_text, user_of
from web.desk.live_view import colleagues_view, lists_view, message_views, standing_view, talk_view
from web.desk.session import FIELDS, render_desk
from web.errors import PublicError
from web.events import BROKER, DESK
from web.parts import parts_of
from web.signs import SIGNS
from web.write_form import FormError, check, facts_of

routes = web.RouteTableDef()
_TALK = r"/desk/live/{number:\d{1,9}}"
_Command = Callable[[UnitOfWork, LiveTalk, User], Awaitable[object]]
_CASE_FIELDS = ("name", "company", "email", "phone", "address")


@routes.get("/desk/live")
async def show_queue(request: web.Request) -> web.Response:
    """Show who waits, and the talks under way; whoever looks here counts as ready."""
    parts, user = parts_of(request), user_of(request)
    async with parts.database.writing() as uow:
        await live_talks.note_ready(uow, user.username, parts.now())
        lists = await lists_view(uow, parts, user)
        await uow.commit()
    return render_desk(request, "desk/live.html", lists=lists, current=None)


@routes.get(_TALK)
async def show_talk(request: web.Request) -> web.Response:
    """Show one talk, and write in the audit log that it was read."""
    return await _page(request)


@routes.post(f"{_TALK}/overtag")
async def take(request: web.Request) -> web.Response:
    """Take a talk over: the assistant is silent, and the visitor is told the name."""
    parts = parts_of(request)

    async def command(uow: UnitOfWork, talk: LiveTalk, user: User) -> None:
        await live_talks.take(uow, parts.knowledge, talk, user, parts.now())

    return await _carry_out(request, command, "overtag", "#text")


@routes.post(f"{_TALK}/svar")
async def reply(request: web.Request) -> web.Response:
    """Write to the visitor."""
    fields, parts = request[FIELDS], parts_of(request)
    sent_as = fields.get("sent_as") or None

    async def command(uow: UnitOfWork, talk: LiveTalk, user: User) -> None:
        text = checked_text(request, fields.get("text", ""), "text", "Skriv noget, før du sender.")
        await live_talks.reply(uow, talk, text, user, parts.now(), sent_as[:64] if sent_as else None)
        request.app[SIGNS].said(talk.conversation_id, "person")

    return await _carry_out(request, command, "text", "#text")


@routes.post(f"{_TALK}/skriver")
async def typing(request: web.Request) -> web.Response:
    """Let the visitor see that the caseworker is writing."""
    parts, user = parts_of(request), user_of(request)
    async with parts.database.reading() as uow:
        talk = await _talk_of(uow, request)
    if talk.state == "talking" and talk.taken_by == user.username:
        await request.app[SIGNS].note(talk.conversation_id, "person", typing=True)
        request.app[BROKER].notify(talk.conversation_id)
    return web.Response(status=204)


@routes.post(f"{_TALK}/tilbage")
async def hand_back(request: web.Request) -> web.Response:
    """Let the assistant answer again."""
    parts = parts_of(request)

    async def command(uow: UnitOfWork, talk: LiveTalk, user: User) -> None:
        await live_talks.hand_back(uow, talk, user, parts.now())

    return await _carry_out(request, command, "tilbage")


@routes.post(f"{_TALK}/tilbyd")
async def offer(request: web.Request) -> web.Response:
    """Offer the talk to a colleague, who accepts or declines; until then nothing changes for the visitor."""
    fields, parts = request[FIELDS], parts_of(request)

    async def command(uow: UnitOfWork, talk: LiveTalk, user: User) -> None:
        await live_talks.offer_to(uow, talk, fields.get("to", ""), user, parts.now())

    return await _carry_out(request, command, "pass", "#live-pass")


@routes.post(f"{_TALK}/tag-imod")
async def accept(request: web.Request) -> web.Response:
    """Take over a talk that a colleague offers: the visitor is told the new name."""
    parts = parts_of(request)

    async def command(uow: UnitOfWork, talk: LiveTalk, user: User) -> None:
        await live_talks.accept_offer(uow, parts.knowledge, talk, user, parts.now())
        request.app[SIGNS].said(talk.conversation_id, "person")  # who typed until now types no longer

    return await _carry_out(request, command, "pass", "#text")


@routes.post(f"{_TALK}/intet-tilbud")
async def drop_offer(request: web.Request) -> web.Response:
    """Decline a talk that is offered, or take the offer back."""
    parts = parts_of(request)

    async def command(uow: UnitOfWork, talk: LiveTalk, user: User) -> None:
        await live_talks.drop_offer(uow, talk, user, parts.now())

    return await _carry_out(request, command, "pass")


@routes.post(f"{_TALK}/paa-sag")
async def put_on_case(request: web.Request) -> web.Response:
    """Put the talk on the open case of the same conversation."""
    parts = parts_of(request)

    async def command(uow: UnitOfWork, talk: LiveTalk, user: User) -> None:
        case = await live_talks.own_case(uow, talk)
        if case is None:
            raise NotAllowed("Sagen er ikke åben længere.")
        await live_talks.put_on_case(uow, parts.knowledge, talk, case, user, parts.now())

    return await _carry_out(request, command, "paa-sag")


@routes.post(f"{_TALK}/sag")
async def make_case(request: web.Request) -> web.Response:
    """Make the talk into a case with the facts of the small form."""
    parts, fields = parts_of(request), request[FIELDS]
    values = _case_values(fields)
    errors = check(values, parts.settings.max_message_chars)
    case_type = fields.get("case_type") or None
    if errors:
        return await _page(request, values=values, errors=errors)

    async def command(uow: UnitOfWork, talk: LiveTalk, user: User) -> None:
        known = case_type if case_type in parts.knowledge.cases else None
        facts = facts_of(values)
        await live_talks.make_case(uow, parts.knowledge, talk, values["text"], facts, known, user, parts.now())

    return await _carry_out(request, command, "matter", values=values)


async def _carry_out(
    request: web.Request,
    command: _Command,
    field: str,
    anchor: str = "",
    values: Mapping[str, str] | None = None,
) -> web.Response:
    """Carry a form out in one unit of work and go back to the talk; what must be mended is shown at `field`."""
    parts, user = parts_of(request), user_of(request)
    try:
        async with parts.database.writing() as uow:
            talk = await _talk_of(uow, request)
            await command(uow, talk, user)
            await live_talks.note_ready(uow, user.username, parts.now())
            await uow.commit()
    except NotAllowed as forbidden:
        return await _page(request, Rejected(str(forbidden), field, 409), values)
    except Rejected as rejected:
        return await _page(request, rejected, values)
    request.app[BROKER].notify(talk.conversation_id)
    request.app[BROKER].notify(DESK)
    raise web.HTTPSeeOther(f"/desk/live/{talk.id}{anchor}")


async def _page(
    request: web.Request,
    rejected: Rejected | None = None,
    values: Mapping[str, str] | None = None,
    errors: list[FormError] | None = None,
) -> web.Response:
    """Return the page of a talk, with what was typed when something must be mended first."""
    parts, user, signs = parts_of(request), user_of(request), request.app[SIGNS]
    async with parts.database.writing() as uow:
        talk = await _talk_of(uow, request)
        if talk.state == "talking" and talk.taken_by == user.username:
            talk.person_seen_at = parts.now()
        await live_talks.note_ready(uow, user.username, parts.now())
        await live_talks.note_view(uow, talk, user.username, parts.now())
        messages = await conversations.since(uow, talk.conversation_id)
        shown = await talk_view(uow, talk)
        standing = await standing_view(uow, parts, signs, talk, user)
        lists = await lists_view(uow, parts, user)
        colleagues = await colleagues_view(uow, parts, user)
        await uow.commit()
    typed = request.get(FIELDS, {})
    return render_desk(
        request,
        "desk/live_talk.html",
        422 if errors else rejected.status if rejected else 200,
        talk=shown,
        standing=standing,
        lists=lists,
        colleagues=colleagues,
        current=talk.id,
        messages=message_views(messages),
        last=messages[-1].seq if messages else 0,
        text=typed.get("text", "") if rejected else "",
        sent_as=typed.get("sent_as") or secrets.token_hex(16) if rejected else secrets.token_hex(16),
        values=values or shown["values"],
        case_type=typed.get("case_type", shown["case_type"]),
        case_types=_case_types(request),
        errors=[_at_form(error) for error in errors or ()],
        rejected=rejected,
        longest=parts.settings.max_message_chars,
    )


async def _talk_of(uow: UnitOfWork, request: web.Request) -> LiveTalk:
    talk = await live.by_number(uow, int(request.match_info["number"]))
    if talk is None:
        raise PublicError("not_found")
    return talk


def _case_values(fields: Mapping[str, str]) -> dict[str, str]:
    """Return the fields of the form as the checks of /skriv know them; its text is called "matter" on this page."""
    return {"text": fields.get("matter", ""), **{name: fields.get(name, "") for name in _CASE_FIELDS}}


def _at_form(error: FormError) -> FormError:
    return FormError("matter", error.text) if error.field == "text" else error


def _case_types(request: web.Request) -> list[tuple[str, Any]]:
    cases = parts_of(request).knowledge.cases.values()
    return [("", "Ikke valgt"), *sorted(((case.id, case.title) for case in cases), key=lambda one: one[1])]
