"""/desk/konto: who I am here, my password, and where I am logged in."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from office import access, users
from office.errors import WrongField
from office.history import record
from office.passwords import SHORTEST
from office.store import UnitOfWork
from office.store.tables import Session, User
from web.desk.session import (
    ACCOUNT,
    FIELDS,
    OWN_PASSWORD,
    ROLE_NAMES,
    SESSION,
    begin_session,
    idle_time,
    render_desk,
    set_cookie,
)
from web.parts import parts_of

routes = web.RouteTableDef()
_HANDLE = 16  # so much of a session's hash names it in a form; it is among the sessions of one user only
SAVED = {
    "adgangskode": "Din adgangskode er skiftet. Du er logget ud alle andre steder.",
    "log-ind": "Log-ind er afsluttet.",
}


@routes.get(ACCOUNT)
async def show(request: web.Request) -> web.Response:
    """Show the account of who is logged in."""
    return await _page(request)


@routes.post(OWN_PASSWORD)
async def change_password(request: web.Request) -> web.Response:
    """Change the password, end every session, and begin a new one here."""
    parts, fields = parts_of(request), request[FIELDS]
    old, new, repeated = (fields.get(name, "") for name in ("old", "new", "repeated"))
    try:
        async with parts.database.writing() as uow:
            user = await _user(uow, request)
            await users.change_own_password(uow, parts.knowledge, user, old, new, repeated, parts.now())
            session = await begin_session(request, uow, user)
            await uow.commit()
    except WrongField as wrong:
        return await _page(request, wrong)
    response = web.HTTPSeeOther(f"{ACCOUNT}?gemt=adgangskode")
    set_cookie(response, parts, session.token)
    raise response


@routes.post(f"{ACCOUNT}/afslut")
async def end_sessions(request: web.Request) -> web.Response:
    """End one other session, or all others."""
    parts, here = parts_of(request), request[SESSION].token_hash
    chosen = request[FIELDS].get("session", "")
    async with parts.database.writing() as uow:
        user = await _user(uow, request)
        mine = await access.sessions_of(uow, user, parts.now(), idle_time(parts))
        ended = [one for one in mine if one.token_hash != here and chosen in ("andre", _handle(one))]
        for one in ended:
            await access.end_sessions(uow, user, only=one.token_hash)
        if ended:
            record(uow, None, parts.now(), user.username, "sessions_ended", about=user.username)
        await uow.commit()
    raise web.HTTPSeeOther(f"{ACCOUNT}?gemt=log-ind#log-ind")


async def _page(request: web.Request, wrong: WrongField | None = None) -> web.Response:
    parts, session = parts_of(request), request[SESSION]
    async with parts.database.reading() as uow:
        mine = await access.sessions_of(uow, session.user, parts.now(), idle_time(parts))
    person = parts.knowledge.people.get(session.user.person or "")
    return render_desk(
        request,
        "desk/account.html",
        422 if wrong else 200,
        account=session.user,
        role=ROLE_NAMES[session.user.role],
        person=person.name if person else None,
        sessions=[_session_view(one, session) for one in mine],
        idle_minutes=parts.settings.session_idle_minutes,
        shortest=SHORTEST,
        wrong=wrong,
        saved="" if wrong else SAVED.get(request.query.get("gemt", ""), ""),
    )


async def _user(uow: UnitOfWork, request: web.Request) -> User:
    """Return who is logged in, read anew for changing."""
    return await uow.session.get_one(User, request[SESSION].user_id)


def _session_view(session: Session, here: Session) -> dict[str, Any]:
    return {
        "handle": _handle(session),
        "browser": session.browser or "Ukendt browser",
        "began": session.created_at,
        "used": session.last_used_at,
        "here": session.token_hash == here.token_hash,
    }


def _handle(session: Session) -> str:
    return session.token_hash[:_HANDLE]
