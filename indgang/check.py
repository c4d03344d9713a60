"""`indgang check`: everything editors own, validated in seconds, with messages that say where, what and how to mend it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from indgang.ask import title_of
from indgang.engine import in_engine
from knowledge import Knowledge, load, read
from knowledge.check import find_problems

_MOST_MISPLACED = 40


def check(root: Path | None, today: date) -> int:
    """Print every problem under `root` (the project's knowledge by default). Returns 1 when one is an error."""
    knowledge, problems = read(root)
    if knowledge is not None:
        problems = [*problems, *find_problems(knowledge, root, today)]
    for problem in sorted(problems, key=lambda p: (p.severity != "fejl", p.file, p.line)):
        print(problem)
    errors = sum(problem.severity == "fejl" for problem in problems)
    print(_summary(knowledge, errors, len(problems) - errors))
    return 1 if errors else 0


def _summary(knowledge: Knowledge | None, errors: int, warnings: int) -> str:
    counted = f"{len(knowledge.articles)} artikler og {len(knowledge.cases)} sagstyper læst. " if knowledge else ""
    return f"{counted}{errors} fejl, {warnings} advarsler."


def check_examples(data_dir: Path) -> None:
    """Print the training lines that lie nearest to another topic than their own, and the topics mixed up most."""
    found = in_engine(data_dir, "bot.tools", "misplaced", given=json.dumps({"most": _MOST_MISPLACED}))
    print("\n".join(misplaced_in_words(found, load())))


def misplaced_in_words(found: dict[str, Any], knowledge: Knowledge) -> Iterator[str]:
    """Yield the lines an editor reads. `found` is what bot/misplaced.py returns."""
    yield ""
    yield f"{found['count']} af {found['lines']} linjer ligger nærmere et andet emne end deres eget."
    yield "Det gør mange, fordi folk spørger om meget med de samme ord. Se på de tydeligste:"
    for line in found["worst"]:
        yield f"{line['file']}:{line['line']}: se efter: '{line['text'][:100]}'"
        nearest = line["nearest"]
        other = f"Ligner mere {title_of(line['other'], knowledge)}, for eksempel"
        yield f"    {other} {nearest['file']}:{nearest['line']}: '{nearest['text'][:80]}'"
    yield "Flyt linjen, hvis den står forkert. Hører den til begge steder, så skriv det ord ind, der skiller dem."
    yield ""
    yield "De emner, der oftest forveksles:"
    for own, other, count in found["pairs"]:
        yield f"{count:>5} linjer om {title_of(own, knowledge)} ligner mere {title_of(other, knowledge)}"
