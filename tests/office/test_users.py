"""Users of the desk: an administrator looks after them, everything is in the audit log, and one administrator remains."""

import pytest
from sqlalchemy import select

from knowledge import load
from office import access, users
from office.errors import ChangedMeanwhile, NotAllowed, WrongField
from office.history import NothingToRecord
from office.store.tables import History
from office.users import About

KNOWLEDGE = load()
BO = About("Bo Byggesen", "caseworker", "mette-ravnsholt")
PASSWORD = "korrekt hest batteri"


@pytest.fixture
async def uow(database):
    async with database.writing() as uow:
        yield uow


@pytest.fixture
async def admin(uow, now):
    return await access.create_user(uow, "admin", "Administrator", "administrator", PASSWORD, now)


@pytest.fixture
async def bo(uow, now):
    user, _ = await users.add_user(uow, KNOWLEDGE, "bo", BO, False, "admin", now)
    return user


async def logged(uow):
    rows = await uow.session.scalars(select(History).where(History.action != "logged_in").order_by(History.id))
    return [(row.actor, row.action, row.field, row.old, row.new, row.about) for row in rows]


async def test_a_new_user_gets_a_password_that_must_be_changed(uow, now):
    user, password = await users.add_user(uow, KNOWLEDGE, " Bo ", BO, False, "admin", now)
    assert await access.check_password(uow, "BO", password) is user
    assert (user.username, user.must_change_password) == ("bo", True)
    assert await logged(uow) == [("admin", "user_added", None, None, "caseworker", "bo")]


@pytest.mark.parametrize(
    ("username", "about", "field"),
    [
        ("", BO, "username"),
        ("bo bo", BO, "username"),
        ("bø", BO, "username"),
        ("b" * 101, BO, "username"),
        ("bo", About(" ", "caseworker", ""), "name"),
        ("bo", About("x" * 201, "caseworker", ""), "name"),
        ("bo", About("Bo", "chef", ""), "role"),
        ("bo", About("Bo", "editor", "findes-ikke"), "person"),
    ],
)
async def test_what_cannot_be_a_user_is_said_at_its_field(uow, now, username, about, field):
    with pytest.raises(WrongField) as wrong:
        await users.add_user(uow, KNOWLEDGE, username, about, False, "admin", now)
    assert wrong.value.field == field


async def test_a_name_is_given_once_even_after_somebody_has_left(uow, admin, bo, now):
    await users.disable(uow, bo, "admin", now)
    with pytest.raises(WrongField, match="allerede en bruger"):
        await users.add_user(uow, KNOWLEDGE, "Bo", BO, False, "admin", now)


async def test_every_changed_field_has_its_row(uow, bo, now):
    await users.change_user(uow, KNOWLEDGE, bo, About("Bo Brandt", "editor", ""), "admin", now)
    assert (await logged(uow))[1:] == [
        ("admin", "user_changed", "name", "Bo Byggesen", "Bo Brandt", "bo"),
        ("admin", "user_changed", "role", "caseworker", "editor", "bo"),
        ("admin", "user_changed", "person", "mette-ravnsholt", None, "bo"),
    ]


async def test_changing_nothing_is_no_change(uow, bo, now):
    with pytest.raises(NothingToRecord):
        await users.change_user(uow, KNOWLEDGE, bo, BO, "admin", now)


async def test_a_disabled_user_is_logged_out_and_cannot_log_in_until_enabled(uow, admin, bo, now):
    await access.set_password(uow, "bo", PASSWORD)
    entered = await access.begin_session(uow, bo, now, 1)
    await users.disable(uow, bo, "admin", now)
    assert await access.session_of(uow, entered.token, now) is None
    assert await access.check_password(uow, "bo", PASSWORD) is None
    await users.enable(uow, bo, "admin", now)
    assert await access.check_password(uow, "bo", PASSWORD) is bo


async def test_the_last_administrator_can_be_neither_disabled_nor_demoted(uow, admin, bo, now):
    with pytest.raises(WrongField, match="sidste administrator"):
        await users.disable(uow, admin, "admin", now)
    with pytest.raises(WrongField, match="sidste administrator"):
        await users.change_user(uow, KNOWLEDGE, admin, About("Admin", "editor", ""), "admin", now)
    assert (admin.role, admin.disabled_at) == ("administrator", None)


async def test_a_disabled_administrator_does_not_count_as_another(uow, admin, bo, now):
    await users.change_user(uow, KNOWLEDGE, bo, About("Bo", "administrator", ""), "admin", now)
    await users.disable(uow, bo, "admin", now)
    with pytest.raises(WrongField, match="sidste administrator"):
        await users.disable(uow, admin, "admin", now)
    await users.enable(uow, bo, "admin", now)
    await users.disable(uow, admin, "bo", now)


async def test_a_new_password_ends_the_sessions_and_must_be_changed(uow, bo, now):
    entered = await access.begin_session(uow, bo, now, 1)
    bo.must_change_password = False
    password = await users.renew_password(uow, bo, "admin", now)
    assert await access.check_password(uow, "bo", password) is bo
    assert bo.must_change_password
    assert await access.session_of(uow, entered.token, now) is None


async def test_a_user_handed_to_the_provider_has_no_password_any_more(uow, bo, now):
    await access.set_password(uow, "bo", PASSWORD)
    await users.hand_to_provider(uow, bo, "admin", now)
    for tried in (PASSWORD, ""):
        assert await access.check_password(uow, "bo", tried) is None


async def test_a_user_of_the_provider_gets_no_password_here(uow, bo, now):
    bo.provider_id = "https://login.example 1"
    with pytest.raises(NotAllowed, match="ingen adgangskode her"):
        await users.renew_password(uow, bo, "admin", now)


async def test_one_who_changes_a_user_that_another_has_changed_is_told(uow, bo, now):
    version = str(bo.version)
    await users.change_user(uow, KNOWLEDGE, bo, About("Bo Brandt", "editor", ""), "admin", now)
    with pytest.raises(ChangedMeanwhile):
        await users.unchanged(uow, bo.id, version)


@pytest.mark.parametrize(
    ("old", "new", "repeated", "field"),
    [
        ("forkert", "tredive grønne køer", "tredive grønne køer", "old"),
        (PASSWORD, PASSWORD, PASSWORD, "new"),
        (PASSWORD, "kort", "kort", "new"),
        (PASSWORD, "byggesen2026", "byggesen2026", "new"),
        (PASSWORD, "tredive grønne køer", "tredive grønne høer", "repeated"),
    ],
)
async def test_what_cannot_be_ones_new_password_is_said_at_its_field(uow, bo, now, old, new, repeated, field):
    await access.set_password(uow, "bo", PASSWORD)
    with pytest.raises(WrongField) as wrong:
        await users.change_own_password(uow, KNOWLEDGE, bo, old, new, repeated, now)
    assert wrong.value.field == field
    assert await access.check_password(uow, "bo", PASSWORD) is bo


async def test_ones_own_new_password_need_not_be_changed_again(uow, bo, now):
    await access.give_password(uow, bo, PASSWORD, must_change=True)
    new = "tredive grønne køer"
    await users.change_own_password(uow, KNOWLEDGE, bo, PASSWORD, new, new, now)
    assert await access.check_password(uow, "bo", new) is bo
    assert not bo.must_change_password
    assert (await logged(uow))[-1][:2] == ("bo", "password_changed")


async def test_the_list_says_when_everybody_last_logged_in(uow, admin, bo, now):
    await access.begin_session(uow, bo, now, 1)
    found = await users.all_users(uow)
    assert [(row.user.username, row.last_log_in) for row in found] == [("admin", None), ("bo", now)]
