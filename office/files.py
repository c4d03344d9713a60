"""Files on a case. Their bytes lie under the data folder, out of reach of any web address, in a folder for each case."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Literal

from sqlalchemy import delete, func, select

from knowledge.model import Uploads
from office.file_types import clean_name, type_of
from office.history import record
from office.settings import Settings
from office.store import UnitOfWork
from office.store.follow_up_tables import CaseFile
from office.store.tables import Message, Ticket

BUSINESS = "virksomheden"


class FileRefused(Exception):
    """A file that is not taken in: it is empty, of another kind than allowed, or one too many for the case."""

    def __init__(self, why: Literal["empty", "kind", "many"], name: str = "") -> None:
        super().__init__(why)
        self.why = why
        self.name = name


@dataclass(frozen=True)
class Incoming:
    """A file as it was sent: the name it had there, and its bytes, open for reading."""

    name: str
    content: IO[bytes]


@dataclass(frozen=True)
class Kept:
    """A file whose bytes lie in the case's folder under `key`; `size` in bytes."""

    key: str
    name: str
    type: str
    size: int


def file_folder(settings: Settings) -> Path:
    """Return the folder of all files, one folder a case in it. It belongs in the backup beside the database."""
    return Path(settings.data_dir) / "files"


@asynccontextmanager
async def on_disk(
    folder: Path, ticket: Ticket, incoming: Sequence[Incoming], rules: Uploads
) -> AsyncIterator[list[Kept]]:
    """Write the bytes to the case's folder before the block saves what they are; a block that raises leaves none behind.

    Raises FileRefused before anything is written. Should the process die in between, bytes without a row lie in the folder
    until the case is deleted.
    """
    checked = await asyncio.to_thread(lambda: [_check(file, rules) for file in incoming])
    case_folder = folder / ticket.reference
    try:
        await asyncio.to_thread(_write, case_folder, checked)
        yield [kept for kept, _ in checked]
    except BaseException:
        for kept, _ in checked:
            (case_folder / kept.key).unlink(missing_ok=True)
        raise


async def add(
    uow: UnitOfWork,
    ticket: Ticket,
    kept: Sequence[Kept],
    rules: Uploads,
    sent_by: str,
    now: datetime,
    message: Message | None = None,
) -> None:
    """Put files on the case, each with its line in the history. Raises FileRefused when there would be too many.

    `sent_by` is a username or "virksomheden"; `message` is the reply that an office's file goes to the business with.
    """
    present = await uow.session.scalar(select(func.count()).where(CaseFile.ticket_id == ticket.id)) or 0
    if present + len(kept) > rules.max_files:
        raise FileRefused("many")
    for file in kept:
        uow.session.add(
            CaseFile(
                ticket_id=ticket.id,
                key=file.key,
                name=file.name,
                type=file.type,
                size=file.size,
                sent_by=sent_by,
                received_at=now,
                message_id=message.id if message else None,
            )
        )
        record(uow, ticket, now, sent_by, "file_added", field="file", new=file.name)
    await uow.session.flush()


async def send_with(
    uow: UnitOfWork, ticket: Ticket, chosen: Sequence[CaseFile], message: Message, actor: str, now: datetime
) -> None:
    """Let the business have files of the case that the office kept to itself, with the reply `message`."""
    for file in chosen:
        file.message_id = message.id
        record(uow, ticket, now, actor, "file_sent", field="file", new=file.name)
    await uow.session.flush()


def is_for_business(file: CaseFile) -> bool:
    """Tell whether the business sees the file: it is its own, or it went with a reply."""
    return file.sent_by == BUSINESS or file.message_id is not None


async def files_of(uow: UnitOfWork, ticket: Ticket) -> list[CaseFile]:
    """Return the files of a case, oldest first."""
    rows = await uow.session.scalars(select(CaseFile).where(CaseFile.ticket_id == ticket.id).order_by(CaseFile.id))
    return list(rows)


async def file_of(uow: UnitOfWork, ticket: Ticket, number: int) -> CaseFile | None:
    """Return one file, only if it belongs to this case."""
    row: CaseFile | None = await uow.session.scalar(
        select(CaseFile).where(CaseFile.id == number, CaseFile.ticket_id == ticket.id)
    )
    return row


def path_of(folder: Path, ticket: Ticket, file: CaseFile) -> Path:
    """Return where the bytes lie."""
    return folder / ticket.reference / file.key


async def delete_of_ticket(uow: UnitOfWork, folder: Path, ticket: Ticket) -> None:
    """Delete all files of a case, rows and bytes. The bytes go first: a row without bytes does no harm, the reverse would."""
    await asyncio.to_thread(shutil.rmtree, folder / ticket.reference, ignore_errors=True)
    await uow.session.execute(delete(CaseFile).where(CaseFile.ticket_id == ticket.id))


def _check(file: Incoming, rules: Uploads) -> tuple[Kept, Incoming]:
    size = file.content.seek(0, os.SEEK_END)
    if size == 0:
        raise FileRefused("empty", file.name)
    kind = type_of(file.content)
    if kind not in rules.types:
        raise FileRefused("kind", file.name)
    return Kept(secrets.token_hex(16), clean_name(file.name, kind or ""), kind or "", size), file


def _write(folder: Path, checked: Sequence[tuple[Kept, Incoming]]) -> None:
    if not checked:
        return
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for kept, file in checked:
        file.content.seek(0)
        # Readable for our user only, never executable, and on the disk before a row says that it is there.
        handle = os.open(folder / kept.key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as target:
            shutil.copyfileobj(file.content, target)
            target.flush()
            os.fsync(target.fileno())
