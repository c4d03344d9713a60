"""Events to the municipality's own case system, over HTTP."""

from __future__ import annotations

from datetime import datetime

import aiohttp

from knowledge import Knowledge
from office.mail import Letter
from office.outbox import NotNow, Undeliverable
from office.settings import Settings
from office.webhook import event_body, signed_headers

_TIMEOUT = aiohttp.ClientTimeout(total=20)
_GONE = 410


class WebhookChannel:
    """Sends letters as signed events, over one session while the block lasts."""

    name = "webhook"

    def __init__(self, settings: Settings, knowledge: Knowledge) -> None:
        self.configured = bool(settings.webhook_url)
        self._url = settings.webhook_url
        self._secret = settings.webhook_secret
        self._knowledge = knowledge
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> WebhookChannel:
        self._session = aiohttp.ClientSession(timeout=_TIMEOUT)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()

    async def send(self, letter: Letter, now: datetime) -> None:
        """Return when the receiver has answered 2xx. Raises Undeliverable (410 Gone), or NotNow for everything else."""
        assert self._session is not None, "used before `async with`"
        body = event_body(letter, self._knowledge)
        headers = signed_headers(letter.row.key, body, self._secret, now)
        try:
            # A redirect could lead what names people to somebody else; it counts as a refusal.
            response = await self._session.post(self._url, data=body.encode(), headers=headers, allow_redirects=False)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise NotNow(type(error).__name__, server_down=True) from None
        response.release()
        if response.status == _GONE:
            raise Undeliverable("HTTP 410")
        if not 200 <= response.status < 300:
            raise NotNow(f"HTTP {response.status}", server_down=response.status >= 500)
