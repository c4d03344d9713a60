"""The lines that teach the bot, each with its topic and the place where an editor finds it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

LANGUAGES = ("da", "en", "sv", "nb", "de", "pl", "uk", "ar")
FOLDERS = {"questions": "answer", "inquiries": "case"}  # folder -> kind of message its lines are examples of


@dataclass(frozen=True)
class Example:
    """One line: its words, its topic as the bot names it ("answer/<article>", "case/<type>"), its file and line number."""

    text: str
    topic: str
    file: str
    line: int


def read_examples(root: Path) -> list[Example]:
    """Return every example under `root` in the order of files and lines. Empty lines count, so that numbers are the file's."""
    return [example for path in example_files(root) for example in _lines(root, path)]


def example_files(root: Path) -> Iterator[Path]:
    """Yield the files of examples under `root`, whether they belong to an article or case type or not."""
    for folder in FOLDERS:
        yield from sorted((root / folder).glob("*.txt"))


def _lines(root: Path, path: Path) -> Iterator[Example]:
    topic = f"{FOLDERS[path.parent.name]}/{path.name.split('.')[0]}"
    name = f"{root.name}/{path.relative_to(root).as_posix()}"
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line.strip():
            yield Example(line.strip(), topic, name, number)
