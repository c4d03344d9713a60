"""`indgang password`: a new random password for a user of the desk, shown once."""

from __future__ import annotations

import secrets

from office import access
from office.settings import Settings
from office.store import Database


async def renew(settings: Settings, username: str) -> int:
    """Give `username` a new password, end their sessions and print it. Returns 1 when there is no such user."""
    password = secrets.token_urlsafe(12)
    database = Database(settings.database)
    try:
        async with database.writing() as uow:
            known = await access.set_password(uow, username, password)
            await uow.commit()
    finally:
        await database.close()
    print(f"Ny adgangskode til {username}: {password}" if known else f"Der er ingen bruger med navnet {username}.")
    return 0 if known else 1
