"""Whether a part of a message asks about a second thing."""

import math

import pytest

from bot import second_question
from bot.ranking import Ranking
from bot.second_question import WEIGHTS, candidates

TEXT = "Må jeg hænge et skilt op, og skal jeg momsregistreres?"
PARTS = ["Må jeg hænge et skilt op", "skal jeg momsregistreres?"]


def about(*articles, kind="answer", chance=0.9):
    return Ranking(articles=list(articles), cases=[], kinds=[(kind, chance)], labels=[])


def seconds(whole, *rankings):
    return list(candidates(TEXT, whole, PARTS, rankings))


def test_every_sign_has_a_weight_and_every_weight_a_sign():
    (second,) = seconds(about(("skilte", 0.6), ("moms", 0.4)), about(("skilte", 1.0)), about(("moms", 1.0)))
    assert set(second.signs) == set(WEIGHTS)


def test_a_part_about_what_the_whole_message_is_about_is_no_second_question():
    assert seconds(about(("skilte", 0.9)), about(("skilte", 1.0)), about(("skilte", 0.8), ("moms", 0.01))) == []


def test_a_part_that_is_no_question_at_all_is_none():
    whole = about(("skilte", 0.6), ("moms", 0.4))
    assert seconds(whole, about(("skilte", 1.0)), about(("moms", 0.9), kind="greet")) == []


def test_a_part_that_leans_on_the_first_may_ask_about_an_article_of_its_own():
    found = seconds(about(("skilte", 0.9)), about(("skilte", 1.0)), about(("gebyr", 0.9), kind="follow_up"))
    assert [second.article for second in found] == ["gebyr"]


@pytest.mark.parametrize(
    ("more", "less"),
    [(0.4, 0.001), (0.05, 0.0)],
)
def test_what_the_whole_message_speaks_of_is_likelier_to_be_asked(more, less):
    chances = [
        seconds(about(("skilte", 0.6), ("moms", share)), about(("skilte", 1.0)), about(("moms", 0.9)))[0].chance
        for share in (more, less)
    ]
    assert chances[0] > chances[1]


def test_a_chance_is_a_probability(monkeypatch):
    (second,) = seconds(about(("skilte", 0.6)), about(("skilte", 1.0)), about(("moms", 1.0)))
    monkeypatch.setattr(second_question, "WEIGHTS", dict.fromkeys(second.signs, 0.0))
    monkeypatch.setattr(second_question, "BIAS", math.log(3))
    assert second.chance == pytest.approx(0.75)
