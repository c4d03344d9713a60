"""Which passwords may be chosen: long ones that nobody guesses. No rules about digits and signs, which only make people write
them down (NIST SP 800-63B, section 5.1.1: length and a list of known ones, no composition rules)."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from zxcvbn import zxcvbn

from office.errors import NotAllowed

SHORTEST, LONGEST = 12, 200
_TOO_FEW_GUESSES = (
    1e8  # "somewhat guessable" and worse, as zxcvbn calls it: found in hours by who has stolen the hashes
)
_LONGEST_JUDGED = 72  # the estimate takes long for long texts, and this much is beyond guessing
_DANISH = (
    "adgangskode",
    "kodeord",
    "hemmelig",
    "velkommen",
    "kommune",
    "erhverv",
    "indgang",
    "sommer",
    "efterår",
    "vinter",
    "forår",
    "danmark",
    "fodbold",
    "skat",
    "jegelskerdig",
)


def random_password() -> str:
    """Return a password for somebody's first log-in."""
    return secrets.token_urlsafe(12)


def check_new_password(password: str, known_words: Iterable[str] = ()) -> None:
    """Raise NotAllowed, with what to mend, for a password that is too short or easily guessed.

    `known_words` are what an attacker would try first: the user's names and the municipality's.
    """
    if len(password) < SHORTEST:
        raise NotAllowed(f"Adgangskoden skal være på mindst {SHORTEST} tegn. Tre-fire tilfældige ord er let at huske.")
    if len(password) > LONGEST:
        raise NotAllowed(f"Adgangskoden må højst være på {LONGEST} tegn.")
    if _guesses(password, known_words) < _TOO_FEW_GUESSES:
        raise NotAllowed(
            "Den adgangskode er for let at gætte: den ligner noget, mange bruger, eller dit eget navn. "
            "Vælg for eksempel tre-fire tilfældige ord."
        )


def _guesses(password: str, known_words: Iterable[str]) -> float:
    words = [word for words in known_words for word in words.lower().split() if len(word) > 2]
    return float(zxcvbn(password[:_LONGEST_JUDGED], user_inputs=[*_DANISH, *words])["guesses"])
