"""What a reader of single files cannot see: references between files, dates, readability, unfinished texts, dead links."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path

from knowledge.check_examples import find_in_examples
from knowledge.loader import ROOT
from knowledge.model import FOLLOW_UPS, WEEKDAYS, Article, Knowledge
from knowledge.old_facts import find_old_facts
from knowledge.readability import lix
from knowledge.yamlfile import Problem, line_with

LONGEST_SUMMARY = 60
HARDEST_SUMMARY = 45
_SOON = timedelta(days=30)
_LOCAL_FACT_GROWS_OLD = timedelta(days=400)
_EXPECTED_FOLLOW_UPS = tuple(
    key for key in FOLLOW_UPS if key != "employees"
)  # not every matter has to do with employees
_UNFINISHED = re.compile(r"\b(?:TODO|TBD|XX+)\b|\?\?\?|\[(?:indsæt|beløb|dato|udfyld)[^\]\n]*\]", re.IGNORECASE)
_LINK = re.compile(r"\]\(\s*<?([^)>\s]*)")


def find_problems(knowledge: Knowledge, root: Path | None, today: date) -> list[Problem]:
    """Return the problems between files. `today` is the local date by which reviews are late."""
    checker = _Checker(knowledge, root or ROOT, today)
    return [
        *checker.articles(),
        *checker.cases(),
        *checker.people(),
        *checker.signals(),
        *checker.office(),
        *find_in_examples(knowledge, root or ROOT),
        *find_old_facts(knowledge, root or ROOT),
    ]


class _File:
    """One file under check: makes problems that point at the line where the words complained of stand."""

    def __init__(self, root: Path, relative: str) -> None:
        self._path = root / relative
        self._name = f"{root.name}/{relative}"

    def error(self, near: str, what: str, how: str) -> Problem:
        return Problem(self._name, line_with(self._path, near), what, how)

    def warning(self, near: str, what: str, how: str) -> Problem:
        return Problem(self._name, line_with(self._path, near), what, how, "advarsel")

    def unknown(self, near: str, used: Iterable[str | None], known: Iterable[str], where: str) -> Iterator[Problem]:
        """Complain of each name in `used` that is not in `known`; the field they stand in begins with `near`."""
        for item in used:
            if item not in set(known):
                field = near.strip(" :")
                yield self.error(near, f"'{item}' i '{field}' findes ikke.", f"Brug et navn fra {where}.")


class _Checker:
    def __init__(self, knowledge: Knowledge, root: Path, today: date) -> None:
        self.knowledge = knowledge
        self.root = root
        self.today = today

    def articles(self) -> Iterator[Problem]:
        for article in self.knowledge.articles.values():
            file = _File(self.root, f"articles/{article.id}.md")
            others = set(self.knowledge.articles) - {article.id}
            yield from file.unknown("areas:", article.areas, self.knowledge.areas, "areas.yml")
            yield from file.unknown("related:", article.related, others, "articles/ (en anden artikel end denne)")
            yield from self._summary(file, article)
            yield from self._dates(file, article)
            yield from self._old_facts(file, article)
            yield from self._missing_facts(file, article)
            yield from self._links(article)
            yield from self._english(file, article)

    def _summary(self, file: _File, article: Article) -> Iterator[Problem]:
        words, hardness = len(article.summary.split()), lix(article.summary)
        if words > LONGEST_SUMMARY:
            yield file.error(
                "summary:", f"Det korte svar er på {words} ord.", f"Skær det ned til højst {LONGEST_SUMMARY}."
            )
        if hardness >= HARDEST_SUMMARY:
            how = f"Brug kortere ord og sætninger (under {HARDEST_SUMMARY})."
            yield file.error("summary:", f"Det korte svar har lixtal {hardness}.", how)

    def _dates(self, file: _File, article: Article) -> Iterator[Problem]:
        if article.reviewed > self.today:
            yield file.error("reviewed:", "Datoen for gennemgang ligger i fremtiden.", "Ret 'reviewed'.")
        if article.review_by <= article.reviewed:
            how = "Sæt en senere dato for næste gennemgang."
            yield file.error("review_by:", "'review_by' ligger ikke efter 'reviewed'.", how)
        elif article.review_by < self.today:
            what = f"Artiklen skulle være gennemgået {article.review_by}."
            yield file.warning("review_by:", what, "Læs den igennem, ret den, og sæt nye datoer.")
        elif article.review_by < self.today + _SOON:
            yield file.warning("review_by:", f"Artiklen skal gennemgås senest {article.review_by}.", "Planlæg det nu.")

    def _old_facts(self, file: _File, article: Article) -> Iterator[Problem]:
        text = " ".join(words_of(article)).lower()
        for phrase in article.never_say:
            if phrase.lower() in text:
                what = f"Artiklen siger '{phrase}', som står under 'never_say'."
                yield file.error("never_say:", what, "Fjern den gamle oplysning.")

    def _missing_facts(self, file: _File, article: Article) -> Iterator[Problem]:
        unfinished = _UNFINISHED.search("\n".join(words_of(article)))
        if unfinished:
            what = f"Teksten er ikke færdig: der står '{unfinished[0]}'."
            yield file.error(unfinished[0], what, "Skriv oplysningen, eller tag sætningen ud.")
        if not article.links:
            how = "Skriv mindst ét under links: det sted, hvor man går videre."
            yield file.warning("links:", "Artiklen har ingen links.", how)
        if article.confidence == "C" and not article.check:
            how = "Skriv under check:, hvad der mangler."
            yield file.warning("confidence:", "Artiklen er usikker (C), men siger ikke, hvad der skal tjekkes.", how)
        missing = [key for key in _EXPECTED_FOLLOW_UPS if key not in article.follow_up]
        if missing:
            how = "Skriv et kort svar på hver under follow_up:."
            yield file.warning("follow_up:", f"Svar på opfølgende spørgsmål mangler: {', '.join(missing)}.", how)

    def _links(self, article: Article) -> Iterator[Problem]:
        """Every address must be whole: a half one leads nowhere from the chat."""
        danish, english = f"articles/{article.id}.md", f"articles/en/{article.id}.md"
        links = (*article.links, *(step.link for step in article.steps if step.link))
        named = [link.url for link in links] + [source.url for source in article.sources if source.url]
        texts = [(danish, words_of(article))]
        if article.english:
            texts.append(
                (english, [article.english.summary, article.english.body, *article.english.follow_up.values()])
            )
        found = [(danish, url, url) for url in named]
        found += [(file, url, f"]({url}") for file, words in texts for url in _LINK.findall("\n".join(words))]
        for relative, url, near in found:
            if not url.startswith("https://"):
                how = "Skriv hele adressen med https://. En anden artikel nævner du under related:."
                yield _File(self.root, relative).error(near, f"Linket '{url}' fører ingen steder hen.", how)

    def _english(self, file: _File, article: Article) -> Iterator[Problem]:
        if article.english is None:
            yield file.warning("", "Der er ingen engelsk udgave.", f"Skriv articles/en/{article.id}.md.")
        elif set(article.english.follow_up) != set(article.follow_up):
            english = _File(self.root, f"articles/en/{article.id}.md")
            what = "Den engelske udgave svarer ikke på de samme opfølgende spørgsmål som den danske."
            yield english.warning(
                "follow_up:", what, f"Skriv {', '.join(article.follow_up) or 'ingen'} under follow_up:."
            )

    def cases(self) -> Iterator[Problem]:
        for case in self.knowledge.cases.values():
            file = _File(self.root, f"cases/{case.id}.yml")
            for near, used in (
                ("areas:", case.areas),
                ("possible_areas:", case.possible_areas),
                ("authorities:", case.authorities),
            ):
                yield from file.unknown(near, used, self.knowledge.areas, "areas.yml")
            yield from file.unknown("raises:", case.raises, self.knowledge.signals, "signals.yml")
            yield from file.unknown("lowers:", case.lowers, self.knowledge.signals, "signals.yml")
            if case.checklist_en and len(case.checklist_en) != len(case.checklist):
                what = "Den engelske tjekliste har ikke lige så mange punkter som den danske."
                yield file.error("checklist_en:", what, "Ret dem ind.")

    def people(self) -> Iterator[Problem]:
        file = _File(self.root, "people.yml")
        people = self.knowledge.people
        for person in people.values():
            mine = f"id: {person.id}"
            yield from file.unknown(mine, person.areas, self.knowledge.areas, "areas.yml")
            yield from file.unknown(mine, person.duty, WEEKDAYS, "ugens dage på engelsk")
            if person.capacity <= 0:
                yield file.error(mine, f"'{person.id}' har ingen plads til sager.", "Skriv capacity: 10.")
            substitutes = [a.substitute for a in person.absences if a.substitute]
            yield from file.unknown(mine, substitutes, people, "people.yml")
        if self.knowledge.office.coordinator not in people:
            office = _File(self.root, "office.yml")
            yield office.error("coordinator:", "Koordinatoren findes ikke i people.yml.", "Ret contact: coordinator.")
        for area in (a for a in self.knowledge.areas.values() if not a.state):
            if not any(area.id in p.areas for p in people.values()):
                yield file.error("", f"Ingen tager sager om {area.title.lower()}.", "Giv mindst én person området.")

    def signals(self) -> Iterator[Problem]:
        file = _File(self.root, "signals.yml")
        for signal in self.knowledge.signals.values():
            used = (*signal.areas, *signal.authorities)
            yield from file.unknown(f"id: {signal.id}", used, self.knowledge.areas, "areas.yml")

    def office(self) -> Iterator[Problem]:
        file = _File(self.root, "office.yml")
        meeting = self.knowledge.office.board_meeting
        if meeting and not self.knowledge.office.hours.get(meeting.day):
            what = "Ugens møde ligger på en dag, hvor kontoret har lukket."
            yield file.error("board_meeting:", what, "Vælg en anden dag, eller ret hours.")
        for name, fact in self.knowledge.office.local.items():
            if fact.checked + _LOCAL_FACT_GROWS_OLD < self.today:
                what = f"'{name}' er sidst tjekket {fact.checked}."
                yield file.warning(f"{name}:", what, "Tjek oplysningen, og sæt en ny dato.")


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
