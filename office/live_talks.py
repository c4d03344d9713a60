"""What happens to a live talk: asked for, taken, spoken in, handed back, made into a case, or ended by itself.

Every function changes a talk within the caller's unit of work and says in the conversation what happened; the caller commits.
The conversation's lock comes first, so whoever comes second finds the talk as the first one left it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update

from knowledge.model import Knowledge
from office import conversations, correspondence, intakes, tickets
from office.calendar import WorkCalendar
from office.clock import local
from office.contact import contact_person
from office.conversations import Utterance
from office.errors import NotAllowed
from office.history import record
from office.intake import Facts, find_facts
from office.lifecycle import OPEN_STATUSES, status_after_reply
from office.live import (
    ASK,
    BACK,
    ENDINGS,
    HANDLERS,
    OPEN,
    answer_due,
    colleagues_ready,
    due_ending,
    open_talk,
    wait_of,
)
from office.live_words import ASK_LABEL, BACK_LABEL, CASE_LABEL, OPENED, WORDS, after, wait_in_words
from office.moves import move
from office.notices import notify
from office.privacy import mask_cpr
from office.store import UnitOfWork
from office.store.live_tables import LivePresence, LiveTalk
from office.store.tables import Conversation, History, Message, Ticket, User

_LATELY = 4  # messages of the visitor that say what it is about, when no intake has begun


# --- the visitor's side -----------------------------------------------------------------------------------


async def offer(uow: UnitOfWork, conversation: Conversation, seq: int, now: datetime) -> Utterance:
    """Return the offer of a person, as the message that will get the number `seq`."""
    language = conversation.language
    words = WORDS["offer"][language].format(wait=wait_in_words(await wait_of(uow, now), language))
    return Utterance(words, "choices", language, {"choices": [_choice(seq, ASK, ASK_LABEL[language], "yes")]})


async def ask(uow: UnitOfWork, conversation: Conversation, message: Message, now: datetime) -> LiveTalk:
    """Put the conversation in the queue, with what is known of the matter; asked again it keeps its place.

    An intake under way ends here: its facts go along, and come back if nobody answers.
    """
    talk = await open_talk(uow, conversation.id)
    if talk is None:
        intake = await intakes.open_intake(uow, conversation.id)
        said = await _said_lately(uow, message)
        facts = Facts.of(intake.facts if intake else {}).completed(_facts_in(said))
        talk = LiveTalk(
            conversation_id=conversation.id,
            state="waiting",
            first_seq=message.seq,
            subject=intake.subject if intake else "\n".join(dict.fromkeys(m.text for m in said)),
            facts=facts.known(),
            case_type=intake.case_type if intake else None,
            asked_at=now,
            visitor_seen_at=now,
        )
        uow.session.add(talk)
        await intakes.cancel_intake(uow, conversation.id)
        conversation.handler = HANDLERS["waiting"]
        await uow.session.flush()
    return talk


async def queued(
    uow: UnitOfWork, knowledge: Knowledge, conversation: Conversation, talk: LiveTalk, seq: int, now: datetime
) -> Utterance:
    """Return what somebody is told who has asked for a person, as the message that will get the number `seq`."""
    language = conversation.language
    due = answer_due(talk, knowledge.office.live) or now
    until = local(due).strftime("%H:%M" if language == "en" else "%H.%M")
    wait = wait_in_words(await wait_of(uow, now, talk), language)
    words = WORDS["queued"][language].format(wait=wait, until=until)
    back = _choice(seq, BACK, BACK_LABEL[language])
    return Utterance(words, "choices", language, {"choices": [back]})


def hear(talk: LiveTalk, now: datetime) -> None:
    """Note that the visitor has written: they are there, and their words wait for an answer."""
    talk.visitor_seen_at, talk.visitor_typing_at = now, None
    if talk.state == "talking":
        talk.waits_since = talk.waits_since or now


async def leave(uow: UnitOfWork, conversation: Conversation, talk: LiveTalk, seq: int, now: datetime) -> Utterance:
    """End the talk because the visitor wants the assistant back. Returns what is said, as the message numbered `seq`."""
    language = conversation.language
    talked = talk.taken_name
    _end(uow, conversation, talk, "visitor_left", "virksomheden", now)
    if talked:
        return Utterance(WORDS["left_talk"][language].format(name=talked), "notice", language)
    choices = [_choice(seq, "/human", CASE_LABEL[language], "yes")]
    return Utterance(WORDS["left_queue"][language], "choices", language, {"choices": choices})


# --- the desk's side --------------------------------------------------------------------------------------


async def take(uow: UnitOfWork, knowledge: Knowledge, talk: LiveTalk, user: User, now: datetime) -> None:
    """Give the talk to `user`, whose name the visitor is told. Raises NotAllowed when it is taken or over."""
    conversation = await conversations.locked(uow, talk.conversation_id)
    if talk.state == "talking" and talk.taken_by == user.username:
        return
    if talk.state != "waiting":
        raise NotAllowed(
            f"{talk.taken_name} har allerede taget samtalen." if talk.state == "talking" else "Samtalen er slut."
        )
    talk.state, conversation.handler = "talking", HANDLERS["talking"]
    talk.taken_at = talk.waits_since = talk.person_seen_at = now
    talk.taken_by, talk.taken_name, talk.taken_person = user.username, user.name, user.person
    words = WORDS["joined"][conversation.language].format(name=user.name, office=knowledge.office.name)
    await _notice(uow, conversation, words, now, user.name)
    record(uow, None, now, user.username, "live_taken", field=str(talk.id))


async def reply(
    uow: UnitOfWork, talk: LiveTalk, text: str, user: User, now: datetime, sent_as: str | None = None
) -> Message:
    """Say a caseworker's words to the visitor; sent again under the same `sent_as` they are said once. Raises NotAllowed."""
    conversation = await conversations.locked(uow, talk.conversation_id)
    if sent_as is not None and (known := await _sent_before(uow, talk, sent_as)) is not None:
        return known
    _check_has(talk, user)
    message = await conversations.say(
        uow, conversation, "caseworker", Utterance(text, language=conversation.language), now, user.name
    )
    message.client_message_id = sent_as
    talk.waits_since = talk.person_typing_at = None
    talk.person_seen_at = now
    return message


async def hand_back(uow: UnitOfWork, talk: LiveTalk, user: User, now: datetime) -> None:
    """Let the assistant answer again. Raises NotAllowed unless `user` has the talk."""
    conversation = await conversations.locked(uow, talk.conversation_id)
    _check_has(talk, user)
    words = WORDS["handed_back"][conversation.language].format(name=user.name)
    await _notice(uow, conversation, words, now, user.name)
    _end(uow, conversation, talk, "handed_back", user.username, now)


async def offer_to(uow: UnitOfWork, talk: LiveTalk, username: str, user: User, now: datetime) -> None:
    """Offer the talk to a colleague who sits ready; until they accept, `user` has it. Raises NotAllowed."""
    await conversations.locked(uow, talk.conversation_id)
    _check_has(talk, user)
    ready = {colleague.username: colleague for colleague in await colleagues_ready(uow, now, user.username)}
    if username not in ready:
        raise NotAllowed("Kollegaen sidder ikke klar længere. Vælg en anden, eller behold samtalen.")
    talk.offer, talk.offered_to, talk.offered_name = "offered", username, ready[username].name
    record(uow, None, now, user.username, "live_offered", field=str(talk.id), new=talk.offered_name)


async def accept_offer(uow: UnitOfWork, knowledge: Knowledge, talk: LiveTalk, user: User, now: datetime) -> None:
    """Give the talk to `user`, to whom it is offered, and tell the visitor the name. Raises NotAllowed.

    In one commit it is nobody else's and theirs, so that the visitor is never without a person. Words that wait for an answer
    wait anew: the new one has the whole limit to read and write.
    """
    conversation = await conversations.locked(uow, talk.conversation_id)
    if talk.state == "talking" and talk.taken_by == user.username:
        return
    _check_offered(talk, user)
    before = talk.taken_name or ""
    talk.taken_by, talk.taken_name, talk.taken_person = user.username, user.name, user.person
    talk.waits_since = now if talk.waits_since is not None else None
    talk.person_seen_at, talk.person_typing_at = now, None
    _forget_offer(talk)
    words = WORDS["passed"][conversation.language].format(name=user.name, office=knowledge.office.name, before=before)
    await _notice(uow, conversation, words, now, user.name)
    record(uow, None, now, user.username, "live_passed", field=str(talk.id), old=before, new=user.name)


async def drop_offer(uow: UnitOfWork, talk: LiveTalk, user: User, now: datetime) -> None:
    """Let the offer come to nothing: declined by whom it is made to, or taken back by who made it. Raises NotAllowed."""
    await conversations.locked(uow, talk.conversation_id)
    if talk.offer != "offered":
        return
    if talk.offered_to == user.username:
        talk.offer, talk.offered_to = "declined", None
        why = f"{user.name} kunne ikke tage den."
    else:
        _check_has(talk, user)
        _forget_offer(talk)
        why = "Tilbuddet er trukket tilbage."
    record(uow, None, now, user.username, "live_kept", field=str(talk.id), why=why)


async def make_case(
    uow: UnitOfWork,
    knowledge: Knowledge,
    talk: LiveTalk,
    subject: str,
    facts: Facts,
    case_type: str | None,
    user: User,
    now: datetime,
) -> Ticket:
    """End the talk with a case of it, kept by whoever talked; also afterwards, when none came of it. Raises NotAllowed."""
    conversation = await conversations.locked(uow, talk.conversation_id)
    _check_may_conclude(talk, user)
    if not facts.reachable:
        raise NotAllowed("Skriv en e-mail eller et telefonnummer, så virksomheden kan få svar.")
    said = await _words_of(uow, talk)
    ticket = await _open_case(
        uow, knowledge, conversation, talk, mask_cpr(subject)[0], facts, case_type, said[-1:], now, user.username
    )
    await _conclude(uow, knowledge, conversation, talk, ticket, "case", user, now)
    return ticket


async def put_on_case(
    uow: UnitOfWork, knowledge: Knowledge, talk: LiveTalk, ticket: Ticket, user: User, now: datetime
) -> None:
    """End the talk and put it on an open case of the same conversation. Raises NotAllowed."""
    conversation = await conversations.locked(uow, talk.conversation_id)
    _check_may_conclude(talk, user)
    if ticket.conversation_id != conversation.id or ticket.status not in OPEN_STATUSES:
        raise NotAllowed("Samtalen kan kun lægges på en åben sag fra den samme samtale.")
    await _put_on(uow, knowledge, talk, ticket, now)
    await _conclude(uow, knowledge, conversation, talk, ticket, "on_case", user, now)


async def own_case(uow: UnitOfWork, talk: LiveTalk) -> Ticket | None:
    """Return the newest open case of the talk's conversation, if any."""
    known = await tickets.of_conversation(uow, talk.conversation_id)
    return next((ticket for ticket in known if ticket.status in OPEN_STATUSES), None)


async def facts_of(uow: UnitOfWork, talk: LiveTalk) -> Facts:
    """Return what is known of the visitor, from before the talk and from it."""
    return Facts.of(talk.facts).updated(_facts_in(await _words_of(uow, talk)))


async def subject_of(uow: UnitOfWork, talk: LiveTalk) -> str:
    """Return in the visitor's own words what it is about."""
    said = [message.text for message in await _words_of(uow, talk)]
    return "\n".join(dict.fromkeys([*talk.subject.splitlines(), *said]))


# --- by itself --------------------------------------------------------------------------------------------


async def end_due(uow: UnitOfWork, knowledge: Knowledge, number: int, now: datetime) -> LiveTalk | None:
    """End a talk whose limit has passed and take the inquiry in; None when it may go on, or somebody was here first.

    A way to reach the visitor makes it a case; a case that is open gets the words; else the visitor is asked for one.
    """
    talk = await uow.session.get_one(LiveTalk, number)
    conversation = await conversations.locked(uow, talk.conversation_id)
    ending = due_ending(talk, WorkCalendar(knowledge.office), knowledge.office.live, now) if _is_open(talk) else None
    if ending is None:
        return None
    facts, known = await facts_of(uow, talk), await own_case(uow, talk)
    if known is None and not facts.reachable:
        words = after(ending, "asks", conversation.language, phone=knowledge.office.phone)
        _end(uow, conversation, talk, ending, "system", now, asking=True)
        await conversations.say(uow, conversation, "bot", Utterance(words, "notice", conversation.language), now)
        return talk
    said = await _words_of(uow, talk)
    if known is None:
        subject = await subject_of(uow, talk)
        ticket = await _open_case(
            uow, knowledge, conversation, talk, subject, facts, talk.case_type, said[-1:], now, "system"
        )
        then = "case"
    else:
        ticket, then = known, "on_case"
        await _put_on(uow, knowledge, talk, ticket, now)
        await _mail_what_was_missed(uow, talk, ticket, now)
    words = after(ending, then, conversation.language, bool(ticket.email), **_named(knowledge, ticket))
    _end(uow, conversation, talk, ending, "system", now, ticket=ticket)
    await _say_ticket(uow, conversation, words, ticket, now)
    return talk


async def take_in(
    uow: UnitOfWork, knowledge: Knowledge, conversation: Conversation, talk: LiveTalk, message: Message, now: datetime
) -> tuple[Ticket, Utterance]:
    """Make a case of a talk that ended without a way to reach the visitor, who has now given one in `message`.

    Returns the case and the words that say so. Raises ValueError when the message gives none.
    """
    facts = (await facts_of(uow, talk)).updated(find_facts(message.text))
    subject = f"{await subject_of(uow, talk)}\n{message.text}".strip()
    ticket = await _open_case(
        uow, knowledge, conversation, talk, subject, facts, talk.case_type, [message], now, "gateway"
    )
    message.ticket_id = ticket.id
    talk.state, conversation.handler = "ended", "bot"
    language = conversation.language
    text = OPENED[language].format(**_named(knowledge, ticket))
    return ticket, Utterance(text, "ticket", language, {"ticket": ticket.reference})


# --- signs of life ----------------------------------------------------------------------------------------


async def note_sign(uow: UnitOfWork, conversation_id: str, side: str, seen: datetime, typing: datetime | None) -> None:
    """Write down that the visitor or the person (`side`) of an open talk is there, and when they last typed."""
    values = {f"{side}_seen_at": seen, f"{side}_typing_at": typing}
    await uow.session.execute(
        update(LiveTalk).where(LiveTalk.conversation_id == conversation_id, LiveTalk.state.in_(OPEN)).values(values)
    )


async def note_ready(uow: UnitOfWork, username: str, now: datetime) -> None:
    """Write down that somebody sits at the desk's live pages."""
    row = await uow.session.get(LivePresence, username)
    if row is None:
        uow.session.add(LivePresence(username=username, seen_at=now))
    else:
        row.seen_at = now


async def note_view(uow: UnitOfWork, talk: LiveTalk, actor: str, now: datetime) -> None:
    """Write in the audit log that somebody read the talk: one row a person a day."""
    field = f"live {talk.id}"
    midnight = local(now).replace(hour=0, minute=0, second=0, microsecond=0)
    known = select(History.id).where(
        History.actor == actor, History.action == "viewed", History.field == field, History.at >= midnight
    )
    if await uow.session.scalar(known.limit(1)) is None:
        record(uow, None, now, actor, "viewed", field=field)


# --- inside -----------------------------------------------------------------------------------------------


def _is_open(talk: LiveTalk) -> bool:
    return talk.state in OPEN


def _check_has(talk: LiveTalk, user: User) -> None:
    if not _is_open(talk):
        raise NotAllowed(f"Samtalen er slut: {ENDINGS.get(talk.ending or '', 'afsluttet').lower()}.")
    if talk.state == "waiting":
        raise NotAllowed("Overtag samtalen, før du svarer.")
    if talk.taken_by != user.username:
        raise NotAllowed(f"{talk.taken_name} har samtalen.")


def _check_offered(talk: LiveTalk, user: User) -> None:
    if not _is_open(talk):
        raise NotAllowed(f"Samtalen er slut: {ENDINGS.get(talk.ending or '', 'afsluttet').lower()}.")
    if talk.offered_to != user.username:
        raise NotAllowed(f"Tilbuddet gælder ikke længere: {talk.taken_name} har samtalen.")


def _forget_offer(talk: LiveTalk) -> None:
    talk.offer = talk.offered_to = talk.offered_name = None


def _check_may_conclude(talk: LiveTalk, user: User) -> None:
    if talk.ticket_id is not None:
        raise NotAllowed("Samtalen er allerede lagt på en sag.")
    if _is_open(talk):
        _check_has(talk, user)


def _end(
    uow: UnitOfWork,
    conversation: Conversation,
    talk: LiveTalk,
    ending: str,
    actor: str,
    now: datetime,
    ticket: Ticket | None = None,
    asking: bool = False,
) -> None:
    """Close the talk and let a machine answer again; `asking` while the gateway waits for a way to reach the visitor."""
    talk.state, talk.ending, talk.ended_at = ("asking" if asking else "ended"), ending, now
    talk.waits_since = talk.visitor_typing_at = talk.person_typing_at = None
    _forget_offer(talk)
    conversation.handler = "gateway" if asking else "bot"
    record(uow, ticket, now, actor, "live_ended", field=str(talk.id), why=ENDINGS[ending])


async def _conclude(
    uow: UnitOfWork,
    knowledge: Knowledge,
    conversation: Conversation,
    talk: LiveTalk,
    ticket: Ticket,
    ending: str,
    user: User,
    now: datetime,
) -> None:
    """Tell the visitor which case the talk is on now, and end the talk if it has not ended."""
    words = WORDS[ending][conversation.language].format(name=user.name, **_named(knowledge, ticket))
    await _say_ticket(uow, conversation, words, ticket, now)
    if talk.state != "ended":
        _end(uow, conversation, talk, ending, user.username, now, ticket=ticket)


async def _open_case(
    uow: UnitOfWork,
    knowledge: Knowledge,
    conversation: Conversation,
    talk: LiveTalk,
    subject: str,
    facts: Facts,
    case_type: str | None,
    source: Sequence[Message],
    now: datetime,
    actor: str,
) -> Ticket:
    inquiry = tickets.Inquiry(
        conversation_id=conversation.id,
        subject=subject or ASK_LABEL[conversation.language],
        facts=facts,
        case_type=case_type,
        message_id=source[0].id if source else None,
        channel=conversation.channel,
        language=conversation.language,
        talked_with=talk.taken_person,
    )
    ticket = await tickets.open_ticket(uow, knowledge, inquiry, now, actor=actor)
    await _attach(uow, knowledge, talk, ticket, now)
    return ticket


async def _put_on(uow: UnitOfWork, knowledge: Knowledge, talk: LiveTalk, ticket: Ticket, now: datetime) -> None:
    """Put the talk on a case that is there, as what the business has written to it; answered words are owed no answer."""
    said = await _words_of(uow, talk) or await _press(uow, talk)
    await correspondence.add_message(uow, knowledge, ticket, said[-1], now)
    await _attach(uow, knowledge, talk, ticket, now)
    if talk.waits_since is None and await _spoken(uow, talk):
        ticket.reply_due = None


async def _attach(uow: UnitOfWork, knowledge: Knowledge, talk: LiveTalk, ticket: Ticket, now: datetime) -> None:
    """Show the talk on the case; what the person said there counts as the first answer (promise S01)."""
    talk.ticket_id = ticket.id
    await uow.session.execute(
        update(Message)
        .where(
            Message.conversation_id == talk.conversation_id,
            Message.seq > talk.first_seq,
            Message.author.in_(("visitor", "caseworker")),
            Message.ticket_id.is_(None),
        )
        .values(ticket_id=ticket.id)
    )
    if ticket.first_answered_at is None and await _spoken(uow, talk):
        ticket.first_answered_at = now
        record(uow, ticket, now, talk.taken_by or "system", "replied")
        status = status_after_reply(ticket.status, answers_case=False)
        if status != ticket.status:
            await move(uow, knowledge, ticket, status, talk.taken_by or "system", now)
    await uow.session.flush()


async def _mail_what_was_missed(uow: UnitOfWork, talk: LiveTalk, ticket: Ticket, now: datetime) -> None:
    """Mail the person's words with the link to the case, to whoever was away when they came."""
    spoken = await _spoken(uow, talk)
    if spoken:
        await notify(uow, ticket, "replied", now, messages=[message.id for message in spoken])


async def _say_ticket(uow: UnitOfWork, conversation: Conversation, words: str, ticket: Ticket, now: datetime) -> None:
    utterance = Utterance(words, "ticket", conversation.language, {"ticket": ticket.reference})
    await conversations.say(uow, conversation, "bot", utterance, now)


async def _notice(uow: UnitOfWork, conversation: Conversation, words: str, now: datetime, name: str) -> None:
    utterance = Utterance(words, "notice", conversation.language)
    await conversations.say(uow, conversation, "system", utterance, now, name)


def _choice(seq: int, command: str, label: str, means: str | None = None) -> dict[str, str]:
    choice = {"id": f"{seq}-1", "label": label, "command": command}
    return {**choice, "means": means} if means else choice


def _named(knowledge: Knowledge, ticket: Ticket) -> dict[str, str]:
    return {"reference": ticket.reference, "person": contact_person(knowledge, ticket)["name"]}


def _facts_in(said: Sequence[Message]) -> Facts:
    facts = Facts()
    for message in said:
        facts = facts.updated(find_facts(message.text))
    return facts


async def _said_lately(uow: UnitOfWork, message: Message) -> list[Message]:
    """Return what the visitor said last before `message` in words of their own, and not about an earlier case."""
    before = await conversations.last_words(uow, message.conversation_id, "visitor")
    own = [m for m in before if m.seq < message.seq and "choice" not in m.payload and m.ticket_id is None]
    return own[:_LATELY][::-1]


async def _words_of(uow: UnitOfWork, talk: LiveTalk) -> list[Message]:
    """Return what the visitor wrote in the talk, oldest first."""
    said = await _of_talk(uow, talk, "visitor")
    return [message for message in said if (message.outcome or {}).get("live")]


async def _press(uow: UnitOfWork, talk: LiveTalk) -> list[Message]:
    """Return the message that asked for a person: all there is to go by when nothing was written after it."""
    rows = await uow.session.scalars(
        select(Message).where(Message.conversation_id == talk.conversation_id, Message.seq == talk.first_seq)
    )
    return list(rows)


async def _spoken(uow: UnitOfWork, talk: LiveTalk) -> list[Message]:
    """Return what the person said in the talk, oldest first."""
    return await _of_talk(uow, talk, "caseworker") if talk.taken_by else []


async def _of_talk(uow: UnitOfWork, talk: LiveTalk, author: str) -> list[Message]:
    rows = await uow.session.scalars(
        select(Message)
        .where(Message.conversation_id == talk.conversation_id, Message.seq > talk.first_seq, Message.author == author)
        .order_by(Message.seq)
    )
    return list(rows)


async def _sent_before(uow: UnitOfWork, talk: LiveTalk, sent_as: str) -> Message | None:
    message: Message | None = await uow.session.scalar(
        select(Message).where(Message.conversation_id == talk.conversation_id, Message.client_message_id == sent_as)
    )
    return message
