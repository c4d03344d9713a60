"""The design system's style sheet, sent compressed: it is most of what a page weighs, and holds no secret."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

from aiohttp import web
from aiohttp.typedefs import Handler


def compressed_file(path: Path, content_type: str) -> Handler:
    """Return a handler that gives the file, compressed for browsers that say they take it; it is read once."""
    plain = path.read_bytes()
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
