"""Rate limits by the settings `rate_*`: per address, per conversation, per log-in. One place decides, one error tells."""

from __future__ import annotations

import logging
import time
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import cast

from aiohttp import web
from aiohttp.typedefs import Handler
from limits import RateLimitItem, parse
from limits.aio.storage import Storage
from limits.aio.strategies import MovingWindowRateLimiter
from limits.errors import ConfigurationError
from limits.storage import storage_from_string

from office.settings import PREFIX, SettingError, Settings
from web.errors import PublicError

logger = logging.getLogger(__name__)

_RULES = ("conversations", "messages", "requests", "logins", "logins_per_name")
_UNLIMITED = ("/static/", "/healthz", "/readyz")


class Limiter:
    """Counts in the storage of `rate_storage`; with `rate_limits=off` it lets everything pass."""

    def __init__(self, settings: Settings) -> None:
        self._rules = {rule: _limit(settings, rule) for rule in _RULES} if settings.rate_limits else {}
        self._limiter = MovingWindowRateLimiter(_storage(settings))
        self._trusted_proxies = int(settings.trusted_proxies)

    async def spend(self, rule: str, key: str) -> None:
        """Count one use of `rule` ("messages" …) by `key`. Raises PublicError "too_many" when there have been too many."""
        limit = self._rules.get(rule)
        if limit is None:
            return
        try:
            allowed = await self._limiter.hit(limit, rule, key)
            reset = 0.0 if allowed else (await self._limiter.get_window_stats(limit, rule, key)).reset_time
        except Exception as error:
            # A storage that is down must not close the door for everybody.
            logger.error("rate limits cannot be counted: %s", type(error).__name__)
            return
        if not allowed:
            seconds = max(1, round(reset - time.time()))
            raise PublicError("too_many", {"Retry-After": str(seconds)}, wait=_in_words(seconds))

    async def spend_by_address(self, rule: str, request: web.Request) -> None:
        """Count one use of `rule` by the address the request comes from."""
        await self.spend(rule, address_of(request, self._trusted_proxies))


def _limit(settings: Settings, rule: str) -> RateLimitItem:
    text = getattr(settings, f"rate_{rule}")
    try:
        return parse(text)
    except ValueError as error:
        variable = f"{PREFIX}RATE_{rule.upper()}"
        raise SettingError(f"{variable}={text!r} cannot be used: write it as 20/minute or 10/15minutes.") from error


def _storage(settings: Settings) -> Storage:
    address = settings.rate_storage
    options = {"implementation": "redispy"} if address.startswith("redis") else {}
    try:
        return cast(Storage, storage_from_string(f"async+{address}", **options))
    except ConfigurationError as error:
        variable = f"{PREFIX}RATE_STORAGE"
        raise SettingError(f"{variable}={address!r} cannot be used: write memory:// or redis://host:port.") from error


LIMITER = web.AppKey("limiter", Limiter)


@web.middleware
async def limit_requests(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Count every request per address, except files and health checks."""
    if not request.path.startswith(_UNLIMITED):
        await request.app[LIMITER].spend_by_address("requests", request)
    return await handler(request)


def address_of(request: web.Request, trusted_proxies: int) -> str:
    """Return the visitor's address. `X-Forwarded-For` counts only as far as our own proxies have written it.

    An IPv6 address counts as its network (/64), since one visitor owns all addresses in it.
    """
    hops = [hop.strip() for hop in ",".join(request.headers.getall("X-Forwarded-For", [])).split(",")]
    trusted = 0 < trusted_proxies <= len(hops)
    text = hops[-trusted_proxies] if trusted else (request.remote or "")
    try:
        address = ip_address(text)
    except ValueError:
        return request.remote or "unknown"
    return str(IPv6Network((address, 64), strict=False)) if isinstance(address, IPv6Address) else str(address)


def _in_words(seconds: int) -> dict[str, str]:
    if seconds < 90:
        return {"da": f"{seconds} sekunder" if seconds > 1 else "et sekund", "en": f"{seconds} s"}
    minutes = -(-seconds // 60)
    return {"da": f"{minutes} minutter", "en": f"{minutes} minutes"}
