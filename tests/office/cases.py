"""A case as a business makes it, for tests about what becomes of its data."""

from io import BytesIO

from knowledge import load
from office import closing, conversations, correspondence, files, intakes, survey, tickets
from office.conversations import Utterance
from office.intake import Facts
from office.settings import Settings
from office.store.follow_up_tables import Meeting
from office.store.tables import Involvement, Note, PlanVersion, Ticket
from tests.office.made_files import PDF

KNOWLEDGE = load()
LISE = Facts(
    company="Metalværkstedet Nul",
    cvr="10150817",
    contact_name="Lise Holm",
    email="Lise@nul.example",
    phone="00001122",
    address="Industrivej 12",
)
TELLING = ("Metalværkstedet", "10150817", "Lise", "nul.example", "00001122", "Industrivej", "presse", "Hej Lise")


async def open_case(database, now, facts=LISE, text="Lise her: vi vil have en ny presse") -> Ticket:
    """A case with what tells of the business in every part of it: facts, details, plan, questions, words both ways."""
    async with database.writing() as uow:
        conversation, _ = await conversations.start(uow, now)
        message, _ = await conversations.receive(uow, conversation, text, now)
        await intakes.remember_intake(uow, conversation.id, now, text, facts.known(), None)
        inquiry = tickets.Inquiry(conversation.id, text, facts, "udvidelse-produktionshal", message.id)
        ticket = await tickets.open_ticket(uow, KNOWLEDGE, inquiry, now)
        await conversations.say(uow, conversation, "bot", Utterance("Tak.", payload={"company": facts.company}), now)
        await tickets.add_detail(uow, KNOWLEDGE, ticket, "Hvad skal stå der?", "en presse", now)
        for row in _work_on(ticket, now):
            uow.session.add(row)
        await uow.session.flush()
        await correspondence.reply_to_business(uow, KNOWLEDGE, ticket, "Hej Lise.", "Bo", "bo", now, answers_case=True)
        await uow.commit()
    return ticket


def _work_on(ticket: Ticket, now) -> tuple[PlanVersion, Involvement, Note, Meeting]:
    plan = PlanVersion(
        ticket_id=ticket.id,
        number=2,
        steps=["Lise sender tegninger"],
        permits=["Byggetilladelse til presse"],
        time="Lise hører fra os i marts",
        expected=now.date(),
        cost="6.500 kr. for Industrivej",
        made_by="bo",
        made_at=now,
    )
    asked = Involvement(
        ticket_id=ticket.id, area="plan", question="Må Lise?", asked_by="bo", asked_at=now, answer="Lise må"
    )
    note = Note(ticket_id=ticket.id, text="Lise vil helst ringes op", written_by="bo", written_at=now)
    meeting = Meeting(ticket_id=ticket.id, uid=ticket.reference, proposed=[], start=now, minutes=30, place="Hos Lise")
    return plan, asked, note, meeting


async def send_file(database, settings: Settings, ticket: Ticket, now) -> None:
    """Lise sends a drawing."""
    folder, rules = files.file_folder(settings), KNOWLEDGE.office.uploads
    sent = files.Incoming("presse hos Lise.pdf", BytesIO(PDF))
    async with files.on_disk(folder, ticket, [sent], rules) as kept, database.writing() as uow:
        await files.add(uow, ticket, kept, rules, "virksomheden", now)
        await uow.commit()


async def answer_survey(database, ticket: Ticket, now) -> None:
    """Lise says what she thinks of it."""
    rules = KNOWLEDGE.office.survey
    async with database.writing() as uow:
        await survey.invite(uow, ticket, now)
        await survey.answer_survey(uow, rules, ticket, dict.fromkeys(rules.scales, 5), "Tak, siger Lise", now)
        await uow.commit()


async def close_case(database, reference, now) -> None:
    """Lise withdraws her inquiry: of the ways to end a case the one that asks least."""
    async with database.writing() as uow:
        ticket = await tickets.by_reference(uow, reference)
        await closing.withdraw(uow, KNOWLEDGE, ticket, "bo", now, "Lise er tilfreds")
        await uow.commit()


async def chat(database, now, text, outcome="answer", channel="chat") -> str:
    """A conversation in which the bot answered `text`. Returns its id."""
    async with database.writing() as uow:
        conversation, _ = await conversations.start(uow, now, channel)
        message, _ = await conversations.receive(uow, conversation, text, now)
        await conversations.answer(uow, conversation, message, [Utterance("Svar.")], {"kind": outcome}, now)
        await uow.commit()
    return conversation.id
