"""A real mail server on loopback, which refuses, drops and kills as a test tells it to."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session


class MailServer:
    """What it has received, and what it is to answer: {"RCPT": "550 no such user"}, for each command.

    `answers_only` limits RCPT and DATA to mails for that address.
    """

    def __init__(self) -> None:
        self.port = 0
        self.mails: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.protected: list[bool] = []
        self.log_ins: list[tuple[bytes, bytes]] = []
        self.answers: dict[str, str] = {}
        self.answers_only: str | None = None
        self.drops_data = False
        self.on_mail: Callable[[], None] | None = None
        self.after_data: Callable[[], None] | None = None

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        if self.on_mail:
            self.on_mail()
        envelope.mail_from = address
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        answer = self._answer("RCPT", address)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.drops_data:
            server.transport.abort()
            return "250 OK"
        answer = self._answer("DATA", envelope.rcpt_tos[0])
        if answer.startswith("250"):
            self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
            self.recipients.append(envelope.rcpt_tos)
            self.protected.append(server.transport.get_extra_info("sslcontext") is not None)
        if self.after_data:
            self.after_data()
        return answer

    def authenticate(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        self.log_ins.append((data.login, data.password))
        return AuthResult(success=data.password == b"hemmelig", handled=False)

    def _answer(self, command: str, address: str) -> str:
        meant = self.answers_only in (None, address)
        return self.answers.get(command, "250 OK") if meant else "250 OK"

    @property
    def ids(self) -> list[str]:
        return [mail["Message-ID"] for mail in self.mails]

    def to(self, address: str) -> list[EmailMessage]:
        return [mail for mail in self.mails if mail["To"] == address]


@asynccontextmanager
async def serving(
    server: MailServer, starttls: ssl.SSLContext | None = None, tls: ssl.SSLContext | None = None
) -> AsyncIterator[MailServer]:
    """Serve on a free port until the block ends."""
    wants_log_in = starttls is not None or tls is not None

    def protocol() -> SMTP:
        return SMTP(
            server,
            tls_context=starttls,
            require_starttls=starttls is not None,
            authenticator=server.authenticate if wants_log_in else None,
            auth_require_tls=starttls is not None,
        )

    listening = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0, ssl=tls)
    server.port = listening.sockets[0].getsockname()[1]
    yield server
    listening.close()
