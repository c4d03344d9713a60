"""What the office proposes while somebody tells what they want: answers to read aloud, and the case it would become.

The understanding comes from the engine (bot/decision.py); what it leads to is the office's own rules: triage and assignment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from knowledge.model import CaseType, Knowledge
from office.assignment import Assignment
from office.intake import Facts
from office.store import UnitOfWork
from office.tickets import Decided, previous_contact
from office.triage import Triage, triage
from office.workload import workload

_MOST_ARTICLES = 3
# Probability that a question is a concrete matter as well, for its case type to be proposed; the chat offers it from there on.
_PERHAPS_A_CASE = 0.25
# Kinds of message about which articles can say something; "nlu_fallback" is one that was not understood for certain.
_ASKING = ("answer", "case", "human", "nlu_fallback")


@dataclass(frozen=True)
class Understood:
    """What a text is about: articles (ids) likeliest first, whether the first of them answers it for certain, and the type
    of the case that it is or would become (None: fits none)."""

    articles: tuple[str, ...] = ()
    is_certain: bool = False
    case_type: str | None = None

    @classmethod
    def read(cls, knowledge: Knowledge, intent: str | None, understanding: Mapping[str, Any]) -> Understood:
        """Return what the engine says; articles and case types that this process does not know are left out."""
        if intent not in _ASKING:
            return cls()
        questions = understanding.get("questions") or () if intent == "answer" else ()
        certain = [q["articles"][0][0] for q in questions if q["decision"] == "answer" and q["articles"]]
        near = [article for article, _ in understanding.get("articles") or ()]
        articles = [article for article in dict.fromkeys([*certain, *near]) if article in knowledge.articles]
        cases = [case for case, _ in understanding.get("cases") or () if case in knowledge.cases]
        chance = dict(map(tuple, understanding.get("intents") or ())).get("case", 0.0)
        is_case = intent == "case" or chance >= _PERHAPS_A_CASE
        return cls(
            tuple(articles[:_MOST_ARTICLES]),
            is_certain=bool(certain) and articles[:1] == certain[:1],
            case_type=cases[0] if cases and is_case else None,
        )


@dataclass(frozen=True)
class Suggestion:
    """What is proposed: the understanding, and of the case it would become the type, the triage and the contact person."""

    understood: Understood
    case: CaseType | None
    triage: Triage
    contact: Assignment


async def suggest(
    uow: UnitOfWork,
    knowledge: Knowledge,
    understood: Understood,
    text: str,
    facts: Facts,
    now: datetime,
    decided: Decided,
    language: str = "da",
) -> Suggestion:
    """Return what is proposed for `text` by somebody of whom `facts` are known. Nothing is stored.

    `decided` is what the caseworker has set already (areas lead to another contact person). The contact person is the one
    who would get the case now; who does get it is settled when it is opened.
    """
    case = knowledge.cases.get(understood.case_type or "")
    found = decided.applied_to(triage(case, text, knowledge, language), knowledge)
    now_open = await workload(uow, knowledge, now)
    return Suggestion(understood, case, found, now_open.choose(found.areas, await previous_contact(uow, facts)))
