"""Migrations keep what is stored, on the way up and on the way down."""

import pytest
from sqlalchemy import MetaData, Table, insert, inspect, select

from office.store import Database, migrate
from office.store.migrate import downgrade, is_current, upgrade
from tests.office.first_schema import ROWS


@pytest.fixture
async def old(new_database_url):
    """A database as the first release left it, with a row in every table."""
    database = Database(new_database_url)
    await upgrade(database, "0001")
    async with database.engine.begin() as connection:
        for name, row in ROWS.items():
            await connection.execute(insert(await table(connection, name)).values(row))
    yield database
    await database.close()


async def table(connection, name) -> Table:
    return await connection.run_sync(lambda sync: Table(name, MetaData(), autoload_with=sync))


async def stored(database) -> dict[str, dict]:
    """Return, by table, the row of the first release, or what stands there instead."""
    found = {}
    async with database.engine.connect() as connection:
        for name, row in ROWS.items():
            rows = (await connection.execute(select(await table(connection, name)))).mappings().all()
            kept = [{column: stored[column] for column in row} for stored in rows]
            found[name] = row if row in kept else kept
    return found


async def test_what_the_first_release_stored_is_there_after_every_migration(old):
    await upgrade(old)
    assert await is_current(old)
    assert await stored(old) == ROWS


async def test_what_is_stored_survives_the_way_back_and_up_again(old):
    await upgrade(old)
    await downgrade(old, "0001")
    assert await stored(old) == ROWS
    await upgrade(old)
    assert await stored(old) == ROWS


async def test_migrations_that_do_not_all_succeed_leave_nothing(new_database_url, monkeypatch):
    upgrade_for_real = migrate.command.upgrade

    def breaks_at_the_end(*arguments):
        upgrade_for_real(*arguments)
        raise RuntimeError

    monkeypatch.setattr(migrate.command, "upgrade", breaks_at_the_end)
    database = Database(new_database_url)
    with pytest.raises(RuntimeError):
        await upgrade(database)
    async with database.engine.connect() as connection:
        assert await connection.run_sync(lambda sync: inspect(sync).get_table_names()) == []
    await database.close()
