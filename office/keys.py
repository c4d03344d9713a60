"""The key that signs secret links and forms: from the settings, or made at the first start and kept in the data folder."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from office.settings import Settings


def signing_key(settings: Settings) -> str:
    """Return the key of this installation. Raises OSError when it can neither be read nor written."""
    if settings.secret_key:
        return str(settings.secret_key)
    path = Path(settings.data_dir) / "secret.key"
    if not path.exists():
        _make(path)
    return path.read_text(encoding="ascii").strip()


def _make(path: Path) -> None:
    """Write a new key, readable for its owner only. Of processes that start at once one wins and all read its key."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(32))
    try:
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        draft.unlink()
