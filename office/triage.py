"""Triage in the open: case type and words of the inquiry become level, areas and authorities, with reasons in plain words.

Source: the seed's criteria and working rules (domain facts 2.1, 2.2): medium needs information from departments about a
concrete matter; complex needs coordination of several permits or authorities. A level is only ever raised, never lowered.
"""

from __future__ import annotations

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
    found = [signal for signal in knowledge.signals.values() if signal.found_in(text)]
    raising = [s for s in found if s.raises or (case is not None and s.id in case.raises)]
    permits = sum(signal.permits for signal in found)
    base = case.level if case else "medium"
    level = "complex" if base == "complex" or raising or permits >= _PERMITS_THAT_MAKE_COMPLEX else "medium"

    reasons = [case.why if case else _GENERAL[language]]
    reasons += [_reason(signal, language) for signal in found if signal in raising or signal.areas]
    if base == "medium" and not raising and level == "complex":
        reasons.append(_SEVERAL_PERMITS[language])
    return Triage(
        level=level,
        reasons=_unique(reasons),
        areas=_unique([*(case.areas if case else ("erhvervsservice",)), *(a for s in found for a in s.areas)]),
        authorities=_unique([*(case.authorities if case else ()), *(a for s in found for a in s.authorities)]),
        signals=tuple(signal.id for signal in found),
    )


def _reason(signal: Signal, language: str) -> str:
    return signal.reason_en if language == "en" else signal.reason


def _unique(items: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(items))
