"""Composing mails: one template holds the words of a kind in a language; two layouts make plain text and HTML of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from knowledge import Knowledge
from office.board import Column
from office.contact import colleague, contact_person, follow_up_link
from office.mail import shapes
from office.mail.addresses import envelope_address
from office.mail.meeting import Meeting, calendar_file, method_of
from office.notices import facts_of
from office.store.tables import Message, Outbox, Ticket
from office.words import day_in_words, moment_in_words

_FOLDER = Path(__file__).parent / "templates"
LANGUAGES = ("da", "en")
_HEADERS = {
    # RFC 3834 and its relatives: whoever answers mails by machine leaves ours alone, so no loop can begin.
    "Auto-Submitted": "auto-generated",
    "Precedence": "bulk",
    "X-Auto-Response-Suppress": "All",
}


@dataclass(frozen=True)
class Letter:
    """A notice to be written: its row in the outbox, the ticket if it is about one, and the messages or the board that it
    tells of."""

    row: Outbox
    ticket: Ticket | None
    messages: Sequence[Message] = ()
    board: Sequence[Column] = ()

    @property
    def case(self) -> Ticket:
        """The ticket of a notice that is about one."""
        assert self.ticket is not None, self.row.kind
        return self.ticket


@dataclass(frozen=True)
class Preview:
    """A mail as the desk shows it. The secret of the business' link is left out."""

    subject: str
    text: str


class Composer:
    """Writes the mails of one installation. `address` is the site's; `sender` is where mails come from ("" = the office)."""

    def __init__(self, knowledge: Knowledge, secret_key: str, address: str, sender: str = "") -> None:
        self._knowledge = knowledge
        self._secret_key = secret_key
        self._address = address
        self._sender = sender or knowledge.office.email
        self._text = _environment("text", shapes.TEXT, escaped=False)
        self._html = _environment("html", shapes.HTML, escaped=True)

    def compose(self, letter: Letter) -> EmailMessage:
        """Return the mail; composed again it has the same Message-ID and Date. Raises Undeliverable without usable address."""
        row, ticket = letter.row, letter.ticket
        link = follow_up_link(ticket, self._secret_key, self._address) if ticket is not None else ""
        words = self._words(letter, link)
        mail = EmailMessage()
        mail["Subject"] = self._subject(words)
        mail["From"] = Address(self._knowledge.office.name, addr_spec=self._sender)
        mail["To"] = envelope_address(self.recipient(letter))
        if row.person is None:
            mail["Reply-To"] = words["reader"]["email"]
        mail["Date"] = format_datetime(row.created_at)
        mail["Message-ID"] = f"<{row.key}@{self._sender.rpartition('@')[2]}>"
        for name, value in _HEADERS.items():
            mail[name] = value
        mail.set_content(_render(self._text, words))
        mail.add_alternative(_render(self._html, words), subtype="html")
        if "meeting" in words["facts"]:
            _attach(mail, self._meeting(words), row.created_at)
        return mail

    def calendar_file(self, letter: Letter) -> bytes:
        """Return the calendar file that goes with a notice about a meeting."""
        return calendar_file(self._meeting(self._words(letter, "")), letter.row.created_at)

    def preview(self, letter: Letter) -> Preview:
        """Return subject and plain text, for people who may see the case but not act for the business."""
        link = f"{self._address}/sag/{letter.ticket.reference}/…" if letter.ticket is not None else ""
        words = self._words(letter, link)
        return Preview(self._subject(words), _render(self._text, words))

    def recipient(self, letter: Letter) -> str | None:
        """Return the address the mail goes to, as it stands now; None when the business has none."""
        if letter.row.person is None:
            return letter.case.email
        return colleague(self._knowledge, letter.row.person)["email"]

    def _words(self, letter: Letter, link: str) -> dict[str, Any]:
        """Return what templates may use; what tells of a case is there only when the notice is about one."""
        row, ticket, knowledge = letter.row, letter.ticket, self._knowledge
        to_person = colleague(knowledge, row.person) if row.person else None
        facts = facts_of(row.kind, row.facts)
        words = {
            "kind": row.kind,
            "language": "da",
            "name": to_person["name"] if to_person else None,
            "office": knowledge.office,
            "facts": facts,
            "messages": letter.messages,
            "board": letter.board,
            "colleague": partial(colleague, knowledge),
            "to_person": to_person,
            "link": link,
            "desk": f"{self._address}/desk",
        }
        return words if ticket is None else words | self._words_of_case(row, ticket, facts)

    def _words_of_case(self, row: Outbox, ticket: Ticket, facts: Mapping[str, Any]) -> dict[str, Any]:
        knowledge = self._knowledge
        language = ticket.language if row.person is None and ticket.language in LANGUAGES else "da"
        case = knowledge.cases.get(ticket.case_type or "")
        return {
            "language": language,
            "ticket": ticket,
            "title": case.title_en if case and language == "en" else case.title if case else None,
            "person": contact_person(knowledge, ticket),
            # Who reads the answer to this mail: while the contact person is away, the substitute.
            "reader": colleague(knowledge, facts.get("substitute", ticket.contact_person)),
            **({} if row.person else {"name": ticket.contact_name}),
        }

    def _subject(self, words: Mapping[str, Any]) -> str:
        template = self._text.get_template(f"{words['language']}/{words['kind']}.jinja")
        subject = "".join(template.blocks["subject"](template.new_context(dict(words))))
        return " ".join(subject.split())

    def _meeting(self, words: Mapping[str, Any]) -> Meeting:
        facts, person = words["facts"], words["person"]
        return Meeting(
            uid=f"{facts['meeting']}@{self._sender.rpartition('@')[2]}",
            title=self._subject(words),
            start=facts["start"],
            end=facts["start"] + timedelta(minutes=facts["minutes"]),
            place=facts["place"],
            organizer_name=person["name"],
            organizer_email=person["email"],
            sequence=facts["sequence"],
            cancelled=words["kind"].endswith("meeting_cancelled"),
        )


def _render(environment: Environment, words: Mapping[str, Any]) -> str:
    return environment.get_template(f"{words['language']}/{words['kind']}.jinja").render(words)


def _attach(mail: EmailMessage, meeting: Meeting, made_at: datetime) -> None:
    mail.add_attachment(
        calendar_file(meeting, made_at),
        maintype="text",
        subtype="calendar",
        filename="moede.ics",
        params={"method": method_of(meeting)},
    )


def _environment(layout: str, filters: Mapping[str, Callable[..., Any]], escaped: bool) -> Environment:
    """Return templates whose "layout.jinja" is the one in folder `layout`."""
    environment = Environment(
        loader=ChoiceLoader([FileSystemLoader(_FOLDER / layout), FileSystemLoader(_FOLDER)]),
        autoescape=escaped,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters.update(filters)
    environment.filters.update(moment=_moment, day=_day)
    return environment


@pass_context
def _moment(context: Context, moment: datetime) -> str:
    return moment_in_words(moment, context["language"])


@pass_context
def _day(context: Context, day: date) -> str:
    return day_in_words(day, context["language"])
