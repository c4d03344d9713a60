import asyncio
import json
import logging
from types import SimpleNamespace

import pytest
from rasa.shared.exceptions import InvalidConfigException

from bot.channel import GatewayInput

BODY = {"conversation": "c1", "message": "m1", "text": "hej", "metadata": {"language_hint": "da"}}


class Request:
    def __init__(self, body: object = BODY, token: str = "secret") -> None:
        self.headers = {"authorization": f"Bearer {token}"} if token else {}
        self._body = body

    @property
    def json(self) -> object:
        if isinstance(self._body, Exception):
            raise self._body
        return self._body


@pytest.fixture
def receive():
    """Return a function that sends a request through the channel to a given assistant."""

    def send(assistant, request: Request = Request()) -> tuple[int, dict]:  # noqa: B008 - never changed
        routes = GatewayInput("secret").blueprint(assistant)
        [handler] = [route.handler for route in routes._future_routes if route.uri == "/messages"]
        reply = asyncio.run(handler(request))
        return reply.status, json.loads(reply.body)

    return send


async def polite(message) -> None:
    await message.output_channel.send_response(message.sender_id, {"text": "Hej!"})
    await message.output_channel.send_response(message.sender_id, {"custom": {"kind": "notice"}, "buttons": []})


def test_messages_come_back_in_order_and_whole(receive):
    assert receive(polite) == (200, {"messages": [{"text": "Hej!"}, {"custom": {"kind": "notice"}}]})


def test_metadata_and_message_id_reach_the_assistant(receive):
    seen = []

    async def look(message) -> None:
        seen.append((message.sender_id, message.metadata))
        await polite(message)

    receive(look)
    assert seen == [("c1", {"language_hint": "da", "message_id": "m1"})]


@pytest.mark.parametrize("token", ["", "wrong", "secret "])
def test_without_the_token_nothing_is_heard(receive, token):
    async def never(message) -> None:
        raise AssertionError("heard")

    status, _ = receive(never, Request(token=token))
    assert status == 401


@pytest.mark.parametrize(
    "body",
    [[], {}, {**BODY, "text": " "}, {**BODY, "conversation": 7}, {**BODY, "metadata": "x"}, ValueError("no JSON")],
)
def test_a_malformed_request_is_said_to_be(receive, body):
    status, reply = receive(polite, Request(body))
    assert status == 400
    assert reply["error"]


def test_an_error_is_not_an_empty_reply(receive):
    async def break_down(message) -> None:
        raise RuntimeError("secret details")

    assert receive(break_down) == (500, {"error": "RuntimeError"})


def test_a_failed_action_that_rasa_only_logs_is_an_error(receive):
    async def half(message) -> None:
        await polite(message)
        try:
            raise ConnectionError
        except ConnectionError:
            logging.getLogger("rasa.core.processor").exception("Encountered an exception while running action")

    assert receive(half) == (500, {"error": "ConnectionError"})


def test_silence_is_an_error(receive):
    async def silent(message) -> None:
        pass

    assert receive(silent) == (500, {"error": "Silence"})


@pytest.mark.parametrize("credentials", [None, {}, {"token": ""}, {"token": "${INDGANG_ENGINE_TOKEN}"}])
def test_the_channel_does_not_open_without_a_token(credentials):
    with pytest.raises(InvalidConfigException, match="INDGANG_ENGINE_TOKEN"):
        GatewayInput.from_credentials(credentials)


# --- understanding alone --------------------------------------------------------------------------------------


class Agent:
    """What the engine makes of texts; it can do nothing else, so nothing else can have been asked of it."""

    def __init__(self, parsed: object) -> None:
        self.parsed = parsed
        self.texts: list[str] = []

    async def parse_message(self, text: str) -> object:
        self.texts.append(text)
        if isinstance(self.parsed, Exception):
            raise self.parsed
        return self.parsed


def understand(agent: Agent, body: object = {"text": "må jeg have et skilt"}, token: str = "secret"):
    async def never(message) -> None:
        raise AssertionError("became a message of a conversation")

    routes = GatewayInput("secret").blueprint(never)
    [handler] = [route.handler for route in routes._future_routes if route.uri == "/understandings"]
    request = Request(body, token)
    request.app = SimpleNamespace(ctx=SimpleNamespace(agent=agent))
    reply = asyncio.run(handler(request))
    return reply.status, json.loads(reply.body)


def test_a_text_is_understood_without_becoming_a_message():
    agent = Agent({"intent": {"name": "answer", "confidence": 0.9}, "understanding": {"articles": [["skilt", 0.8]]}})
    assert understand(agent) == (200, {"intent": "answer", "understanding": {"articles": [["skilt", 0.8]]}})
    assert agent.texts == ["må jeg have et skilt"]


def test_without_the_token_nothing_is_understood():
    agent = Agent({})
    assert understand(agent, token="wrong")[0] == 401
    assert agent.texts == []


@pytest.mark.parametrize("body", [[], {}, {"text": " "}, {"text": 7}, ValueError("no JSON")])
def test_what_is_no_text_is_said_to_be_none(body):
    status, reply = understand(Agent({}), body)
    assert status == 400
    assert reply["error"]


def test_an_error_in_understanding_is_told_by_its_kind_only():
    assert understand(Agent(RuntimeError("secret details"))) == (500, {"error": "RuntimeError"})
