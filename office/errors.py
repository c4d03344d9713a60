"""What the office refuses to do."""

from __future__ import annotations


class NotAllowed(Exception):
    """A rule of the office forbids it. The text says so in Danish, ready to be shown to the caseworker."""


class WrongField(NotAllowed):
    """What was typed in one field of a form must be mended first; `field` names it."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(words)
        self.field = field


class ChangedMeanwhile(NotAllowed):
    """Somebody else has saved the same thing since it was shown."""
