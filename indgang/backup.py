"""`indgang backup`: a checked copy of the database, safe to take while everything runs."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

from office.settings import Settings
from office.store import Database
from office.store.backup import CannotBackUp, back_up


def backup(settings: Settings, folder: Path | None, now: datetime) -> int:
    """Copy the database into `folder` (var/backup by default) and say where. Returns 1 when it cannot be done."""
    try:
        file = back_up(Database(settings.database).url, folder or settings.data_dir / "backup", now)
    except CannotBackUp as error:
        print(error, file=sys.stderr)
        return 1
    print(f"Sikkerhedskopien er taget og kontrolleret: {file}")
    print("Gem også nøglen secret.key, men et andet sted: uden den virker virksomhedernes links ikke.")
    return 0
