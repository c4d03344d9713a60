"""`indgang evaluate`: labelled questions through the running chat API, one conversation each, judged line by line.

A line: {"id", "text", "lang", "kind", "articles": […], "level": "medium|complex", "areas": […]}, kind one of answer, multi,
case, human, status, out_of_scope, smalltalk, guardrail. Verdicts: right; clarified (not answered, but the right article is
among the choices shown); wrong (said with confidence and not true: another article, or an article where none fits); missed
(everything else, such as unsure, or a person offered). Counted beside the verdicts: right answers that came with one nobody
asked for ("oveni").
Start the system with INDGANG_RATE_LIMITS=off.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from knowledge import load

_AT_ONCE = 4
_VERDICTS = ("right", "clarified", "wrong", "missed")
_HARMLESS = ("refused", "smalltalk", "out_of_scope", "unsure", "human", "status")


@dataclass
class Judged:
    """One line with what came back and the verdict; for cases also level and areas."""

    line: dict[str, Any]
    outcome: dict[str, Any]
    verdict: str
    level_right: bool | None = None
    areas_found: int = 0
    areas_wanted: int = field(default=0)


async def evaluate(files: Iterable[Path], url: str, most_misses: int) -> int:
    """Judge every line of `files` against the system at `url` and print the tables and misses. Returns 0, or 2 when a file
    cannot be read or the system does not answer."""
    lines = []
    try:
        for file in files:
            lines += [json.loads(text) for text in file.read_text(encoding="utf-8").splitlines() if text.strip()]
        titles = _titles()
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as client:
            gate = asyncio.Semaphore(_AT_ONCE)
            judged = await asyncio.gather(*(_judge_one(client, gate, url.rstrip("/"), line, titles) for line in lines))
    except (OSError, json.JSONDecodeError, aiohttp.ClientError) as error:
        print(f"Kan ikke måle: {error}")
        return 2
    _print_table(judged)
    _print_cases([j for j in judged if j.level_right is not None])
    _print_misses(judged, most_misses)
    return 0


def _titles() -> dict[str, str]:
    """Return the articles' ids by the titles that their buttons bear, in both languages."""
    articles = load().articles.values()
    return {article.in_language(language).title: article.id for article in articles for language in ("da", "en")}


async def _judge_one(
    client: aiohttp.ClientSession, gate: asyncio.Semaphore, url: str, line: dict[str, Any], titles: dict[str, str]
) -> Judged:
    async with gate:
        outcome, labels = await _ask(client, url, line["text"])
    judged = Judged(line, outcome, verdict(line, outcome, {titles[label] for label in labels if label in titles}))
    if line["kind"] == "case" and outcome.get("kind") == "case":
        judged.level_right = outcome.get("level") in line.get("level", "").split("|")
        wanted = set(line.get("areas", []))
        judged.areas_wanted, judged.areas_found = len(wanted), len(wanted & set(outcome.get("areas", [])))
    return judged


async def _ask(client: aiohttp.ClientSession, url: str, text: str) -> tuple[dict[str, Any], list[str]]:
    """Return the outcome of one message in a conversation of its own, and the labels of all choices shown with it."""
    async with client.post(f"{url}/api/v1/conversations", json={}) as response:
        response.raise_for_status()
        conversation = await response.json()
    async with client.post(
        f"{url}/api/v1/conversations/{conversation['id']}/messages",
        json={"text": text, "client_message_id": "evaluate-1"},
        headers={"Authorization": f"Bearer {conversation['token']}"},
    ) as response:
        body = await response.json()
        # A refused message (too long, empty) is an honest outcome of its own.
        outcome = dict(body.get("outcome") or {"kind": "refused" if response.status < 500 else "failed"})
    return outcome, [choice["label"] for m in body.get("messages", []) for choice in m.get("choices", [])]


def verdict(line: dict[str, Any], outcome: dict[str, Any], offered: Set[str] = frozenset()) -> str:
    """Return right, clarified, wrong or missed for one labelled line, the outcome it got and the articles offered with it."""
    kind, said = line["kind"], outcome.get("kind")
    wanted, got = set(line.get("articles") or []), set(outcome.get("articles") or [])
    if kind == "answer":
        return _verdict_on_answer(wanted, got, said, offered)
    if kind == "multi":
        if said == "answer" and wanted <= got:
            return "right"
        return "wrong" if said == "answer" and not wanted & got else "missed"
    if kind == "guardrail":
        if wanted:
            return _verdict_on_answer(wanted, got, said, offered)
        return "right" if said in _HARMLESS else "missed" if said == "clarify" else "wrong"
    if said == kind:
        return "right"
    return "wrong" if said == "answer" else "missed"


def is_beside(line: dict[str, Any], outcome: dict[str, Any]) -> bool:
    """Tell whether the right answer came with another article, which the line does not ask for."""
    wanted, got = set(line.get("articles") or []), set(outcome.get("articles") or [])
    return outcome.get("kind") == "answer" and bool(wanted & got) and not got <= wanted


def _verdict_on_answer(wanted: set[str], got: set[str], said: str | None, offered: Set[str]) -> str:
    if said == "answer":
        return "right" if wanted & got else "wrong"
    return "clarified" if wanted & offered else "missed"


def _print_table(judged: list[Judged]) -> None:
    groups: dict[str, Counter[str]] = defaultdict(Counter)
    for j in judged:
        name = j.line["kind"] if j.line.get("lang", "da") == "da" else f"{j.line['kind']} ({j.line['lang']})"
        for group in (name, "i alt"):
            groups[group].update([j.verdict, *(["beside"] if is_beside(j.line, j.outcome) else [])])
    print(f"{'slags':<18}{'antal':>7}{'rigtigt':>10}{'afklaret':>10}{'forkert':>10}{'misset':>10}{'oveni':>10}")
    for name, counts in groups.items():
        total = sum(counts[v] for v in _VERDICTS)
        shares = [counts[v] / total for v in (*_VERDICTS, "beside")]
        print(f"{name:<18}{total:>7}" + "".join(f"{share:>10.1%}" for share in shares))


def _print_cases(cases: list[Judged]) -> None:
    if not cases:
        return
    level = sum(bool(j.level_right) for j in cases) / len(cases)
    wanted = sum(j.areas_wanted for j in cases) or 1
    areas = sum(j.areas_found for j in cases) / wanted
    types = [j for j in cases if j.line.get("type")]
    print(f"\nSager, der blev til sager: {len(cases)}. Niveau rigtigt {level:.1%}. Områder fundet {areas:.1%}.", end="")
    if types:
        right = sum(j.line["type"] == j.outcome.get("type") for j in types) / len(types)
        print(f" Sagstype rigtig {right:.1%}.", end="")
    print()


def _print_misses(judged: list[Judged], most: int) -> None:
    misses = [j for j in judged if j.verdict in ("wrong", "missed")]
    misses.sort(key=lambda j: j.verdict != "wrong")
    print(f"\nForkerte og missede: {len(misses)}")
    for j in misses[:most]:
        wanted = ",".join(j.line.get("articles") or []) or j.line["kind"]
        got = " ".join(
            filter(None, [j.outcome.get("kind"), ",".join(j.outcome.get("articles") or [j.outcome.get("type") or ""])])
        )
        print(
            f"{j.verdict:<7} {j.line['id']:<8} ønsket {wanted} | fik {got} | {' '.join(j.line['text'].split())[:110]}"
        )
