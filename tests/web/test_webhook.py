"""The webhook against a real receiver, which checks signatures with the standard's own verifier."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from standardwebhooks import Webhook, WebhookVerificationError

from office import correspondence, tickets
from tests.web.conftest import free_port
from tests.web.test_delivery import open_case, rows, states
from web.delivery import deliver

SECRET = "whsec_" + base64.b64encode(b"noget, som kun to kender, ikke?").decode()


class CaseSystem:
    """The municipality's own case system: keeps what it was sent, answers as a test tells it to."""

    def __init__(self) -> None:
        self.requests: list[tuple[dict[str, str], str]] = []
        self.status = 204
        self.location = ""

    async def receive(self, request: web.Request) -> web.Response:
        self.requests.append((dict(request.headers), await request.text()))
        return web.Response(status=self.status, headers={"Location": self.location} if self.location else {})

    def events(self) -> list[Any]:
        return [Webhook(SECRET).verify(body, headers) for headers, body in self.requests]

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.requests]


@pytest.fixture
def case_system() -> CaseSystem:
    return CaseSystem()


@pytest.fixture
async def receiver(case_system: CaseSystem) -> AsyncIterator[TestServer]:
    app = web.Application()
    app.router.add_post("/{path:.*}", case_system.receive)
    async with TestServer(app) as server:
        yield server


@pytest.fixture
def changed_settings(receiver: TestServer) -> dict[str, str]:
    return webhook_settings(f"http://127.0.0.1:{receiver.port}/haendelser")


def webhook_settings(url: str) -> dict[str, str]:
    return {"INDGANG_WEBHOOK_URL": url, "INDGANG_WEBHOOK_SECRET": SECRET}


@pytest.fixture(autouse=True)
def real_time(clock: Any) -> None:
    """The verifier refuses what was signed more than five minutes from its own time."""
    clock.now = datetime.now(UTC)


async def reply(parts: Any, ticket: Any, text: str = "Jeg ringer.") -> None:
    async with parts.database.writing() as uow:
        ticket = await tickets.by_reference(uow, ticket.reference)
        await correspondence.reply_to_business(uow, parts.knowledge, ticket, text, "Bo Byggesen", "bo", parts.now())
        await uow.commit()


async def test_the_case_system_hears_of_a_case_and_of_a_reply_with_its_words(client, chat, parts, case_system):
    ticket = await open_case(parts, chat.id)
    await deliver(client.app)
    await reply(parts, ticket)
    await deliver(client.app)
    opened, replied = case_system.events()
    assert opened["type"] == "ticket.received"
    assert opened["data"]["ticket"]["reference"] == ticket.reference
    assert opened["data"]["ticket"]["contact_person"]["name"] == "Bo Byggesen"
    assert replied["type"] == "ticket.replied"
    assert [message["text"] for message in replied["data"]["messages"]] == ["Jeg ringer."]
    assert replied["data"]["ticket"]["status"] == "with_contact_person"


async def test_a_changed_body_or_another_key_is_noticed(client, chat, parts, case_system):
    await open_case(parts, chat.id)
    await deliver(client.app)
    ((headers, body),) = case_system.requests
    other = base64.b64encode(b"en noegle, som ingen har givet").decode()
    for secret, text in ((SECRET, body.replace("Nul", "Et")), (other, body)):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(text, headers)


async def test_an_old_event_sent_again_by_somebody_else_is_noticed(client, chat, parts, case_system):
    await open_case(parts, chat.id)
    await deliver(client.app)
    ((headers, body),) = case_system.requests
    headers = {name.lower(): value for name, value in headers.items()}
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(body, {**headers, "webhook-timestamp": str(int(headers["webhook-timestamp"]) + 1)})


@pytest.mark.parametrize("status", [302, 400, 429, 500, 503])
async def test_what_is_not_taken_is_sent_again_under_the_same_id(client, chat, parts, case_system, clock, status):
    await open_case(parts, chat.id)
    case_system.status = status
    await deliver(client.app)
    case_system.status = 204
    clock.forward(minutes=1)
    await deliver(client.app)
    assert len(case_system.ids) == 2
    assert len(set(case_system.ids)) == 1
    assert [row.state for row in await rows(parts, "webhook")] == ["sent"]


async def test_a_redirect_is_not_followed(client, chat, parts, case_system, receiver):
    await open_case(parts, chat.id)
    case_system.status, case_system.location = 307, f"http://127.0.0.1:{receiver.port}/en-anden"
    await deliver(client.app)
    assert len(case_system.requests) == 1


async def test_a_receiver_that_is_gone_is_not_asked_again(client, chat, parts, case_system, clock):
    await open_case(parts, chat.id)
    case_system.status = 410
    await deliver(client.app)
    clock.forward(days=3)
    await deliver(client.app)
    assert len(case_system.requests) == 1
    assert [row.problem for row in await rows(parts, "webhook")] == ["HTTP 410"]


async def test_mails_are_set_aside_while_events_are_sent(client, chat, parts):
    await open_case(parts, chat.id)
    await deliver(client.app)
    assert set((await states(parts)).values()) == {"not_configured"}
    assert [row.state for row in await rows(parts, "webhook")] == ["sent"]


class TestReceiverDown:
    @pytest.fixture
    def changed_settings(self) -> dict[str, str]:
        return webhook_settings(f"http://127.0.0.1:{free_port()}/")

    async def test_nothing_is_lost(self, client, chat, parts):
        await open_case(parts, chat.id)
        assert await deliver(client.app) == "1 postponed"
        assert [row.state for row in await rows(parts, "webhook")] == ["waiting"]
