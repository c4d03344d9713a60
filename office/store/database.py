"""The database and its units of work: leaving a block rolls back; only an explicit commit saves.

SQLite is the embedded default (write-ahead log, foreign keys, waiting instead of failing when busy); PostgreSQL by setting.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

_BUSY_MILLISECONDS = 5000


class UnitOfWork:
    """What one block reads and changes. Nothing is kept unless `commit()` was called."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def commit(self) -> None:
        """Save everything of this block at once."""
        await self.session.commit()


class Database:
    """One engine for the life of a process. `url` is a SQLAlchemy address with an async driver."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = _engine(url)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[UnitOfWork]:
        """A block that only reads and does not hold up writers."""
        async with AsyncSession(self.engine, expire_on_commit=False) as session:
            yield UnitOfWork(session)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[UnitOfWork]:
        """A block that writes. On SQLite it takes the write lock at once, so what it read is still true when it saves."""
        async with self.engine.connect() as connection:
            writer = await connection.execution_options(**_writer_options(self.engine))
            async with AsyncSession(writer, expire_on_commit=False) as session:
                yield UnitOfWork(session)

    async def ping(self) -> None:
        """Ask the database for a sign of life. Raises SQLAlchemyError when there is none."""
        async with self.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))

    async def close(self) -> None:
        await self.engine.dispose()


def _writer_options(engine: AsyncEngine) -> dict[str, Any]:
    return {"begin_immediate": True} if engine.dialect.name == "sqlite" else {}


def _engine(url: str) -> AsyncEngine:
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        return create_async_engine(address, pool_pre_ping=True, hide_parameters=True)
    if address.database:
        Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_async_engine(address, connect_args={"timeout": _BUSY_MILLISECONDS / 1000}, hide_parameters=True)
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver would begin transactions late and commit behind SQLAlchemy's back; we begin them ourselves below.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", f"busy_timeout={_BUSY_MILLISECONDS}", "synchronous=FULL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    immediate = connection.get_execution_options().get("begin_immediate", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
