"""Live talks: who is offered one, how long the wait is said to be, and what becomes of those whom nobody answers."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from knowledge.model import LiveRules
from office import access, conversations, live, live_talks, tickets
from office.calendar import WorkCalendar
from office.errors import NotAllowed
from office.intake import Facts
from office.intakes import open_intake, remember_intake, take_in_abandoned
from office.live import Wait, due_ending, expected_minutes, may_offer
from office.live_words import wait_in_words
from office.store.live_tables import LiveTalk
from office.store.tables import Conversation, History, Message, Outbox
from tests.office.case_work import at

RULES = LiveRules(answer_within_minutes=3, visitor_away_minutes=5)


class Talks:
    """A visitor and a caseworker at the real office, each doing one thing in a unit of work of its own."""

    def __init__(self, cases):
        self.cases = cases
        self.mette = None

    @property
    def knowledge(self):
        return self.cases.knowledge

    async def do(self, command):
        async with self.cases.database.writing() as uow:
            done = await command(uow)
            await uow.commit()
        return done

    async def read(self, query):
        async with self.cases.database.reading() as uow:
            return await query(uow)

    async def colleague(self, username="mette", name="Mette Ravnsholt", person="mette-ravnsholt"):
        now = self.cases.now
        return await self.do(
            lambda uow: access.create_user(uow, username, name, "caseworker", "hemmeligt", now, person)
        )

    async def ask(self, *words, facts=None):
        """Begin a conversation, say something, and ask for a person. Returns the talk."""

        async def command(uow):
            conversation, _ = await conversations.start(uow, self.cases.now)
            for text in words:
                message, _ = await conversations.receive(uow, conversation, text, self.cases.now)
                await conversations.answer(uow, conversation, message, [], {"kind": "answer"}, self.cases.now)
            if facts is not None:
                subject = words[0] if words else ""
                await remember_intake(uow, conversation.id, self.cases.now, subject, facts.known(), None)
            press, _ = await conversations.receive(uow, conversation, "Tal med en medarbejder nu", self.cases.now)
            await conversations.answer(
                uow, conversation, press, [], {"kind": "human", "live": "waiting"}, self.cases.now
            )
            return await live_talks.ask(uow, conversation, press, self.cases.now)

        return await self.do(command)

    async def write(self, talk, text):
        """The visitor writes in the talk."""

        async def command(uow):
            stored = await uow.session.get_one(LiveTalk, talk.id)
            conversation = await conversations.locked(uow, talk.conversation_id)
            message, _ = await conversations.receive(uow, conversation, text, self.cases.now)
            live_talks.hear(stored, self.cases.now)
            outcome = {"kind": "human", "live": live.HANDLERS[stored.state]}
            await conversations.answer(uow, conversation, message, [], outcome, self.cases.now)
            return message

        return await self.do(command)

    async def take(self, talk, user):
        async def command(uow):
            await live_talks.take(
                uow, self.knowledge, await uow.session.get_one(LiveTalk, talk.id), user, self.cases.now
            )

        await self.do(command)

    async def reply(self, talk, user, text="Hej, hvad drejer det sig om?", sent_as=None):
        async def command(uow):
            stored = await uow.session.get_one(LiveTalk, talk.id)
            return await live_talks.reply(uow, stored, text, user, self.cases.now, sent_as)

        return await self.do(command)

    async def make_case(self, talk, user, facts, subject="Skilt på facaden"):
        async def command(uow):
            stored = await uow.session.get_one(LiveTalk, talk.id)
            return await live_talks.make_case(uow, self.knowledge, stored, subject, facts, None, user, self.cases.now)

        return await self.do(command)

    async def end_due(self, talk):
        return await self.do(lambda uow: live_talks.end_due(uow, self.knowledge, talk.id, self.cases.now))

    async def here(self, talk):
        """The visitor gives a sign of life."""
        now = self.cases.now
        await self.do(lambda uow: live_talks.note_sign(uow, talk.conversation_id, "visitor", now, None))

    async def stored(self, talk):
        return await self.read(lambda uow: uow.session.get_one(LiveTalk, talk.id))

    async def handler(self, talk):
        return (await self.read(lambda uow: uow.session.get_one(Conversation, talk.conversation_id))).handler

    async def said(self, talk):
        return await self.read(lambda uow: conversations.since(uow, talk.conversation_id))

    async def cases_of(self, talk):
        return await self.read(lambda uow: tickets.of_conversation(uow, talk.conversation_id))

    async def mails(self, ticket):
        async def query(uow):
            rows = select(Outbox.kind).where(
                Outbox.ticket_id == ticket.id, Outbox.channel == "mail", Outbox.person.is_(None)
            )
            return list(await uow.session.scalars(rows))

        return await self.read(query)


@pytest.fixture
def talks(cases):
    return Talks(cases)


# --- the offer and the wait -------------------------------------------------------------------------------


def somebody(**changed):
    return SimpleNamespace(**{"handler": "bot", "channel": "chat", **changed})


@pytest.mark.parametrize(
    ("moment", "visitor", "offered"),
    [
        ("2026-11-24 10:30", {}, True),
        ("2026-11-24 10:30", {"handler": "gateway"}, True),
        ("2026-11-24 10:30", {"handler": "waiting"}, False),
        ("2026-11-24 10:30", {"handler": "person"}, False),
        ("2026-11-24 10:30", {"channel": "form"}, False),
        ("2026-11-24 11:58", {}, False),  # lunch begins before anybody must have answered
        ("2026-11-24 20:00", {}, False),
        ("2026-11-28 11:00", {}, False),  # a Saturday
        ("2026-12-24 10:00", {}, False),  # a closing day
    ],
)
def test_a_person_is_offered_in_the_chat_while_the_office_is_open_long_enough(cases, moment, visitor, offered):
    calendar = WorkCalendar(cases.knowledge.office)
    assert may_offer(somebody(**visitor), calendar, RULES, at(moment)) is offered


def test_the_wait_is_what_others_waited_lately_and_unknown_when_few_did():
    assert expected_minutes([timedelta(seconds=s) for s in (30, 130, 600)]) == 3
    assert expected_minutes([timedelta(seconds=1)] * 3) == 1
    assert expected_minutes([timedelta(seconds=1)] * 2) is None


@pytest.mark.parametrize(
    ("wait", "danish", "english"),
    [
        (
            Wait(1, 2, 0),
            "Du er nummer 1 i køen. Ventetiden har den seneste tid været omkring 2 minutter.",
            "about 2 minutes",
        ),
        (Wait(1, None, 2), "Du er nummer 1 i køen. Der sidder 2 medarbejdere klar.", "2 caseworkers are ready"),
        (Wait(3, None, 2), "Du er nummer 3 i køen. Vi ved ikke, hvor længe du kommer til at vente.", "We do not know"),
    ],
)
def test_the_wait_is_told_plainly_also_when_it_is_unknown(wait, danish, english):
    assert wait_in_words(wait, "da") == danish
    assert english in wait_in_words(wait, "en")


async def test_the_place_in_the_queue_moves_up_when_somebody_before_is_taken(talks):
    mette = await talks.colleague()
    first, second = await talks.ask(), await talks.ask()
    assert (await talks.read(lambda uow: live.wait_of(uow, talks.cases.now, second))).position == 2
    await talks.take(first, mette)
    assert (await talks.read(lambda uow: live.wait_of(uow, talks.cases.now, second))).position == 1


async def test_those_who_waited_in_vain_count_in_the_waiting_time(talks):
    for _ in range(3):
        talk = await talks.ask()
        talks.cases.forward(minutes=3)
        await talks.end_due(talk)
    assert (await talks.read(lambda uow: live.wait_of(uow, talks.cases.now))).minutes == 3


async def test_who_has_left_the_desk_is_not_counted_as_ready(talks):
    now = talks.cases.now
    await talks.do(lambda uow: live_talks.note_ready(uow, "mette", now))
    assert await talks.read(lambda uow: live.ready(uow, now)) == 1
    assert await talks.read(lambda uow: live.ready(uow, now + timedelta(minutes=2))) == 0


# --- when a talk must end by itself -----------------------------------------------------------------------

TEN = at("2026-11-24 10:00")


def talk_of(state="talking", **changed):
    plain = {
        "state": state,
        "asked_at": TEN,
        "waits_since": None,
        "visitor_seen_at": TEN + timedelta(minutes=4),
        "person_seen_at": TEN + timedelta(minutes=4),
        "person_typing_at": None,
    }
    return LiveTalk(**{**plain, **changed})


@pytest.mark.parametrize(
    ("talk", "after", "ending"),
    [
        (talk_of("waiting"), 2.9, None),
        (talk_of("waiting"), 3, "unanswered"),
        (talk_of(waits_since=TEN), 3, "unanswered"),
        (talk_of(waits_since=TEN, person_typing_at=TEN + timedelta(minutes=2.95)), 3, None),
        (talk_of(waits_since=None), 8, None),
        (talk_of(visitor_seen_at=TEN), 4.9, None),
        (talk_of(visitor_seen_at=TEN), 5, "visitor_away"),
    ],
)
def test_a_talk_ends_when_nobody_answers_in_time_or_the_visitor_is_away(cases, talk, after, ending):
    now = TEN + timedelta(minutes=after)
    assert due_ending(talk, WorkCalendar(cases.knowledge.office), RULES, now) == ending


@pytest.mark.parametrize(
    ("talk", "ending"),
    [
        (talk_of("waiting", asked_at=at("2026-11-24 15:29")), "closed"),
        (talk_of(person_seen_at=at("2026-11-24 15:29")), None),
        (talk_of(person_seen_at=at("2026-11-24 15:20")), "closed"),
    ],
)
def test_at_closing_time_who_waits_is_taken_in_and_a_talk_may_be_finished_while_the_person_stays(cases, talk, ending):
    talk.visitor_seen_at = at("2026-11-24 15:29")
    now = at("2026-11-24 15:30")
    assert due_ending(talk, WorkCalendar(cases.knowledge.office), RULES, now) == ending


async def test_whom_nobody_answers_gets_an_apology_and_a_case_when_they_can_be_reached(talks):
    talk = await talks.ask("Må vi have et skilt?", facts=Facts(company="Nul ApS", email="lise@nul.example"))
    await talks.write(talk, "Det haster lidt")
    talks.cases.forward(minutes=3)
    assert await talks.end_due(talk)
    (ticket,) = await talks.cases_of(talk)
    last = (await talks.said(talk))[-1]
    assert last.text.startswith(
        "Beklager, der var ingen, der nåede at svare dig. Din henvendelse er nu sag EK-2026-000001"
    )
    assert (last.kind, last.author) == ("ticket", "bot")
    assert ticket.subject == "Må vi have et skilt?\nDet haster lidt"
    assert (ticket.company, ticket.email) == ("Nul ApS", "lise@nul.example")
    assert ticket.first_answered_at is None
    assert await talks.handler(talk) == "bot"
    assert await talks.mails(ticket) == ["received"]


async def test_whom_nobody_answers_and_who_cannot_be_reached_is_asked_for_a_way(talks):
    talk = await talks.ask("Må vi have et skilt?")
    talks.cases.forward(minutes=3)
    assert await talks.end_due(talk)
    assert await talks.cases_of(talk) == []
    assert "Skriv dit navn og et telefonnummer eller en e-mail" in (await talks.said(talk))[-1].text
    assert await talks.handler(talk) == "gateway"
    assert (await talks.stored(talk)).state == "asking"


async def test_who_has_an_open_case_gets_the_words_put_there_and_no_second_case(talks):
    mette = await talks.colleague()
    talk = await talks.ask(facts=Facts(phone="00007711"))
    await talks.take(talk, mette)
    await talks.reply(talk, mette)
    await talks.make_case(talk, mette, Facts(phone="00007711"))
    again = await talks.do(lambda uow: _ask_again(uow, talk, talks.cases.now))
    await talks.write(again, "Er der nyt om skiltet?")
    talks.cases.forward(minutes=3)
    await talks.end_due(again)
    (ticket,) = await talks.cases_of(talk)
    assert ticket.reply_due is not None
    assert "Det, du har skrevet, ligger på sag EK-2026-000001" in (await talks.said(again))[-1].text


async def _ask_again(uow, talk, now):
    conversation = await conversations.locked(uow, talk.conversation_id)
    press, _ = await conversations.receive(uow, conversation, "Tal med en medarbejder nu", now)
    await conversations.answer(uow, conversation, press, [], {"kind": "human", "live": "waiting"}, now)
    return await live_talks.ask(uow, conversation, press, now)


async def test_a_talk_is_ended_once_however_many_processes_look(talks):
    talk = await talks.ask(facts=Facts(phone="00007711"))
    talks.cases.forward(minutes=3)
    assert await talks.end_due(talk)
    assert await talks.end_due(talk) is None
    assert len(await talks.cases_of(talk)) == 1


async def test_the_sweeper_finds_the_talks_that_are_due_and_no_others(talks):
    old = await talks.ask()
    talks.cases.forward(minutes=2)
    await talks.ask()
    talks.cases.forward(minutes=1)
    assert await talks.read(lambda uow: live.due(uow, talks.knowledge, talks.cases.now)) == [old.id]


async def test_a_visitor_who_is_away_gets_a_case_and_a_mail_with_the_link(talks):
    mette = await talks.colleague()
    talk = await talks.ask()
    await talks.take(talk, mette)
    await talks.write(talk, "Jeg hedder Lise Holm, lise@nul.example")
    await talks.reply(talk, mette, "Ja, det må I godt.")
    talks.cases.forward(minutes=5)
    await talks.end_due(talk)
    (ticket,) = await talks.cases_of(talk)
    assert (await talks.said(talk))[-1].text.endswith("Du får en mail med et link til sagen.")
    assert await talks.mails(ticket) == ["received"]
    assert (ticket.contact_person, ticket.status) == ("mette-ravnsholt", "with_contact_person")
    assert ticket.assignment_reason == "Mette Ravnsholt har talt med virksomheden i chatten."
    assert ticket.first_answered_at == talks.cases.now
    on_case = await talks.cases.told(ticket)
    assert "Ja, det må I godt." in on_case


# --- the talk itself --------------------------------------------------------------------------------------


async def test_asking_for_a_person_ends_the_intake_so_that_nothing_else_takes_it_in(talks):
    talk = await talks.ask("Vi vil bygge", facts=Facts(phone="00007711"))
    assert await talks.read(lambda uow: open_intake(uow, talk.conversation_id)) is None
    talks.cases.forward(hours=1)
    taken = await talks.do(lambda uow: take_in_abandoned(uow, talks.knowledge, talks.cases.now, timedelta(minutes=30)))
    assert taken == []
    assert talk.facts == {"phone": "00007711"}


async def test_the_one_who_takes_a_talk_is_named_to_the_visitor_and_written_in_the_history(talks):
    mette = await talks.colleague()
    talk = await talks.ask()
    await talks.take(talk, mette)
    last = (await talks.said(talk))[-1]
    assert last.text == "Mette Ravnsholt fra ErhvervsKontoret er kommet ind i samtalen. Assistenten er stille imens."
    assert await talks.handler(talk) == "person"
    rows = await talks.read(lambda uow: uow.session.scalars(select(History).where(History.action == "live_taken")))
    assert [row.actor for row in rows] == ["mette"]


async def test_two_cannot_take_the_same_talk(talks):
    mette, bo = await talks.colleague(), await talks.colleague("bo", "Bo Byggesen", None)
    talk = await talks.ask()
    await talks.take(talk, mette)
    with pytest.raises(NotAllowed, match="Mette Ravnsholt har allerede taget samtalen"):
        await talks.take(talk, bo)
    with pytest.raises(NotAllowed, match="Mette Ravnsholt har samtalen"):
        await talks.reply(talk, bo)


async def test_an_answer_stops_the_clock_and_new_words_start_it_again(talks):
    mette = await talks.colleague()
    talk = await talks.ask()
    await talks.take(talk, mette)
    talks.cases.forward(minutes=1)
    await talks.reply(talk, mette)
    assert (await talks.stored(talk)).waits_since is None
    talks.cases.forward(minutes=1)
    await talks.write(talk, "Et skilt")
    asked = talks.cases.now
    talks.cases.forward(minutes=1)
    await talks.write(talk, "på facaden")
    assert (await talks.stored(talk)).waits_since == asked


async def test_the_same_reply_sent_twice_is_said_once(talks):
    mette = await talks.colleague()
    talk = await talks.ask()
    await talks.take(talk, mette)
    first = await talks.reply(talk, mette, sent_as="one")
    assert (await talks.reply(talk, mette, sent_as="one")).id == first.id
    assert len([m for m in await talks.said(talk) if m.author == "caseworker"]) == 1


# --- passing it on ------------------------------------------------------------------------------------------


@pytest.fixture
async def passing(talks):
    """A talk that Mette has, and Gorm, who sits ready at the desk."""
    return await Passing.begin(talks)


class Passing:
    """What two caseworkers do with one talk."""

    def __init__(self, talks, talk, mette, gorm):
        self.talks, self.talk, self.mette, self.gorm = talks, talk, mette, gorm

    @classmethod
    async def begin(cls, talks):
        mette = await talks.colleague()
        gorm = await talks.colleague("gorm", "Gorm Stenklit", "gorm-stenklit")
        talk = await talks.ask()
        await talks.take(talk, mette)
        passing = cls(talks, talk, mette, gorm)
        await passing.sits_ready(gorm)
        return passing

    async def sits_ready(self, user):
        await self.talks.do(lambda uow: live_talks.note_ready(uow, user.username, self.talks.cases.now))

    async def do(self, change, *args):
        async def command(uow):
            await change(uow, *args[:1], await uow.session.get_one(LiveTalk, self.talk.id), *args[1:])

        async def without_knowledge(uow):
            await change(uow, await uow.session.get_one(LiveTalk, self.talk.id), *args)

        await self.talks.do(command if change is live_talks.accept_offer else without_knowledge)

    async def offer(self, to="gorm", by=None):
        await self.do(live_talks.offer_to, to, by or self.mette, self.talks.cases.now)

    async def accept(self, by=None):
        await self.do(live_talks.accept_offer, self.talks.knowledge, by or self.gorm, self.talks.cases.now)

    async def drop(self, by):
        await self.do(live_talks.drop_offer, by, self.talks.cases.now)

    async def stored(self):
        return await self.talks.stored(self.talk)

    async def history(self):
        rows = select(History).where(History.action.like("live%")).order_by(History.id)
        return [(row.actor, row.action, row.new or row.why) for row in await self.talks.read(_all(rows))]


def _all(query):
    async def read(uow):
        return list(await uow.session.scalars(query))

    return read


async def test_until_a_colleague_accepts_the_talk_is_with_the_one_who_offers_it(passing):
    await passing.offer()
    assert (await passing.stored()).taken_by == "mette"
    await passing.talks.reply(passing.talk, passing.mette, "Jeg finder en, der ved det.")
    with pytest.raises(NotAllowed, match="Mette Ravnsholt har samtalen"):
        await passing.talks.reply(passing.talk, passing.gorm)


async def test_who_accepts_has_the_talk_at_once_and_the_visitor_is_told_the_name(passing):
    await passing.offer()
    await passing.accept()
    stored = await passing.stored()
    assert (stored.taken_by, stored.taken_name, stored.taken_person) == ("gorm", "Gorm Stenklit", "gorm-stenklit")
    assert (await passing.talks.said(passing.talk))[-1].text.startswith("Du taler nu med Gorm Stenklit")
    assert await passing.talks.handler(passing.talk) == "person"
    with pytest.raises(NotAllowed, match="Gorm Stenklit har samtalen"):
        await passing.talks.reply(passing.talk, passing.mette)


async def test_the_history_says_who_offered_who_declined_and_who_took_it(passing):
    await passing.offer()
    await passing.drop(passing.gorm)
    await passing.offer()
    await passing.accept()
    assert await passing.history() == [
        ("mette", "live_taken", None),
        ("mette", "live_offered", "Gorm Stenklit"),
        ("gorm", "live_kept", "Gorm Stenklit kunne ikke tage den."),
        ("mette", "live_offered", "Gorm Stenklit"),
        ("gorm", "live_passed", "Gorm Stenklit"),
    ]


async def test_words_that_wait_for_an_answer_wait_anew_for_the_one_who_takes_over(passing):
    await passing.talks.reply(passing.talk, passing.mette)
    await passing.talks.write(passing.talk, "Hvad med udsugningen?")
    passing.talks.cases.forward(minutes=2)
    await passing.sits_ready(passing.gorm)
    await passing.offer()
    await passing.accept()
    assert (await passing.stored()).waits_since == passing.talks.cases.now


async def test_who_is_not_on_turn_is_not_put_on_turn_by_being_passed_on(passing):
    await passing.talks.reply(passing.talk, passing.mette)
    await passing.offer()
    await passing.accept()
    assert (await passing.stored()).waits_since is None


async def test_only_a_colleague_who_sits_ready_can_be_offered_a_talk(passing):
    passing.talks.cases.forward(minutes=2)
    with pytest.raises(NotAllowed, match="sidder ikke klar længere"):
        await passing.offer()


async def test_only_who_has_the_talk_can_offer_it(passing):
    with pytest.raises(NotAllowed, match="Mette Ravnsholt har samtalen"):
        await passing.offer("mette", passing.gorm)


async def test_an_offer_that_is_taken_back_cannot_be_accepted(passing):
    await passing.offer()
    await passing.drop(passing.mette)
    with pytest.raises(NotAllowed, match="Tilbuddet gælder ikke længere"):
        await passing.accept()


async def test_a_declined_offer_names_who_declined_and_the_talk_stays(passing):
    await passing.offer()
    await passing.drop(passing.gorm)
    stored = await passing.stored()
    assert (stored.offer, stored.offered_name, stored.taken_by) == ("declined", "Gorm Stenklit", "mette")


async def test_an_offer_ends_with_the_talk(passing):
    await passing.offer()
    passing.talks.cases.forward(minutes=5)
    await passing.talks.end_due(passing.talk)
    assert (await passing.stored()).offer is None
    with pytest.raises(NotAllowed, match="Samtalen er slut"):
        await passing.accept()


async def test_who_took_the_talk_over_keeps_the_case_that_comes_of_it(passing):
    await passing.offer()
    await passing.accept()
    ticket = await passing.talks.make_case(passing.talk, passing.gorm, Facts(phone="00007712"))
    assert ticket.contact_person == "gorm-stenklit"


async def test_handing_back_lets_the_assistant_answer_and_ends_the_talk(talks):
    mette = await talks.colleague()
    talk = await talks.ask()
    await talks.take(talk, mette)

    async def back(uow):
        await live_talks.hand_back(uow, await uow.session.get_one(LiveTalk, talk.id), mette, talks.cases.now)

    await talks.do(back)
    assert await talks.handler(talk) == "bot"
    assert "Mette Ravnsholt har givet ordet tilbage" in (await talks.said(talk))[-1].text
    with pytest.raises(NotAllowed, match="Samtalen er slut: givet tilbage til assistenten"):
        await talks.reply(talk, mette)


async def test_a_talk_becomes_a_case_with_its_words_and_is_kept_by_the_one_who_talked(talks):
    mette = await talks.colleague()
    talk = await talks.ask()
    await talks.take(talk, mette)
    await talks.write(talk, "Vi vil have et skilt, cpr 010190-1234")
    await talks.reply(talk, mette, "Det ser jeg på.")
    ticket = await talks.make_case(talk, mette, Facts(company="Nul ApS", phone="00007711"), "Skilt, cpr 010190-1234")
    assert (ticket.contact_person, ticket.channel, ticket.status) == ("mette-ravnsholt", "chat", "with_contact_person")
    assert "010190" not in ticket.subject
    texts = await talks.read(
        lambda uow: uow.session.scalars(
            select(Message.author).where(Message.ticket_id == ticket.id).order_by(Message.id)
        )
    )
    assert list(texts) == ["visitor", "caseworker"]
    assert await talks.handler(talk) == "bot"


async def test_a_talk_that_ended_without_a_case_can_still_become_one_but_only_once(talks):
    mette = await talks.colleague()
    talk = await talks.ask("Et skilt")
    talks.cases.forward(minutes=3)
    await talks.end_due(talk)
    await talks.make_case(talk, mette, Facts(phone="00007711"))
    assert await talks.handler(talk) == "bot"
    with pytest.raises(NotAllowed, match="allerede lagt på en sag"):
        await talks.make_case(talk, mette, Facts(phone="00007711"))


async def test_a_case_needs_a_way_to_answer_the_business(talks):
    mette = await talks.colleague()
    talk = await talks.ask()
    await talks.take(talk, mette)
    with pytest.raises(NotAllowed, match="e-mail eller et telefonnummer"):
        await talks.make_case(talk, mette, Facts(company="Nul ApS"))


async def test_a_person_of_an_ordinary_case_is_still_chosen_by_area(talks):
    talk = await talks.ask("Et skilt", facts=Facts(phone="00007711"))
    talks.cases.forward(minutes=3)
    await talks.end_due(talk)
    (ticket,) = await talks.cases_of(talk)
    assert "har talt med virksomheden" not in ticket.assignment_reason
