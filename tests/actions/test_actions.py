"""The custom actions, called as Rasa calls them, on a real database."""

import asyncio

import pytest

from actions.base import OfficeAction
from actions.context import Parts
from knowledge import load
from office import history, tickets
from office.intake import Facts
from tests.actions.conftest import NOW, outcome_of, question

EXPANSION = "vi vil udvide vores produktionshal på Industrivej med 800 m2"


async def test_an_answer_is_the_articles_own_words_and_names_it(dialogue):
    said = await dialogue.run(
        "action_answer", "må jeg klippe hår hjemme?", "answer", **question("frisoer-i-egen-bolig")
    )
    assert said[0]["text"] == load().articles["frisoer-i-egen-bolig"].summary
    assert said[0]["custom"]["article"] == "frisoer-i-egen-bolig"
    assert outcome_of(said) == {"kind": "answer", "articles": ["frisoer-i-egen-bolig"], "confidence": 0.9}


async def test_two_questions_get_two_answers_in_one_outcome(dialogue):
    two = {"questions": question("naeringsbrev")["questions"] + question("momsregistrering")["questions"]}
    said = await dialogue.run("action_answer", "næringsbrev og moms?", "answer", **two)
    assert [m["custom"].get("article") for m in said[:2]] == ["naeringsbrev", "momsregistrering"]
    assert outcome_of(said)["articles"] == ["naeringsbrev", "momsregistrering"]


async def test_an_unclear_question_offers_titles_to_choose_from_and_the_way_on(dialogue):
    said = await dialogue.run(
        "action_answer", "gebyr?", "answer", **question("byggesag-gebyr", "e-faktura", decision="clarify")
    )
    assert outcome_of(said) == {"kind": "clarify", "articles": ["byggesag-gebyr", "e-faktura"]}
    assert [b["title"] for b in said[0]["buttons"]] == [
        load().articles["byggesag-gebyr"].title,
        load().articles["e-faktura"].title,
        "Ingen af dem",
    ]


async def test_an_english_question_is_answered_in_english(dialogue):
    said = await dialogue.run(
        "action_answer", "do i need a trade licence?", "answer", **{**question("naeringsbrev"), "language": "en"}
    )
    assert said[0]["text"] == load().articles["naeringsbrev"].english.summary


async def test_a_polish_question_is_answered_in_english_with_a_line_in_polish_once(dialogue):
    polish = {**question("naeringsbrev"), "language": "pl"}
    first = await dialogue.run("action_answer", "czy potrzebuję zezwolenia na sklep?", "answer", **polish)
    second = await dialogue.run("action_answer", "a ile to kosztuje w gminie?", "answer", **polish)
    assert "po polsku" in first[0]["text"]
    assert second[0]["text"] == load().articles["naeringsbrev"].english.summary


async def test_a_follow_up_is_answered_from_the_article_in_focus(dialogue):
    await dialogue.run("action_answer", "hvad med bevilling?", "answer", **question("alkoholbevilling"))
    said = await dialogue.run("action_follow_up", "hvad koster det?", "follow_up", follow_up="price")
    assert said[0]["text"] == load().articles["alkoholbevilling"].follow_up["price"]


async def test_a_follow_up_without_a_topic_asks_for_one(dialogue):
    said = await dialogue.run("action_follow_up", "hvad koster det?", "follow_up", follow_up="price")
    assert outcome_of(said) == {"kind": "unsure"}


async def test_an_inquiry_is_announced_with_level_areas_and_reasons_and_asks_for_the_rest(dialogue):
    said = await dialogue.run("action_open_case", EXPANSION, "case", cases=[["udvidelse-produktionshal", 0.9]])
    outcome = outcome_of(said)
    assert (outcome["kind"], outcome["type"], outcome["level"]) == ("case", "udvidelse-produktionshal", "complex")
    assert "byggesag" in outcome["areas"]
    assert dialogue.followed_by() == "intake_form"


async def test_a_whole_intake_ends_in_a_saved_ticket_that_is_then_spoken_of(dialogue):
    await dialogue.run("action_open_case", EXPANSION, "case", cases=[["udvidelse-produktionshal", 0.9]])
    await dialogue.answer_form("company", "Metalværkstedet Nul ApS, Lise Holm")
    await dialogue.answer_form("contact_way", "lise@nul.example")
    assert await dialogue.tickets() == []
    said = await dialogue.run("action_finish_intake", "lise@nul.example")
    (ticket,) = await dialogue.tickets()
    assert (ticket.company, ticket.contact_name, ticket.email) == (
        "Metalværkstedet Nul ApS",
        "Lise Holm",
        "lise@nul.example",
    )
    assert said[0]["custom"]["ticket"] == ticket.reference
    assert dialogue.followed_by() == "details_form"


async def test_what_the_first_message_says_is_not_asked_again(dialogue):
    text = "Vi vil udvide hallen på Industrivej 12. Mvh Lise Holm, Metalværkstedet Nul ApS, tlf. 00 00 11 22"
    await dialogue.run("action_open_case", text, "case", cases=[["udvidelse-produktionshal", 0.9]])
    assert dialogue.followed_by() == "action_finish_intake"


async def test_a_question_in_the_middle_is_answered_and_the_form_goes_on(dialogue):
    await dialogue.run("action_open_case", EXPANSION, "case", cases=[["udvidelse-produktionshal", 0.9]])
    said = await dialogue.answer_form("company", "hvad koster en byggesag?", "answer", **question("byggesag-gebyr"))
    assert said[0]["custom"]["article"] == "byggesag-gebyr"
    assert dialogue.slots["company"] is None
    asked = await dialogue.run("action_ask_company", "")
    assert [m["response"] for m in asked] == ["utter_back_to_intake", "utter_ask_company"]


async def test_who_gives_name_and_mail_first_is_asked_for_the_business_alone(dialogue):
    await dialogue.run("action_open_case", EXPANSION, "case", cases=[["udvidelse-produktionshal", 0.9]])
    await dialogue.answer_form("company", "Lise Nul, lise@nul.example")
    asked = await dialogue.run("action_ask_company", "")
    assert [m["response"] for m in asked] == ["utter_ask_company_alone"]
    await dialogue.answer_form("company", "Metalværkstedet Nul")
    assert dialogue.slots["company"] == "Metalværkstedet Nul"
    assert dialogue.slots["contact_name"] == "Lise Nul"


@pytest.mark.parametrize("step", ["company", "contact_name", "contact_way"])
async def test_why_is_explained_at_every_step(dialogue, step):
    await dialogue.run("action_open_case", EXPANSION, "case", cases=[["udvidelse-produktionshal", 0.9]])
    said = await dialogue.answer_form(step, "hvorfor?", "why")
    assert said[0]["response"] == f"utter_why_{step}"
    assert dialogue.slots[step] is None


@pytest.mark.parametrize("step", ["company", "contact_name", "contact_way"])
async def test_cancel_at_every_step_saves_nothing_and_says_so(dialogue, step):
    await dialogue.run("action_open_case", EXPANSION, "case", cases=[["udvidelse-produktionshal", 0.9]])
    said = await dialogue.answer_form(step, "fortryd", "cancel")
    assert said[0]["response"] == "utter_intake_cancelled"
    assert dialogue.slots["requested_slot"] is None
    assert await dialogue.run("action_finish_intake", "fortryd") == []
    assert await dialogue.tickets() == []


@pytest.mark.parametrize("step", ["company", "contact_name", "contact_way"])
async def test_a_wish_for_a_person_is_heard_at_every_step(dialogue, step):
    await dialogue.run("action_open_case", EXPANSION, "case", cases=[["udvidelse-produktionshal", 0.9]])
    said = await dialogue.answer_form(step, "jeg vil tale med et menneske", "human")
    assert outcome_of(said) == {"kind": "human"}


@pytest.mark.parametrize("step", ["company", "contact_name"])
async def test_what_is_optional_can_be_skipped(dialogue, step):
    await dialogue.run("action_open_case", EXPANSION, "case", cases=[["udvidelse-produktionshal", 0.9]])
    await dialogue.answer_form(step, "spring over", "skip")
    assert dialogue.slots[step] == "-"


async def test_the_way_to_be_reached_cannot_be_skipped_and_it_says_why(dialogue):
    await dialogue.run("action_open_case", EXPANSION, "case", cases=[["udvidelse-produktionshal", 0.9]])
    said = await dialogue.answer_form("contact_way", "spring over", "skip")
    assert said[0]["response"] == "utter_contact_way_needed"
    assert dialogue.slots["contact_way"] is None


async def test_a_slip_is_corrected_in_the_form(dialogue):
    await dialogue.run("action_open_case", EXPANSION, "case", cases=[["udvidelse-produktionshal", 0.9]])
    await dialogue.answer_form("company", "Sol Café, 28 55 61 07")
    await dialogue.answer_form("contact_name", "hov, det skulle være 28 55 61 70", "correct")
    assert dialogue.slots["contact_way"] == "28556170"
    assert dialogue.slots["contact_name"] is None


async def test_a_correction_after_the_ticket_changes_the_ticket_and_its_history(dialogue):
    await dialogue.run("action_human", "kan I ringe til mig på 28 55 61 07? Roberto her", "human")
    await dialogue.run("action_finish_intake", "")
    said = await dialogue.run("action_correct", "jeg skrev forkert, altså 28 55 61 70", "correct")
    (ticket,) = await dialogue.tickets()
    assert ticket.phone == "28556170"
    assert said[0]["response"] == "utter_ticket_corrected"
    async with dialogue.database.reading() as uow:
        last = (await history.history_of(uow, ticket))[-1]
    assert (last.field, last.old, last.new) == ("phone", "28556107", "28556170")


async def test_who_stays_anonymous_gets_no_ticket_and_no_blame(dialogue):
    await dialogue.run("action_human", "kan I undersøge noget?", "human")
    said = await dialogue.answer_form(
        "company", "Nej, jeg vil ikke sige, hvem jeg er, heller ikke mail eller telefon.", "deny"
    )
    assert said[0]["response"] == "utter_intake_refused"
    assert await dialogue.tickets() == []


async def test_the_gateway_is_told_when_a_person_is_asked_for_in_so_many_words(dialogue):
    asked = await dialogue.run("action_human", "er der nogen jeg kan tale med", "human")
    again = await dialogue.answer_form("company", "jeg vil tale med et menneske", "human")
    plain = await dialogue.answer_form("company", "Nul ApS")
    told = [any(m["custom"].get("wants_person") for m in said) for said in (asked, again, plain)]
    assert told == [True, True, False]


async def test_details_are_added_to_the_ticket_one_by_one(dialogue):
    text = "Vi vil udvide hallen på Industrivej 12. Mvh Lise Holm, Metalværkstedet Nul ApS, tlf. 00 00 11 22"
    await dialogue.run("action_open_case", text, "case", cases=[["udvidelse-produktionshal", 0.9]])
    await dialogue.run("action_finish_intake", text)
    first = load().cases["udvidelse-produktionshal"].questions[0]
    dialogue.slots["requested_slot"] = "details"
    await dialogue.run("validate_details_form", "omkring 800", "nlu_fallback")
    (ticket,) = await dialogue.tickets()
    assert ticket.details == {first.ask: "omkring 800"}


async def test_the_address_is_asked_for_once_the_case_is_safe_and_goes_on_the_ticket(dialogue):
    await dialogue.run("action_open_case", EXPANSION, "case", cases=[["udvidelse-produktionshal", 0.9]])
    await dialogue.answer_form("company", "Metalværkstedet Nul ApS, Lise Holm, 00 00 11 22")
    await dialogue.run("action_finish_intake", "")
    asked = await dialogue.run("action_ask_details", "")
    assert asked[-1]["text"] == "Hvilken adresse handler det om?"
    dialogue.slots["requested_slot"] = "details"
    await dialogue.run("validate_details_form", "ja, det passer", "affirm")
    await dialogue.run("validate_details_form", "det er Industrivej 12", "nlu_fallback")
    (ticket,) = await dialogue.tickets()
    assert ticket.address == "Industrivej 12"


async def test_after_hours_the_wish_for_a_person_hears_when_the_office_opens(dialogue):
    dialogue_parts = OfficeAction.parts
    OfficeAction.parts = Parts(dialogue_parts.knowledge, dialogue_parts.database, lambda: NOW.replace(hour=20))
    said = await dialogue.run("action_human", "er der nogen jeg kan tale med", "human")
    assert said[0]["response"] == "utter_human_closed"
    assert "25. november 2026 kl. 09.00" in said[0]["opening"]


async def test_a_number_from_elsewhere_opens_nothing(dialogue):
    said = await dialogue.run("action_status", "hvordan går det med EK-2026-000777?", "status")
    assert said[0]["response"] == "utter_status_elsewhere"
    assert "ticket" not in said[0]["custom"]


async def test_the_status_of_a_case_whose_person_has_left_is_told_in_the_name_of_the_office(dialogue):
    async with dialogue.database.writing() as uow:
        inquiry = tickets.Inquiry(dialogue.conversation_id, EXPANSION, Facts(phone="00001122"))
        ticket = await tickets.open_ticket(uow, load(), inquiry, NOW)
        ticket.contact_person = "har-forladt-os"
        await uow.commit()
    said = await dialogue.run("action_status", "hvordan går det med min sag?", "status")
    assert said[0]["person"] == load().office.name


async def test_a_form_whose_case_the_gateway_opened_meanwhile_ends_and_tells_of_it(dialogue):
    await dialogue.run("action_open_case", EXPANSION, "case", cases=[["udvidelse-produktionshal", 0.9]])
    async with dialogue.database.writing() as uow:
        inquiry = tickets.Inquiry(dialogue.conversation_id, EXPANSION, Facts(phone="00001122"), message_id=99)
        opened = await tickets.open_ticket(uow, load(), inquiry, NOW, actor="gateway")
        await uow.commit()
    said = await dialogue.answer_form("contact_way", "00 00 11 22")
    assert said[0]["custom"]["ticket"] == opened.reference
    assert dialogue.slots["requested_slot"] is None
    assert await dialogue.run("action_finish_intake", "") == []
    assert len(await dialogue.tickets()) == 1


async def test_an_action_that_fails_is_heard_and_says_nothing(dialogue):
    OfficeAction.parts = Parts(load(), None, lambda: NOW)
    with pytest.raises(AttributeError):
        await dialogue.run("action_finish_intake", "")


async def test_an_action_that_hangs_is_given_up_in_time(dialogue, monkeypatch):
    async def forever(self, turn):
        await asyncio.sleep(60)

    monkeypatch.setattr("actions.talking.ActionTalk.answer", forever)
    monkeypatch.setattr(OfficeAction, "time_limit", 0.05)
    with pytest.raises(TimeoutError):
        await dialogue.run("action_talk", "hej", "greet")
