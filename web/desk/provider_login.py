"""Logging in to the desk at the municipality's own provider (OpenID Connect), and coming back from there.

Between the two the browser keeps one signed, short-lived cookie with a random number; state, nonce and PKCE verifier are derived
from it with our key. So nothing is stored, any replica can take the browser back, and only the browser that began can end.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
from datetime import timedelta

from aiohttp import web

from office.provider_users import NoEntry, admit
from web.desk.sections import first_room
from web.desk.session import LOG_IN, PROVIDER_LOG_IN, PROVIDER_RETURN, begin_session, set_cookie
from web.errors import PublicError
from web.limits import LIMITER
from web.parts import Parts, parts_of
from web.provider import PROVIDER, Attempt, Provider, ProviderFailed
from web.security import issue_form_token, read_form_token
from web.templating import render

logger = logging.getLogger(__name__)
routes = web.RouteTableDef()
_COOKIE = "indgang_login"
_PURPOSE = "provider"
_LASTS = timedelta(minutes=10)
UNREACHABLE = "Kommunens login svarer ikke lige nu. Vent lidt, og prøv igen."
NOT_BELIEVED = (
    "Svaret fra kommunens login kunne ikke bekræftes, så du er ikke logget ind. Prøv igen. "
    "Sker det flere gange, så tal med it."
)
OTHER_WINDOW = "Log-ind tog for lang tid, eller det blev begyndt i et andet vindue. Prøv igen."
GIVEN_UP = "Du blev ikke logget ind hos kommunens login. Prøv igen."


@routes.get(PROVIDER_LOG_IN)
async def begin(request: web.Request) -> web.Response:
    """Send the browser to the provider."""
    parts, provider = parts_of(request), _provider(request)
    await request.app[LIMITER].spend_by_address("logins", request)
    token = issue_form_token(parts, _PURPOSE)
    try:
        address = await provider.log_in_address(_attempt(parts, token))
    except ProviderFailed as failed:
        return _not_in(request, failed)
    response = web.HTTPSeeOther(address)
    response.set_cookie(
        _COOKIE,
        token,
        max_age=int(_LASTS.total_seconds()),
        path=LOG_IN,
        httponly=True,
        secure=parts.settings.address.startswith("https:"),
        samesite="Lax",  # the way back begins at the provider's site
    )
    raise response


@routes.get(PROVIDER_RETURN)
async def come_back(request: web.Request) -> web.Response:
    """Take the browser back from the provider: check what it brings, and begin a session."""
    parts, provider = parts_of(request), _provider(request)
    await request.app[LIMITER].spend_by_address("logins", request)
    token = request.cookies.get(_COOKIE, "")
    if not token or read_form_token(parts, _PURPOSE, token, _LASTS) is None:
        return _problem(request, OTHER_WINDOW, 400)
    attempt = _attempt(parts, token)
    if not hmac.compare_digest(request.query.get("state", "").encode(), attempt.state.encode()):
        return _problem(request, OTHER_WINDOW, 400)
    if "error" in request.query or not request.query.get("code"):
        return _problem(request, GIVEN_UP, 403)
    if request.query.get("iss", parts.settings.oidc_issuer) != parts.settings.oidc_issuer:  # RFC 9207
        return _problem(request, NOT_BELIEVED, 502)
    try:
        identity, id_token = await provider.identity(request.query["code"], attempt, parts.now())
    except ProviderFailed as failed:
        return _not_in(request, failed)
    async with parts.database.writing() as uow:
        try:
            user = await admit(uow, parts.knowledge, identity, parts.settings.oidc_roles, parts.now())
        except NoEntry as refused:
            await uow.commit()
            return _problem(request, str(refused), 403)
        session = await begin_session(request, uow, user, id_token)
        await uow.commit()
    response = web.HTTPSeeOther(first_room(user.role))
    set_cookie(response, parts, session.token)
    response.del_cookie(_COOKIE, path=LOG_IN)
    raise response


def _provider(request: web.Request) -> Provider:
    if PROVIDER not in request.app:
        raise PublicError("not_found")
    return request.app[PROVIDER]


def _attempt(parts: Parts, token: str) -> Attempt:
    """Return the secrets of the attempt that this cookie stands for."""
    return Attempt(*(_derived(parts, purpose, token) for purpose in ("state", "nonce", "verifier")))


def _derived(parts: Parts, purpose: str, token: str) -> str:
    digest = hmac.new(parts.signing_key.encode(), f"provider {purpose} {token}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _not_in(request: web.Request, failed: ProviderFailed) -> web.Response:
    logger.warning("the log-in provider failed: %s", failed)
    return _problem(request, UNREACHABLE if failed.unreachable else NOT_BELIEVED, 503 if failed.unreachable else 502)


def _problem(request: web.Request, words: str, status: int) -> web.Response:
    return render(request, "desk/not_in.html", status, words=words)
