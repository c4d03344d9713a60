"""Migrations, moments, conversations and access on a real database."""

import asyncio
import sys
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import StatementError

from office import access, conversations
from office.conversations import Utterance
from office.store import Database
from office.store.migrate import downgrade, is_current, upgrade
from office.store.tables import Conversation, Counter


async def test_migrations_go_up_and_down_and_up_again(new_database_url):
    database = Database(new_database_url)
    await upgrade(database)
    assert await is_current(database)
    await downgrade(database, "base")
    assert not await is_current(database)
    await upgrade(database)
    assert await is_current(database)
    await database.close()


async def test_processes_that_start_at_once_migrate_once(new_database_url):
    code = (
        "import asyncio; from office.store import Database; from office.store.migrate import upgrade;"
        f"asyncio.run(upgrade(Database({new_database_url!r})))"
    )
    starting = [await asyncio.create_subprocess_exec(sys.executable, "-c", code) for _ in range(3)]
    assert [await process.wait() for process in starting] == [0, 0, 0]


async def test_a_writer_sees_all_that_was_saved_while_it_waited(database):
    async def count_up():
        async with database.writing() as uow:
            counter = await uow.session.get(Counter, "x")
            if counter is None:
                counter = Counter(name="x", last=0)
                uow.session.add(counter)
            await asyncio.sleep(0)
            counter.last += 1
            await uow.commit()

    await asyncio.gather(*(count_up() for _ in range(10)))
    async with database.reading() as uow:
        assert (await uow.session.get(Counter, "x")).last == 10


async def test_a_reader_sees_one_moment_throughout(database, now):
    async with database.reading() as reader:
        assert await conversations_in(reader) == 0
        async with database.writing() as uow:
            await conversations.start(uow, now)
            await uow.commit()
        assert await conversations_in(reader) == 0
    async with database.reading() as reader:
        assert await conversations_in(reader) == 1


async def conversations_in(uow) -> int:
    return await uow.session.scalar(select(func.count()).select_from(Conversation))


async def test_a_plain_address_gets_our_driver():
    assert Database("postgresql://db.example/indgang").url.drivername == "postgresql+psycopg"


async def test_migrations_and_tables_agree(database):
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from office.store.tables import Base

    async with database.engine.connect() as connection:
        differences = await connection.run_sync(
            lambda sync: compare_metadata(MigrationContext.configure(sync), Base.metadata)
        )
    assert differences == []


async def test_a_moment_without_zone_is_refused(database, now):
    async with database.writing() as uow:
        with pytest.raises((StatementError, ValueError)):
            await conversations.start(uow, datetime(2026, 11, 24, 10))


async def test_a_message_is_masked_before_it_is_stored(database, now):
    async with database.writing() as uow:
        conversation, _ = await conversations.start(uow, now)
        message, _ = await conversations.receive(uow, conversation, "mit cpr er 010190-1234", now)
        await uow.commit()
    assert "1234" not in message.text
    assert message.payload["cpr_masked"]


async def test_the_same_client_message_is_stored_once(database, now):
    async with database.writing() as uow:
        conversation, _ = await conversations.start(uow, now)
        first, known = await conversations.receive(uow, conversation, "hej", now, "a")
        again, known_again = await conversations.receive(uow, conversation, "hej", now, "a")
    assert (known, known_again) == (False, True)
    assert first.id == again.id


async def test_numbers_run_without_gaps_over_all_authors(database, now):
    async with database.writing() as uow:
        conversation, _ = await conversations.start(uow, now)
        message, _ = await conversations.receive(uow, conversation, "hej", now)
        await conversations.answer(
            uow, conversation, message, [Utterance("a"), Utterance("b")], {"kind": "smalltalk"}, now
        )
        await uow.commit()
        said = await conversations.since(uow, conversation.id)
    assert [m.seq for m in said] == [1, 2, 3]
    assert message.state == "answered"


async def test_only_the_right_token_opens_a_conversation(database, now):
    async with database.writing() as uow:
        conversation, token = await conversations.start(uow, now)
        await uow.commit()
    async with database.reading() as uow:
        assert (await conversations.authorised(uow, conversation.id, token)).id == conversation.id
        assert await conversations.authorised(uow, conversation.id, "wrong") is None
        assert await conversations.authorised(uow, "unknown", token) is None
        stored = await uow.session.get(Conversation, conversation.id)
        assert token not in (stored.token_hash or "")


async def test_a_choice_is_found_only_in_its_own_conversation(database, now):
    async with database.writing() as uow:
        one, _ = await conversations.start(uow, now)
        other, _ = await conversations.start(uow, now)
        choices = [{"id": "1-1", "label": "Hæk", "command": '/choose{"article": "haek-i-skel"}'}]
        await conversations.say(uow, one, "bot", Utterance("Hvilken?", "choices", payload={"choices": choices}), now)
        assert (await conversations.find_choice(uow, one.id, "1-1"))["label"] == "Hæk"
        for unknown in ("1-2", "2-1", "x", "", "99999999999999999999-1", "²-1"):
            assert await conversations.find_choice(uow, one.id, unknown) is None
        assert await conversations.find_choice(uow, other.id, "1-1") is None


async def test_the_first_administrator_is_made_once_and_can_log_in(database, now):
    async with database.writing() as uow:
        password = await access.create_first_administrator(uow, now)
        assert await access.create_first_administrator(uow, now) is None
        assert await access.check_password(uow, "admin", "wrong") is None
        assert await access.check_password(uow, "nobody", password) is None
        entered = await access.begin_session(uow, await access.check_password(uow, "admin", password), now, 1)
        await uow.commit()
    async with database.reading() as uow:
        assert (await access.session_of(uow, entered.token, now)).user.role == "administrator"
        assert await access.session_of(uow, entered.token, now + timedelta(hours=1)) is None
        assert await access.session_of(uow, "forged", now) is None


async def test_a_new_password_ends_the_old_sessions(database, now):
    async with database.writing() as uow:
        password = await access.create_first_administrator(uow, now)
        entered = await access.begin_session(uow, await access.check_password(uow, "admin", password), now, 1)
        assert await access.set_password(uow, "admin", "another-one")
        assert await access.session_of(uow, entered.token, now) is None
        assert await access.check_password(uow, "admin", "another-one")
