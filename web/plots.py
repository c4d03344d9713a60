"""Plots as plain geometry in percent of the width, drawn as SVG by templates/plots.html: no script, readable at 320 px.

Text is never stretched and every number stands in words beside its bar; the template adds title and description for those who
do not see the drawing, and the pages give the same numbers as a table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

_FIT_A_PHONE = 6  # columns whose names have room beside each other
_ROW = 46  # px: a line of words with its bar below
_BAR_TOP = 22
_COLUMN_HEIGHT = 120
_COLUMN_TOP = 22
_COLUMN_WIDTH = 0.62  # of the room a column has


@dataclass(frozen=True)
class Bar:
    """One row: its name, the number in words, and its parts (how long each is); perhaps a goal on the same scale."""

    name: str
    text: str
    parts: tuple[float, ...]
    goal: float | None = None


@dataclass(frozen=True)
class Rect:
    """A part of a bar: left edge and width in percent, top and height in px, and which of the series it belongs to."""

    x: float
    y: float
    width: float
    height: float
    series: int


@dataclass(frozen=True)
class Words:
    """A short text in the drawing: its place in percent and px, and which end of it stands there.

    What is `spare` is left out on a phone.
    """

    x: float
    y: float
    text: str
    anchor: str = "start"
    spare: bool = False


@dataclass(frozen=True)
class Plot:
    """A drawing of `height` px: bars, words, and the places (x in percent, y in px) of goals."""

    height: int
    rects: tuple[Rect, ...]
    words: tuple[Words, ...]
    goals: tuple[tuple[float, float], ...] = ()
    description: str = ""
    legend: tuple[str, ...] = field(default=())


def bars(rows: Sequence[Bar], longest: float | None = None, legend: tuple[str, ...] = ()) -> Plot:
    """Return lying bars, one below the other, as long as their parts together; `longest` is what fills the width."""
    whole = longest or max((sum(row.parts) for row in rows), default=0) or 1
    rects, words, goals = list[Rect](), list[Words](), list[tuple[float, float]]()
    for number, row in enumerate(rows):
        top, x = number * _ROW, 0.0
        words.append(Words(0, top + 15, row.name))
        # Without a bar the number has its place: on a phone a long name and a long text do not fit in one line.
        words.append(Words(100, top + 15, row.text, "end") if any(row.parts) else Words(0, top + 34, row.text))
        for series, part in enumerate(row.parts):
            width = 100 * min(part, whole) / whole
            if width > 0:
                rects.append(Rect(round(x, 2), top + _BAR_TOP, round(width, 2), 14, series))
            x += width
        if row.goal is not None:
            goals.append((round(100 * row.goal / whole, 2), top + _BAR_TOP - 4))
    said = ". ".join(f"{row.name}: {row.text}" for row in rows)
    return Plot(max(len(rows), 1) * _ROW, tuple(rects), tuple(words), tuple(goals), f"{said}.", legend)


def columns(values: Mapping[str, tuple[int, str]], below: Mapping[str, str]) -> Plot:
    """Return standing columns by name: how high each is and the number in words; `below` is the short text under each."""
    highest = max((number for number, _ in values.values()), default=0) or 1
    room = 100 / max(len(values), 1)
    rects, words = list[Rect](), list[Words]()
    for index, (name, (number, text)) in enumerate(values.items()):
        middle, height = (index + 0.5) * room, _COLUMN_HEIGHT * number / highest
        top = _COLUMN_TOP + _COLUMN_HEIGHT - height
        if height > 0:
            left = middle - room * _COLUMN_WIDTH / 2
            rects.append(Rect(round(left, 2), round(top, 1), round(room * _COLUMN_WIDTH, 2), round(height, 1), 0))
        words.append(Words(round(middle, 2), round(top, 1) - 6, text, "middle"))
        for line, part in enumerate(below[name].split("\n")):
            y = _COLUMN_TOP + _COLUMN_HEIGHT + 16 + 16 * line
            words.append(
                Words(round(middle, 2), y, part, "middle", spare=index % 2 == 1 and len(values) > _FIT_A_PHONE)
            )
    said = ". ".join(f"{name}: {text}" for name, (_, text) in values.items())
    return Plot(_COLUMN_TOP + _COLUMN_HEIGHT + 40, tuple(rects), tuple(words), (), f"{said}.")
