"""The base of every action: a time limit, and failure that is heard instead of silence."""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.context import Parts, Turn


class OfficeAction(Action):  # type: ignore[misc]  # rasa_sdk is untyped
    """An action of ours. Subclasses say their name and implement `answer`.

    When it fails or takes too long, the error goes up: action server 500, engine channel 500, and the gateway takes the
    visitor's message in itself. Nothing that it meant to say is said.
    """

    action_name: ClassVar[str]
    parts: ClassVar[Parts]
    time_limit: ClassVar[float] = 6.0

    def name(self) -> str:
        return self.action_name

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[dict[str, Any]]:
        turn = Turn(dispatcher, tracker, self.parts)
        await asyncio.wait_for(self.answer(turn), self.time_limit)
        turn.remember_language()
        return turn.events

    async def answer(self, turn: Turn) -> None:
        """Say something and note slot changes on the turn."""
        raise NotImplementedError
