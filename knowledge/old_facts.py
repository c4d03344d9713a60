"""Statements that were true once and must not be said any more: one list for all articles and case types, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.model import Article, CaseType, Knowledge, Translation
from knowledge.yamlfile import Problem, Unreadable, read_yaml

_FILE = "old_facts.yml"


@dataclass(frozen=True)
class OldFact:
    """What must not be said, as patterns, and what holds instead."""

    id: str
    patterns: tuple[re.Pattern[str], ...]
    truth: str

    def found_in(self, text: str) -> str | None:
        """Return the words in `text` that say it, if any do."""
        found = next(filter(None, (pattern.search(text) for pattern in self.patterns)), None)
        return found.group(0) if found else None


def find_old_facts(knowledge: Knowledge, root: Path) -> Iterator[Problem]:
    """Yield a problem for every old fact that an article or a case type under `root` says."""
    try:
        facts = read_old_facts(root)
    except Unreadable as error:
        yield error.problem
        return
    for name, text in _texts(knowledge):
        for fact in facts:
            if words := fact.found_in(text):
                yield Problem(f"{root.name}/{name}", 1, f"Teksten siger '{words}', som ikke gælder mere.", fact.truth)


def read_old_facts(root: Path) -> list[OldFact]:
    """Return the list in `root`/old_facts.yml. Raises Unreadable."""
    name = f"{root.name}/{_FILE}"
    return [_old_fact(record, name) for record in read_yaml(root / _FILE, name).data]


def _old_fact(record: dict[str, Any], name: str) -> OldFact:
    try:
        return OldFact(record["id"], tuple(map(_compiled, record["patterns"])), record["truth"])
    except (KeyError, TypeError, re.error) as error:
        what = f"En gammel oplysning kan ikke læses ({error})."
        raise Unreadable(Problem(name, 1, what, "Den skal have id, truth og patterns.")) from error


def _compiled(pattern: str) -> re.Pattern[str]:
    """Compile for any case, unless the pattern itself has words in capitals ("SKAT")."""
    has_capitals = re.search(r"[A-ZÆØÅ]{2}", pattern) is not None
    return re.compile(rf"(?<!\w)(?:{pattern})", 0 if has_capitals else re.IGNORECASE)


def _texts(knowledge: Knowledge) -> Iterator[tuple[str, str]]:
    """Yield the file and the words of every text that a visitor may see."""
    for article in knowledge.articles.values():
        yield f"articles/{article.id}.md", _article_text(article.in_language("da"), article)
        if article.english:
            yield f"articles/en/{article.id}.md", _article_text(article.english)
    for case in knowledge.cases.values():
        yield f"cases/{case.id}.yml", _case_text(case)


def _article_text(words: Translation, article: Article | None = None) -> str:
    links = [link.text for link in words.links]
    steps = [text for step in words.steps for text in (step.step, step.authority, step.when)]
    authority = [article.authority] if article else []
    return "\n".join([words.title, words.summary, words.body, *words.follow_up.values(), *links, *steps, *authority])


def _case_text(case: CaseType) -> str:
    asked = [
        text for question in case.questions for text in (question.ask, question.why, question.ask_en, question.why_en)
    ]
    course = [*case.course.steps, *case.course.permits, case.course.time, case.course.cost]
    own = [case.title, case.title_en, case.why, case.sustainability]
    return "\n".join([*own, *case.checklist, *case.checklist_en, *course, *asked])
