"""What a reader of single files cannot see: references between files, dates, readability, examples in two places."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path

from knowledge.loader import ROOT
from knowledge.model import FOLLOW_UPS, WEEKDAYS, Article, CaseType, Knowledge
from knowledge.old_facts import find_old_facts
from knowledge.readability import lix
from knowledge.yamlfile import Problem

LONGEST_SUMMARY = 60
HARDEST_SUMMARY = 45
FEWEST_QUESTIONS = 12
FEWEST_MESSAGES = 10
_SOON = timedelta(days=30)
_LOCAL_FACT_GROWS_OLD = timedelta(days=400)


def find_problems(knowledge: Knowledge, root: Path | None, today: date) -> list[Problem]:
    """Return the problems between files. `today` is the local date by which reviews are late."""
    name = (root or ROOT).name
    checker = _Checker(knowledge, name, today)
    return [
        *checker.articles(),
        *checker.cases(),
        *checker.people(),
        *checker.signals(),
        *checker.office(),
        *checker.examples(),
        *find_old_facts(knowledge, root or ROOT),
    ]


class _Checker:
    def __init__(self, knowledge: Knowledge, name: str, today: date) -> None:
        self.knowledge = knowledge
        self.name = name
        self.today = today

    def articles(self) -> Iterator[Problem]:
        for article in self.knowledge.articles.values():
            file = f"{self.name}/articles/{article.id}.md"
            yield from self._unknown(file, "areas", article.areas, self.knowledge.areas, "areas.yml")
            yield from self._unknown(file, "related", article.related, self.knowledge.articles, "articles/")
            yield from self._summary(file, article)
            yield from self._dates(file, article)
            yield from self._old_facts(file, article)
            if len(article.questions.get("da", ())) < FEWEST_QUESTIONS:
                yield Problem(
                    f"{self.name}/questions/{article.id}.da.txt",
                    1,
                    f"Der er færre end {FEWEST_QUESTIONS} eksempler på spørgsmål.",
                    "Skriv flere, som folk stiller dem, ét på hver linje.",
                )
            if article.english is None:
                yield Problem(
                    file, 1, "Der er ingen engelsk udgave.", f"Skriv articles/en/{article.id}.md.", "advarsel"
                )

    def _summary(self, file: str, article: Article) -> Iterator[Problem]:
        words, hardness = len(article.summary.split()), lix(article.summary)
        if words > LONGEST_SUMMARY:
            yield Problem(file, 1, f"Det korte svar er på {words} ord.", f"Skær det ned til højst {LONGEST_SUMMARY}.")
        if hardness >= HARDEST_SUMMARY:
            yield Problem(
                file,
                1,
                f"Det korte svar har lixtal {hardness}.",
                f"Brug kortere ord og sætninger (under {HARDEST_SUMMARY}).",
            )

    def _dates(self, file: str, article: Article) -> Iterator[Problem]:
        if article.reviewed > self.today:
            yield Problem(file, 1, "Datoen for gennemgang ligger i fremtiden.", "Ret 'reviewed'.")
        if article.review_by <= article.reviewed:
            yield Problem(
                file, 1, "'review_by' ligger ikke efter 'reviewed'.", "Sæt en senere dato for næste gennemgang."
            )
        elif article.review_by < self.today:
            yield Problem(
                file,
                1,
                f"Artiklen skulle være gennemgået {article.review_by}.",
                "Læs den igennem, ret den, og sæt nye datoer.",
                "advarsel",
            )
        elif article.review_by < self.today + _SOON:
            yield Problem(
                file, 1, f"Artiklen skal gennemgås senest {article.review_by}.", "Planlæg det nu.", "advarsel"
            )

    def _old_facts(self, file: str, article: Article) -> Iterator[Problem]:
        text = " ".join(words_of(article)).lower()
        for phrase in article.never_say:
            if phrase.lower() in text:
                yield Problem(
                    file, 1, f"Artiklen siger '{phrase}', som står under 'never_say'.", "Fjern den gamle oplysning."
                )

    def cases(self) -> Iterator[Problem]:
        for case in self.knowledge.cases.values():
            file = f"{self.name}/cases/{case.id}.yml"
            areas = (*case.areas, *case.possible_areas, *case.authorities)
            yield from self._unknown(file, "areas", areas, self.knowledge.areas, "areas.yml")
            yield from self._unknown(file, "raises", case.raises, self.knowledge.signals, "signals.yml")
            yield from self._case_details(file, case)

    def _case_details(self, file: str, case: CaseType) -> Iterator[Problem]:
        if len(case.messages.get("da", ())) < FEWEST_MESSAGES:
            yield Problem(
                f"{self.name}/inquiries/{case.id}.da.txt",
                1,
                f"Der er færre end {FEWEST_MESSAGES} eksempler på henvendelser.",
                "Skriv flere, én på hver linje.",
            )
        if case.checklist_en and len(case.checklist_en) != len(case.checklist):
            yield Problem(
                file, 1, "Den engelske tjekliste har ikke lige så mange punkter som den danske.", "Ret dem ind."
            )

    def people(self) -> Iterator[Problem]:
        file = f"{self.name}/people.yml"
        people = self.knowledge.people
        for person in people.values():
            yield from self._unknown(file, f"areas hos {person.id}", person.areas, self.knowledge.areas, "areas.yml")
            yield from self._unknown(file, f"duty hos {person.id}", person.duty, WEEKDAYS, "ugens dage på engelsk")
            if person.capacity <= 0:
                yield Problem(file, 1, f"'{person.id}' har ingen plads til sager.", "Skriv capacity: 10.")
            substitutes = [a.substitute for a in person.absences if a.substitute]
            yield from self._unknown(file, f"substitute hos {person.id}", substitutes, people, "people.yml")
        if self.knowledge.office.coordinator not in people:
            yield Problem(
                f"{self.name}/office.yml", 1, "Koordinatoren findes ikke i people.yml.", "Ret contact: coordinator."
            )
        for area in (a for a in self.knowledge.areas.values() if not a.state):
            if not any(area.id in p.areas for p in people.values()):
                yield Problem(file, 1, f"Ingen tager sager om {area.title.lower()}.", "Giv mindst én person området.")

    def signals(self) -> Iterator[Problem]:
        file = f"{self.name}/signals.yml"
        for signal in self.knowledge.signals.values():
            yield from self._unknown(
                file, signal.id, (*signal.areas, *signal.authorities), self.knowledge.areas, "areas.yml"
            )

    def office(self) -> Iterator[Problem]:
        for name, fact in self.knowledge.office.local.items():
            if fact.checked + _LOCAL_FACT_GROWS_OLD < self.today:
                yield Problem(
                    f"{self.name}/office.yml",
                    1,
                    f"'{name}' er sidst tjekket {fact.checked}.",
                    "Tjek oplysningen, og sæt en ny dato.",
                    "advarsel",
                )

    def examples(self) -> Iterator[Problem]:
        """An example that stands under two topics teaches the bot to be wrong."""
        seen: dict[str, list[str]] = defaultdict(list)
        for folder, items in (("questions", self.knowledge.articles), ("inquiries", self.knowledge.cases)):
            for item in items.values():
                lines_by_language = item.questions if isinstance(item, Article) else item.messages
                for language, lines in lines_by_language.items():
                    for number, line in enumerate(lines, start=1):
                        seen[_bare(line)].append(f"{self.name}/{folder}/{item.id}.{language}.txt:{number}")
        for places in seen.values():
            topics = {place.split(".")[0] for place in places}
            if len(topics) > 1:
                file, line = places[0].rsplit(":", 1)
                yield Problem(file, int(line), f"Eksemplet står også i {places[1]}.", "Lad det kun stå ét sted.")

    def _unknown(
        self, file: str, field: str, used: Iterable[str | None], known: Iterable[str], where: str
    ) -> Iterator[Problem]:
        for item in used:
            if item not in set(known):
                yield Problem(file, 1, f"'{item}' i '{field}' findes ikke.", f"Brug et navn fra {where}.")


def words_of(article: Article) -> list[str]:
    """Return every Danish text of an article that a visitor may see."""
    steps = (f"{s.step}. {s.authority}. {s.when}" for s in article.steps)
    return [
        article.title,
        article.summary,
        article.body,
        *(article.follow_up.get(key, "") for key in FOLLOW_UPS),
        *steps,
    ]


def _bare(line: str) -> str:
    return re.sub(r"\W+", " ", line.lower()).strip()
