"""From probabilities to one honest decision per message: answer, clarify, case, conversation, or unsure.

A confident wrong answer is the worst outcome, so the thresholds favour asking over guessing, and admitting over asking.
They were moved while looking at the sums over tests/evaluation/development and tuning; docs/understanding.md says what follows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bot.mixture import Mixture
from bot.ranking import OUTSIDE, Ranking, ranking
from bot.second_question import Second, candidates
from bot.text import language_of, parts_of

UNSURE = "nlu_fallback"
REBUKED = ("abuse", "injection")
_MOST_ANSWERS = 3
Meaning = Callable[[Sequence[str]], np.ndarray]
_HAS_WORD = re.compile(r"[^\W\d_]{2}")


@dataclass(frozen=True)
class Thresholds:
    """Probabilities that a decision needs."""

    answer: float = 0.4  # share of one article among the articles, to be shown as the answer
    lead: float = 0.25  # of that share over the next article's, to be the only answer
    question: float = 0.4  # that the message is a question for the articles, to be answered outright
    maybe_question: float = 0.25  # that it is one, to be asked back with a choice of articles
    case: float = 0.4  # that the message is a concrete matter
    outside: float = 0.4  # that it is private or out of scope, to be turned away
    perhaps_outside: float = 0.3  # that it is, to ask back instead of answering
    perhaps_ours_share: float = 0.5  # share of one article in what is as likely a question as private, to ask back
    conversation: float = 0.33  # any other kind
    rebuke: float = 0.6  # abuse or manipulation: nobody is to be told off for a street name
    crisis: float = 0.2  # despair: missing it is worse than being kind once too often
    first: float = 0.6  # share of the whole message's article in a part, to be answered where the whole is unclear
    second: float = 0.3  # that a part asks about another article than the whole message, to be answered as well


@dataclass(frozen=True)
class Decision:
    """The intent to act on, how sure, and the `understanding` that goes with it (JSON-safe)."""

    intent: str
    confidence: float
    understanding: dict[str, Any]


class Decider:
    """Decides about messages. `meanings(texts)` gives the vectors of the whole text or of its parts, one row each."""

    def __init__(self, mixture: Mixture, thresholds: Thresholds | None = None) -> None:
        self._mixture = mixture
        self._limits = thresholds or Thresholds()

    def decide(self, text: str, meanings: Meaning) -> Decision:
        """Return the decision about `text`."""
        language = language_of(text)
        whole = self._rankings([text], meanings)[0]
        intent, confidence = self._kind(text, whole)
        questions: list[dict[str, Any]] = []
        if intent == "answer":
            questions = self._questions(text, whole, meanings)
        understanding = _understanding(language, whole, questions)
        if intent == "follow_up":
            understanding["follow_up"] = _best_label(whole, intent).split("/")[-1]
        return Decision(intent, confidence, understanding)

    def _rankings(self, texts: Sequence[str], meanings: Meaning) -> list[Ranking]:
        guesses = self._mixture.guesses(texts, meanings(texts))
        return [ranking(self._mixture, guess) for guess in guesses]

    def _kind(self, text: str, whole: Ranking) -> tuple[str, float]:
        """Return the kind of message to act on; a question that is only likely will be asked back, see `_one`."""
        kind, chance = whole.kinds[0]
        limits, question = self._limits, whole.chance("answer")
        if not _HAS_WORD.search(text):
            return UNSURE, chance
        if whole.chance("crisis") >= limits.crisis:
            return "crisis", whole.chance("crisis")
        if kind == "case" and chance >= limits.case:
            return kind, chance
        if whole.outside >= limits.outside and not self._may_be_ours(whole):
            return max(OUTSIDE, key=whole.chance), whole.outside
        if kind not in ("answer", "case", *OUTSIDE) and chance >= self._needed(kind):
            return kind, chance
        return ("answer" if question >= limits.maybe_question else UNSURE), question

    def _may_be_ours(self, whole: Ranking) -> bool:
        """Tell whether what looks private is as likely a question for one of the articles, to ask back.

        Anything less likely is turned away, with its article offered beside (actions/answering.py).
        """
        is_as_likely = whole.chance("answer") >= whole.outside
        return is_as_likely and whole.articles[0][1] >= self._limits.perhaps_ours_share

    def _needed(self, kind: str) -> float:
        """Return the probability that a conversational kind needs."""
        return self._limits.rebuke if kind in REBUKED else self._limits.conversation

    def seconds(self, text: str, meanings: Meaning) -> list[Second]:
        """Return whatever may be a second question in `text`; none where the first is not certain."""
        return self._seconds(text, self._rankings([text], meanings)[0], meanings)

    def _seconds(self, text: str, whole: Ranking, meanings: Meaning) -> list[Second]:
        parts = parts_of(text) if self._is_certain(whole) else []
        return list(candidates(text, whole, parts, self._rankings(parts, meanings))) if parts else []

    def _questions(self, text: str, whole: Ranking, meanings: Meaning) -> list[dict[str, Any]]:
        """Return the question of the whole text, and those of its parts that ask about other articles."""
        one = self._one(text, whole)
        seconds = [second for second in self._seconds(text, whole, meanings) if second.chance >= self._limits.second]
        seconds.sort(key=lambda second: -second.chance)
        if one["decision"] != "answer":
            # The second question made the first unclear: it is clear where a part by itself plainly asks it.
            if not any(second.first_by_itself >= self._limits.first for second in seconds):
                return [one]
            one = _question(text, "answer", whole)
        found = {whole.articles[0][0]: one}
        for second in seconds:
            if len(found) < _MOST_ANSWERS:
                found.setdefault(second.article, _question(second.part, "answer", second.about, second.article))
        return list(found.values()) if len(found) > 1 or self._leads(whole) else [_question(text, "clarify", whole)]

    def _leads(self, found: Ranking) -> bool:
        """Tell whether one article is plainly nearer than all others."""
        shares = [share for _, share in found.articles]
        return shares[0] - max(shares[1:], default=0.0) >= self._limits.lead

    def _one(self, text: str, found: Ranking) -> dict[str, Any]:
        is_clear = self._is_certain(found) and found.articles[0][1] >= self._limits.answer
        return _question(text, "answer" if is_clear else "clarify", found)

    def _is_certain(self, found: Ranking) -> bool:
        """Tell whether a text is a question for the articles, and ours to answer."""
        is_ours = found.outside < self._limits.perhaps_outside
        return is_ours and found.kind == "answer" and found.chance("answer") >= self._limits.question


def _best_label(found: Ranking, kind: str) -> str:
    """Return the best full label of `kind` ("follow_up/price")."""
    return next((label for label, _ in found.labels if label.startswith(f"{kind}/")), kind)


def _question(text: str, decision: str, found: Ranking, chosen: str = "") -> dict[str, Any]:
    """Return a question as the actions get it, the article that was chosen first, which is the likeliest by itself."""
    articles = sorted(found.articles[:3], key=lambda article: article[0] != chosen)
    return {"text": text, "decision": decision, "articles": _rounded(articles)}


def _rounded(pairs: list[tuple[str, float]]) -> list[list[Any]]:
    return [[name, round(chance, 4)] for name, chance in pairs]


def _understanding(language: str, whole: Ranking, questions: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "language": language,
        "questions": questions,
        "articles": _rounded(whole.articles),
        "cases": _rounded(whole.cases),
        "intents": _rounded(whole.kinds[:5]),
    }
