"""Mails as they are read: every kind in its languages, plain text and HTML, calendar files, and who is never written to."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from knowledge import load
from office.board import Card, Column
from office.mail import Composer, Letter
from office.mail.addresses import envelope_address
from office.mail.meeting import Meeting, calendar_file
from office.notices import KINDS
from office.outbox import Undeliverable
from office.store.tables import Message, Outbox, Ticket

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
knowledge = load()
composer = Composer(knowledge, "nøgle", "https://erhverv.lindhavn.example", "indgang@lindhavn.example")
FACTS = {
    "contact_changed": {"previous": "mette-ravnsholt"},
    "contact_away": {"away": "anker-tranehede", "substitute": "nanna-pilebjerg", "until": "2026-12-04"},
    "replied": {"messages": [1]},
    "told": {"messages": [1]},
    "withdrawn": {"messages": [1]},
    "reopened": {"messages": [1]},
    "wrote": {"messages": [1]},
    "expected_time_changed": {"expected": "2027-01-15", "why": "Naboerne skal høres."},
    "due_soon": {"due": "2026-11-25T09:30:00+00:00"},
    "overdue": {"due": "2026-11-25T09:30:00+00:00"},
    "expected_day": {"expected": "2027-01-15"},
    "undelivered": {"row": 7},
    "closed": {"survey": True},
    "board": {"begins": "2026-12-01T08:00:00+00:00"},
    "meeting": {
        "meeting": "m1",
        "start": "2026-12-01T09:00:00+00:00",
        "minutes": 45,
        "place": "Rådhuset",
        "sequence": 0,
    },
}
FACTS |= dict.fromkeys(("person_meeting", "meeting_cancelled", "person_meeting_cancelled"), FACTS["meeting"])
BUSINESS_KINDS = [name for name, kind in KINDS.items() if kind.audience == "business"]
PERSON_KINDS = [name for name, kind in KINDS.items() if kind.audience == "person"]

_CARD = Card(
    reference="EK-2026-000001",
    version=1,
    phase="afklaring",
    title="Café i butik",
    company="Kaffe & Kage",
    level="medium",
    status="Modtaget",
    received_at=NOW,
    age=0,
    owed="Første svar",
    due=NOW + timedelta(days=1),
    late=False,
    person="Anker Tranehede",
    areas=("Byggesag", "Plan"),
    challenges=("Mangler 2 bilag",),
)
BOARD = [
    Column("tiltraekning", "Tiltrækning", 0, 0, ()),
    Column("afklaring", "Afklaring", 41, 0, (_CARD,)),
    Column("sagsbehandling", "Sagsbehandling", 1, 0, (replace(_CARD, due=None, owed="", challenges=()),)),
]


def letter(kind, language="da", text="Jeg ser på det.\n\nHilsen Bo", **changes):
    ticket = Ticket(
        **{
            "reference": "EK-2026-000001",
            "language": language,
            "case_type": "udvidelse-produktionshal",
            "title": "Udvidelse af produktionshal",
            "status": "received",
            "company": "Metalværkstedet Nul ApS",
            "contact_name": "Lise Holm",
            "email": "lise@nul.example",
            "contact_person": "anker-tranehede",
            "assignment_reason": "Anker har plads.",
            "checklist": ["Tegninger", "Støj & udledning"],
            "first_answer_due": NOW + timedelta(days=1),
            "answer_due": NOW + timedelta(days=7),
            "link_version": 1,
            **changes,
        }
    )
    row = Outbox(
        key="a" * 32,
        kind=kind,
        person=None if kind in BUSINESS_KINDS else ticket.contact_person,
        facts=FACTS.get(kind, {}),
        created_at=NOW,
        state="waiting",
    )
    if KINDS[kind].audience == "office":
        return Letter(row, None, board=BOARD)
    return Letter(row, ticket, [Message(id=1, author_name="Bo Byggesen", text=text)])


def plain(mail):
    return mail.get_body(("plain",)).get_content()


def html(mail):
    return mail.get_body(("html",)).get_content()


class Tags(HTMLParser):
    """The tags and the words of a page."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.words = [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)

    def handle_data(self, data):
        self.words.extend(data.split())


# --- every kind ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("kind", BUSINESS_KINDS)
def test_every_mail_to_the_business_names_case_and_contact_person_and_has_the_secret_link(kind, language):
    mail = composer.compose(letter(kind, language))
    for words in (plain(mail), html(mail)):
        assert "Anker Tranehede" in words
        assert "https://erhverv.lindhavn.example/sag/EK-2026-000001/" in words
    assert "EK-2026-000001" in mail["Subject"]
    assert ("Venlig hilsen" in plain(mail)) is (language == "da")
    assert f'lang="{language}"' in html(mail)


@pytest.mark.parametrize("kind", PERSON_KINDS)
def test_every_mail_to_a_person_of_the_office_links_to_the_desk_and_never_to_the_business_page(kind):
    mail = composer.compose(letter(kind, "en"))
    assert mail["To"] == "anker.tranehede@lindhavn.example"
    for words in (plain(mail), html(mail)):
        assert "https://erhverv.lindhavn.example/desk/sager/EK-2026-000001" in words
        assert "/sag/" not in words
        assert "lise@nul.example" not in words


@pytest.mark.parametrize("kind", KINDS)
def test_both_parts_say_the_same(kind):
    mail = composer.compose(letter(kind))
    without_links = re.sub(r"https?://\S+", "", plain(mail))
    assert set(re.findall(r"\w+", without_links)) <= set(re.findall(r"\w+", " ".join(Tags(html(mail)).words)))


def test_the_board_is_told_phase_by_phase_with_what_does_not_fit_counted():
    words = plain(composer.compose(letter("board")))
    for told in (
        "Hej Anker Tranehede",
        "Tiltrækning: 0 sager",
        "Afklaring: 41 sager",
        "- EK-2026-000001 Café i butik, Kaffe & Kage. Første svar senest onsdag den 25. november 2026 kl. 10.30. "
        "Anker Tranehede; Byggesag, Plan. Mangler 2 bilag.",
        "Og 40 til, som står på tavlen.",
        "Sagsbehandling: 1 sag\n\n- EK-2026-000001 Café i butik, Kaffe & Kage. Modtaget.",
        "https://erhverv.lindhavn.example/desk/tavle/ark",
    ):
        assert told in words


def test_the_subject_of_the_board_names_the_meeting():
    assert composer.compose(letter("board"))["Subject"] == "Tavlen til mødet tirsdag den 1. december 2026 kl. 09.00"


def test_received_gives_number_dates_checklist_and_phone():
    words = plain(composer.compose(letter("received")))
    for told in (
        "EK-2026-000001: Udvidelse af produktionshal",
        "onsdag den 25. november 2026 kl. 10.30",
        "tirsdag den 1. december 2026 kl. 10.30",
        "- Tegninger\n- Støj & udledning",
        "00 00 10 21",
    ):
        assert told in words


def test_english_conversations_get_english_titles_and_dates():
    words = plain(composer.compose(letter("received", "en")))
    assert "Expansion of a production hall" in words
    assert "Wednesday 25 November 2026 at 10:30" in words


def test_another_language_than_ours_gets_danish():
    assert "Venlig hilsen" in plain(composer.compose(letter("received", "pl")))


def test_a_reply_is_quoted_line_by_line():
    words = plain(composer.compose(letter("replied")))
    assert "Bo Byggesen skriver:\n\n> Jeg ser på det.\n>\n> Hilsen Bo\n" in words


def test_the_contact_person_is_told_when_the_business_has_only_a_phone():
    assert "ringer" in plain(composer.compose(letter("new_case", email=None)))
    assert "ringer" not in plain(composer.compose(letter("new_case")))


def test_closed_asks_for_the_business_opinion_on_its_own_page():
    assert "/tilfredshed" in plain(composer.compose(letter("closed")))


@pytest.mark.parametrize("language", ["da", "en"])
def test_closed_again_after_its_answer_a_case_is_not_asked_again(language, monkeypatch):
    monkeypatch.setitem(FACTS, "closed", {"survey": False})
    assert "/tilfredshed" not in plain(composer.compose(letter("closed", language)))


# --- hostile words ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("hostile", ["<img src=x onerror=alert(1)>", "<p>", "</blockquote><script>x</script>"])
def test_what_people_write_is_never_markup(hostile):
    untouched = Tags(html(composer.compose(letter("replied", text="x", contact_name="x")))).tags
    page = html(composer.compose(letter("replied", text=f"{hostile}", contact_name=f"a {hostile}")))
    assert Tags(page).tags == untouched


def test_what_people_write_never_becomes_a_header():
    mail = composer.compose(letter("wrote", title="Hej\nBcc: x@y.example", company="a\nb"))
    assert mail["Bcc"] is None
    assert "\n" not in mail["Subject"]


@given(st.text())
def test_any_words_can_be_sent(text):
    assert composer.compose(letter("replied", text=text, contact_name=text)).as_bytes()


# --- headers ------------------------------------------------------------------------------------------------


def test_composed_again_it_has_the_same_id_and_date():
    first, again = (composer.compose(letter("received")) for _ in range(2))
    assert first["Message-ID"] == again["Message-ID"] == f"<{'a' * 32}@lindhavn.example>"
    assert first["Date"] == again["Date"]


@pytest.mark.parametrize("kind", ["received", "new_case"])
def test_machines_are_told_not_to_answer(kind):
    mail = composer.compose(letter(kind))
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Precedence"] == "bulk"
    assert mail["X-Auto-Response-Suppress"] == "All"


def test_the_business_answers_to_its_contact_person():
    assert composer.compose(letter("received"))["Reply-To"] == "anker.tranehede@lindhavn.example"


def test_while_the_contact_person_is_away_the_substitute_reads_the_answers():
    mail = composer.compose(letter("contact_away"))
    assert mail["Reply-To"] == "nanna.pilebjerg@lindhavn.example"
    assert "så læser Nanna Pilebjerg det" in plain(mail)


def test_mails_come_from_the_office_when_nothing_else_is_set():
    mail = Composer(knowledge, "nøgle", "https://x.example").compose(letter("received"))
    assert mail["From"].addresses[0].addr_spec == "erhverv@lindhavn.example"


def test_the_desk_reads_a_mail_without_the_secret_of_the_link():
    preview = composer.preview(letter("received"))
    secret = plain(composer.compose(letter("received"))).partition("/sag/EK-2026-000001/")[2][:32]
    assert len(secret) == 32
    assert secret not in preview.text
    assert "/sag/EK-2026-000001/…" in preview.text


# --- addresses ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        *("no-reply@x.example", "NoReply@x.example", "noreply+case7@x.example", "do_not_reply@x.example"),
        *("ikke-svar@x.example", "svar-ikke@x.example", "MAILER-DAEMON@x.example", "postmaster@x.example"),
        *("bounce@x.example", "bounces+1@x.example", "auto-reply@x.example", "noreply-dk@x.example"),
    ],
)
def test_nothing_is_sent_to_an_address_that_a_machine_reads(address):
    with pytest.raises(Undeliverable, match="machine_address"):
        envelope_address(address)


@pytest.mark.parametrize("address", ["norah@x.example", "post@x.example", "nora.reply@x.example", "bo.unce@x.example"])
def test_people_whose_names_look_alike_are_written_to(address):
    assert envelope_address(address) == address


def test_a_danish_domain_is_written_as_mail_servers_read_it():
    assert envelope_address("info@æblegrød.example") == f"info@{'æblegrød.example'.encode('idna').decode()}"


@pytest.mark.parametrize(("address", "why"), [(None, "no_address"), ("", "no_address"), ("ø@x.example", "unusable")])
def test_without_a_usable_address_it_says_so(address, why):
    with pytest.raises(Undeliverable, match=why):
        composer.compose(letter("received", email=address))


# --- meetings -----------------------------------------------------------------------------------------------

MEETING = Meeting("m1@x.example", "Møde, sag 1", NOW, NOW + timedelta(minutes=45), "Rådhuset", "Bo", "bo@x.example", 2)


def test_a_meeting_mail_carries_a_calendar_file_that_calendars_read():
    (attached,) = composer.compose(letter("meeting")).iter_attachments()
    event = Calendar.from_ical(attached.get_payload(decode=True)).events[0]
    assert attached.get_content_type() == "text/calendar"
    assert datetime(2026, 12, 1, 9, 0, tzinfo=UTC) == event.DTSTART
    assert timedelta(minutes=45) == event.DTEND - event.DTSTART
    assert event["UID"] == "m1@lindhavn.example"


def test_a_moved_meeting_is_the_same_meeting_with_a_higher_sequence():
    event = Calendar.from_ical(calendar_file(MEETING, NOW)).events[0]
    assert (event["UID"], event["SEQUENCE"]) == ("m1@x.example", 2)
    assert event["SUMMARY"] == "Møde, sag 1"
    assert event["ORGANIZER"] == "mailto:bo@x.example"


@given(st.datetimes(datetime(2026, 1, 1), datetime(2036, 1, 1), timezones=st.timezones()))
def test_a_meeting_keeps_its_moment_in_every_zone(start):
    meeting = Meeting("m", "Møde", start, start + timedelta(hours=1), "Her", "Bo", "bo@x.example")
    event = Calendar.from_ical(calendar_file(meeting, NOW)).events[0]
    assert start.astimezone(UTC).replace(microsecond=0) == event.DTSTART


@pytest.mark.parametrize("kind", ["meeting_cancelled", "person_meeting_cancelled"])
def test_a_cancelled_meeting_leaves_the_calendar(kind):
    (attached,) = composer.compose(letter(kind)).iter_attachments()
    calendar = Calendar.from_ical(attached.get_payload(decode=True))
    assert (calendar["METHOD"], attached["Content-Type"].params["method"]) == ("CANCEL", "CANCEL")
    assert (calendar.events[0]["STATUS"], calendar.events[0]["UID"]) == ("CANCELLED", "m1@lindhavn.example")


def test_other_mails_carry_no_file():
    assert list(composer.compose(letter("received")).iter_attachments()) == []
