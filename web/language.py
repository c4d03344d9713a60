"""Which of our two languages to speak: Danish, unless English is plainly meant."""

from __future__ import annotations

import re

LANGUAGES = ("da", "en")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ENGLISH = _words(
    "the and is are we you i my our your to of for with can could how what where when do does need want would please a an "
    "have it this that not business company"
)
_DANISH = _words(
    "og er vi jeg du i min vores jeres til af for med kan kunne hvordan hvad hvor hvornår skal har vil gerne en et det den "
    "der som ikke på om må virksomhed hej tak"
)
_TAG = re.compile(r"^\s*([a-z]{2,3})(?:-[\w-]+)?\s*(?:;\s*q=([\d.]{1,5}))?\s*$", re.IGNORECASE)


def leading(accept_language: str) -> str:
    """Return "en" when the header `Accept-Language` puts English before Danish and everything else, else "da"."""
    wishes = [
        (_weight(match[2]), match[1].lower()) for part in accept_language.split(",") if (match := _TAG.match(part))
    ]
    best = max(wishes, key=lambda wish: wish[0], default=(0.0, "da"))
    return "en" if best[1] == "en" else "da"


def guess(text: str, otherwise: str) -> str:
    """Return the language `text` is written in, by its small words; `otherwise` when they do not tell."""
    words = re.findall(r"[a-zæøå]+", text.lower())
    english = sum(word in _ENGLISH for word in words)
    danish = sum(word in _DANISH for word in words)
    if english == danish:
        return otherwise
    return "en" if english > danish else "da"


def _weight(quality: str | None) -> float:
    try:
        return float(quality) if quality else 1.0
    except ValueError:
        return 0.0
