"""The steps of a start package: what to do, which authority, when, and the way there; in Danish and in English."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from knowledge.model import Link, Step

Records = list[dict[str, Any]]
Complain = Callable[[str, str], None]  # what is wrong, how to mend it
Fill = Callable[[str], str]  # puts local facts where {{ name }} stands

_NEEDED = ("step", "authority", "when")


def read_steps(records: Records, fill: Fill, complain: Complain) -> tuple[Step, ...]:
    """Return the steps of a Danish article's front matter."""
    return tuple(_steps(records, fill, complain))


def _steps(records: Records, fill: Fill, complain: Complain) -> Iterator[Step]:
    for number, record in enumerate(records, start=1):
        step, authority, when = (_text(record, key, number, complain) for key in _NEEDED)
        link = record.get("link")
        if link is not None and not (isinstance(link, dict) and link.get("text") and link.get("url")):
            complain(
                f"Trin {number} har et link uden tekst eller adresse.", 'Skriv link: {text: "…", url: "https://…"}.'
            )
            link = None
        yield Step(step, authority, when, Link(str(link["text"]), fill(str(link["url"]))) if link else None)


def translate_steps(records: Records, danish: tuple[Step, ...], complain: Complain) -> tuple[Step, ...]:
    """Return the English steps: words of their own, the addresses of the Danish ones."""
    if len(records) != len(danish):
        complain(
            f"Der er {len(records)} trin, men {len(danish)} i den danske artikel.", "Skriv ét trin for hvert dansk."
        )
        return danish
    return tuple(_translated(r, d, n, complain) for n, (r, d) in enumerate(zip(records, danish, strict=True), start=1))


def _translated(record: dict[str, Any], danish: Step, number: int, complain: Complain) -> Step:
    step, authority, when = (_text(record, key, number, complain) for key in _NEEDED)
    link = danish.link and Link(_text(record, "link_text", number, complain), danish.link.url)
    return Step(step, authority, when, link)


def _text(record: dict[str, Any], key: str, number: int, complain: Complain) -> str:
    value = record.get(key)
    if isinstance(value, str) and value.strip():
        return " ".join(value.split())
    complain(f"Trin {number} mangler '{key}'.", f"Skriv {key}: efterfulgt af en tekst.")
    return ""
