"""Where the engine keeps the thread of its conversations: one SQLite file, an event a row.

In place of Rasa's SQL store, which took a fifth of the time of a message: an object mapper, a fresh connection and two
counting queries for a few rows. The file and its table are as Rasa's own store made them, so older files are read on.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, SessionStarted
from rasa.shared.core.trackers import DialogueStateTracker

_BUSY_SECONDS = 5
_MAKE = (
    "CREATE TABLE IF NOT EXISTS events (id INTEGER PRIMARY KEY AUTOINCREMENT, sender_id VARCHAR(255) NOT NULL, "
    "type_name VARCHAR(255) NOT NULL, timestamp FLOAT, intent_name VARCHAR(255), action_name VARCHAR(255), data TEXT)",
    "CREATE INDEX IF NOT EXISTS ix_events_sender_id ON events (sender_id)",
)
# The events of the latest session: from its beginning on, or all when no session has begun.
_LATEST = (
    "SELECT {what} FROM events WHERE sender_id = :sender AND id >= COALESCE("
    "(SELECT MAX(id) FROM events WHERE sender_id = :sender AND type_name = :begun), 0)"
)


class ConversationFile(TrackerStore):
    """Rasa's tracker store on a SQLite file; `db` is its path (endpoints.yml)."""

    def __init__(
        self, domain: Domain, db: str, host: Any = None, event_broker: EventBroker | None = None, **_: Any
    ) -> None:
        super().__init__(domain, event_broker)
        Path(db).parent.mkdir(parents=True, exist_ok=True)
        self._file = sqlite3.connect(db, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        # Writing is left to the operating system: what is said survives a crash of the engine. After a power cut a
        # conversation may have lost its thread, not its words: those lie in the office's tables, which wait for the disk.
        for pragma in ("journal_mode=WAL", "synchronous=OFF", "secure_delete=ON"):
            self._file.execute(f"PRAGMA {pragma}")
        for statement in _MAKE:
            self._file.execute(statement)
        _learn_events_once()

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Return the latest session of a conversation, None when nothing has been said in it."""
        return self._tracker(sender_id, f"{_LATEST.format(what='data')} ORDER BY id")

    async def retrieve_full_tracker(self, conversation_id: str) -> DialogueStateTracker | None:
        """Return all sessions of a conversation."""
        return self._tracker(conversation_id, "SELECT data FROM events WHERE sender_id = :sender ORDER BY id")

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Add the events that are not in the file yet, all or none."""
        await self.stream_events(tracker)
        sender = tracker.sender_id
        # Rasa hands over the session it retrieved, lengthened; a new session begins within it.
        ((stored,),) = self._file.execute(_LATEST.format(what="COUNT(*)"), self._asked(sender)).fetchall()
        rows = [_row(sender, event) for event in islice(tracker.events, stored, None)]
        self._file.execute("BEGIN IMMEDIATE")
        try:
            self._file.executemany(
                "INSERT INTO events (sender_id, type_name, timestamp, data) VALUES (?, ?, ?, ?)", rows
            )
            self._file.execute("COMMIT")
        except BaseException:
            self._file.execute("ROLLBACK")
            raise

    async def keys(self) -> Iterable[str]:
        """Return the ids of all conversations."""
        return [sender for (sender,) in self._file.execute("SELECT DISTINCT sender_id FROM events")]

    def _tracker(self, sender_id: str, query: str) -> DialogueStateTracker | None:
        events = [json.loads(data) for (data,) in self._file.execute(query, self._asked(sender_id))]
        if not events or not self.domain:
            return None
        return DialogueStateTracker.from_dict(sender_id, events, self.domain.slots)

    @staticmethod
    def _asked(sender_id: str) -> dict[str, str]:
        return {"sender": sender_id, "begun": SessionStarted.type_name}


def _row(sender: str, event: Event) -> tuple[str, str, float | None, str]:
    data = event.as_dict()
    return sender, event.type_name, data.get("timestamp"), json.dumps(data)


def _learn_events_once() -> None:
    """Let Rasa remember which class an event's name stands for; it looks through all of its classes for every event."""
    if not hasattr(Event.resolve_by_type, "cache_info"):
        Event.resolve_by_type = staticmethod(cache(Event.resolve_by_type))  # type: ignore[method-assign]
