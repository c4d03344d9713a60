"""The buttons under what is said: a title, the command behind it, and what it stands for when it is answered in words.

A command is the text of a Rasa intent; the gateway keeps it, and visitors see the title only. `means` is read by
office/choosing.py: "ja tak" presses the button that means yes, "den første" the first topic.
"""

from __future__ import annotations

from actions.context import Turn
from knowledge import Article, CaseType
from office.choosing import NO, TOPIC, YES

NONE_OF_THEM = "none"  # stands where an article's id would
HELPED = "/helped"

Button = dict[str, str]


def button(title: str, command: str, means: str | None = None) -> Button:
    """Return a button as Rasa carries it."""
    found = {"title": title, "payload": command}
    return {**found, "means": means} if means else found


def person(turn: Turn, means: str | None = None) -> Button:
    """A person; `means` is YES where the words above it ask whether one is wanted."""
    return button("Talk to a person" if turn.language == "en" else "Tal med en medarbejder", "/human", means)


def article(turn: Turn, found: Article) -> Button:
    return button(found.in_language(turn.language).title, f'/choose{{"article": "{found.id}"}}', TOPIC)


def case(turn: Turn, found: CaseType, means: str) -> Button:
    title = f"Open a case: {found.title_en}" if turn.language == "en" else f"Opret en sag: {found.title}"
    return button(title, f'/choose{{"case": "{found.id}"}}', means)


def none_of_them(turn: Turn) -> Button:
    title = "None of them" if turn.language == "en" else "Ingen af dem"
    return button(title, f'/choose{{"article": "{NONE_OF_THEM}"}}', NO)


def yes_it_helped(turn: Turn) -> Button:
    return button("Yes" if turn.language == "en" else "Ja", HELPED, YES)


def no_it_did_not(turn: Turn) -> Button:
    return button("No" if turn.language == "en" else "Nej", "/not_helped", NO)


def skip(turn: Turn) -> Button:
    return button("Skip" if turn.language == "en" else "Spring over", "/skip")


def cancel(turn: Turn) -> Button:
    return button("Cancel" if turn.language == "en" else "Fortryd", "/cancel")


def enough(turn: Turn) -> Button:
    return button("That is all for now" if turn.language == "en" else "Det er nok for nu", "/cancel")
