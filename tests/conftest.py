"""A migrated database of its own for every test that asks for one: on SQLite, and again on PostgreSQL where a server is named."""

from __future__ import annotations

import asyncio
import os
import shutil
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from office.store import Database
from office.store.migrate import upgrade

SERVER = os.environ.get("TEST_POSTGRESQL", "")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say at the end of every run what it left out."""
    if not SERVER:
        terminalreporter.write_line(
            "The PostgreSQL half was NOT run: TEST_POSTGRESQL names no server. See .ci/with-postgresql.", yellow=True
        )


@pytest.fixture(params=["sqlite", "postgresql"] if SERVER else ["sqlite"])
def backend(request: pytest.FixtureRequest) -> str:
    """The kind of database this test runs on. A test that asks for a database runs once on each kind."""
    return str(request.param)


@pytest.fixture
def new_database_url(backend: str, tmp_path: Path) -> Iterator[str]:
    """The address of a database without any table."""
    if backend == "sqlite":
        yield _sqlite(tmp_path / "new.db")
    else:
        with _on_server() as url:
            yield url


@pytest.fixture
def database_url(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database with every migration, copied from one that was migrated once."""
    migrated = request.getfixturevalue(f"migrated_{backend}")
    if backend == "sqlite":
        shutil.copy(migrated, tmp_path / "indgang.db")
        yield _sqlite(tmp_path / "indgang.db")
    else:
        with _on_server(template=migrated) as url:
            yield url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url)
    yield database
    await database.close()


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("database") / "empty.db"
    asyncio.run(_migrate(_sqlite(path)))
    return path


@pytest.fixture(scope="session")
def migrated_postgresql() -> Iterator[str]:
    with _on_server() as url:
        asyncio.run(_migrate(url))
        yield url.rpartition("/")[2]


async def _migrate(url: str) -> None:
    database = Database(url)
    await upgrade(database)
    await database.close()


def _sqlite(path: Path) -> str:
    return f"sqlite+aiosqlite:///{path}"


@contextmanager
def _on_server(template: str = "template1") -> Iterator[str]:
    """A database on the test server, dropped afterwards."""
    name = f"test_{uuid.uuid4().hex}"
    _tell_server("CREATE DATABASE {} TEMPLATE {}", name, template)
    yield f"{SERVER.rpartition('/')[0]}/{name}"
    _tell_server("DROP DATABASE {} WITH (FORCE)", name)


def _tell_server(statement: str, *names: str) -> None:
    with psycopg.connect(SERVER, autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
