"""A live talk through the real doors: offered in the chat, kept from the engine, taken at the desk, and never lost."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import func, select

from office import tickets
from office.intake import Facts
from office.intakes import remember_intake
from office.store import Database
from office.store.live_tables import LiveTalk
from office.store.tables import Conversation, Intake, Message, Ticket
from tests.web.conftest import PASSWORD, SATURDAY, Chat, Desk, hidden
from tests.web.standin_engine import answer, words
from tests.web.test_events import Events, following
from web.app import build_app
from web.signs import SIGNS, Signs
from web.sweeper import end_due_talks

KEPT = {"kind": "human", "live": "waiting"}
TALKING = {"kind": "human", "live": "person"}


@pytest.fixture(autouse=True)
def human(engine):
    engine.replies = [words("Selvfølgelig. Du kan ringe nu.", "human")]


@pytest.fixture
def visitor(chat):
    return Visitor(chat)


class Visitor:
    """Somebody in the chat who wants a person."""

    def __init__(self, chat: Chat) -> None:
        self.chat = chat

    async def wait(self, *said):
        """Say something, ask for a person, and press the offer. Returns what is said of the queue."""
        for text in said:
            await self.chat.say(text)
        body = await self.chat.say("jeg vil tale med et menneske")
        return await self.chat.choose(body["messages"][-1]["choices"][0]["id"])


async def the_talk(database):
    async with database.reading() as uow:
        return await uow.session.scalar(select(LiveTalk).order_by(LiveTalk.id.desc()))


async def handler(database, chat):
    async with database.reading() as uow:
        return (await uow.session.get_one(Conversation, chat.id)).handler


async def count(database, table):
    async with database.reading() as uow:
        return await uow.session.scalar(select(func.count()).select_from(table))


async def post(desk, path, **fields):
    page = await desk.page("/desk/live")
    return await desk.client.post(path, data={"csrf": hidden(page, "csrf"), **fields}, allow_redirects=False)


async def take(desk, number=1):
    return await post(desk, f"/desk/live/{number}/overtag")


# --- the offer --------------------------------------------------------------------------------------------


async def test_who_wants_a_person_is_offered_one_besides_what_the_assistant_says(chat):
    body = await chat.say("jeg vil tale med et menneske")
    assert body["outcome"] == {"kind": "human"}
    assert [m["kind"] for m in body["messages"]] == ["text", "choices"]
    offer = body["messages"][-1]
    assert [c["label"] for c in offer["choices"]] == ["Tal med en medarbejder nu"]
    assert "Du er nummer 1 i køen. Vi ved ikke, hvor længe du kommer til at vente." in offer["text"]


async def test_an_answer_from_an_article_offers_no_person(chat, engine):
    engine.replies = [answer()]
    body = await chat.say("hæk?")
    assert len(body["messages"]) == 1


async def test_while_the_office_is_closed_nobody_is_offered(chat, clock):
    clock.now = SATURDAY
    body = await chat.say("jeg vil tale med et menneske")
    assert len(body["messages"]) == 1


async def test_the_questions_of_an_intake_repeat_no_offer_unless_a_person_is_asked_for_again(chat, engine, parts):
    async with parts.database.writing() as uow:
        await remember_intake(uow, chat.id, parts.now(), "Et skilt", {}, None)
        await uow.commit()
    assert len((await chat.say("Nul ApS"))["messages"]) == 1
    engine.replies = [words("Det er netop et menneske, der får det.", "human", wants_person=True)]
    assert len((await chat.say("et menneske!"))["messages"]) == 2


async def test_yes_please_in_words_is_as_good_as_pressing(chat, database):
    await chat.say("jeg vil tale med et menneske")
    body = await chat.say("ja tak")
    assert body["outcome"] == KEPT
    assert await handler(database, chat) == "waiting"


async def test_an_offer_pressed_after_closing_begins_the_ordinary_intake(chat, engine, clock, database):
    body = await chat.say("jeg vil tale med et menneske")
    clock.now = SATURDAY
    await chat.choose(body["messages"][-1]["choices"][0]["id"])
    assert engine.texts[-1] == "/human"
    assert await handler(database, chat) == "bot"


# --- the queue and the gate -------------------------------------------------------------------------------


async def test_who_waits_is_told_place_wait_and_until_when(visitor, database):
    body = await visitor.wait()
    assert body["outcome"] == KEPT
    text = body["messages"][0]["text"]
    assert "Du står nu i kø til en medarbejder. Du er nummer 1 i køen." in text
    assert "Svarer ingen senest kl. 10.03" in text
    assert await handler(database, visitor.chat) == "waiting"


async def test_what_is_written_while_waiting_is_kept_and_never_reaches_the_engine(visitor, engine, database):
    await visitor.wait()
    heard = list(engine.texts)
    body = await visitor.chat.say("Det drejer sig om et skilt")
    assert (body["messages"], body["outcome"]) == ([], KEPT)
    assert engine.texts == heard
    assert [m["text"] for m in await visitor.chat.read()][-1] == "Det drejer sig om et skilt"
    async with database.reading() as uow:
        states = set(await uow.session.scalars(select(Message.state).where(Message.author == "visitor")))
    assert states == {"answered"}


async def test_the_engine_leaves_its_intake_when_a_person_is_asked_for(visitor, engine):
    await visitor.wait()
    assert engine.texts[-1] == "/cancel"


async def test_asking_works_while_the_engine_is_down(chat, engine):
    body = await chat.say("jeg vil tale med et menneske")
    engine.status = 500
    again = await chat.choose(body["messages"][-1]["choices"][0]["id"])
    assert again["outcome"] == KEPT


async def test_the_same_message_sent_again_is_kept_once(visitor):
    await visitor.wait()
    for _ in range(2):
        assert (await visitor.chat.say("Et skilt", "same"))["outcome"] == KEPT
    assert [m["text"] for m in await visitor.chat.read()].count("Et skilt") == 1


async def test_a_message_stored_before_the_person_was_asked_for_is_kept_for_the_person_too(visitor, engine):
    engine.delay = 0.3
    chat = visitor.chat
    body = await chat.say("jeg vil tale med et menneske")
    choice = body["messages"][-1]["choices"][0]["id"]
    pressing = asyncio.create_task(chat.choose(choice))
    await asyncio.sleep(0.05)
    late = await Chat.say(_copy(chat), "og det haster")
    await pressing
    assert late["outcome"] == KEPT
    assert "og det haster" not in engine.texts


def _copy(chat):
    other = Chat(chat.client)
    other.id, other.token = chat.id, chat.token
    return other


async def test_a_cpr_number_is_told_of_while_a_person_has_the_talk(visitor):
    await visitor.wait()
    body = await visitor.chat.say("010190-1234")
    assert ["CPR" in m["text"] for m in body["messages"]] == [True]


async def test_who_leaves_the_queue_is_back_with_the_assistant(visitor, engine, database):
    body = await visitor.wait()
    back = body["messages"][0]["choices"][0]
    assert back["label"] == "Tilbage til assistenten"
    left = await visitor.chat.choose(back["id"])
    assert "Du er ude af køen" in left["messages"][0]["text"]
    engine.replies = [answer()]
    assert (await visitor.chat.say("hæk?"))["outcome"]["kind"] == "answer"
    assert (await the_talk(database)).ending == "visitor_left"


async def test_the_way_back_leads_nowhere_else_when_the_talk_is_over(visitor):
    back = (await visitor.wait())["messages"][0]["choices"][0]["id"]
    await visitor.chat.choose(back)
    body = await visitor.chat.choose(back)
    assert "Du skriver med assistenten" in body["messages"][0]["text"]


# --- the desk ---------------------------------------------------------------------------------------------


async def test_the_desk_shows_who_waits_how_long_and_what_it_is_about(visitor, desk, clock):
    await visitor.wait("Må vi have et skilt på facaden?")
    clock.forward(minutes=1)
    page = await desk.page("/desk/live")
    assert "Må vi have et skilt på facaden?" in page
    assert "Har ventet 1 minut. Assistenten tager imod kl. 10.03." in page


async def test_who_sits_at_the_desk_counts_as_ready(chat, desk):
    await desk.page("/desk/live")
    body = await chat.say("jeg vil tale med et menneske")
    assert "Der sidder en medarbejder klar." in body["messages"][-1]["text"]


async def test_a_talk_from_queue_to_case(visitor, desk, database, parts):
    chat = visitor.chat
    await visitor.wait("Må vi have et skilt?")
    assert (await take(desk)).headers["Location"] == "/desk/live/1#text"
    assert (await chat.say("Vi er Nul ApS, ring på 00 00 77 21"))["outcome"] == TALKING
    page = await desk.page("/desk/live/1")
    assert "Vi er Nul ApS, ring på 00 00 77 21" in page
    assert 'value="Nul ApS"' in page
    assert 'value="00007721"' in page
    sent = await post(desk, "/desk/live/1/svar", text="Det kan I godt.", sent_as="one")
    assert sent.status == 303
    last = (await chat.read())[-1]
    assert (last["author"], last["author_name"], last["text"]) == ("caseworker", "Bo Byggesen", "Det kan I godt.")
    response = await post(desk, "/desk/live/1/sag", matter="Skilt på facaden", company="Nul ApS", phone="00 00 77 21")
    assert response.status == 303
    card = (await chat.read())[-1]
    assert card["ticket"]["reference"] == "EK-2026-000001"
    assert card["ticket"]["contact_person"]["name"] == "Bo Byggesen"
    assert "Bo Byggesen har gjort jeres samtale til sag EK-2026-000001" in card["text"]
    assert await handler(database, chat) == "bot"
    assert "Se sag EK-2026-000001" in await desk.page("/desk/live/1")
    assert "Det kan I godt." in await desk.page("/desk/sager/EK-2026-000001")


async def test_several_talks_at_once_each_keep_their_words(client, desk, database):
    first, second = Chat(client), Chat(client)
    for chat in (first, second):
        await chat.begin()
        await Visitor(chat).wait()
    for number in (1, 2):
        await take(desk, number)
    await post(desk, "/desk/live/2/svar", text="Hej nummer to")
    assert "Hej nummer to" in [m["text"] for m in await second.read()]
    assert "Hej nummer to" not in [m["text"] for m in await first.read()]
    page = await desk.page("/desk/live/1")
    assert page.count('id="samtale-') == 2


async def test_an_empty_reply_and_a_talk_that_is_over_are_told_and_nothing_typed_is_lost(visitor, desk):
    back = (await visitor.wait())["messages"][0]["choices"][0]["id"]
    await take(desk)
    empty = await post(desk, "/desk/live/1/svar", text="")
    assert empty.status == 422
    assert "Skriv noget, før du sender." in await empty.text()
    await visitor.chat.choose(back)
    late = await post(desk, "/desk/live/1/svar", text="Et langt svar")
    assert late.status == 409
    page = await late.text()
    assert "Samtalen er slut" in page
    assert "Et langt svar" in page


async def test_a_talk_that_a_colleague_has_is_not_taken_again(visitor, desk, client, parts):
    await visitor.wait()
    await take(desk)
    other = Desk(client, parts)
    await other.add_user("mia", "Mia Miljø", None)
    client.session.cookie_jar.clear()
    await other.log_in("mia", PASSWORD)
    response = await take(other)
    assert response.status == 409
    assert "Bo Byggesen har allerede taget samtalen" in await response.text()


async def test_a_case_without_a_way_to_answer_is_not_made_and_what_was_typed_stands(visitor, desk, database):
    await visitor.wait()
    await take(desk)
    response = await post(desk, "/desk/live/1/sag", matter="Et særligt skilt", company="Nul ApS")
    page = await response.text()
    assert response.status == 422
    assert "Skriv en e-mail eller et telefonnummer" in page
    assert "Et særligt skilt" in page
    assert await count(database, Ticket) == 0


async def test_handing_back_lets_the_engine_answer_again(visitor, desk, engine):
    await visitor.wait()
    await take(desk)
    await post(desk, "/desk/live/1/tilbage")
    engine.replies = [answer()]
    assert (await visitor.chat.say("hæk?"))["outcome"]["kind"] == "answer"
    assert "Bo Byggesen har givet ordet tilbage" in [m["text"] for m in await visitor.chat.read()][-3]


async def test_a_talk_is_passed_on_to_a_colleague_who_sits_ready(visitor, desk, stranger):
    await visitor.wait()
    await take(desk)
    mia = await colleague(stranger)
    assert "Tilbyd Mia Miljø" in await desk.page("/desk/live/1")
    await post(desk, "/desk/live/1/tilbyd", to="mia")
    assert "Bo Byggesen vil give dig samtalen" in await mia.page("/desk/live")
    assert "Du har samtalen, indtil Mia Miljø siger ja" in await desk.page("/desk/live/1")
    accepted = await post(mia, "/desk/live/1/tag-imod")
    assert accepted.headers["Location"] == "/desk/live/1#text"
    assert "Du taler nu med Mia Miljø" in (await visitor.chat.read())[-1]["text"]
    await post(mia, "/desk/live/1/svar", text="Hej, jeg hedder Mia.")
    assert (await visitor.chat.read())[-1]["author_name"] == "Mia Miljø"
    late = await post(desk, "/desk/live/1/svar", text="Et langt svar")
    assert late.status == 409
    assert "Et langt svar" in await late.text()


async def test_a_colleague_can_say_no_to_a_talk_and_that_is_told(visitor, desk, stranger):
    await visitor.wait()
    await take(desk)
    mia = await colleague(stranger)
    await post(desk, "/desk/live/1/tilbyd", to="mia")
    await post(mia, "/desk/live/1/intet-tilbud")
    assert "Mia Miljø kan ikke tage samtalen lige nu" in await desk.page("/desk/live/1")
    assert (await post(mia, "/desk/live/1/tag-imod")).status == 409


async def test_my_day_shows_the_talks_that_want_me(visitor, desk, stranger):
    await visitor.wait("Må vi have et skilt?")
    assert "Venter på en medarbejder: har ventet under 1 minut" in await desk.page("/desk")
    await take(desk)
    assert "Venter på dit svar" in await desk.page("/desk")
    mia = await colleague(stranger)
    assert "Live samtaler" not in await mia.page("/desk")
    await post(desk, "/desk/live/1/tilbyd", to="mia")
    assert "Bo Byggesen vil give dig samtalen" in await mia.page("/desk")


async def colleague(stranger):
    """Mia, who sits ready at the desk's live page in a browser of her own."""
    await stranger.add_user("mia", "Mia Miljø", None)
    await stranger.log_in("mia")
    await stranger.page("/desk/live")
    return stranger


async def test_a_talk_can_be_put_on_the_case_that_is_open(visitor, desk, parts, database):
    async with parts.database.writing() as uow:
        await tickets.open_ticket(
            uow, parts.knowledge, tickets.Inquiry(visitor.chat.id, "Et skilt", Facts(phone="00007722")), parts.now()
        )
        await uow.commit()
    await visitor.wait()
    await take(desk)
    await visitor.chat.say("Er det gået igennem?")
    assert "Læg samtalen på sag EK-2026-000001" in await desk.page("/desk/live/1")
    await post(desk, "/desk/live/1/paa-sag")
    assert await count(database, Ticket) == 1
    assert (await the_talk(database)).ending == "on_case"


async def test_an_editor_has_no_business_with_the_talks(client, parts):
    desk = Desk(client, parts)
    await desk.add_user("ea", "Ea Editor", None, "editor")
    await desk.log_in("ea")
    assert (await client.get("/desk/live")).status == 403


async def test_a_talk_that_does_not_exist_is_not_found(desk):
    assert (await desk.client.get("/desk/live/99")).status == 404
    assert (await desk.client.get("/desk/live/events?samtale=99")).status == 404


# --- limits -----------------------------------------------------------------------------------------------


async def test_whom_nobody_answers_is_asked_for_a_way_and_then_has_a_case_with_every_word(
    visitor, client, clock, database
):
    chat = visitor.chat
    await visitor.wait("Må vi have et skilt?")
    await chat.say("Det er et stort skilt")
    clock.forward(minutes=3)
    assert await end_due_talks(client.app) == "1 live talks taken in"
    assert "Beklager, der var ingen, der nåede at svare dig." in (await chat.read())[-1]["text"]
    body = await chat.say("Lise Holm, lise@nul.example")
    assert body["outcome"]["kind"] == "case"
    assert body["messages"][0]["ticket"]["reference"] == "EK-2026-000001"
    async with database.reading() as uow:
        ticket = await uow.session.scalar(select(Ticket))
    assert ticket.subject.splitlines()[-2:] == ["Det er et stort skilt", "Lise Holm, lise@nul.example"]
    assert "Må vi have et skilt?" in ticket.subject
    assert await handler(database, chat) == "bot"


async def test_who_asks_something_else_first_is_answered_and_can_still_leave_a_number(visitor, client, clock, engine):
    await visitor.wait()
    clock.forward(minutes=3)
    await end_due_talks(client.app)
    engine.replies = [answer()]
    assert (await visitor.chat.say("hæk?"))["outcome"]["kind"] == "answer"
    assert (await visitor.chat.say("00 00 77 23"))["outcome"]["kind"] == "case"


async def test_a_person_who_falls_silent_is_apologised_for(visitor, desk, client, clock):
    await visitor.wait()
    await take(desk)
    await visitor.chat.say("ring på 00 00 77 24")
    clock.forward(minutes=3)
    await end_due_talks(client.app)
    assert "Beklager, der var ingen" in (await visitor.chat.read())[-1]["text"]


async def test_at_closing_time_who_waits_is_taken_in(visitor, client, clock):
    clock.forward(hours=5, minutes=26)  # 15.26; the office closes at 15.30
    await visitor.wait("ring på 00 00 77 25")
    clock.forward(minutes=4)
    await end_due_talks(client.app)
    assert "kontoret har lukket nu" in (await visitor.chat.read())[-1]["text"]


async def test_two_processes_at_once_end_a_talk_once(visitor, client, clock, settings, sample, database):
    await visitor.wait("ring på 00 00 77 26")
    clock.forward(minutes=3)
    other = build_app(settings, Database(settings.database), sample, clock)
    await asyncio.gather(end_due_talks(client.app), end_due_talks(other))
    assert await count(database, Ticket) == 1
    assert [m["kind"] for m in await visitor.chat.read()].count("ticket") == 1


async def test_an_intake_under_way_comes_along_and_is_not_taken_in_twice(chat, engine, client, clock, parts, database):
    async with parts.database.writing() as uow:
        await remember_intake(uow, chat.id, parts.now(), "Vi vil udvide hallen", {"phone": "00007727"}, None)
        await uow.commit()
    engine.replies = [words("Det er netop et menneske, der får det.", "human", wants_person=True)]
    body = await chat.say("et menneske!")
    await chat.choose(body["messages"][-1]["choices"][0]["id"])
    async with database.reading() as uow:
        assert (await uow.session.get_one(Intake, chat.id)).state == "cancelled"
    clock.forward(minutes=3)
    await end_due_talks(client.app)
    async with database.reading() as uow:
        ticket = await uow.session.scalar(select(Ticket))
    assert (ticket.subject, ticket.phone) == ("Vi vil udvide hallen", "00007727")


# --- seeing each other ------------------------------------------------------------------------------------


@asynccontextmanager
async def at_desk(desk, number=1):
    async with desk.client.get(f"/desk/live/events?samtale={number}") as response:
        assert response.status == 200
        yield Events(response)


async def test_the_chat_shows_queue_person_and_typing(visitor, desk, client):
    await visitor.wait()
    async with following(client, visitor.chat) as events:
        state = (await events.next("state"))[1]["live"]
        assert (state["state"], state["position"], state["minutes"]) == ("waiting", 1, None)
        await take(desk)
        state = (await events.next("state"))[1]["live"]
        assert (state["state"], state["name"], state["back"]["label"]) == (
            "person",
            "Bo Byggesen",
            "Tilbage til assistenten",
        )
        await post(desk, "/desk/live/1/skriver")
        assert (await events.next("typing"))[1] == {"author": "caseworker", "author_name": "Bo Byggesen"}


async def test_the_desk_sees_the_visitor_come_type_and_write(visitor, desk, client, database):
    await visitor.wait()
    await take(desk)
    async with at_desk(desk) as events:
        assert "Den besøgende er her." in (await events.next("status"))[1]["html"]
        response = await visitor.chat.client.post(
            f"/api/v1/conversations/{visitor.chat.id}/typing", headers=visitor.chat.headers
        )
        assert response.status == 204
        assert "Den besøgende skriver" in (await events.next("status"))[1]["html"]
        await visitor.chat.say("Et <b>skilt</b>")
        while "skilt" not in (html := (await events.next("messages"))[1]["html"]):
            pass
        assert "Et &lt;b&gt;skilt&lt;/b&gt;" in html
    assert not client.app[SIGNS].typing(await the_talk(database), "visitor")


async def test_a_new_visitor_in_the_queue_is_seen_at_once(client, desk):
    async with desk.client.get("/desk/live/events") as response:
        events = Events(response)
        assert (await events.next("lists"))[1]["calls"] == 0
        chat = Chat(client)
        await chat.begin()
        await Visitor(chat).wait()
        assert (await events.next("lists"))[1]["calls"] == 1


async def test_the_stream_of_the_desk_ends_with_the_session(desk, monkeypatch, clock):
    monkeypatch.setattr("web.desk.live_stream._SIGN_EVERY", 0.0)
    async with desk.client.get("/desk/live/events") as response:
        events = Events(response)
        await events.next("lists")
        clock.forward(hours=11)
        async with asyncio.timeout(10):
            await response.content.read()


async def test_key_presses_are_not_written_one_by_one(visitor, parts, monkeypatch):
    await visitor.wait()
    written = []

    async def note_sign(*_args):
        written.append(1)

    monkeypatch.setattr("web.signs.live_talks.note_sign", note_sign)
    signs = Signs(parts)
    for _ in range(50):
        await signs.note(visitor.chat.id, "visitor", typing=True)
    assert len(written) == 1


async def test_another_process_knows_who_types_by_the_row(visitor, parts, client, database):
    await visitor.wait()
    await client.app[SIGNS].note(visitor.chat.id, "visitor", typing=True)
    elsewhere = Signs(parts)
    talk = await the_talk(database)
    assert elsewhere.present(talk, "visitor")
    assert elsewhere.typing(talk, "visitor")


async def test_typing_without_a_person_means_nothing_and_needs_the_token(chat, client):
    address = f"/api/v1/conversations/{chat.id}/typing"
    assert (await client.post(address, headers=chat.headers)).status == 204
    response = await client.post(address)
    assert response.status == 401
    assert json.loads(await response.text())["error"]["code"] == "unauthorised"
