"""The lines that an editor puts into office.yml for a change, written so that the loader reads them back as they were meant."""

from __future__ import annotations

from datetime import time
from typing import Any

import yaml

from knowledge.model import WEEKDAYS, ClosingDay

_WIDTH = max(map(len, WEEKDAYS)) + 2


def closing_day_line(closing: ClosingDay) -> str:
    """Return the line for `closing_days:`."""
    when: dict[str, Any] = {"month_day": closing.month_day} if closing.month_day else {"date": closing.day}
    record = yaml.safe_dump(
        {**when, "name": closing.name}, default_flow_style=True, allow_unicode=True, sort_keys=False, width=10_000
    )
    return f"  - {record.strip()}"


def hours_line(weekday: str, periods: tuple[tuple[time, time], ...]) -> str:
    """Return the line for a day under `hours:`. The times are quoted: YAML takes 09:00 for a number."""
    shown = ", ".join(f'["{start:%H:%M}", "{end:%H:%M}"]' for start, end in periods)
    return f"  {f'{weekday}:':<{_WIDTH}}[{shown}]"
