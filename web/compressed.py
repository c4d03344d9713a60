"""The design system's style sheet, icons and htmx, sent compressed: most of what a page weighs, and without any secret."""

from __future__ import annotations

import gzip
import hashlib
import re
from pathlib import Path

from aiohttp import web
from aiohttp.typedefs import Handler

_FONTS = re.compile(rb"@font-face\{[^}]*\}")


def compressed_style(path: Path, without_fonts: bool = False) -> Handler:
    """Return a handler that gives a style sheet, compressed for browsers that say they take it; the file is read once.

    `without_fonts` leaves its font faces out, for pages that bring their own: a browser may begin to fetch a face, all its
    kilobytes, before it has read the next sheet, which says that it is not wanted.
    """
    plain = path.read_bytes()
    return _compressed(_FONTS.sub(b"", plain) if without_fonts else plain, "text/css")


def compressed_file(path: Path, content_type: str) -> Handler:
    """Return a handler that gives a file as `content_type`, compressed for browsers that take it; the file is read once."""
    return _compressed(path.read_bytes(), content_type)


def _compressed(plain: bytes, content_type: str) -> Handler:
    packed = gzip.compress(plain, mtime=0)
    tag = hashlib.sha256(plain).hexdigest()[:16]

    async def give(request: web.Request) -> web.StreamResponse:
        takes_it = "gzip" in request.headers.get("Accept-Encoding", "")
        headers = {"Vary": "Accept-Encoding", **({"Content-Encoding": "gzip"} if takes_it else {})}
        if any(known.value == tag for known in request.if_none_match or ()):
            return web.Response(status=304, headers=headers)
        response = web.Response(body=packed if takes_it else plain, content_type=content_type, headers=headers)
        response.etag = tag
        return response

    return give
