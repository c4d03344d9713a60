"""Half-finished intakes: kept word by word, and made into cases when the visitor falls silent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from knowledge.model import Knowledge
from office.intake import Facts
from office.store import UnitOfWork
from office.store.tables import Conversation, Intake, Ticket
from office.tickets import Inquiry, open_ticket
from office.workload import locked_workload


async def remember_intake(
    uow: UnitOfWork, conversation_id: str, now: datetime, subject: str, facts: Mapping[str, Any], case_type: str | None
) -> None:
    """Keep what has been told so far, so that nothing is lost when visitor, bot or actions disappear midway."""
    intake = await uow.session.get(Intake, conversation_id)
    if intake is None:
        intake = Intake(conversation_id=conversation_id)
        uow.session.add(intake)
    intake.case_type, intake.subject, intake.facts = case_type, subject, dict(facts)
    intake.state, intake.updated_at = "open", now


async def open_intake(uow: UnitOfWork, conversation_id: str) -> Intake | None:
    """Return the intake under way in this conversation, if any."""
    intake = await uow.session.get(Intake, conversation_id)
    return intake if intake is not None and intake.state == "open" else None


async def cancel_intake(uow: UnitOfWork, conversation_id: str) -> None:
    """Mark the intake as given up by the visitor, who said so."""
    intake = await open_intake(uow, conversation_id)
    if intake:
        intake.state = "cancelled"


async def take_in_abandoned(uow: UnitOfWork, knowledge: Knowledge, now: datetime, silence: timedelta) -> list[Ticket]:
    """Turn intakes that fell silent but left a way to be reached into tickets of status abandoned_intake."""
    rows = await uow.session.scalars(
        select(Intake)
        .where(Intake.state == "open", Intake.updated_at < now - silence)
        .limit(100)
        .with_for_update(skip_locked=True)
    )
    silent = list(rows)
    if not silent:
        return []
    await locked_workload(uow, knowledge, now, [intake.conversation_id for intake in silent])
    opened = []
    for intake in silent:
        facts = Facts.of(intake.facts)
        if not facts.reachable:
            intake.state = "expired"
            continue
        conversation = await uow.session.get_one(Conversation, intake.conversation_id)
        inquiry = Inquiry(
            conversation_id=intake.conversation_id,
            subject=intake.subject,
            facts=facts,
            case_type=intake.case_type,
            channel=conversation.channel,
            language=conversation.language,
            status="abandoned_intake",
        )
        opened.append(await open_ticket(uow, knowledge, inquiry, now, actor="system"))
    return opened
