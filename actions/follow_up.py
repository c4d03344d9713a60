"""Follow-up questions ("hvad koster det?", "og hvis jeg lejer?"), answered from the article in focus or handed on."""

from __future__ import annotations

from actions import buttons
from actions.answering import ask_which_again
from actions.base import OfficeAction
from actions.context import Turn
from office.choosing import YES
from office.passages import passage_about


class ActionFollowUp(OfficeAction):
    """Answer "hvad koster det?" and the like from the article in focus."""

    action_name = "action_follow_up"

    async def answer(self, turn: Turn) -> None:
        answer_follow_up(turn)


def answer_follow_up(turn: Turn) -> None:
    """Answer from the article in focus: its own words on the point, else the passage of its longer text that speaks of it.

    When the article says nothing, say so and offer a person; without an article, ask what it is about.
    """
    if ask_which_again(turn):  # what "it" is was just asked, and is not settled yet
        return
    article = turn.knowledge.articles.get(turn.slot("focus_article") or "")
    if article is None:
        turn.say("follow_up_without_topic", {"kind": "unsure"}, [buttons.person(turn)])
        return
    words = article.in_language(turn.language)
    key = turn.understanding.get("follow_up")
    outcome = {"kind": "answer", "articles": [article.id]}
    if text := words.follow_up.get(str(key)):
        turn.say_text(text, outcome, [buttons.person(turn)], {"follow_up": key})
    elif passage := _passage(turn, words.body):
        turn.say(
            "follow_up_passage", outcome, [buttons.person(turn)], {"follow_up": key}, title=words.title, passage=passage
        )
    else:
        turn.say(
            "follow_up_unknown",
            {"kind": "unsure", "articles": [article.id]},
            [buttons.person(turn, YES)],
            {"kind": "answer", "article": article.id},
            title=words.title,
        )


def _passage(turn: Turn, body: str) -> str | None:
    bodies = [article.in_language(turn.language).body for article in turn.knowledge.articles.values()]
    return passage_about(body, turn.text, turn.language, bodies)
