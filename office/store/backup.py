"""A copy of the SQLite database that is whole whatever is written meanwhile."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from sqlalchemy import URL

from office.clock import local


class CannotBackUp(Exception):
    """There is nothing to copy here, or the copy is not whole; the message says in Danish what to do."""


def back_up(url: URL, folder: Path, now: datetime) -> Path:
    """Copy the database at `url` into a dated file in `folder` and check it. Returns the file, readable for its owner only.

    SQLite's own backup is used: a plain copy of the file would miss what still lies in its write-ahead log. Writers are not
    held up. Blocks until it is done. Raises CannotBackUp for PostgreSQL, a missing database and a copy that is not whole.
    """
    if url.get_backend_name() != "sqlite":
        raise CannotBackUp(
            "Databasen er PostgreSQL og sikkerhedskopieres med dens eget værktøj, også mens systemet kører:\n"
            f'    pg_dump --format=custom --file=indgang.dump "{_for_libpq(url)}"'
        )
    source = Path(url.database or "")
    if not source.is_file():
        raise CannotBackUp(f"Der er ingen database i {source}. Er INDGANG_DATA_DIR den rigtige mappe?")
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"indgang-{local(now):%Y-%m-%d-%H%M%S}.db"
    draft = target.with_suffix(".part")
    os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    _copy(source, draft)
    draft.replace(target)
    return target


def _copy(source: Path, draft: Path) -> None:
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(draft)) as copy:
        try:
            live.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
            found = [str(row[0]) for row in copy.execute("PRAGMA integrity_check")]
        except sqlite3.DatabaseError as error:
            found = [str(error)]
    if found != ["ok"]:
        raise CannotBackUp(f"Kopien {draft} er ikke hel ({found[0]}). Behold den forrige, og undersøg disken.")


def _for_libpq(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=True)
