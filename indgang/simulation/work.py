"""The simulated caseworkers at the desk, and the businesses that write back: everything goes through the office's functions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

from indgang.simulation.arrivals import Arrival
from indgang.simulation.force import COORDINATOR
from indgang.simulation.story import Story, story_of
from knowledge.model import Knowledge
from office import closing, conversations, correspondence, handover, intakes, screening, tickets
from office.calendar import WorkCalendar
from office.clock import local
from office.errors import NotAllowed
from office.plans import plan_of, save_plan
from office.store import Database, UnitOfWork
from office.store.tables import Ticket

# What one person gets done between two looks at the list.
_AT_A_SITTING = 8
_GIVES_UP_AFTER = 15
_PLANNED_DAYS = 30
_OFFER = "Ring til mig, så ser vi sammen på, hvad der ellers kan lade sig gøre."

Later = Callable[[datetime, Callable[[datetime], Awaitable[None]]], None]
Act = Callable[[UnitOfWork, Ticket, datetime], Awaitable[None]]


class Desk:
    """Caseworkers and businesses. `later` puts what a business will do in the queue of the year."""

    def __init__(self, database: Database, knowledge: Knowledge, seed: int, later: Later) -> None:
        self._database = database
        self._knowledge = knowledge
        self._calendar = WorkCalendar(knowledge.office)
        self._seed = seed
        self._later = later
        self._handed_back: set[int] = set()
        self._forgetful: dict[int, str] = {}
        self.done: Counter[str] = Counter()

    async def take_in(self, arrival: Arrival, now: datetime) -> Ticket | None:
        """Let a business come: it gets a case, or, when it leaves in the middle, an intake that the sweeper will find."""
        async with self._database.writing() as uow:
            conversation, _ = await conversations.start(uow, now, arrival.channel, arrival.language)
            message, _ = await conversations.receive(uow, conversation, arrival.text, now)
            message.state, ticket = "answered", None
            facts = arrival.facts.known()
            await intakes.remember_intake(uow, conversation.id, now, arrival.text, facts, arrival.case.id)
            if not arrival.leaves:
                inquiry = tickets.Inquiry(
                    conversation.id,
                    arrival.text,
                    arrival.facts,
                    arrival.case.id,
                    message.id,
                    channel=arrival.channel,
                    language=arrival.language,
                )
                ticket = await tickets.open_ticket(uow, self._knowledge, inquiry, now)
            await uow.commit()
        return ticket

    async def sit_down(self, person: str, now: datetime) -> None:
        """Let a caseworker look at the list and take what can be done, the next deadline first."""
        async with self._database.reading() as uow:
            mine = await tickets.open_by_deadline(uow, person)
        to_do = [(ticket.id, act) for ticket in mine if (act := self._next_act(ticket, now))]
        for number, act in to_do[:_AT_A_SITTING]:
            await self._do(number, act, now)

    def _next_act(self, ticket: Ticket, now: datetime) -> Act | None:
        """Return what the contact person does next on this case; None while there is nothing to do, or it is forgotten."""
        story = self._story(ticket)
        if self._forgets(ticket, story, now):
            return None
        if ticket.first_answered_at is None:
            first = self._screen if story.screened_at_once else self._first_words
            return self._hand_back if story.hands_back and ticket.id not in self._handed_back else first
        if ticket.reply_due is not None:
            return self._reply
        began = ticket.reopened_at or ticket.received_at
        if ticket.status == "waiting_for_business":
            return self._withdraw if self._passed(began, _GIVES_UP_AFTER, now) else None
        if ticket.answered_at is not None:
            return self._close if self._passed(ticket.answered_at, story.ends_after, now) else None
        if ticket.screened_at is None:
            return self._screen if self._passed(began, 2, now) else None
        return self._answer if self._passed(began, story.answered_after, now) else None

    def _forgets(self, ticket: Ticket, story: Story, now: datetime) -> bool:
        """Tell whether the person has forgotten the case; another person remembers, and so does one told that it is late."""
        holder = self._forgetful.setdefault(ticket.id, ticket.contact_person)
        if ticket.contact_person == COORDINATOR or holder != ticket.contact_person:
            return False
        if story.forgets == "first words":
            return ticket.first_answered_at is None
        if story.forgets != "answer" or ticket.first_answered_at is None or ticket.answered_at is not None:
            return False
        return not self._passed(ticket.answer_due, 2, now)

    # --- what caseworkers do ------------------------------------------------------------------------------

    async def _do(self, number: int, act: Act, now: datetime) -> None:
        """Run an act on the case as it is stored, in a unit of work of its own."""
        async with self._database.writing() as uow:
            ticket = await uow.session.get_one(Ticket, number)
            try:
                await act(uow, ticket, now)
            except NotAllowed:
                self.done["refused_by_a_rule"] += 1
                return
            await uow.commit()
        self.done[act.__name__.strip("_")] += 1

    async def _hand_back(self, uow: UnitOfWork, ticket: Ticket, now: datetime) -> None:
        self._handed_back.add(ticket.id)
        await handover.hand_back(uow, self._knowledge, ticket, ticket.contact_person, now, "Det er ikke mit område.")

    async def _first_words(self, uow: UnitOfWork, ticket: Ticket, now: datetime) -> None:
        await self._say(uow, ticket, "Jeg har fået din sag og går i gang.", now)

    async def _screen(self, uow: UnitOfWork, ticket: Ticket, now: datetime) -> None:
        story = self._story(ticket)
        missing = ticket.missing if story.lacks_material else []
        expected = local(now).date() + timedelta(days=_PLANNED_DAYS)
        person = ticket.contact_person
        if ticket.screened_at is None and ticket.status in ("received", "abandoned_intake", "reopened"):
            await screening.begin_screening(uow, self._knowledge, ticket, person, now)
        await screening.finish_screening(
            uow, self._knowledge, ticket, missing, expected, self._name(ticket), person, now
        )
        if missing and story.sends_after is not None:
            self._business_writes(ticket, now + timedelta(days=story.sends_after), "Her er det, I manglede.")

    async def _reply(self, uow: UnitOfWork, ticket: Ticket, now: datetime) -> None:
        await self._say(uow, ticket, "Tak for din besked.", now, answers_case=ticket.answered_at is not None)

    async def _answer(self, uow: UnitOfWork, ticket: Ticket, now: datetime) -> None:
        """Make the plan say what an answer must, answer or refuse, and let the business do what it will."""
        story = self._story(ticket)
        plan = await plan_of(uow, ticket)
        if plan.lacks():
            whole = replace(
                plan, permits=plan.permits or (), steps=plan.steps or ("Vi ser på det",), cost=plan.cost or "0 kr."
            )
            await save_plan(uow, ticket, whole, ticket.contact_person, now)
        if story.refused and ticket.outcome is None:
            name, person = self._name(ticket), ticket.contact_person
            await closing.refuse(
                uow, self._knowledge, ticket, "Det kan desværre ikke lade sig gøre.", _OFFER, name, person, now
            )
        else:
            await self._say(uow, ticket, "Her er svaret.", now, answers_case=True)
        if ticket.reopened_at is None and story.ending != "satisfied":
            text = "Tak, så er vi hjulpet." if story.ending == "thanks" else "Hvad så med parkeringen?"
            self._business_writes(ticket, now + timedelta(days=story.ends_after), text)

    async def _close(self, uow: UnitOfWork, ticket: Ticket, now: datetime) -> None:
        story = self._story(ticket)
        await closing.needs_no_more(uow, ticket, ticket.contact_person, now, "Virksomheden har sagt det i telefonen.")
        outcome = ticket.outcome or "helped"
        await closing.close(uow, self._knowledge, ticket, outcome, ticket.contact_person, now)
        if story.comes_again_after is not None and ticket.reopened_at is None:
            self._business_writes(ticket, now + timedelta(days=story.comes_again_after), "Nu er der kommet noget nyt.")

    async def _withdraw(self, uow: UnitOfWork, ticket: Ticket, now: datetime) -> None:
        await closing.withdraw(
            uow, self._knowledge, ticket, ticket.contact_person, now, "Vi har ikke hørt fra virksomheden."
        )

    async def _say(self, uow: UnitOfWork, ticket: Ticket, text: str, now: datetime, answers_case: bool = False) -> None:
        name, person = self._name(ticket), ticket.contact_person
        await correspondence.reply_to_business(uow, self._knowledge, ticket, text, name, person, now, answers_case)

    # --- what businesses do -------------------------------------------------------------------------------

    def _business_writes(self, ticket: Ticket, moment: datetime, text: str) -> None:
        number = ticket.id

        async def write(now: datetime) -> None:
            async with self._database.writing() as uow:
                stored = await uow.session.get_one(Ticket, number)
                await correspondence.write_from_business(uow, self._knowledge, stored, text, now)
                await uow.commit()
            self.done["business_writes"] += 1

        self._later(moment, write)

    # --- inside -------------------------------------------------------------------------------------------

    def _story(self, ticket: Ticket) -> Story:
        return story_of(self._seed, ticket.reference, ticket.level == "complex")

    def _name(self, ticket: Ticket) -> str:
        return self._knowledge.people[ticket.contact_person].name

    def _passed(self, since: datetime, working_days: int, now: datetime) -> bool:
        return self._calendar.add_working_days(local(since).date(), working_days) <= local(now).date()
