"""The action server: `python -m actions`. Rasa's own server with our parts, on loopback, behind the engine's token."""

from __future__ import annotations

import hmac
import logging
from typing import Any

from rasa_sdk.endpoint import create_app
from rasa_sdk.executor import ActionExecutor
from sanic import Request, response
from sanic.response import HTTPResponse

from actions.answering import ActionAnswer
from actions.base import OfficeAction
from actions.context import Parts
from actions.follow_up import ActionFollowUp
from actions.intake import (
    STEPS,
    ActionChoose,
    ActionCorrect,
    ActionFinishIntake,
    ActionHuman,
    ActionOpenCase,
    AskFor,
    AskForDetails,
    ValidateDetailsForm,
    ValidateIntakeForm,
)
from actions.talking import ActionStatus, ActionTalk, ActionUnsure
from knowledge import load
from office.clock import system_clock
from office.settings import Settings, read_settings
from office.store import Database


class DomainlessExecutor(ActionExecutor):  # type: ignore[misc]  # rasa_sdk is untyped
    """Runs actions without the domain, which none of ours reads; the engine leaves it out of every call (endpoints.yml).

    rasa_sdk 3.21 would insist on it, and Rasa 3.6 does not know how to send it on demand.
    """

    def update_and_return_domain(self, payload: dict[str, Any], action_name: str) -> dict[str, Any]:
        return {}


def all_actions() -> list[OfficeAction]:
    """Return one of each action; domain.yml names exactly these."""
    return [
        ActionAnswer(),
        ActionFollowUp(),
        ActionTalk(),
        ActionUnsure(),
        ActionStatus(),
        ActionOpenCase(),
        ActionHuman(),
        ActionChoose(),
        ActionCorrect(),
        ActionFinishIntake(),
        ValidateIntakeForm(),
        ValidateDetailsForm(),
        AskForDetails(),
        *(AskFor(step) for step in STEPS),
    ]


def main() -> None:
    """Serve until stopped."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    settings = read_settings()
    OfficeAction.parts = Parts(load(), Database(settings.database), system_clock(settings.clock))
    OfficeAction.time_limit = settings.action_timeout
    app = _server(settings)
    app.run(host="127.0.0.1", port=settings.actions_port, single_process=True, motd=False, access_log=False)


def _server(settings: Settings):  # type: ignore[no-untyped-def]  # rasa_sdk and sanic leave their app untyped
    executor = DomainlessExecutor()
    for action in all_actions():
        executor.register_action(action)
    app = create_app(executor, cors_origins=[])

    @app.on_request  # type: ignore[untyped-decorator]
    async def engine_only(request: Request) -> HTTPResponse | None:
        if request.path == "/health" or not settings.engine_token:
            return None
        given = request.args.get("token") or ""
        return (
            None if hmac.compare_digest(given, settings.engine_token) else response.json({"error": "token"}, status=401)
        )

    @app.on_response  # type: ignore[untyped-decorator]
    async def errors_quote_nobody(_: Request, answer: HTTPResponse) -> HTTPResponse | None:
        # rasa_sdk sends the whole request back with an error, and the engine would log it: a visitor's words.
        return response.json({"error": "the action failed"}, status=500) if answer.status == 500 else None

    return app


if __name__ == "__main__":
    main()
