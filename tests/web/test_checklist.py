"""The steps of a start package in the chat and as a page to print."""

from tests.web.standin_engine import answer


async def article_of(chat, engine, article, language="da"):
    engine.replies = [answer(article=article, language=language)]
    (message,) = (await chat.say("hvordan starter jeg?"))["messages"]
    return message["article"]


async def page(client, path):
    response = await client.get(path)
    return response.status, await response.text()


async def test_an_answer_brings_the_steps_in_order_and_the_address_of_the_page(chat, engine, client):
    article = await article_of(chat, engine, "frisoer-i-egen-bolig")
    assert article["steps"] == [
        {
            "step": "Tjek lokalplanen",
            "authority": "Kommunen (plan)",
            "when": "Før du begynder",
            "link": {"text": "Slå lokalplanen op", "url": "https://www.plandata.dk"},
        },
        {"step": "Få ejerens ja", "authority": "Udlejeren", "when": "Før du bygger om"},
    ]
    assert article["checklist_url"] == str(client.make_url("/tjekliste/frisoer-i-egen-bolig"))


async def test_an_answer_in_english_brings_english_steps_and_page(chat, engine, client):
    article = await article_of(chat, engine, "frisoer-i-egen-bolig", "en")
    assert article["steps"][0]["step"] == "Check the local plan"
    status, text = await page(client, article["checklist_url"].removeprefix(str(client.make_url("/")).rstrip("/")))
    assert status == 200
    assert "Check the local plan" in text


async def test_an_article_without_steps_brings_none(chat, engine):
    article = await article_of(chat, engine, "haek-i-skel")
    assert "steps" not in article
    assert "checklist_url" not in article


async def test_the_page_has_every_step_with_authority_time_and_link_and_a_box_to_tick(client):
    status, text = await page(client, "/tjekliste/frisoer-i-egen-bolig")
    assert status == 200
    for words in ("Tjek lokalplanen", "Kommunen (plan)", "Før du begynder", "https://www.plandata.dk", "Få ejerens ja"):
        assert words in text
    assert text.count('type="checkbox"') == 2


async def test_the_page_is_danish_when_another_language_is_asked_for(client):
    _, text = await page(client, "/tjekliste/frisoer-i-egen-bolig?lang=xx")
    assert "Tjek lokalplanen" in text


async def test_there_is_no_page_for_an_article_without_steps_or_an_unknown_one(client):
    assert [(await page(client, f"/tjekliste/{i}"))[0] for i in ("haek-i-skel", "findes-ikke")] == [404, 404]
