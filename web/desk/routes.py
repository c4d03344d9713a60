"""Every module of the desk that answers at an address."""

from __future__ import annotations

from web.desk import cases, follow_up, knowledge_page, login, office_page, outbox, people_page, results_page

ROOMS = (login, cases, follow_up, outbox, people_page, office_page, knowledge_page, results_page)
