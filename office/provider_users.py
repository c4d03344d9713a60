"""Users who come from the municipality's own log-in (OpenID Connect): known again by issuer and subject, kept up to date."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from knowledge import Knowledge
from office import access, users
from office.errors import NotAllowed
from office.history import NothingToRecord, record
from office.store import UnitOfWork
from office.store.tables import User

_LONGEST_USERNAME, _LONGEST_NAME = 100, 200
PROVIDER = "kommunens login"  # the actor of what the provider's word changes

NO_ROLE = (
    "Kommunens login kender dig, men du har ingen rolle i Én Indgang. Bed den, der styrer adgange i kommunen, om at give dig "
    "en, og log så ind igen."
)
DISABLED = "Din adgang til Én Indgang er lukket. Tal med administratoren, hvis det er en fejl."
NAME_TAKEN = (
    "Der er allerede en bruger med dit brugernavn, som logger ind med adgangskode. Bed administratoren om at sætte den til "
    "kommunens login."
)


@dataclass(frozen=True)
class Identity:
    """What the provider says of somebody, its signature checked: who it is there, and the values of the role claim."""

    issuer: str
    subject: str
    username: str
    name: str
    email: str
    roles: tuple[str, ...]

    @property
    def provider_id(self) -> str:
        """Return who this is for ever, whatever name or e-mail they come to have."""
        return f"{self.issuer} {self.subject}"


class NoEntry(NotAllowed):
    """The provider knows them and they still may not enter; the text says why. What was written meanwhile is to be kept."""


def role_of(identity: Identity, roles: Mapping[str, str]) -> str | None:
    """Return the role by the settings' map from claim values to roles; the first line of the map that fits counts."""
    return next((role for value, role in roles.items() if value in identity.roles), None)


async def admit(
    uow: UnitOfWork, knowledge: Knowledge, identity: Identity, roles: Mapping[str, str], now: datetime
) -> User:
    """Return the user, added at the first log-in and brought up to date at every other one; the caller commits.

    Raises NoEntry for who has no role (any more), is disabled here, or would take the name of a user with a password.
    """
    user = await _known(uow, identity)
    role = role_of(identity, roles)
    if role is None:
        if user is not None:
            await access.end_sessions(uow, user)
        raise _refused(uow, user, NO_ROLE, now)
    if user is None:
        return await _add(uow, knowledge, identity, role, now)
    if user.disabled_at is not None:
        raise _refused(uow, user, DISABLED, now)
    if user.password_hash:
        raise _refused(uow, user, NAME_TAKEN, now)
    user.provider_id = identity.provider_id
    with suppress(NothingToRecord):
        person = user.person or _person(knowledge, identity)
        await users.change_fields(uow, user, _name(identity), role, person, PROVIDER, now)
    return user


async def _known(uow: UnitOfWork, identity: Identity) -> User | None:
    """Return who has come from the provider before, or who an administrator has added under the name they have there."""
    known: User | None = await uow.session.scalar(select(User).where(User.provider_id == identity.provider_id))
    if known is not None:
        return known
    expected = await access.by_username(uow, _username(identity))
    return expected if expected is not None and expected.provider_id is None else None


async def _add(uow: UnitOfWork, knowledge: Knowledge, identity: Identity, role: str, now: datetime) -> User:
    username = await _free_username(uow, _username(identity))
    user = await access.create_user(uow, username, _name(identity), role, "", now, _person(knowledge, identity))
    user.provider_id = identity.provider_id
    record(uow, None, now, PROVIDER, "user_added", new=role, about=username)
    await uow.session.flush()
    return user


async def _free_username(uow: UnitOfWork, wanted: str) -> str:
    """Return the name, with a number behind it where somebody else has (or had) it: what they did stays theirs."""
    for candidate in _numbered(wanted):
        if await access.by_username(uow, candidate) is None:
            return candidate
    raise AssertionError("there is no end of numbers")


def _numbered(wanted: str) -> Iterable[str]:
    yield wanted
    number = 2
    while True:
        yield f"{wanted[: _LONGEST_USERNAME - 8]}-{number}"
        number += 1


def _username(identity: Identity) -> str:
    return (identity.username or identity.email or identity.subject).strip().lower()[:_LONGEST_USERNAME]


def _name(identity: Identity) -> str:
    return " ".join((identity.name or identity.username or identity.subject).split())[:_LONGEST_NAME]


def _person(knowledge: Knowledge, identity: Identity) -> str | None:
    """Return who of people.yml has this e-mail, so that their cases are theirs from the first day."""
    email = identity.email.casefold()
    return next((p.id for p in knowledge.people.values() if email and p.email.casefold() == email), None)


def _refused(uow: UnitOfWork, user: User | None, words: str, now: datetime) -> NoEntry:
    name = user.username if user is not None else None
    record(uow, None, now, name or access.NOBODY, "login_refused", about=name)
    return NoEntry(words)
