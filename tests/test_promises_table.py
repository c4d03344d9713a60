"""docs/promises.md names every promise once, and the code and the test that keep it exist."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROMISES = {f"S{n:02}" for n in range(1, 18)} | {f"C{n:02}" for n in range(1, 6)} | {f"A{n}" for n in range(1, 14)}
NOT_A_RULE = {"S17"}
# Promises that nothing keeps yet: log of the dialogue with business organisations. A row that appears for one of them must
# leave this list.
NOT_KEPT_YET = {"A10"}
_CELL = re.compile(r"`(?P<file>[^:`]+): (?P<name>[^`]+)`")


@dataclass(frozen=True)
class Row:
    id: str
    code: tuple[str, str]
    test: tuple[str, str]


def rows() -> list[Row]:
    lines = (ROOT / "docs" / "promises.md").read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if re.match(r"\| [SKCA]\d", line)]
    return [Row(promise, place(code), place(test)) for promise, _, code, test in cells]


def place(cell: str) -> tuple[str, str]:
    match = _CELL.fullmatch(cell)
    assert match, f"{cell!r} is not `file: name`"
    return match["file"], match["name"]


def names_in(path: Path) -> set[str]:
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return {n.name for n in nodes if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)}


def test_every_promise_has_one_row():
    found = [row.id for row in rows()]
    assert len(found) == len(set(found))
    assert set(found) & PROMISES == PROMISES - NOT_A_RULE - NOT_KEPT_YET


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.id)
def test_the_code_that_keeps_it_exists(row):
    file, name = row.code
    path = ROOT / file
    known = names_in(path) if path.suffix == ".py" else path.read_text(encoding="utf-8")
    assert name in known


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.id)
def test_the_test_that_holds_us_to_it_exists_and_bears_its_number(row):
    file, name = row.test
    assert name in names_in(ROOT / file)
    assert name.startswith(f"test_{row.id.lower()}_")
