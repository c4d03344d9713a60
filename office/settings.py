"""Every setting of Én Indgang: one list, read from the environment. Help, start-up check and docs come from it."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from office.roles import ROLES

PREFIX = "INDGANG_"
ROOT = Path(__file__).resolve().parent.parent


class SettingError(ValueError):
    """A setting that cannot be used; the message names it and says what is expected."""


def _flag(text: str) -> bool:
    if text.lower() not in ("on", "off"):
        raise ValueError("on or off")
    return text.lower() == "on"


def _port(text: str) -> int:
    port = int(text)
    if not 0 < port < 65536:
        raise ValueError("a port number, 1-65535")
    return port


def _positive(text: str) -> int:
    number = int(text)
    if number <= 0:
        raise ValueError("a whole number above 0")
    return number


def _seconds(text: str) -> float:
    seconds = float(text)
    if seconds <= 0:
        raise ValueError("a number of seconds above 0")
    return seconds


def _security(text: str) -> str:
    if text not in ("starttls", "tls", "none"):
        raise ValueError("starttls, tls or none")
    return text


def _webhook_url(text: str) -> str:
    if text and not is_secure(text):
        raise ValueError("an https address, since what is sent there names people")
    return text


def _issuer(text: str) -> str:
    if text and not is_secure(text):
        raise ValueError("an https address, since whoever answers there decides who may enter")
    return text


def is_secure(url: str) -> bool:
    """Tell whether nobody on the way can read or change what goes to this address: https, or http on the same machine."""
    address = urlsplit(url)
    loopback = address.hostname in ("127.0.0.1", "::1", "localhost")
    return address.scheme == "https" or (address.scheme == "http" and loopback)


def _roles(text: str) -> dict[str, str]:
    pairs = [pair.rpartition("=") for pair in text.split(";") if pair.strip()]
    roles = {value.strip(): role.strip() for value, _, role in pairs}
    if "" in roles or not set(roles.values()) <= set(ROLES):
        raise ValueError(f"value=role; value=role …, where a role is {', '.join(ROLES)}")
    return roles


def _webhook_secret(text: str) -> str:
    if text and len(base64.b64decode(text.removeprefix("whsec_"), validate=True)) < 24:
        raise ValueError("at least 24 bytes in base64")
    return text


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo("Europe/Copenhagen"))


@dataclass(frozen=True)
class Setting:
    """One setting: its name without prefix, its default as text, how the text is read, and help in one sentence."""

    name: str
    default: str
    parse: Callable[[str], Any]
    help: str

    @property
    def variable(self) -> str:
        return f"{PREFIX}{self.name.upper()}"


SETTINGS = (
    Setting(
        "host", "127.0.0.1", str, "Address the public door (web) listens on; the other parts never leave loopback."
    ),
    Setting("port", "8080", _port, "Port of the public door."),
    Setting("public_url", "", str, "Address the public sees, for links in messages; empty = built from host and port."),
    Setting(
        "trusted_proxies",
        "0",
        int,
        "How many reverse proxies stand in front, for the visitor's address in rate limits.",
    ),
    Setting("database_url", "", str, "SQLAlchemy address of the database; empty = SQLite in the data folder."),
    Setting(
        "data_dir", str(ROOT / "var"), Path, "Folder for what the running system keeps: database, files, key, caches."
    ),
    Setting(
        "secret_key",
        "",
        str,
        "Key that signs follow-up links; empty = made at the first start and kept in the data folder.",
    ),
    Setting("engine_port", "5005", _port, "Port of the Rasa engine on loopback."),
    Setting("actions_port", "5055", _port, "Port of the action server on loopback."),
    Setting("engine_token", "", str, "Secret between gateway, engine and actions; empty = a new one at each start."),
    Setting(
        "engine_timeout",
        "10",
        _seconds,
        "Seconds the gateway waits for the engine before it takes the message in itself.",
    ),
    Setting("action_timeout", "6", _seconds, "Seconds an action may take before it apologises and hands over."),
    Setting("max_message_chars", "2000", _positive, "Longest message a visitor may send, in characters."),
    Setting("max_body_bytes", "65536", _positive, "Largest request body the public door reads, in bytes."),
    Setting("rate_limits", "on", _flag, "Rate limits: on, or off for evaluation and load tests."),
    Setting("rate_conversations", "30/hour", str, "New conversations allowed per address."),
    Setting("rate_messages", "20/minute", str, "Messages allowed per conversation."),
    Setting("rate_requests", "240/minute", str, "Requests allowed per address."),
    Setting("rate_logins", "10/15minutes", str, "Log-in attempts allowed per address."),
    Setting(
        "rate_logins_per_name", "10/5minutes", str, "Log-in attempts allowed per user name, from browsers it is new in."
    ),
    Setting(
        "rate_storage", "memory://", str, "Where rate limits count: memory://, or redis:// when several replicas run."
    ),
    Setting(
        "abandoned_after_minutes",
        "30",
        _positive,
        "Silence after which a half-finished intake with contact data becomes a case.",
    ),
    Setting("session_hours", "10", _positive, "Hours a log-in to the desk lasts."),
    Setting("session_idle_minutes", "120", _positive, "Minutes without use after which a log-in to the desk ends."),
    Setting(
        "password_login", "on", _flag, "Log-in to the desk with a password: on, or off where all use OpenID Connect."
    ),
    Setting(
        "oidc_issuer",
        "",
        _issuer,
        "Address of the municipality's own log-in (OpenID Connect issuer); empty = passwords only (see docs/access.md).",
    ),
    Setting("oidc_client_id", "", str, "Name under which the desk is registered at the issuer."),
    Setting(
        "oidc_client_secret",
        "",
        str,
        "Secret of the desk at the issuer; empty = a public client, secured by PKCE alone.",
    ),
    Setting("oidc_scope", "openid profile email", str, "Scopes asked of the issuer."),
    Setting(
        "oidc_username_claim",
        "preferred_username",
        str,
        "Claim that holds the user name, to begin with and in the audit log.",
    ),
    Setting(
        "oidc_role_claim",
        "roles",
        str,
        "Claim that holds a user's roles or groups at the issuer; dots go deeper, as in realm_access.roles.",
    ),
    Setting(
        "oidc_roles",
        "",
        _roles,
        "Role at the desk by value of that claim, as in Sag=caseworker;IT=administrator. The first that fits counts.",
    ),
    Setting("smtp_host", "", str, "Mail server; empty = no mail is sent, and the desk's outbox shows what would be."),
    Setting("smtp_port", "587", _port, "Port of the mail server; 587 goes with starttls, 465 with tls."),
    Setting(
        "smtp_security",
        "starttls",
        _security,
        "How the connection is protected: starttls, tls, or none for a mail server on the same machine.",
    ),
    Setting("smtp_user", "", str, "User name at the mail server; empty = no log-in."),
    Setting("smtp_password", "", str, "Password at the mail server."),
    Setting("smtp_from", "", str, "Address mails come from; empty = the office's own in office.yml."),
    Setting(
        "webhook_url",
        "",
        _webhook_url,
        "Address of the municipality's own case system, told of every case and message; empty = nobody is told.",
    ),
    Setting(
        "webhook_secret",
        "",
        _webhook_secret,
        "Key that signs what the webhook sends, in base64, at least 24 bytes (see docs/webhook.md).",
    ),
    Setting(
        "clock", "", _moment, "Start the clock at this moment (for demonstrations and tests); empty = the real time."
    ),
)

OBSOLETE: dict[str, str] = {}


@dataclass(frozen=True)
class Settings:
    """The values of all settings, by attribute: `settings.port`."""

    values: Mapping[str, Any]

    def __getattr__(self, name: str) -> Any:
        try:
            return self.values[name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def database(self) -> str:
        """Return the database address, the embedded SQLite file when none is set."""
        return self.database_url or f"sqlite+aiosqlite:///{self.data_dir / 'indgang.db'}"

    @property
    def tracker(self) -> Path:
        """Return the engine's own file of conversations (Rasa's tracker store)."""
        return Path(self.data_dir) / "tracker.db"

    @property
    def address(self) -> str:
        """Return the address the public uses, without a trailing slash."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Return all settings from the environment, with defaults. Raises SettingError for unknown or unusable ones."""
    environment = os.environ if environment is None else environment
    known = {setting.variable for setting in SETTINGS}
    for variable in environment:
        if variable.startswith(PREFIX) and variable not in known:
            raise SettingError(OBSOLETE.get(variable, f"{variable} is not a setting. See: indgang settings"))
    settings = Settings({setting.name: _read(setting, environment) for setting in SETTINGS})
    if settings.webhook_url and not settings.webhook_secret:
        raise SettingError("INDGANG_WEBHOOK_URL needs INDGANG_WEBHOOK_SECRET, so that the receiver knows it is us.")
    _check_log_in(settings)
    return settings


def _check_log_in(settings: Settings) -> None:
    if settings.oidc_issuer and not (settings.oidc_client_id and settings.oidc_roles):
        raise SettingError(
            "INDGANG_OIDC_ISSUER needs INDGANG_OIDC_CLIENT_ID and INDGANG_OIDC_ROLES, or nobody could log in."
        )
    if not settings.oidc_issuer and not settings.password_login:
        raise SettingError("INDGANG_PASSWORD_LOGIN=off needs INDGANG_OIDC_ISSUER, or nobody could log in.")


def _read(setting: Setting, environment: Mapping[str, str]) -> Any:
    text = environment.get(setting.variable, "").strip() or setting.default
    try:
        return setting.parse(text)
    except ValueError as error:
        raise SettingError(f"{setting.variable}={text!r} cannot be used: {error}. {setting.help}") from error
