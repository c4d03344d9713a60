"""The engine's own file of conversations (Rasa's tracker store), which has no way to delete: rows are deleted here."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from pathlib import Path

import aiosqlite

_BUSY_SECONDS = 5


async def forget(file: Path, conversation_ids: Collection[str]) -> None:
    """Delete every event of these conversations from the engine's file; there is nothing to do before its first start."""
    if not await asyncio.to_thread(file.is_file):
        return
    async with aiosqlite.connect(file, timeout=_BUSY_SECONDS) as connection:
        await connection.execute("PRAGMA secure_delete=ON")
        await connection.executemany("DELETE FROM events WHERE sender_id = ?", [(c,) for c in conversation_ids])
        await connection.commit()
