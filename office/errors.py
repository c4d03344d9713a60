"""What the office refuses to do."""

from __future__ import annotations


class NotAllowed(Exception):
    """A rule of the office forbids it. The text says so in Danish, ready to be shown to the caseworker."""
