"""Who may enter the desk: users with argon2 passwords, log-in sessions, and the first administrator.

Every log-in, refused log-in and log-out is written in the audit log. How users are looked after: office/users.py.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import delete, func, or_, select, update

from knowledge.model import Person
from office.conversations import hash_token
from office.history import record
from office.roles import ROLES
from office.store import UnitOfWork
from office.store.tables import Session, User

NOBODY = "ukendt"  # the actor of a log-in under a name that does not exist
_LONGEST_BROWSER = 200
_hasher = PasswordHasher()
# Verified when the user is unknown, so that the time taken does not tell which names exist.
_NOBODY = _hasher.hash(secrets.token_urlsafe(16))


@dataclass(frozen=True)
class LogIn:
    """A fresh session: the secret for the cookie (only its hash is stored) and the user."""

    token: str
    user: User


async def create_user(
    uow: UnitOfWork, username: str, name: str, role: str, password: str, now: datetime, person: str | None = None
) -> User:
    """Add a user, under the name in small letters. Raises ValueError for an unknown role.

    Without a password the user logs in at the municipality's provider.
    """
    if role not in ROLES:
        raise ValueError(f"unknown role {role!r}")
    hashed = _hasher.hash(password) if password else ""
    user = User(username=username.lower(), name=name, role=role, person=person, password_hash=hashed, created_at=now)
    uow.session.add(user)
    await uow.session.flush()
    return user


async def create_first_administrator(uow: UnitOfWork, now: datetime) -> str | None:
    """Create the user "admin" when there are no users yet. Returns its random password, to be shown once, or None."""
    if await uow.session.scalar(select(func.count()).select_from(User)):
        return None
    password = secrets.token_urlsafe(12)
    await create_user(uow, "admin", "Administrator", "administrator", password, now)
    return password


async def set_password(uow: UnitOfWork, username: str, password: str) -> bool:
    """Give a user a new password and end their sessions. Returns whether the user exists."""
    user = await by_username(uow, username)
    if user is None:
        return False
    await give_password(uow, user, password)
    return True


async def give_password(uow: UnitOfWork, user: User, password: str, must_change: bool = False) -> None:
    """Give a user a new password and end all of their sessions; `must_change` when it is not of their own choosing."""
    user.password_hash = await asyncio.to_thread(_hasher.hash, password)
    user.must_change_password = must_change
    await end_sessions(uow, user)


async def by_username(uow: UnitOfWork, username: str) -> User | None:
    """Return the user of this name, in whatever case it was typed; who has left is found too."""
    found: User | None = await uow.session.scalar(select(User).where(User.username == username.strip().lower()))
    return found


async def check_password(uow: UnitOfWork, username: str, password: str) -> User | None:
    """Return the user, or None when name or password is wrong or the user is disabled.

    Hashing takes a tenth of a second, so it runs in a thread; call this in a reading block, which holds nobody up.
    """
    user = await by_username(uow, username)
    may_enter = user is not None and user.disabled_at is None and user.password_hash != ""
    right = await verify(user.password_hash if user is not None and may_enter else _NOBODY, password)
    return user if right and may_enter else None


async def verify(password_hash: str, password: str) -> bool:
    """Tell whether this is the password of that hash."""
    try:
        await asyncio.to_thread(_hasher.verify, password_hash, password)
    except VerificationError:
        return False
    return True


async def record_refused(uow: UnitOfWork, username: str, now: datetime) -> None:
    """Write in the audit log that a log-in was refused: whose it would have been, never what was typed.

    A name that does not exist is not written down: people type their password into the wrong field.
    """
    user = await by_username(uow, username)
    name = user.username if user is not None else None
    record(uow, None, now, name or NOBODY, "login_refused", about=name)


async def user_names(uow: UnitOfWork) -> dict[str, str]:
    """Return what every user is called, by username; those who have left are among them."""
    rows = await uow.session.execute(select(User.username, User.name))
    return {str(username): str(name) for username, name in rows}


def with_people(users: Mapping[str, str], people: Mapping[str, Person]) -> dict[str, str]:
    """Return what users are called by username, and people of the task force, who need not be users, by id."""
    return {person.id: person.name for person in people.values()} | dict(users)


async def names(uow: UnitOfWork, people: Mapping[str, Person]) -> dict[str, str]:
    """Return what anybody is called who can stand in a history: `with_people` of all users."""
    return with_people(await user_names(uow), people)


async def begin_session(
    uow: UnitOfWork,
    user: User,
    now: datetime,
    hours: int,
    browser: str = "",
    provider_token: str | None = None,
    instead_of: str = "",
) -> LogIn:
    """Begin a session of at most `hours` for a user who has shown who they are, and clear away sessions that are over.

    `browser` is what the browser calls itself, `provider_token` what the provider is shown at log-out. The session of the
    secret `instead_of`, which the browser had before, ends. Written in the audit log.
    """
    token = secrets.token_urlsafe(32)
    over = or_(Session.expires_at < now, Session.token_hash == hash_token(instead_of))
    await uow.session.execute(delete(Session).where(over))
    uow.session.add(
        Session(
            token_hash=hash_token(token),
            user_id=user.id,
            csrf=secrets.token_urlsafe(24),
            created_at=now,
            expires_at=now + timedelta(hours=hours),
            last_used_at=now,
            browser=browser[:_LONGEST_BROWSER],
            provider_token=provider_token,
        )
    )
    way = "kommunens login" if provider_token else "adgangskode"
    record(uow, None, now, user.username, "logged_in", new=way, about=user.username)
    await uow.session.flush()
    return LogIn(token, user)


async def session_of(uow: UnitOfWork, token: str, now: datetime, idle: timedelta | None = None) -> Session | None:
    """Return the living session of a cookie's secret, with its user; None when it is unknown, over or disabled.

    With `idle` a session that was not used for that long is over too.
    """
    session = await uow.session.get(Session, hash_token(token))
    if session is None or session.expires_at <= now or session.user.disabled_at is not None:
        return None
    return None if idle is not None and session.last_used_at + idle <= now else session


async def touch(uow: UnitOfWork, session: Session, now: datetime) -> None:
    """Keep in mind that a session is in use."""
    await uow.session.execute(update(Session).where(Session.token_hash == session.token_hash).values(last_used_at=now))


async def sessions_of(uow: UnitOfWork, user: User, now: datetime, idle: timedelta) -> list[Session]:
    """Return the user's living sessions, the latest used first."""
    rows = await uow.session.scalars(
        select(Session)
        .where(Session.user_id == user.id, Session.expires_at > now, Session.last_used_at > now - idle)
        .order_by(Session.last_used_at.desc(), Session.created_at.desc())
    )
    return list(rows)


async def end_sessions(uow: UnitOfWork, user: User, but: str = "", only: str = "") -> int:
    """End the user's sessions: all, all `but` one, or `only` one (by the hash of its secret). Returns how many it ended."""
    ended = delete(Session).where(Session.user_id == user.id, Session.token_hash != but)
    if only:
        ended = ended.where(Session.token_hash == only)
    result = await uow.session.execute(ended.returning(Session.token_hash))
    return len(result.all())


async def log_out(uow: UnitOfWork, token: str, now: datetime) -> None:
    """End the session of a cookie's secret, and write in the audit log who left."""
    session = await uow.session.get(Session, hash_token(token))
    if session is None:
        return
    record(uow, None, now, session.user.username, "logged_out", about=session.user.username)
    await uow.session.delete(session)
