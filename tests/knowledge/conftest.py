"""A copy of the sample knowledge to break, and what is then complained of."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from knowledge import read
from knowledge.check import find_problems

TODAY = date(2026, 11, 24)


@pytest.fixture
def folder(tmp_path):
    """A copy of the sample knowledge, to be broken."""
    return Path(shutil.copytree(Path(__file__).parents[1] / "knowledge_sample", tmp_path / "knowledge"))


def problems_of(folder: Path, today: date = TODAY) -> list[str]:
    knowledge, problems = read(folder)
    if knowledge:
        problems = [*problems, *find_problems(knowledge, folder, today)]
    return [str(p) for p in problems]


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old!r} is not in {path.name}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
