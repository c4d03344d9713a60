"""What an answer with content must hold, put in words from the plan.

Source: promises S04 (contact person, permits, course and time, costs), S05 (five offers to a new business) and A4
(sparring about sustainability).
"""

from __future__ import annotations

from collections.abc import Sequence

from knowledge.model import Knowledge
from office.contact import contact_person
from office.errors import NotAllowed
from office.plans import Plan, in_danish
from office.store.tables import Ticket
from office.words import day_in_words, listed

_WORDS = {
    "da": {
        "person": "Din kontaktperson: {name}, {title}, telefon {phone}, {email}.",
        "permits": "Tilladelser ({count}): {permits}.",
        "no_permits": "Tilladelser: Du skal ikke bruge nogen.",
        "steps": "Forløb: {steps}.",
        "time": "Tid: {time}",
        "expected": "Vi venter, at sagen er klar {day}.",
        "cost": "Pris: {cost}",
        "sustainability": "Bæredygtighed: {offer}",
        "offers": "Som ny virksomhed kan du også få:",
    },
    "en": {
        "person": "Your contact person: {name}, {title}, phone {phone}, {email}.",
        "permits": "Permits ({count}): {permits}.",
        "no_permits": "Permits: You need none.",
        "steps": "Course: {steps}.",
        "time": "Time: {time}",
        "expected": "We expect the case to be ready on {day}.",
        "cost": "Cost: {cost}",
        "sustainability": "Sustainability: {offer}",
        "danish": "What stands here in Danish is the usual course as our departments write it. {name} explains it in English.",
        "offers": "As a new business you can also have:",
    },
}


def content_of_answer(ticket: Ticket, plan: Plan, knowledge: Knowledge) -> str:
    """Return what follows the caseworker's own words in the answer, in the language of the case; "" on simple cases.

    Raises NotAllowed, naming what is missing, while the plan does not say everything that was promised.
    """
    if ticket.level == "simple":
        return ""
    lacking = plan.lacks()
    if lacking:
        raise NotAllowed(f"Svaret skal også sige noget om {listed(lacking)}. Skriv det i planen først.")
    language = ticket.language if ticket.language in _WORDS else "da"
    parts = ["\n".join(_facts(ticket, plan, knowledge, language))]
    if ticket.phase == "tiltraekning":
        parts.append("\n".join(_offers(knowledge, language)))
    return "\n\n".join(parts)


def _facts(ticket: Ticket, plan: Plan, knowledge: Knowledge, language: str) -> Sequence[str]:
    words = _WORDS[language]
    person = contact_person(knowledge, ticket)
    times = [plan.time, words["expected"].format(day=day_in_words(plan.expected, language)) if plan.expected else ""]
    permits = words["permits"].format(count=len(plan.permits or ()), permits=listed(plan.permits or (), language))
    case = knowledge.cases.get(ticket.case_type or "")
    offer = case.sustainability if case else ""
    has_danish = language == "en" and (bool(offer) or in_danish(plan, case))
    return [
        words["person"].format(**person),
        permits if plan.permits else words["no_permits"],
        words["steps"].format(steps="; ".join(plan.steps)),
        words["time"].format(time=" ".join(filter(None, times))),
        words["cost"].format(cost=plan.cost),
        *([words["sustainability"].format(offer=offer)] if offer else []),
        *([words["danish"].format(name=person["name"])] if has_danish else []),
    ]


def _offers(knowledge: Knowledge, language: str) -> list[str]:
    offers = knowledge.office.new_business_offers.values()
    texts = (offer.text_en if language == "en" else offer.text for offer in offers)
    return [_WORDS[language]["offers"], *(f"- {text}" for text in texts)]
