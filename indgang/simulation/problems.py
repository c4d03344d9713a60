"""Every way in which a promise could turn out broken: what the simulation looks for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """A kind of broken promise, in Danish as the report counts it."""

    WITHOUT_A_PERSON = "sager uden en person i arbejdsgruppen"
    GIVEN_TO_AWAY = "sager givet til en, der var fraværende"
    LEFT_WITH_AWAY = "sager, der ikke kan vente, men lå hos en fraværende, da fejeren havde været forbi"
    NOT_RETURNED = "sager, der blev hos stedfortræderen, da kontaktpersonen var tilbage"
    NO_ROOM = "sager givet uden ledig plads og uden en forklaring, der siger hvorfor"
    BROKEN_HISTORY = "sager, hvis historik ikke hænger sammen"
    UNEXPLAINED = "datoer uden forklaring"
    CLOSED_DAY = "datoer på en dag, hvor kontoret er lukket"
    MISCOUNTED = "datoer, der ikke passer med det lovede, når de tælles efter"
    NOT_TOLD = "overskredne frister, som koordinatoren ikke hørte om"


@dataclass(frozen=True)
class Problem:
    """A promise broken on one case: `case` is its reference, with what more there is to say."""

    kind: Kind
    case: str
