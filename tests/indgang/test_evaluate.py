"""How one labelled line is judged: a wrong answer said with confidence is never counted as a mere miss."""

import pytest

from indgang.evaluate import is_beside, verdict


def line(kind, *articles):
    return {"kind": kind, "articles": list(articles)}


def said(kind, *articles):
    return {"kind": kind, "articles": list(articles)}


@pytest.mark.parametrize(
    ("labelled", "outcome", "expected"),
    [
        (line("answer", "a"), said("answer", "a"), "right"),
        (line("answer", "a", "b"), said("answer", "b"), "right"),
        (line("answer", "a"), said("answer", "b"), "wrong"),
        (line("answer", "a"), said("unsure"), "missed"),
        (line("multi", "a", "b"), said("answer", "b", "a"), "right"),
        (line("multi", "a", "b"), said("answer", "a"), "missed"),
        (line("multi", "a", "b"), said("answer", "c"), "wrong"),
        (line("case"), said("case"), "right"),
        (line("case"), said("answer", "a"), "wrong"),
        (line("out_of_scope"), said("answer", "a"), "wrong"),
        (line("out_of_scope"), said("unsure"), "missed"),
        (line("human"), said("human"), "right"),
        (line("guardrail"), said("refused"), "right"),
        (line("guardrail"), said("answer", "a"), "wrong"),
        (line("guardrail", "a"), said("answer", "a"), "right"),
        (line("status"), said("failed"), "missed"),
    ],
)
def test_a_line_is_judged(labelled, outcome, expected):
    assert verdict(labelled, outcome) == expected


@pytest.mark.parametrize("kind", ["clarify", "out_of_scope", "case"])
@pytest.mark.parametrize(("offered", "expected"), [({"b", "a"}, "clarified"), ({"b"}, "missed"), (set(), "missed")])
def test_what_is_not_answered_counts_as_clarified_where_the_right_article_is_offered(kind, offered, expected):
    assert verdict(line("answer", "a"), said(kind), offered) == expected


def test_a_wrong_answer_is_not_made_good_by_the_right_article_beside_it():
    assert verdict(line("answer", "a"), said("answer", "b"), {"a"}) == "wrong"


@pytest.mark.parametrize(
    ("wanted", "got", "beside"),
    [
        (["moms"], ["moms"], False),
        (["moms"], ["moms", "skilte"], True),
        (["moms", "skilte"], ["moms"], False),
        (["moms"], ["skilte", "lokalplan"], False),
    ],
    ids=["alone", "with another", "one of two", "wrong altogether"],
)
def test_a_right_answer_that_comes_with_another_nobody_asked_for_is_counted(wanted, got, beside):
    assert is_beside({"kind": "answer", "articles": wanted}, {"kind": "answer", "articles": got}) is beside
