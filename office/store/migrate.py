"""Bring a database to the newest schema. Migrations lie beside this file and are numbered."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncConnection

from office.store.database import BUSY_MILLISECONDS, Database

_WAIT_MILLISECONDS = 60_000  # for another process that migrates: all migrations take longer than any write


class BrokenReferences(Exception):
    """A migration left rows that point at rows which are gone; nothing of it was kept."""


async def upgrade(database: Database, revision: str = "head") -> None:
    """Apply every missing migration, up to `revision`. Of processes that start at once one does it and the others wait."""
    async with _migrating(database) as connection:
        await connection.run_sync(lambda sync: command.upgrade(_config(sync), revision))


async def downgrade(database: Database, revision: str) -> None:
    """Take migrations back, down to `revision` ("base" = empty)."""
    async with _migrating(database) as connection:
        await connection.run_sync(lambda sync: command.downgrade(_config(sync), revision))


async def is_current(database: Database) -> bool:
    """Tell whether the database has the schema that this code expects."""
    newest = ScriptDirectory.from_config(_config()).get_current_head()
    async with database.engine.connect() as connection:
        present = await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())
    return present == newest


@asynccontextmanager
async def _migrating(database: Database) -> AsyncIterator[AsyncConnection]:
    """A connection in one writing transaction, kept if the block ends well."""
    async with database.engine.connect() as connection:
        await connection.execution_options(writes=True)
        if connection.dialect.name != "sqlite":
            await connection.begin()
            yield connection
            await connection.commit()
            return
        # SQLite changes a table by copying it and dropping the old one, and dropping would cascade into other tables.
        await _sqlite_pragma(connection, "foreign_keys=OFF")
        await _sqlite_pragma(connection, f"busy_timeout={_WAIT_MILLISECONDS}")
        try:
            # Begun here: Alembic would begin and commit once for each migration on SQLite, and let others in between.
            await connection.begin()
            yield connection
            await _check_references(connection)
            await connection.commit()
        finally:
            await connection.rollback()
            await _sqlite_pragma(connection, "foreign_keys=ON")
            await _sqlite_pragma(connection, f"busy_timeout={BUSY_MILLISECONDS}")


async def _sqlite_pragma(connection: AsyncConnection, pragma: str) -> None:
    """Set a pragma that SQLite ignores inside a transaction, past SQLAlchemy, which would begin one."""
    raw = await connection.get_raw_connection()
    assert raw.driver_connection is not None
    await raw.driver_connection.execute(f"PRAGMA {pragma}")


async def _check_references(connection: AsyncConnection) -> None:
    broken = (await connection.exec_driver_sql("PRAGMA foreign_key_check")).all()
    if broken:
        raise BrokenReferences(sorted({str(row[0]) for row in broken}))


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config
