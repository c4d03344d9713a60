"""/sag: the business follows its case by a secret link."""

from __future__ import annotations

import pytest

from office import contact, correspondence, history, tickets
from tests.web.conftest import hidden
from tests.web.test_chat_api import open_ticket


@pytest.fixture
async def reference(chat, parts):
    return await open_ticket(parts, chat.id)


@pytest.fixture
async def link(reference, parts):
    return await link_of(parts, reference)


async def link_of(parts, reference):
    async with parts.database.reading() as uow:
        ticket = await tickets.by_reference(uow, reference)
    return f"/sag/{reference}/{contact.follow_up_token(ticket, parts.signing_key)}"


async def change(parts, reference, what):
    async with parts.database.writing() as uow:
        await what(uow, await tickets.by_reference(uow, reference))
        await uow.commit()


async def test_the_page_tells_where_the_case_stands_who_has_it_and_both_dates_explained(client, link, reference):
    page = await (await client.get(link)).text()
    for words in (
        f"Sag {reference}",
        "Bo Byggesen er din kontaktperson og svarer første gang senest onsdag den 25. november 2026 kl. 10.00",
        "tirsdag den 1. december 2026 kl. 15.30",
        "24 timer, hvor kun arbejdsdage tæller",
        "Større: flere afdelinger samarbejder",
        "Byggesag, Plan, Miljø",
        "Tegninger af de nuværende og nye bygninger",
        "Vi vil udvide vores hal",
    ):
        assert words in page, words


async def test_the_page_is_not_kept_not_indexed_and_does_not_tell_its_address(client, link):
    response = await client.get(link)
    assert response.headers["Cache-Control"] == "no-store"
    assert "noindex" in response.headers["X-Robots-Tag"]
    assert response.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("change", ["wrong secret", "unknown case", "not ascii"])
async def test_a_wrong_secret_and_an_unknown_case_are_the_same_404(client, link, reference, change):
    address = {
        "wrong secret": link[:-4] + "AAAA",
        "unknown case": link.replace(reference, "EK-2026-999999"),
        "not ascii": f"/sag/{reference}/nøgle",
    }[change]
    response = await client.get(address)
    unknown = await client.get("/sag/EK-2026-000000/x")
    assert response.status == 404
    assert await response.text() == (await unknown.text())


async def test_what_the_business_writes_is_on_the_case_and_in_the_chat(client, link, reference, parts, chat):
    page = await (await client.get(link)).text()
    response = await client.post(link, data={"text": "Her er tegningerne.", "token": hidden(page, "token")})
    shown = await response.text()
    assert "Beskeden er sendt" in shown
    assert "Her er tegningerne." in shown
    assert (await chat.read())[-1]["text"] == "Her er tegningerne."
    async with parts.database.reading() as uow:
        ticket = await tickets.by_reference(uow, reference)
        assert [row.action for row in await history.history_of(uow, ticket)] == ["opened", "wrote"]


async def test_a_message_sent_twice_is_there_once(client, link, reference, parts):
    token = hidden(await (await client.get(link)).text(), "token")
    for _ in range(2):
        assert (await client.post(link, data={"text": "Hej", "token": token})).status == 200
    async with parts.database.reading() as uow:
        ticket = await tickets.by_reference(uow, reference)
        assert len(await correspondence.messages_of(uow, ticket)) == 1


async def test_a_caseworkers_answer_is_shown_and_changes_what_is_owed(client, link, reference, parts):
    async def answer(uow, ticket):
        await correspondence.reply_to_business(
            uow, parts.knowledge, ticket, "Jeg ser på det.", "Bo Byggesen", "bo", parts.now()
        )

    await change(parts, reference, answer)
    page = await (await client.get(link)).text()
    assert "Jeg ser på det." in page
    assert "Bo Byggesen arbejder på din sag. Du får svar med indhold senest" in page
    assert "Første svar gav vi" in page


async def test_a_broken_promise_is_said_plainly(client, link, clock):
    clock.forward(days=2)
    assert "det nåede vi ikke. Det beklager vi" in await (await client.get(link)).text()


async def test_an_english_case_has_an_english_page(client, chat, parts):
    reference = await open_ticket(parts, chat.id, "en")
    page = await (await client.get(await link_of(parts, reference))).text()
    for words in ("Where your case stands", "Bo Byggesen is your contact person", 'lang="en"', "A plan of the plot"):
        assert words in page, words


@pytest.mark.parametrize(("text", "said"), [("", "Skriv en besked"), ("a" * 2001, "2001 tegn")])
async def test_an_unusable_message_is_told_and_not_lost(client, link, text, said):
    token = hidden(await (await client.get(link)).text(), "token")
    response = await client.post(link, data={"text": text, "token": token})
    page = await response.text()
    assert response.status == 422
    assert said in page
    assert text in page


async def test_a_token_of_another_form_does_not_write(client, link, chat):
    token = hidden(await (await client.get("/skriv")).text(), "token")
    response = await client.post(link, data={"text": "Hej", "token": token})
    assert response.status == 422
    assert "Hej" in await response.text()


async def test_another_site_cannot_write(client, link):
    token = hidden(await (await client.get(link)).text(), "token")
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert (await client.post(link, data={"text": "Hej", "token": token}, headers=headers)).status == 403


async def test_a_cpr_number_written_here_is_masked(client, link, chat):
    token = hidden(await (await client.get(link)).text(), "token")
    await client.post(link, data={"text": "cpr 010190-1234", "token": token})
    assert (await chat.read())[-1]["text"] == "cpr [CPR-nummer fjernet]"
