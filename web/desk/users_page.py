"""/desk/brugere: the administrator looks after who may log in.

A new password is shown in the answer to the form itself, not after a redirect: it is nowhere stored, so it can be shown only
there. Sending the same form once more changes nothing, since it names a version of the user that is no longer the last.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from office import access, audit, users
from office.errors import NotAllowed, WrongField
from office.history import NothingToRecord, record
from office.roles import ROLES
from office.store import UnitOfWork
from office.store.tables import User
from web.desk.case_page import user_of
from web.desk.log_view import event_view
from web.desk.session import FIELDS, ROLE_NAMES, render_desk
from web.errors import PublicError
from web.parts import Parts, parts_of
from web.provider import PROVIDER

routes = web.RouteTableDef()
USERS = "/desk/brugere"
USER = rf"{USERS}/{{user:\d{{1,9}}}}"
_SHOWN_EVENTS = 20
SAVED = {
    "ret": "Brugeren er ændret.",
    "luk": "Brugeren er lukket og logget ud alle steder.",
    "aabn": "Brugeren er åbnet igen.",
    "afslut": "Brugeren er logget ud alle steder.",
    "kommunen": "Brugeren logger fra nu af ind med kommunens login.",
    "oprettet": "Brugeren er oprettet og logger ind med kommunens login.",
}
_Command = Callable[[UnitOfWork, User], Awaitable[object]]


@routes.get(USERS)
async def list_users(request: web.Request) -> web.Response:
    """Show all users, those who may enter first."""
    parts = parts_of(request)
    async with parts.database.reading() as uow:
        found = await users.all_users(uow)
    rows = [_row_view(parts, row) for row in found]
    return render_desk(request, "desk/users.html", rows=rows)


@routes.get(f"{USERS}/ny")
async def show_empty(request: web.Request) -> web.Response:
    """Show the form for a new user."""
    return _new_page(request, {})


@routes.post(f"{USERS}/ny")
async def add(request: web.Request) -> web.Response:
    """Add a user and show the first password, once."""
    parts, fields = parts_of(request), request[FIELDS]
    by_provider = PROVIDER in request.app and fields.get("log_in") == "kommunen"
    try:
        async with parts.database.writing() as uow:
            user, password = await users.add_user(
                uow,
                parts.knowledge,
                fields.get("username", ""),
                _about(request),
                by_provider,
                user_of(request).username,
                parts.now(),
            )
            await uow.commit()
    except WrongField as wrong:
        return _new_page(request, fields, wrong)
    if by_provider:
        raise web.HTTPSeeOther(f"{USERS}/{user.id}?gemt=oprettet")
    return _password_page(request, user, password)


@routes.get(USER)
async def show(request: web.Request) -> web.Response:
    """Show one user, with what was last done by and to them."""
    return await _user_page(request)


@routes.post(f"{USER}/ret")
async def change(request: web.Request) -> web.Response:
    """Change name, role and person."""
    parts = parts_of(request)

    async def command(uow: UnitOfWork, user: User) -> None:
        actor = user_of(request).username
        await users.change_user(uow, parts.knowledge, user, _about(request), actor, parts.now())

    return await _save(request, command, "ret")


@routes.post(f"{USER}/adgangskode")
async def renew_password(request: web.Request) -> web.Response:
    """Give a new password and show it, once."""
    parts = parts_of(request)
    try:
        async with parts.database.writing() as uow:
            user = await _unchanged(uow, request)
            password = await users.renew_password(uow, user, user_of(request).username, parts.now())
            await uow.commit()
    except NotAllowed as refused:
        return await _user_page(request, refused)
    return _password_page(request, user, password)


@routes.post(f"{USER}/luk")
async def disable(request: web.Request) -> web.Response:
    """Keep the user out."""
    parts = parts_of(request)
    return await _save(
        request, lambda uow, user: users.disable(uow, user, user_of(request).username, parts.now()), "luk"
    )


@routes.post(f"{USER}/aabn")
async def enable(request: web.Request) -> web.Response:
    """Let the user in again."""
    parts = parts_of(request)
    return await _save(
        request, lambda uow, user: users.enable(uow, user, user_of(request).username, parts.now()), "aabn"
    )


@routes.post(f"{USER}/afslut")
async def end_sessions(request: web.Request) -> web.Response:
    """Log the user out everywhere."""
    parts = parts_of(request)

    async def command(uow: UnitOfWork, user: User) -> None:
        if await access.end_sessions(uow, user):
            record(uow, None, parts.now(), user_of(request).username, "sessions_ended", about=user.username)

    return await _save(request, command, "afslut")


@routes.post(f"{USER}/kommunen")
async def hand_to_provider(request: web.Request) -> web.Response:
    """Let the user log in at the municipality's provider from now on."""
    parts = parts_of(request)
    if PROVIDER not in request.app:
        raise PublicError("not_found")
    return await _save(
        request, lambda uow, user: users.hand_to_provider(uow, user, user_of(request).username, parts.now()), "kommunen"
    )


async def _save(request: web.Request, command: _Command, saved: str) -> web.Response:
    """Do something to the user of the address and go back to their page, or show there what must be mended."""
    try:
        async with parts_of(request).database.writing() as uow:
            user = await _unchanged(uow, request)
            await command(uow, user)
            await uow.commit()
    except NothingToRecord:
        return await _user_page(request, NotAllowed("Der er ikke ændret noget."))
    except NotAllowed as refused:
        return await _user_page(request, refused)
    raise web.HTTPSeeOther(f"{USERS}/{user.id}?gemt={saved}")


async def _unchanged(uow: UnitOfWork, request: web.Request) -> User:
    return await users.unchanged(uow, int(request.match_info["user"]), request[FIELDS].get("version", ""))


def _about(request: web.Request) -> users.About:
    fields = request[FIELDS]
    return users.About(fields.get("name", ""), fields.get("role", ""), fields.get("person", ""))


async def _user_page(request: web.Request, refused: NotAllowed | None = None) -> web.Response:
    parts = parts_of(request)
    async with parts.database.reading() as uow:
        user = await users.by_id(uow, int(request.match_info["user"]))
        if user is None:
            raise PublicError("not_found")
        names = await access.names(uow, parts.knowledge.people)
        past = await audit.events(uow, audit.Wanted(user=user.username), _SHOWN_EVENTS)
    shown = {"name": user.name, "role": user.role, "person": user.person or ""}
    return render_desk(
        request,
        "desk/user.html",
        422 if refused else 200,
        shown=user,
        typed=(shown | request[FIELDS]) if refused else shown,
        past=[event_view(event, names) for event in past],
        refused=refused,
        wrong=refused if isinstance(refused, WrongField) else None,
        saved="" if refused else SAVED.get(request.query.get("gemt", ""), ""),
        **_choices(request),
    )


def _new_page(request: web.Request, typed: dict[str, str], wrong: WrongField | None = None) -> web.Response:
    return render_desk(
        request, "desk/user_new.html", 422 if wrong else 200, typed=typed, wrong=wrong, **_choices(request)
    )


def _password_page(request: web.Request, user: User, password: str) -> web.Response:
    return render_desk(request, "desk/user_password.html", shown=user, password=password)


def _choices(request: web.Request) -> dict[str, Any]:
    people = parts_of(request).knowledge.people.values()
    return {
        "roles": [(role, ROLE_NAMES[role]) for role in ROLES],
        "people": sorted(((person.id, person.name) for person in people), key=lambda choice: choice[1]),
        "with_provider": PROVIDER in request.app,
    }


def _row_view(parts: Parts, row: users.Row) -> dict[str, Any]:
    user = row.user
    person = parts.knowledge.people.get(user.person or "")
    return {
        "id": user.id,
        "username": user.username,
        "name": user.name,
        "role": ROLE_NAMES[user.role],
        "person": person.name if person else "ingen egne sager",
        "last_log_in": row.last_log_in,
        "state": _state(user),
        "disabled": user.disabled_at is not None,
    }


def _state(user: User) -> str:
    if user.disabled_at is not None:
        return "Lukket"
    if user.must_change_password:
        return "Skal vælge adgangskode"
    return "Adgangskode" if user.password_hash else "Kommunens login"
