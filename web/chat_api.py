"""The public chat API under /api/v1, as web/openapi.yaml describes it."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from aiohttp import web

from office import conversations, live
from web.events import BROKER, stream
from web.gateway import GATEWAY
from web.greeting import greeting, office_state
from web.language import leading
from web.limits import LIMITER
from web.parts import parts_of
from web.presenting import Presenter
from web.requests import bearer_token, read_object, read_words, unauthorised, whole_number
from web.signs import SIGNS

routes = web.RouteTableDef()
_PREFIX = "/api/v1/conversations"


@routes.post(_PREFIX)
async def begin(request: web.Request) -> web.Response:
    """Begin a conversation and greet."""
    parts = parts_of(request)
    await read_object(request)
    await request.app[LIMITER].spend_by_address("conversations", request)
    async with parts.database.writing() as uow:
        conversation, token = await conversations.start(uow, parts.now())
        said = [await conversations.say(uow, conversation, "bot", words, parts.now()) for words in greeting(parts)]
        shown = await Presenter(parts, request).messages(uow, said)
        await uow.commit()
    body = {"id": conversation.id, "token": token, "messages": shown, "office": office_state(parts)}
    return _json(body, status=201, headers={"Location": f"{_PREFIX}/{conversation.id}"})


@routes.post(f"{_PREFIX}/{{id}}/messages")
async def write(request: web.Request) -> web.Response:
    """Take a visitor's message and answer it."""
    conversation_id = await _authorised(request)
    words = await read_words(request)
    await request.app[LIMITER].spend("messages", conversation_id)
    hint = leading(request.headers.get("Accept-Language", ""))
    request.app[SIGNS].said(conversation_id, "visitor")
    exchange = await request.app[GATEWAY].receive(conversation_id, words, hint)
    shown = await Presenter(parts_of(request), request).replies(exchange.replies)
    return _json({"messages": shown, "outcome": exchange.outcome})


@routes.get(f"{_PREFIX}/{{id}}/messages")
async def read(request: web.Request) -> web.Response:
    """Return what was said after a number, by everybody."""
    conversation_id = await _authorised(request)
    after = whole_number("after", request.query.get("after", ""))
    parts = parts_of(request)
    async with parts.database.reading() as uow:
        messages = await conversations.since(uow, conversation_id, after)
        shown = await Presenter(parts, request).messages(uow, messages)
    return _json({"messages": shown, "office": office_state(parts)})


@routes.post(f"{_PREFIX}/{{id}}/typing")
async def typing(request: web.Request) -> web.Response:
    """Let the person see that the visitor is writing; without a person it means nothing."""
    conversation_id = await _authorised(request)
    await read_object(request)
    parts = parts_of(request)
    async with parts.database.reading() as uow:
        talk = await live.open_talk(uow, conversation_id)
    if talk is not None:
        await request.app[SIGNS].note(conversation_id, "visitor", typing=True)
        request.app[BROKER].notify(conversation_id)
    return web.Response(status=204)


@routes.get(f"{_PREFIX}/{{id}}/events")
async def follow(request: web.Request) -> web.StreamResponse:
    """Stream what is said, from the number in Last-Event-ID on."""
    conversation_id = await _authorised(request)
    last = request.headers.get("Last-Event-ID") or request.query.get("after", "")
    return await stream(request, parts_of(request), conversation_id, whole_number("Last-Event-ID", last.strip()))


@routes.get("/api/v1/openapi.json")
async def describe(request: web.Request) -> web.Response:
    """Return the description of this API."""
    return _json(openapi())


@lru_cache
def openapi() -> dict[str, Any]:
    """Return web/openapi.yaml."""
    description: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "openapi.yaml").read_text(encoding="utf-8"))
    return description


async def _authorised(request: web.Request) -> str:
    """Return the id of the conversation in the address. Raises PublicError unless the token is its own."""
    token = bearer_token(request)
    async with parts_of(request).database.reading() as uow:
        conversation = await conversations.authorised(uow, request.match_info["id"], token)
    if conversation is None:
        raise unauthorised()
    return conversation.id


def _json(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    return web.json_response(body, status=status, headers=headers, dumps=lambda b: json.dumps(b, ensure_ascii=False))
