"""The database and its units of work: leaving a block rolls back; only an explicit commit saves.

SQLite is the embedded default (write-ahead log, foreign keys, waiting instead of failing when busy); PostgreSQL by setting.
A block behaves the same on both (see docs/store.md): writers come one at a time, so what a writer read is still true when
it saves; a reader sees one moment throughout and holds nobody up.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

BUSY_MILLISECONDS = 5000
_WRITER_LOCK = 4_537_001  # any number, the same in every process; PostgreSQL's advisory locks have no names


class UnitOfWork:
    """What one block reads and changes. Nothing is kept unless `commit()` was called."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def commit(self) -> None:
        """Save everything of this block at once."""
        await self.session.commit()


class Database:
    """One engine for the life of a process. `url` is a SQLAlchemy address; postgresql:// and sqlite:// get our drivers."""

    def __init__(self, url: str) -> None:
        self.url = _with_driver(make_url(url))
        self.engine = _engine(self.url)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[UnitOfWork]:
        """A block that only reads. It sees one moment throughout and does not hold up writers."""
        async with self._block(writes=False) as uow:
            yield uow

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[UnitOfWork]:
        """A block that writes. Raises DBAPIError when other writers keep it waiting for more than five seconds."""
        async with self._block(writes=True) as uow:
            yield uow

    @asynccontextmanager
    async def _block(self, writes: bool) -> AsyncIterator[UnitOfWork]:
        async with self.engine.connect() as connection:
            prepared = await connection.execution_options(**_options(self.url, writes))
            async with AsyncSession(prepared, expire_on_commit=False) as session:
                yield UnitOfWork(session)

    async def ping(self) -> None:
        """Ask the database for a sign of life. Raises SQLAlchemyError when there is none."""
        async with self.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))

    async def close(self) -> None:
        await self.engine.dispose()


def _with_driver(url: URL) -> URL:
    """Return `url` with the driver that this project uses, where none is named."""
    drivers = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg"}
    return url.set(drivername=drivers.get(url.drivername, url.drivername))


def _options(url: URL, writes: bool) -> dict[str, Any]:
    """Return what a connection is told before the block begins; the listeners below read `writes`."""
    if writes or url.get_backend_name() == "sqlite":
        return {"writes": writes}
    return {"writes": False, "isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


def _engine(url: URL) -> AsyncEngine:
    if url.get_backend_name() == "sqlite":
        return _sqlite_engine(url)
    engine = create_async_engine(url, pool_pre_ping=True, hide_parameters=True)
    event.listen(engine.sync_engine, "begin", _begin_postgresql)
    return engine


def _sqlite_engine(url: URL) -> AsyncEngine:
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_async_engine(url, connect_args={"timeout": BUSY_MILLISECONDS / 1000}, hide_parameters=True)
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver would begin transactions late and commit behind SQLAlchemy's back; we begin them ourselves below.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_MILLISECONDS}",
        "synchronous=FULL",
        "secure_delete=ON",  # what is deleted is overwritten, not only unlinked
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if _writes(connection) else "BEGIN")


def _begin_postgresql(connection: Any) -> None:
    if _writes(connection):
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {BUSY_MILLISECONDS}")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITER_LOCK})")


def _writes(connection: Any) -> bool:
    return bool(connection.get_execution_options().get("writes", False))
