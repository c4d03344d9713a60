"""What has been kept long enough is anonymised, nothing before, and the numbers still add up."""

import asyncio
import sqlite3
from datetime import timedelta

import pytest
from sqlalchemy import JSON, String, select

from office import contact, conversations, history, intakes, retention, tickets
from office.files import file_folder
from office.settings import read_settings
from office.store.follow_up_tables import Survey
from office.store.tables import Base, Conversation, History, Intake, Message, Ticket
from tests.office.cases import TELLING, answer_survey, chat, close_case, open_case, send_file
from tests.stored import everything_in

DAYS = {"conversation_days": 180, "ticket_days_after_close": 730, "abandoned_intake_days": 90, "access_log_days": 365}

# Texts that tell of the office, the machine or the kind of matter, never of who asked. A new column of text must either be
# marked personal in its table, or be put here by somebody who has thought about it.
NOT_PERSONAL = {
    "absences": {"person", "substitute"},
    "conversations": {"id", "channel", "language", "handler"},
    "counters": {"name"},
    "duties": {"person"},
    "files": {"key", "type", "sent_by"},
    "history": {"actor", "action", "field", "about"},
    "intakes": {"conversation_id", "case_type", "state"},
    "involvements": {"area", "person", "asked_by"},
    "live_presence": {"username"},
    "live_talks": {
        *("conversation_id", "state", "case_type", "taken_by", "taken_name", "taken_person", "ending"),
        *("offer", "offered_to", "offered_name"),
    },
    "meetings": {"uid", "proposed"},
    "messages": {
        *("conversation_id", "author", "author_name", "kind", "language", "client_message_id", "state", "outcome"),
    },
    "notes": {"written_by"},
    "outbox": {"key", "channel", "kind", "person", "state", "claim", "problem"},
    "pauses": set(),
    "plans": {"made_by"},
    "search_words": set(),
    "sessions": {"token_hash", "csrf", "browser", "provider_token"},
    "published": {"month", "figures", "published_by"},
    "surveys": {"contact_person", "ratings"},
    "tickets": {
        *("reference", "conversation_id", "channel", "language", "case_type", "title", "level", "reasons", "areas"),
        *("authorities", "checklist", "missing", "phase", "status", "contact_person", "assignment_reason"),
        *("stands_in_for", "first_answer_explained", "answer_explained", "screening_explained", "outcome"),
    },
    "users": {"username", "name", "role", "person", "password_hash", "provider_id"},
}


@pytest.fixture
def settings(tmp_path):
    return read_settings({"INDGANG_DATA_DIR": str(tmp_path)})


async def purge(database, settings, now):
    return await retention.purge(database, settings, DAYS, now, "system")


@pytest.mark.parametrize("table", Base.metadata.sorted_tables, ids=lambda table: table.name)
def test_every_text_is_either_marked_personal_or_known_not_to_be(table):
    texts = {c.name for c in table.columns if isinstance(c.type, String | JSON)}
    marked = {c.name for c in table.columns if "personal" in c.info}
    assert texts - marked == NOT_PERSONAL[table.name]


async def test_a_case_is_anonymised_730_days_after_it_ended(database, settings, now):
    ticket = await open_case(database, now)
    await close_case(database, ticket.reference, now)
    assert not await purge(database, settings, now + timedelta(days=730))
    assert (await purge(database, settings, now + timedelta(days=731))).tickets == (ticket.id,)


async def test_nothing_that_tells_of_the_business_is_left_anywhere(database, settings, now):
    ticket = await open_case(database, now)
    await send_file(database, settings, ticket, now)
    await answer_survey(database, ticket, now)
    await close_case(database, ticket.reference, now)
    before = await everything_in(database)
    assert [word for word in TELLING if word not in before] == []
    await purge(database, settings, now + timedelta(days=731))
    after = await everything_in(database)
    assert [word for word in TELLING if word in after] == []


async def test_its_files_are_gone_from_the_disk(database, settings, now):
    ticket = await open_case(database, now)
    await send_file(database, settings, ticket, now)
    await close_case(database, ticket.reference, now)
    assert len(list(file_folder(settings).rglob("*"))) == 2
    await purge(database, settings, now + timedelta(days=731))
    assert list(file_folder(settings).rglob("*")) == []


async def test_its_survey_counts_on_about_nobody(database, settings, now):
    ticket = await open_case(database, now)
    await answer_survey(database, ticket, now)
    await close_case(database, ticket.reference, now)
    await purge(database, settings, now + timedelta(days=731))
    async with database.reading() as uow:
        (kept,) = await uow.session.scalars(select(Survey))
        assert (kept.ticket_id, kept.contact_person, kept.comment) == (None, None, None)
        assert set(kept.ratings.values()) == {5}


async def test_number_level_areas_dates_and_outcomes_stay_for_the_statistics(database, settings, now):
    ticket = await open_case(database, now)
    await close_case(database, ticket.reference, now)
    await purge(database, settings, now + timedelta(days=731))
    async with database.reading() as uow:
        kept = await tickets.by_reference(uow, ticket.reference)
        assert (kept.level, kept.areas, kept.received_at) == (ticket.level, ticket.areas, now)
        assert kept.anonymised_at == now + timedelta(days=731)


async def test_the_links_to_what_was_anonymised_are_dead(database, settings, now):
    ticket = await open_case(database, now)
    link = contact.follow_up_token(ticket, "key")
    await close_case(database, ticket.reference, now)
    await purge(database, settings, now + timedelta(days=731))
    async with database.reading() as uow:
        assert await contact.by_follow_up_link(uow, ticket.reference, link, "key") is None
        assert (await uow.session.get(Conversation, ticket.conversation_id)).token_hash is None


async def test_the_history_says_by_whom_and_why(database, settings, now):
    ticket = await open_case(database, now)
    await close_case(database, ticket.reference, now)
    await purge(database, settings, now + timedelta(days=731))
    async with database.reading() as uow:
        row = (await history.history_of(uow, ticket))[-1]
        assert (row.action, row.actor, row.why) == ("anonymised", "system", "730 dage efter afslutning")


async def test_an_open_case_is_never_touched_however_old(database, settings, now):
    await open_case(database, now)
    assert not await purge(database, settings, now + timedelta(days=10_000))


async def test_a_conversation_is_anonymised_after_180_days_and_its_outcome_stays(database, settings, now):
    conversation_id = await chat(database, now, "må Lise klippe hækken?")
    assert not await purge(database, settings, now + timedelta(days=180))
    assert (await purge(database, settings, now + timedelta(days=181))).conversations == (conversation_id,)
    async with database.reading() as uow:
        said = await conversations.since(uow, conversation_id)
        assert [message.text for message in said] == ["", ""]
        assert said[0].outcome == {"kind": "answer"}


async def test_a_conversation_is_kept_as_long_as_the_case_that_came_of_it(database, settings, now):
    ticket = await open_case(database, now)
    await close_case(database, ticket.reference, now)
    assert not await purge(database, settings, now + timedelta(days=400))


async def test_an_intake_nobody_finished_goes_after_90_days(database, settings, now):
    conversation_id = await chat(database, now, "ny hal")
    async with database.writing() as uow:
        await intakes.remember_intake(uow, conversation_id, now, "ny hal", {"company": "Nul"}, None)
        await uow.commit()
    assert not await purge(database, settings, now + timedelta(days=90))
    assert (await purge(database, settings, now + timedelta(days=91))).intakes == (conversation_id,)
    async with database.reading() as uow:
        assert await uow.session.get(Intake, conversation_id) is None


async def test_asking_what_is_due_changes_nothing(database, settings, now):
    await chat(database, now, "ny hal")
    later = now + timedelta(days=181)
    async with database.reading() as uow:
        due = await retention.expired(uow, DAYS, later)
    assert str(due) == "ufærdige henvendelser: 0, afsluttede sager: 0, samtaler: 1"
    assert await purge(database, settings, later) == due


async def test_a_purge_larger_than_one_block_reaches_everything(database, settings, now, monkeypatch):
    monkeypatch.setattr(retention, "_AT_A_TIME", 2)
    for number in range(5):
        await chat(database, now, f"nummer {number}")
    assert len((await purge(database, settings, now + timedelta(days=181))).conversations) == 5


async def test_a_second_purge_finds_nothing_and_both_are_in_the_audit_log(database, settings, now):
    await chat(database, now, "hæk?")
    later = now + timedelta(days=181)
    assert await purge(database, settings, later)
    assert not await purge(database, settings, later)
    async with database.reading() as uow:
        rows = await uow.session.scalars(select(History.new).where(History.action == "purged").order_by(History.id))
        assert [row.split(", ")[-1] for row in rows] == ["samtaler: 1", "samtaler: 0"]


async def test_the_engines_own_file_forgets_the_conversation_and_no_other(database, settings, now):
    old, new = await chat(database, now, "hæk?"), await chat(database, now + timedelta(days=100), "skilt?")
    with sqlite3.connect(settings.tracker) as file:
        file.execute("CREATE TABLE events (id INTEGER PRIMARY KEY, sender_id VARCHAR(255), data TEXT)")
        file.executemany("INSERT INTO events (sender_id, data) VALUES (?, 'sagt')", [(old,), (new,)])
    await purge(database, settings, now + timedelta(days=181))
    with sqlite3.connect(settings.tracker) as file:
        assert file.execute("SELECT sender_id FROM events").fetchall() == [(new,)]


async def test_a_form_from_before_cannot_write_personal_data_back(database, settings, now):
    ticket = await open_case(database, now)
    await close_case(database, ticket.reference, now)
    async with database.reading() as uow:
        before = (await tickets.by_reference(uow, ticket.reference)).version
    await purge(database, settings, now + timedelta(days=731))
    async with database.reading() as uow:
        assert (await uow.session.get(Ticket, ticket.id)).version > before
        assert await uow.session.scalar(select(Message.id).where(Message.text != "")) is None


async def test_of_two_processes_one_takes_the_days_purge(database, now):
    async def claim(moment):
        async with database.writing() as uow:
            mine = await retention.claim_today(uow, moment)
            await uow.commit()
        return mine

    assert sorted(await asyncio.gather(claim(now), claim(now))) == [False, True]
    assert await claim(now + timedelta(days=1))
