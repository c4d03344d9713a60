"""CPR numbers are masked before anything is stored, logged or sent on (design §9; databeskyttelsesloven § 11).

Mail addresses and phone numbers are masked as well in what editors read of visitors' messages.
"""

from __future__ import annotations

import re
from datetime import date

MASK = "[CPR-nummer fjernet]"

_GAP = r"[\s.,/\-\u2010-\u2015]{0,3}"
_NUMBER = re.compile(
    rf"(?<!\d)(?P<day>\d\d){_GAP}(?P<month>\d\d){_GAP}(?P<year>(?:1[89]|20)?\d\d)(?:{_GAP}|\s*og\s*){_GAP}\d{{2}}\s?\d{{2}}(?!\d)"
)
_SPELT_OUT = re.compile(
    r"(?<!\d)(?P<day>\d\d)[\s./-]?(?P<month>\d\d)[\s./-]?(?P<year>(?:1[89]|20)?\d\d)(?!\d)"
    r"(?P<between>[^\d]{1,60}?(?:cifre|løbenr|løbenummer|digits)[^\d]{0,15})\d{4}(?!\d)",
    re.IGNORECASE,
)

_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# Eight digits as Danes group them, and any number with a country code. A CVR number has eight digits too and goes with them.
_PHONE = re.compile(r"(?<![\w+])(?:(?:\+|00)\d{1,3}(?:[\s.-]?\d){6,12}|\d\d(?:[\s.-]?\d\d){3})(?!\w)")


def mask_cpr(text: str) -> tuple[str, bool]:
    """Return `text` with every CPR number replaced by a mask, and whether one was found.

    All usual notations count: ten digits together or split by space, dash, dot or slash, a four-digit year, and "født
    120166 … de sidste fire cifre er 5937". The first six digits must be a date; the check digit is not asked for, since
    numbers given out after 2007 need not satisfy it and a mistyped number is personal data as well.
    """
    masked = _NUMBER.sub(_replace, text)
    masked = _SPELT_OUT.sub(_replace_spelt_out, masked)
    return masked, masked != text


def mask_contact(text: str) -> str:
    """Return `text` with mail addresses and phone numbers (CVR numbers too) replaced by a word for what stood there."""
    return _PHONE.sub("[nummer]", _MAIL.sub("[mailadresse]", text))


def _replace(match: re.Match[str]) -> str:
    return MASK if _is_date(match) else match.group(0)


def _replace_spelt_out(match: re.Match[str]) -> str:
    return f"{MASK}{match['between']}{MASK}" if _is_date(match) else match.group(0)


def _is_date(match: re.Match[str]) -> bool:
    day, month, year = int(match["day"]), int(match["month"]), int(match["year"])
    try:
        date(year if year > 99 else 2000 + year, month, day % 60 if day > 60 else day)
    except ValueError:
        # 29 February of a year that was no leap year in this century may have been one in the last.
        return (day, month) == (29, 2)
    return True
