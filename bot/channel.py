"""The engine's only door: one message in, everything the assistant says back, errors never hidden.

Loopback only. Every request carries the engine's token; without it 401. Anything raised while a message is processed
is a 500 with its kind, so that the gateway can take over; an empty 200 never stands for a failure.
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any

from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from rasa.shared.exceptions import InvalidConfigException
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

logger = logging.getLogger(__name__)

_failures: ContextVar[list[str]] = ContextVar("failures")
_PARTS = ("text", "buttons", "custom")


class _FailureNotes(logging.Handler):
    """Notes failures of the message being processed: Rasa logs a failed action and goes on as if it had worked."""

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info and record.exc_info[0] is not None:
            _failures.get([]).append(record.exc_info[0].__name__)


class Replies(OutputChannel):
    """Keeps each message whole: words, buttons and payload belong together (Rasa's own collector splits them)."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []

    @classmethod
    def name(cls) -> str:
        return "gateway"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        self.messages.append({part: message[part] for part in _PARTS if message.get(part)})


class GatewayInput(InputChannel):
    """Receives messages from the gateway (web/) as JSON and answers with the assistant's messages in order."""

    @classmethod
    def name(cls) -> str:
        return "gateway"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> GatewayInput:
        token = (credentials or {}).get("token")
        if not token or "${" in str(token):
            raise InvalidConfigException(
                "The gateway channel needs a token (INDGANG_ENGINE_TOKEN, see credentials.yml)."
            )
        return cls(str(token))

    def __init__(self, token: str) -> None:
        self._expected = f"Bearer {token}".encode()
        processing = logging.getLogger("rasa.core.processor")
        if not any(isinstance(handler, _FailureNotes) for handler in processing.handlers):
            processing.addHandler(_FailureNotes())

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Return the routes: GET / tells that the engine is up, POST /messages handles one message.

        POST /understandings tells what a text means and does nothing else: no conversation hears of it, nothing is kept.
        """
        routes = Blueprint("gateway_webhook")

        @routes.route("/", methods=["GET"])
        async def alive(_: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @routes.route("/messages", methods=["POST"])
        async def receive(request: Request) -> HTTPResponse:
            if not self._is_ours(request):
                return response.json({"error": "The engine's token is missing or wrong."}, status=401)
            try:
                message = _read(request)
            except ValueError as problem:
                return response.json({"error": str(problem)}, status=400)
            return await self._handle(message, on_new_message)

        @routes.route("/understandings", methods=["POST"])
        async def understand(request: Request) -> HTTPResponse:
            if not self._is_ours(request):
                return response.json({"error": "The engine's token is missing or wrong."}, status=401)
            try:
                text = _text_of(_read_object(request))
            except ValueError as problem:
                return response.json({"error": str(problem)}, status=400)
            return await _understand(request.app.ctx.agent, text)

        return routes

    def _is_ours(self, request: Request) -> bool:
        return hmac.compare_digest(request.headers.get("authorization", "").encode(), self._expected)

    async def _handle(
        self, message: UserMessage, on_new_message: Callable[[UserMessage], Awaitable[Any]]
    ) -> HTTPResponse:
        failures: list[str] = []
        _failures.set(failures)
        try:
            await on_new_message(message)
        except Exception as error:  # whatever it is, the gateway must hear of it instead of an empty reply
            logger.exception("Message %s failed", message.message_id)
            failures.append(type(error).__name__)
        said = message.output_channel.messages  # type: ignore[attr-defined]
        if failures or not said:
            return response.json({"error": ", ".join(failures) or "Silence"}, status=500)
        return response.json({"messages": said})


async def _understand(agent: Any, text: str) -> HTTPResponse:
    """Return the intent and the `understanding` of a text (see classifier.py). Parsing alone touches no tracker."""
    try:
        parsed = await agent.parse_message(text)
    except Exception as error:
        logger.exception("A text was not understood")
        return response.json({"error": type(error).__name__}, status=500)
    intent = (parsed.get("intent") or {}).get("name")
    return response.json({"intent": intent, "understanding": parsed.get("understanding") or {}})


def _read(request: Request) -> UserMessage:
    """Return the message in the request. Raises ValueError when a field is missing or of the wrong type."""
    body = _read_object(request)
    for field in ("conversation", "message", "text"):
        _text_of(body, field)
    metadata = body.get("metadata") or {}
    if not isinstance(metadata, dict):
        raise ValueError("'metadata' must be an object.")
    return UserMessage(
        body["text"],
        Replies(),
        body["conversation"],
        input_channel=GatewayInput.name(),
        message_id=body["message"],
        metadata={**metadata, "message_id": body["message"]},
    )


def _read_object(request: Request) -> dict[str, Any]:
    """Return the JSON object in the request. Raises ValueError when there is none."""
    try:
        body = request.json
    except Exception as error:
        raise ValueError("The body is not JSON.") from error
    if not isinstance(body, dict):
        raise ValueError("The body must be a JSON object.")
    return body


def _text_of(body: dict[str, Any], field: str = "text") -> str:
    value = body.get(field)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"'{field}' must be a text that is not empty.")
    return value
