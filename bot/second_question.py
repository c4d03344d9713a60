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

_LEAST_SHARE = 0.1
_LIKELIEST = 2  # articles of a part that are looked at
_UNSPOKEN_OF = 5  # place of an article that is not among the first five of the whole message
_TINY = 1e-4
BIAS = -0.230
WEIGHTS = {
    "words_of_message": -0.842,
    "first_in_whole": 0.348,
    "parts": -0.890,
    "parts_that_ask": 0.322,
    "share_of_part": 0.331,
    "share_of_whole": 0.611,
    "place_in_whole": -0.544,
    "part_is_question": 0.105,
    "part_is_follow_up": -0.110,
    "part_is_outside": -0.016,
    "part_asks": 0.679,
    "words_of_part": 0.496,
    "first_in_part": -0.308,
    "first_in_others": 0.032,
    "is_last": -0.685,
}


@dataclass(frozen=True)
class Second:
    """A part of a message that may ask about `article`, which is not what the whole message is about."""

    part: str
    article: str
    about: Ranking
    signs: dict[str, float]

    @property
    def chance(self) -> float:
        """Return the probability (0-1) that it does."""
        return 1 / (1 + math.exp(-BIAS - sum(WEIGHTS.get(name, 0.0) * value for name, value in self.signs.items())))


def candidates(text: str, whole: Ranking, parts: Sequence[str], rankings: Sequence[Ranking]) -> Iterator[Second]:
    """Yield whatever may be a second question of `text`, whose `parts` are ranked in `rankings` as `whole` is."""
    first, places = whole.articles[0][0], [article for article, _ in whole.articles]
    in_whole = dict(whole.articles)
    of_message = {
        "words_of_message": math.log(len(text.split()) or 1),
        "first_in_whole": _log_odds(whole.articles[0][1]),
        "parts": math.log(len(parts) or 1),
        "parts_that_ask": min(3, sum(asks(part) for part in parts)),
    }
    for number, (part, about) in enumerate(zip(parts, rankings, strict=True)):
        if about.articles[0][0] == first:
            continue
        others = (ranked for place, ranked in enumerate(rankings) if place != number)
        for article, share in about.articles[:_LIKELIEST]:
            if article == first or share < _LEAST_SHARE:
                continue
            yield Second(
                part,
                article,
                about,
                {
                    **of_message,
                    "share_of_part": _log_odds(share),
                    "share_of_whole": math.log(in_whole.get(article, 0.0) + _TINY),
                    "place_in_whole": places.index(article) if article in in_whole else _UNSPOKEN_OF,
                    "part_is_question": _log_odds(about.chance("answer")),
                    "part_is_follow_up": _log_odds(about.chance("follow_up")),
                    "part_is_outside": _log_odds(about.outside),
                    "part_asks": float(asks(part)),
                    "words_of_part": math.log(len(part.split()) or 1),
                    "first_in_part": _log_odds(dict(about.articles).get(first, 0.0)),
                    "first_in_others": _log_odds(
                        max((dict(o.articles).get(first, 0.0) * o.chance("answer") for o in others), default=0.0)
                    ),
                    "is_last": float(number == len(parts) - 1),
                },
            )


def _log_odds(chance: float) -> float:
    return math.log((chance + _TINY) / (1 - chance + _TINY))
