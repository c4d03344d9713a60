"""Follow-up questions ("hvad koster det?", "og hvis jeg lejer?"), answered from the article in focus or handed on."""

from __future__ import annotations

from actions import buttons
from actions.answering import answer_from, ask_which, ask_which_again
from actions.base import OfficeAction
from actions.context import Turn
from knowledge import Article
from office.choosing import YES
from office.content_words import speaks_of, stems
from office.passages import passage_about, telling_words

_FEW_TITLES = 3
_BY_FAR = 0.8  # share of one article among the articles
_ASKING = ("kost", "cost")  # stems of words that ask, and name no topic though a title may have them
_MORE_STEMS = (
    "uddyb vis hel svar lidt mer eksempel rest fortæl forklar nærm lang detalj giv sidst "
    "tell more explain show whole full answer exampl detail give expand"
)
_MORE = frozenset(_MORE_STEMS.split())


class ActionFollowUp(OfficeAction):
    """Answer "hvad koster det?" and the like from the article in focus."""

    action_name = "action_follow_up"

    async def answer(self, turn: Turn) -> None:
        answer_follow_up(turn)


def answer_follow_up(turn: Turn) -> None:
    """Answer from the article in focus; without one, ask what it is about."""
    if ask_which_again(turn):  # what "it" is was just asked, and is not settled yet
        return
    article = turn.knowledge.articles.get(turn.slot("focus_article") or "")
    if article is not None:
        _answer_from(turn, article)
    elif (likely := _likely(turn)) and _is_by_far(turn, likely[0]):
        answer_from(turn, [likely[0].id])  # the first question of a talk follows nothing: it only sounded so
    elif likely:
        ask_which(turn, [found.id for found in likely], answered=[])
    else:
        turn.say("follow_up_without_topic", {"kind": "unsure"}, [buttons.person(turn)])


def _answer_from(turn: Turn, article: Article) -> None:
    """Say the article's own words on the point, else the passage of its longer text that speaks of it.

    When it says nothing, ask for another article that the question names, or say so and offer a person.
    """
    words = article.in_language(turn.language)
    key = str(turn.understanding.get("follow_up"))
    outcome = {"kind": "answer", "articles": [article.id]}
    card = {"kind": "answer", "article": article.id}
    if text := words.follow_up.get(key):
        # The way to apply is of no use without the article's links; steps have their own.
        turn.say_text(text, outcome, [buttons.person(turn)], card if key == "apply" and not article.steps else {})
    elif _asks_for_more(turn):
        turn.say("follow_up_more", outcome, [buttons.person(turn)], card)
    elif passage := passage_about(words.body, turn.text, turn.language, _bodies(turn)):
        turn.say("follow_up_passage", outcome, [buttons.person(turn)], title=words.title, passage=passage)
    elif named := [other.id for other in _named(turn) if other is not article]:
        ask_which(turn, named, answered=[])
    else:
        outcome = {"kind": "unsure", "articles": [article.id]}
        turn.say("follow_up_unknown", outcome, [buttons.person(turn, YES)], title=words.title)


def _asks_for_more(turn: Turn) -> bool:
    """ "Uddyb lige", "vis hele svaret": nothing new is asked."""
    asked = set(stems(turn.text, turn.language))
    return bool(asked) and asked <= _MORE


def _named(turn: Turn) -> list[Article]:
    """Return the likely articles whose title has a word of the message that few titles have."""
    titles = [article.in_language(turn.language).title for article in turn.knowledge.articles.values()]
    words = [word for word in stems(turn.text, turn.language) if word not in _ASKING]
    told = [word for word in words if sum(speaks_of(t, word, turn.language) for t in titles) <= _FEW_TITLES]
    return [a for a in turn.likely_articles() if _has_any(told, a.in_language(turn.language).title, turn)]


def _likely(turn: Turn) -> list[Article]:
    """Return the likely articles that the message names, or that have a telling word of it in their text."""
    told = [word for word in telling_words(turn.text, turn.language, _bodies(turn)) if word not in _ASKING]
    named = _named(turn)
    return [a for a in turn.likely_articles() if a in named or _has_any(told, a.in_language(turn.language).body, turn)]


def _is_by_far(turn: Turn, article: Article) -> bool:
    """Tell whether understanding finds this article likelier than all others together, by far."""
    return float(dict(turn.understanding["articles"])[article.id]) >= _BY_FAR


def _has_any(words: list[str], text: str, turn: Turn) -> bool:
    return any(speaks_of(text, word, turn.language) for word in words)


def _bodies(turn: Turn) -> list[str]:
    return [article.in_language(turn.language).body for article in turn.knowledge.articles.values()]
