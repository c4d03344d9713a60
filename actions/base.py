"""The base of every action: a time limit, and an honest failure instead of silence."""

from __future__ import annotations

import asyncio
import logging
from typing import Any, ClassVar

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.context import Parts, Turn

logger = logging.getLogger(__name__)


class OfficeAction(Action):  # type: ignore[misc]  # rasa_sdk is untyped
    """An action of ours. Subclasses say their name and implement `answer`.

    When it fails or takes too long nothing that it meant to say is said: the failure goes up to the engine channel, and the
    gateway takes the visitor's message in itself.
    """

    action_name: ClassVar[str]
    parts: ClassVar[Parts]
    time_limit: ClassVar[float] = 6.0

    def name(self) -> str:
        return self.action_name

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[dict[str, Any]]:
        turn = Turn(dispatcher, tracker, self.parts)
        try:
            await asyncio.wait_for(self.answer(turn), self.time_limit)
        except Exception:
            logger.exception("action %s failed", self.action_name)
            dispatcher.messages.clear()
            dispatcher.utter_message(json_message={"failed": self.action_name})
            return []
        return turn.events

    async def answer(self, turn: Turn) -> None:
        """Say something and note slot changes on the turn."""
        raise NotImplementedError
