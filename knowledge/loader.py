"""Read knowledge/ into records, and collect every problem on the way in words an editor understands.

Layout: articles/<id>.md (+ articles/en/<id>.md), cases/<id>.yml, questions/<article id>.<language>.txt,
inquiries/<case id>.<language>.txt, areas.yml, people.yml, signals.yml, office.yml.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import date, time
from pathlib import Path
from typing import Any

from knowledge.model import (
    FOLLOW_UPS,
    LEVELS,
    PHASES,
    WEEKDAYS,
    Absence,
    Area,
    Article,
    CaseType,
    ClosingDay,
    Course,
    Knowledge,
    Link,
    LocalFact,
    Office,
    Person,
    Promises,
    Question,
    Signal,
    Source,
    Translation,
)
from knowledge.yamlfile import Problem, Unreadable, YamlFile, read_front_matter, read_lines, read_yaml

ROOT = Path(__file__).parent
_PLACEHOLDER = re.compile(r"\{\{\s*([\w.]+)\s*\}\}")
_MONTH_DAY = re.compile(r"\d\d-\d\d")
_DANISH_DAYS = dict(
    zip(WEEKDAYS, ("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag"), strict=True)
)


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


class _Fields:
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


class _Reader:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.problems: list[Problem] = []
        self.local_values: dict[str, str] = {}

    def knowledge(self) -> Knowledge | None:
        office = self._shared("office.yml", self._office)
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

    def _shared(self, filename: str, build: Callable[[_Fields], Any]) -> Any:
        path = self.root / filename
        try:
            file = read_yaml(path, self._name(path))
        except Unreadable as error:
            self.problems.append(error.problem)
            return None
        if isinstance(file.data, list):
            file.data = {"items": file.data}
        return build(_Fields(file, self.problems))

    def _folder(
        self,
        folder: str,
        pattern: str,
        parse: Callable[[Path, str], YamlFile],
        build: Callable[[str, _Fields], Any],
    ) -> dict[str, Any]:
        found = {}
        for path in sorted((self.root / folder).glob(pattern)):
            try:
                file = parse(path, self._name(path))
            except Unreadable as error:
                self.problems.append(error.problem)
                continue
            found[path.stem] = build(path.stem, _Fields(file, self.problems))
        return found

    # --- articles -----------------------------------------------------------------------------------------

    def _article(self, article_id: str, fields: _Fields) -> Article:
        used: set[str] = set()

        def fill(text: str) -> str:
            return self._fill(text, fields, used)

        links = tuple(
            Link(self._sub(fields, "links", x, "text"), fill(self._sub(fields, "links", x, "url")))
            for x in fields.records("links")
        )
        follow_up = {k: fill(str(v)) for k, v in fields.mapping("follow_up").items()}
        for key in set(follow_up) - set(FOLLOW_UPS):
            fields.complain(
                "follow_up", f"'{key}' er ikke et opfølgende spørgsmål.", f"Vælg blandt {', '.join(FOLLOW_UPS)}."
            )
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
            english=self._translation(article_id, links, fill),
            questions=self._examples("questions", article_id),
        )
        self._compare_local(fields, used)
        return article

    def _translation(self, article_id: str, links: tuple[Link, ...], fill: Callable[[str], str]) -> Translation | None:
        path = self.root / "articles" / "en" / f"{article_id}.md"
        if not path.exists():
            return None
        try:
            fields = _Fields(read_front_matter(path, self._name(path)), self.problems)
        except Unreadable as error:
            self.problems.append(error.problem)
            return None
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
        )

    def _source(self, fields: _Fields, record: dict[str, Any]) -> Source:
        name = str(record.get("law") or record.get("page") or "")
        if not name:
            fields.complain("sources", "En kilde mangler navn.", "Skriv law: (lovens navn) eller page: (sidens navn).")
        text = " ".join(filter(None, [name, str(record.get("paragraph") or "")]))
        return Source(text, record.get("url"))

    def _sub(self, fields: _Fields, key: str, record: dict[str, Any], name: str) -> str:
        value = record.get(name)
        if not isinstance(value, str) or not value.strip():
            fields.complain(key, f"Et punkt under '{key}' mangler '{name}'.", f"Skriv {name}: efterfulgt af en tekst.")
            return ""
        return " ".join(value.split())

    def _fill(self, text: str, fields: _Fields, used: set[str] | None = None) -> str:
        """Put local facts from office.yml where {{ name }} stands; an unknown name is a problem and stays visible."""

        def value(match: re.Match[str]) -> str:
            name = match.group(1)
            if name not in self.local_values:
                fields.complain(
                    "local", f"'{name}' findes ikke i office.yml.", "Ret navnet, eller tilføj det under local:."
                )
                return match.group(0)
            if used is not None:
                used.add(name.split(".")[0])
            return self.local_values[name]

        return _PLACEHOLDER.sub(value, text)

    def _compare_local(self, fields: _Fields, used: set[str]) -> None:
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

    def _case(self, case_id: str, fields: _Fields) -> CaseType:
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
            messages=self._examples("inquiries", case_id),
        )

    def _question(self, fields: _Fields, record: dict[str, Any]) -> Question:
        question_id, ask, ask_en, why, why_en = (
            self._sub(fields, "questions", record, name) for name in ("id", "ask", "ask_en", "why", "why_en")
        )
        return Question(question_id, ask, ask_en, why, why_en, required=bool(record.get("required", False)))

    # --- shared files -------------------------------------------------------------------------------------

    def _areas(self, fields: _Fields) -> dict[str, Area]:
        found = {}
        for group in ("municipal", "state"):
            for area_id, record in fields.mapping(group, required=True).items():
                title = self._sub(fields, group, record or {}, "title")
                title_en = self._sub(fields, group, record or {}, "title_en")
                found[area_id] = Area(area_id, title, title_en, state=group == "state")
        return found

    def _signals(self, fields: _Fields) -> dict[str, Signal]:
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
                self._sub(fields, "items", record, name) for name in ("id", "title", "reason", "reason_en")
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

    def _people(self, fields: _Fields) -> dict[str, Person]:
        found = {}
        for record in fields.records("items", required=True):
            person_id, name, title, email, phone = (
                self._sub(fields, "items", record, key) for key in ("id", "name", "title", "email", "phone")
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

    def _absence(self, fields: _Fields, person_id: str, record: dict[str, Any]) -> Absence:
        first, last = record.get("from"), record.get("to")
        if not isinstance(first, date) or not isinstance(last, date) or last < first:
            fields.complain(
                "items",
                f"Et fravær hos '{person_id}' har ikke to rigtige datoer.",
                "Skriv from: og to: som 2026-12-21.",
            )
            first = last = date.min
        return Absence(first, last, str(record.get("reason") or ""), record.get("substitute"))

    def _office(self, fields: _Fields) -> Office:
        municipality = fields.mapping("municipality", required=True)
        contact = fields.mapping("contact", required=True)
        promises = fields.mapping("promises", required=True)
        hours = self._hours(fields)
        local = self._local(fields)
        office = Office(
            municipality=self._sub(fields, "municipality", municipality, "name"),
            name=self._sub(fields, "municipality", municipality, "office"),
            url=self._sub(fields, "municipality", municipality, "url"),
            phone=self._sub(fields, "contact", contact, "phone"),
            email=self._sub(fields, "contact", contact, "email"),
            address=self._sub(fields, "contact", contact, "address"),
            digital_post=self._sub(fields, "contact", contact, "digital_post"),
            coordinator=self._sub(fields, "contact", contact, "coordinator"),
            hours=hours,
            closing_days=tuple(self._closing_day(fields, d) for d in fields.records("closing_days")),
            promises=Promises(*(self._number(fields, "promises", promises, name) for name in Promises.__annotations__)),
            retention={
                name: self._number(fields, "retention", fields.mapping("retention"), name)
                for name in ("conversation_days", "ticket_days_after_close", "abandoned_intake_days")
            },
            local=local,
        )
        self._remember_values(office)
        return office

    def _number(self, fields: _Fields, key: str, record: dict[str, Any], name: str) -> int:
        value = record.get(name)
        if not isinstance(value, int) or value <= 0:
            fields.complain(key, f"'{name}' under '{key}' skal være et helt tal over 0.", f"Skriv {name}: 5.")
            return 1
        return value

    def _hours(self, fields: _Fields) -> dict[str, tuple[tuple[time, time], ...]]:
        found = {}
        for day, periods in fields.mapping("hours", required=True).items():
            try:
                parsed = tuple((time.fromisoformat(start), time.fromisoformat(end)) for start, end in periods)
                flat = [moment for period in parsed for moment in period]
                if day not in WEEKDAYS or flat != sorted(flat):
                    raise ValueError(day)
            except (TypeError, ValueError):
                fields.complain(
                    "hours", f"Åbningstiden for '{day}' kan ikke læses.", 'Skriv monday: [["09:00", "15:30"]].'
                )
                continue
            found[day] = parsed
        return found

    def _closing_day(self, fields: _Fields, record: dict[str, Any]) -> ClosingDay:
        day, month_day = record.get("date"), record.get("month_day")
        if not isinstance(day, date) and not (isinstance(month_day, str) and _MONTH_DAY.fullmatch(month_day)):
            fields.complain(
                "closing_days", "En lukkedag mangler dato.", 'Skriv date: 2026-05-15 eller month_day: "12-24".'
            )
        return ClosingDay(str(record.get("name") or ""), day, month_day)

    def _local(self, fields: _Fields) -> dict[str, LocalFact]:
        found = {}
        for name, record in fields.mapping("local").items():
            checked = (record or {}).get("checked")
            if not isinstance(checked, date):
                fields.complain(
                    "local", f"'{name}' mangler datoen, den sidst blev tjekket.", "Skriv checked: 2026-11-20."
                )
                checked = date.min
            found[name] = LocalFact(
                self._sub(fields, "local", record or {}, "text"), (record or {}).get("url"), checked
            )
        return found

    def _remember_values(self, office: Office) -> None:
        self.local_values = {name: fact.text for name, fact in office.local.items()}
        self.local_values |= {f"{name}.url": fact.url for name, fact in office.local.items() if fact.url}
        self.local_values |= {
            "contact.phone": office.phone,
            "contact.email": office.email,
            "contact.address": office.address,
            "municipality.name": office.municipality,
            "hours": hours_in_words(office.hours),
        }


def hours_in_words(hours: dict[str, tuple[tuple[time, time], ...]]) -> str:
    """Return opening hours as a Danish phrase: "mandag kl. 9-12 og 12.30-15.30, …"."""
    days = [f"{_DANISH_DAYS[day]} kl. {periods_in_words(hours[day])}" for day in WEEKDAYS if hours.get(day)]
    return ", ".join(days[:-1]) + (" og " if len(days) > 1 else "") + days[-1] if days else "efter aftale"


def periods_in_words(periods: tuple[tuple[time, time], ...]) -> str:
    """Return one day's periods as Danes write them: "9-12 og 12.30-15.30"."""

    def clock(moment: time) -> str:
        return f"{moment.hour}.{moment.minute:02d}" if moment.minute else str(moment.hour)

    return " og ".join(f"{clock(start)}-{clock(end)}" for start, end in periods)
