"""The figures that the office is steered by and that it publishes: one record, counted from the store or read back frozen.

Source: seed 000 (inquiries by channel, complexity and area), promises S01 and S03 (deadlines), A9 and A11 (satisfaction).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from knowledge.model import Knowledge
from office.calendar import WorkCalendar
from office.clock import local
from office.statistics import Inquiries, Kept, Month, inquiries, promises
from office.store import UnitOfWork
from office.survey import Share, count, surveys_between

UNKNOWN_AREA = "Uden fagområde"
RESPONSE = "Har svaret på spørgsmålene"


@dataclass(frozen=True)
class Median:
    """A median time in hours the office was open, and the number of cases it is of; None of none."""

    hours: float | None
    cases: int


@dataclass(frozen=True)
class Figures:
    """What came in during a time and what became of it.

    `cells` are inquiries by channel and level; `by_bot` of all inquiries were answered without a case; `areas` are by title,
    the largest first; `hours` are medians to the "first_answer", the "answer" and the "close" of the cases received then.
    `satisfied` and `goals` (percent to be exceeded) are by the words of the question; the response has RESPONSE.
    """

    cells: dict[str, dict[str, int]]
    by_bot: int
    areas: dict[str, int]
    first_answer: Kept
    answer: Kept
    hours: dict[str, Median]
    satisfied: dict[str, Share]
    goals: dict[str, int]

    @property
    def total(self) -> int:
        """Return how many inquiries there were."""
        return sum(self.channels.values())

    @property
    def channels(self) -> dict[str, int]:
        """Return the inquiries by channel."""
        return {channel: sum(levels.values()) for channel, levels in self.cells.items()}

    @property
    def levels(self) -> dict[str, int]:
        """Return the inquiries by level."""
        sums: dict[str, int] = {}
        for levels in self.cells.values():
            for level, number in levels.items():
                sums[level] = sums.get(level, 0) + number
        return sums

    def to_json(self) -> dict[str, Any]:
        """Return the figures as JSON can carry them."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Figures:
        """Return the figures that `to_json` made."""
        return cls(
            cells={channel: dict(levels) for channel, levels in stored["cells"].items()},
            by_bot=stored["by_bot"],
            areas=dict(stored["areas"]),
            first_answer=Kept(**stored["first_answer"]),
            answer=Kept(**stored["answer"]),
            hours={name: Median(**median) for name, median in stored["hours"].items()},
            satisfied={name: Share(**share) for name, share in stored["satisfied"].items()},
            goals=dict(stored["goals"]),
        )


async def figures(
    uow: UnitOfWork, knowledge: Knowledge, span: Month, now: datetime, area: str | None = None
) -> Figures:
    """Return the figures of `span` as they stand at `now`, perhaps of one leading area (an id of areas.yml) only."""
    found = [row for row in await inquiries(uow, knowledge, span) if area in (None, row.area)]
    kept = await promises(uow, WorkCalendar(knowledge.office), span, now, area)
    satisfied, goals = await _satisfaction(uow, knowledge, span, area)
    return Figures(
        cells=_cells(found),
        by_bot=sum(row.count for row in found if row.by_bot),
        areas=_areas(found, knowledge),
        first_answer=kept.first_answer,
        answer=kept.answer,
        hours={
            "first_answer": Median(kept.hours_to_first_answer, kept.answered_first),
            "answer": Median(kept.hours_to_answer, kept.answered),
            "close": Median(kept.hours_to_close, kept.closed),
        },
        satisfied=satisfied,
        goals=goals,
    )


async def _satisfaction(
    uow: UnitOfWork, knowledge: Knowledge, span: Month, area: str | None
) -> tuple[dict[str, Share], dict[str, int]]:
    rules = knowledge.office.survey
    first, last = local(span.begin).date(), local(span.end).date() - timedelta(days=1)
    result = count(await surveys_between(uow, first, last, area), rules)
    names = {"response": RESPONSE, **{name: scale.text for name, scale in rules.scales.items()}}
    shares = {"response": result.response, **result.satisfied}
    return (
        {names[name]: share for name, share in shares.items()},
        {names[name]: goal for name, goal in rules.goals.items() if name in names},
    )


def _cells(found: list[Inquiries]) -> dict[str, dict[str, int]]:
    cells: dict[str, dict[str, int]] = {}
    for row in found:
        levels = cells.setdefault(row.channel, {})
        levels[row.level] = levels.get(row.level, 0) + row.count
    return cells


def _areas(found: list[Inquiries], knowledge: Knowledge) -> dict[str, int]:
    sums: dict[str, int] = {}
    for row in found:
        title = knowledge.areas[row.area].title if row.area in knowledge.areas else UNKNOWN_AREA
        sums[title] = sums.get(title, 0) + row.count
    return dict(sorted(sums.items(), key=lambda item: (-item[1], item[0])))
