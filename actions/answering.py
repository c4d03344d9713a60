"""Answers from articles, or the question which of two or three articles is meant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from actions import buttons
from actions.base import OfficeAction
from actions.context import Turn
from actions.next_step import next_step, offer_next_step
from office.choosing import TOPIC, YES

_IN_THEIR_LANGUAGE = {
    "sv": "Jag svarar på danska; skriv gärna på svenska.",
    "nb": "Jeg svarer på dansk; skriv gjerne på norsk.",
    "de": "Ich antworte auf Englisch; Sie können gern auf Deutsch schreiben.",
    "pl": "Odpowiadam po angielsku; możesz pisać po polsku.",
    "uk": "Я відповідаю англійською; ви можете писати українською.",
    "ar": "أجيب بالإنجليزية، ويمكنك الكتابة بالعربية.",
}
_MOST_TOPICS = 3
_NEAR = 0.03  # share of an article beside the one answered from, to be offered when that did not help


class ActionAnswer(OfficeAction):
    """Answer each question in the message from its article, or ask which of two or three articles is meant."""

    action_name = "action_answer"

    async def answer(self, turn: Turn) -> None:
        answer_questions(turn)


def answer_questions(turn: Turn) -> None:
    """Say the answer to every question found; unanswerable ones lead to a clarifying question."""
    questions = [q for q in turn.understanding.get("questions") or [] if q.get("articles")]
    if not questions:
        say_unsure(turn)
        return
    _greet_in_their_language(turn)
    turn.set_slot("neighbours_offered", False)
    clear = [q for q in questions if q["decision"] == "answer"]
    unclear = [q for q in questions if q["decision"] != "answer"]
    articles = list(dict.fromkeys(q["articles"][0][0] for q in clear))
    near = [other for q in clear for other, share in q["articles"][1:] if share >= _NEAR]
    turn.set_slot("runners_up", near)
    answer_from(turn, articles, clear, then_asks=bool(unclear))
    for question in unclear[: 1 if articles else 2]:
        ask_which(turn, [article_id for article_id, _ in question["articles"]], answered=articles)


def answer_from(
    turn: Turn, articles: list[str], questions: Sequence[dict[str, Any]] = (), then_asks: bool = False
) -> None:
    """Say the answers of the articles and offer one next step, unless the turn ends in a question anyway."""
    step = None if then_asks or not articles else next_step(turn)
    for article_id in articles:
        quiet = [buttons.person(turn)] if step == "person" and article_id == articles[-1] else []
        _say_article(turn, article_id, articles, _confidence(questions, article_id), quiet)
    if step:
        offer_next_step(turn, step)


def _say_article(
    turn: Turn, article_id: str, all_ids: list[str], confidence: float | None, quiet: list[buttons.Button]
) -> None:
    """Say one article's answer; the exchange's outcome names all articles answered from."""
    outcome: dict[str, Any] = {"kind": "answer", "articles": all_ids}
    if confidence is not None:
        outcome["confidence"] = confidence
    words = turn.knowledge.articles[article_id].in_language(turn.language)
    turn.say_text(words.summary, outcome, quiet, {"kind": "answer", "article": article_id})
    turn.set_slot("focus_article", article_id)
    turn.set_slot("shown_articles", list(dict.fromkeys([*(turn.slot("shown_articles") or []), article_id])))
    turn.set_slot("unsure_before", False)


def ask_which(turn: Turn, article_ids: list[str], answered: list[str]) -> None:
    """Ask which of two or three articles is meant: their titles, perhaps a case, and the way on when it is none of them."""
    known = [turn.knowledge.articles[i] for i in article_ids if i in turn.knowledge.articles][:_MOST_TOPICS]
    outcome = (
        {"kind": "answer", "articles": answered} if answered else {"kind": "clarify", "articles": [a.id for a in known]}
    )
    case = None if answered or turn.in_form else turn.perhaps_a_case()
    offered = [buttons.article(turn, article) for article in known]
    offered += [buttons.case(turn, case, TOPIC)] if case else []
    turn.say(
        "clarify_one" if len(offered) == 1 else "clarify",
        outcome,
        [*offered, buttons.none_of_them(turn)],
        {"kind": "choices"},
    )


def offer_perhaps_answered(turn: Turn) -> None:
    """Offer the article that the message, taken for something else, may have asked about. Says nothing when there is none."""
    if article := turn.perhaps_a_question():
        turn.say("perhaps_answered", None, [buttons.article(turn, article)], {"kind": "choices"})


def ask_which_again(turn: Turn) -> bool:
    """Ask for one of the topics offered last, for somebody who said just "ja". Returns whether any were offered."""
    topics = [offered for offered in turn.offered if offered.get("means") == TOPIC]
    if topics:
        turn.say("which_of_them", {"kind": "clarify"}, turn.offered, {"kind": "choices"})
    return bool(topics)


def obey_choice(turn: Turn) -> None:
    """Answer from the article that was chosen; "none of them" leads on to other words or a person."""
    article_id = turn.chosen("article")
    if article_id in turn.knowledge.articles:
        answer_from(turn, [article_id])
    elif article_id == buttons.NONE_OF_THEM:
        turn.say("none_of_them", {"kind": "unsure"}, [buttons.person(turn, YES)])
        turn.set_slot("unsure_before", True)
    else:
        say_unsure(turn)


def say_unsure(turn: Turn) -> None:
    """Say that it was not understood: first ask to rephrase, the second time offer a person right away."""
    again = bool(turn.slot("unsure_before"))
    turn.say("unsure_again" if again else "unsure", {"kind": "unsure"}, [buttons.person(turn, YES)])
    offer_perhaps_answered(turn)
    turn.set_slot("unsure_before", True)


def _confidence(questions: Sequence[dict[str, Any]], article_id: str) -> float | None:
    return next((float(q["articles"][0][1]) for q in questions if q["articles"][0][0] == article_id), None)


def _greet_in_their_language(turn: Turn) -> None:
    """Once per conversation, tell readers of other languages which language the answers come in."""
    line = _IN_THEIR_LANGUAGE.get(turn.their_language)
    if line and turn.slot("told_language") != turn.their_language:
        turn.say_text(line)
        turn.set_slot("told_language", turn.their_language)
