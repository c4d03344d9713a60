"""A real SQLite database, migrated, for each test that asks for one."""

from datetime import UTC, datetime

import pytest

from knowledge import load
from office.store import Database
from office.store.migrate import upgrade
from tests.office.case_work import Cases

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


@pytest.fixture
async def database(tmp_path):
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'test.db'}")
    await upgrade(database)
    yield database
    await database.close()


@pytest.fixture
def now():
    return NOW


@pytest.fixture
def cases(database):
    """The real office on a Tuesday at half past ten."""
    return Cases(database, load(), NOW)
