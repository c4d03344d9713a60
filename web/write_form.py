"""/skriv: the plain form for everybody whom the chat does not suit. No JavaScript, no cookie; nothing typed is lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web
from sqlalchemy.exc import IntegrityError

from office import conversations, tickets
from office.contact import by_follow_up_link, contact_person, follow_up_token
from office.intake import Facts, find_email, find_facts, find_phone, mistyped_cvr, read_answer
from office.privacy import MASK, mask_cpr
from office.store.tables import Ticket
from web.events import BROKER
from web.limits import LIMITER
from web.parts import Parts, parts_of
from web.presenting import LEVEL_TEXT
from web.requests import read_form
from web.security import issue_form_token, keep_secret, read_form_token, require_same_origin
from web.templating import render

routes = web.RouteTableDef()
_PURPOSE = "skriv"
_TRAP = "website"
_LENGTHS = {"name": 200, "company": 200, "email": 254, "phone": 40, "address": 300}
FIELDS = ("text", "name", "company", "email", "phone", "address")


@dataclass(frozen=True)
class FormError:
    """What is wrong with one field, said beside it and in the summary."""

    field: str
    text: str


@routes.get("/skriv")
async def show(request: web.Request) -> web.Response:
    """Show the empty form."""
    return _form(request, dict.fromkeys(FIELDS, ""), [])


@routes.post("/skriv")
async def send(request: web.Request) -> web.Response:
    """Take the form in: a conversation, a case, and a page that confirms it."""
    parts = parts_of(request)
    require_same_origin(request)
    fields = await read_form(request)
    values = {name: mask_cpr(fields.get(name, ""))[0] for name in FIELDS}
    form_id = read_form_token(parts, _PURPOSE, fields.get("token", ""))
    errors = check(values, parts.settings.max_message_chars)
    if form_id is None:
        errors.insert(0, FormError("text", "Siden har stået åben længe. Se det igennem, og tryk Send igen."))
    if errors or form_id is None:
        return _form(request, values, errors)
    if fields.get(_TRAP):
        return render(request, "skriv_tak.html", ticket=None)  # a machine filled in the field nobody can see
    await request.app[LIMITER].spend_by_address("conversations", request)
    ticket = await _take_in(parts, values, form_id)
    request.app[BROKER].notify(ticket.conversation_id)
    token = follow_up_token(ticket, parts.signing_key)
    raise web.HTTPSeeOther(f"/skriv/tak/{ticket.reference}/{token}")


@routes.get("/skriv/tak/{reference}/{token}")
async def confirm(request: web.Request) -> web.Response:
    """Confirm the case: number, contact person, both dates, and the secret link."""
    parts = parts_of(request)
    reference, token = request.match_info["reference"], request.match_info["token"]
    async with parts.database.reading() as uow:
        ticket = await by_follow_up_link(uow, reference, token, parts.signing_key)
    if ticket is None:
        raise web.HTTPNotFound
    response = render(
        request,
        "skriv_tak.html",
        ticket=ticket,
        person=contact_person(parts.knowledge, ticket),
        level_text=LEVEL_TEXT["da"][ticket.level],
        cpr_masked=MASK in ticket.subject,
        link=f"/sag/{ticket.reference}/{token}",
        address=parts.settings.public_url.rstrip("/") or str(request.url.origin()),
    )
    keep_secret(response)
    return response


def check(values: Mapping[str, str], longest_text: int) -> list[FormError]:
    """Return what must be mended before the form can be taken in, in the order of the fields."""
    errors = []
    if not values["text"]:
        errors.append(FormError("text", "Skriv, hvad det drejer sig om."))
    elif len(values["text"]) > longest_text:
        too_many = len(values["text"]) - longest_text
        errors.append(FormError("text", f"Teksten er {too_many} tegn for lang. Der er plads til {longest_text} tegn."))
    if mistyped_cvr(f"CVR {values['company']}") and _only_digits(values["company"]):
        errors.append(
            FormError("company", "CVR-nummeret passer ikke. Det har otte cifre; se efter, om to er byttet om.")
        )
    if not values["email"] and not values["phone"]:
        errors.append(FormError("email", "Skriv en e-mail eller et telefonnummer, så vi kan svare dig."))
    if values["email"] and not find_email(values["email"]):
        errors.append(FormError("email", "E-mailen mangler noget. Den skal se ud som navn@firma.dk."))
    if values["phone"] and not find_phone(values["phone"]):
        errors.append(
            FormError("phone", "Telefonnummeret kan ikke læses. Skriv otte cifre, eller + og landekode forrest.")
        )
    for name, longest in _LENGTHS.items():
        if len(values[name]) > longest:
            errors.append(FormError(name, f"Feltet er for langt. Der er plads til {longest} tegn."))
    return sorted(errors, key=lambda error: FIELDS.index(error.field))


def facts_of(values: Mapping[str, str]) -> Facts:
    """Return what the checked form tells; the text fills the gaps (an address or a CVR number mentioned in it)."""
    company = read_answer("company", values["company"]) if values["company"] else Facts()
    given = Facts(
        company=company.company,
        cvr=company.cvr,
        contact_name=values["name"] or None,
        email=find_email(values["email"]),
        phone=find_phone(values["phone"]),
        address=values["address"] or None,
    )
    found = find_facts(values["text"])
    return given.completed(Facts(cvr=found.cvr, address=found.address))


async def _take_in(parts: Parts, values: Mapping[str, str], form_id: str) -> Ticket:
    """Store the message and the case in one commit. Sent twice, the form gives the same case."""
    try:
        return await _open(parts, values, form_id)
    except IntegrityError:
        async with parts.database.reading() as uow:
            opened = await tickets.of_conversation(uow, form_id)
        return opened[-1]


async def _open(parts: Parts, values: Mapping[str, str], form_id: str) -> Ticket:
    now = parts.now()
    async with parts.database.writing() as uow:
        conversation, _ = await conversations.start(uow, now, channel="form", conversation_id=form_id)
        message, _ = await conversations.receive(uow, conversation, values["text"], now)
        inquiry = tickets.Inquiry(
            conversation_id=conversation.id,
            subject=values["text"],
            facts=facts_of(values),
            message_id=message.id,
            channel="form",
        )
        ticket = await tickets.open_ticket(uow, parts.knowledge, inquiry, now, actor="virksomheden")
        message.state, message.ticket_id = "answered", ticket.id
        message.outcome = {"kind": "case", "level": ticket.level, "areas": [*ticket.areas, *ticket.authorities]}
        await uow.commit()
    return ticket


def _form(request: web.Request, values: Mapping[str, str], errors: list[FormError]) -> web.Response:
    parts = parts_of(request)
    return render(
        request,
        "skriv.html",
        422 if errors else 200,
        values=values,
        errors=errors,
        error_at=dict.fromkeys(FIELDS, "") | {error.field: error.text for error in reversed(errors)},
        token=issue_form_token(parts, _PURPOSE),
        longest=parts.settings.max_message_chars,
        cpr_masked=any(MASK in value for value in values.values()),
    )


def _only_digits(text: str) -> bool:
    return len("".join(filter(str.isdigit, text))) == 8 and not any(map(str.isalpha, text))
