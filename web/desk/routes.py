"""Every module of the desk that answers at an address."""

from __future__ import annotations

from web.desk import board, call, cases, follow_up, login, outbox

ROOMS = (login, cases, follow_up, call, board, outbox)
