"""Pages from Jinja2 templates; everything is escaped, and every template gets the office, its promises and the path."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from aiohttp import web
from babel.dates import get_day_names
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from knowledge.model import WEEKDAYS, Office
from knowledge.office_file import periods_in_words
from office.words import clock_in_words, day_in_words, moment_in_figures, moment_in_words, size_in_words
from web.greeting import closed_notice
from web.parts import Parts, parts_of

TEMPLATES = web.AppKey("templates", Environment)


def make_templates() -> Environment:
    """Return the environment over web/templates."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=select_autoescape(["html"]),
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters["moment"] = moment_in_words
    environment.filters["clock"] = clock_in_words
    environment.filters["figures"] = moment_in_figures
    environment.filters["day"] = day_in_words
    environment.filters["size"] = size_in_words
    environment.filters["iso"] = _iso
    return environment


def render(request: web.Request, template: str, status: int = 200, **context: Any) -> web.Response:
    """Return the page."""
    parts = parts_of(request)
    text = request.app[TEMPLATES].get_template(template).render({**page_context(parts, request.path), **context})
    return web.Response(text=text, status=status, content_type="text/html", charset="utf-8")


def page_context(parts: Parts, path: str) -> dict[str, Any]:
    """Return what every template may use; `user`, `csrf`, `menu`, `home` and `next_deadline` are filled in by the desk."""
    office = parts.knowledge.office
    return {
        "office": _office_view(office, parts),
        "promises": office.promises,
        "path": path,
        "user": None,
        "csrf": "",
        "menu": (),
        "home": "/desk",
        "next_deadline": None,
    }


def _office_view(office: Office, parts: Parts) -> dict[str, Any]:
    return {
        "municipality_name": office.municipality,
        "office_name": office.name,
        "phone": office.phone,
        "email": office.email,
        "address": office.address,
        "digital_post": office.digital_post,
        "hours": _hours(office),
        "open_now": parts.calendar.is_open(parts.now()),
        "notice": closed_notice(parts),
    }


def _hours(office: Office) -> list[tuple[str, str]]:
    names = get_day_names("wide", locale="da")
    return [
        (
            names[number].capitalize(),
            f"kl. {periods_in_words(office.hours[day])}" if office.hours.get(day) else "Lukket",
        )
        for number, day in enumerate(WEEKDAYS)
    ]


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
