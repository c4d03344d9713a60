"""How satisfied businesses are: asked once after closing, counted by month against the goals in office.yml.

Source: promises A9 (every closed case is asked, results are published) and A11 (goals, to be exceeded).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select, update

from knowledge.model import ALWAYS_ASKED, SurveyRules
from office.clock import COPENHAGEN, local
from office.errors import NotAllowed
from office.history import record
from office.privacy import mask_cpr
from office.store import UnitOfWork
from office.store.follow_up_tables import Survey
from office.store.tables import Ticket

RATINGS = range(1, 6)  # 1 = meget utilfreds, 5 = meget tilfreds
_SATISFIED = (4, 5)  # tilfreds and meget tilfreds (promise A11)


@dataclass(frozen=True)
class Share:
    """So many of so many."""

    part: int
    whole: int

    @property
    def percent(self) -> float | None:
        """Return the share in percent; None of nothing."""
        return 100 * self.part / self.whole if self.whole else None

    def exceeds(self, goal: int) -> bool | None:
        """Tell whether the share is over `goal` percent: exactly at it is not over it. None of nothing."""
        return self.part * 100 > goal * self.whole if self.whole else None


@dataclass(frozen=True)
class Result:
    """What a number of closed cases say: how many answered, and for each scale how many of those were satisfied."""

    response: Share
    satisfied: Mapping[str, Share]

    def goals_met(self, rules: SurveyRules) -> dict[str, bool | None]:
        """Return for each goal whether it was exceeded; None where nobody answered."""
        shares = {"response": self.response, **self.satisfied}
        return {name: shares[name].exceeds(goal) for name, goal in rules.goals.items()}


async def invite(uow: UnitOfWork, ticket: Ticket, now: datetime) -> bool:
    """Note the closing, with the contact person as of now. Returns whether the business is to be asked.

    A case is asked once: closed again after its answer, it is not asked again and stays with its first closing.
    """
    survey = await survey_of(uow, ticket)
    if survey is not None and survey.answered_at is not None:
        return False
    if survey is None:
        survey = Survey(ticket_id=ticket.id)
        uow.session.add(survey)
    survey.contact_person, survey.closed_at = ticket.contact_person, now
    await uow.session.flush()
    return True


async def survey_of(uow: UnitOfWork, ticket: Ticket) -> Survey | None:
    """Return the case's survey; None while it was never closed."""
    survey: Survey | None = await uow.session.scalar(select(Survey).where(Survey.ticket_id == ticket.id))
    return survey


async def answer_survey(
    uow: UnitOfWork, rules: SurveyRules, ticket: Ticket, ratings: Mapping[str, int], comment: str, now: datetime
) -> None:
    """Store what the business thinks: 1 to 5 by scale, and words. Raises NotAllowed when it cannot be taken.

    Answered before, the first answer stands.
    """
    survey = await survey_of(uow, ticket)
    if survey is None:
        raise NotAllowed("Sagen er ikke afsluttet endnu.")
    if any(name not in rules.scales or rating not in RATINGS for name, rating in ratings.items()):
        raise NotAllowed("Svarene skal være fra 1 til 5 på det, der bliver spurgt om.")
    if not set(ALWAYS_ASKED) <= set(ratings):
        raise NotAllowed("Svar både på service og på tid.")
    await uow.session.refresh(survey, with_for_update=True)
    if survey.answered_at is not None:
        return
    survey.answered_at, survey.ratings = now, dict(ratings)
    survey.comment = mask_cpr(comment)[0] or None
    record(uow, ticket, now, "virksomheden", "surveyed")
    await uow.session.flush()


async def surveys_between(uow: UnitOfWork, first: date, last: date, area: str | None = None) -> list[Survey]:
    """Return the surveys of cases closed from `first` to `last`, both included (local dates).

    With `area` only those of cases with that leading area, as long as the case is not anonymised: later the survey belongs
    to no case any more.
    """
    start, end = (datetime.combine(day, time(), COPENHAGEN) for day in (first, last + timedelta(days=1)))
    found = select(Survey).where(Survey.closed_at >= start, Survey.closed_at < end).order_by(Survey.closed_at)
    if area is not None:
        found = found.join(Ticket, Ticket.id == Survey.ticket_id).where(Ticket.areas[0].as_string() == area)
    return list(await uow.session.scalars(found))


def by_month(surveys: Iterable[Survey], rules: SurveyRules) -> dict[str, Result]:
    """Return results by the local month of closing ("2026-11"), in order."""
    months: dict[str, list[Survey]] = defaultdict(list)
    for survey in surveys:
        months[f"{local(survey.closed_at):%Y-%m}"].append(survey)
    return {month: count(months[month], rules) for month in sorted(months)}


def count(surveys: Iterable[Survey], rules: SurveyRules) -> Result:
    """Return what these surveys say together."""
    asked = list(surveys)
    answers = [survey.ratings or {} for survey in asked if survey.answered_at is not None]
    return Result(
        Share(len(answers), len(asked)),
        {name: _satisfied([answer[name] for answer in answers if name in answer]) for name in rules.scales},
    )


async def delete_of_ticket(uow: UnitOfWork, ticket: Ticket) -> None:
    """Let a survey say nothing about anybody: case, contact person and words go, the figures stay in their month."""
    await uow.session.execute(
        update(Survey).where(Survey.ticket_id == ticket.id).values(ticket_id=None, contact_person=None, comment=None)
    )


def _satisfied(ratings: list[int]) -> Share:
    return Share(sum(rating in _SATISFIED for rating in ratings), len(ratings))
