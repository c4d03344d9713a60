"""After an answer: one natural next step, without nagging. Did it help? If not, the neighbouring articles, then a person."""

from __future__ import annotations

from actions import buttons
from actions.context import Turn
from office.choosing import YES

# "Hjalp det?" is asked after the first answer, and again when this many answers have passed without it.
_ANSWERS_BETWEEN = 3
_MOST_NEIGHBOURS = 3


def next_step(turn: Turn) -> str | None:
    """Return the step that fits an answer being given now: "case", "helped", "person", or None inside an intake."""
    if turn.in_form:  # the form's own question comes next
        return None
    if turn.perhaps_a_case():
        return "case"
    passed = turn.slot("answers_since_asked")
    if passed is None or passed + 1 >= _ANSWERS_BETWEEN:
        return "helped"
    turn.set_slot("answers_since_asked", passed + 1)
    return "person"


def offer_next_step(turn: Turn, step: str) -> None:
    """Say the step's question; the quiet button to a person has been put under the answer already."""
    if step == "case" and (case := turn.perhaps_a_case()):
        turn.say("offer_case", None, [buttons.case(turn, case, YES), buttons.person(turn)], {"kind": "choices"})
    elif step == "helped":
        offered = [buttons.yes_it_helped(turn), buttons.no_it_did_not(turn), buttons.person(turn)]
        turn.say("did_it_help", None, offered, {"kind": "choices"})
        turn.set_slot("answers_since_asked", 0)


def was_asked_if_it_helped(turn: Turn) -> bool:
    return any(offered["payload"] == buttons.HELPED for offered in turn.offered)


def say_helped(turn: Turn) -> None:
    turn.say("helped", {"kind": "smalltalk"}, custom={"helped": True})


def say_not_helped(turn: Turn) -> None:
    """The answer did not help: offer its neighbours once, after that a person. `helped` is kept with the question asked."""
    neighbours = [] if turn.slot("neighbours_offered") or turn.in_form else _neighbours(turn)
    if neighbours:
        offered = [buttons.article(turn, turn.knowledge.articles[i]) for i in neighbours]
        outcome = {"kind": "clarify", "articles": neighbours}
        turn.say(
            "not_helped_perhaps",
            outcome,
            [*offered, buttons.none_of_them(turn)],
            {"kind": "choices", "helped": False},
        )
        turn.set_slot("neighbours_offered", True)
        turn.set_slot("answers_since_asked", None)
    else:
        turn.say("not_helped", {"kind": "unsure"}, [buttons.person(turn, YES)], {"helped": False})


def _neighbours(turn: Turn) -> list[str]:
    """Return the articles nearest to the answer given: the runners-up of understanding, then those it names as related."""
    article = turn.knowledge.articles.get(turn.slot("focus_article") or "")
    related = article.related if article else ()
    shown = turn.slot("shown_articles") or []
    near = dict.fromkeys([*(turn.slot("runners_up") or []), *related])
    return [i for i in near if i in turn.knowledge.articles and i not in shown][:_MOST_NEIGHBOURS]
