"""The sender against a real mail server: sent once, refused, dropped, protected, and nothing of anybody in the log."""

from __future__ import annotations

import logging
import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import trustme
from sqlalchemy import select

from office import tickets
from office.intake import Facts
from office.store.tables import Outbox
from tests.web.conftest import free_port
from tests.web.mail_server import MailServer, serving
from web.delivery import deliver

BUSINESS = "lise@nul.example"
BO = "bo@proeve.example"


@pytest.fixture
async def mail_server() -> AsyncIterator[MailServer]:
    async with serving(MailServer()) as server:
        yield server


@pytest.fixture
def changed_settings(mail_server: MailServer) -> dict[str, str]:
    return plain_settings(mail_server.port)


def plain_settings(port: int) -> dict[str, str]:
    return {
        "INDGANG_SMTP_HOST": "127.0.0.1",
        "INDGANG_SMTP_PORT": str(port),
        "INDGANG_SMTP_SECURITY": "none",
        "INDGANG_SMTP_FROM": "indgang@proeve.example",
    }


async def open_case(parts: Any, conversation_id: str, email: str | None = BUSINESS, language: str = "da") -> Any:
    facts = Facts(company="Nul ApS", contact_name="Lise Holm", email=email, phone="00005999")
    inquiry = tickets.Inquiry(conversation_id, "Vi vil udvide", facts, "udvidelse-produktionshal", language=language)
    async with parts.database.writing() as uow:
        ticket = await tickets.open_ticket(uow, parts.knowledge, inquiry, parts.now())
        await uow.commit()
    return ticket


async def rows(parts: Any, channel: str = "mail") -> list[Outbox]:
    async with parts.database.reading() as uow:
        return list(await uow.session.scalars(select(Outbox).where(Outbox.channel == channel).order_by(Outbox.id)))


async def states(parts: Any) -> dict[str, str]:
    return {row.kind: row.state for row in await rows(parts)}


# --- sent ---------------------------------------------------------------------------------------------------


async def test_a_new_case_reaches_business_and_contact_person_once(client, chat, parts, mail_server, clock):
    await open_case(parts, chat.id)
    assert await deliver(client.app) == "2 sent"
    clock.forward(days=3)
    assert await deliver(client.app) == ""
    assert sorted(mail["To"] for mail in mail_server.mails) == [BO, BUSINESS]


async def test_each_mail_goes_to_one_address_and_says_so_itself(client, chat, parts, mail_server):
    await open_case(parts, chat.id)
    await deliver(client.app)
    assert mail_server.recipients == [[mail["To"]] for mail in mail_server.mails]


async def test_the_link_in_the_mail_opens_the_case(client, chat, parts, mail_server):
    ticket = await open_case(parts, chat.id)
    await deliver(client.app)
    words = mail_server.to(BUSINESS)[0].get_body(("plain",)).get_content()
    path = "/sag/" + words.partition("/sag/")[2].split()[0]
    assert path.startswith(f"/sag/{ticket.reference}/")
    assert (await client.get(path)).status == 200


async def test_a_reply_at_the_desk_reaches_the_business_in_its_language(client, chat, desk, parts, mail_server, clock):
    ticket = await open_case(parts, chat.id, language="en")
    page = await desk.page(f"/desk/sager/{ticket.reference}")
    await desk.send(page, f"/desk/sager/{ticket.reference}/svar", text="I will call on Monday.")
    clock.forward(minutes=3)
    await deliver(client.app)
    (mail,) = [mail for mail in mail_server.to(BUSINESS) if "reply" in mail["Subject"]]
    assert "> I will call on Monday." in mail.get_body(("plain",)).get_content()


async def test_a_business_without_e_mail_gets_none_and_its_person_does(client, chat, parts, mail_server):
    await open_case(parts, chat.id, email=None)
    await deliver(client.app)
    assert [mail["To"] for mail in mail_server.mails] == [BO]


async def test_a_corrected_address_counts_from_then_on(client, chat, parts, mail_server):
    ticket = await open_case(parts, chat.id, email="lise@nlu.example")
    async with parts.database.writing() as uow:
        ticket = await tickets.by_reference(uow, ticket.reference)
        await tickets.change(uow, ticket, {"email": BUSINESS}, "bo", parts.now())
        await uow.commit()
    await deliver(client.app)
    assert BUSINESS in [mail["To"] for mail in mail_server.mails]
    assert "lise@nlu.example" not in [mail["To"] for mail in mail_server.mails]


# --- refused ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["RCPT", "DATA"])
async def test_a_refusal_for_now_is_tried_again_and_arrives_once(client, chat, parts, mail_server, clock, command):
    await open_case(parts, chat.id)
    mail_server.answers = {command: "451 greylisted"}
    assert await deliver(client.app) == "2 postponed"
    mail_server.answers = {}
    assert await deliver(client.app) == ""
    clock.forward(minutes=1)
    assert await deliver(client.app) == "2 sent"
    assert len(mail_server.ids) == len(set(mail_server.ids)) == 2


@pytest.mark.parametrize("command", ["RCPT", "DATA"])
async def test_a_refusal_for_good_is_not_tried_again_and_the_contact_person_is_told(
    client, chat, parts, mail_server, clock, command
):
    await open_case(parts, chat.id)
    mail_server.answers, mail_server.answers_only = {command: "550 no such user here"}, BUSINESS
    await deliver(client.app)
    mail_server.answers = {}
    clock.forward(days=3)
    await deliver(client.app)
    assert await states(parts) == {"received": "failed", "new_case": "sent", "undelivered": "sent"}
    assert (await rows(parts))[0].problem == "SMTP 550"
    assert {mail["To"] for mail in mail_server.mails} == {BO}


async def test_an_address_that_a_machine_reads_is_not_written_to(client, chat, parts, mail_server):
    await open_case(parts, chat.id, email="no-reply@nul.example")
    await deliver(client.app)
    assert await states(parts) == {"received": "failed", "new_case": "sent", "undelivered": "sent"}
    assert {mail["To"] for mail in mail_server.mails} == {BO}


async def test_a_sender_address_that_the_server_refuses_loses_no_mail(client, chat, parts, mail_server, clock):
    await open_case(parts, chat.id)
    mail_server.answers = {"MAIL": "550 not from here"}
    await deliver(client.app)
    assert "failed" not in (await states(parts)).values()
    mail_server.answers = {}
    clock.forward(minutes=1)
    await deliver(client.app)
    assert len(mail_server.mails) == 2


async def test_a_dropped_connection_is_tried_again(client, chat, parts, mail_server, clock):
    await open_case(parts, chat.id)
    mail_server.drops_data = True
    await deliver(client.app)
    assert mail_server.mails == []
    mail_server.drops_data = False
    clock.forward(minutes=1)
    await deliver(client.app)
    assert len(set(mail_server.ids)) == len(mail_server.ids) == 2


async def test_a_letter_that_cannot_be_written_does_not_hold_up_the_others(client, chat, parts, mail_server):
    await open_case(parts, chat.id)
    async with parts.database.writing() as uow:
        row = await uow.session.scalar(select(Outbox).where(Outbox.kind == "received", Outbox.channel == "mail"))
        row.kind = "no_such_template"
        await uow.commit()
    assert await deliver(client.app) == "1 postponed, 1 sent"


# --- protected ----------------------------------------------------------------------------------------------


class TestProtected:
    @pytest.fixture
    def authority(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
        authority = trustme.CA()
        authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
        return authority

    @pytest.fixture
    def certificate(self, authority: trustme.CA) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert("127.0.0.1").configure_cert(context)
        return context

    @pytest.fixture
    async def mail_server(self, security: str, certificate: ssl.SSLContext) -> AsyncIterator[MailServer]:
        ways = {"starttls": {"starttls": certificate}, "tls": {"tls": certificate}, "starttls not offered": {}}
        async with serving(MailServer(), **ways[security]) as server:
            yield server

    @pytest.fixture
    def password(self) -> str:
        return "hemmelig"

    @pytest.fixture
    def changed_settings(self, mail_server: MailServer, security: str, password: str) -> dict[str, str]:
        return {
            **plain_settings(mail_server.port),
            "INDGANG_SMTP_SECURITY": security.split()[0],
            "INDGANG_SMTP_USER": "indgang",
            "INDGANG_SMTP_PASSWORD": password,
        }

    @pytest.mark.parametrize("security", ["starttls", "tls"])
    async def test_mails_go_protected_and_logged_in(self, client, chat, parts, mail_server):
        await open_case(parts, chat.id)
        assert await deliver(client.app) == "2 sent"
        assert mail_server.protected == [True, True]
        assert mail_server.log_ins == [(b"indgang", b"hemmelig")]

    @pytest.mark.parametrize("security", ["starttls not offered"])
    async def test_nothing_is_sent_in_the_clear_instead(self, client, chat, parts, mail_server):
        await open_case(parts, chat.id)
        assert await deliver(client.app) == "1 postponed"
        assert (mail_server.mails, mail_server.log_ins) == ([], [])

    @pytest.mark.parametrize("security", ["starttls"])
    async def test_a_server_that_nobody_vouches_for_gets_neither_mail_nor_password(
        self, client, chat, parts, mail_server, monkeypatch
    ):
        monkeypatch.delenv("SSL_CERT_FILE")
        await open_case(parts, chat.id)
        assert await deliver(client.app) == "1 postponed"
        assert (mail_server.mails, mail_server.log_ins) == ([], [])

    @pytest.mark.parametrize("security", ["starttls"])
    @pytest.mark.parametrize("password", ["forkert"])
    async def test_a_wrong_password_loses_no_mail(self, client, chat, parts, mail_server):
        await open_case(parts, chat.id)
        assert await deliver(client.app) == "1 postponed"
        assert set((await states(parts)).values()) == {"waiting"}
        assert (await rows(parts))[0].problem == "SMTP 535"


# --- not set up ---------------------------------------------------------------------------------------------


class TestWithoutMailServer:
    @pytest.fixture
    def changed_settings(self) -> dict[str, str]:
        return {}

    async def test_nothing_pretends_to_be_sent(self, client, chat, parts):
        await open_case(parts, chat.id)
        assert await deliver(client.app) == ""
        assert set((await states(parts)).values()) == {"not_configured"}


class TestServerDown:
    @pytest.fixture
    def changed_settings(self) -> dict[str, str]:
        return plain_settings(free_port())

    async def test_it_is_asked_once_a_round_and_nothing_is_lost(self, client, chat, parts, clock):
        await open_case(parts, chat.id)
        assert await deliver(client.app) == "1 postponed"
        assert await deliver(client.app) == "1 postponed"
        assert await deliver(client.app) == ""
        assert {row.attempts for row in await rows(parts)} == {1}
        assert set((await states(parts)).values()) == {"waiting"}


# --- the log ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answers", [{}, {"RCPT": f"550 {BUSINESS} unknown"}, {"DATA": f"451 {BUSINESS} later"}])
async def test_no_contact_data_reaches_the_log_or_the_outbox(client, chat, parts, mail_server, caplog, answers):
    caplog.set_level(logging.DEBUG)
    await open_case(parts, chat.id)
    mail_server.answers = answers
    caplog.clear()
    await deliver(client.app)
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith(("mail.log", "aiosqlite"))]
    kept = [row.problem or "" for row in await rows(parts)]
    for words in (*ours, *kept):
        for secret in (BUSINESS, BO, "Lise", "00005999", "Nul ApS", "/sag/"):
            assert secret not in words
