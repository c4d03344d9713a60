"""Reading what a request carries: JSON, forms, tokens, numbers. Whatever cannot be read is a PublicError, never a crash."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from web.errors import PublicError
from web.parts import parts_of
from web.visitor_text import clean, is_empty

_TOKEN = re.compile(r"Bearer ([\w-]{20,100})", re.ASCII | re.IGNORECASE)
_MESSAGE_ID = re.compile(r"[\w.:-]{1,64}", re.ASCII)
_CHOICE_ID = re.compile(r"\d{1,9}-\d{1,3}", re.ASCII)
_LARGEST = 2**31 - 1


@dataclass(frozen=True)
class VisitorWords:
    """A message to the conversation: words typed, or the id of a choice offered before."""

    text: str
    choice: str | None
    client_message_id: str | None


async def read_object(request: web.Request) -> dict[str, Any]:
    """Return the JSON object in the body; an empty body counts as {}. Raises PublicError."""
    body = await request.read()
    if not body.strip():
        return {}
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise PublicError("bad_json") from None
    if not isinstance(value, dict):
        raise PublicError("not_an_object")
    return value


async def read_words(request: web.Request) -> VisitorWords:
    """Return the visitor's message from the body; fields we do not know are passed over. Raises PublicError."""
    body = await read_object(request)
    client_message_id = body.get("client_message_id")
    if client_message_id is not None and not _is(_MESSAGE_ID, client_message_id):
        raise PublicError("bad_message_id")
    if body.get("choice") is not None:
        if not _is(_CHOICE_ID, body["choice"]):
            raise PublicError("unknown_choice")
        return VisitorWords("", body["choice"], client_message_id)
    return VisitorWords(_read_text(request, body.get("text", "")), None, client_message_id)


async def read_form(request: web.Request) -> dict[str, str]:
    """Return the fields of a posted form as clean text; files are passed over. Raises PublicError."""
    try:
        fields = await request.post()
    except (ValueError, LookupError):
        raise PublicError("bad_request") from None
    return {name: clean(value) for name, value in fields.items() if isinstance(value, str)}


def bearer_token(request: web.Request) -> str:
    """Return the conversation's token from the header. Raises PublicError when there is none."""
    match = _TOKEN.fullmatch(request.headers.get("Authorization", "").strip())
    if match is None:
        raise unauthorised()
    return match[1]


def unauthorised() -> PublicError:
    """The answer to a wrong token and to an unknown conversation alike."""
    return PublicError("unauthorised", {"WWW-Authenticate": "Bearer"})


def whole_number(name: str, text: str) -> int:
    """Return `text` as a number from 0 up; "" is 0. Raises PublicError naming the field."""
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) <= 10):
        raise PublicError("bad_number", name=name)
    return min(int(text), _LARGEST)


def check_length(request: web.Request, text: str) -> None:
    """Raise PublicError when `text` is longer than a message may be."""
    limit = parts_of(request).settings.max_message_chars
    if len(text) > limit:
        raise PublicError("too_long", length=len(text), limit=limit)


def _read_text(request: web.Request, value: object) -> str:
    if not isinstance(value, str):
        raise PublicError("text_expected")
    text = clean(value)
    if is_empty(text):
        raise PublicError("nothing_to_send")
    check_length(request, text)
    return text


def _is(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None
