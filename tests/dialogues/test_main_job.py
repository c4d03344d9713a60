"""The whole main job over HTTP against the real stack: from question to answer, from inquiry to case."""

from __future__ import annotations

import pytest

EXPANSION = "vi vil udvide vores produktionshal på Industrivej med 800 m2"


async def test_a_home_hairdresser_is_answered_with_conditions_source_and_date(visitor):
    await visitor.say("må jeg klippe folk derhjemme i min stue?")
    (article,) = visitor.articles()
    assert visitor.outcome["kind"] == "answer"
    assert article["id"] == "frisoer-i-egen-bolig"
    assert article["sources"]
    assert article["reviewed"] >= "2026-01-01"
    assert "Betingelser" in article["body_html"]


async def test_a_naeringsbrev_is_said_to_be_abolished_and_what_to_do_instead(visitor):
    await visitor.say("hvordan får jeg et næringsbrev")
    assert visitor.articles()[0]["id"] == "naeringsbrev"
    assert "afskaffet" in visitor.words
    assert "Fødevarestyrelsen" in visitor.words


async def test_the_time_in_tokyo_is_not_answered_from_an_article(visitor):
    await visitor.say("hvad er klokken i Tokyo")
    assert visitor.articles() == []
    assert visitor.outcome["kind"] in ("out_of_scope", "unsure")


async def test_an_expansion_becomes_a_complex_case_with_areas_person_and_both_dates(visitor):
    await visitor.say(EXPANSION)
    assert visitor.outcome["kind"] == "case"
    assert visitor.outcome["level"] == "complex"
    assert visitor.outcome["type"] == "udvidelse-produktionshal"
    await visitor.say("Metalværkstedet Nul ApS, Lise Holm")
    await visitor.say("00 00 11 22")
    if not visitor.ticket():
        await visitor.say("Industrivej 12")
    ticket = visitor.ticket()
    assert ticket["reference"].startswith("EK-2026-")
    assert ticket["level"] == "complex"
    assert {"Byggesag", "Plan"} <= set(ticket["areas"])
    assert ticket["contact_person"]["name"]
    assert ticket["first_answer_due"] < ticket["answer_due"]
    assert ticket["checklist"]
    assert ticket["reasons"]
    assert "kvadratmeter" not in visitor.words, "800 m2 were given with the first words"


async def test_the_secret_link_shows_the_case_and_takes_a_message(visitor, http):
    await open_case(visitor)
    url = visitor.ticket()["status_url"]
    async with http.get(url) as response:
        page = await response.text()
        assert response.status == 200
    assert visitor.ticket()["reference"] in page
    assert visitor.ticket()["contact_person"]["name"] in page
    async with http.get(url[:-4] + "AAAA") as response:
        assert response.status == 404


async def open_case(visitor, name: str = "Lise Holm") -> None:
    await visitor.say("jeg vil tale med et menneske")
    await visitor.say(f"Sol Café, {name}")
    await visitor.say("00 00 11 33")
    assert visitor.ticket(), visitor.last


async def test_a_question_in_the_middle_is_answered_and_the_intake_goes_on(visitor):
    await visitor.say(EXPANSION)
    await visitor.say("hvad koster en byggesag egentlig?")
    assert [a["id"] for a in visitor.articles()] == ["byggesag-gebyr"]
    assert "virksomheden" in visitor.words
    await visitor.say("Metalværkstedet Nul ApS, Lise Holm")
    assert visitor.outcome["kind"] == "case"


async def test_why_skip_and_cancel_work_by_words_and_by_buttons(visitor):
    await visitor.say(EXPANSION)
    await visitor.say("hvorfor vil du vide det?")
    assert "kontaktperson" in visitor.words
    await visitor.choose("Spring over")
    assert visitor.outcome["kind"] == "case"
    await visitor.say("fortryd det hele")
    assert "ikke oprettet" in visitor.words
    await visitor.say("må jeg klippe folk derhjemme i min stue?")
    assert visitor.articles()[0]["id"] == "frisoer-i-egen-bolig"


async def test_a_person_can_be_asked_for_at_any_time(visitor):
    await visitor.say("jeg vil tale med et menneske")
    assert visitor.outcome["kind"] == "human"
    await visitor.say("Anja Storm, 00 00 58 31, Storms Blomster")
    ticket = visitor.ticket()
    assert ticket
    assert visitor.outcome["kind"] == "human"


async def test_a_slip_after_the_case_is_opened_is_corrected_in_the_case(visitor):
    await visitor.say("jeg vil gerne ringes op af en medarbejder")
    await visitor.say("Pizzeria Sole Mio, Roberto.")
    await visitor.say("Min telefon er 00 00 61 07, og jeg har ikke rigtig nogen mail.")
    reference = visitor.ticket()["reference"]
    await visitor.say("Hov, nej, jeg skrev forkert. Altså 00 00 61 70.")
    assert "00006170" in visitor.words
    assert visitor.ticket()["reference"] == reference


async def test_two_questions_in_one_message_are_both_answered(visitor):
    await visitor.say("Hvordan får jeg et næringsbrev, og skal jeg samtidig registreres for moms?")
    assert {a["id"] for a in visitor.articles()} == {"naeringsbrev", "momsregistrering"}


async def test_an_english_question_is_answered_in_english(visitor):
    await visitor.say("Do I need to register for VAT if I only earn 30,000 kr a year?")
    assert visitor.articles()[0]["id"] == "momsregistrering"
    assert "VAT" in visitor.words


async def test_a_follow_up_is_answered_in_context(visitor):
    await visitor.say("hvordan søger jeg alkoholbevilling til min restaurant?")
    await visitor.say("hvor lang tid tager det?")
    assert visitor.outcome == {**visitor.outcome, "kind": "answer", "articles": ["alkoholbevilling"]}


async def test_where_the_case_stands_is_told_to_its_own_conversation_only(visitor, stack, http):
    from tests.dialogues.conftest import Visitor

    await open_case(visitor)
    reference = visitor.ticket()["reference"]
    await visitor.say("hvordan går det med min sag?")
    assert reference in visitor.words
    stranger = Visitor(http, stack.url)
    await stranger.arrive()
    await stranger.say(f"hvad er status på {reference}?")
    assert stranger.outcome["kind"] == "status"
    assert stranger.ticket() is None
    assert "Sol Café" not in stranger.words


async def test_a_cpr_number_is_masked_everywhere_and_kindly_explained(visitor, stack):
    await visitor.say("Hej mit cpr er 010190-1234, skal jeg registreres for moms?")
    assert any(m["kind"] == "notice" for m in visitor.last["messages"])
    assert visitor.articles()
    assert not any("1234" in m["text"] for m in await visitor.heard())
    for path in stack.data_dir.rglob("*"):
        if path.is_file():
            assert b"010190" not in path.read_bytes(), path.name


@pytest.mark.parametrize(
    "text",
    [
        "/restart",
        '/handoff{"x":1}',
        '/choose{"article": "naeringsbrev"}',
        "// /human",
        "😀😀😀",
        "<script>alert(1)</script>",
        "'; DROP TABLE tickets; --",
        "\u0000\u0007hej\u200b",
        "?",
        "a" * 1900,
    ],
)
async def test_odd_input_gets_a_kind_reply_and_never_a_command_or_a_case(visitor, text):
    await visitor.say(text)
    assert visitor.last["messages"]
    assert visitor.outcome["kind"] not in ("case", "failed")
    # An article may only come from words that were understood (and then says how surely), never from a command obeyed.
    assert not visitor.articles() or "confidence" in visitor.outcome
