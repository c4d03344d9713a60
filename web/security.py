"""Headers that every response carries, who may send forms, and the signed tokens that stand in for cookies in them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from aiohttp import web

from web.errors import PublicError
from web.parts import Parts, parts_of

_CSP = "default-src 'self'; img-src 'self' data:; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
_HEADERS = {
    "Content-Security-Policy": _CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
FORM_LASTS = timedelta(hours=12)


async def add_security_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Put the headers on a response that is about to be sent; what a page has set itself stays."""
    response.headers["Server"] = "en-indgang"  # instead of naming software and version
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if parts_of(request).settings.address.startswith("https:"):
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    response.headers.setdefault("Cache-Control", _may_be_kept(request.path))


def _may_be_kept(path: str) -> str:
    """The design system changes with its version only; our own files are asked for again each time; the rest is never kept."""
    if path.startswith(("/static/dkfds/", "/static/htmx/")):
        return "public, max-age=86400"
    return "no-cache" if path.startswith("/static/") else "no-store"


def keep_secret(response: web.StreamResponse) -> None:
    """Mark a page whose address is a secret: not indexed, its address not told to others."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"


def require_same_origin(request: web.Request) -> None:
    """Refuse a form that another site has sent. Raises PublicError "refused".

    Browsers say it in Sec-Fetch-Site; older ones in Origin, which is "null" on pages that send no referrer: there the
    signed token in the form decides alone.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        if site not in ("same-origin", "none"):
            raise PublicError("refused")
        return
    origin = request.headers.get("Origin", "null")
    own = {request.host, urlsplit(parts_of(request).settings.address).netloc}
    if origin != "null" and urlsplit(origin).netloc not in own:
        raise PublicError("refused")


def issue_form_token(parts: Parts, purpose: str) -> str:
    """Return a token for one form: when it was made, a random id (32 hexadecimal digits), and our signature."""
    stem = f"{int(parts.now().timestamp())}.{secrets.token_hex(16)}"
    return f"{stem}.{_sign(parts, purpose, stem)}"


def read_form_token(parts: Parts, purpose: str, token: str, lasts: timedelta = FORM_LASTS) -> str | None:
    """Return the random id of a token that we made for `purpose` within the time it lasts; None for every other token."""
    stem, _, signature = token.rpartition(".")
    if not hmac.compare_digest(_sign(parts, purpose, stem).encode(), signature.encode()):
        return None
    made, _, form_id = stem.partition(".")
    age = parts.now() - datetime.fromtimestamp(int(made), UTC)
    return form_id if timedelta(0) <= age + timedelta(minutes=1) and age <= lasts else None


def _sign(parts: Parts, purpose: str, stem: str) -> str:
    digest = hmac.new(parts.signing_key.encode(), f"form:{purpose}:{stem}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:18]).decode()
