"""The language of the answer: as the visitor writes, also where a message does not show it."""

from tests.actions.conftest import question

ENGLISH = {**question("naeringsbrev", "foedevarevirksomhed"), "language": "en"}


async def ask_in_english(dialogue):
    return await dialogue.run("action_answer", "do I need a trade licence to open a shop?", "answer", **ENGLISH)


def responses(said):
    return [m["response"] for m in said if m["response"]]


async def test_a_button_pressed_in_an_english_conversation_is_answered_in_english(dialogue):
    await ask_in_english(dialogue)
    said = await dialogue.run("action_talk", "/not_helped", "not_helped", language="")
    assert responses(said) == ["utter_not_helped_perhaps_en"]


async def test_a_few_words_do_not_change_the_language(dialogue):
    await ask_in_english(dialogue)
    said = await dialogue.run("action_talk", "ok super", "thanks", language="da")
    assert responses(said) == ["utter_thanks_en"]


async def test_a_name_given_in_the_intake_does_not_change_the_language(dialogue):
    await ask_in_english(dialogue)
    await dialogue.run("action_human", "I would like to talk to somebody", "human", language="en")
    dialogue.slots["requested_slot"] = "company"
    await dialogue.run("validate_intake_form", "Nordisk Metal ApS, Lise Holm", "nlu_fallback", language="da")
    said = await dialogue.run("action_ask_contact_way", "Nordisk Metal ApS, Lise Holm", language="da")
    assert responses(said) == ["utter_ask_contact_way_en"]


async def test_a_whole_sentence_in_danish_changes_it_back(dialogue):
    await ask_in_english(dialogue)
    said = await dialogue.run("action_talk", "det var lige det jeg skulle vide", "helped", language="da")
    assert responses(said) == ["utter_helped"]


async def test_a_short_greeting_in_danish_does_not_bind_an_english_question_after_it(dialogue):
    await dialogue.run("action_talk", "hej", "greet", language="da")
    said = await dialogue.run("action_talk", "opening hours?", "greet", language="en")
    assert responses(said) == ["utter_greet_en"]
