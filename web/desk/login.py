"""Logging in to the desk and out of it."""

from __future__ import annotations

from aiohttp import web

from office import access
from web.desk.sections import first_room
from web.desk.session import COOKIE, LOG_IN, session_of, set_cookie
from web.limits import LIMITER
from web.parts import parts_of
from web.requests import read_form
from web.security import issue_form_token, read_form_token, require_same_origin
from web.templating import render

routes = web.RouteTableDef()
_PURPOSE = "login"
_LONGEST = 200
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
    await request.app[LIMITER].spend_by_address("logins", request)
    fields = await read_form(request)
    username, password = fields.get("username", "")[:_LONGEST], fields.get("password", "")[:_LONGEST]
    if read_form_token(parts, _PURPOSE, fields.get("token", "")) is None:
        return _page(request, username, OLD)
    async with parts.database.reading() as uow:
        user = await access.check_password(uow, username, password)
    if user is None:
        return _page(request, username, WRONG)
    async with parts.database.writing() as uow:
        session = await access.begin_session(uow, user, parts.now(), parts.settings.session_hours)
        await uow.commit()
    response = web.HTTPSeeOther(first_room(user.role))
    set_cookie(response, parts, session.token)
    raise response


@routes.post("/desk/logout")
async def log_out(request: web.Request) -> web.Response:
    """End the session."""
    async with parts_of(request).database.writing() as uow:
        await access.log_out(uow, request.cookies[COOKIE])
        await uow.commit()
    response = web.HTTPSeeOther(LOG_IN)
    response.del_cookie(COOKIE, path="/desk")
    raise response


def _page(request: web.Request, username: str = "", error: str | None = None) -> web.Response:
    token = issue_form_token(parts_of(request), _PURPOSE)
    return render(request, "desk/login.html", 422 if error else 200, username=username, error=error, token=token)
