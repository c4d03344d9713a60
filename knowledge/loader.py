"""Read knowledge/ into records, and collect every problem on the way in words an editor understands.

Layout: articles/<id>.md (+ articles/en/<id>.md), cases/<id>.yml, questions/<article id>.<language>.txt,
inquiries/<case id>.<language>.txt, areas.yml, people.yml, signals.yml, office.yml.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from knowledge.fields import Fields
from knowledge.model import (
    FOLLOW_UPS,
    LEVELS,
    PHASES,
    Absence,
    Area,
    Article,
    CaseType,
    Course,
    Knowledge,
    Link,
    Person,
    Question,
    Signal,
    Source,
    Step,
    Translation,
)
from knowledge.office_file import local_values, read_office
from knowledge.steps import read_steps, translate_steps
from knowledge.yamlfile import Problem, Unreadable, YamlFile, line_with, read_front_matter, read_lines, read_yaml

ROOT = Path(__file__).parent
_PLACEHOLDER = re.compile(r"\{\{\s*([\w.]+)\s*\}\}")


class KnowledgeError(Exception):
    """The knowledge cannot be used as it stands; `problems` says what to mend."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(p) for p in problems))
        self.problems = problems


def load(root: Path | None = None) -> Knowledge:
    """Return the knowledge under `root` (this folder by default). Raises KnowledgeError when a file is in error."""
    knowledge, problems = read(root)
    errors = [p for p in problems if p.severity == "fejl"]
    if knowledge is None or errors:
        raise KnowledgeError(errors or problems)
    return knowledge


def read(root: Path | None = None) -> tuple[Knowledge | None, list[Problem]]:
    """Return what could be read and every problem found; None when the shared files (office, areas …) are broken."""
    reader = _Reader(root or ROOT)
    return reader.knowledge(), reader.problems


class _Reader:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.problems: list[Problem] = []
        self.local_values: dict[str, str] = {}

    def knowledge(self) -> Knowledge | None:
        office = self._shared("office.yml", read_office)
        if office is not None:
            self.local_values = local_values(office)
        areas = self._shared("areas.yml", self._areas)
        people = self._shared("people.yml", self._people)
        signals = self._shared("signals.yml", self._signals)
        if office is None or areas is None or people is None or signals is None:
            return None
        articles = self._folder("articles", "*.md", read_front_matter, self._article)
        cases = self._folder("cases", "*.yml", read_yaml, self._case)
        return Knowledge(articles, cases, areas, people, signals, office)

    def _name(self, path: Path) -> str:
        return f"{self.root.name}/{path.relative_to(self.root).as_posix()}"

    def _shared(self, filename: str, build: Callable[[Fields], Any]) -> Any:
        path = self.root / filename
        try:
            file = read_yaml(path, self._name(path))
        except Unreadable as error:
            self.problems.append(error.problem)
            return None
        if isinstance(file.data, list):
            file.data = {"items": file.data}
        return build(Fields(file, self.problems))

    def _folder(
        self,
        folder: str,
        pattern: str,
        parse: Callable[[Path, str], YamlFile],
        build: Callable[[str, Fields], Any],
    ) -> dict[str, Any]:
        found = {}
        for path in sorted((self.root / folder).glob(pattern)):
            try:
                file = parse(path, self._name(path))
            except Unreadable as error:
                self.problems.append(error.problem)
                continue
            found[path.stem] = build(path.stem, Fields(file, self.problems))
        return found

    # --- articles -----------------------------------------------------------------------------------------

    def _article(self, article_id: str, fields: Fields) -> Article:
        used: set[str] = set()

        def fill(text: str) -> str:
            return self._fill(text, fields, used)

        links = tuple(
            Link(fields.sub("links", x, "text"), fill(fields.sub("links", x, "url"))) for x in fields.records("links")
        )
        follow_up = {k: fill(str(v)) for k, v in fields.mapping("follow_up").items()}
        for key in set(follow_up) - set(FOLLOW_UPS):
            fields.complain(
                "follow_up", f"'{key}' er ikke et opfølgende spørgsmål.", f"Vælg blandt {', '.join(FOLLOW_UPS)}."
            )
        steps = read_steps(fields.records("steps"), fill, partial(fields.complain, "steps"))
        article = Article(
            id=article_id,
            title=fields.text("title"),
            areas=fields.texts("areas", required=True),
            authority=fields.text("authority"),
            summary=fill(fields.text("summary")),
            links=links,
            sources=tuple(self._source(fields, x) for x in fields.records("sources", required=True)),
            reviewed=fields.day("reviewed"),
            review_by=fields.day("review_by"),
            reviewer=fields.text("reviewer"),
            related=fields.texts("related"),
            confidence=fields.one_of("confidence", ("A", "B", "C")),
            check=fields.texts("check"),
            follow_up=follow_up,
            never_say=fields.texts("never_say"),
            body=fill(fields.file.body),
            version=hashlib.sha256(fields.file.path.read_bytes()).hexdigest()[:12],
            english=self._translation(article_id, links, steps, used),
            questions=self._examples("questions", article_id),
            steps=steps,
        )
        self._compare_local(fields, used)
        return article

    def _translation(
        self, article_id: str, links: tuple[Link, ...], steps: tuple[Step, ...], used: set[str]
    ) -> Translation | None:
        path = self.root / "articles" / "en" / f"{article_id}.md"
        if not path.exists():
            return None
        try:
            fields = Fields(read_front_matter(path, self._name(path)), self.problems)
        except Unreadable as error:
            self.problems.append(error.problem)
            return None

        def fill(text: str) -> str:
            return self._fill(text, fields, used)

        texts = fields.texts("links_text")
        if len(texts) != len(links):
            fields.complain(
                "links_text", "Antallet af links passer ikke med den danske artikel.", "Skriv én tekst pr. link."
            )
            texts = tuple(link.text for link in links)
        return Translation(
            title=fields.text("title"),
            summary=fill(fields.text("summary")),
            links=tuple(Link(text, link.url) for text, link in zip(texts, links, strict=True)),
            follow_up={k: fill(str(v)) for k, v in fields.mapping("follow_up").items()},
            body=fill(fields.file.body),
            steps=translate_steps(fields.records("steps"), steps, partial(fields.complain, "steps")),
        )

    def _source(self, fields: Fields, record: dict[str, Any]) -> Source:
        name = str(record.get("law") or record.get("page") or "")
        if not name:
            fields.complain("sources", "En kilde mangler navn.", "Skriv law: (lovens navn) eller page: (sidens navn).")
        text = " ".join(filter(None, [name, str(record.get("paragraph") or "")]))
        return Source(text, record.get("url"))

    def _fill(self, text: str, fields: Fields, used: set[str] | None = None) -> str:
        """Put local facts from office.yml where {{ name }} stands; an unknown name is a problem and stays visible."""

        def value(match: re.Match[str]) -> str:
            name = match.group(1)
            if name not in self.local_values:
                line = line_with(fields.file.path, match.group(0))
                how = "Ret navnet, eller tilføj det under local: i office.yml."
                self.problems.append(Problem(fields.file.name, line, f"'{name}' findes ikke i office.yml.", how))
                return match.group(0)
            if used is not None:
                used.add(name.split(".")[0])
            return self.local_values[name]

        return _PLACEHOLDER.sub(value, text)

    def _compare_local(self, fields: Fields, used: set[str]) -> None:
        used -= {"contact", "hours", "municipality"}
        declared = set(fields.texts("local"))
        if used != declared:
            fields.complain(
                "local",
                "Listen 'local' passer ikke med de {{ navne }}, artiklen bruger.",
                f"Skriv local: [{', '.join(sorted(used))}].",
            )

    def _examples(self, folder: str, item_id: str) -> dict[str, list[str]]:
        paths = sorted((self.root / folder).glob(f"{item_id}.*.txt"))
        return {path.suffixes[-2].lstrip("."): read_lines(path) for path in paths}

    # --- case types ---------------------------------------------------------------------------------------

    def _case(self, case_id: str, fields: Fields) -> CaseType:
        course = fields.mapping("course", required=True)
        return CaseType(
            id=case_id,
            title=fields.text("title"),
            title_en=fields.text("title_en"),
            level=fields.one_of("level", LEVELS[1:]),
            why=fields.text("why"),
            areas=fields.texts("areas", required=True),
            possible_areas=fields.texts("possible_areas"),
            authorities=fields.texts("authorities"),
            other_authorities=fields.texts("other_authorities"),
            phase=fields.one_of("phase", PHASES),
            needs_address=bool(fields.data.get("needs_address", False)),
            questions=tuple(self._question(fields, q) for q in fields.records("questions")),
            checklist=fields.texts("checklist", required=True),
            checklist_en=fields.texts("checklist_en"),
            course=Course(
                steps=tuple(map(str, course.get("steps") or ())),
                permits=tuple(map(str, course.get("permits") or ())),
                time=self._fill(" ".join(str(course.get("time") or "").split()), fields),
                cost=self._fill(" ".join(str(course.get("cost") or "").split()), fields),
            ),
            sustainability=self._fill(fields.text("sustainability", required=False), fields),
            raises=fields.texts("raises"),
            lowers=fields.texts("lowers"),
            messages=self._examples("inquiries", case_id),
        )

    def _question(self, fields: Fields, record: dict[str, Any]) -> Question:
        question_id, ask, ask_en, why, why_en = (
            fields.sub("questions", record, name) for name in ("id", "ask", "ask_en", "why", "why_en")
        )
        return Question(question_id, ask, ask_en, why, why_en, required=bool(record.get("required", False)))

    # --- shared files -------------------------------------------------------------------------------------

    def _areas(self, fields: Fields) -> dict[str, Area]:
        found = {}
        for group in ("municipal", "state"):
            for area_id, record in fields.mapping(group, required=True).items():
                title = fields.sub(group, record or {}, "title")
                title_en = fields.sub(group, record or {}, "title_en")
                found[area_id] = Area(area_id, title, title_en, state=group == "state")
        return found

    def _signals(self, fields: Fields) -> dict[str, Signal]:
        found = {}
        for record in fields.records("items", required=True):
            patterns = [str(p) for p in record.get("patterns") or []]
            try:
                pattern = re.compile(r"\b(?:" + "|".join(patterns) + ")", re.IGNORECASE)
            except re.error as error:
                fields.complain(
                    "items", f"Et mønster i signalet '{record.get('id')}' kan ikke læses ({error}).", "Ret mønstret."
                )
                continue
            signal_id, title, reason, reason_en = (
                fields.sub("items", record, name) for name in ("id", "title", "reason", "reason_en")
            )
            found[signal_id] = Signal(
                signal_id,
                title,
                reason,
                reason_en,
                pattern,
                areas=tuple(record.get("areas") or ()),
                authorities=tuple(record.get("authorities") or ()),
                raises=bool(record.get("raises", False)),
                permits=int(record.get("permits") or 0),
            )
        return found

    def _people(self, fields: Fields) -> dict[str, Person]:
        found = {}
        for record in fields.records("items", required=True):
            person_id, name, title, email, phone = (
                fields.sub("items", record, key) for key in ("id", "name", "title", "email", "phone")
            )
            found[person_id] = Person(
                person_id,
                name,
                title,
                tuple(record.get("areas") or ()),
                email,
                phone,
                capacity=int(record.get("capacity") or 0),
                absences=tuple(self._absence(fields, person_id, a) for a in record.get("absences") or ()),
                duty=tuple(record.get("duty") or ()),
                roles=tuple(record.get("roles") or ("caseworker",)),
            )
        return found

    def _absence(self, fields: Fields, person_id: str, record: dict[str, Any]) -> Absence:
        first, last = record.get("from"), record.get("to")
        if not isinstance(first, date) or not isinstance(last, date) or last < first:
            fields.complain(
                "items",
                f"Et fravær hos '{person_id}' har ikke to rigtige datoer.",
                "Skriv from: og to: som 2026-12-21.",
            )
            first = last = date.min
        return Absence(first, last, str(record.get("reason") or ""), record.get("substitute"))
