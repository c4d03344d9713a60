"""What will come of each simulated case: drawn from its reference, so that it is the same whoever has the case."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from random import Random


@dataclass(frozen=True)
class Story:
    """How a case goes. Days are working days for the office and plain days for the business.

    `forgets`: what the contact person never gets to by themselves: the first words, the answer, or nothing (""). `ending`:
    the business is satisfied and says so on the telephone ("satisfied") or in writing ("thanks"), or asks once more ("asks").
    """

    hands_back: bool
    forgets: str
    screened_at_once: bool
    lacks_material: bool
    sends_after: int | None
    answered_after: int
    refused: bool
    ending: str
    ends_after: int
    comes_again_after: int | None


@lru_cache(maxsize=4096)
def story_of(seed: int, reference: str, complex_case: bool) -> Story:
    """Return the story of the case with this reference."""
    rng = Random(f"{seed} {reference}")
    lacks_material = rng.random() < 0.35
    return Story(
        hands_back=rng.random() < 0.02,
        forgets=rng.choices(("", "first words", "answer"), (96.5, 1.5, 2))[0],
        screened_at_once=rng.random() < 0.7,
        lacks_material=lacks_material,
        sends_after=rng.randint(1, 12) if lacks_material and rng.random() < 0.93 else None,
        answered_after=rng.choices(
            (1, 2, 3, 4, 5, 7), (10, 20, 30, 25, 14, 1) if complex_case else (25, 35, 25, 10, 5, 0)
        )[0],
        refused=rng.random() < 0.04,
        ending=rng.choices(("satisfied", "thanks", "asks"), (65, 15, 20))[0],
        ends_after=rng.randint(1, 10),
        comes_again_after=rng.randint(5, 90) if rng.random() < 0.02 else None,
    )
