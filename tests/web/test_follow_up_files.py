"""Files on the page of a case: taken in by what they are, given out as attachments, never anybody else's."""

from __future__ import annotations

import pytest
from aiohttp import FormData

from office import contact, tickets
from office.files import file_folder, files_of
from tests.office.made_files import PDF, UNWANTED
from tests.web.conftest import hidden, open_ticket
from tests.web.test_follow_up import link_of


@pytest.fixture
async def link(reference, parts):
    return await link_of(parts, reference)


async def send(client, link, *files, token=None, **fields):
    """Send the form of the page; files are (name, bytes). The type that the browser claims is always a lie."""
    form = FormData(quote_fields=False, default_to_multipart=True)  # as browsers send this form and name files
    form.add_field("token", token or await token_of(client, link))
    for name, value in fields.items():
        form.add_field(name, value)
    for name, content in files:
        form.add_field("files", content, filename=name, content_type="text/html")
    return await client.post(f"{link}/filer", data=form)


async def token_of(client, link):
    return hidden((await (await client.get(link)).text()).partition("/filer")[2], "token")


async def kept(parts, reference):
    async with parts.database.reading() as uow:
        return await files_of(uow, await tickets.by_reference(uow, reference))


def bytes_on_disk(parts):
    return [path for path in file_folder(parts.settings).rglob("*") if path.is_file()]


async def test_a_file_sent_is_on_the_page_and_comes_back_as_it_was(client, link, parts, reference):
    shown = await (await send(client, link, ("Plan.pdf", PDF), note="Hermed.")).text()
    assert "Vi har fået det, du sendte" in shown
    assert "Filer: Plan.pdf" in shown
    (row,) = await kept(parts, reference)
    response = await client.get(f"{link}/filer/{row.id}")
    assert await response.read() == PDF


async def test_a_file_is_saved_and_never_shown(client, link, parts, reference):
    await send(client, link, ("Plan æ.pdf", PDF))
    (row,) = await kept(parts, reference)
    headers = (await client.get(f"{link}/filer/{row.id}")).headers
    assert headers["Content-Disposition"] == "attachment; filename=\"fil.pdf\"; filename*=UTF-8''Plan%20%C3%A6.pdf"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Type"] == "application/pdf"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "sandbox" in headers["Content-Security-Policy"]


async def test_files_lie_outside_every_folder_that_is_served(client, link, parts, tmp_path):
    await send(client, link, ("Plan.pdf", PDF))
    (path,) = bytes_on_disk(parts)
    assert path.is_relative_to(tmp_path)
    served = [resource for resource in client.app.router.resources() if "directory" in resource.get_info()]
    assert not [resource for resource in served if path.is_relative_to(resource.get_info()["directory"])]


@pytest.mark.parametrize("what", ["a program", "a page with a script", "a document with macros"])
async def test_what_it_is_counts_not_what_it_is_called(client, link, parts, what):
    response = await send(client, link, ("Plan.pdf", UNWANTED[what]))
    page = await response.text()
    assert response.status == 422
    assert "Vi kan ikke tage imod “Plan.pdf”" in page
    assert bytes_on_disk(parts) == []


async def test_too_large_is_told_and_nothing_is_kept(client, link, parts):
    response = await send(client, link, ("Plan.pdf", PDF + b"0" * 1_200_000))
    assert response.status == 422
    assert "fylder for meget" in await response.text()
    assert bytes_on_disk(parts) == []


async def test_one_too_many_for_the_case_is_told_and_nothing_is_kept(client, link, parts):
    response = await send(client, link, *[(f"{n}.pdf", PDF) for n in range(5)])
    assert response.status == 422
    assert "ikke plads til flere filer" in await response.text()
    assert bytes_on_disk(parts) == []


async def test_the_form_sent_twice_is_taken_in_once(client, link, parts, reference):
    token = await token_of(client, link)
    for _ in range(2):
        assert (await send(client, link, ("Plan.pdf", PDF), token=token)).status == 200
    assert len(await kept(parts, reference)) == len(bytes_on_disk(parts)) == 1


async def test_a_tick_without_a_file_is_enough(client, link, parts, reference):
    shown = await (await send(client, link, item="En plan over grunden")).text()
    assert "Leveret:\n- En plan over grunden" in shown
    async with parts.database.reading() as uow:
        ticket = await tickets.by_reference(uow, reference)
    assert ticket.missing == ["Tegninger af de nuværende og nye bygninger"]


async def test_an_empty_form_is_told_of(client, link):
    response = await send(client, link)
    assert response.status == 422
    assert "ikke noget at sende endnu" in await response.text()


async def test_words_and_ticks_are_not_lost_with_a_refused_file(client, link):
    response = await send(client, link, ("x.exe", b"MZ"), note="Facaden mod syd", item="En plan over grunden")
    page = await response.text()
    assert "Facaden mod syd" in page
    assert 'value="En plan over grunden" checked' in page


async def test_words_and_ticks_are_not_lost_with_files_that_are_too_large(client, link):
    too_large = ("Plan.pdf", PDF + b"0" * 1_200_000)
    response = await send(client, link, too_large, note="Facaden mod syd", item="En plan over grunden")
    page = await response.text()
    assert "Facaden mod syd" in page
    assert 'value="En plan over grunden" checked' in page


@pytest.mark.parametrize("body", [b"", b"x", b"--x\r\n\r\n"])
async def test_a_form_that_cannot_be_read_is_told_of(client, link, body):
    headers = {"Content-Type": "multipart/form-data; boundary=x" if body[:1] == b"-" else "text/plain"}
    response = await client.post(f"{link}/filer", data=body, headers=headers)
    assert response.status == 400


async def test_another_case_and_a_wrong_secret_see_nothing(client, link, parts, reference, chat):
    await send(client, link, ("Plan.pdf", PDF))
    (row,) = await kept(parts, reference)
    other = await link_of(parts, await open_ticket(parts, chat.id))
    assert (await client.get(f"{other}/filer/{row.id}")).status == 404
    assert (await client.get(f"{link[:-4]}AAAA/filer/{row.id}")).status == 404


async def test_a_wrong_secret_may_send_nothing(client, link, parts):
    token = await token_of(client, link)
    assert (await send(client, f"{link[:-4]}AAAA", ("Plan.pdf", PDF), token=token)).status == 404
    assert bytes_on_disk(parts) == []


async def test_another_site_may_send_nothing(client, link):
    response = await client.post(f"{link}/filer", data={"note": "x"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert response.status == 403


async def test_a_token_of_another_page_keeps_nothing(client, link, parts):
    token = hidden(await (await client.get("/skriv")).text(), "token")
    assert (await send(client, link, ("Plan.pdf", PDF), token=token)).status == 422
    assert bytes_on_disk(parts) == []


async def test_a_file_missing_from_the_disk_is_not_found(client, link, parts, reference):
    await send(client, link, ("Plan.pdf", PDF))
    (row,) = await kept(parts, reference)
    bytes_on_disk(parts)[0].unlink()
    assert (await client.get(f"{link}/filer/{row.id}")).status == 404


async def test_a_revoked_link_gives_no_files(client, link, parts, reference):
    await send(client, link, ("Plan.pdf", PDF))
    (row,) = await kept(parts, reference)
    async with parts.database.writing() as uow:
        ticket = await tickets.by_reference(uow, reference)
        await contact.revoke_link(uow, ticket, "bo", parts.now())
        await uow.commit()
    assert (await client.get(f"{link}/filer/{row.id}")).status == 404
