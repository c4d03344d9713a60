"""/desk/udbakke: what was not sent can be read, and sent when that is possible again."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from office.store.tables import History
from tests.web.mail_server import MailServer, serving
from tests.web.test_delivery import BUSINESS, open_case, plain_settings, rows, states
from web.delivery import deliver
from web.desk.outbox import KINDS


async def test_an_empty_outbox_says_so(desk):
    assert "Udbakken er tom" in await desk.page("/desk/udbakke")


async def test_without_a_mail_server_it_says_that_nothing_is_sent_and_shows_what_would_be(desk, client, chat, parts):
    ticket = await open_case(parts, chat.id)
    await deliver(client.app)
    page = await desk.page("/desk/udbakke")
    assert "Der er ingen mailserver" in page
    assert page.count("Ikke sendt: ingen mailserver") == 2
    assert "Sagssystemet" not in page
    number = (await rows(parts))[0].id
    mail = await desk.page(f"/desk/udbakke/{number}")
    assert BUSINESS in mail
    assert f"Vi har modtaget din henvendelse: sag {ticket.reference}" in mail
    assert "Send nu" not in mail


async def test_the_secret_of_the_business_link_is_not_shown(desk, client, chat, parts):
    await open_case(parts, chat.id)
    page = await desk.page(f"/desk/udbakke/{(await rows(parts))[0].id}")
    assert re.findall(r"/sag/EK-2026-000001/(\S+)", page) == ["…"]


async def test_reading_a_mail_is_written_in_the_audit_log(desk, chat, parts):
    await open_case(parts, chat.id)
    await desk.page(f"/desk/udbakke/{(await rows(parts))[0].id}")
    async with parts.database.reading() as uow:
        assert await uow.session.scalar(select(History.actor).where(History.action == "viewed")) == "bo"


async def test_a_row_that_does_not_exist_is_not_found(desk, client):
    assert (await client.get("/desk/udbakke/99")).status == 404


async def test_without_a_mail_server_nothing_can_be_sent_again(desk, client, chat, parts):
    await open_case(parts, chat.id)
    await deliver(client.app)
    number = (await rows(parts))[0].id
    page = await desk.page("/desk/sager/EK-2026-000001")
    assert (await desk.send(page, f"/desk/udbakke/{number}/send")).status == 403


def test_every_kind_has_a_name_in_the_desk():
    from office.notices import KINDS as ALL

    assert set(KINDS) == set(ALL)


class TestWithMailServer:
    @pytest.fixture
    async def mail_server(self):
        async with serving(MailServer()) as server:
            yield server

    @pytest.fixture
    def changed_settings(self, mail_server):
        return plain_settings(mail_server.port)

    async def test_what_failed_says_why_and_is_sent_once_mended(self, desk, client, chat, parts, mail_server):
        await open_case(parts, chat.id)
        mail_server.answers, mail_server.answers_only = {"RCPT": "550 full"}, BUSINESS
        await deliver(client.app)
        number = (await rows(parts))[0].id
        page = await desk.page(f"/desk/udbakke/{number}")
        assert "SMTP 550" in page
        mail_server.answers = {}
        csrf = re.search(r'name="csrf" value="([^"]+)"', page)[1]
        await client.post(f"/desk/udbakke/{number}/send", data={"csrf": csrf})
        await deliver(client.app)
        assert (await states(parts))["received"] == "sent"
        assert len(mail_server.to(BUSINESS)) == 1

    async def test_what_was_sent_shows_no_words_and_no_button(self, desk, client, chat, parts):
        await open_case(parts, chat.id)
        await deliver(client.app)
        page = await desk.page(f"/desk/udbakke/{(await rows(parts))[0].id}")
        assert "Sendt" in page
        assert "Send nu" not in page
        assert BUSINESS not in page
