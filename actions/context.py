"""What every action works with: the parts made once at start-up, and one turn of the conversation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from knowledge import Article, CaseType, Knowledge
from office.clock import Clock
from office.store import Database

_CASE_WORTH_OFFERING = 0.25  # probability that the message is a concrete matter as well as a question
# Probability that the message is a question although something else is likelier, and its article's share, to be worth offering.
_QUESTION_WORTH_OFFERING, _SHARE_WORTH_OFFERING = 0.08, 0.4
_ENOUGH_WORDS = 4  # in a message, to tell its language by
# Languages whose readers manage with Danish; everybody else is answered in English.
_READ_DANISH = ("da", "sv", "nb")


@dataclass
class Parts:
    """The knowledge, the database and the clock of this process."""

    knowledge: Knowledge
    database: Database
    clock: Clock


@dataclass
class Turn:
    """One visitor message being answered: what was understood, and the mouth to answer with."""

    dispatcher: CollectingDispatcher
    tracker: Tracker
    parts: Parts
    events: list[dict[str, Any]] = field(default_factory=list)

    @property
    def text(self) -> str:
        return str(self.tracker.latest_message.get("text") or "")

    @property
    def intent(self) -> str:
        return str((self.tracker.latest_message.get("intent") or {}).get("name") or "")

    @property
    def understanding(self) -> dict[str, Any]:
        """What the bot understood (see bot/classifier.py); empty for a choice, which is not understood but obeyed."""
        return dict(self.tracker.latest_message.get("understanding") or {})

    @property
    def offered(self) -> list[dict[str, str]]:
        """The buttons under what was said last, before this turn."""
        said = next((event for event in reversed(self.tracker.events) if event.get("event") == "bot"), None)
        return list(said["data"].get("buttons") or []) if said else []

    @property
    def in_form(self) -> bool:
        """Whether an intake is going on; its question returns after whatever is said."""
        return bool(self.slot("requested_slot"))

    @property
    def message_id(self) -> int | None:
        """The gateway's number of the message, which makes opening a ticket idempotent."""
        number = str((self.tracker.latest_message.get("metadata") or {}).get("message_id") or "")
        return int(number) if number.isdigit() else None

    @property
    def conversation_id(self) -> str:
        return str(self.tracker.sender_id)

    @property
    def knowledge(self) -> Knowledge:
        return self.parts.knowledge

    @property
    def now(self) -> datetime:
        return self.parts.clock()

    def chosen(self, entity: str) -> str | None:
        """Return what a pressed button names: the id of an "article" or a "case"."""
        entities = self.tracker.latest_message.get("entities") or []
        return next((str(e["value"]) for e in entities if e["entity"] == entity), None)

    def likely_articles(self) -> list[Article]:
        """Return the articles that understanding finds nearest to the message, best first, whatever kind of message it is."""
        nearest = (article_id for article_id, _ in self.understanding.get("articles") or [])
        return [self.knowledge.articles[i] for i in nearest if i in self.knowledge.articles]

    def perhaps_a_question(self) -> Article | None:
        """Return the article to offer when the message, taken for something else, may be a question that it answers."""
        chance = self._chance_of("answer")
        article_id, share = (self.understanding.get("articles") or [["", 0.0]])[0]
        is_worth_it = chance >= _QUESTION_WORTH_OFFERING and share >= _SHARE_WORTH_OFFERING
        return self.knowledge.articles.get(article_id) if is_worth_it and not self.in_form else None

    def perhaps_a_case(self) -> CaseType | None:
        """Return the case type to offer when the message may be a concrete matter as well as a question."""
        candidates = self.understanding.get("cases") or [[""]]
        is_worth_it = self._chance_of("case") >= _CASE_WORTH_OFFERING
        return self.knowledge.cases.get(candidates[0][0]) if is_worth_it else None

    def _chance_of(self, kind: str) -> float:
        """Return the probability that the message is of this kind, as far as it is among the likeliest."""
        return next((float(chance) for found, chance in self.understanding.get("intents") or [] if found == kind), 0.0)

    def slot(self, name: str) -> Any:
        """Return a slot as it will be after this turn's events."""
        for event in reversed(self.events):
            if event.get("event") == "slot" and event.get("name") == name:
                return event.get("value")
        return self.tracker.get_slot(name)

    def set_slot(self, name: str, value: Any) -> None:
        self.events.append({"event": "slot", "timestamp": None, "name": name, "value": value})

    @property
    def their_language(self) -> str:
        """The language the visitor writes, as far as known: neither a few words nor an answer in a form change it."""
        known = self.tracker.get_slot("language")
        if known and (self._says_little or self.tracker.get_slot("requested_slot")):
            return str(known)
        return self._heard or str(known or self._hint or "da")

    def remember_language(self) -> None:
        """Keep the language for messages that do not show it: button presses, names, "ok". Danish is no news when brief."""
        is_news = self._heard and not (self._says_little and self._heard == "da")
        if is_news and self.their_language != self.tracker.get_slot("language"):
            self.set_slot("language", self.their_language)

    @property
    def _heard(self) -> str:
        return str(self.understanding.get("language") or "")

    @property
    def _says_little(self) -> bool:
        return not self._heard or len(self.text.split()) < _ENOUGH_WORDS

    @property
    def _hint(self) -> str | None:
        """What the visitor's browser prefers, which is all there is to go by when nothing was written yet."""
        hint = (self.tracker.latest_message.get("metadata") or {}).get("language_hint")
        return str(hint) if hint else None

    @property
    def language(self) -> str:
        """The language we answer in: "da" or "en"."""
        return "da" if self.their_language in _READ_DANISH else "en"

    def say(
        self,
        response: str,
        outcome: Mapping[str, Any] | None = None,
        buttons: list[dict[str, str]] | None = None,
        custom: Mapping[str, Any] | None = None,
        **values: Any,
    ) -> None:
        """Utter the response of domain.yml in the visitor's language, with values for its {placeholders}."""
        name = f"utter_{response}_en" if self.language == "en" else f"utter_{response}"
        self._send({"response": name}, outcome, buttons, custom, values)

    def say_text(
        self,
        text: str,
        outcome: Mapping[str, Any] | None = None,
        buttons: list[dict[str, str]] | None = None,
        custom: Mapping[str, Any] | None = None,
    ) -> None:
        """Utter words that come from knowledge or office."""
        self._send({"text": text}, outcome, buttons, custom, {})

    def _send(
        self,
        words: dict[str, str],
        outcome: Mapping[str, Any] | None,
        buttons: list[dict[str, str]] | None,
        custom: Mapping[str, Any] | None,
        values: dict[str, Any],
    ) -> None:
        payload = {"language": self.language, **(custom or {})}
        if outcome:
            payload["outcome"] = dict(outcome)
        self.dispatcher.utter_message(**words, buttons=buttons or [], json_message=payload, **values)
