"""Meetings on the page of a case."""

from __future__ import annotations

from datetime import timedelta

import pytest
from icalendar import Calendar

from office import meetings, tickets
from office.meetings import Proposal
from tests.web.conftest import TUESDAY_MORNING, hidden, open_ticket
from tests.web.test_follow_up import link_of

THURSDAY, FRIDAY = TUESDAY_MORNING + timedelta(days=2), TUESDAY_MORNING + timedelta(days=3)


@pytest.fixture
async def link(reference, parts):
    """The page of a case with a meeting to answer."""
    async with parts.database.writing() as uow:
        ticket = await tickets.by_reference(uow, reference)
        proposal = Proposal([THURSDAY, FRIDAY], 45, "Rådhuset")
        await meetings.propose_meeting(uow, parts.knowledge, ticket, proposal, "Bo Byggesen", "bo", parts.now())
        await uow.commit()
    return await link_of(parts, reference)


async def send(client, link, form, number=1, **fields):
    page = await (await client.get(link)).text()
    token = hidden(page.partition(f"/moede/{number}/{form}")[2] or page, "token")
    return await client.post(f"{link}/moede/{number}/{form}", data={"token": token, **fields})


async def accept(client, link):
    return await send(client, link, "ja", start=FRIDAY.isoformat())


async def test_a_time_taken_is_agreed_and_shown(client, link):
    shown = await (await accept(client, link)).text()
    assert "Mødet er aftalt" in shown
    assert "Aftalt: <time" in shown
    assert "fredag den 27. november 2026 kl. 10.00" in shown


async def test_the_calendar_file_is_that_of_the_mail(client, link):
    await accept(client, link)
    response = await client.get(f"{link}/moede/1/moede.ics")
    event = Calendar.from_ical(await response.read()).events[0]
    assert response.content_type == "text/calendar"
    assert response.headers["Content-Disposition"] == 'attachment; filename="moede.ics"'
    assert (FRIDAY, FRIDAY + timedelta(minutes=45)) == (event.DTSTART, event.DTEND)
    assert event["LOCATION"] == "Rådhuset"


async def test_what_is_not_agreed_has_no_calendar_file(client, link):
    assert (await client.get(f"{link}/moede/1/moede.ics")).status == 404


@pytest.mark.parametrize("start", ["", "i morgen", "2026-11-27T10:00", TUESDAY_MORNING.isoformat()])
async def test_a_time_that_was_not_offered_is_not_taken(client, link, start):
    assert (await send(client, link, "ja", start=start)).status == 422


async def test_declined_times_reach_the_contact_person_with_the_business_own_words(client, link):
    shown = await (await send(client, link, "nej", better="Helst mandag.")).text()
    assert "Jeg kan ikke på de tider, I foreslog til mødet. Helst mandag." in shown
    assert "/moede/1/" not in shown


async def test_a_meeting_called_off_is_gone_from_the_page(client, link):
    await accept(client, link)
    shown = await (await send(client, link, "afbud", why_not="Syg.")).text()
    assert "Mødet er aflyst" in shown
    assert "Jeg kan alligevel ikke komme til mødet. Syg." in shown
    assert "/moede/1/" not in shown


async def test_what_has_passed_is_not_offered_any_more(client, link, clock):
    clock.forward(days=2, hours=1)
    page = await (await client.get(link)).text()
    assert f'value="{THURSDAY.isoformat()}"' not in page
    assert f'value="{FRIDAY.isoformat()}"' in page
    clock.forward(days=2)
    assert "/moede/1/" not in await (await client.get(link)).text()


async def test_a_meeting_of_another_case_cannot_be_answered(client, link, parts, chat):
    other = await link_of(parts, await open_ticket(parts, chat.id))
    response = await send(client, other, "ja", start=FRIDAY.isoformat())
    assert response.status == 422
    assert "Sagen er ændret" in await response.text()
