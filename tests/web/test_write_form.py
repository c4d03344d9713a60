"""/skriv: the form for everybody whom the chat does not suit."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from office.store.tables import Message, Ticket
from tests.web.conftest import hidden
from web.security import FORM_LASTS

GOOD = {
    "text": "Vi vil gerne bygge nyt på grunden Prøvevej 7.",
    "name": "Lise Holm",
    "company": "Nul ApS",
    "email": "lise@nul.example",
    "phone": "",
    "address": "Prøvevej 7",
}


async def send(client, token=None, headers=None, **changed):
    if token is None:
        token = hidden(await (await client.get("/skriv")).text(), "token")
    fields = {**GOOD, "token": token, **changed}
    return await client.post("/skriv", data=fields, headers=headers or {}, allow_redirects=False)


async def tickets_in(database):
    async with database.reading() as uow:
        return list(await uow.session.scalars(select(Ticket)))


async def test_a_sent_form_is_a_case_and_the_page_confirms_number_person_dates_and_link(client, database):
    response = await send(client)
    assert response.status == 303
    page = await (await client.get(response.headers["Location"])).text()
    (ticket,) = await tickets_in(database)
    assert ticket.reference in page
    assert "Karla Prøvesen" in page
    assert "onsdag den 25. november 2026 kl. 10.00" in page
    assert "tirsdag den 1. december 2026 kl. 15.30" in page
    link = re.search(rf'href="(/sag/{ticket.reference}/[\w-]+)"', page)[1]
    assert (await client.get(link)).status == 200


async def test_the_case_knows_everything_the_form_told(client, database):
    await send(client, company="Nul ApS, CVR 61056416", phone="00 00 77 05")
    (ticket,) = await tickets_in(database)
    assert (ticket.company, ticket.cvr, ticket.contact_name) == ("Nul ApS", "61056416", "Lise Holm")
    assert (ticket.email, ticket.phone, ticket.address) == ("lise@nul.example", "00007705", "Prøvevej 7")
    assert (ticket.channel, ticket.level) == ("form", "complex")


async def test_what_was_written_is_on_the_follow_up_page(client, database):
    response = await send(client)
    page = await (await client.get(response.headers["Location"].replace("/skriv/tak", "/sag"))).text()
    assert "Vi vil gerne bygge nyt" in page


async def test_the_same_form_sent_twice_is_one_case(client, database):
    token = hidden(await (await client.get("/skriv")).text(), "token")
    first, second = await send(client, token), await send(client, token)
    assert first.headers["Location"] == second.headers["Location"]
    assert len(await tickets_in(database)) == 1


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"text": ""}, "text", "Skriv, hvad det drejer sig om."),
        ({"text": "a" * 2001}, "text", "1 tegn for lang"),
        ({"email": "", "phone": ""}, "email", "Skriv en e-mail eller et telefonnummer"),
        ({"email": "lise@"}, "email", "navn@firma.dk"),
        ({"email": "", "phone": "12"}, "phone", "otte cifre"),
        ({"company": "12345678"}, "company", "CVR-nummeret passer ikke"),
        ({"name": "a" * 201}, "name", "for langt"),
    ],
)
async def test_an_error_stands_beside_its_field_and_in_the_summary_and_nothing_typed_is_lost(
    client, database, changed, field, said
):
    response = await send(client, **changed)
    page = await response.text()
    assert response.status == 422
    assert re.search(rf'<a href="#{field}">[^<]*{re.escape(said)}', page), "summary"
    assert re.search(rf'id="{field}-error">.*?{re.escape(said)}', page), "beside the field"
    assert re.search(rf'id="{field}"[^>]*aria-describedby="[^"]*{field}-error"[^>]*aria-invalid="true"', page)
    assert "<title>Fejl: " in page
    for value in {**GOOD, **changed}.values():
        assert value in page
    assert await tickets_in(database) == []


async def test_a_corrected_form_can_be_sent_with_the_token_of_the_error_page(client, database):
    page = await (await send(client, email="")).text()
    assert (await send(client, hidden(page, "token"))).status == 303
    assert len(await tickets_in(database)) == 1


async def test_a_cpr_number_is_masked_in_every_field_and_the_sender_is_told(client, database):
    response = await send(client, text="Mit cpr er 010190-1234", name="Lise 010190 1234")
    page = await (await client.get(response.headers["Location"])).text()
    assert "Digital Post" in page
    (ticket,) = await tickets_in(database)
    assert "1234" not in ticket.subject + (ticket.contact_name or "")
    async with database.reading() as uow:
        assert "1234" not in (await uow.session.scalar(select(Message.text)))


async def test_html_in_a_field_is_shown_as_text(client):
    page = await (await send(client, email="", text="<script>alert(1)</script>")).text()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


async def test_who_fills_in_the_field_nobody_sees_is_thanked_and_stored_nowhere(client, database):
    response = await send(client, website="https://spam.example")
    assert response.status == 200
    assert "Tak" in await response.text()
    assert await tickets_in(database) == []


@pytest.mark.parametrize("token", ["", "x", "1.abc.def", "æ.ø.å", "9999999999.aa.bb"])
async def test_a_form_without_our_signature_is_not_taken_in_and_not_lost(client, database, token):
    response = await send(client, token)
    assert response.status == 422
    assert GOOD["text"] in await response.text()
    assert await tickets_in(database) == []


async def test_a_form_left_open_too_long_is_shown_again_and_can_be_sent(client, clock, database):
    token = hidden(await (await client.get("/skriv")).text(), "token")
    clock.forward(seconds=(FORM_LASTS + timedelta(minutes=1)).total_seconds())
    page = await (await send(client, token)).text()
    assert "stået åben længe" in page
    assert (await send(client, hidden(page, "token"))).status == 303


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}]
)
async def test_a_form_sent_by_another_site_is_refused(client, database, headers):
    assert (await send(client, headers=headers)).status == 403
    assert await tickets_in(database) == []


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "null"}, {}])
async def test_a_form_sent_from_our_own_page_is_taken_in(client, headers):
    assert (await send(client, headers=headers)).status == 303


async def test_unreadable_form_data_is_a_clear_error(client):
    response = await client.post(
        "/skriv", data=b"text=\xff\xfe", headers={"Content-Type": "application/x-www-form-urlencoded; charset=nope"}
    )
    assert response.status in (400, 422)


async def test_case_and_message_are_one_commit(client, database, monkeypatch):
    async def full(*_args, **_more):
        raise OSError("disk full")

    monkeypatch.setattr("web.write_form.tickets.open_ticket", full)
    assert (await send(client)).status == 500
    async with database.reading() as uow:
        assert await uow.session.scalar(select(func.count()).select_from(Message)) == 0


async def test_the_form_sets_no_cookie_and_the_secret_page_loads_no_script(client):
    assert "Set-Cookie" not in (await client.get("/skriv")).headers
    response = await send(client)
    page = await client.get(response.headers["Location"].replace("/skriv/tak", "/sag"))
    assert "<script" not in await page.text()
