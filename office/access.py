"""Who may enter the desk: users with argon2 passwords, log-in sessions, and the first administrator."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import delete, func, select

from office.conversations import hash_token
from office.store import UnitOfWork
from office.store.tables import Session, User

ROLES = ("caseworker", "coordinator", "editor", "administrator")
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
    """Add a user. Raises ValueError for an unknown role."""
    if role not in ROLES:
        raise ValueError(f"unknown role {role!r}")
    user = User(
        username=username, name=name, role=role, person=person, password_hash=_hasher.hash(password), created_at=now
    )
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
    user = await uow.session.scalar(select(User).where(User.username == username))
    if user is None:
        return False
    user.password_hash = _hasher.hash(password)
    await uow.session.execute(delete(Session).where(Session.user_id == user.id))
    return True


async def check_password(uow: UnitOfWork, username: str, password: str) -> User | None:
    """Return the user, or None when name or password is wrong or the user is disabled.

    Hashing takes a tenth of a second, so it runs in a thread; call this in a reading block, which holds nobody up.
    """
    user: User | None = await uow.session.scalar(
        select(User).where(User.username == username, User.disabled_at.is_(None))
    )
    try:
        await asyncio.to_thread(_hasher.verify, user.password_hash if user else _NOBODY, password)
    except VerificationError:
        return None
    return user


async def names(uow: UnitOfWork) -> dict[str, str]:
    """Return what every user is called, by username; those who have left are among them."""
    rows = await uow.session.execute(select(User.username, User.name))
    return {str(username): str(name) for username, name in rows}


async def begin_session(uow: UnitOfWork, user: User, now: datetime, hours: int) -> LogIn:
    """Begin a session of `hours` for a user who has shown the password, and clear away sessions that are over."""
    token = secrets.token_urlsafe(32)
    await uow.session.execute(delete(Session).where(Session.expires_at < now))
    uow.session.add(
        Session(
            token_hash=hash_token(token),
            user_id=user.id,
            csrf=secrets.token_urlsafe(24),
            created_at=now,
            expires_at=now + timedelta(hours=hours),
        )
    )
    await uow.session.flush()
    return LogIn(token, user)


async def session_of(uow: UnitOfWork, token: str, now: datetime) -> Session | None:
    """Return the living session of a cookie's secret, with its user; None when it is unknown, over or disabled."""
    session = await uow.session.get(Session, hash_token(token))
    if session is None or session.expires_at <= now or session.user.disabled_at is not None:
        return None
    return session


async def log_out(uow: UnitOfWork, token: str) -> None:
    """End the session of a cookie's secret."""
    await uow.session.execute(delete(Session).where(Session.token_hash == hash_token(token)))
