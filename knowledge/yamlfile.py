"""YAML and front matter read with line numbers, so that a complaint can point at the line an editor must mend."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Problem:
    """One thing an editor must mend: where it is, what is wrong and how to put it right, in Danish.

    `severity` is "fejl" (nothing is published until it is mended) or "advarsel" (look at it soon).
    """

    file: str
    line: int
    what: str
    how: str
    severity: str = "fejl"

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.severity}: {self.what} {self.how}"


@dataclass
class YamlFile:
    """The data of one file, the line of each top-level key (counted from 1), and the text after the front matter."""

    path: Path
    name: str
    data: Any
    lines: dict[str, int] = field(default_factory=dict)
    body: str = ""

    def line(self, key: str) -> int:
        """Return the line where `key` stands, or 1 when it is missing."""
        return self.lines.get(key, 1)


class Unreadable(Exception):
    """A file that cannot be parsed at all; carries the problem to show."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def read_yaml(path: Path, name: str) -> YamlFile:
    """Read a YAML file. `name` is what messages call it. Raises Unreadable."""
    return _parse(path, name, _read_text(path, name), first_line=1)


def read_front_matter(path: Path, name: str) -> YamlFile:
    """Read a Markdown file that begins with YAML between two `---` lines. Raises Unreadable."""
    text = _read_text(path, name)
    head, separator, rest = text.partition("---\n")
    front, end, body = rest.partition("\n---\n")
    if head.strip() or not separator or not end:
        raise Unreadable(
            Problem(name, 1, "Filen mangler sit hoved.", "Den skal begynde med oplysninger mellem to linjer med ---.")
        )
    parsed = _parse(path, name, front, first_line=2)
    parsed.body = body.strip()
    return parsed


def line_with(path: Path, words: str) -> int:
    """Return the number of the first line of a UTF-8 text file that contains `words`, or 1 when none does."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return next((number for number, line in enumerate(lines, start=1) if words in line), 1)


def read_lines(path: Path) -> list[str]:
    """Return the non-empty, stripped lines of a UTF-8 text file; an absent file has none."""
    if not path.exists():
        return []
    return [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _read_text(path: Path, name: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        problem = Problem(name, 1, "Filen er ikke gemt som UTF-8.", "Gem den igen med tegnsættet UTF-8.")
    except FileNotFoundError:
        problem = Problem(name, 1, "Filen findes ikke.", "Opret den, eller hent den tilbage fra en tidligere version.")
    raise Unreadable(problem)


def _parse(path: Path, name: str, text: str, first_line: int) -> YamlFile:
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        data = loader.construct_document(node) if node is not None else {}
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        line = first_line + (mark.line if mark else 0)
        raise Unreadable(
            Problem(
                name,
                line,
                "Linjen kan ikke læses.",
                'Tit mangler der anførselstegn om en tekst med kolon, eller indrykningen er skæv: nøgle: "tekst: mere".',
            )
        ) from error
    finally:
        loader.dispose()
    lines = {}
    if isinstance(node, yaml.MappingNode):
        lines = {key.value: key.start_mark.line + first_line for key, _ in node.value}
    return YamlFile(path, name, data, lines)
