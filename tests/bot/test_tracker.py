"""The file of conversations, held against Rasa's own store on the same events."""

import asyncio
import sqlite3
from functools import partial
from pathlib import Path

import pytest
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, SessionStarted, SlotSet, UserUttered

from bot.tracker import ConversationFile

DOMAIN = Domain.from_yaml("slots:\n  emne:\n    type: text\n    mappings:\n    - type: custom\n")

# Makers of events: an event carries the time at which it is made.
SAID = [
    partial(UserUttered, "hej æøå", {"name": "greet"}),
    partial(BotUttered, "Goddag"),
    partial(SlotSet, "emne", "skilte"),
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "new folder" / "tracker.sqlite"


@pytest.fixture
def store(file: Path) -> ConversationFile:
    return ConversationFile(DOMAIN, str(file))


def say(store, *events, sender="a"):
    tracker = asyncio.run(store.get_or_create_tracker(sender))
    for event in events:
        tracker.update(event(), DOMAIN)
    asyncio.run(store.save(tracker))


def events_of(store, sender="a"):
    tracker = asyncio.run(store.retrieve(sender))
    return [event.as_dict() for event in tracker.events]


def test_what_was_said_is_there_after_a_restart(store, file):
    say(store, SessionStarted, *SAID)
    again = ConversationFile(DOMAIN, str(file))
    assert asyncio.run(again.retrieve("a")).get_slot("emne") == "skilte"


def test_an_event_is_written_once_however_often_the_conversation_is_saved(store, file):
    say(store, SessionStarted, SAID[0])
    say(store, SAID[1])
    say(store)
    types = [kind for (kind,) in sqlite3.connect(file).execute("SELECT type_name FROM events ORDER BY id")]
    assert types == ["action", "session_started", "user", "bot"]


def test_a_new_session_begins_where_rasa_says_and_the_old_one_stays_in_the_file(store):
    say(store, SessionStarted, *SAID)
    say(store, partial(ActionExecuted, "action_session_start"), SessionStarted, SAID[0])
    assert [event["event"] for event in events_of(store)] == ["session_started", "user"]
    assert len(asyncio.run(store.retrieve_full_tracker("a")).events) == 8


def test_conversations_do_not_mix_and_an_unknown_one_is_none(store):
    say(store, SAID[0], sender="a")
    say(store, SAID[1], sender="b")
    assert [event["event"] for event in events_of(store, "b")] == ["action", "bot"]
    assert asyncio.run(store.retrieve("c")) is None
    assert sorted(asyncio.run(store.keys())) == ["a", "b"]


def test_a_file_that_rasas_own_store_made_is_read_on(file):
    file.parent.mkdir()
    rasas = SQLTrackerStore(DOMAIN, db=str(file))
    say(rasas, SessionStarted, *SAID, sender="old")
    store = ConversationFile(DOMAIN, str(file))
    assert events_of(store, "old") == events_of(rasas, "old")
    say(store, SAID[0], sender="old")
    assert events_of(rasas, "old") == events_of(store, "old")
