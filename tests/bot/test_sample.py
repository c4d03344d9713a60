"""What pipelines are compared on: lines none has learned, and a sample with a share of every label."""

import pytest

from bot.mixture import is_left_out
from bot.sample import deep, flat, is_held_back, sample

TEXTS = [f"spørgsmål nummer {number}" for number in range(2000)]


def test_a_tenth_is_held_back_and_as_much_is_left_to_weigh_the_evidence_by():
    held_back = [text for text in TEXTS if is_held_back(text)]
    to_weigh = [text for text in TEXTS if is_left_out(text) and not is_held_back(text)]
    assert len(held_back) == pytest.approx(200, abs=40)
    assert len(to_weigh) == pytest.approx(200, abs=40)


def test_only_lines_the_encoder_has_not_learned_are_held_back():
    assert all(is_left_out(text) for text in TEXTS if is_held_back(text))


def lines(label: str, count: int) -> list[tuple[str, str]]:
    return [(f"{label} nummer {number}", label) for number in range(count)]


def chosen(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [pairs[place] for place in sample([text for text, _ in pairs], [label for _, label in pairs])]


def test_topics_and_kinds_of_message_have_their_shares():
    found = [label for _, label in chosen(lines("answer/moms", 50) + lines("case/hal", 7) + lines("human", 90))]
    assert [found.count(label) for label in ("answer/moms", "case/hal", "human")] == [20, 7, 40]


def test_the_order_of_the_lines_changes_nothing():
    pairs = lines("answer/moms", 50)
    assert set(chosen(pairs)) == set(chosen(pairs[::-1]))


def test_the_longest_lines_are_left_out():
    assert chosen([("ord " * 41, "human"), ("ord " * 40, "human")]) == [("ord " * 40, "human")]


def test_a_label_comes_back_from_its_intent():
    assert flat("answer/moms") == "answer:moms"
    assert deep(flat("answer/moms")) == "answer/moms"
    assert deep(flat("human")) == "human"
