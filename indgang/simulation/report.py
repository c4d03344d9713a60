"""What a simulated year showed, in Danish."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from indgang.comparison import number
from indgang.simulation.dates import WATCHED, Deadlines
from indgang.simulation.problems import Kind, Problem
from indgang.simulation.replay import Hands
from indgang.simulation.year import Seen
from knowledge.model import Knowledge, Person

_DEADLINES = {"first_answer": "første svar", "screening": "screening", "answer": "svar med indhold"}
_MOVES = {
    "handed_over": "givet videre for altid",
    "substituted": "til stedfortræder",
    "returned": "tilbage fra stedfortræder",
}
_DONE = {
    "first_words": "første ord",
    "screen": "screeninger",
    "answer": "svar med indhold",
    "reply": "svar på beskeder",
    "business_writes": "beskeder fra virksomheder",
    "hand_back": "givet tilbage",
    "close": "afsluttet",
    "withdraw": "trukket tilbage",
    "refused_by_a_rule": "afvist af en regel",
}
_SHOWN = 5


@dataclass(frozen=True)
class Outcome:
    """Everything a simulated year showed: `done` counts what caseworkers and businesses did, `seconds` is the time it took."""

    knowledge: Knowledge
    seen: Seen
    done: Mapping[str, int]
    hands: Hands
    deadlines: Deadlines
    seconds: float

    @property
    def problems(self) -> list[Problem]:
        """Return the broken promises; a year without any is what the simulation is for."""
        return [*self.seen.problems, *self.hands.problems, *self.deadlines.problems]


def report(outcome: Outcome) -> str:
    """Return the whole report."""
    parts = (_work, _people, _deadlines, _speed, _verdict)
    return "\n\n".join("\n".join(part(outcome)) for part in parts)


def _work(outcome: Outcome) -> Iterator[str]:
    counts = ", ".join(f"{_whole(outcome.done[what])} {name}" for what, name in _DONE.items() if what in outcome.done)
    yield f"{_whole(outcome.hands.opened)} sager, {len(outcome.knowledge.people)} medarbejdere."
    yield f"Arbejdet: {counts}."
    moves = ", ".join(f"{_whole(outcome.hands.moves[what])} {name}" for what, name in _MOVES.items())
    yield f"Skift af kontaktperson: {moves}."
    resting = [100 * run.resting / run.open_cases for run in outcome.seen.sweeps if run.open_cases]
    yield f"Åbne sager, der ventede på en fraværende, fordi intet skulle ske imens: {_spread(resting)} % (min / median / maks)."


def _people(outcome: Outcome) -> Iterator[str]:
    yield "Belastning efter hovedområde, min / median / maks:"
    yield f"  {'':<30}{'folk':>5}{'sager fået':>20}{'åbne, % af kapacitet':>28}"
    areas: dict[str, list[Person]] = {}
    for person in outcome.knowledge.people.values():
        areas.setdefault(person.areas[0], []).append(person)
    for area, people in areas.items():
        yield _load_row(outcome.knowledge.areas[area].title, people, outcome)
    yield _load_row("Alle", list(outcome.knowledge.people.values()), outcome)
    reasons = ", ".join(f"{_whole(n)} {reason}" for reason, n in outcome.hands.without_room.most_common()) or "ingen"
    yield f"Fået en sag uden ledig plads, med forklaringen på sagen: {reasons}."


def _load_row(title: str, people: Sequence[Person], outcome: Outcome) -> str:
    taken = [outcome.hands.taken[person.id] for person in people]
    shares = [100 * load / person.capacity for person in people for load in outcome.seen.loads[person.id]]
    return f"  {title:<30}{len(people):>5}{_spread(taken):>20}{_spread(shares):>28}"


def _deadlines(outcome: Outcome) -> Iterator[str]:
    found = outcome.deadlines
    yield f"Frister: {_whole(found.checked)} datoer talt efter."
    for name in WATCHED:
        kept, missed = found.kept[name], found.missed[name]
        share = kept / max(1, kept + missed)
        yield (
            f"  {_DEADLINES[name]:<18} holdt {_whole(kept)} ({number(100 * share)} %), overskredet {_whole(missed)},"
            f" heraf meldt til koordinatoren {_whole(found.told[name])}"
        )
    taken = sum(run.taken for run in outcome.seen.sweeps)
    yield f"  Sager, koordinatoren selv tog, fordi virksomheden ikke havde hørt noget: {_whole(taken)}."


def _speed(outcome: Outcome) -> Iterator[str]:
    runs = [run for run in outcome.seen.sweeps if run.office_open]
    longest = max(run.seconds for run in outcome.seen.sweeps)
    yield f"Fejeren: {_whole(len(outcome.seen.sweeps))} kørsler, den længste {number(longest)} s."
    yield _growth("En kørsel i åbningstiden", [run.worked for run in runs])
    yield _growth("At oprette en sag", outcome.seen.openings)
    first, last = _ends([run.open_cases for run in runs])
    yield f"  Åbne sager imens: {first:.0f} først, {last:.0f} sidst. (Tid i processoren; median af anden og sidste tiendedel.)"
    yield f"Det hele tog {number(outcome.seconds / 60)} minutter."


def _growth(what: str, seconds: Sequence[float]) -> str:
    first, last = _ends(seconds)
    return f"  {what}: {number(first * 1e3)} ms først, {number(last * 1e3)} ms sidst: {number(last / first)} gange."


def _verdict(outcome: Outcome) -> Iterator[str]:
    problems = outcome.problems
    yield f"Brudte løfter: {len(problems) or 'ingen'}."
    for kind in Kind:
        cases = [problem.case for problem in problems if problem.kind is kind]
        yield f"  {_whole(len(cases)):>6} {kind}"
        yield from (f"         {case}" for case in cases[:_SHOWN])


def _ends(values: Sequence[float]) -> tuple[float, float]:
    """Return the medians of the second tenth and of the last; in the first tenth the office is filling up."""
    tenth = len(values) // 10
    return statistics.median(values[tenth : 2 * tenth]), statistics.median(values[-tenth:])


def _spread(values: Sequence[float]) -> str:
    return " / ".join(f"{value:.0f}" for value in (min(values), statistics.median(values), max(values)))


def _whole(value: int) -> str:
    return f"{value:,}".replace(",", ".")
