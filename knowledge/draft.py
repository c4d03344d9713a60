"""A new article begun from a question that nobody could answer: all that the loader wants is there, words to be filled in."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta

import yaml

from knowledge.model import FOLLOW_UPS

_LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "é": "e", "ü": "u", "ö": "oe", "ä": "ae"})
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST_ID = 48
_NEXT_REVIEW = timedelta(days=180)
_FOLLOW_UP_HINTS = {
    "price": "hvad koster det?",
    "time": "hvor lang tid tager det?",
    "apply": "hvordan søger man?",
    "documents": "hvad skal man have klar?",
    "who": "hvem bestemmer?",
}


def id_from(text: str) -> str:
    """Return an id for an article about `text`: small ASCII letters with dashes; "ny-artikel" when none are left."""
    plain = re.sub(r"[^a-z0-9]+", "-", text.lower().translate(_LETTERS)).strip("-")
    short = plain[:_LONGEST_ID]
    return (short.rpartition("-")[0] if len(plain) > _LONGEST_ID and "-" in short else short).strip("-") or "ny-artikel"


def is_id(text: str) -> bool:
    """Tell whether `text` can be an article's id, which is its file's name too."""
    return len(text) <= _LONGEST_ID and _ID.fullmatch(text) is not None


def article_draft(title: str, area: str, office_url: str, today: date) -> str:
    """Return the text of articles/<id>.md. What an editor must write stands as "[udfyld: …]", which the check finds.

    `area` is an id of areas.yml; `today` (local) becomes the day of review, `office_url` a first link.
    """
    front = {
        "title": title,
        "areas": [area],
        "authority": _fill("hvem der bestemmer"),
        "summary": _fill("svaret selv i første sætning, højst 60 ord"),
        "links": [{"text": _fill("hvor man går videre"), "url": office_url}],
        "sources": [{"law": _fill("loven, eller skriv page: og sidens navn")}],
        "reviewed": today,
        "review_by": today + _NEXT_REVIEW,
        "reviewer": _fill("rolle, for eksempel Redaktør for erhverv"),
        "related": [],
        "local": [],
        "confidence": "C",
        "check": ["Artiklen er begyndt ud fra spørgsmål, der ikke blev besvaret. Tjek alt, før den bruges."],
        "follow_up": {name: _fill(_FOLLOW_UP_HINTS[name]) for name in FOLLOW_UPS if name in _FOLLOW_UP_HINTS},
        "never_say": [],
    }
    head = yaml.safe_dump(front, allow_unicode=True, sort_keys=False, width=110)
    body = f"## Hovedregler\n- {_fill('det vigtigste, ét punkt ad gangen')}\n\n## Sådan gør du\n1. {_fill('første trin')}\n"
    return f"---\n{head}---\n{body}"


def questions_draft(questions: Iterable[str]) -> str:
    """Return the text of questions/<id>.da.txt: one question a line, each once."""
    lines = dict.fromkeys(" ".join(question.split()) for question in questions)
    return "".join(f"{line}\n" for line in lines if line)


def _fill(what: str) -> str:
    return f"[udfyld: {what}]"
