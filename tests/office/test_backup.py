"""A backup taken while the system writes is whole, opens as a database, and is nobody else's business."""

import asyncio

import pytest
from sqlalchemy import func, make_url, select

from office import conversations
from office.store import Database
from office.store.backup import CannotBackUp, back_up
from office.store.migrate import is_current
from office.store.tables import Conversation


@pytest.fixture
async def running(migrated_sqlite, tmp_path):
    """A SQLite database with 50 conversations in it."""
    (tmp_path / "indgang.db").write_bytes(migrated_sqlite.read_bytes())
    database = Database(f"sqlite:///{tmp_path / 'indgang.db'}")
    yield database
    await database.close()


async def begin_conversations(database, now, count):
    for _ in range(count):
        async with database.writing() as uow:
            await conversations.start(uow, now)
            await uow.commit()


async def conversations_in(database) -> int:
    async with database.reading() as uow:
        return await uow.session.scalar(select(func.count()).select_from(Conversation))


async def test_a_backup_taken_while_others_write_holds_all_that_was_saved_before(running, tmp_path, now):
    await begin_conversations(running, now, 50)
    writing = asyncio.create_task(begin_conversations(running, now, 50))
    file = await asyncio.to_thread(back_up, running.url, tmp_path / "backup", now)
    await writing
    copy = Database(f"sqlite:///{file}")
    assert 50 <= await conversations_in(copy) <= 100
    assert await is_current(copy)
    await copy.close()


async def test_the_file_is_dated_in_local_time_and_readable_for_its_owner_only(running, tmp_path, now):
    file = await asyncio.to_thread(back_up, running.url, tmp_path / "backup", now)
    assert file.name == "indgang-2026-11-24-103000.db"
    assert file.stat().st_mode & 0o077 == 0
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_a_database_that_is_not_there_is_not_made_up(tmp_path, now):
    with pytest.raises(CannotBackUp, match="INDGANG_DATA_DIR"):
        back_up(make_url(f"sqlite:///{tmp_path / 'none.db'}"), tmp_path / "backup", now)
    assert list(tmp_path.iterdir()) == []


def test_postgresql_is_pointed_to_its_own_tool_without_showing_the_password(tmp_path, now):
    with pytest.raises(CannotBackUp, match="pg_dump") as refused:
        back_up(make_url("postgresql+psycopg://indgang:hemmelig@db.example/indgang"), tmp_path, now)
    assert "postgresql://indgang:***@db.example/indgang" in str(refused.value)


def test_a_damaged_database_gives_no_backup(tmp_path, now, migrated_sqlite):
    damaged = bytearray(migrated_sqlite.read_bytes())
    damaged[8192:12288] = b"x" * 4096
    (tmp_path / "indgang.db").write_bytes(damaged)
    with pytest.raises(CannotBackUp, match="ikke hel"):
        back_up(make_url(f"sqlite:///{tmp_path / 'indgang.db'}"), tmp_path / "backup", now)
    assert list((tmp_path / "backup").glob("*.db")) == []
