"""Every module of the desk that answers at an address."""

from __future__ import annotations

from web.desk import (
    board,
    call,
    case_list,
    cases,
    colleagues,
    course,
    day,
    follow_up,
    live,
    live_stream,
    login,
    outbox,
)

ROOMS = (login, day, case_list, cases, colleagues, course, follow_up, call, live, live_stream, board, outbox)
