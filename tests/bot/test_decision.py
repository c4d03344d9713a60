"""One honest decision from probabilities: answer, ask back, open a case, talk, or admit to be unsure."""

from __future__ import annotations

import numpy as np
import pytest

from bot.decision import UNSURE, Decider
from bot.mixture import Guess, kind_of

LABELS = [
    "answer/bevilling",
    "answer/moms",
    "answer/skilte",
    "case/udvidelse",
    "crisis",
    "abuse",
    "human",
    "out_of_scope",
]
KINDS = sorted({kind_of(label) for label in LABELS})
SAID = "må man have skilt på facaden"


class Oracle:
    """Stands where the mixture does: says for each text what the test wants it to have understood."""

    labels = LABELS
    kinds = KINDS

    def __init__(self, texts: dict[str, dict[str, float]]) -> None:
        self.texts = texts

    def guesses(self, texts: list[str], vectors: np.ndarray) -> list[Guess]:
        return [self._guess(self.texts[text]) for text in texts]

    def _guess(self, chances: dict[str, float]) -> Guess:
        labels = np.array([chances.get(label, 0.0) for label in LABELS])
        kinds = np.array([sum(p for label, p in chances.items() if kind_of(label) == kind) for kind in KINDS])
        return Guess(labels, kinds)


def decide(text: str = SAID, parts: dict[str, dict[str, float]] | None = None, **chances: float):
    named = {name.replace("__", "/"): p for name, p in chances.items()}
    return Decider(Oracle({text: named, **(parts or {})})).decide(text, lambda texts: np.zeros((len(texts), 3)))


def test_a_clear_question_is_answered():
    decision = decide(answer__skilte=0.9, human=0.1)
    assert decision.intent == "answer"
    assert [q["decision"] for q in decision.understanding["questions"]] == ["answer"]


def test_a_question_between_articles_is_asked_back_with_the_best_three():
    decision = decide(answer__skilte=0.35, answer__moms=0.32, answer__bevilling=0.3)
    (question,) = decision.understanding["questions"]
    assert question["decision"] == "clarify"
    assert [article for article, _ in question["articles"]] == ["skilte", "moms", "bevilling"]


@pytest.mark.parametrize(("second", "decision"), [(0.3, "answer"), (0.45, "clarify")])
def test_of_two_articles_that_are_nearly_as_near_none_is_the_only_answer(second, decision):
    (question,) = decide(answer__skilte=0.9 - second, answer__moms=second).understanding["questions"]
    assert question["decision"] == decision
    assert {article for article, _ in question["articles"][:2]} == {"skilte", "moms"}


def test_an_office_with_a_single_article_answers_from_it(monkeypatch):
    monkeypatch.setattr(Oracle, "labels", ["answer/skilte", "human"])
    monkeypatch.setattr(Oracle, "_guess", lambda self, chances: Guess(np.array([0.9, 0.1]), np.array([0.9, 0.1])))
    monkeypatch.setattr(Oracle, "kinds", ["answer", "human"])
    (question,) = decide(answer__skilte=0.9, human=0.1).understanding["questions"]
    assert (question["decision"], question["articles"][0][0]) == ("answer", "skilte")


def test_what_is_only_perhaps_a_question_is_asked_back_not_answered():
    decision = decide(answer__skilte=0.3, case__udvidelse=0.35, human=0.2, out_of_scope=0.15)
    assert decision.intent == "answer"
    assert decision.understanding["questions"][0]["decision"] == "clarify"


def test_a_plainly_concrete_matter_becomes_a_case():
    assert decide(case__udvidelse=0.8, answer__skilte=0.2).intent == "case"


def test_what_is_as_likely_a_question_as_private_is_asked_back_when_one_article_is_plainly_meant():
    decision = decide(out_of_scope=0.45, answer__skilte=0.46)
    assert decision.intent == "answer"
    assert decision.understanding["questions"][0]["decision"] == "clarify"


@pytest.mark.parametrize("chances", [{"out_of_scope": 0.55, "answer__skilte": 0.44}, {
    "out_of_scope": 0.45, "answer__skilte": 0.2, "answer__moms": 0.18, "answer__bevilling": 0.17,
}])  # fmt: skip
def test_what_is_not_ours_is_turned_away_unless_one_article_is_as_likely(chances):
    assert decide(**chances).intent == "out_of_scope"


def test_despair_is_met_even_when_something_else_is_likelier():
    assert decide(case__udvidelse=0.6, crisis=0.25, human=0.15).intent == "crisis"


@pytest.mark.parametrize(("chance", "intent"), [(0.5, UNSURE), (0.7, "abuse")])
def test_nobody_is_told_off_on_a_suspicion(chance, intent):
    assert decide(abuse=chance, human=1 - chance).intent == intent


def test_what_fits_nothing_is_admitted():
    assert decide(human=0.3, out_of_scope=0.35, crisis=0.15, abuse=0.2).intent == UNSURE


@pytest.mark.parametrize("text", ["?", "😀😀", "1234", "x"])
def test_a_message_without_a_word_is_never_a_question(text):
    assert decide(text, answer__skilte=1.0).intent == UNSURE


def test_two_questions_in_one_message_are_both_found():
    text = "Skal jeg have bevilling til øl, og hvad med moms af salget?"
    parts = {
        "Skal jeg have bevilling til øl": {"answer/bevilling": 0.9, "human": 0.1},
        "hvad med moms af salget?": {"answer/moms": 0.8, "human": 0.2},
    }
    decision = decide(text, parts, answer__bevilling=0.6, answer__moms=0.4)
    assert [q["articles"][0][0] for q in decision.understanding["questions"]] == ["bevilling", "moms"]


def test_a_second_part_that_is_no_question_of_its_own_adds_no_answer():
    text = "Skal jeg have bevilling til øl, og kan I hjælpe os lidt?"
    parts = {
        "Skal jeg have bevilling til øl": {"answer/bevilling": 0.9, "human": 0.1},
        "kan I hjælpe os lidt?": {"human": 0.97, "answer/moms": 0.01, "answer/skilte": 0.02},
    }
    decision = decide(text, parts, answer__bevilling=0.95, answer__moms=0.05)
    assert [q["articles"][0][0] for q in decision.understanding["questions"]] == ["bevilling"]
