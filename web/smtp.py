"""Mails to the municipality's mail server (SMTP with STARTTLS or TLS). Errors are told by code: words quote addresses."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import datetime

import aiosmtplib
from aiosmtplib import SMTP

from office.mail import Composer, Letter
from office.outbox import LONGEST_ATTEMPT, NotNow, Undeliverable
from office.settings import Settings

_SECONDS = 20.0
_GOODBYE_SECONDS = 2.0


class MailChannel:
    """Sends letters as mails, over one connection while the block lasts; it is opened for the first one."""

    name = "mail"

    def __init__(self, settings: Settings, composer: Composer) -> None:
        self.configured = bool(settings.smtp_host)
        self._settings = settings
        self._composer = composer
        self._connection: SMTP | None = None

    async def __aenter__(self) -> MailChannel:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._hang_up()

    async def send(self, letter: Letter, now: datetime) -> None:
        """Return when the server has taken the mail. Raises Undeliverable, or NotNow."""
        mail = self._composer.compose(letter)
        try:
            async with asyncio.timeout(LONGEST_ATTEMPT.total_seconds()):
                connection = await self._connected()
                await connection.send_message(mail)
        except (aiosmtplib.SMTPRecipientsRefused, aiosmtplib.SMTPDataError) as error:
            raise _judged(error) from None
        except (aiosmtplib.SMTPException, OSError) as error:
            # What is wrong here is not this mail's fault: the connection, or the address that mails come from.
            await self._hang_up()
            raise NotNow(_reason(error), server_down=True) from None

    async def _connected(self) -> SMTP:
        if self._connection is None:
            settings = self._settings
            connection = SMTP(
                hostname=settings.smtp_host,
                port=settings.smtp_port,
                username=settings.smtp_user or None,
                password=settings.smtp_password or None,
                use_tls=settings.smtp_security == "tls",
                # Asked for and not offered is an error: a password or a mail is never sent in the clear instead.
                start_tls=settings.smtp_security == "starttls",
                timeout=_SECONDS,
            )
            await connection.connect()
            self._connection = connection
        return self._connection

    async def _hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(aiosmtplib.SMTPException, OSError):
                await connection.quit(timeout=_GOODBYE_SECONDS)
            connection.close()


def _judged(error: aiosmtplib.SMTPRecipientsRefused | aiosmtplib.SMTPDataError) -> Undeliverable | NotNow:
    """A refusal for good is 5xx, one for now is 4xx (RFC 5321 § 4.2.1)."""
    refusal = error.recipients[0] if isinstance(error, aiosmtplib.SMTPRecipientsRefused) else error
    return Undeliverable(_reason(refusal)) if refusal.code >= 500 else NotNow(_reason(refusal))


def _reason(error: Exception) -> str:
    return f"SMTP {error.code}" if isinstance(error, aiosmtplib.SMTPResponseException) else type(error).__name__
