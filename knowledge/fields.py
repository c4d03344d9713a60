"""Typed access to the keys of one file that editors own."""

from __future__ import annotations

from datetime import date
from typing import Any

from knowledge.yamlfile import Problem, YamlFile


class Fields:
    """Typed access to the keys of one file: a wrong or missing value becomes a problem with its line."""

    def __init__(self, file: YamlFile, problems: list[Problem]) -> None:
        self.file = file
        self.problems = problems
        self.data: dict[str, Any] = file.data if isinstance(file.data, dict) else {}
        if not isinstance(file.data, dict):
            self.complain("", "Filen indeholder ikke oplysninger på formen nøgle: værdi.", "Se knowledge/README.md.")

    def complain(self, key: str, what: str, how: str, severity: str = "fejl") -> None:
        self.problems.append(Problem(self.file.name, self.file.line(key), what, how, severity))

    def text(self, key: str, required: bool = True) -> str:
        value = self.data.get(key)
        if isinstance(value, str) and value.strip():
            return " ".join(value.split())
        if value is not None and not isinstance(value, (str, dict, list)):
            return str(value)
        if required or value is not None:
            self.complain(key, f"Feltet '{key}' mangler eller er ikke tekst.", f"Skriv {key}: efterfulgt af en tekst.")
        return ""

    def one_of(self, key: str, allowed: tuple[str, ...]) -> str:
        value = self.text(key)
        if value and value not in allowed:
            self.complain(key, f"'{value}' kan ikke bruges i '{key}'.", f"Vælg en af: {', '.join(allowed)}.")
        return value if value in allowed else allowed[0]

    def texts(self, key: str, required: bool = False) -> tuple[str, ...]:
        value = self.data.get(key)
        if value is None and not required:
            return ()
        if not isinstance(value, list) or any(isinstance(v, (dict, list)) for v in value) or (required and not value):
            self.complain(key, f"Feltet '{key}' skal være en liste.", f"Skriv for eksempel {key}: [første, anden].")
            return ()
        return tuple(" ".join(str(v).split()) for v in value)

    def records(self, key: str, required: bool = False) -> list[dict[str, Any]]:
        value = self.data.get(key)
        if value is None and not required:
            return []
        if not isinstance(value, list) or not all(isinstance(v, dict) for v in value):
            self.complain(key, f"Feltet '{key}' skal være en liste af oplysninger.", "Se et eksempel i en anden fil.")
            return []
        return value

    def mapping(self, key: str, required: bool = False) -> dict[str, Any]:
        value = self.data.get(key)
        if value is None and not required:
            return {}
        if not isinstance(value, dict):
            self.complain(key, f"Feltet '{key}' skal have underpunkter.", "Ryk underpunkterne ind under feltet.")
            return {}
        return value

    def day(self, key: str) -> date:
        value = self.data.get(key)
        if isinstance(value, date):
            return value
        self.complain(key, f"Feltet '{key}' mangler eller er ikke en dato.", f"Skriv {key}: 2026-11-20.")
        return date.min

    def sub(self, key: str, record: dict[str, Any], name: str) -> str:
        value = record.get(name)
        if not isinstance(value, str) or not value.strip():
            self.complain(key, f"Et punkt under '{key}' mangler '{name}'.", f"Skriv {name}: efterfulgt af en tekst.")
            return ""
        return " ".join(value.split())

    def number(self, key: str, record: dict[str, Any], name: str) -> int:
        value = record.get(name)
        if not isinstance(value, int) or value <= 0:
            self.complain(key, f"'{name}' under '{key}' skal være et helt tal over 0.", f"Skriv {name}: 5.")
            return 1
        return value
