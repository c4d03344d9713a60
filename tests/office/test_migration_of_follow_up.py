"""Files, meetings and surveys come and go without touching the cases they belong to."""

from datetime import datetime

import pytest
from sqlalchemy import text

from office.store import Database
from office.store.migrate import downgrade, upgrade
from tests.office.test_migration_of_rules import OLD_ROWS, value

BEFORE, AFTER = "0003", "0004"
NEW_ROWS = (
    "INSERT INTO files (ticket_id, key, name, type, size, sent_by, received_at) VALUES (1, 'k', 'Plan.pdf', 'pdf', 9, 'v', :at)",
    "INSERT INTO meetings (ticket_id, uid, proposed, minutes, place, sequence) VALUES (1, 'u', '[]', 45, 'Her', 0)",
    "INSERT INTO surveys (ticket_id, contact_person, closed_at) VALUES (1, 'bo', :at)",
)


@pytest.fixture
async def filled(tmp_path):
    """A database with a case from long ago, and something in every new table."""
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'filled.db'}")
    await upgrade(database, "0002")
    await insert(database, OLD_ROWS)
    await upgrade(database, AFTER)
    await insert(database, NEW_ROWS)
    yield database
    await database.close()


async def insert(database, rows):
    moments = {"at": datetime(2026, 11, 24, 9), "due": datetime(2026, 12, 1, 14, 30)}
    async with database.engine.begin() as connection:
        for row in rows:
            await connection.execute(text(row), {name: moment for name, moment in moments.items() if f":{name}" in row})


async def test_old_links_are_not_revoked(filled):
    assert await value(filled, "SELECT link_revoked_at FROM tickets") is None


async def test_history_and_case_survive_the_way_down_and_up_again(filled):
    await downgrade(filled, BEFORE)
    await upgrade(filled, AFTER)
    assert await value(filled, "SELECT count(*) FROM history") == 1
    assert await value(filled, "SELECT reference FROM tickets") == "EK-2026-000001"


async def test_deleting_a_case_takes_files_and_meetings_along_and_leaves_the_figures(filled):
    await insert(filled, ["DELETE FROM tickets"])
    counts = [await value(filled, f"SELECT count(*) FROM {table}") for table in ("files", "meetings", "surveys")]
    assert counts == [0, 0, 1]
