"""Whether a message asks about a second thing, to be answered beside the first.

A message is taken apart (bot/text.py). Whatever article a part is about, if it is not the whole message's own, may be a second
question, or nothing but the story around the first: an answer nobody asked for. How likely it is follows from what the part
and the whole say of it, by a logistic regression whose weights `python -m bot.fit_second_question` finds on labelled lines.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.ranking import Ranking
from bot.text import asks

_LEAST = 0.02  # probability that a part is a question about an article, a leaning one ("og prisen?") too, for it to be one at all
_LIKELIEST = 2  # articles of a part that are looked at
_UNSPOKEN_OF = 5  # place of an article that is not among the first five of the whole message
_TINY = 1e-4
BIAS = -1.541
WEIGHTS: dict[str, float] = {
    "words_of_message": -0.460,
    "first_in_whole": 0.180,
    "parts": -0.317,
    "parts_that_ask": 0.525,
    "part_is_question": 0.004,
    "part_is_follow_up": -0.087,
    "part_is_outside": -0.031,
    "part_asks": 0.760,
    "words_of_part": 0.647,
    "first_in_part": -0.220,
    "first_in_others": 0.214,
    "is_last": -0.244,
    "share_of_part": 0.472,
    "share_of_whole": 0.561,
    "place_in_whole": -0.341,
}


@dataclass(frozen=True)
class Second:
    """A part of a message that may ask about `article`, which is not what the whole message is about."""

    part: str
    article: str
    about: Ranking
    first_by_itself: float  # the largest share that the whole message's article has in another part
    signs: dict[str, float]

    @property
    def chance(self) -> float:
        """Return the probability (0-1) that it does."""
        return 1 / (1 + math.exp(-BIAS - sum(WEIGHTS[name] * value for name, value in self.signs.items())))


def candidates(text: str, whole: Ranking, parts: Sequence[str], rankings: Sequence[Ranking]) -> Iterator[Second]:
    """Yield whatever may be a second question of `text`, whose `parts` are ranked in `rankings` as `whole` is."""
    first = whole.articles[0][0]
    shares = [about.share(first) for about in rankings]
    questions = [share * about.chance("answer") for share, about in zip(shares, rankings, strict=True)]
    asking = [asks(part) for part in parts]
    of_message = {
        "words_of_message": math.log(len(text.split())),
        "first_in_whole": _log_odds(whole.articles[0][1]),
        "parts": math.log(len(parts)),
        "parts_that_ask": min(3, sum(asking)),
    }
    for number, (part, about) in enumerate(zip(parts, rankings, strict=True)):
        if about.articles[0][0] == first:
            continue
        of_part = {
            "part_is_question": _log_odds(about.chance("answer")),
            "part_is_follow_up": _log_odds(about.chance("follow_up")),
            "part_is_outside": _log_odds(about.outside),
            "part_asks": float(asking[number]),
            "words_of_part": math.log(len(part.split())),
            "first_in_part": _log_odds(shares[number]),
            "first_in_others": _log_odds(_largest_beside(questions, number)),
            "is_last": float(number == len(parts) - 1),
        }
        asks_at_all = about.chance("answer") + about.chance("follow_up")
        for article, share in about.articles[:_LIKELIEST]:
            if article != first and share * asks_at_all >= _LEAST:
                signs = {**of_message, **of_part, **_signs_of_article(article, share, whole)}
                yield Second(part, article, about, _largest_beside(shares, number), signs)


def _signs_of_article(article: str, share: float, whole: Ranking) -> dict[str, float]:
    places = [known for known, _ in whole.articles]
    return {
        "share_of_part": _log_odds(share),
        "share_of_whole": math.log(whole.share(article) + _TINY),
        "place_in_whole": places.index(article) if article in places else _UNSPOKEN_OF,
    }


def _largest_beside(values: Sequence[float], number: int) -> float:
    """Return the largest of `values` beside the one with this number (from 0); 0 when there is none."""
    return max((*values[:number], *values[number + 1 :]), default=0.0)


def _log_odds(chance: float) -> float:
    return math.log((chance + _TINY) / (1 - chance + _TINY))
