"""`indgang purge`, `export` and `erase`: what is kept of people is let go of in time, handed out, and deleted on request."""

from __future__ import annotations

import getpass
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from knowledge import load
from office import retention, rights
from office.settings import Settings
from office.store import Database


async def purge(settings: Settings, now: datetime, dry_run: bool) -> int:
    """Anonymise what has been kept long enough, or with `dry_run` only say how much that is."""
    days = load().office.retention
    async with _database(settings) as database:
        if dry_run:
            async with database.reading() as uow:
                print(f"Ville anonymisere – {await retention.expired(uow, days, now)}. Intet er ændret.")
        else:
            done = await retention.purge(database, settings, days, now, _actor())
            print(f"Anonymiseret – {done}.")
    return 0


async def export(settings: Settings, kind: str, text: str, now: datetime) -> int:
    """Print all that is kept about a person as JSON. Returns 2 when `text` is no such thing as `kind` says."""
    who = _person(kind, text)
    if who is None:
        return 2
    async with _database(settings) as database, database.writing() as uow:
        data = await rights.export(uow, who, _actor(), now)
        await uow.commit()
    print(json.dumps(data, ensure_ascii=False, indent=2))
    return 0


async def erase(settings: Settings, kind: str, text: str, now: datetime) -> int:
    """Anonymise what is kept about a person. Returns 1 when something had to be kept, and says what; 2 as `export`."""
    who = _person(kind, text)
    if who is None:
        return 2
    async with _database(settings) as database, database.writing() as uow:
        done = await rights.erase(uow, settings, who, _actor(), now)
        await uow.commit()
    print(f"Anonymiseret – sager: {done.tickets}, samtaler: {done.conversations}.")
    if done.kept:
        print(f"Ikke slettet: {', '.join(done.kept)}. Sagen er åben, eller det er en andens sag, som nævner personen.")
        print("Afslut den åbne sag i skranken, og kør kommandoen igen.")
    return 1 if done.kept else 0


def _person(kind: str, text: str) -> rights.Person | None:
    try:
        return rights.person(kind, text)
    except ValueError as error:
        print(error, file=sys.stderr)
        return None


@asynccontextmanager
async def _database(settings: Settings) -> AsyncIterator[Database]:
    database = Database(settings.database)
    try:
        yield database
    finally:
        await database.close()


def _actor() -> str:
    """Return who is named in the audit log: the machine's user at the command line."""
    return f"kommandolinjen ({getpass.getuser()})"
