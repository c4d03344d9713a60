"""Answers from articles: the answer itself, a clarifying question, a follow-up on the article in focus."""

from __future__ import annotations

from typing import Any

from actions.base import OfficeAction
from actions.context import Turn, choice
from knowledge import Article

HUMAN_COMMAND = "/human"
_CASE_WORTH_OFFERING = 0.25
_IN_THEIR_LANGUAGE = {
    "sv": "Jag svarar på danska; skriv gärna på svenska.",
    "nb": "Jeg svarer på dansk; skriv gjerne på norsk.",
    "de": "Ich antworte auf Englisch; Sie können gern auf Deutsch schreiben.",
    "pl": "Odpowiadam po angielsku; możesz pisać po polsku.",
    "uk": "Я відповідаю англійською; ви можете писати українською.",
    "ar": "أجيب بالإنجليزية، ويمكنك الكتابة بالعربية.",
}


class ActionAnswer(OfficeAction):
    """Answer each question in the message from its article, or ask which of two or three articles is meant."""

    action_name = "action_answer"

    async def answer(self, turn: Turn) -> None:
        answer_questions(turn)


class ActionFollowUp(OfficeAction):
    """Answer "hvad koster det?" and the like from the article in focus."""

    action_name = "action_follow_up"

    async def answer(self, turn: Turn) -> None:
        answer_follow_up(turn)


def answer_questions(turn: Turn) -> None:
    """Say the answer to every question found; unanswerable ones lead to a clarifying question."""
    questions = [q for q in turn.understanding.get("questions") or [] if q.get("articles")]
    if not questions:
        say_unsure(turn)
        return
    _greet_in_their_language(turn)
    clear = [q for q in questions if q["decision"] == "answer"]
    unclear = [q for q in questions if q["decision"] != "answer"]
    articles = list(dict.fromkeys(q["articles"][0][0] for q in clear))
    for article_id in articles:
        say_article(turn, article_id, articles, confidence=_confidence(clear, article_id))
    for question in unclear[: 1 if articles else 2]:
        ask_which(turn, [article_id for article_id, _ in question["articles"][:3]], answered=articles)


def say_article(turn: Turn, article_id: str, all_ids: list[str], confidence: float | None = None) -> None:
    """Say one article's answer; the exchange's outcome names all articles answered from."""
    article = turn.knowledge.articles[article_id]
    outcome: dict[str, Any] = {"kind": "answer", "articles": all_ids}
    if confidence is not None:
        outcome["confidence"] = confidence
    is_last = article_id == all_ids[-1]
    turn.say_text(
        article.in_language(turn.language).summary,
        outcome=outcome,
        buttons=[talk_to_a_person(turn)] if is_last else [],
        custom={"kind": "answer", "article": article_id},
    )
    turn.set_slot("focus_article", article_id)
    turn.set_slot("unsure_before", False)


def ask_which(turn: Turn, article_ids: list[str], answered: list[str]) -> None:
    """Ask which of the articles is meant, as buttons with their titles, and a way out to a person."""
    known = [turn.knowledge.articles[i] for i in article_ids if i in turn.knowledge.articles]
    kind = (
        {"kind": "answer", "articles": answered} if answered else {"kind": "clarify", "articles": [a.id for a in known]}
    )
    buttons = [choice(_title(turn, a), f'/choose{{"article": "{a.id}"}}') for a in known]
    buttons += [] if answered else _perhaps_a_case(turn)
    turn.say("clarify", outcome=kind, buttons=[*buttons, none_of_these(turn)], custom={"kind": "choices"})


def _perhaps_a_case(turn: Turn) -> list[dict[str, str]]:
    """Offer to open a case when the message may be a concrete matter as well as a question."""
    chance = next((p for kind, p in turn.understanding.get("intents") or [] if kind == "case"), 0.0)
    case = turn.knowledge.cases.get((turn.understanding.get("cases") or [[""]])[0][0])
    if case is None or chance < _CASE_WORTH_OFFERING:
        return []
    label = f"Open a case: {case.title_en}" if turn.language == "en" else f"Opret en sag: {case.title}"
    return [choice(label, f'/choose{{"case": "{case.id}"}}')]


def answer_follow_up(turn: Turn) -> None:
    """Answer the follow-up question from the article in focus; without one, say that the topic is needed."""
    article = turn.knowledge.articles.get(turn.slot("focus_article") or "")
    if article is None:
        turn.say("follow_up_without_topic", outcome={"kind": "unsure"}, buttons=[talk_to_a_person(turn)])
        return
    key = (turn.tracker.latest_message.get("response_selector") or {}).get("key") or turn.understanding.get("follow_up")
    text = article.in_language(turn.language).follow_up.get(str(key))
    outcome = {"kind": "answer", "articles": [article.id]}
    if text:
        turn.say_text(text, outcome=outcome, buttons=[talk_to_a_person(turn)], custom={"follow_up": key})
    else:
        title = _title(turn, article)
        turn.say("follow_up_unknown", title=title, outcome=outcome, buttons=[talk_to_a_person(turn)])


def say_unsure(turn: Turn) -> None:
    """Say that it was not understood: first ask to rephrase, the second time offer a person right away."""
    again = bool(turn.slot("unsure_before"))
    turn.say("unsure_again" if again else "unsure", outcome={"kind": "unsure"}, buttons=[talk_to_a_person(turn)])
    turn.set_slot("unsure_before", True)


def talk_to_a_person(turn: Turn) -> dict[str, str]:
    """The button that is always offered: a person."""
    return choice("Talk to a person" if turn.language == "en" else "Tal med en medarbejder", HUMAN_COMMAND)


def none_of_these(turn: Turn) -> dict[str, str]:
    title = "None of these - talk to a person" if turn.language == "en" else "Ingen af dem - tal med en medarbejder"
    return choice(title, HUMAN_COMMAND)


def _title(turn: Turn, article: Article) -> str:
    return article.in_language(turn.language).title


def _confidence(questions: list[dict[str, Any]], article_id: str) -> float | None:
    return next((float(q["articles"][0][1]) for q in questions if q["articles"][0][0] == article_id), None)


def _greet_in_their_language(turn: Turn) -> None:
    """Once per conversation, tell readers of other languages which language the answers come in."""
    line = _IN_THEIR_LANGUAGE.get(turn.their_language)
    if line and turn.slot("told_language") != turn.their_language:
        turn.say_text(line)
        turn.set_slot("told_language", turn.their_language)
