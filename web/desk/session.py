"""Who is at the desk: the session cookie, the log-in guard around every /desk address, and the CSRF secret in every form.

The guard refuses by default: a new route under /desk needs log-in, a role that may enter its room (sections.py) and, unless
it only reads, the CSRF secret, without saying so itself.
"""

from __future__ import annotations

import hmac
from datetime import timedelta
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from office import access
from office.day import next_of
from office.store import UnitOfWork
from office.store.tables import Session, Ticket, User
from web.desk.browsers import browser_in_words
from web.desk.sections import CASEWORK, SECTIONS, first_room, may_enter, section_of
from web.desk.views import next_deadline_view
from web.errors import PublicError
from web.parts import Parts, parts_of
from web.security import require_same_origin
from web.templating import render
from web.uploads import ROOM_FOR_WORDS, Sent, read_sent, room_for

LOG_IN = "/desk/login"
PROVIDER_LOG_IN = f"{LOG_IN}/kommunen"
PROVIDER_RETURN = f"{LOG_IN}/retur"
OPEN_TO_ALL = (LOG_IN, PROVIDER_LOG_IN, PROVIDER_RETURN)
LOG_OUT = "/desk/logout"
ACCOUNT = "/desk/konto"
OWN_PASSWORD = f"{ACCOUNT}/adgangskode"
COOKIE = "indgang_desk"
SESSION = web.RequestKey("session", Session)
FIELDS = web.RequestKey("fields", dict[str, str])
SENT = web.RequestKey("sent", Sent)
_NEXT = web.RequestKey("next", Ticket)
_HIDDEN_FIELDS = ("csrf", "version", "seen")
_READING = ("GET", "HEAD")
_TOUCH_AFTER = timedelta(minutes=5)  # writing it down at every click would make readers into writers
ROLE_NAMES = {
    "caseworker": "Sagsbehandler",
    "coordinator": "Koordinator",
    "editor": "Redaktør",
    "administrator": "Administrator",
}


@web.middleware
async def guard_desk(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let nobody past /desk/login who is not logged in or has no business there; nothing changes without the CSRF secret."""
    if not (request.path == "/desk" or request.path.startswith("/desk/")) or request.path in OPEN_TO_ALL:
        return await handler(request)
    session = await session_of(request)
    if session is None:
        return await _send_to_log_in(request)
    request[SESSION] = session
    if session.user.must_change_password and request.path not in (ACCOUNT, OWN_PASSWORD, LOG_OUT):
        raise web.HTTPSeeOther(ACCOUNT)
    await _keep_alive(request, session)
    if not may_enter(session.user.role, request.path):
        raise PublicError("not_found" if section_of(request.path) is None else "forbidden")
    await _find_next_deadline(request, session)
    if request.method not in _READING:
        require_same_origin(request)
        sent = await read_sent(request, room_for(parts_of(request).knowledge.office.uploads))
        request[FIELDS], request[SENT] = dict(sent.texts), sent
        if not hmac.compare_digest(request[FIELDS].get("csrf", "").encode(), session.csrf.encode()):
            raise PublicError("refused")
    return await handler(request)


async def _send_to_log_in(request: web.Request) -> web.Response:
    """Send the browser to the log-in; who had written something is given it back, since the session ended meanwhile."""
    if request.method in _READING:
        raise web.HTTPSeeOther(LOG_IN)
    require_same_origin(request)
    fields = dict((await read_sent(request, ROOM_FOR_WORDS)).texts)  # nobody unknown sends us megabytes
    typed = [words for name, words in fields.items() if name not in _HIDDEN_FIELDS]
    return render(request, "desk/logged_out.html", 401, text=max(typed, key=len, default=""))


async def _find_next_deadline(request: web.Request, session: Session) -> None:
    """Look up what every page of the desk shows on top: the next thing this caseworker owes somebody."""
    if session.user.person is None or session.user.role not in CASEWORK:
        return
    async with parts_of(request).database.reading() as uow:
        ticket = await next_of(uow, session.user.person)
    if ticket is not None:
        request[_NEXT] = ticket


async def session_of(request: web.Request) -> Session | None:
    """Return the living session of the request's cookie, if any."""
    token = request.cookies.get(COOKIE, "")
    if not (token.isascii() and token):
        return None
    parts = parts_of(request)
    async with parts.database.reading() as uow:
        return await access.session_of(uow, token, parts.now(), idle_time(parts))


def idle_time(parts: Parts) -> timedelta:
    """Return how long a session lives without being used."""
    return timedelta(minutes=parts.settings.session_idle_minutes)


async def _keep_alive(request: web.Request, session: Session) -> None:
    """Note that the session is in use. What an open page asks for by itself is no use: it would keep a lost phone logged in."""
    parts = parts_of(request)
    by_itself = request.method in _READING and request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate"
    if not by_itself and parts.now() - session.last_used_at >= _TOUCH_AFTER:
        async with parts.database.writing() as uow:
            await access.touch(uow, session, parts.now())
            await uow.commit()


async def begin_session(
    request: web.Request, uow: UnitOfWork, user: User, provider_token: str | None = None
) -> access.LogIn:
    """Begin a session in the browser that asks, in place of the one it had; the caller commits and sets the cookie."""
    parts = parts_of(request)
    browser = browser_in_words(request.headers.get("User-Agent", ""))
    old = request.cookies.get(COOKIE, "")
    hours = parts.settings.session_hours
    return await access.begin_session(uow, user, parts.now(), hours, browser, provider_token, old)


def set_cookie(response: web.StreamResponse, parts: Parts, token: str) -> None:
    """Give the browser the session's secret, out of reach of scripts and of other sites."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=parts.settings.session_hours * 3600,
        path="/desk",
        httponly=True,
        secure=parts.settings.address.startswith("https:"),
        samesite="Lax",
    )


def render_desk(request: web.Request, template: str, status: int = 200, **context: Any) -> web.Response:
    """Return a page of the desk for the one who is logged in."""
    session = request[SESSION]
    shown = {"name": session.user.name, "role": ROLE_NAMES.get(session.user.role, session.user.role)}
    menu = [room for room in SECTIONS if room.title and session.user.role in room.roles]
    return render(
        request,
        template,
        status,
        user=shown,
        csrf=session.csrf,
        menu=menu,
        home=first_room(session.user.role),
        next_deadline=next_deadline_view(parts_of(request), request[_NEXT]) if _NEXT in request else None,
        **context,
    )
