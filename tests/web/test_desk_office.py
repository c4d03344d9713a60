"""People and absence, the office's hours, what it knows, and its results: at the desk and for everybody."""

from __future__ import annotations

import re
import shutil

import pytest

from knowledge import read
from office import tickets
from tests.web.conftest import SAMPLE, Desk, hidden, open_ticket


@pytest.fixture
async def leader(client, parts):
    leader = Desk(client, parts)
    await leader.add_user("kim", "Kim Koordinator", None, role="coordinator")
    await leader.log_in("kim")
    return leader


async def send(leader, page_path, path, **fields):
    page = await leader.page(page_path)
    return await leader.client.post(path, data={"csrf": hidden(page, "csrf"), **fields}, allow_redirects=False)


async def case_of(parts, chat):
    """A case, and the person who has it."""
    reference = await open_ticket(parts, chat.id)
    async with parts.database.reading() as uow:
        return reference, (await tickets.by_reference(uow, reference)).contact_person


async def test_before_days_away_are_saved_the_page_says_which_cases_move_and_to_whom(leader, chat, parts):
    reference, person = await case_of(parts, chat)
    away = f"person={person}&first=2026-11-24&last=2026-11-25"
    page = await leader.page(f"/desk/folk/fravaer?{away}")
    assert reference in page
    response = await send(
        leader,
        f"/desk/folk/fravaer?{away}",
        "/desk/folk/fravaer",
        person=person,
        first="2026-11-24",
        last="2026-11-25",
        seen=hidden(page, "seen"),
    )
    assert response.status == 303, await response.text()
    assert "Fraværet er gemt." in await leader.page(response.headers["Location"])
    assert (await case_after(parts, reference)) != person


async def case_after(parts, reference):
    async with parts.database.reading() as uow:
        return (await tickets.by_reference(uow, reference)).contact_person


async def test_days_that_end_before_they_begin_are_told_of(leader, chat, parts):
    _, person = await case_of(parts, chat)
    response = await leader.client.get(f"/desk/folk/fravaer?person={person}&first=2026-11-26&last=2026-11-24")
    assert response.status == 422
    assert "Fraværet skal slutte" in await response.text()


async def test_a_caseworker_sees_no_one_elses_absence(desk, sample):
    page = await desk.page("/desk/folk")
    others = [person.name for person in sample.people.values() if person.id != "bo-byg"]
    assert "/desk/folk/fravaer" not in page
    assert len(others) > 1


async def test_the_office_page_shows_hours_and_what_another_closing_day_would_move(leader, chat, parts):
    await open_ticket(parts, chat.id)
    assert "Åbningstider" in await leader.page("/desk/kontor")


async def test_the_knowledge_page_lists_every_article_with_its_review(leader, sample):
    page = await leader.page("/desk/viden")
    for article in sample.articles.values():
        assert article.title in page


async def test_results_are_shown_as_plots_with_the_same_figures_in_tables_and_as_a_file(leader, chat, parts):
    await open_ticket(parts, chat.id)
    page = await leader.page("/desk/resultater")
    assert "<svg" in page
    assert "<table" in page
    response = await leader.client.get("/desk/resultater/tal.csv")
    lines = (await response.read()).decode("utf-8-sig").splitlines()
    assert lines[0] == "Fra;Til;Fagområde;Tal;Af hvad;Værdi"


async def test_only_published_months_are_public_and_small_numbers_are_hidden(leader, client, chat, parts, clock):
    await open_ticket(parts, chat.id)
    clock.forward(days=8)  # to December
    await leader.log_in("kim")
    public = await (await client.get("/resultater")).text()
    assert "November 2026" not in public
    response = await send(leader, "/desk/resultater/offentlig", "/desk/resultater/offentlig", maaned="2026-11")
    assert response.status == 303
    public = await (await client.get("/resultater")).text()
    assert re.search("november 2026", public, re.IGNORECASE)
    assert "under 5" in public
    assert (await client.get("/resultater?maaned=2026-10")).status == 404


async def test_a_month_that_has_not_ended_is_not_published(leader, client):
    response = await send(leader, "/desk/resultater/offentlig", "/desk/resultater/offentlig", maaned="2026-11")
    assert response.status == 422
    assert "ikke slut endnu" in await response.text()


async def test_an_article_begun_from_a_question_is_a_file_that_the_loader_takes(leader, tmp_path):
    typed = {
        "title": "Bikuber på taget",
        "id": "bikuber",
        "area": "miljoe",
        "questions": "må vi have bikuber på taget?",
    }
    folder = shutil.copytree(SAMPLE, tmp_path / "knowledge")
    for name, path in (("article", "articles/bikuber.md"), ("questions", "questions/bikuber.da.txt")):
        response = await send(leader, "/desk/viden", "/desk/viden/artikel/fil", file=name, **typed)
        assert response.status == 200, await response.text()
        (folder / path).write_text(await response.text(), encoding="utf-8")
    knowledge, problems = read(folder)
    assert [problem for problem in problems if problem.severity == "fejl"] == []
    assert knowledge.articles["bikuber"].title == "Bikuber på taget"


async def test_a_name_that_an_article_has_already_is_told_of(leader):
    typed = {"title": "Hæk", "id": "haek-i-skel", "area": "miljoe", "questions": ""}
    response = await send(leader, "/desk/viden", "/desk/viden/artikel/fil", **typed)
    assert response.status == 422
    assert "Der er allerede en artikel" in await response.text()
