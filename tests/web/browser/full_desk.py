"""A desk with something in every room, so that its pages can be looked at: made-up cases by the dozen, and one of each state."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from indgang.desk_sample import fill
from knowledge.model import Absence
from office import (
    access,
    closing,
    conversations,
    correspondence,
    involvement,
    live_talks,
    notes,
    people,
    published,
    tickets,
)
from office.contact import follow_up_link
from office.conversations import Utterance
from office.files import Kept, add
from office.intake import Facts
from office.meetings import Proposal, propose_meeting
from office.plans import Plan, save_plan
from office.screening import begin_screening, finish_screening
from office.store.tables import Outbox, Ticket
from tests.web.browser.real_site import Site

PASSWORD = "korrekt hest batteri"
TEXT = "Vi vil åbne café i en tidligere butik."
ADMIN, COLLEAGUE, EDITOR = "mette", "gorm", "ea"


@dataclass
class FullDesk:
    """What lies where: references of cases by their state, and numbers of what else has a page of its own."""

    cases: dict[str, str] = field(default_factory=dict)
    talks: dict[str, int] = field(default_factory=dict)
    absence: int = 0
    mail: int = 0
    link: str = ""


def fill_desk(site: Site, open_cases: int = 40, ended_cases: int = 60) -> FullDesk:
    """Fill the empty site. Returns where what lies; ADMIN, COLLEAGUE and EDITOR may log in with PASSWORD."""
    site.wait_for(fill(site.parts.database, site.parts.knowledge, open_cases, ended_cases, site.parts.now()))
    full = FullDesk()
    for work in (_add_users, _add_cases, _add_words, _add_talks, _add_office):
        site.do(lambda uow, parts, work=work: work(uow, parts, full))
    return full


async def _add_users(uow: Any, parts: Any, _full: FullDesk) -> None:
    for username, name, role, person in (
        (ADMIN, "Mette Ravnsholt", "administrator", "mette-ravnsholt"),
        (COLLEAGUE, "Gorm Stenklit", "caseworker", "gorm-stenklit"),
        (EDITOR, "Ea Redaktør", "editor", None),
    ):
        await access.create_user(uow, username, name, role, PASSWORD, parts.now(), person)
    for person in parts.knowledge.people.values():  # the made-up cases name them by their ids
        await access.create_user(uow, person.id, person.name, "caseworker", PASSWORD, parts.now(), person.id)


async def open_case(uow: Any, parts: Any, company: str, hours: float = 0, text: str = TEXT) -> Ticket:
    """Open a case of Mette's as the chat does, so many hours ago."""
    then = parts.now() - timedelta(hours=hours)
    conversation, _ = await conversations.start(uow, then)
    await conversations.receive(uow, conversation, text, then)
    facts = Facts(company=company, contact_name="Lise Holm", email="lise@nul.example", address="Havnegade 7")
    inquiry = tickets.Inquiry(conversation.id, text, facts, "cafe-i-butik")
    ticket = await tickets.open_ticket(uow, parts.knowledge, inquiry, then)
    ticket.contact_person = "mette-ravnsholt"
    return ticket


async def _add_cases(uow: Any, parts: Any, full: FullDesk) -> None:
    now, known = parts.now(), parts.knowledge
    by = ("Mette Ravnsholt", "mette", now)
    plan = Plan(("Ansøgning", "Nabohøring", "Tilladelse"), ("Ændret anvendelse",), "Otte uger.", None, "Efter tid.")
    made = {
        "new": await open_case(uow, parts, "Café Nul ApS", 3),
        "screened": await open_case(uow, parts, "Kaffebaren på Hjørnet I/S", 20),
        "waiting": await open_case(uow, parts, "Boghandlerens Efterfølger & Sønner ApS", 30),
        "refused": await open_case(uow, parts, "Vinbaren Ved Åen", 70),
        "closed": await open_case(uow, parts, "Smørrebrød til Folket", 90),
        "busy": await open_case(uow, parts, "Nedrivning og Genbrug Nord ApS", 100),
    }
    full.cases = {name: ticket.reference for name, ticket in made.items()}
    full.link = follow_up_link(made["busy"], parts.signing_key, "")
    for name in ("screened", "waiting"):
        ticket = made[name]
        await begin_screening(uow, known, ticket, "mette", now)
        missing = ticket.checklist[:2] if name == "waiting" else []
        await finish_screening(uow, known, ticket, missing, date(2027, 2, 1), *by)
    for name in ("refused", "closed", "busy"):
        await save_plan(uow, made[name], plan, "mette", now, None)
    await closing.refuse(
        uow,
        known,
        made["refused"],
        "Lokalplanen giver ikke plads til udskænkning.",
        "Lad os mødes om et andet lokale.",
        *by,
    )
    await correspondence.reply_to_business(uow, known, made["closed"], "I får tilladelsen.", *by, answers_case=True)
    await closing.needs_no_more(uow, made["closed"], "mette", now, "Sagt i telefonen")
    await closing.close(uow, known, made["closed"], "helped", "mette", now)
    await _keep_busy(uow, parts, made["busy"])


async def _keep_busy(uow: Any, parts: Any, ticket: Ticket) -> None:
    """Put something in every part of the case's page."""
    now, known = parts.now(), parts.knowledge
    by = ("Mette Ravnsholt", "mette", now)
    reply = await correspondence.reply_to_business(uow, known, ticket, "Jeg ser på det i dag.", *by)
    await correspondence.write_from_business(uow, known, ticket, "Tak. Lokalet er på 120 m².", now)
    await propose_meeting(uow, known, ticket, Proposal([now + timedelta(days=2)], 45, "Rådhustorvet 1"), *by)
    row = await involvement.involve(uow, known, ticket, "miljoe", "Kræver udsugningen noget?", "mette", now)
    await involvement.answer_involvement(uow, ticket, row, "Ja, afkast over tag.", "gorm", now)
    await involvement.involve(uow, known, ticket, "byggesag", "Er det ændret anvendelse?", "mette", now)
    await notes.add_note(uow, ticket, "Ejeren er bedst at fange efter kl. 14.", "mette", now)
    rules = known.office.uploads
    await add(uow, ticket, [Kept("a" * 32, "Plantegning.pdf", "pdf", 812_000)], rules, "virksomheden", now)
    await add(uow, ticket, [Kept("b" * 32, "Vejledning om afkast.pdf", "pdf", 96_000)], rules, "mette", now, reply)
    await add(uow, ticket, [Kept("c" * 32, "Notat fra mødet.docx", "docx", 24_000)], rules, "gorm", now)


async def _add_words(uow: Any, parts: Any, _full: FullDesk) -> None:
    """Let visitors have asked what no article answers, and what one does."""
    conversation, _ = await conversations.start(uow, parts.now())
    for text in ("Må jeg holde høns bag butikken?", "Hvem klipper græsset foran min butik?"):
        message, _ = await conversations.receive(uow, conversation, text, parts.now())
        await conversations.answer(uow, conversation, message, [], {"kind": "unsure"}, parts.now())
    for article, helped in (("byggetilladelse", True), ("haek-i-skel", False)):
        known = parts.knowledge.articles[article]
        message, _ = await conversations.receive(uow, conversation, known.title, parts.now())
        shown = Utterance(
            known.summary, "answer", payload={"article": {"id": article, "title": known.title, "version": "a1b2c3"}}
        )
        outcome = {"kind": "answer", "articles": [article], "helped": helped}
        await conversations.answer(uow, conversation, message, [shown], outcome, parts.now())


async def _add_talks(uow: Any, parts: Any, full: FullDesk) -> None:
    """Let one visitor wait, and three talk: with the colleague, with who looks, and with the colleague who offers the talk."""
    now = parts.now()
    users = {name: await access.by_username(uow, name) for name in (ADMIN, COLLEAGUE)}
    for name, text, taken_by in (
        ("waiting", "Må vi sætte et skilt på facaden af en fredet bygning?", None),
        ("mine", "Hvad koster det at få et fortovsareal til udeservering?", ADMIN),
        ("offered", "Hvordan søger jeg om en lejlighedstilladelse til byfesten?", COLLEAGUE),
        ("others", "Skal jeg have en olieudskiller på mit værksted?", COLLEAGUE),
    ):
        conversation, _ = await conversations.start(uow, now - timedelta(minutes=2))
        message, _ = await conversations.receive(uow, conversation, text, now - timedelta(minutes=2))
        await conversations.answer(uow, conversation, message, [], {"kind": "human"}, now - timedelta(minutes=2))
        press, _ = await conversations.receive(uow, conversation, "Tal med en medarbejder nu", now)
        await conversations.answer(uow, conversation, press, [], {"kind": "human", "live": "waiting"}, now)
        talk = await live_talks.ask(uow, conversation, press, now - timedelta(minutes=1))
        talk.visitor_seen_at = now
        full.talks[name] = talk.id
        if taken_by:
            await live_talks.take(uow, parts.knowledge, talk, users[taken_by], now)
    for username in (ADMIN, COLLEAGUE):
        await live_talks.note_ready(uow, username, now)
    offered = await uow.session.get_one(type(talk), full.talks["offered"])
    await live_talks.offer_to(uow, offered, ADMIN, users[COLLEAGUE], now)


async def _add_office(uow: Any, parts: Any, full: FullDesk) -> None:
    """Set days away and publish a month."""
    now = parts.now()
    today = now.date()
    away = Absence(today + timedelta(days=6), today + timedelta(days=9), "", "jeppe-klitvang")
    full.absence = (await people.set_absence(uow, parts.knowledge, "sidsel-mosegraes", away, "mette", now)).id
    await published.publish(uow, parts.knowledge, "2026-10", "mette", now)
    full.mail = await uow.session.scalar(select(Outbox.id).where(Outbox.channel == "mail").order_by(Outbox.id.desc()))
