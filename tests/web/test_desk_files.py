"""Files that a caseworker puts on a case: for colleagues at first, for the business when they go with a reply."""

from __future__ import annotations

import pytest
from aiohttp import FormData

from office import tickets
from office.files import file_folder
from office.history import newest_first
from office.plans import Plan, save_plan
from tests.office.made_files import PDF, UNWANTED
from tests.web.conftest import hidden
from tests.web.test_follow_up import link_of
from tests.web.test_follow_up_files import bytes_on_disk, kept
from tests.web.test_follow_up_files import send as send_as_business

TOO_LARGE = ("Plan.pdf", PDF + b"0" * 1_200_000)


async def send(desk, case, form, *files, version=None, **fields):
    """Send a form of the case with files (name, bytes), its words first, as the page does."""
    page = await desk.page(case)
    data = FormData(quote_fields=False, default_to_multipart=True)
    data.add_field("csrf", hidden(page, "csrf"))
    data.add_field("version", version or hidden(page, "version"))
    for name, value in fields.items():
        data.add_field(name, value)
    for name, content in files:
        data.add_field("files", content, filename=name, content_type="text/html")
    return await desk.client.post(f"{case}/{form}", data=data)


async def history(parts, reference):
    async with parts.database.reading() as uow:
        rows = await newest_first(uow, await tickets.by_reference(uow, reference))
    return [(row.actor, row.action, row.new) for row in rows if row.action.startswith("file_")]


async def test_a_file_put_on_the_case_is_for_colleagues_and_not_for_the_business(client, desk, case, parts, reference):
    page = await (await send(desk, case, "filer", ("Notat.pdf", PDF))).text()
    assert "Virksomheden har ikke fået dem" in page
    assert "Bo Byggesen ·" in page.partition(">Notat.pdf</a>")[2][:400]
    (row,) = await kept(parts, reference)
    assert await (await client.get(f"{case}/filer/{row.id}")).read() == PDF
    link = await link_of(parts, reference)
    assert "Notat.pdf" not in await (await client.get(link)).text()
    assert (await client.get(f"{link}/filer/{row.id}")).status == 404
    assert await history(parts, reference) == [("bo", "file_added", "Notat.pdf")]


async def test_a_file_sent_with_a_reply_is_on_the_page_of_the_business_with_who_and_when(
    client, desk, case, parts, reference
):
    await send(desk, case, "svar", ("Afgørelse.pdf", PDF), text="Her er afgørelsen.")
    link = await link_of(parts, reference)
    page = await (await client.get(link)).text()
    assert "Her er afgørelsen.\n\nFiler på sagens side: Afgørelse.pdf" in page
    assert "Hent Afgørelse.pdf" in page
    assert "Fra Bo Byggesen, tirsdag den 24. november 2026 kl. 10.00" in page
    (row,) = await kept(parts, reference)
    assert await (await client.get(f"{link}/filer/{row.id}")).read() == PDF
    assert await history(parts, reference) == [("bo", "file_added", "Afgørelse.pdf")]


async def test_a_file_of_the_case_can_be_sent_later_but_only_once(client, desk, case, parts, reference):
    await send(desk, case, "filer", ("Notat.pdf", PDF))
    (row,) = await kept(parts, reference)
    sent = {"text": "Se notatet.", f"send-{row.id}": "1"}
    await send(desk, case, "svar", **sent)
    link = await link_of(parts, reference)
    assert (await client.get(f"{link}/filer/{row.id}")).status == 200
    assert (await history(parts, reference))[0] == ("bo", "file_sent", "Notat.pdf")
    again = await send(desk, case, "svar", **sent)
    assert again.status == 422
    assert "En af filerne er sendt allerede" in await again.text()


@pytest.mark.parametrize("what", ["a program", "a page with a script", "a document with macros"])
@pytest.mark.parametrize("form", ["filer", "svar"])
async def test_the_rules_for_files_of_the_business_are_those_of_the_desk(desk, case, parts, form, what):
    response = await send(desk, case, form, ("Plan.pdf", UNWANTED[what]), text="Hermed planen.")
    assert response.status == 422
    assert "Vi kan ikke tage imod “Plan.pdf”" in await response.text()
    assert bytes_on_disk(parts) == []


@pytest.mark.parametrize("refused", [("x.exe", b"MZ"), ("tom.pdf", b""), TOO_LARGE])
async def test_a_reply_is_not_lost_with_a_refused_file(desk, case, parts, reference, refused):
    response = await send(desk, case, "svar", refused, text="Et langt svar", answers_case="1")
    page = await response.text()
    assert response.status == 422
    assert "Et langt svar" in page
    assert 'name="answers_case" value="1" checked' in page
    assert "Vælg filerne igen" in page
    assert await kept(parts, reference) == []


async def test_one_too_many_is_told_of_and_the_reply_is_not_sent(desk, case, parts):
    response = await send(desk, case, "svar", *[(f"{n}.pdf", PDF) for n in range(5)], text="Et langt svar")
    page = await response.text()
    assert response.status == 422
    assert "ikke plads til flere filer på sagen (højst 4)" in page
    assert "Svaret er sendt" not in page
    assert bytes_on_disk(parts) == []


async def test_a_reply_that_may_not_be_sent_leaves_no_file_and_asks_for_it_again(desk, case, parts):
    response = await send(desk, case, "svar", ("Plan.pdf", PDF), text="Et langt svar", **{"send-99": "1"})
    page = await response.text()
    assert response.status == 422
    assert "Vælg filerne igen." in page
    assert bytes_on_disk(parts) == []


async def test_files_are_not_put_in_unseen_when_somebody_else_has_changed_the_case(desk, case, parts):
    response = await send(desk, case, "svar", ("Plan.pdf", PDF), version="0", text="Et langt svar")
    assert response.status == 409
    assert "Et langt svar" in await response.text()
    assert bytes_on_disk(parts) == []


async def test_no_file_chosen_is_told_of(desk, case):
    response = await send(desk, case, "filer")
    assert response.status == 422
    assert "Vælg de filer, der skal ligge på sagen." in await response.text()


async def test_the_answer_of_the_case_can_carry_the_decision(client, desk, case, parts, reference):
    async with parts.database.writing() as uow:
        ticket = await tickets.by_reference(uow, reference)
        plan = Plan(steps=("Ansøgning",), permits=("Byggetilladelse",), time="Otte uger.", cost="Efter tid.")
        await save_plan(uow, ticket, plan, "bo", parts.now(), None)
        await uow.commit()
    await send(desk, case, "svar", ("Afgørelse.pdf", PDF), text="I får tilladelsen.", answers_case="1")
    page = await (await client.get(await link_of(parts, reference))).text()
    assert "Filer på sagens side: Afgørelse.pdf" in page
    assert "Byggetilladelse" in page


async def test_files_of_the_desk_lie_with_those_of_the_business(client, desk, case, parts, reference):
    await send_as_business(client, await link_of(parts, reference), ("Plan.pdf", PDF))
    await send(desk, case, "filer", ("Notat.pdf", PDF))
    assert {path.parent for path in bytes_on_disk(parts)} == {file_folder(parts.settings) / reference}


async def test_without_the_secret_of_the_session_no_file_is_taken_in(desk, case, parts):
    data = FormData(quote_fields=False, default_to_multipart=True)
    data.add_field("csrf", "en andens")
    data.add_field("files", PDF, filename="Plan.pdf")
    assert (await desk.client.post(f"{case}/filer", data=data)).status == 403
    assert bytes_on_disk(parts) == []


async def test_who_was_logged_out_meanwhile_gets_the_words_back(desk, case, client, parts):
    page = await desk.page(case)
    client.session.cookie_jar.clear()
    data = FormData(quote_fields=False, default_to_multipart=True)
    data.add_field("csrf", hidden(page, "csrf"))
    data.add_field("text", "Et langt svar")
    data.add_field("files", TOO_LARGE[1], filename="Plan.pdf")
    response = await client.post(f"{case}/svar", data=data)
    assert response.status == 401
    assert "Et langt svar" in await response.text()
    assert bytes_on_disk(parts) == []
