"""LIX, the Nordic readability index: average sentence length plus the share of words longer than six letters."""

from __future__ import annotations

import re

_WORD = re.compile(r"\w+", re.UNICODE)
_SENTENCE_END = re.compile(r"[.!?:]+(?:\s|$)")


def lix(text: str) -> int:
    """Return the LIX of `text`, rounded; 0 for a text without words.

    Source: C.H. Björnsson, Läsbarhet (1968): words / sentences + 100 * words longer than six letters / words.
    """
    words = _WORD.findall(text)
    if not words:
        return 0
    sentences = max(1, len(_SENTENCE_END.findall(text)))
    long_words = sum(len(word) > 6 for word in words)
    return round(len(words) / sentences + 100 * long_words / len(words))
