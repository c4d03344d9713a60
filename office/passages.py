"""Finding the passage of an article that speaks of something, word for word; nothing is put together or made up."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from office.content_words import speaks_of, stems

# A word tells which passage is meant when few articles, and few passages of this one, have it.
_SHARE_OF_ARTICLES = 0.2
_MOST_PASSAGES = 2
_MARKS = re.compile(r"\*\*|__|`|^\s*(?:[-*]|\d+\.)\s+", re.MULTILINE)
_LINK = re.compile(r"\[([^\]]+)\]\([^)]*\)")


def telling_words(question: str, language: str, bodies: Collection[str]) -> list[str]:
    """Return the stems in `question` that tell what it is about: those that few of the articles' bodies have."""
    return [stem for stem in stems(question, language) if not _is_common(stem, language, bodies)]


def passage_about(body: str, question: str, language: str, others: Collection[str] = ()) -> str | None:
    """Return the paragraph or list item of a Markdown `body` that shares most telling words with `question`, if any.

    Its heading stands before it ("Søg på ny, når: stedet flytter"). `others` are the bodies of all articles, by which common
    words are known. `language` is theirs, "da" or "en".
    """
    passages = list(_passages(body))
    found = [[p for p in passages if speaks_of(p[1], w, language)] for w in telling_words(question, language, others)]
    telling = [where for where in found if 0 < len(where) <= _MOST_PASSAGES]
    if not telling:
        return None
    return ": ".join(filter(None, max(passages, key=lambda p: sum(p in where for where in telling))))


def _is_common(stem: str, language: str, bodies: Collection[str]) -> bool:
    return sum(speaks_of(body, stem, language) for body in bodies) > len(bodies) * _SHARE_OF_ARTICLES > 0


def _passages(body: str) -> Iterator[tuple[str, str]]:
    """Yield each line that says something, without Markdown's marks, after its heading; rows of tables are left out."""
    heading = ""
    for line in filter(None, map(str.strip, body.splitlines())):
        if line.startswith("#"):
            heading = line.lstrip("# ")
        elif not line.startswith("|"):
            yield heading, _LINK.sub(r"\1", _MARKS.sub("", line))
