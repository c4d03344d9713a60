"""The office's results on the public page: published by the month, frozen, and without figures that reveal anybody.

Source: promise A9 (satisfaction is measured on all closed cases, and the results are published).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select

from knowledge.model import Knowledge
from office.errors import NotAllowed
from office.history import record
from office.results import Figures, figures
from office.statistics import Kept, Month
from office.store import UnitOfWork
from office.store.tables import Published
from office.survey import Share

SMALLEST = 5  # a smaller number could be recognised as somebody
UNDER = f"under {SMALLEST}"
NOT_SHOWN = "vises ikke"
TOO_FEW = "for få til at vise"


async def publish(uow: UnitOfWork, knowledge: Knowledge, text: str, actor: str, now: datetime) -> Published:
    """Freeze the figures of the month written as "2026-11" and show them to everybody.

    Raises NotAllowed for a month that is no month, has not ended, or is published already.
    """
    month = finished_month(text, now)
    if await uow.session.get(Published, month.name) is not None:
        raise NotAllowed("Måneden er allerede offentliggjort.")
    counted = await figures(uow, knowledge, month, now)
    row = Published(month=month.name, figures=counted.to_json(), published_by=actor, published_at=now)
    uow.session.add(row)
    record(uow, None, now, actor, "published", field=month.name)
    await uow.session.flush()
    return row


async def unpublish(uow: UnitOfWork, text: str, actor: str, now: datetime) -> None:
    """Take a month off the public page. Published again it is counted again. Raises NotAllowed when it is not there."""
    row = await uow.session.get(Published, text)
    if row is None:
        raise NotAllowed("Måneden er ikke offentliggjort.")
    record(uow, None, now, actor, "unpublished", field=row.month)
    await uow.session.delete(row)
    await uow.session.flush()


async def published(uow: UnitOfWork) -> list[Published]:
    """Return the published months, the latest month first."""
    return list(await uow.session.scalars(select(Published).order_by(Published.month.desc())))


def finished_month(text: str, now: datetime) -> Month:
    """Return the month written as "2026-11". Raises NotAllowed when it is none or has not ended at `now`."""
    try:
        month = Month.read(text)
    except ValueError:
        raise NotAllowed("Vælg en måned.") from None
    if month.end > now:
        raise NotAllowed("Måneden er ikke slut endnu. Den kan offentliggøres, når den er.")
    return month


def masked(counts: Mapping[str, int]) -> dict[str, str]:
    """Return counts of one whole as they may be shown: 1 to 4 become UNDER, and nothing hidden can be reckoned out.

    The whole is shown elsewhere, so one hidden part could be found by subtracting the others; then the smallest of the
    others is hidden as well (NOT_SHOWN), until what is hidden is at least two parts and at least five. 0 reveals nobody.
    """
    hidden = [name for name, number in counts.items() if 0 < number < SMALLEST]
    others = sorted((name for name, number in counts.items() if number >= SMALLEST), key=lambda name: counts[name])
    shown = {name: UNDER if name in hidden else str(number) for name, number in counts.items()}
    while hidden and others and (len(hidden) < 2 or sum(counts[name] for name in hidden) < SMALLEST):
        hidden.append(others.pop(0))
        shown[hidden[-1]] = NOT_SHOWN
    return shown


def masked_total(total: int) -> str:
    """Return a whole as it may be shown."""
    return UNDER if 0 < total < SMALLEST else str(total)


def masked_share(part: int, whole: int) -> str:
    """Return a share in whole percent; where part or rest are fewer than five only that it is over or under a bound."""
    if whole < SMALLEST:
        return TOO_FEW
    rest = whole - part
    if 0 < part < SMALLEST and 0 < rest < SMALLEST:
        return TOO_FEW
    if 0 < rest < SMALLEST:
        return f"over {math.floor(100 * (whole - SMALLEST) / whole)} %"
    if 0 < part < SMALLEST:
        return f"under {math.ceil(100 * SMALLEST / whole)} %"
    return f"{round(100 * part / whole)} %"


def kept_share(kept: Kept) -> str:
    """Return the share of deadlines that were kept, of those whose time is up, as it may be shown."""
    return masked_share(kept.in_time, kept.in_time + kept.late)


def response_count(share: Share) -> str:
    """Return how many cases a share of the survey rests on, as it may be shown."""
    return masked_total(share.whole)


def figures_of(row: Published) -> Figures:
    """Return the figures of a published month, as they were then."""
    return Figures.from_json(row.figures)
