"""Triage in the open: case type and words of the inquiry become level, areas and authorities, with reasons in plain words.

Source: the seed's criteria and working rules (domain facts 2.1, 2.2): medium needs information from departments about a
concrete matter; complex needs coordination of several permits or authorities. Words raise a level; only the two forms that the
facts name themselves (a small B&B, demolition alone) make a complex type medium.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from knowledge.model import CaseType, Knowledge, Signal

_PERMITS_THAT_MAKE_COMPLEX = 2
_SEVERAL_PERMITS = {
    "da": "Der skal sandsynligvis flere tilladelser til, som afhænger af hinanden.",
    "en": "Several permits that depend on each other are probably needed.",
}
_GENERAL = {
    "da": "Henvendelsen handler om et konkret forhold, som en medarbejder skal se på.",
    "en": "The inquiry is about a concrete matter that a caseworker must look at.",
}
_SENTENCE = re.compile(r"[^.!?\n]+[.!?\n]*")
# Marks of a sentence about the past or about others ("Før i tiden lå der diskotek"), which says nothing about this case.
_ASIDE = re.compile(
    r"\b(?:før i tiden|dengang|indtil (?:i fjor|sidste år)|sidste års|var der \w+ før|ikke os|(?:helt )?andet firma"
    r"|min (?:s[øo]ster|bror|svoger|f[æa]tter|kusine|ven|veninde) (?:havde|fik|måtte|maatte))\b",
    re.IGNORECASE,
)
_LONGEST_ASIDE = 240  # characters: what was dictated without a full stop is one sentence about everything


@dataclass(frozen=True)
class Triage:
    """What an inquiry needs. `level` is medium or complex; `reasons` are whole sentences; areas come lead first."""

    level: str
    reasons: tuple[str, ...]
    areas: tuple[str, ...]
    authorities: tuple[str, ...]
    signals: tuple[str, ...]


def triage(case: CaseType | None, text: str, knowledge: Knowledge, language: str = "da") -> Triage:
    """Return level, reasons, areas and authorities for an inquiry of type `case` (None = fits no type) saying `text`."""
    raises, lowers = (case.raises, case.lowers) if case else ((), ())
    own = _without_asides(text)
    found = [signal for signal in knowledge.signals.values() if signal.found_in(own)]
    raising = [s for s in found if s.raises or s.id in raises]
    lowering = [s for s in found if s.id in lowers]  # a smaller form of the type (domain facts 2.4, T18 and T23)
    permits = sum(signal.permits for signal in found)
    base = case.level if case and not lowering else "medium"
    level = "complex" if base == "complex" or raising or permits >= _PERMITS_THAT_MAKE_COMPLEX else "medium"

    reasons = [case.why if case else _GENERAL[language]]
    reasons += [_reason(s, language) for s in found if s in raising or s in lowering or s.areas]
    if base == "medium" and not raising and level == "complex":
        reasons.append(_SEVERAL_PERMITS[language])
    return Triage(
        level=level,
        reasons=_unique(reasons),
        areas=_unique([*(case.areas if case else ("erhvervsservice",)), *(a for s in found for a in s.areas)]),
        authorities=_unique([*(case.authorities if case else ()), *(a for s in found for a in s.authorities)]),
        signals=tuple(signal.id for signal in found),
    )


def _without_asides(text: str) -> str:
    return "".join(s for s in _SENTENCE.findall(text) if len(s) > _LONGEST_ASIDE or not _ASIDE.search(s))


def _reason(signal: Signal, language: str) -> str:
    return signal.reason_en if language == "en" else signal.reason


def _unique(items: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(items))
