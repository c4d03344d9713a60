"""Real processes of the door, killed with -9 where it hurts, and two of them at once: no mail lost, none seen twice."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from knowledge import load
from office import conversations, outbox, tickets
from office.intake import Facts
from office.settings import ROOT
from office.store import Database
from tests.web.conftest import free_port
from tests.web.mail_server import MailServer, serving
from tests.web.test_delivery import plain_settings

WAIT_SECONDS = 60
knowledge = load()


@pytest.fixture
async def mail_server() -> AsyncIterator[MailServer]:
    async with serving(MailServer()) as server:
        yield server


class Door:
    """`python -m web`, on the database and mail server of the test."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    def kill(self) -> None:
        os.kill(self.process.pid, signal.SIGKILL)

    async def ended(self) -> int:
        return await asyncio.wait_for(self.process.wait(), WAIT_SECONDS)


@asynccontextmanager
async def door(database: Database, folder: Path, mail_port: int, starts_at: datetime) -> AsyncIterator[Door]:
    settings = {
        **plain_settings(mail_port),
        "INDGANG_DATABASE_URL": database.url.render_as_string(hide_password=False),
        "INDGANG_DATA_DIR": str(folder),
        "INDGANG_PORT": str(free_port()),
        "INDGANG_CLOCK": starts_at.isoformat(),
    }
    log = (folder / "web.log").open("ab")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "web", env={**os.environ, **settings}, cwd=ROOT, stdout=log, stderr=log
    )
    try:
        yield Door(process)
    finally:
        log.close()
        if process.returncode is None:
            process.kill()
        await process.wait()


async def open_cases(database: Database, number: int = 1) -> None:
    """Commit cases, as a process does that is killed before it can send anything."""
    for n in range(number):
        async with database.writing() as uow:
            conversation, _ = await conversations.start(uow, datetime.now(UTC))
            facts = Facts(company="Nul ApS", email=f"lise{n}@nul.example")
            inquiry = tickets.Inquiry(conversation.id, "Vi vil udvide", facts, "udvidelse-produktionshal")
            await tickets.open_ticket(uow, knowledge, inquiry, datetime.now(UTC))
            await uow.commit()


async def until_all_are_sent(database: Database) -> None:
    async with asyncio.timeout(WAIT_SECONDS):
        while not await all_are_sent(database):  # noqa: ASYNC110
            await asyncio.sleep(0.1)


async def all_are_sent(database: Database) -> bool:
    async with database.reading() as uow:
        rows = await outbox.listed(uow, ["mail"])
    return {row.state for row, _ in rows} == {"sent"}


def after_the_lease() -> datetime:
    return datetime.now(UTC) + outbox.LEASE + timedelta(minutes=1)


def as_a_mailbox_shows(server: MailServer) -> list[Any]:
    """What receivers see: servers keep one mail of each Message-ID."""
    return sorted({mail["Message-ID"]: mail["To"] for mail in server.mails}.values())


async def test_killed_between_commit_and_mail_the_mail_goes_after_the_restart_once(database, tmp_path, mail_server):
    await open_cases(database)
    async with door(database, tmp_path, mail_server.port, datetime.now(UTC)) as doomed:
        mail_server.on_mail = doomed.kill
        assert await doomed.ended() == -signal.SIGKILL
    assert mail_server.mails == []
    mail_server.on_mail = None
    async with door(database, tmp_path, mail_server.port, after_the_lease()):
        await until_all_are_sent(database)
    assert len(mail_server.mails) == 2
    assert "lise0@nul.example" in as_a_mailbox_shows(mail_server)


async def test_killed_between_mail_and_mark_the_mail_goes_again_under_the_same_id(database, tmp_path, mail_server):
    await open_cases(database)
    async with door(database, tmp_path, mail_server.port, datetime.now(UTC)) as doomed:
        mail_server.after_data = doomed.kill
        assert await doomed.ended() == -signal.SIGKILL
    assert len(mail_server.mails) == 1
    mail_server.after_data = None
    async with door(database, tmp_path, mail_server.port, after_the_lease()):
        await until_all_are_sent(database)
    sent = Counter(mail_server.ids)
    assert sorted(sent.values()) == [1, 2]
    first, again = (mail for mail in mail_server.mails if sent[mail["Message-ID"]] == 2)
    assert (first["Date"], first["Subject"]) == (again["Date"], again["Subject"])
    assert len(as_a_mailbox_shows(mail_server)) == 2


async def test_two_doors_at_once_send_everything_once(database, tmp_path, mail_server):
    await open_cases(database, 30)
    async with (
        door(database, tmp_path, mail_server.port, datetime.now(UTC)),
        door(database, tmp_path, mail_server.port, datetime.now(UTC)),
    ):
        await until_all_are_sent(database)
    assert set(Counter(mail_server.ids).values()) == {1}
    assert len(mail_server.mails) == 60


async def test_one_of_two_doors_killed_loses_nothing(database, tmp_path, mail_server):
    await open_cases(database, 10)
    async with door(database, tmp_path, mail_server.port, datetime.now(UTC)) as doomed:
        mail_server.after_data = lambda: doomed.kill() if len(mail_server.mails) == 5 else None
        async with door(database, tmp_path, mail_server.port, after_the_lease()):
            await until_all_are_sent(database)
    assert len(as_a_mailbox_shows(mail_server)) == 20
