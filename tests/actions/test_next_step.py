"""After an answer: did it help, the neighbours, a person; and what "ja", "nej" and follow-ups mean in their place."""

import pytest

from knowledge import load
from tests.actions.conftest import outcome_of, question

ALCOHOL = question("alkoholbevilling", "lukketid", "udeservering")


def responses(said):
    return [m["response"] for m in said if m["response"]]


def topics(said):
    return [b["payload"] for m in said for b in m["buttons"] if b.get("means") == "topic"]


async def ask(dialogue, understood=ALCOHOL, **more):
    return await dialogue.run("action_answer", "skal jeg have bevilling?", "answer", **understood, **more)


async def test_the_first_answer_is_followed_by_one_question_whether_it_helped(dialogue):
    said = await ask(dialogue)
    assert responses(said) == ["utter_did_it_help"]
    assert [b["title"] for b in said[-1]["buttons"]] == ["Ja", "Nej", "Tal med en medarbejder"]
    assert said[0]["buttons"] == []


async def test_the_next_answers_are_not_followed_by_the_same_question(dialogue):
    asked = ["utter_did_it_help" in responses(await ask(dialogue)) for _ in range(5)]
    assert asked == [True, False, False, True, False]


async def test_an_answer_without_that_question_still_has_a_person_at_hand(dialogue):
    await ask(dialogue)
    said = await ask(dialogue)
    assert [b["payload"] for b in said[-1]["buttons"]] == ["/human"]


async def test_an_answer_to_what_may_be_a_concrete_matter_offers_the_case_instead(dialogue):
    said = await ask(
        dialogue,
        intents=[["answer", 0.6], ["case", 0.3]],
        cases=[["restaurant-med-alkohol-og-udeservering", 0.8]],
    )
    assert responses(said) == ["utter_offer_case"]
    assert said[-1]["buttons"][0]["means"] == "yes"


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        ("action_talk", "private_matter"),
        ("action_talk", "out_of_scope"),
        ("action_open_case", "case"),
        ("action_human", "human"),
        ("action_status", "status"),
        ("action_unsure", "nlu_fallback"),
    ],
)
@pytest.mark.parametrize(
    ("chance", "share", "offered"),
    [(0.2, 0.7, 1), (0.05, 0.7, 0), (0.2, 0.3, 0)],
    ids=["likely", "no question", "unclear"],
)
async def test_what_is_taken_for_something_else_but_may_be_a_question_comes_with_its_article(
    dialogue, action, kind, chance, share, offered
):
    said = await dialogue.run(
        action,
        "vi vil have et lysskilt på væggen",
        kind,
        intents=[[kind, 0.7], ["answer", chance]],
        articles=[["skilte-facader", share]],
        cases=[["mindre-byggeri-og-ombygning", 0.8]],
    )
    assert topics(said) == ['/choose{"article": "skilte-facader"}'] * offered


async def test_inside_an_intake_nothing_is_offered_beside_the_intakes_own_question(dialogue):
    dialogue.slots["requested_slot"] = "company"
    understood = {"intents": [["private_matter", 0.7], ["answer", 0.2]], "articles": [["skilte-facader", 0.7]]}
    assert topics(await dialogue.run("action_talk", "skilt", "private_matter", **understood)) == []


async def test_inside_an_intake_an_answer_is_followed_by_the_intakes_own_question_only(dialogue):
    dialogue.slots["requested_slot"] = "company"
    said = await ask(dialogue)
    assert responses(said) == []


@pytest.mark.parametrize("intent", ["helped", "affirm"])
async def test_yes_it_helped_is_noted(dialogue, intent):
    await ask(dialogue)
    said = await dialogue.run("action_talk", "ja da", intent)
    assert said[0]["custom"]["helped"] is True


@pytest.mark.parametrize("intent", ["not_helped", "deny"])
async def test_no_is_noted_and_offers_the_runners_up_and_related_articles(dialogue, intent):
    await ask(dialogue)
    said = await dialogue.run("action_talk", "næ ikke helt", intent)
    assert said[0]["custom"]["helped"] is False
    assert outcome_of(said)["articles"] == ["lukketid", "udeservering", "lejlighedstilladelse"]
    assert said[0]["buttons"][-1]["title"] == "Ingen af dem"


async def test_the_second_no_offers_a_person(dialogue):
    await ask(dialogue)
    await dialogue.run("action_talk", "nej", "not_helped")
    await dialogue.run("action_choose", entities=[{"entity": "article", "value": "lukketid"}])
    said = await dialogue.run("action_talk", "nej", "not_helped")
    assert said[0]["response"] == "utter_not_helped"
    assert [(b["payload"], b["means"]) for b in said[0]["buttons"]] == [("/human", "yes")]


async def test_a_runner_up_with_hardly_a_chance_is_no_neighbour(dialogue):
    far = {"questions": [{"text": "…", "decision": "answer", "articles": [["lukketid", 0.97], ["e-faktura", 0.01]]}]}
    await ask(dialogue, far)
    said = await dialogue.run("action_talk", "nej", "not_helped")
    assert "e-faktura" not in outcome_of(said)["articles"]


async def test_an_article_that_was_shown_is_not_offered_again(dialogue):
    await ask(dialogue, question("lukketid"))
    await ask(dialogue)
    said = await dialogue.run("action_talk", "nej", "not_helped")
    assert "lukketid" not in outcome_of(said)["articles"]


async def test_none_of_them_asks_for_other_words_or_a_person(dialogue):
    await ask(dialogue, question("alkoholbevilling", "lukketid", decision="clarify"))
    said = await dialogue.run("action_choose", entities=[{"entity": "article", "value": "none"}])
    assert said[0]["response"] == "utter_none_of_them"
    assert said[0]["buttons"][0]["means"] == "yes"


async def test_just_yes_to_several_titles_asks_which(dialogue):
    first = await ask(dialogue, question("alkoholbevilling", "lukketid", decision="clarify"))
    said = await dialogue.run("action_talk", "ja", "affirm")
    assert said[0]["response"] == "utter_which_of_them"
    assert topics(said) == topics(first)


async def test_yes_when_nothing_was_asked_is_only_a_yes(dialogue):
    said = await dialogue.run("action_talk", "ja", "affirm")
    assert said[0]["response"] == "utter_affirm"
    assert "helped" not in said[0]["custom"]


async def test_a_follow_up_while_the_topic_is_open_asks_which_instead_of_guessing(dialogue):
    await ask(dialogue)
    await ask(dialogue, question("byggesag-gebyr", "e-faktura", decision="clarify"))
    said = await dialogue.run("action_follow_up", "hvad koster det?", "follow_up", follow_up="price")
    assert said[0]["response"] == "utter_which_of_them"


@pytest.mark.parametrize(("share", "kind"), [(0.97, "answer"), (0.5, "clarify")])
async def test_what_sounds_like_a_follow_up_to_nothing_is_answered_when_its_topic_is_plain(dialogue, share, kind):
    likely = [["kontakt-aabningstider", share], ["lukketid", 0.01]]
    said = await dialogue.run("action_follow_up", "hvad er åbningstiderne fredag", "follow_up", articles=likely)
    assert outcome_of(said)["kind"] == kind
    assert outcome_of(said)["articles"][0] == "kontakt-aabningstider"


@pytest.mark.parametrize("key", ["price", "time", "apply", "documents", "who", "employees"])
async def test_every_usual_follow_up_is_answered_from_the_article(dialogue, key):
    await ask(dialogue)
    said = await dialogue.run("action_follow_up", "?", "follow_up", follow_up=key)
    assert said[0]["text"] == load().articles["alkoholbevilling"].follow_up[key]


async def test_any_other_follow_up_is_answered_with_the_passage_that_speaks_of_it(dialogue):
    await ask(dialogue)
    said = await dialogue.run("action_follow_up", "og hvis det er et selskab?", "follow_up", follow_up="other")
    assert said[0]["response"] == "utter_follow_up_passage"
    assert said[0]["passage"].startswith("Betingelser: I et selskab gælder kravene for ledelsen")
    assert outcome_of(said) == {"kind": "answer", "articles": ["alkoholbevilling"]}


async def test_a_follow_up_the_article_does_not_answer_is_said_so_and_handed_on(dialogue):
    await ask(dialogue)
    said = await dialogue.run("action_follow_up", "gælder det også på en båd?", "follow_up", follow_up="other")
    assert outcome_of(said) == {"kind": "unsure", "articles": ["alkoholbevilling"]}
    assert said[0]["buttons"][0]["means"] == "yes"


async def test_how_to_apply_comes_with_the_articles_links(dialogue):
    await ask(dialogue)
    said = await dialogue.run("action_follow_up", "hvor søger jeg?", "follow_up", follow_up="apply")
    assert said[0]["custom"]["article"] == "alkoholbevilling"


@pytest.mark.parametrize("text", ["uddyb lige", "vis hele svaret", "kan du sige lidt mere om det?"])
async def test_more_of_the_same_shows_the_whole_article(dialogue, text):
    await ask(dialogue)
    said = await dialogue.run("action_follow_up", text, "follow_up", follow_up="other")
    assert (said[0]["response"], said[0]["custom"]["article"]) == ("utter_follow_up_more", "alkoholbevilling")


async def test_what_it_costs_without_a_topic_is_no_question_about_an_article_that_has_the_word(dialogue):
    near = [["byggesag-gebyr", 0.6], ["alkoholbevilling", 0.1]]
    said = await dialogue.run("action_follow_up", "hvad koster det?", "follow_up", follow_up="price", articles=near)
    assert said[0]["response"] == "utter_follow_up_without_topic"


async def test_a_follow_up_that_names_another_topic_asks_whether_it_is_that(dialogue):
    await ask(dialogue, question("startpakke-cafe-restaurant"))
    near = [["skilte-facader", 0.5], ["alkoholbevilling", 0.2]]
    said = await dialogue.run("action_follow_up", "og hvad med skilte?", "follow_up", follow_up="other", articles=near)
    assert said[0]["response"] == "utter_clarify_one"
    assert topics(said) == ['/choose{"article": "skilte-facader"}']


async def test_a_follow_up_without_a_topic_that_names_one_is_taken_for_a_question_about_it(dialogue):
    near = [["skilte-facader", 0.5], ["lokalplan", 0.1], ["momsregistrering", 0.1]]
    said = await dialogue.run("action_follow_up", "hvad med skilte?", "follow_up", follow_up="other", articles=near)
    assert outcome_of(said)["kind"] == "clarify"
    assert outcome_of(said)["articles"][0] == "skilte-facader"
    assert "momsregistrering" not in outcome_of(said)["articles"]


async def test_abuse_is_met_calmly_twice_and_never_with_the_same_words(dialogue):
    first = await dialogue.run("action_talk", "klaphat", "abuse")
    second = await dialogue.run("action_talk", "klaphat", "abuse")
    assert (responses(first), responses(second)) == (["utter_abuse"], ["utter_abuse_again"])
    assert second[0]["phone"] == load().office.phone


async def test_a_new_beginning_forgets_the_topic(dialogue):
    await ask(dialogue)
    await dialogue.run("action_talk", "forfra", "start_over")
    said = await dialogue.run("action_follow_up", "hvad koster det?", "follow_up", follow_up="price")
    assert said[0]["response"] == "utter_follow_up_without_topic"
