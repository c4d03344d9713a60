"""Reading forms with files in them: as far as there is room, so that the words before files that are too large are not lost."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from aiohttp import BodyPartReader, web

from knowledge.model import Uploads
from office.files import FileRefused, Incoming
from web.errors import PublicError
from web.requests import read_form
from web.visitor_text import clean

ROOM_FOR_WORDS = 100_000  # bytes of a form beside its files
_MOST_FIELDS = 200
_IN_MEMORY = 1_000_000  # bytes of a file that need not go to the disk
_CHUNK = 256 * 1024


@dataclass(frozen=True)
class Sent:
    """A form as it was sent: its texts by the order they came in, and its files; `fits` is False when they were too large."""

    texts: tuple[tuple[str, str], ...]
    files: tuple[Incoming, ...] = field(default=(), repr=False)
    fits: bool = True


async def read_sent(request: web.Request, room: int) -> Sent:
    """Read a form, with files or without, as far as `room` bytes go; files wait in temporary files. Raises PublicError.

    aiohttp's own reader gives nothing of a form that is too large; here the words, which come first, are not lost with it.
    """
    if request.content_type != "multipart/form-data":
        return Sent(tuple((await read_form(request)).items()))
    texts: list[tuple[str, str]] = []
    sent: list[Incoming] = []
    try:
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader) or part.name is None or len(texts) > _MOST_FIELDS:
                raise PublicError("bad_request")
            content = await _content(part, room)
            if content is None:
                return Sent(tuple(texts), fits=False)
            room -= content.tell()
            content.seek(0)
            if part.filename:
                sent.append(Incoming(part.filename, content))
            else:
                texts.append((part.name, clean(content.read().decode())))
    except (ValueError, LookupError, AssertionError):
        raise PublicError("bad_request") from None
    return Sent(tuple(texts), tuple(sent))


def room_for(rules: Uploads) -> int:
    """Return how many bytes a form with files may have."""
    return rules.max_megabytes * 1_000_000 + ROOM_FOR_WORDS


def words_about(refused: FileRefused, rules: Uploads) -> Mapping[str, object]:
    """Return what the words about a refused file (WORDS "error_file_…") name: the file, the kinds, and how many are taken."""
    return {"name": clean(refused.name), "kinds": ", ".join(rules.types), "most": rules.max_files}


def rules_view(rules: Uploads) -> dict[str, Any]:
    """Return what a field for files says of them: the kinds taken, for people and for the browser, and how much at once."""
    return {
        "accept": ",".join(f".{kind}" for kind in rules.types),
        "kinds": ", ".join(rules.types),
        "megabytes": rules.max_megabytes,
    }


async def _content(part: BodyPartReader, room: int) -> IO[bytes] | None:
    """Return the bytes of a part in a temporary file, None when they are more than `room`."""
    content = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - it lives as long as the form does
    while chunk := await part.read_chunk(_CHUNK):
        if content.tell() + len(chunk) > room:
            content.close()
            return None
        # A large file lies on the disk, where writing may wait; the others must not wait with it.
        await asyncio.to_thread(content.write, chunk)
    return content
