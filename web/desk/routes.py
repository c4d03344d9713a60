"""Every module of the desk that answers at an address."""

from __future__ import annotations

from web.desk import (
    account,
    board,
    call,
    case_files,
    case_list,
    cases,
    colleagues,
    course,
    day,
    follow_up,
    knowledge_page,
    live,
    live_stream,
    log_page,
    login,
    office_page,
    outbox,
    people_page,
    provider_login,
    results_page,
    users_page,
)

ROOMS = (
    *(login, provider_login, account),
    *(day, case_list, cases, case_files, colleagues, course, follow_up),
    *(call, live, live_stream, board, outbox),
    *(people_page, office_page, knowledge_page, results_page),
    *(users_page, log_page),
)
