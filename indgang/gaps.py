"""`indgang gaps`: real questions that got no good answer, grouped by meaning, with the line that would teach each."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from indgang import model
from indgang.ask import percent
from indgang.engine import in_engine
from knowledge import Knowledge, load
from office import gaps
from office.clock import system_clock
from office.gaps import Gap
from office.settings import Settings
from office.store import Database
from office.words import listed

_REASONS = {
    gaps.UNSURE: "ikke forstået",
    gaps.OUT_OF_SCOPE: "afvist som uden for området",
    gaps.CLARIFY: "spurgt tilbage uden valg",
    gaps.NOT_HELPED: "svaret hjalp ikke",
}
_MOST = 2000  # messages; the newest, when there are more
_SHOWN = 4  # texts of a group
_LIKELY = 0.3  # share among the articles from which the nearest one is worth naming as such


async def show_gaps(settings: Settings, days: int) -> int:
    """Print the gaps of the last `days` days. Returns 0. Raises NoModel when nothing has been trained yet."""
    found = (await _read(settings, days))[-_MOST:]
    if not found:
        print(f"Ingen spørgsmål er endt uden godt svar de sidste {days} dage.")
        return 0
    path, _ = model.newest()
    given = json.dumps({"texts": [gap.text for gap in found]})
    groups = in_engine(settings.data_dir, "bot.tools", "gaps", "--model", str(path), given=given)
    print("\n".join(in_words(found, groups, load(), days)))
    return 0


async def _read(settings: Settings, days: int) -> list[Gap]:
    database = Database(settings.database)
    try:
        async with database.reading() as uow:
            return await gaps.since(uow, system_clock(settings.clock)() - timedelta(days=days))
    finally:
        await database.close()


def in_words(found: Sequence[Gap], groups: Sequence[dict[str, Any]], knowledge: Knowledge, days: int) -> Iterator[str]:
    """Yield the lines an editor reads. `groups` is what bot/gaps.py returns for the texts of `found`."""
    left = [group for group in (_still_open(group, found) for group in groups) if group["members"]]
    left.sort(key=lambda group: -len(group["members"]))
    open_now = sum(len(group["members"]) for group in left)
    yield f"{len(found)} spørgsmål endte uden godt svar de sidste {days} dage."
    if open_now < len(found):
        yield f"{len(found) - open_now} af dem forstår assistenten nu; de er udeladt."
    for number, group in enumerate(left, start=1):
        yield ""
        yield from _group(number, group, found, knowledge)


def _still_open(group: dict[str, Any], found: Sequence[Gap]) -> dict[str, Any]:
    """Leave out what the present model would answer; an answer that did not help stays, since the article must change."""
    rows = range(len(group["members"]))
    kept = [i for i in rows if found[group["members"][i]].why == gaps.NOT_HELPED or not group["understood"][i]]
    return {**group, "members": [group["members"][i] for i in kept], "texts": [group["texts"][i] for i in kept]}


def _group(number: int, group: dict[str, Any], found: Sequence[Gap], knowledge: Knowledge) -> Iterator[str]:
    counted = Counter(found[member].why for member in group["members"])
    reasons = listed([f"{count} {_REASONS[why]}" for why, count in counted.most_common()])
    yield f"{number}. {len(group['members'])} gange ({reasons})"
    yield from (f"     »{text}«" for text in list(dict.fromkeys(group["texts"]))[:_SHOWN])
    article = knowledge.articles[group["article"]]
    nearness = "Nærmeste artikel" if group["share"] >= _LIKELY else "Ingen artikel ligger tæt på; den nærmeste er"
    yield f"   {nearness}: {article.title} ({percent(group['share'])})"
    if set(counted) == {gaps.NOT_HELPED}:
        yield f"   Svaret fandt frem, men hjalp ikke. Se på knowledge/articles/{article.id}.md"
        return
    yield f"   Hører det til der, så kopiér linjen til knowledge/questions/{article.id}.{group['language']}.txt:"
    yield group["texts"][0]
