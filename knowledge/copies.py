"""Near copies among the examples: lines that are the same but for a few characters or swapped nouns teach nothing.

Two lines are alike by the share of character shingles they have in common (Jaccard). Comparing every line with every other
would take minutes; only lines that begin several words alike are compared, and of those the latest, since copies stand together.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain

from knowledge.examples import Example

SAME_TOPIC = 0.5  # share of shingles in common that makes two lines of one topic near copies
IN_A_FRAGMENT = (
    0.65  # the same for lines of few words, in which every word counts: "nattilladelse pris", "nattilladelse zone"
)
# Lines of two topics may well share a frame: the word that differs is what tells the topics apart.
OTHER_TOPIC = 0.75
_FRAGMENT = 4  # words
_SHINGLE = 4
_START = 8  # characters from the start of a word, running on into the next
_LATEST = 30  # lines with the same start that a line is compared with
_WORD = re.compile(r"\w+")


def near_copies(examples: Sequence[Example]) -> Iterator[tuple[Example, Example]]:
    """Yield each near copy with the earlier line it is most like; every line is complained of once at most."""
    seen: dict[str, deque[int]] = defaultdict(lambda: deque(maxlen=_LATEST))
    texts = [bare(example.text) for example in examples]
    for later, text in enumerate(texts):
        starts = _starts(text)
        common = Counter(chain.from_iterable(seen[start] for start in starts))
        found = [(_share(texts[earlier], text), earlier) for earlier, n in common.items() if 4 * n >= len(starts)]
        alike = [(share, i) for share, i in found if share >= _needed(examples[i], examples[later])]
        if alike:
            yield examples[later], examples[max(alike)[1]]
        for start in starts:
            seen[start].append(later)


def bare(text: str) -> str:
    """Return the words of `text` in lower case: what is left when capitals and punctuation do not count."""
    return " ".join(_WORD.findall(text.lower()))


def _needed(one: Example, other: Example) -> float:
    if one.topic != other.topic:
        return OTHER_TOPIC
    return IN_A_FRAGMENT if len(_WORD.findall(other.text)) <= _FRAGMENT else SAME_TOPIC


def _starts(text: str) -> set[str]:
    return {text[match.start() : match.start() + _START] for match in _WORD.finditer(text)}


def _share(one: str, other: str) -> float:
    first, second = _shingles(one), _shingles(other)
    common = len(first & second)
    return common / (len(first) + len(second) - common)


@lru_cache(maxsize=65536)
def _shingles(text: str) -> frozenset[str]:
    padded = f" {text} "
    return frozenset(padded[i : i + _SHINGLE] for i in range(max(1, len(padded) - _SHINGLE + 1)))
