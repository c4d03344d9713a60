"""Logging in to the desk with a password, and out of it. Log-in at the municipality's provider: provider_login.py.

Guessing is slowed down per address and per user name. A name is counted whether it exists or not, so the limit tells nothing;
and a browser in which the user has logged in before is counted by itself (a "device cookie", as OWASP describes it), so who
guesses at somebody's name keeps only strangers' browsers out, not the somebody.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta

from aiohttp import web

from office import access
from office.store.tables import User
from web.desk.sections import first_room
from web.desk.session import COOKIE, LOG_IN, LOG_OUT, SESSION, begin_session, session_of, set_cookie
from web.errors import PublicError
from web.limits import LIMITER
from web.parts import parts_of
from web.provider import PROVIDER, ProviderFailed
from web.requests import read_form
from web.security import issue_form_token, read_form_token, require_same_origin
from web.templating import render

routes = web.RouteTableDef()
_PURPOSE = "login"
_LONGEST = 200
_KNOWN_BROWSER = "indgang_kendt"
_KNOWN_FOR = timedelta(days=180)
WRONG = "Brugernavn eller adgangskode passer ikke. Prøv igen."
OLD = "Siden har stået åben længe. Prøv igen."


@routes.get(LOG_IN)
async def show(request: web.Request) -> web.Response:
    """Show the log-in form; who is logged in already goes on to the desk."""
    session = await session_of(request)
    if session is not None:
        raise web.HTTPSeeOther(first_room(session.user.role))
    return _page(request)


@routes.post(LOG_IN)
async def log_in(request: web.Request) -> web.Response:
    """Check name and password and begin a session."""
    parts = parts_of(request)
    require_same_origin(request)
    if not parts.settings.password_login:
        raise PublicError("not_found")
    await request.app[LIMITER].spend_by_address("logins", request)
    fields = await read_form(request)
    username, password = fields.get("username", "")[:_LONGEST], fields.get("password", "")[:_LONGEST]
    if read_form_token(parts, _PURPOSE, fields.get("token", "")) is None:
        return _page(request, username, OLD)
    await request.app[LIMITER].spend("logins_per_name", _guessed(request, username))
    async with parts.database.reading() as uow:
        user = await access.check_password(uow, username, password)
    if user is None:
        await _note_refused(request, username)
        return _page(request, username, WRONG)
    raise await _enter(request, user)


@routes.post(LOG_OUT)
async def log_out(request: web.Request) -> web.Response:
    """End the session, also the one at the provider where there is one."""
    parts, provider_token = parts_of(request), request[SESSION].provider_token
    async with parts.database.writing() as uow:
        await access.log_out(uow, request.cookies[COOKIE], parts.now())
        await uow.commit()
    address = await _provider_log_out(request, provider_token)
    if address is None:
        response: web.Response | web.HTTPSeeOther = web.HTTPSeeOther(LOG_IN)
    else:
        # A form may only lead to our own pages (form-action), redirects included, so the browser leaves from a page of ours.
        response = render(request, "desk/leaving.html", address=address)
        response.headers["Refresh"] = f"0; url={address}"
    response.del_cookie(COOKIE, path="/desk")
    if isinstance(response, web.HTTPSeeOther):
        raise response
    return response


async def _enter(request: web.Request, user: User) -> web.HTTPSeeOther:
    parts = parts_of(request)
    async with parts.database.writing() as uow:
        session = await begin_session(request, uow, user)
        await uow.commit()
    response = web.HTTPSeeOther(first_room(user.role))
    set_cookie(response, parts, session.token)
    response.set_cookie(
        _KNOWN_BROWSER,
        issue_form_token(parts, _known_as(user.username)),
        max_age=int(_KNOWN_FOR.total_seconds()),
        path=LOG_IN,
        httponly=True,
        secure=parts.settings.address.startswith("https:"),
        samesite="Strict",
    )
    return response


async def _note_refused(request: web.Request, username: str) -> None:
    parts = parts_of(request)
    async with parts.database.writing() as uow:
        await access.record_refused(uow, username, parts.now())
        await uow.commit()


def _guessed(request: web.Request, username: str) -> str:
    """Return under what an attempt counts: the name, and the browser where the user has logged in there before."""
    token = request.cookies.get(_KNOWN_BROWSER, "")
    known = read_form_token(parts_of(request), _known_as(username), token, _KNOWN_FOR) if token else None
    return hashlib.sha256(f"{username.strip().lower()} {known or ''}".encode()).hexdigest()


def _known_as(username: str) -> str:
    return f"known browser of {username.strip().lower()}"


async def _provider_log_out(request: web.Request, provider_token: str | None) -> str | None:
    if provider_token is None or PROVIDER not in request.app:
        return None
    try:
        return await request.app[PROVIDER].log_out_address(provider_token)
    except ProviderFailed:
        return None  # logged out here, which is what counts


def _page(request: web.Request, username: str = "", error: str | None = None) -> web.Response:
    parts = parts_of(request)
    return render(
        request,
        "desk/login.html",
        422 if error else 200,
        username=username,
        error=error,
        token=issue_form_token(parts, _PURPOSE),
        with_password=parts.settings.password_login,
        with_provider=PROVIDER in request.app,
    )
