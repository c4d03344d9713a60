"""Alive (this process answers) and ready (engine, actions and a current database are there as well)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable
from typing import Any

import aiohttp
from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError

from office.store.migrate import is_current
from web.engine import ENGINE, Engine
from web.parts import Parts, parts_of

logger = logging.getLogger(__name__)
routes = web.RouteTableDef()
_TIMEOUT = aiohttp.ClientTimeout(total=2)


@routes.get("/healthz")
async def alive(request: web.Request) -> web.Response:
    """Say that this process answers."""
    return web.json_response({"status": "ok"})


@routes.get("/readyz")
async def ready(request: web.Request) -> web.Response:
    """Say which parts are ready; 503 while one of them is not."""
    parts, engine = parts_of(request), request.app[ENGINE]
    checks: dict[str, Awaitable[str]] = {
        "engine": _engine(engine),
        "actions": _actions(engine, parts),
        "database": _database(parts),
    }
    found = dict(zip(checks, await asyncio.gather(*checks.values()), strict=True))
    missing = [name for name, state in found.items() if state != "ok"]
    body: dict[str, Any] = {"status": "missing" if missing else "ok", "parts": found, "missing": missing}
    return web.json_response(body, status=503 if missing else 200)


async def _engine(engine: Engine) -> str:
    return "ok" if await engine.alive() else "no answer"


async def _actions(engine: Engine, parts: Parts) -> str:
    url = f"http://127.0.0.1:{parts.settings.actions_port}/health"
    try:
        async with engine.session.get(url, timeout=_TIMEOUT) as response:
            return "ok" if response.status == 200 else f"status {response.status}"
    except (aiohttp.ClientError, TimeoutError):
        return "no answer"


async def _database(parts: Parts) -> str:
    try:
        async with asyncio.timeout(2):
            await parts.database.ping()
            return "ok" if await is_current(parts.database) else "migrations missing"
    except (SQLAlchemyError, OSError, TimeoutError) as error:
        logger.error("the database is not ready: %s", type(error).__name__)
        return "no answer"
