"""`indgang statistics`: one month of the office in figures, in Danish."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from babel.dates import format_date
from babel.numbers import format_decimal, format_percent

from knowledge import Knowledge, load
from knowledge.model import LEVELS
from office.calendar import WorkCalendar
from office.clock import local
from office.settings import Settings
from office.statistics import (
    Inquiries,
    Kept,
    Month,
    Promises,
    added_up,
    inquiries,
    open_by_phase,
    outcomes,
    promises,
)
from office.store import Database, UnitOfWork
from office.survey import count, surveys_between

_CHANNELS = {"chat": "Chat", "form": "Formular", "phone": "Telefon", "email": "E-mail", "visit": "Personligt"}
_LEVELS = {"simple": "Simpel", "medium": "Medium", "complex": "Kompleks"}
_PHASES = {"tiltraekning": "Tiltrækning", "afklaring": "Afklaring", "sagsbehandling": "Sagsbehandling"}
_OUTCOMES = {
    "answer": "Besvaret af assistenten",
    "clarify": "Spurgt tilbage",
    "case": "Sag",
    "human": "Givet til en medarbejder",
    "status": "Om en sag, der er oprettet",
    "smalltalk": "Småsnak",
    "out_of_scope": "Uden for området",
    "refused": "Afvist",
    "unsure": "Ikke forstået",
    "failed": "Taget imod, mens assistenten var nede",
}
_GOAL = {
    True: "målet over {goal} % er nået",
    False: "målet over {goal} % er ikke nået",
    None: "målet er over {goal} %",
}
_MONTHS_BACK = 12


async def statistics(settings: Settings, text: str | None, now: datetime) -> int:
    """Print the figures of the month written as "2026-11", or of the present one. Returns 2 when it cannot be read."""
    here = local(now)
    try:
        month = Month.read(text) if text else Month.of(here.year, here.month)
    except ValueError:
        print(f"'{text}' er ikke en måned. Skriv den som 2026-11.", file=sys.stderr)
        return 2
    database, knowledge = Database(settings.database), load()
    try:
        async with database.reading() as uow:
            print("\n".join(await _report(uow, knowledge, month, now)))
    finally:
        await database.close()
    return 0


async def _report(uow: UnitOfWork, knowledge: Knowledge, month: Month, now: datetime) -> list[str]:
    found = await inquiries(uow, knowledge, month)
    by_area = {knowledge.areas[a].title if a in knowledge.areas else "Ukendt": n for (a,), n in _sums(found, "area")}
    said = {_OUTCOMES.get(kind, kind): count for kind, count in (await outcomes(uow, month)).items()}
    phases = {_PHASES[phase]: count for phase, count in (await open_by_phase(uow)).items()}
    return [
        f"Statistik for {_name(month)}",
        *_section("Henvendelser efter kanal og kompleksitet", channel_table(found)),
        *_section("Henvendelser efter fagområde", _counts(by_area)),
        *_section("Hvad der kom ud af beskederne i chatten", _counts(said)),
        *_section(
            "Løfterne, for sager modtaget i måneden", _kept(await promises(uow, _calendar(knowledge), month, now))
        ),
        *_section("Tilfredshed, for sager afsluttet i måneden", await _satisfaction(uow, knowledge, month)),
        *_section("Åbne sager nu", _counts(phases)),
        *_section("Henvendelser måned for måned", await _months(uow, knowledge, month)),
    ]


def channel_table(found: Sequence[Inquiries]) -> list[str]:
    """Return the seed's table: a row a channel, a column a level, and the shares of both."""
    cells, total = added_up(found, "channel", "level"), sum(row.count for row in found)
    lines = [_row(["", *_LEVELS.values(), "I alt", "Andel"])]
    for channel, title in _titles(found).items():
        numbers = [cells.get((channel, level), 0) for level in LEVELS]
        lines.append(_row([title, *map(str, numbers), str(sum(numbers)), _share(sum(numbers), total)]))
    sums = added_up(found, "level")
    levels = [sums.get((level,), 0) for level in LEVELS]
    lines.append(_row(["I alt", *map(str, levels), str(total), ""]))
    lines.append(_row(["Andel", *(_share(number, total) for number in levels), "", ""]))
    return lines


async def _months(uow: UnitOfWork, knowledge: Knowledge, last: Month) -> list[str]:
    months = [last.before(count) for count in reversed(range(_MONTHS_BACK))]
    return [_count(_name(month), sum(row.count for row in await inquiries(uow, knowledge, month))) for month in months]


def _kept(kept: Promises) -> list[str]:
    return [
        _promise("Første svar inden fristen", kept.first_answer),
        _promise("Svar med indhold inden fristen", kept.answer),
        _hours("Mediantid til første svar", kept.hours_to_first_answer),
        _hours("Mediantid til svar med indhold", kept.hours_to_answer),
        _hours("Mediantid til afslutning", kept.hours_to_close),
    ]


async def _satisfaction(uow: UnitOfWork, knowledge: Knowledge, month: Month) -> list[str]:
    rules, first = knowledge.office.survey, local(month.begin).date()
    last = local(month.end).date() - timedelta(days=1)
    result = count(await surveys_between(uow, first, last), rules)
    titles = {"response": "Har svaret", **{name: f"Tilfreds: {scale.text}" for name, scale in rules.scales.items()}}
    width, met = max(map(len, titles.values())) + 2, result.goals_met(rules)
    lines = []
    for name, share in {"response": result.response, **result.satisfied}.items():
        line = f"{titles[name]:<{width}}{share.part} af {share.whole} ({_share(share.part, share.whole)})"
        lines.append(f"{line}; {_GOAL[met[name]].format(goal=rules.goals[name])}" if name in rules.goals else line)
    return lines


def _promise(title: str, kept: Kept) -> str:
    judged = kept.in_time + kept.late
    share = _share(kept.in_time, judged)
    return f"{title:<34}{kept.in_time} af {judged} ({share}); {kept.to_come} er der stadig tid til"


def _hours(title: str, hours: float | None) -> str:
    text = "–" if hours is None else f"{format_decimal(round(hours, 1), locale='da')} åbningstimer"
    return f"{title:<34}{text}"


def _titles(found: Iterable[Inquiries]) -> dict[str, str]:
    """Return the channels with their titles: the known ones first, in their order, so that a month with none shows 0."""
    return {**_CHANNELS, **{row.channel: row.channel for row in found if row.channel not in _CHANNELS}}


def _sums(found: Iterable[Inquiries], by: str) -> list[tuple[tuple[str, ...], int]]:
    return sorted(added_up(found, by).items(), key=lambda item: (-item[1], item[0]))


def _section(title: str, lines: Sequence[str]) -> list[str]:
    return ["", title, *(f"  {line}" for line in lines)]


def _counts(counted: dict[str, int]) -> list[str]:
    return [_count(title, count) for title, count in counted.items()] or ["ingen"]


def _count(title: str, count: int) -> str:
    return f"{title:<38}{count:>6}"


def _row(cells: Sequence[str]) -> str:
    return f"{cells[0]:<14}" + "".join(f"{cell:>10}" for cell in cells[1:])


def _share(part: int, whole: int) -> str:
    return str(format_percent(part / whole, "0.0 %", locale="da")) if whole else "–"


def _name(month: Month) -> str:
    return str(format_date(local(month.begin).date(), "MMMM y", locale="da"))


def _calendar(knowledge: Knowledge) -> WorkCalendar:
    return WorkCalendar(knowledge.office)
