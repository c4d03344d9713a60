"""The application of the public door, built from what it is given; tests build the same one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

from aiohttp import web

from knowledge import Knowledge
from office.calendar import WorkCalendar
from office.clock import Clock
from office.keys import signing_key
from office.mail import Composer
from office.settings import Settings
from office.store import Database
from web import (
    chat_api,
    checklist,
    follow_up,
    follow_up_files,
    follow_up_meetings,
    follow_up_survey,
    health,
    pages,
    results,
    write_form,
)
from web.compressed import compressed_file, compressed_style
from web.delivery import CHANNELS, COMPOSER, channels, deliver_while_running
from web.desk.routes import ROOMS as DESK_ROOMS
from web.desk.session import guard_desk
from web.engine import ENGINE, Engine
from web.errors import speak_errors
from web.events import BROKER, Broker
from web.gateway import GATEWAY, Gateway
from web.greeting import greeting
from web.limits import LIMITER, Limiter, limit_requests
from web.parts import PARTS, Parts
from web.provider import PROVIDER, Provider
from web.security import add_security_headers
from web.signs import SIGNS, Signs
from web.sweeper import sweep_while_running
from web.templating import TEMPLATES, make_templates

_FOLDER = Path(__file__).parent
_ROOMS = (
    *(chat_api, pages, checklist, write_form, results, health),
    *(follow_up, follow_up_files, follow_up_meetings, follow_up_survey),
    *DESK_ROOMS,
)


def build_app(settings: Settings, database: Database, knowledge: Knowledge, clock: Clock) -> web.Application:
    """Return the application. The database is the caller's: it is neither migrated nor closed here."""
    app = web.Application(
        middlewares=[speak_errors, limit_requests, guard_desk], client_max_size=settings.max_body_bytes
    )
    calendar = WorkCalendar(knowledge.office)
    app[PARTS] = Parts(settings, database, knowledge, calendar, clock, signing_key(settings))
    app[TEMPLATES] = make_templates()
    app[LIMITER] = Limiter(settings)
    app[BROKER] = Broker()
    app[SIGNS] = Signs(app[PARTS])
    app[ENGINE] = Engine(settings)
    app[GATEWAY] = Gateway(app[PARTS], app[ENGINE], app[BROKER])
    app[COMPOSER] = Composer(knowledge, app[PARTS].signing_key, settings.address, settings.smtp_from)
    app[CHANNELS] = channels(app[PARTS], app[COMPOSER])
    if settings.oidc_issuer:
        app[PROVIDER] = Provider(settings)
    for room in _ROOMS:
        app.add_routes(room.routes)
    _serve_files(app)
    app.on_response_prepare.append(add_security_headers)
    app.on_startup.append(_warm_up)
    app.on_shutdown.append(app[BROKER].close)
    app.cleanup_ctx.extend((_engine_session, sweep_while_running, deliver_while_running))
    return app


async def _warm_up(app: web.Application) -> None:
    """Let the calendar and its words be loaded before the first visitor waits for them."""
    greeting(app[PARTS])


def _serve_files(app: web.Application) -> None:
    """Serve our own files and, where the set-up has brought them, the design system and htmx."""
    design_system = _FOLDER / "node_modules" / "dkfds" / "dist"
    if design_system.is_dir():
        style = design_system / "css" / "dkfds-virkdk.min.css"
        app.router.add_get(f"/static/dkfds/css/{style.name}", compressed_style(style))
        app.router.add_get("/static/dkfds/css/desk.css", compressed_style(style, without_fonts=True))
        icons = design_system / "img" / "all-svg-icons.svg"
        app.router.add_get(f"/static/dkfds/img/{icons.name}", compressed_file(icons, "image/svg+xml"))
        app.router.add_static("/static/dkfds", design_system)
    htmx = _FOLDER / "node_modules" / "htmx.org" / "dist"
    if htmx.is_dir():
        app.router.add_get("/static/htmx/htmx.min.js", compressed_file(htmx / "htmx.min.js", "text/javascript"))
    app.router.add_static("/static", _FOLDER / "static")


async def _engine_session(app: web.Application) -> AsyncIterator[None]:
    async with app[ENGINE]:
        yield
