"""`indgang check`: everything editors own, validated in seconds, with messages that say where, what and how to mend it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from knowledge import Knowledge, read
from knowledge.check import find_problems


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
