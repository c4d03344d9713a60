"""/sag: the business follows its case by a secret link."""

from __future__ import annotations

from datetime import date

import pytest

from knowledge.model import Absence
from office import contact, correspondence, history, tickets
from office.involvement import involve
from office.people import set_absence
from office.plans import Plan, save_plan
from tests.web.conftest import hidden, open_ticket


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


async def test_while_its_person_is_away_the_page_says_until_when_and_whom_to_call(client, link, parts):
    async with parts.database.writing() as uow:
        absence = Absence(date(2026, 11, 24), date(2026, 11, 24), "sygdom", None)
        await set_absence(uow, parts.knowledge, "bo-byg", absence, "karla", parts.now())
        await uow.commit()
    page = await (await client.get(link)).text()
    assert "Bo Byggesen er væk og er tilbage onsdag den 25. november 2026." in page
    assert "Skriv her på siden, hvis det ikke kan vente, så svarer en kollega dig." in page
    assert "Du kan også ringe til" in page
    assert "sygdom" not in page


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
    for words in (
        *("Where your case stands", "Bo Byggesen is your contact person", 'lang="en"', "A plan of the plot"),
        *("It is in Danish so far, as our departments write it. Bo Byggesen explains it", '<ol lang="da">'),
    ):
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


# --- what the business tells, and taking the inquiry back ---------------------------------------------------


async def send(client, link, form, **fields):
    page = await (await client.get(link)).text()
    return await client.post(f"{link}/{form}", data={"token": hidden(page, "token"), **fields})


async def ticket_of(parts, reference):
    async with parts.database.reading() as uow:
        return await tickets.by_reference(uow, reference)


async def test_what_was_not_known_is_told_and_not_asked_for_again(client, link, parts, reference):
    shown = await (await send(client, link, "oplysninger", areal="400 m2", email="lise@nul.example")).text()
    assert "Oplysningerne ligger nu på sagen" in shown
    assert 'name="email"' not in shown
    ticket = await ticket_of(parts, reference)
    assert ticket.email == "lise@nul.example"
    assert ticket.details == {"Hvor mange kvadratmeter drejer det sig om?": "400 m2"}


@pytest.mark.parametrize(
    ("fields", "said"), [({"email": "lise"}, "E-mailen mangler noget"), ({}, "ikke noget at sende")]
)
async def test_what_cannot_be_used_is_told_of(client, link, fields, said):
    response = await send(client, link, "oplysninger", contact_name="", **fields)
    assert response.status == 422
    assert said in await response.text()


async def test_what_the_page_does_not_ask_for_cannot_be_set(client, link, parts, reference):
    await send(client, link, "oplysninger", phone="00009999", status="closed", contact_person="x", contact_name="Lise")
    ticket = await ticket_of(parts, reference)
    assert (ticket.phone, ticket.status, ticket.contact_person) == ("00005999", "received", "bo-byg")


async def test_an_inquiry_is_taken_back_with_a_word_to_the_contact_person(client, link, parts, reference):
    shown = await (await send(client, link, "traek-tilbage", why="Vi flytter.")).text()
    assert "Henvendelsen er trukket tilbage" in shown
    assert "Vi trækker henvendelsen tilbage. Vi flytter." in shown
    assert (await ticket_of(parts, reference)).status == "withdrawn"


async def test_an_ended_case_takes_words_only_and_opens_again_by_them(client, link, parts, reference):
    await send(client, link, "traek-tilbage")
    page = await (await client.get(link)).text()
    assert "/filer" not in page
    assert "/traek-tilbage" not in page
    await client.post(link, data={"text": "Vi vil alligevel.", "token": hidden(page, "token")})
    assert (await ticket_of(parts, reference)).status == "reopened"


async def test_taking_back_twice_is_taking_back_once(client, link, parts, reference):
    token = hidden(await (await client.get(link)).text(), "token")
    for _ in range(2):
        assert (await client.post(f"{link}/traek-tilbage", data={"token": token})).status == 200
    assert (await ticket_of(parts, reference)).status == "withdrawn"


async def test_a_token_is_worth_nothing_after_the_link_was_renewed(client, link, parts, reference):
    page = await (await client.get(link)).text()

    async def renew(uow, ticket):
        await contact.renew_link(uow, ticket, "bo", parts.now())

    await change(parts, reference, renew)
    assert (await client.get(link)).status == 404
    response = await client.post(await link_of(parts, reference), data={"text": "Hej", "token": hidden(page, "token")})
    assert response.status == 422


async def test_the_page_says_who_else_was_asked_and_what_is_planned(client, link, parts, reference):
    async def plan(uow, ticket):
        await involve(uow, parts.knowledge, ticket, "miljoe", "Er der støj?", "bo", parts.now())
        await save_plan(uow, ticket, Plan(("Vi ser på grunden",), expected=date(2027, 1, 15)), "bo", parts.now())

    await change(parts, reference, plan)
    page = await (await client.get(link)).text()
    for words in ("Vi har også spurgt Miljø.", "Vi ser på grunden", "fredag den 15. januar 2027"):
        assert words in page, words


async def test_what_is_too_long_is_told_in_the_language_of_the_case(client, chat, parts):
    link = await link_of(parts, await open_ticket(parts, chat.id, "en"))
    response = await send(client, link, "oplysninger", contact_name="a" * 2001)
    assert "The message has 2001 characters" in await response.text()
