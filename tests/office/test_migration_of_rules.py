"""Cases from before the rules keep everything they had, and have the new deadlines; and the way back is open."""

from datetime import datetime

import pytest
from sqlalchemy import text

from office.store import Database
from office.store.migrate import downgrade, upgrade

BEFORE, AFTER = "0002", "0003"
OLD_ROWS = (
    "INSERT INTO conversations (id, channel, language, handler, last_seq, started_at, last_at) "
    "VALUES ('c', 'chat', 'da', 'bot', 1, :at, :at)",
    "INSERT INTO tickets (id, reference, conversation_id, channel, language, title, subject, level, reasons, areas, "
    "authorities, checklist, details, phase, status, contact_person, assignment_reason, received_at, first_answer_due, "
    "first_answer_explained, answer_due, answer_explained, link_version, version) VALUES (1, 'EK-2026-000001', 'c', 'chat', "
    "'da', 'Hal', 'ny hal', 'complex', '[]', '[]', '[]', '[\"Tegninger\"]', '{}', 'afklaring', 'received', 'bo', 'ledig', "
    ":at, :at, 'et døgn', :due, 'fem dage', 1, 1)",
    "INSERT INTO history (ticket_id, at, actor, action) VALUES (1, :at, 'bot', 'opened')",
)


@pytest.fixture
async def old(new_database_url):
    """A database as it was before, with one case in it."""
    database = Database(new_database_url)
    await upgrade(database, BEFORE)
    async with database.engine.begin() as connection:
        for row in OLD_ROWS:
            moments = {"at": datetime(2026, 11, 24, 9), "due": datetime(2026, 12, 1, 14, 30)}
            await connection.execute(text(row), {name: value for name, value in moments.items() if f":{name}" in row})
    yield database
    await database.close()


async def value(database, query):
    async with database.engine.connect() as connection:
        return (await connection.execute(text(query))).scalar()


async def test_a_case_has_a_deadline_for_screening_and_all_of_its_checklist_missing(old):
    await upgrade(old, AFTER)
    assert await value(old, "SELECT screening_due = answer_due FROM tickets")
    assert await value(old, "SELECT screening_explained FROM tickets") == "fem dage"
    assert await value(old, "SELECT CAST(missing AS TEXT) FROM tickets") == '["Tegninger"]'


async def test_history_and_case_survive_the_way_up_and_down(old):
    await upgrade(old, AFTER)
    await downgrade(old, BEFORE)
    assert await value(old, "SELECT count(*) FROM history") == 1
    assert await value(old, "SELECT reference FROM tickets") == "EK-2026-000001"


@pytest.mark.parametrize(
    ("status", "older"),
    [
        ("waiting_for_business", "with_contact_person"),
        ("screening", "received"),
        ("withdrawn", "closed"),
        ("reopened", "with_contact_person"),
        ("answered", "answered"),
    ],
)
async def test_older_code_knows_every_status_it_finds_on_the_way_down(old, status, older):
    await upgrade(old, AFTER)
    async with old.engine.begin() as connection:
        await connection.execute(text("UPDATE tickets SET status = :status"), {"status": status})
    await downgrade(old, BEFORE)
    assert await value(old, "SELECT status FROM tickets") == older
