"""The public door as a process: `python -m web`. Migrating the database is the supervisor's work (see `indgang`)."""

from __future__ import annotations

import sys

from aiohttp import web

from knowledge import KnowledgeError, load
from office.clock import system_clock
from office.settings import SettingError, read_settings
from office.store import Database
from web.app import build_app
from web.logs import AccessLogger, set_up_logging


def main() -> None:
    """Serve until stopped."""
    set_up_logging()
    try:
        settings, knowledge = read_settings(), load()
    except (SettingError, KnowledgeError) as error:
        sys.exit(str(error))
    database = Database(settings.database)
    app = build_app(settings, database, knowledge, system_clock(settings.clock))
    app.on_cleanup.append(lambda _: database.close())
    web.run_app(
        app,
        host=settings.host,
        port=settings.port,
        access_log_class=AccessLogger,
        shutdown_timeout=5,
        print=None,
    )


if __name__ == "__main__":
    main()
