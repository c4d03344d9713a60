"""How the assistant goes on after an answer, over HTTP against the real stack: help, choices in words, follow-ups, manners."""

CAFE = "jeg vil åbne en café i en gammel butik, hvad skal jeg gøre først?"


def labels(visitor) -> list[str]:
    return [choice["label"] for message in visitor.last["messages"] for choice in message.get("choices") or []]


async def test_no_it_did_not_help_leads_by_words_to_a_neighbour_and_then_to_a_person(visitor):
    await visitor.say(CAFE)
    assert visitor.words.endswith("Hjalp det?")
    await visitor.say("nej, ikke rigtigt")
    offered = labels(visitor)
    assert offered[-1] == "Ingen af dem"
    await visitor.say("den første")
    assert visitor.articles()[0]["title"] == offered[0]
    await visitor.say("nej")
    assert visitor.outcome["kind"] == "unsure"
    await visitor.say("ja tak")
    assert visitor.outcome["kind"] == "human"


async def test_none_of_them_leads_on(visitor):
    await visitor.say(CAFE)
    await visitor.choose("Nej")
    await visitor.say("ingen af dem")
    assert "noget andet" in visitor.words
    assert labels(visitor) == ["Tal med en medarbejder"]


async def test_that_an_answer_helped_is_kept_with_the_question(visitor):
    await visitor.say(CAFE, client_message_id="cafe")
    await visitor.say("ja, det hjalp")
    assert visitor.outcome["kind"] == "smalltalk"
    await visitor.say(CAFE, client_message_id="cafe")
    assert visitor.outcome["helped"] is True


async def test_follow_ups_stay_with_the_article_in_focus(visitor):
    await visitor.say(CAFE)
    for text in ("hvad koster det?", "hvor lang tid tager det?", "og hvis jeg har en ansat?", "hvem bestemmer det?"):
        await visitor.say(text)
        assert visitor.outcome == {"kind": "answer", "articles": ["startpakke-cafe-restaurant"]}, text
        assert "Hjalp det?" not in visitor.words


async def test_the_start_package_is_a_checklist_across_authorities_that_can_be_printed(visitor, http):
    await visitor.say(CAFE)
    (article,) = visitor.articles()
    assert len({step["authority"] for step in article["steps"]}) >= 4
    async with http.get(article["checklist_url"]) as response:
        page = await response.text()
    assert all(step["when"] in page for step in article["steps"])


async def test_an_english_conversation_stays_english_when_buttons_are_pressed(visitor):
    await visitor.say("Do I need to register for VAT if I only earn 30,000 kr a year?")
    await visitor.choose("No")
    assert labels(visitor)[-1] == "None of them"
    await visitor.say("none of these")
    assert "something else" in visitor.words


async def test_abuse_is_met_with_dignity_and_a_person(visitor):
    await visitor.say("din dumme kasse")
    first = visitor.words
    await visitor.say("hold kæft din klaphat")
    assert visitor.outcome["kind"] == "refused"
    assert visitor.words != first
    assert labels(visitor) == ["Tal med en medarbejder"]
    await visitor.say("undskyld. tak for hjælpen")
    assert visitor.outcome["kind"] == "smalltalk"
