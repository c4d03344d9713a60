"""What the office knows, as plain immutable records. The loader builds them; nothing here reads files."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, time

LEVELS = ("simple", "medium", "complex")
PHASES = ("tiltraekning", "afklaring", "sagsbehandling")
SUSTAINABILITY_LEVELS = (1, 2, 3)  # general knowledge, talk about the case, a network beyond the case (promise A12)
FOLLOW_UPS = ("price", "time", "apply", "documents", "who", "employees")
# "Ingen støj", "uden skorsten": the word before says that it is not so. Not "ikke", which also begins a question.
_DENIED = re.compile(r"\b(?:ingen|intet|uden|nul|hverken|without|no)\s+(?:\w+\s+)?$", re.IGNORECASE)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True)
class Link:
    text: str
    url: str


@dataclass(frozen=True)
class Source:
    """What an answer rests on: a law with its paragraph, or a page."""

    text: str
    url: str | None = None


@dataclass(frozen=True)
class Step:
    """One step of a start package: what to do, who it is with, and when."""

    step: str
    authority: str
    when: str
    link: Link | None = None


@dataclass(frozen=True)
class Translation:
    """The English version of an article."""

    title: str
    summary: str
    links: tuple[Link, ...]
    follow_up: dict[str, str]
    body: str
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True)
class Article:
    """A reviewed answer. Local amounts and addresses are already filled in from office.yml.

    `version` is 12 hexadecimal digits of the content, so that an answer given can be traced to the words it was.
    """

    id: str
    title: str
    areas: tuple[str, ...]
    authority: str
    summary: str
    links: tuple[Link, ...]
    sources: tuple[Source, ...]
    reviewed: date
    review_by: date
    reviewer: str
    related: tuple[str, ...]
    confidence: str
    check: tuple[str, ...]
    follow_up: dict[str, str]
    never_say: tuple[str, ...]
    body: str
    version: str
    english: Translation | None
    questions: dict[str, list[str]]
    steps: tuple[Step, ...] = ()

    def in_language(self, language: str) -> Translation:
        """Return the texts in `language` ("da" or "en"); Danish where there is no such version."""
        if language == "en" and self.english is not None:
            return self.english
        return Translation(self.title, self.summary, self.links, self.follow_up, self.body, self.steps)


@dataclass(frozen=True)
class Question:
    """What a case type must ask beyond the base: the question, and why it is asked, in Danish and English."""

    id: str
    ask: str
    ask_en: str
    why: str
    why_en: str
    required: bool = False


@dataclass(frozen=True)
class Course:
    """The usual course of a case: steps, permits that may be needed, expected time and cost."""

    steps: tuple[str, ...] = ()
    permits: tuple[str, ...] = ()
    time: str = ""
    cost: str = ""


@dataclass(frozen=True)
class CaseType:
    """A kind of inquiry that needs people."""

    id: str
    title: str
    title_en: str
    level: str
    why: str
    areas: tuple[str, ...]
    possible_areas: tuple[str, ...]
    authorities: tuple[str, ...]
    other_authorities: tuple[str, ...]
    phase: str
    needs_address: bool
    questions: tuple[Question, ...]
    checklist: tuple[str, ...]
    checklist_en: tuple[str, ...]
    course: Course
    sustainability: str
    raises: tuple[str, ...]
    lowers: tuple[str, ...]
    messages: dict[str, list[str]]


@dataclass(frozen=True)
class Signal:
    """Words in a message that change level or areas beyond the case type."""

    id: str
    title: str
    reason: str
    reason_en: str
    pattern: re.Pattern[str]
    areas: tuple[str, ...] = ()
    authorities: tuple[str, ...] = ()
    raises: bool = False
    permits: int = 0

    def found_in(self, text: str) -> bool:
        """Tell whether the words of this signal occur in `text` (any case), and not just after "ingen", "uden" or the like."""
        return any(not _DENIED.search(text, 0, match.start()) for match in self.pattern.finditer(text))


@dataclass(frozen=True)
class Absence:
    """Days away, both ends included, and who steps in."""

    first: date
    last: date
    reason: str
    substitute: str | None


@dataclass(frozen=True)
class Person:
    """A member of the task force. `capacity` is the number of open cases at once; `duty` the weekdays as duty person.

    `duty_days` are single days as duty person, set at the desk; on those the weekdays do not count.
    """

    id: str
    name: str
    title: str
    areas: tuple[str, ...]
    email: str
    phone: str
    capacity: int
    absences: tuple[Absence, ...] = ()
    duty: tuple[str, ...] = ()
    duty_days: tuple[date, ...] = ()
    roles: tuple[str, ...] = ("caseworker",)

    def absence_on(self, day: date) -> Absence | None:
        """Return the absence that covers `day`, if any."""
        return next((a for a in self.absences if a.first <= day <= a.last), None)


@dataclass(frozen=True)
class Area:
    id: str
    title: str
    title_en: str
    state: bool = False


@dataclass(frozen=True)
class LocalFact:
    """A local amount, time or address: the words for a sentence, perhaps an address, and the day it was last checked."""

    text: str
    url: str | None
    checked: date


@dataclass(frozen=True)
class ClosingDay:
    """A day the office is closed besides public holidays: one date, or the same day every year ("MM-DD")."""

    name: str
    day: date | None = None
    month_day: str | None = None

    def falls_on(self, day: date) -> bool:
        return day == self.day or f"{day:%m-%d}" == self.month_day


@dataclass(frozen=True)
class Promises:
    """What the office promises, in numbers. Reminder and escalation are counted in opening hours.

    `pauses` names the promises whose clock stands still while the office waits for the business.
    """

    first_answer_hours: int
    answer_working_days: int
    screening_working_days: int
    first_answer_reminder_hours: int
    answer_reminder_hours: int
    handback_hours: int
    pauses: tuple[str, ...] = ()


PROMISES_THAT_MAY_PAUSE = ("screening", "answer")


@dataclass(frozen=True)
class Offer:
    """Something a new business is offered together with the answer, in Danish and English."""

    text: str
    text_en: str


# The kinds of file that office/files.py knows by their content.
FILE_TYPES = ("pdf", "jpg", "png", "docx", "xlsx", "odt", "ods", "dwg")


@dataclass(frozen=True)
class Uploads:
    """What a business may send on its case: kinds of file, megabytes (10^6 bytes) in one go, files on one case."""

    types: tuple[str, ...]
    max_megabytes: int
    max_files: int


@dataclass(frozen=True)
class Scale:
    """Something that a business is asked to rate from 1 to 5, in Danish and English."""

    text: str
    text_en: str


@dataclass(frozen=True)
class SurveyRules:
    """What is asked after closing. `goals` are percentages to be exceeded: of answers ("response"), of satisfied by scale."""

    scales: dict[str, Scale]
    goals: dict[str, int]


ALWAYS_ASKED = ("service", "time")
MOST_SCALES = 5
NEW_BUSINESS_OFFERS = ("locations", "fora", "market", "network", "recruitment")


# Nobody waits longer than this in a chat; a case is better then.
MOST_LIVE_MINUTES = 30


@dataclass(frozen=True)
class LiveRules:
    """How long a visitor in the chat waits for a person, and is away, before the talk becomes a case."""

    answer_within_minutes: int
    visitor_away_minutes: int


@dataclass(frozen=True)
class BoardMeeting:
    """The weekly meeting about the open cases: weekday and local time, and how many hours before it the board is mailed."""

    day: str
    time: time
    mail_hours_before: int


@dataclass(frozen=True)
class Office:
    """The office as office.yml describes it. `hours` maps a weekday to its opening periods in local time."""

    municipality: str
    name: str
    url: str
    phone: str
    email: str
    address: str
    digital_post: str
    coordinator: str
    hours: dict[str, tuple[tuple[time, time], ...]]
    closing_days: tuple[ClosingDay, ...]
    promises: Promises
    new_business_offers: dict[str, Offer]
    uploads: Uploads
    survey: SurveyRules
    live: LiveRules
    board_meeting: BoardMeeting | None
    retention: dict[str, int]
    local: dict[str, LocalFact]


@dataclass(frozen=True)
class Knowledge:
    """Everything editors own, read once and checked."""

    articles: dict[str, Article]
    cases: dict[str, CaseType]
    areas: dict[str, Area]
    people: dict[str, Person]
    signals: dict[str, Signal]
    office: Office
    files: tuple[str, ...] = field(default=(), repr=False)

    def area_titles(self, ids: tuple[str, ...] | list[str], language: str = "da") -> list[str]:
        """Return the titles of areas and authorities in the order given; unknown ids are left out."""
        known = [self.areas[i] for i in ids if i in self.areas]
        return [a.title_en if language == "en" else a.title for a in known]
