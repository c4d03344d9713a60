"""Bring a database to the newest schema. Migrations lie beside this file and are numbered."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from office.store.database import Database


async def upgrade(database: Database, revision: str = "head") -> None:
    """Apply every missing migration, up to `revision`."""
    async with database.engine.begin() as connection:
        await connection.run_sync(lambda sync: command.upgrade(_config(sync), revision))


async def downgrade(database: Database, revision: str) -> None:
    """Take migrations back, down to `revision` ("base" = empty)."""
    async with database.engine.begin() as connection:
        await connection.run_sync(lambda sync: command.downgrade(_config(sync), revision))


async def is_current(database: Database) -> bool:
    """Tell whether the database has the schema that this code expects."""
    newest = ScriptDirectory.from_config(_config()).get_current_head()
    async with database.engine.connect() as connection:
        present = await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())
    return present == newest


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config
