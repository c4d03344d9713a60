"""A visitor at the action server, and the small things tests of actions say again and again."""

from datetime import UTC, datetime

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.__main__ import all_actions
from actions.base import OfficeAction
from actions.context import Parts
from knowledge import load
from office import conversations, tickets
from office.store import Database

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)  # a Tuesday at 10.30 in Denmark


class Dialogue:
    """A visitor at the action server: keeps slots between actions as Rasa would."""

    def __init__(self, database: Database, conversation_id: str) -> None:
        self.database = database
        self.conversation_id = conversation_id
        self.slots: dict[str, object] = {}
        self.number = 0
        self.history: list[dict] = []

    async def run(self, action_name: str, text: str = "", intent: str = "", **understanding) -> list[dict]:
        """Run one action on one message; returns what it said."""
        self.number += 1
        self.history.append({"event": "user", "text": text})
        tracker = Tracker(
            self.conversation_id,
            dict(self.slots),
            {
                "text": text,
                "intent": {"name": intent},
                "entities": understanding.pop("entities", []),
                "metadata": {"message_id": str(self.number)},
                "understanding": {"language": "da", "intents": [[intent, 0.95]], **understanding},
            },
            self.history,
            False,
            None,
            {},
            "action_listen",
        )
        dispatcher = CollectingDispatcher()
        action = next(a for a in all_actions() if a.name() == action_name)
        self.events = await action.run(dispatcher, tracker, {})
        for event in self.events:
            if event["event"] == "slot":
                self.slots[event["name"]] = event["value"]
        self.history += [
            {"event": "bot", "text": m["text"], "data": {"buttons": m["buttons"]}} for m in dispatcher.messages
        ]
        return dispatcher.messages

    async def answer_form(self, step: str, text: str, intent: str = "nlu_fallback", **understanding) -> list[dict]:
        self.slots["requested_slot"] = step
        return await self.run("validate_intake_form", text, intent, **understanding)

    def followed_by(self) -> str | None:
        return next((e["name"] for e in self.events if e["event"] == "followup"), None)

    async def tickets(self):
        async with self.database.reading() as uow:
            return await tickets.of_conversation(uow, self.conversation_id)


@pytest.fixture
async def dialogue(database):
    OfficeAction.parts = Parts(load(), database, lambda: NOW)
    async with database.writing() as uow:
        conversation, _ = await conversations.start(uow, NOW)
        await uow.commit()
    return Dialogue(database, conversation.id)


def outcome_of(messages: list[dict]) -> dict:
    return next(m["custom"]["outcome"] for m in reversed(messages) if "outcome" in m["custom"])


def question(*articles: str, decision: str = "answer") -> dict:
    return {"questions": [{"text": "…", "decision": decision, "articles": [[a, 0.9] for a in articles]}]}
