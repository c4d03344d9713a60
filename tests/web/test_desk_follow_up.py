"""The desk's side of the business' page."""

from __future__ import annotations

import pytest

from office import tickets
from office.contact import follow_up_token
from office.meetings import meetings_of
from tests.office.made_files import PDF
from tests.web.test_follow_up import link_of
from tests.web.test_follow_up_files import kept
from tests.web.test_follow_up_files import send as send_files
from tests.web.test_follow_up_meetings import send as answer_meeting


async def send(desk, case, form, **fields):
    return await desk.send(await desk.page(case), f"{case}/{form}", allow_redirects=True, **fields)


async def stored(parts, reference):
    async with parts.database.reading() as uow:
        return await tickets.by_reference(uow, reference)


async def test_what_is_missing_is_asked_for_and_the_case_waits(client, desk, case, parts, reference):
    await send(desk, case, "mangler", items="En tegning\nEn fuldmagt", items_text="Hej Lise.")
    page = await (await client.get(await link_of(parts, reference))).text()
    assert "Hej Lise.\n\nDet mangler vi fra dig:\n- En tegning\n- En fuldmagt" in page
    assert (await stored(parts, reference)).status == "waiting_for_business"


async def test_a_meeting_proposed_in_danish_time_is_answered_on_the_page(client, desk, case, parts, reference):
    await send(desk, case, "moede", time1="2026-11-27T10:00", minutes="45", place="Rådhuset")
    link = await link_of(parts, reference)
    assert "fredag den 27. november 2026 kl. 10.00" in await (await client.get(link)).text()
    await answer_meeting(client, link, "ja", start="2026-11-27T09:00:00+00:00")
    assert "Aftalt: fredag den 27. november 2026 kl. 10.00" in await desk.page(case)


async def test_a_meeting_is_moved_and_called_off(desk, case, parts, reference):
    await send(desk, case, "moede", time1="2026-11-27T10:00", minutes="45", place="Rådhuset")
    await send(desk, case, "moede", time1="2026-11-30T10:00", minutes="30", place="Rådhuset", moves="1")
    async with parts.database.reading() as uow:
        (meeting,) = await meetings_of(uow, await stored(parts, reference))
    assert (meeting.proposed, meeting.minutes) == (["2026-11-30T09:00:00+00:00"], 30)
    await send(desk, case, "moede/1/aflys")
    async with parts.database.reading() as uow:
        assert await meetings_of(uow, await stored(parts, reference)) == []


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"time1": "", "minutes": "45"}, "mindst ét"),
        ({"time1": "fredag", "minutes": "45"}, "dag og klokkeslæt"),
        ({"time1": "2026-11-27T10:00", "minutes": "en time"}, "i minutter"),
        ({"time1": "2026-11-23T10:00", "minutes": "45"}, "ikke er gået"),
    ],
)
async def test_a_proposal_that_cannot_be_sent_is_told_and_not_lost(desk, case, fields, said):
    response = await send(desk, case, "moede", place="Havnen 7", **fields)
    page = await response.text()
    assert response.status == 422
    assert said in page
    assert 'value="Havnen 7"' in page


async def test_a_renewed_link_works_and_the_old_one_does_not(client, desk, case, parts, reference):
    old = await link_of(parts, reference)
    await send(desk, case, "link", what="renew")
    assert [(await client.get(link)).status for link in (old, await link_of(parts, reference))] == [404, 200]


async def test_a_revoked_link_opens_nothing(client, desk, case, parts, reference):
    await send(desk, case, "link", what="revoke")
    assert (await client.get(await link_of(parts, reference))).status == 404
    assert "Linket er lukket" in await desk.page(case)


async def test_the_secret_is_never_shown_at_the_desk(desk, case, parts, reference):
    assert follow_up_token(await stored(parts, reference), parts.signing_key) not in await desk.page(case)


async def test_files_sent_in_are_fetched_at_the_desk(client, desk, case, parts, reference):
    await send_files(client, await link_of(parts, reference), ("Plan.pdf", PDF))
    (row,) = await kept(parts, reference)
    assert f'href="{case}/filer/{row.id}"' in await desk.page(case)
    response = await client.get(f"{case}/filer/{row.id}")
    assert await response.read() == PDF
    assert response.headers["Content-Disposition"].startswith("attachment")


async def test_files_are_for_those_who_are_logged_in(client, case, parts, reference):
    await send_files(client, await link_of(parts, reference), ("Plan.pdf", PDF))
    response = await client.get(f"{case}/filer/1", allow_redirects=False)
    assert (response.status, response.headers["Location"]) == (303, "/desk/login")
