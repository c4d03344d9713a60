"""What a visitor writes, made safe to store, and safe to hand to the engine."""

from __future__ import annotations

import re
import unicodedata

from office.privacy import MASK

# Marks that turn the direction of writing can make a text read differently from what it says.
_DIRECTION_MARKS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_KEPT_CONTROLS = frozenset("\n\t")
# A masked CPR number with the words that bring it: "mit cpr-nummer er …", "Cpr nr.: …".
_CPR = re.compile(
    r"""
    (?: \b (?: (?: mit | my ) \s+ )? (?: cpr | personnummer ) \b [\s.:-]*
        (?: (?: nr | nummer | number | no ) \b [\s.:-]* )?
        (?: (?: er | is ) \b [\s:]* )?
    )?
    """
    + re.escape(MASK),
    re.IGNORECASE | re.VERBOSE,
)
_INVISIBLE = ("Cf", "Zs", "Zl", "Zp", "Cc")


def clean(text: str) -> str:
    """Return `text` without control characters, half surrogates and direction marks, composed (NFC) and stripped."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", "".join(c for c in lines if _belongs(c))).strip()


def for_engine(text: str) -> str:
    """Return `text` so that it can never be a command of the engine, which begin with a slash; "" when nothing is left.

    The mask of a CPR number and the words that bring it are left out: they say nothing about what the visitor wants, and
    would make a private matter of it.
    """
    if MASK in text:
        text = _CPR.sub("", text).strip(" \n\t.,;:-–") or text
    start = 0
    while start < len(text) and (text[start] in "/\\" or unicodedata.category(text[start]) in _INVISIBLE):
        start += 1
    return text[start:].strip()


def is_empty(text: str) -> bool:
    """Tell whether there is nothing to see in `text` (spaces and invisible characters only)."""
    return all(unicodedata.category(c) in _INVISIBLE for c in text)


def _belongs(character: str) -> bool:
    if character in _KEPT_CONTROLS:
        return True
    return unicodedata.category(character) not in ("Cc", "Cs", "Cn") and character not in _DIRECTION_MARKS
