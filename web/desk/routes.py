"""Every module of the desk that answers at an address."""

from __future__ import annotations

from web.desk import cases, follow_up, live, live_stream, login, outbox

ROOMS = (login, cases, follow_up, live, live_stream, outbox)
