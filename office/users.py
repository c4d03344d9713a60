"""The desk's users, looked after by an administrator: every change is in the audit log, and one administrator always remains."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from knowledge import Knowledge
from office import access
from office.errors import ChangedMeanwhile, NotAllowed, WrongField
from office.history import NothingToRecord, record
from office.passwords import check_new_password, random_password
from office.roles import ROLES
from office.store import UnitOfWork
from office.store.tables import History, User

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._@-]{1,99}")
_LONGEST_NAME = 200
LAST_ADMINISTRATOR = (
    "Det er den sidste administrator, så den kan ikke lukkes eller få en anden rolle. Gør først en anden til "
    "administrator."
)


@dataclass(frozen=True)
class About:
    """What an administrator says of a user: name, role, and who it is in people.yml ("" = nobody)."""

    name: str
    role: str
    person: str


@dataclass(frozen=True)
class Row:
    """A user in the list, and when they last logged in (None: never, or longer ago than the log is kept)."""

    user: User
    last_log_in: datetime | None


async def all_users(uow: UnitOfWork) -> list[Row]:
    """Return all users, those who may enter first, by name."""
    last = (
        select(History.actor, func.max(History.at).label("at"))
        .where(History.action == "logged_in", History.ticket_id.is_(None))
        .group_by(History.actor)
        .subquery()
    )
    rows = await uow.session.execute(
        select(User, last.c.at).outerjoin(last, last.c.actor == User.username).order_by(User.username)
    )
    found = [Row(user, at) for user, at in rows]
    return sorted(found, key=lambda row: (row.user.disabled_at is not None, row.user.name.casefold()))


async def by_id(uow: UnitOfWork, number: int) -> User | None:
    """Return the user of this number."""
    return await uow.session.get(User, number)


async def unchanged(uow: UnitOfWork, number: int, version: str) -> User:
    """Return the user if it still is the one that a form showed. Raises NotAllowed: nobody, or changed meanwhile."""
    user = await by_id(uow, number)
    if user is None:
        raise NotAllowed("Brugeren findes ikke.")
    if str(user.version) != version:
        raise ChangedMeanwhile("En anden har ændret brugeren, mens siden stod åben. Se den igennem, og send igen.")
    return user


async def add_user(
    uow: UnitOfWork, knowledge: Knowledge, username: str, about: About, by_provider: bool, actor: str, now: datetime
) -> tuple[User, str]:
    """Add a user. Returns it with the first password, which is shown once and must be changed at the first log-in.

    With `by_provider` there is no password ("" is returned): the user logs in at the municipality's provider, under this
    name. Raises WrongField.
    """
    username = username.strip().lower()
    if not _USERNAME.fullmatch(username):
        raise WrongField(
            "username", "Brug 2-100 af tegnene a-z, 0-9, punktum, bindestreg, _ og @. Begynd med et bogstav."
        )
    if await access.by_username(uow, username) is not None:
        raise WrongField(
            "username", "Der er allerede en bruger med det navn. Navne på lukkede brugere bruges ikke igen."
        )
    about = _checked(knowledge, about)
    password = "" if by_provider else random_password()
    user = await access.create_user(uow, username, about.name, about.role, password, now, about.person or None)
    user.must_change_password = not by_provider
    record(uow, None, now, actor, "user_added", new=about.role, about=username)
    await uow.session.flush()
    return user, password


async def change_user(
    uow: UnitOfWork, knowledge: Knowledge, user: User, about: About, actor: str, now: datetime
) -> None:
    """Change name, role and person; a new role counts from the next click. Raises WrongField, NothingToRecord."""
    about = _checked(knowledge, about)
    if user.role == "administrator" and about.role != "administrator":
        await _keep_an_administrator(uow, user)
    await change_fields(uow, user, about.name, about.role, about.person or None, actor, now)


async def change_fields(
    uow: UnitOfWork, user: User, name: str, role: str, person: str | None, actor: str, now: datetime
) -> None:
    """Set the fields that differ, with a row in the audit log each. Raises NothingToRecord when none does."""
    changes = {"name": name, "role": role, "person": person}
    differing = {field: new for field, new in changes.items() if getattr(user, field) != new}
    if not differing:
        raise NothingToRecord(user.username)
    for field, new in differing.items():
        record(uow, None, now, actor, "user_changed", field, getattr(user, field), new, about=user.username)
        setattr(user, field, new)
    await uow.session.flush()


async def disable(uow: UnitOfWork, user: User, actor: str, now: datetime) -> None:
    """Keep a user out from now on. What they have done stays under their name. Raises NotAllowed for the last administrator."""
    if user.disabled_at is not None:
        return
    if user.role == "administrator":
        await _keep_an_administrator(uow, user)
    user.disabled_at = now
    await access.end_sessions(uow, user)
    record(uow, None, now, actor, "user_disabled", about=user.username)


async def enable(uow: UnitOfWork, user: User, actor: str, now: datetime) -> None:
    """Let a user in again."""
    if user.disabled_at is not None:
        user.disabled_at = None
        record(uow, None, now, actor, "user_enabled", about=user.username)


async def renew_password(uow: UnitOfWork, user: User, actor: str, now: datetime) -> str:
    """Give a user a random password, to be shown once and changed at the next log-in, and end their sessions.

    Raises NotAllowed for who logs in at the municipality's provider.
    """
    if user.provider_id is not None:
        raise NotAllowed("Brugeren logger ind med kommunens login og har ingen adgangskode her.")
    password = random_password()
    await access.give_password(uow, user, password, must_change=True)
    record(uow, None, now, actor, "password_given", about=user.username)
    return password


async def hand_to_provider(uow: UnitOfWork, user: User, actor: str, now: datetime) -> None:
    """Take the password away: from now on the user logs in at the municipality's provider, under the same name."""
    if user.password_hash:
        user.password_hash, user.must_change_password = "", False
        await access.end_sessions(uow, user)
        record(uow, None, now, actor, "user_changed", "log_in", "adgangskode", "kommunens login", about=user.username)


async def change_own_password(
    uow: UnitOfWork, knowledge: Knowledge, user: User, old: str, new: str, repeated: str, now: datetime
) -> None:
    """Let a user choose another password; all of their sessions end. Raises WrongField with what to mend."""
    if not await access.verify(user.password_hash, old):
        raise WrongField("old", "Det er ikke din nuværende adgangskode.")
    if new == old:
        raise WrongField("new", "Vælg en anden adgangskode end den, du har.")
    try:
        check_new_password(new, (user.username, user.name, knowledge.office.municipality, knowledge.office.name))
    except NotAllowed as weak:
        raise WrongField("new", str(weak)) from None
    if new != repeated:
        raise WrongField("repeated", "De to nye adgangskoder er ikke ens.")
    await access.give_password(uow, user, new)
    record(uow, None, now, user.username, "password_changed", about=user.username)


async def _keep_an_administrator(uow: UnitOfWork, leaving: User) -> None:
    others = select(func.count()).where(User.role == "administrator", User.disabled_at.is_(None), User.id != leaving.id)
    if leaving.disabled_at is None and not await uow.session.scalar(others):
        raise WrongField("role", LAST_ADMINISTRATOR)


def _checked(knowledge: Knowledge, about: About) -> About:
    name = " ".join(about.name.split())
    if not name:
        raise WrongField("name", "Skriv brugerens navn.")
    if len(name) > _LONGEST_NAME:
        raise WrongField("name", f"Navnet må højst være på {_LONGEST_NAME} tegn.")
    if about.role not in ROLES:
        raise WrongField("role", "Vælg en rolle.")
    if about.person and about.person not in knowledge.people:
        raise WrongField("person", "Personen findes ikke i people.yml.")
    return About(name, about.role, about.person)
