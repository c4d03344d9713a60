"""Working on one case: triage, checklist, colleagues, notes, handing over, screening, and its end."""

from __future__ import annotations

import re
from datetime import date

import pytest
from sqlalchemy import func, select

from knowledge.model import Absence
from office import conversations, history, tickets
from office.conversations import Utterance
from office.involvement import involvements_of
from office.people import set_absence
from office.plans import plan_versions
from office.store.follow_up_tables import Survey
from office.store.tables import Note
from office.survey import survey_of
from tests.web.conftest import hidden
from tests.web.test_desk import PLAN
from tests.web.test_follow_up import link_of

LARGEST = 300_000


async def send(desk, case, form, page=None, **fields):
    return await desk.send(page or await desk.page(case), f"{case}/{form}", allow_redirects=True, **fields)


async def stored(parts, reference):
    async with parts.database.reading() as uow:
        return await tickets.by_reference(uow, reference)


async def answered(desk, case):
    await send(desk, case, "plan", **PLAN)
    await send(desk, case, "svar", text="Her er svaret.", answers_case="1")


async def test_the_case_says_that_its_person_is_away_and_that_it_waits(desk, case, parts):
    async with parts.database.writing() as uow:
        absence = Absence(date(2026, 11, 24), date(2026, 11, 25), "", None)
        await set_absence(uow, parts.knowledge, "bo-byg", absence, "karla", parts.now())
        await uow.commit()
    assert "Bo Byggesen er væk og er tilbage torsdag den 26. november 2026." in await desk.page(case)


# --- triage -------------------------------------------------------------------------------------------------


async def test_areas_are_changed_with_a_reason_that_is_shown(desk, case, parts, reference):
    ticked = {"area-plan": "1", "area-politi": "1"}
    fields = {"areas_shown": "1", "level": "medium", "why": "Kun et spørgsmål om lokalplanen"}
    await send(desk, case, "niveau", **fields, **ticked)
    ticket = await stored(parts, reference)
    assert (ticket.level, ticket.areas, ticket.authorities) == ("medium", ["plan"], ["politi"])
    page = await desk.page(case)
    assert "Bo Byggesen har rettet" in page
    assert "Kun et spørgsmål om lokalplanen" in page


async def test_a_case_keeps_at_least_one_area_and_what_was_ticked_stays(desk, case):
    response = await send(desk, case, "niveau", areas_shown="1", level="medium", why="fordi", **{"area-politi": "1"})
    page = await response.text()
    assert response.status == 422
    assert "mindst ét fagområde" in page
    assert re.search(r'id="area-politi"[^>]* checked', page)
    assert 'value="fordi"' in page


# --- the checklist ------------------------------------------------------------------------------------------


async def test_what_has_come_in_is_ticked_off(desk, case, parts, reference):
    first = (await stored(parts, reference)).checklist[0]
    await send(desk, case, "tjekliste", checklist_shown="1", **{"received-0": "1"})
    ticket = await stored(parts, reference)
    assert first not in ticket.missing
    assert len(ticket.missing) == len(ticket.checklist) - 1
    assert "Ændret det, der mangler" in await desk.page(case)


async def test_one_click_asks_for_all_that_is_missing(client, desk, case, parts, reference):
    await send(desk, case, "mangler", all="1")
    page = await (await client.get(await link_of(parts, reference))).text()
    ticket = await stored(parts, reference)
    assert all(item in page for item in ticket.missing)
    assert ticket.status == "waiting_for_business"


# --- colleagues ---------------------------------------------------------------------------------------------


async def test_a_colleague_is_asked_answers_and_the_contact_person_reads_it(desk, case, parts, reference):
    await send(desk, case, "spoerg", whom="miljoe:mille-miljoe", question="Støjer det?")
    page = await desk.page(case)
    assert "Mille Grønfelt (Miljø)" in page
    assert "Spurgt: Miljø" in page
    await send(desk, case, "spoerg/1/svar", **{"answer-1": "Nej, ikke mere end før."})
    assert "Nej, ikke mere end før." in await desk.page(case)
    async with parts.database.reading() as uow:
        (row,) = await involvements_of(uow, await tickets.by_reference(uow, reference))
    assert row.read_at is not None  # the contact person wrote it down


async def test_a_question_is_closed_without_an_answer(desk, case):
    await send(desk, case, "spoerg", whom="politi:", question="Må de?")
    await send(desk, case, "spoerg/1/luk", **{"close-1": "Ikke længere nødvendigt"})
    assert "Lukket uden svar" in await desk.page(case)


@pytest.mark.parametrize(
    ("form", "fields", "said"),
    [
        ("spoerg", {"whom": "", "question": "Støjer det?"}, "Vælg, hvem du vil spørge"),
        ("spoerg", {"whom": "miljoe:", "question": " "}, "Skriv, hvad du vil vide"),
        ("spoerg", {"whom": "plan:mille-miljoe", "question": "Støjer det?"}, "arbejder ikke med plan"),
        ("spoerg", {"whom": "sludder:", "question": "Støjer det?"}, "findes ikke"),
        ("note", {"note": ""}, "Skriv noten"),
        ("giv-videre", {"person": "", "handover_why": "ferie"}, "Vælg, hvem der skal have sagen"),
        ("giv-videre", {"person": "mille-miljoe", "handover_why": ""}, "hvorfor sagen gives videre"),
        ("giv-videre", {"person": "bo-byg", "handover_why": "x"}, "har allerede sagen"),
        ("giv-tilbage", {"return_why": ""}, "hvorfor du giver sagen tilbage"),
        ("screening", {"ready": ""}, "Vælg den dag"),
        ("screening", {"ready": "2020-01-01"}, "allerede gået"),
        ("afslag", {"refusal": "Nej.", "offer": ""}, "Et afslag står aldrig alene"),
        ("afslag", {"refusal": "", "offer": "Ring."}, "Skriv afslaget"),
        ("afslut", {"outcome": "", "how_known": "x"}, "Vælg, hvordan sagen endte"),
        ("afslut", {"outcome": "helped", "how_known": ""}, "hvor du ved fra"),
        ("afslut", {"outcome": "helped", "how_known": "Sagt i telefonen"}, "Sagen kan ikke gå fra"),
        ("traek-tilbage", {"withdraw_why": ""}, "hvad virksomheden har sagt"),
        ("genaabn", {"reopen_why": ""}, "Sagen kan ikke gå fra"),
        ("tjekliste", {"checklist_shown": "1"}, "allerede gjort"),
        ("spoerg/1/svar", {"answer-1": "x"}, ""),
    ],
)
async def test_what_cannot_be_saved_is_said_and_nothing_typed_is_lost(desk, case, form, fields, said):
    response = await send(desk, case, form, **fields)
    page = await response.text()
    assert response.status == (422 if said else 404)
    assert said in page
    chosen = ("whom", "person", "outcome")
    typed = [words for name, words in fields.items() if words.strip() and name not in chosen]
    assert not said or [words for words in typed if words not in page] == []


# --- notes --------------------------------------------------------------------------------------------------


async def test_a_note_is_for_colleagues_and_never_on_the_page_of_the_business(
    client, desk, case, parts, reference, chat
):
    await send(desk, case, "note", note="Ejeren er svær at få fat på. CPR 010190-1234.")
    page = await desk.page(case)
    assert "Ejeren er svær at få fat på" in page
    assert "010190-1234" not in page
    assert "svær at få fat på" not in await (await client.get(await link_of(parts, reference))).text()
    assert "svær at få fat på" not in str(await chat.read())


async def test_a_note_disturbs_nobody_who_is_writing(desk, case, parts):
    page = await desk.page(case)
    await send(desk, case, "note", note="En note")
    assert (await send(desk, case, "note", page, note="En note til")).status == 200
    assert (await send(desk, case, "svar", page, text="Et svar")).status == 200
    async with parts.database.reading() as uow:
        assert await uow.session.scalar(select(func.count()).select_from(Note)) == 2


# --- two at once --------------------------------------------------------------------------------------------


async def test_two_plans_at_once_do_not_overwrite_each_other(desk, case, parts, reference):
    page = await desk.page(case)
    await send(desk, case, "plan", page, **PLAN)
    response = await send(desk, case, "plan", page, **{**PLAN, "steps": "Min egen plan"})
    assert response.status == 409
    assert "Min egen plan" in await response.text()
    async with parts.database.reading() as uow:
        versions = await plan_versions(uow, await tickets.by_reference(uow, reference))
    assert [tuple(version.steps) for version in versions][-1] == ("Startmøde", "Ansøgning")


async def test_two_replies_at_once_are_told_also_when_the_first_answer_was_given(desk, case):
    await send(desk, case, "svar", text="Vi kigger på det.")
    page = await desk.page(case)
    await send(desk, case, "svar", page, text="Den første")
    response = await send(desk, case, "svar", page, text="Den anden")
    assert response.status == 409


async def test_who_was_too_late_reads_what_happened_meanwhile(desk, case):
    page = await desk.page(case)
    await send(desk, case, "niveau", page, level="medium", why="Kun ét skilt")
    response = await send(desk, case, "svar", page, text="Mit lange svar", seen=hidden(page, "seen"))
    alert = (await response.text()).partition('role="alert"')[2].partition("<nav")[0]
    assert "Det er sket imens" in alert
    assert "Bo Byggesen: Ændret niveau" in alert


async def test_a_page_that_stands_open_hears_of_a_change(client, desk, case):
    page = await desk.page(case)
    address = re.search(r'hx-get="([^"]+aendret[^"]+)"', page)[1].replace("&amp;", "&")
    assert (await client.get(address)).status == 204
    await send(desk, case, "svar", text="Hej.")
    response = await client.get(address)
    assert response.status == 200
    assert "Bo Byggesen: Svar sendt til virksomheden" in await response.text()


# --- whose it is --------------------------------------------------------------------------------------------


async def test_a_case_is_handed_over_and_the_business_hears(desk, case, parts, reference, chat):
    await send(desk, case, "giv-videre", person="mille-miljoe", handover_why="Det er en miljøsag.")
    ticket = await stored(parts, reference)
    assert (ticket.contact_person, ticket.assignment_reason) == ("mille-miljoe", "Det er en miljøsag.")
    assert "Mille Grønfelt er nu din kontaktperson" in (await chat.read())[-1]["text"]


async def test_a_case_given_back_gets_the_next_contact_person_at_once(desk, case, parts, reference):
    await send(desk, case, "giv-tilbage", return_why="Jeg kender ejeren privat.")
    assert (await stored(parts, reference)).contact_person != "bo-byg"


# --- screening and the end ----------------------------------------------------------------------------------


async def test_screening_tells_the_business_what_is_missing_and_when(desk, case, parts, reference, chat):
    await send(desk, case, "screening/begynd")
    assert (await stored(parts, reference)).status == "screening"
    await send(desk, case, "screening", ready="2026-12-18", **{"lacks-0": "1"})
    ticket = await stored(parts, reference)
    assert ticket.missing == ticket.checklist[:1]
    assert ticket.screened_at is not None
    assert any("Vi har set din henvendelse igennem" in message["text"] for message in await chat.read())
    assert "Ikke screenet endnu" not in await desk.page(case)


async def test_an_answered_case_is_closed_as_helped_and_the_business_is_asked(desk, case, parts, reference):
    await answered(desk, case)
    await send(desk, case, "afslut", outcome="helped", how_known="Sagt i telefonen")
    ticket = await stored(parts, reference)
    assert (ticket.status, ticket.outcome) == ("closed", "helped")
    async with parts.database.reading() as uow:
        assert isinstance(await survey_of(uow, ticket), Survey)


async def test_a_refusal_is_not_closed_before_dialogue_was_offered(desk, case, parts, reference):
    await answered(desk, case)
    response = await send(desk, case, "afslut", outcome="refused", how_known="Sagt i telefonen")
    assert response.status == 422
    assert "tilbudt en dialog" in await response.text()
    assert (await stored(parts, reference)).status == "answered"


async def test_a_refusal_goes_out_with_its_offer_and_is_then_closed(desk, case, parts, reference, chat):
    await send(desk, case, "plan", **PLAN)
    await send(desk, case, "afslag", refusal="Lokalplanen siger nej.", offer="Ring, så ser vi på Havnevej.")
    assert "Lokalplanen siger nej.\n\nRing, så ser vi på Havnevej." in (await chat.read())[-1]["text"]
    await send(desk, case, "afslut", outcome="refused", how_known="De har fundet et andet sted")
    assert (await stored(parts, reference)).status == "closed"


async def test_a_case_is_withdrawn_and_opened_again_with_new_deadlines(desk, case, parts, reference, clock):
    await send(desk, case, "traek-tilbage", withdraw_why="De bygger ikke alligevel")
    assert (await stored(parts, reference)).status == "withdrawn"
    clock.forward(hours=2)
    before = (await stored(parts, reference)).answer_due
    clock.forward(days=1)
    await desk.log_in()
    await send(desk, case, "genaabn", reopen_why="De ringede")
    ticket = await stored(parts, reference)
    assert ticket.status == "reopened"
    assert ticket.answer_due > before


# --- long cases ---------------------------------------------------------------------------------------------


async def test_a_long_case_stays_light_and_everything_in_it_can_be_reached(desk, case, parts, reference, chat):
    async with parts.database.writing() as uow:
        ticket = await tickets.by_reference(uow, reference)
        conversation = await conversations.locked(uow, chat.id)
        for number in range(120):
            text = f"besked-{number:03} " + "ø" * 1000
            await conversations.say(uow, conversation, "bot", Utterance(text), parts.now())
            history.record(uow, ticket, parts.now(), "bo", "replied", why=f"linje-{number:03} " + "æ" * 300)
        await uow.commit()
    page = await desk.page(case)
    assert "besked-119" in page
    assert "besked-010" not in page
    found, address = set(), case
    while address:
        page = await desk.page(address)
        assert len(page.encode()) < LARGEST
        found |= set(re.findall(r"besked-\d{3}", page))
        earlier = re.search(r'href="(\?samtale=\d+)#', page)
        address = f"{case}{earlier[1]}" if earlier else ""
    assert len(found) == 120
    page = await desk.page(case)
    assert "linje-119" in page
    earlier = re.search(r'href="(\?historik=\d+)#', page)
    assert "linje-085" in await desk.page(f"{case}{earlier[1]}")
