"""What is written in the log: no query, token, address of a visitor, or word of a message."""

from __future__ import annotations

import logging

from aiohttp.abc import AbstractAccessLogger
from aiohttp.web import BaseRequest, StreamResponse

from web.errors import route_of

_HEALTH = ("/healthz", "/readyz")


class AccessLogger(AbstractAccessLogger):
    """Writes one line a request: method, pattern of the address, status, time."""

    def log(self, request: BaseRequest, response: StreamResponse, time: float) -> None:
        level = logging.DEBUG if request.path in _HEALTH else logging.INFO
        line = "%s %s %d %.0f ms"
        self.logger.log(level, line, request.method, route_of(request), response.status, time * 1000)


class WithoutWords(logging.Filter):
    """Reduces what the server says of broken requests to the kind of error: its words quote what was sent, tokens too."""

    def filter(self, record: logging.LogRecord) -> bool:
        kind = record.exc_info[0] if record.exc_info else None
        record.msg = f"the server could not handle a request: {kind.__name__ if kind else record.levelname}"
        record.args, record.exc_info, record.exc_text = (), None, None
        return True


def set_up_logging() -> None:
    """Write to standard error, from INFO up."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("aiohttp.server").addFilter(WithoutWords())
    logging.getLogger("alembic").setLevel(logging.WARNING)
