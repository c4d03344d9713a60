"""/desk/log: filters, portions and the file; whose reading is written down."""

from __future__ import annotations

import csv
import io
import re

import pytest

from office import tickets
from office.history import record
from tests.web.conftest import Desk, open_ticket


@pytest.fixture
async def admin(client, parts):
    desk = Desk(client, parts)
    await desk.add_user("admin", "Administrator", None, "administrator")
    await desk.log_in("admin")
    return desk


async def write(parts, *actions, actor="bo", **values):
    async with parts.database.writing() as uow:
        for action in actions:
            record(uow, None, parts.now(), actor, action, **values)
        await uow.commit()


def rows_of(page):
    return len(re.findall(r"<tr", page)) - 1


async def test_the_log_says_who_did_what_when_and_with_which_case(admin, chat, parts):
    reference = await open_ticket(parts, chat.id)
    page = await admin.page("/desk/log")
    for shown in ("Assistenten", "Oprettet", f"/desk/sager/{reference}", "24.11.2026 kl. 10.00", "Logget ind"):
        assert shown in page, shown


async def test_what_was_written_on_a_case_does_not_stand_in_the_log(admin, chat, parts):
    reference = await open_ticket(parts, chat.id)
    async with parts.database.writing() as uow:
        ticket = await tickets.by_reference(uow, reference)
        await tickets.change(uow, ticket, {"contact_name": "Hemmelige Hansen"}, "bo", parts.now())
        await uow.commit()
    page = await admin.page(f"/desk/log?sag={reference}")
    assert "Ændret: navn" in page
    assert "Hansen" not in page


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("bruger=bo", 2),
        ("bruger=ukendt", 1),
        ("slags=work", 1),
        ("slags=log_in&bruger=bo", 1),
        ("sag=EK-2026-000404", 0),
        ("fra=2026-11-24&til=2026-11-24&bruger=bo", 2),
        ("fra=2026-11-25", 0),
    ],
)
async def test_the_log_is_narrowed_by_user_case_period_and_kind(admin, parts, query, rows):
    await write(parts, "duty_set", "logged_in")
    await write(parts, "login_refused", actor="ukendt")
    page = await admin.page(f"/desk/log?{query}")
    assert rows_of(page) == rows if rows else "Ingen hændelser passer" in page


@pytest.mark.parametrize(
    ("query", "said"),
    [("fra=i+går", "Skriv datoen som"), ("fra=2026-11-25&til=2026-11-24", "slutter, før den begynder")],
)
async def test_a_period_that_cannot_be_read_is_said_and_kept(admin, query, said):
    response = await admin.client.get(f"/desk/log?{query}")
    assert response.status == 422
    assert said in await response.text()


async def test_older_events_are_reached_portion_by_portion(admin, parts):
    await write(parts, *["duty_set"] * 205)
    page, seen = await admin.page("/desk/log?bruger=bo"), []
    while True:
        seen.append(rows_of(page))
        older = re.search(r'href="([^"]+)">Ældre hændelser', page)
        if older is None:
            break
        page = await admin.page(older[1].replace("&amp;", "&"))
    assert seen == [100, 100, 5]
    assert "Til de nyeste" in page


async def test_the_file_holds_every_row_in_columns_and_no_formula(admin, parts):
    await write(parts, *["duty_set"] * 1205)
    await write(parts, "duty_set", actor="=1+1")
    response = await admin.client.get("/desk/log/log.csv?slags=work")
    assert response.content_type == "text/csv"
    assert "attachment" in response.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO((await response.read()).decode("utf-8-sig")), delimiter=";"))
    assert rows[0][:3] == ["Tidspunkt", "Brugernavn", "Navn"]
    assert len(rows) == 1207
    assert rows[1][:2] == ["2026-11-24 10:00:00", "'=1+1"]


async def test_reading_the_log_is_in_it_once_a_day_and_every_file_with_what_was_asked(admin):
    await admin.page("/desk/log")
    await admin.client.get("/desk/log/log.csv?bruger=bo")
    page = await admin.page("/desk/log?slags=read")
    assert page.count("Loggen læst") == 1
    assert "Loggen hentet som fil: bruger bo" in page


async def test_the_log_is_for_the_administrator(desk, client):
    for path in ("/desk/log", "/desk/log/log.csv"):
        assert (await client.get(path)).status == 403
