"""Every module of the desk that answers at an address."""

from __future__ import annotations

from web.desk import account, cases, follow_up, log_page, login, outbox, provider_login, users_page

ROOMS = (login, provider_login, account, cases, follow_up, outbox, users_page, log_page)
