"""The board at the desk: columns, moves with version check, filter, sheet, files, and the mail before the meeting."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from office import conversations, tickets
from office.intake import Facts
from office.store.tables import History, Outbox, Ticket
from tests.web.conftest import hidden
from web.delivery import deliver
from web.desk.board import CARDS
from web.sweeper import sweep

MONDAY_AFTERNOON = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)  # 15.00 in Denmark: 18 hours before the meeting


async def open_cases(parts, number=1, **fields):
    references = []
    async with parts.database.writing() as uow:
        for n in range(number):
            conversation, _ = await conversations.start(uow, parts.now())
            facts = Facts(company=fields.get("company", f"Nul {n} ApS"), phone=f"0000{n:04d}")
            inquiry = tickets.Inquiry(conversation.id, "hal", facts, fields.get("case_type", "andet"))
            ticket = await tickets.open_ticket(uow, parts.knowledge, inquiry, parts.now())
            ticket.phase = fields.get("phase", "afklaring")
            references.append(ticket.reference)
        await uow.commit()
    return references


async def move(desk, reference, phase, version="", **fields):
    page = await desk.page("/desk/tavle")
    shown = version or re.search(rf'value="{reference}:(\d+):', page)[1]
    data = {"csrf": hidden(page, "csrf"), "move": f"{reference}:{shown}:{phase}", **fields}
    return await desk.client.post("/desk/tavle/flyt", data=data, allow_redirects=False)


async def stored(parts, reference):
    async with parts.database.reading() as uow:
        return await uow.session.scalar(select(Ticket).where(Ticket.reference == reference))


def column(page, phase):
    return page.partition(f'data-phase="{phase}"')[2].partition("</section>")[0]


async def test_a_card_shows_age_next_date_contact_person_and_areas(desk, parts, clock):
    [reference] = await open_cases(parts)
    clock.forward(days=2)
    await desk.log_in()
    ticket, card = await stored(parts, reference), column(await desk.page("/desk/tavle"), "afklaring")
    for shown in (
        reference,
        "2 dage gammel",
        "⚠ Første svar senest",
        parts.knowledge.people[ticket.contact_person].name,
        *parts.knowledge.area_titles(ticket.areas),
    ):
        assert shown in card


async def test_a_button_moves_a_case_and_the_history_says_so(desk, parts):
    [reference] = await open_cases(parts)
    response = await move(desk, reference, "sagsbehandling")
    page = await desk.page(response.headers["Location"].partition("#")[0])
    assert reference in column(page, "sagsbehandling")
    assert f"{reference} står nu i Sagsbehandling." in page
    assert "fase fra “Afklaring” til “Sagsbehandling”" in await desk.page(f"/desk/sager/{reference}")


async def test_a_case_that_somebody_else_has_changed_is_not_moved_silently(desk, parts):
    [reference] = await open_cases(parts)
    response = await move(desk, reference, "sagsbehandling", version="99")
    assert response.status == 409
    assert f"{reference} er ændret af en anden imens" in await response.text()
    assert (await stored(parts, reference)).phase == "afklaring"


@pytest.mark.parametrize("phase", ["afklaring", "arkiv", ""])
async def test_a_move_that_leads_nowhere_is_said_to(desk, parts, phase):
    [reference] = await open_cases(parts)
    assert (await move(desk, reference, phase)).status == 422


@pytest.mark.parametrize("sent", ["EK-2026-999999:1:afklaring", "vrøvl", ""])
async def test_a_case_that_does_not_exist_is_not_found(desk, sent):
    csrf = hidden(await desk.page("/desk/tavle"), "csrf")
    assert (await desk.client.post("/desk/tavle/flyt", data={"csrf": csrf, "move": sent})).status == 404


async def test_moving_keeps_the_filter_and_the_place_in_the_columns(desk, parts):
    [reference] = await open_cases(parts)
    area = (await stored(parts, reference)).areas[0]
    response = await move(desk, reference, "sagsbehandling", omraade=area, tiltraekning="25")
    assert f"omraade={area}&tiltraekning=25" in response.headers["Location"]


async def test_the_filter_shows_only_cases_of_the_area(desk, parts):
    [other] = await open_cases(parts)
    [hall] = await open_cases(parts, case_type="udvidelse-produktionshal")
    only = set((await stored(parts, hall)).areas) - set((await stored(parts, other)).areas)
    page = await desk.page(f"/desk/tavle?omraade={only.pop()}")
    assert hall in page
    assert other not in page


async def test_an_area_that_does_not_exist_filters_nothing(desk, parts):
    [reference] = await open_cases(parts)
    assert reference in await desk.page("/desk/tavle?omraade=findes-ikke")


async def test_a_long_column_shows_some_and_a_way_to_more(desk, parts):
    references = await open_cases(parts, CARDS + 2)
    first = column(await desk.page("/desk/tavle"), "afklaring")
    assert f"Sag 1-{CARDS} af {CARDS + 2}." in first
    more = re.search(r'href="([^"#]*)[^"]*">Vis flere', first)[1]
    second = column(await desk.page(more), "afklaring")
    shown = set(re.findall(r'id="(EK-[\d-]+)"', first)), set(re.findall(r'id="(EK-[\d-]+)"', second))
    assert shown[0] | shown[1] == set(references)
    assert not shown[0] & shown[1]
    assert "Vis forrige" in second


async def test_a_full_board_stays_under_300_kb(desk, parts):
    for phase in ("tiltraekning", "afklaring", "sagsbehandling"):
        await open_cases(parts, CARDS + 1, phase=phase, company="Metalværkstedet Nul og Sønner ApS")
    assert len((await desk.page("/desk/tavle")).encode()) < 150_000


async def test_what_is_no_number_is_refused(desk, client):
    assert (await client.get("/desk/tavle?afklaring=x")).status == 422


async def test_the_sheet_names_the_meeting_and_has_room_to_write(desk, parts):
    [reference] = await open_cases(parts)
    page = await desk.page("/desk/tavle/ark")
    assert "Møde tirsdag den 1. december 2026 kl. 09.00" in page
    assert reference in page
    assert "Aftalt på mødet" in page


# --- files --------------------------------------------------------------------------------------------------


async def fetch(desk, kind, query=""):
    response = await desk.client.get(f"/desk/tavle/aabne-sager.{kind}{query}")
    assert response.status == 200
    return response, await response.read()


async def test_csv_has_a_row_a_case_and_no_formula(desk, parts):
    await open_cases(parts, company="=1+1")
    response, body = await fetch(desk, "csv")
    assert response.content_type == "text/csv"
    assert 'filename="aabne-sager-2026-11-24.csv"' in response.headers["Content-Disposition"]
    assert ";'=1+1;" in body.decode("utf-8-sig")


async def test_xlsx_has_a_row_a_case(desk, parts):
    references = await open_cases(parts, 3)
    _, body = await fetch(desk, "xlsx")
    rows = list(load_workbook(BytesIO(body)).active.iter_rows(values_only=True))
    assert sorted(row[1] for row in rows[1:]) == sorted(references)


async def test_a_file_has_what_the_filter_shows(desk, parts):
    [other] = await open_cases(parts)
    [hall] = await open_cases(parts, case_type="udvidelse-produktionshal")
    only = set((await stored(parts, hall)).areas) - set((await stored(parts, other)).areas)
    _, body = await fetch(desk, "csv", f"?omraade={only.pop()}")
    assert hall in body.decode()
    assert other not in body.decode()


async def test_taking_the_board_out_is_in_the_audit_log(desk, parts):
    await fetch(desk, "csv")
    async with parts.database.reading() as uow:
        row = await uow.session.scalar(select(History).where(History.action == "board_taken_out"))
    assert (row.ticket_id, row.actor, row.new) == (None, "bo", "csv")


# --- the mail -----------------------------------------------------------------------------------------------


async def test_the_sweeper_sends_the_board_before_the_meeting_and_not_again(client, parts, clock):
    clock.now = MONDAY_AFTERNOON
    await sweep(client.app)
    clock.forward(minutes=1)
    await sweep(client.app)
    async with parts.database.reading() as uow:
        people = list(await uow.session.scalars(select(Outbox.person).where(Outbox.kind == "board")))
    assert sorted(people) == sorted(parts.knowledge.people)


async def test_without_a_mail_server_it_can_be_read_at_the_desk(desk, client, parts, clock):
    [reference] = await open_cases(parts)
    clock.now = MONDAY_AFTERNOON
    await sweep(client.app)
    await deliver(client.app)
    assert "Tavlen til mødet" in await desk.page("/desk/udbakke")
    async with parts.database.reading() as uow:
        row = await uow.session.scalar(select(Outbox).where(Outbox.kind == "board"))
    page = await desk.page(f"/desk/udbakke/{row.id}")
    assert "Tavlen til mødet tirsdag den 24. november 2026 kl. 09.00" in page
    assert reference in page
