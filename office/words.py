"""Dates, times and lists as people say them, in Danish and English."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from functools import lru_cache

from babel.dates import format_date, format_time
from babel.numbers import format_decimal

from office.clock import local

_DATE = {"da": "EEEE 'den' d. MMMM y", "en": "EEEE d MMMM y"}
_TIME = {"da": "HH.mm", "en": "HH:mm"}
_AT = {"da": "kl.", "en": "at"}
_AND = {"da": "og", "en": "and"}


@lru_cache(maxsize=4096)
def day_in_words(day: date, language: str = "da") -> str:
    """Return "fredag den 27. november 2026" or "Friday 27 November 2026"."""
    return format_date(day, _DATE[language], locale=language)


def moment_in_words(moment: datetime, language: str = "da") -> str:
    """Return day and local time: "fredag den 27. november 2026 kl. 13.00". `moment` carries a zone."""
    here = local(moment)
    return f"{day_in_words(here.date(), language)} {_AT[language]} {_time_in_words(here.time(), language)}"


def clock_in_words(moment: datetime) -> str:
    """Return the Danish local time alone: "13.00"."""
    return _time_in_words(local(moment).time(), "da")


def moment_briefly(moment: datetime, now: datetime) -> str:
    """Return the Danish local time as a list has room for: "i dag kl. 13.00", "i morgen kl. 9.00", "fre. 27. nov. kl. 13.00"."""
    here = local(moment)
    near = {0: "i dag", 1: "i morgen", -1: "i går"}.get((here.date() - local(now).date()).days)
    day = near or _day_briefly(here.date(), here.year == local(now).year)
    return f"{day} kl. {_time_in_words(here.time(), 'da')}"


def moment_in_figures(moment: datetime) -> str:
    """Return local day and time for columns: "24.11.2026 kl. 10.00". `moment` carries a zone."""
    return local(moment).strftime("%d.%m.%Y kl. %H.%M")


@lru_cache(maxsize=4096)
def _day_briefly(day: date, is_this_year: bool) -> str:
    return format_date(day, "EEE d. MMM" if is_this_year else "EEE d. MMM y", locale="da")


@lru_cache(maxsize=4096)
def _time_in_words(clock: time, language: str) -> str:
    return format_time(clock, _TIME[language], locale=language)


def listed(words: Sequence[str], language: str = "da") -> str:
    """Return "a, b og c"."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {_AND[language]} {words[-1]}"


def size_in_words(size: int, language: str = "da") -> str:
    """Return a number of bytes as people read it: "2,1 MB" or "14 KB" (1 KB is 1,000 bytes)."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1_000))} KB"
    return f"{format_decimal(size / 1_000_000, '0.#', locale=language)} MB"
