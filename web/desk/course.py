"""The course of a case: screening at its beginning; refusal, closing, withdrawal and opening again at its end."""

from __future__ import annotations

from datetime import date

from aiohttp import web

from office import closing, screening
from office.moves import reopen
from office.store import UnitOfWork
from office.store.tables import Ticket
from web.desk.case_page import CASE, Rejected, optional_text, save, typed_text, user_of
from web.desk.session import FIELDS
from web.parts import parts_of

routes = web.RouteTableDef()


@routes.post(f"{CASE}/screening/begynd")
async def begin_screening(request: web.Request) -> web.Response:
    """Note that somebody looks the inquiry through."""
    parts, user = parts_of(request), user_of(request)

    async def command(uow: UnitOfWork, ticket: Ticket) -> None:
        await screening.begin_screening(uow, parts.knowledge, ticket, user.username, parts.now())

    return await save(request, command, "screening", "screening")


@routes.post(f"{CASE}/screening")
async def finish_screening(request: web.Request) -> web.Response:
    """Keep what the screening found and tell the business: what is missing, who has the case, when it can be ready."""
    parts, user, fields = parts_of(request), user_of(request), request[FIELDS]

    async def command(uow: UnitOfWork, ticket: Ticket) -> None:
        missing = [item for number, item in enumerate(ticket.checklist) if fields.get(f"lacks-{number}")]
        try:
            expected = date.fromisoformat(fields.get("ready", ""))
        except ValueError:
            raise Rejected("Vælg den dag, I venter, at sagen er klar.", "ready") from None
        await screening.finish_screening(
            uow, parts.knowledge, ticket, missing, expected, user.name, user.username, parts.now()
        )

    return await save(request, command, "ready", "screenet", "screening")


@routes.post(f"{CASE}/afslag")
async def refuse(request: web.Request) -> web.Response:
    """Answer with a refusal and, in the same words, an offer of dialogue about other ways."""
    parts, user = parts_of(request), user_of(request)

    async def command(uow: UnitOfWork, ticket: Ticket) -> None:
        text = typed_text(request, "refusal", "Skriv afslaget med begrundelse.")
        offer = typed_text(
            request,
            "offer",
            "Skriv, hvordan virksomheden kan tale med jer om andre muligheder. Et afslag står aldrig alene.",
        )
        await closing.refuse(uow, parts.knowledge, ticket, text, offer, user.name, user.username, parts.now())

    return await save(request, command, "refusal", "afslag", "afslutning")


@routes.post(f"{CASE}/dialog")
async def offer_dialogue(request: web.Request) -> web.Response:
    """Offer the business a dialogue about other ways, and record that it was offered."""
    parts, user = parts_of(request), user_of(request)

    async def command(uow: UnitOfWork, ticket: Ticket) -> None:
        words = typed_text(request, "dialogue", "Skriv, hvordan virksomheden kan tale med jer om andre muligheder.")
        await closing.offer_dialogue(uow, parts.knowledge, ticket, words, user.name, user.username, parts.now())

    return await save(request, command, "dialogue", "dialog", "afslutning")


@routes.post(f"{CASE}/afslut")
async def close(request: web.Request) -> web.Response:
    """Close the case with its outcome, once it is known that the business needs no more; the survey goes with it."""
    parts, user = parts_of(request), user_of(request)

    async def command(uow: UnitOfWork, ticket: Ticket) -> None:
        outcome = request[FIELDS].get("outcome", "")
        if not outcome:
            raise Rejected("Vælg, hvordan sagen endte.", "outcome")
        if ticket.needs_no_more_at is None:
            known = typed_text(request, "how_known", "Skriv, hvor du ved fra, at virksomheden ikke har brug for mere.")
            await closing.needs_no_more(uow, ticket, user.username, parts.now(), known)
        await closing.close(uow, parts.knowledge, ticket, outcome, user.username, parts.now())

    return await save(request, command, "outcome", "afsluttet", "afslutning")


@routes.post(f"{CASE}/traek-tilbage")
async def withdraw(request: web.Request) -> web.Response:
    """End the case because the business takes its inquiry back."""
    parts, user = parts_of(request), user_of(request)

    async def command(uow: UnitOfWork, ticket: Ticket) -> None:
        why = typed_text(request, "withdraw_why", "Skriv kort, hvad virksomheden har sagt.")
        await closing.withdraw(uow, parts.knowledge, ticket, user.username, parts.now(), why)

    return await save(request, command, "withdraw_why", "afsluttet", "afslutning")


@routes.post(f"{CASE}/genaabn")
async def open_again(request: web.Request) -> web.Response:
    """Open an ended case again with the same contact person and new deadlines."""
    parts, user = parts_of(request), user_of(request)

    async def command(uow: UnitOfWork, ticket: Ticket) -> None:
        why = optional_text(request, "reopen_why") or None
        await reopen(uow, parts.knowledge, ticket, user.username, parts.now(), why)

    return await save(request, command, "reopen_why", "genaabnet", "afslutning")
