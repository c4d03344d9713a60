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

_LEAST = 0.02  # probability that a part is a question about an article, for it to be one at all
_LIKELIEST = 2  # articles of a part that are looked at
_UNSPOKEN_OF = 5  # place of an article that is not among the first five of the whole message
_TINY = 1e-4
BIAS = 0.705
WEIGHTS: dict[str, float] = {
    "words_of_message": -1.432,
    "first_in_whole": 0.362,
    "parts": 0.130,
    "parts_that_ask": 0.806,
    "share_of_part": 0.443,
    "share_of_whole": 0.758,
    "place_in_whole": -0.138,
    "part_is_question": 0.047,
    "part_is_follow_up": -0.095,
    "part_is_outside": -0.053,
    "part_asks": 0.585,
    "words_of_part": 0.493,
    "first_in_part": -0.164,
    "first_in_others": 0.267,
    "is_last": -0.369,
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
        others = [ranked for place, ranked in enumerate(rankings) if place != number]
        for article, share in about.articles[:_LIKELIEST]:
            if article == first or share * about.chance("answer") < _LEAST:
                continue
            yield Second(
                part,
                article,
                about,
                max((dict(other.articles).get(first, 0.0) for other in others), default=0.0),
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
                        max(
                            (dict(other.articles).get(first, 0.0) * other.chance("answer") for other in others),
                            default=0.0,
                        )
                    ),
                    "is_last": float(number == len(parts) - 1),
                },
            )


def _log_odds(chance: float) -> float:
    return math.log((chance + _TINY) / (1 - chance + _TINY))
