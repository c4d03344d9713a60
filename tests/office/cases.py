"""A case as a business makes it, for tests about what becomes of its data."""

from knowledge import load
from office import conversations, tickets
from office.conversations import Utterance
from office.intake import Facts
from office.store.tables import Ticket

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
    """A case with everything in it that tells of the business: facts, details, messages both ways, history."""
    async with database.writing() as uow:
        conversation, _ = await conversations.start(uow, now)
        message, _ = await conversations.receive(uow, conversation, text, now)
        await tickets.remember_intake(uow, conversation.id, now, text, facts.known(), None)
        inquiry = tickets.Inquiry(conversation.id, text, facts, "udvidelse-produktionshal", message.id)
        ticket = await tickets.open_ticket(uow, KNOWLEDGE, inquiry, now)
        await conversations.say(uow, conversation, "bot", Utterance("Tak.", payload={"company": facts.company}), now)
        await tickets.add_detail(uow, KNOWLEDGE, ticket, "Hvad skal stå der?", "en presse", now)
        await tickets.reply_to_business(uow, ticket, "Hej Lise, det går.", "Bo", "bo", now, answers_case=True)
        await uow.commit()
    return ticket


async def close_case(database, reference, now) -> None:
    async with database.writing() as uow:
        ticket = await tickets.by_reference(uow, reference)
        await tickets.change(uow, ticket, {"status": "closed"}, "bo", now, "Lise er tilfreds")
        ticket.closed_at = now
        await uow.commit()


async def chat(database, now, text, outcome="answer", channel="chat") -> str:
    """A conversation in which the bot answered `text`. Returns its id."""
    async with database.writing() as uow:
        conversation, _ = await conversations.start(uow, now, channel)
        message, _ = await conversations.receive(uow, conversation, text, now)
        await conversations.answer(uow, conversation, message, [Utterance("Svar.")], {"kind": outcome}, now)
        await uow.commit()
    return conversation.id
