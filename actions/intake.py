"""From inquiry to ticket: the announcement, the form that asks for what is missing, and the ticket that is saved and spoken of.

The ticket is opened as soon as there is a way to answer back; what the case type asks beyond that comes after, and is added
to the ticket. So a visitor who leaves midway has lost nothing.
"""

from __future__ import annotations

from typing import Any

from actions import buttons
from actions.answering import obey_choice, offer_perhaps_answered
from actions.base import OfficeAction
from actions.context import Turn
from actions.talking import OUTCOMES, interrupt
from knowledge.model import CaseType, Question
from office import history, intakes, tickets
from office.calendar import WorkCalendar
from office.intake import (
    SKIPPED,
    Facts,
    find_detail,
    find_facts,
    mistyped_cvr,
    read_answer,
    reading_of,
    refuses_contact,
)
from office.store.tables import Ticket
from office.triage import triage
from office.words import listed, moment_in_words

# The form's steps in the order they are asked, as domain.yml lists them.
STEPS = ("company", "contact_name", "contact_way")
DONE = "done"
# Tells the gateway that a person was asked for in so many words: it offers a live talk while the office is open.
_WANTS_PERSON = {"wants_person": True}
ADDRESS = Question(
    id="address",
    ask="Hvilken adresse handler det om?",
    ask_en="Which address is it about?",
    why="Reglerne afhænger af stedet, for eksempel af lokalplanen. Kender du ikke adressen endnu, så spring over.",
    why_en="The rules depend on the place, for example on the local plan. If you do not know the address yet, skip it.",
)


class ActionOpenCase(OfficeAction):
    """Tell what the inquiry is and why it needs people, and begin the intake with what the message already says."""

    action_name = "action_open_case"

    async def answer(self, turn: Turn) -> None:
        candidates = turn.understanding.get("cases") or []
        case_type = candidates[0][0] if candidates else "andet"
        await begin_intake(turn, case_type, turn.text)


class ActionHuman(OfficeAction):
    """The visitor wants a person: say how, and take the matter in so that a person calls back."""

    action_name = "action_human"

    async def answer(self, turn: Turn) -> None:
        office = turn.knowledge.office
        calendar = WorkCalendar(office)
        if calendar.is_open(turn.now):
            turn.say("human_open", {"kind": "human"}, custom=_WANTS_PERSON, phone=office.phone)
        else:
            opening = moment_in_words(calendar.next_opening(turn.now), turn.language)
            turn.say("human_closed", outcome={"kind": "human"}, phone=office.phone, opening=opening)
        offer_perhaps_answered(turn)
        await start_form(turn, None, _what_it_is_about(turn), find_facts(turn.text))


class ActionChoose(OfficeAction):
    """The visitor pressed a button: an article to answer from, or a case to open."""

    action_name = "action_choose"

    async def answer(self, turn: Turn) -> None:
        case_type = turn.chosen("case")
        if case_type in turn.knowledge.cases:
            await begin_intake(turn, case_type, _what_it_is_about(turn))
        else:
            obey_choice(turn)


class ValidateIntakeForm(OfficeAction):
    """Read one answer in the form. Anything that is not an answer is met as outside the form, and the question returns."""

    action_name = "validate_intake_form"

    async def answer(self, turn: Turn) -> None:
        asked = turn.slot("requested_slot")
        if asked not in STEPS:
            return
        if await _taken_in_elsewhere(turn):
            await _leave_form(turn)
            return
        intent = _command_or_reading(turn, asked)
        if intent in ("cancel", "goodbye") or refuses_contact(turn.text):
            await _cancel(turn, refused=intent not in ("cancel", "goodbye"))
        elif intent == "why":
            turn.say(f"why_{asked}", outcome=_outcome(turn))
        elif intent == "skip":
            await _skip(turn, asked)
        elif intent == "human":
            turn.say("human_on_the_way", {"kind": "human"}, custom=_WANTS_PERSON)
        elif intent == "correct":
            await _correct(turn)
        elif intent == "value":
            await _take_answer(turn, asked)
        elif intent != "affirm":  # "ja, det passer" needs no reply but the question
            await interrupt(turn, intent)
            turn.set_slot("interrupted", True)
        _keep_asking(turn, asked)


class AskFor(OfficeAction):
    """Ask for one step of the form."""

    def __init__(self, step: str) -> None:
        self.step = step

    def name(self) -> str:
        return f"action_ask_{self.step}"

    async def answer(self, turn: Turn) -> None:
        if turn.slot("interrupted"):
            turn.say("back_to_intake")
            turn.set_slot("interrupted", False)
        optional = [] if self.step == "contact_way" else [buttons.skip(turn)]
        alone = "_alone" if self.step == "company" and turn.slot("contact_name") else ""
        turn.say(f"ask_{self.step}{alone}", outcome=_outcome(turn), buttons=[*optional, buttons.cancel(turn)])


class ActionFinishIntake(OfficeAction):
    """Save the ticket and say so: number, contact person, both dates, what to have ready. Then ask what the type asks."""

    action_name = "action_finish_intake"

    async def answer(self, turn: Turn) -> None:
        if turn.slot("intake_cancelled"):
            turn.set_slot("intake_cancelled", False)
            return
        ticket = await _save_ticket(turn)
        _say_ticket(turn, ticket)
        turn.set_slot("ticket", ticket.reference)
        _clear_form(turn)
        if _next_question(turn):
            turn.events.append({"event": "followup", "timestamp": None, "name": "details_form"})


class AskForDetails(OfficeAction):
    """Ask the next question of the case type."""

    action_name = "action_ask_details"

    async def answer(self, turn: Turn) -> None:
        question = _next_question(turn)
        if question is None:
            return
        if _is_first_detail(turn) and not turn.slot("interrupted"):
            turn.say("before_details")
        turn.set_slot("interrupted", False)
        text = question.ask_en if turn.language == "en" else question.ask
        turn.say_text(text, outcome=_outcome(turn), buttons=[buttons.skip(turn), buttons.enough(turn)])


class ValidateDetailsForm(OfficeAction):
    """Add one answer to the ticket at once. The visitor may stop at any time: the case is already there."""

    action_name = "validate_details_form"

    async def answer(self, turn: Turn) -> None:
        question = _next_question(turn)
        if turn.slot("requested_slot") != "details" or question is None:
            return
        intent = _command_or_reading(turn, question.id)
        if intent in ("cancel", "goodbye", "thanks"):
            turn.say("details_enough", outcome=_outcome(turn), reference=turn.slot("ticket"))
            turn.set_slot("details", DONE)
        elif intent == "why":
            turn.say_text(question.why_en if turn.language == "en" else question.why, outcome=_outcome(turn))
            turn.set_slot("interrupted", True)
        elif intent == "human":
            turn.say("human_on_the_way", {"kind": "human"}, custom=_WANTS_PERSON)
        elif intent == "correct":
            await correct_ticket(turn)
        elif intent in ("value", "skip"):
            await _add_detail(turn, question, SKIPPED if intent == "skip" else turn.text)
        elif intent != "affirm":
            await interrupt(turn, intent)
            turn.set_slot("interrupted", True)
        if turn.slot("details") != DONE:
            turn.set_slot("details", None)


class ActionCorrect(OfficeAction):
    """A correction after the ticket was saved: change the ticket, and say what it says now."""

    action_name = "action_correct"

    async def answer(self, turn: Turn) -> None:
        await correct_ticket(turn)


# --- beginning --------------------------------------------------------------------------------------------


async def begin_intake(turn: Turn, case_type: str, subject: str) -> None:
    """Say what kind of inquiry this is, with reasons, and start the form."""
    case = turn.knowledge.cases[case_type]
    found = triage(case, subject, turn.knowledge, turn.language)
    outcome = {"kind": "case", "type": case_type, "level": found.level, "areas": [*found.areas, *found.authorities]}
    turn.set_slot("outcome", outcome)
    turn.say(
        f"case_{found.level}",
        outcome=outcome,
        custom={"reasons": list(found.reasons)},
        title=(case.title_en if turn.language == "en" else case.title),
        reason=found.reasons[0],
        areas=listed(turn.knowledge.area_titles([*found.areas, *found.authorities], turn.language), turn.language),
    )
    offer_perhaps_answered(turn)
    await start_form(turn, case_type, subject, find_facts(subject))


async def start_form(turn: Turn, case_type: str | None, subject: str, found: Facts) -> None:
    """Put what is known into the form and let it ask for the rest; with nothing left to ask, save right away."""
    known = Facts.of(turn.slot("facts") or {}).updated(found)
    turn.set_slot("case_type", case_type)
    turn.set_slot("subject", subject)
    turn.set_slot("details_answers", {})
    turn.set_slot("details", None)
    turn.set_slot("intake_cancelled", False)
    await _remember(turn, known)
    complete = all(_step_value(known, step) for step in STEPS)
    turn.events.append(
        {"event": "followup", "timestamp": None, "name": "action_finish_intake" if complete else "intake_form"}
    )


def _what_it_is_about(turn: Turn) -> str:
    """Return what the visitor has said lately in their own words; button presses say nothing by themselves."""
    said = [
        str(event.get("text"))
        for event in turn.tracker.events
        if event.get("event") == "user" and event.get("text") and not str(event["text"]).startswith("/")
    ]
    return "\n".join(dict.fromkeys(said[-4:]))


# --- the form ---------------------------------------------------------------------------------------------


def _command_or_reading(turn: Turn, asked: str) -> str:
    """Return what the message is in the form: "value", or the intent that interrupts."""
    if turn.text.startswith("/"):
        return turn.intent
    probability = next((p for name, p in turn.understanding.get("intents") or [] if name == turn.intent), 0.0)
    return reading_of(asked, turn.text, turn.intent, float(probability))


async def _take_answer(turn: Turn, asked: str) -> None:
    bad_cvr = mistyped_cvr(turn.text)
    found = read_answer(asked, turn.text)
    if asked == "contact_way" and not found.reachable:
        turn.say("contact_way_unreadable", outcome=_outcome(turn), phone=turn.knowledge.office.phone)
        return
    if bad_cvr:
        turn.say("cvr_wrong", outcome=_outcome(turn), number=bad_cvr)
    await _remember(turn, Facts.of(turn.slot("facts") or {}).updated(found))


async def _skip(turn: Turn, asked: str) -> None:
    if asked == "contact_way":
        turn.say("contact_way_needed", outcome=_outcome(turn), phone=turn.knowledge.office.phone)
        return
    facts = Facts.of(turn.slot("facts") or {})
    await _remember(turn, facts.updated(Facts.of({asked: SKIPPED})))


async def _correct(turn: Turn) -> None:
    found = find_facts(turn.text)
    if not found.known():
        turn.say("correct_what", outcome=_outcome(turn))
        return
    await _remember(turn, Facts.of(turn.slot("facts") or {}).updated(found))
    turn.say("corrected", outcome=_outcome(turn), values=listed(list(found.known().values()), turn.language))


async def _cancel(turn: Turn, refused: bool) -> None:
    async with turn.parts.database.writing() as uow:
        await intakes.cancel_intake(uow, turn.conversation_id)
        await uow.commit()
    office = turn.knowledge.office
    turn.say(
        "intake_refused" if refused else "intake_cancelled",
        outcome={"kind": "smalltalk"},
        phone=office.phone,
        email=office.email,
    )
    turn.set_slot("intake_cancelled", True)
    _clear_form(turn)


async def _remember(turn: Turn, facts: Facts) -> None:
    """Keep the facts in the conversation and in the store, where they survive us."""
    turn.set_slot("facts", facts.known())
    for step in STEPS:
        turn.set_slot(step, _step_value(facts, step))
    async with turn.parts.database.writing() as uow:
        await intakes.remember_intake(
            uow, turn.conversation_id, turn.now, turn.slot("subject") or "", facts.known(), turn.slot("case_type")
        )
        await uow.commit()


async def _taken_in_elsewhere(turn: Turn) -> bool:
    """Tell whether gateway or sweeper made a ticket of this intake while we were away."""
    async with turn.parts.database.reading() as uow:
        return await intakes.open_intake(uow, turn.conversation_id) is None


async def _leave_form(turn: Turn) -> None:
    """End the form without saving anything, and answer the message as outside the form."""
    turn.set_slot("intake_cancelled", True)
    turn.set_slot("requested_slot", None)
    _clear_form(turn)
    await interrupt(turn, turn.intent if turn.intent in ("answer", "follow_up", *OUTCOMES) else "status")


def _keep_asking(turn: Turn, asked: str) -> None:
    """Make the form see that something was validated: the step's value, or still nothing."""
    if turn.slot("intake_cancelled"):
        turn.set_slot("requested_slot", None)
    else:
        turn.set_slot(asked, turn.slot(asked))


def _clear_form(turn: Turn) -> None:
    for step in STEPS:
        turn.set_slot(step, None)


def _step_value(facts: Facts, step: str) -> str | None:
    if step == "contact_way":
        return facts.email or facts.phone
    value: str | None = getattr(facts, step)
    return value


def _outcome(turn: Turn) -> dict[str, Any]:
    """The outcome of a turn inside an intake: the case it is about, or the wish for a person."""
    return dict(turn.slot("outcome")) if turn.slot("case_type") and turn.slot("outcome") else {"kind": "human"}


# --- the ticket -------------------------------------------------------------------------------------------


async def _save_ticket(turn: Turn) -> Ticket:
    async with turn.parts.database.writing() as uow:
        inquiry = tickets.Inquiry(
            conversation_id=turn.conversation_id,
            subject=turn.slot("subject") or turn.text,
            facts=Facts.of(turn.slot("facts") or {}),
            case_type=turn.slot("case_type"),
            message_id=turn.message_id,
            language=turn.language,
        )
        ticket = await tickets.open_ticket(uow, turn.knowledge, inquiry, turn.now)
        given = _details_given(turn, inquiry.subject)
        for question, value in given.items():
            await tickets.add_detail(uow, turn.knowledge, ticket, question.ask, value, turn.now)
        await uow.commit()
    turn.set_slot("details_answers", {question.id: value for question, value in given.items()})
    return ticket


def _details_given(turn: Turn, subject: str) -> dict[Question, str]:
    """Return the case type's questions that the visitor's own words have answered already, with the answers."""
    case = _case(turn)
    found = {question: find_detail(question.id, subject) for question in (case.questions if case else ())}
    return {question: value for question, value in found.items() if value}


def _say_ticket(turn: Turn, ticket: Ticket) -> None:
    person = turn.knowledge.people[ticket.contact_person]
    kind = "case" if turn.slot("case_type") else "human"
    turn.say(
        "ticket",
        outcome={
            "kind": kind,
            "type": ticket.case_type,
            "level": ticket.level,
            "areas": [*ticket.areas, *ticket.authorities],
        },
        custom={"kind": "ticket", "ticket": ticket.reference},
        reference=ticket.reference,
        person=person.name,
        title=person.title,
        first=moment_in_words(ticket.first_answer_due, turn.language),
        answer=moment_in_words(ticket.answer_due, turn.language),
    )


def _case(turn: Turn) -> CaseType | None:
    return turn.knowledge.cases.get(turn.slot("case_type") or "")


def _is_first_detail(turn: Turn) -> bool:
    """Tell whether nothing has been answered yet but what the visitor's first words said by themselves."""
    answered = turn.slot("details_answers") or {}
    return set(answered) <= {question.id for question in _details_given(turn, turn.slot("subject") or "")}


def _next_question(turn: Turn) -> Question | None:
    """Return what to ask next about the case: the address where the type needs one, then the type's own questions."""
    case = _case(turn)
    if case is None:
        return None
    known = {**(turn.slot("facts") or {}), **(turn.slot("details_answers") or {})}
    questions = (ADDRESS, *case.questions) if case.needs_address else case.questions
    return next((q for q in questions if q.id not in known), None)


async def _add_detail(turn: Turn, question: Question, value: str) -> None:
    answers = {**(turn.slot("details_answers") or {}), question.id: value}
    async with turn.parts.database.writing() as uow:
        ticket = await tickets.by_reference(uow, turn.slot("ticket") or "")
        if ticket is not None and value != SKIPPED:
            if question is ADDRESS:
                address = read_answer("address", value).address
                await tickets.change(uow, ticket, {"address": address}, "virksomheden", turn.now, "Oplyst i chatten")
            else:
                await tickets.add_detail(uow, turn.knowledge, ticket, question.ask, value, turn.now)
            await uow.commit()
    turn.set_slot("details_answers", answers)
    if _next_question(turn) is None:
        turn.say("details_done", outcome=_outcome(turn), reference=turn.slot("ticket"))
        turn.set_slot("details", DONE)


async def correct_ticket(turn: Turn) -> None:
    """Put corrected facts on this conversation's ticket, with history, and say what was changed."""
    found = find_facts(turn.text).known()
    async with turn.parts.database.writing() as uow:
        own = await tickets.of_conversation(uow, turn.conversation_id)
        if not own or not found:
            turn.say(
                "correct_what" if own else "correct_nothing",
                outcome={"kind": "status"},
                buttons=[buttons.person(turn)],
            )
            return
        try:
            await tickets.change(uow, own[0], found, "virksomheden", turn.now, "Rettet af virksomheden i chatten")
        except history.NothingToRecord:
            turn.say("correct_same", outcome={"kind": "status"}, reference=own[0].reference)
            return
        await uow.commit()
    turn.set_slot("facts", {**(turn.slot("facts") or {}), **found})
    turn.say(
        "ticket_corrected",
        outcome={"kind": "status"},
        custom={"kind": "ticket", "ticket": own[0].reference},
        reference=own[0].reference,
        values=listed(list(found.values()), turn.language),
    )
