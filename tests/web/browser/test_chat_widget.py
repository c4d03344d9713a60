"""The chat widget in a real browser against a stand-in server: keyboard, screen reader, reload, retry, markup, phones."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from tests.web.browser.standin_api import ANSWER, WEB, Conversation, StandIn, serving

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
AXE = WEB / "node_modules" / "axe-core" / "axe.min.js"
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine (Debian: apt-get install chromium)"),
    pytest.mark.skipif(not AXE.exists(), reason="web/node_modules is missing: run npm ci in web/"),
]
expect.set_options(timeout=15000)  # a loaded machine is no failure
DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 320, "height": 640}
LISTEN = """() => {
  window.said = [];
  const root = document.querySelector("en-indgang").shadowRoot;
  const note = (changes) => changes.forEach((c) => c.addedNodes.forEach((node) => window.said.push(node.textContent)));
  for (const region of root.querySelectorAll("[aria-live=polite]")) {
    new MutationObserver(note).observe(region, { childList: true });
  }
}"""
FOCUSED = """() => {
  let element = document.activeElement;
  while (element.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return element.getAttribute("aria-label") || element.id || element.className;
}"""
TARGETS = """() => [...document.querySelector("en-indgang").shadowRoot
  .querySelectorAll("button, textarea, summary, .actions a, .way a")]
  .filter((element) => element.checkVisibility())
  .map((element) => [element.textContent, element.getBoundingClientRect()])
  .filter(([, box]) => box.height < 44 || box.width < 44)
  .map(([text, box]) => `${text}: ${box.width} x ${box.height}`)"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # Per module: while Playwright's synchronous interface is open, no asynchronous test can run.
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield chromium
        chromium.close()


@pytest.fixture
def server() -> Iterator[StandIn]:
    with serving() as standin:
        yield standin


@pytest.fixture
def visit(browser: Browser, server: StandIn) -> Iterator[Callable[..., Page]]:
    """Open pages as different visitors; at the end no page may have broken the site's own rules."""
    contexts: list[BrowserContext] = []
    wrongs: list[str] = []

    def open_page(path: str = "/", *, viewport: Any = DESKTOP, init: str = "", **options: Any) -> Page:
        context = browser.new_context(viewport=viewport, locale="da-DK", **options)
        contexts.append(context)
        context.add_init_script(init)
        context.on("page", lambda page: _watch(page, server.url, wrongs))
        page = context.new_page()
        page.goto(server.url + path)
        return page

    yield open_page
    cookies = [cookie for context in contexts for cookie in context.cookies()]
    for context in contexts:
        context.close()
    assert wrongs == []
    assert cookies == []


def _watch(page: Page, own: str, wrongs: list[str]) -> None:
    page.on("pageerror", lambda error: wrongs.append(str(error)))
    page.on("request", lambda request: wrongs.append(request.url) if not request.url.startswith(own) else None)
    page.on("console", lambda line: wrongs.append(line.text) if _is_ours(line) else None)


def _is_ours(line: ConsoleMessage) -> bool:
    """Tell whether a page broke its Content-Security-Policy itself; what axe and Playwright inject has no address."""
    return "Content Security Policy" in line.text and bool(line.location["url"])


def open_chat(page: Page) -> None:
    page.locator(".launcher").click()
    expect(page.locator(".message.bot").first).to_be_visible()


def ask(page: Page, text: str) -> None:
    page.locator("textarea").fill(text)
    page.locator("textarea").press("Enter")


def bubbles(page: Page, author: str) -> list[str]:
    return page.locator(f".message.{author} .bubble").all_text_contents()


def only(server: StandIn) -> tuple[str, Conversation]:
    [(key, conversation)] = server.conversations.items()
    return key, conversation


def violations(page: Page) -> list[str]:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run()")["violations"]
    return [f"{v['id']}: {[node['target'] for node in v['nodes']]}" for v in found]


# ---- keyboard and focus


def test_the_keyboard_opens_asks_and_closes_and_the_focus_returns(visit, server):
    page = visit()
    page.locator(".launcher").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".message.bot")).to_have_count(1)
    assert page.evaluate(FOCUSED) == "input"
    page.keyboard.type("Må jeg være frisør hjemme?")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("I stuen")
    page.keyboard.press("Enter")
    expect(page.locator(".card h3")).to_have_text("Frisørsalon i egen bolig")
    assert server.posted[0]["text"] == "Må jeg være frisør hjemme?\nI stuen"
    assert page.evaluate(FOCUSED) == "input"
    page.keyboard.press("Escape")
    expect(page.locator(".panel")).to_be_hidden()
    assert page.evaluate(FOCUSED) == "launcher"


def test_on_a_phone_the_sheet_is_modal_and_escape_closes_one_thing_at_a_time(visit):
    page = visit(viewport=PHONE)
    open_chat(page)
    assert page.locator(".panel").evaluate("(panel) => panel.matches(':modal')")
    page.get_by_role("button", name="Flere valg").press("Enter")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Start forfra")).to_be_hidden()
    expect(page.locator(".panel")).to_be_visible()
    assert page.evaluate(FOCUSED) == "Flere valg"
    page.keyboard.press("Escape")
    expect(page.locator(".panel")).to_be_hidden()


def test_on_a_large_screen_the_page_stays_in_use_beside_the_chat(visit):
    page = visit()
    open_chat(page)
    page.get_by_role("link", name="Lokaler og grunde").first.click()
    expect(page.locator("h1")).to_have_text("Lokaler og grunde til din virksomhed")
    expect(page.locator(".panel")).to_be_visible()


def test_a_link_with_a_question_opens_the_chat_and_asks_it(visit, server):
    page = visit()
    page.locator("[data-ask*='frisørsalon']").click()
    expect(page.locator(".card h3")).to_have_text("Frisørsalon i egen bolig")
    assert bubbles(page, "visitor") == ["Må jeg drive frisørsalon i min egen bolig?"]
    page.keyboard.press("Escape")
    assert "question-card" in page.evaluate(FOCUSED)


def test_without_javascript_the_questions_lead_to_the_form(visit, server):
    page = visit(java_script_enabled=False)
    page.get_by_role("link", name="Hvordan får jeg et næringsbrev?").click()
    assert page.url == server.url + "/skriv"


# ---- nothing is lost


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE])
def test_reload_keeps_the_conversation_the_draft_and_the_open_chat(visit, server, viewport):
    page = visit(viewport=viewport)
    open_chat(page)
    ask(page, "første spørgsmål")
    expect(page.locator(".message.bot")).to_have_count(2)
    page.locator("textarea").fill("halvt skrevet")
    page.wait_for_function("() => Object.values(localStorage)[0].includes('halvt')")
    page.reload()
    expect(page.locator(".panel")).to_be_visible()
    expect(page.locator(".message.bot")).to_have_count(2)
    assert bubbles(page, "visitor") == ["første spørgsmål"]
    expect(page.locator("textarea")).to_have_value("halvt skrevet")
    assert len(server.conversations) == 1


def test_a_new_page_on_a_phone_is_shown_before_the_chat_that_would_cover_it(visit, server):
    page = visit(viewport=PHONE)
    open_chat(page)
    page.goto(server.url + "/lokaler")
    expect(page.locator(".launcher")).to_be_visible()
    page.locator(".launcher").click()
    expect(page.locator(".message.bot")).to_have_count(1)
    assert len(server.conversations) == 1


@pytest.mark.parametrize("trouble", ["lost reply", 503])
def test_a_failed_request_is_repeated_with_the_same_id_and_shown_once(visit, server, trouble):
    page = visit()
    open_chat(page)
    server.trouble = [trouble, trouble]
    ask(page, "hallo")
    expect(page.locator(".message.bot")).to_have_count(2, timeout=15000)
    assert bubbles(page, "visitor") == ["hallo"]
    assert bubbles(page, "bot")[1:] == ["Du skrev: hallo"]
    page.wait_for_function("() => !Object.values(localStorage)[0].includes('hallo')")
    assert len(server.posted) == 3
    assert len({body["client_message_id"] for body in server.posted}) == 1


def test_words_written_offline_wait_over_a_reload_and_are_sent_once_when_the_net_is_back(visit, server):
    page = visit()
    open_chat(page)
    page.clock.install()
    page.context.set_offline(True)
    ask(page, "fra tunnelen")
    for _ in range(5):
        page.clock.run_for(9000)
        page.wait_for_timeout(100)
    expect(page.get_by_role("button", name="Prøv igen")).to_be_visible()
    expect(page.locator(".connection")).to_contain_text("Ingen forbindelse")
    page.context.set_offline(False)
    page.reload()
    expect(page.locator(".message.bot")).to_have_count(2)
    assert bubbles(page, "visitor") == ["fra tunnelen"]
    _, conversation = only(server)
    assert [m["text"] for m in conversation.messages[1:]] == ["fra tunnelen", "Du skrev: fra tunnelen"]


def test_what_the_server_refuses_returns_to_the_field_with_its_reason(visit, server):
    page = visit()
    open_chat(page)
    server.trouble = [422]
    ask(page, "noget forkert")
    expect(page.locator(".problem")).to_have_text("Serveren har det svært.")
    expect(page.locator("textarea")).to_have_value("noget forkert")
    assert bubbles(page, "visitor") == []


def test_too_many_messages_keep_their_place_with_the_reason_and_a_button(visit, server):
    page = visit()
    open_chat(page)
    server.trouble = [429]
    ask(page, "for hurtigt")
    expect(page.locator(".visitor .state")).to_contain_text("Ikke sendt. Serveren har det svært.")
    page.get_by_role("button", name="Prøv igen").click()
    expect(page.locator(".message.bot")).to_have_count(2)
    assert len({body["client_message_id"] for body in server.posted}) == 1


def test_a_conversation_the_server_has_forgotten_is_replaced_quietly_and_the_message_arrives(visit, server):
    page = visit()
    open_chat(page)
    server.conversations.clear()
    ask(page, "er I der")
    expect(page.locator(".message.bot")).to_have_count(2)
    assert bubbles(page, "visitor") == ["er I der"]
    assert len(server.conversations) == 1


def test_messages_typed_while_an_answer_is_awaited_are_sent_in_order(visit, server):
    page = visit()
    open_chat(page)
    server.delay = 0.5
    for text in ("en", "to", "tre"):
        ask(page, text)
    expect(page.locator(".message.bot")).to_have_count(4)
    shown = page.locator(".message:not(:first-of-type) .bubble").all_text_contents()
    assert [text for text in shown if not text.startswith("Hej")] == [
        "en",
        "Du skrev: en",
        "to",
        "Du skrev: to",
        "tre",
        "Du skrev: tre",
    ]


def test_it_works_where_storage_is_blocked(visit, server):
    blocked = """for (const area of ["localStorage", "sessionStorage"]) {
      Object.defineProperty(window, area, { get() { throw new DOMException("blocked", "SecurityError"); } });
    }"""
    page = visit(init=blocked)
    open_chat(page)
    ask(page, "uden lager")
    expect(page.locator(".message.bot")).to_have_count(2)
    assert bubbles(page, "visitor") == ["uden lager"]


def test_nothing_is_stored_before_the_chat_is_used_and_nothing_after_it_is_deleted(visit, server):
    page = visit()
    assert page.evaluate("Object.keys(localStorage)") == []
    open_chat(page)
    page.get_by_role("button", name="Flere valg").click()
    page.get_by_role("button", name="Slet samtalen på denne enhed").click()
    assert page.evaluate(FOCUSED) == "button plain"  # Fortryd: the harmless one
    page.get_by_role("button", name="Slet samtalen på denne enhed").click()
    expect(page.locator(".intro")).to_have_text("Samtalen er slettet på denne enhed.")
    expect(page.locator(".message")).to_have_count(0)
    page.wait_for_timeout(400)
    assert page.evaluate("Object.values(localStorage)") == ["{}"]
    assert len(server.conversations) == 1
    ask(page, "forfra")
    expect(page.locator(".message.bot")).to_have_count(2)
    assert len(server.conversations) == 2


# ---- what arrives unasked


def test_two_tabs_stay_in_step(visit, server):
    first = visit()
    open_chat(first)
    second = first.context.new_page()
    second.goto(server.url)
    open_chat(second)
    ask(first, "fra den ene fane")
    expect(second.locator(".message.visitor .bubble")).to_have_text("fra den ene fane")
    expect(second.locator(".message.bot")).to_have_count(2)
    second.get_by_role("button", name="Flere valg").click()
    second.get_by_role("button", name="Start forfra").click()
    second.get_by_role("button", name="Start forfra").click()
    expect(first.locator(".message.visitor")).to_have_count(0)


def test_a_caseworkers_words_arrive_with_name_and_are_counted_when_the_chat_is_closed(visit, server):
    page = visit()
    open_chat(page)
    key, _ = only(server)
    server.tell(key, "typing", {"author": "caseworker", "author_name": "Mette Ravnsholt"})
    expect(page.locator(".typing")).to_have_text("Mette Ravnsholt skriver …")
    server.say(key, text="Hej, det er Mette.", author_name="Mette Ravnsholt")
    expect(page.locator(".message.caseworker .author")).to_have_text("Mette Ravnsholt · medarbejder")
    expect(page.locator(".typing")).to_be_hidden()
    page.get_by_role("button", name="Luk chatten").click()
    server.say(key, text="Er du der?", author_name="Mette Ravnsholt")
    expect(page.get_by_role("button", name="Spørg ErhvervsKontoret 1 ny besked")).to_be_visible()
    page.locator(".launcher").click()
    page.keyboard.press("Escape")
    expect(page.locator(".badge")).to_be_hidden()


def test_who_reads_further_up_is_told_of_a_new_message_and_not_moved(visit, server):
    page = visit()
    open_chat(page)
    ask(page, "et langt svar")
    expect(page.locator(".message.bot")).to_have_count(2)
    key, _ = only(server)
    page.locator(".log").evaluate("(log) => { log.scrollTop = 0; }")
    server.say(key, text="Ny besked fra mig", author_name="Mette")
    page.get_by_role("button", name="Ny besked").wait_for()
    assert page.locator(".log").evaluate("(log) => log.scrollTop") == 0
    page.get_by_role("button", name="Ny besked").click()
    expect(page.get_by_role("button", name="Ny besked")).to_be_hidden()
    expect(page.locator(".message.caseworker")).to_be_in_viewport()


def test_a_long_answer_is_shown_from_its_first_line(visit):
    page = visit()
    open_chat(page)
    ask(page, "et langt svar")
    expect(page.locator(".message.bot")).to_have_count(2)
    log, answer = page.locator(".log").bounding_box(), page.locator(".message.bot").last.bounding_box()
    assert log
    assert answer
    assert 0 <= answer["y"] - log["y"] < 40


def test_the_after_hours_notice_is_shown_until_the_office_opens_and_never_twice(visit, server):
    page = visit()
    open_chat(page)
    expect(page.locator(".office")).to_contain_text("Kontoret åbner mandag kl. 9.00")
    key, _ = only(server)
    server.tell(key, "state", {"office": {"open": True, "notice": None}})
    expect(page.locator(".office")).to_be_hidden()
    server.say(key, "bot", text=server.notice)
    server.tell(key, "state", {"office": {"open": False, "notice": server.notice}})
    expect(page.locator(".message.bot")).to_have_count(2)
    expect(page.locator(".office")).to_be_hidden()


# ---- what a screen reader hears


def test_each_new_message_is_announced_once_and_history_never(visit, server):
    page = visit()
    open_chat(page)
    assert page.get_by_role("log").get_attribute("aria-live") == "off"
    page.evaluate(LISTEN)
    ask(page, "hej")
    expect(page.locator(".message.bot")).to_have_count(2)
    server.say(only(server)[0], text="Goddag", author_name="Mette")
    expect(page.locator(".message.caseworker")).to_have_count(1)
    page.wait_for_timeout(300)
    assert page.evaluate("said") == ["Digital assistent. Du skrev: hej", "Mette · medarbejder. Goddag"]
    page.reload()
    page.evaluate(LISTEN)
    expect(page.locator(".message.caseworker")).to_have_count(1)
    page.wait_for_timeout(300)
    assert page.evaluate("said") == []


def test_a_long_wait_is_announced_once_and_a_short_one_not(visit, server):
    page = visit()
    open_chat(page)
    page.evaluate(LISTEN)
    server.delay = 3.2
    ask(page, "svært spørgsmål")
    expect(page.locator(".typing")).to_have_text("Digital assistent skriver …")
    server.tell(only(server)[0], "typing", {"author": "bot"})
    expect(page.locator(".message.bot")).to_have_count(2)
    assert page.evaluate("said") == ["Digital assistent skriver …", "Digital assistent. Du skrev: svært spørgsmål"]
    server.delay = 0.2
    ask(page, "let")
    expect(page.locator(".message.bot")).to_have_count(3)
    page.wait_for_timeout(2200)
    assert page.evaluate("said.length") == 3


def test_english_messages_are_marked_as_english(visit):
    page = visit()
    open_chat(page)
    page.evaluate(LISTEN)
    ask(page, "can I run a hair salon at home?")
    expect(page.locator(".card")).to_have_attribute("lang", "en")
    expect(page.locator(".card summary")).to_have_text("Read more")
    expect(page.locator("[aria-live=polite] [lang=en]")).to_contain_text("Hair salon in your own home")


# ---- messages and cards


def test_html_in_any_text_is_shown_as_text(visit, server):
    page = visit()
    open_chat(page)
    evil = "<img src=x onerror=alert(1)><b>fed</b> javascript:alert(1)"
    ask(page, evil)
    expect(page.locator(".message.bot")).to_have_count(2)
    key, _ = only(server)
    article = {
        **ANSWER["article"],
        "title": evil,
        "links": [{"text": evil, "url": "javascript:alert(1)"}, {"text": "brudt", "url": "https://["}],
        "sources": [{"text": evil, "url": "data:text/html,x"}],
    }
    server.say(key, "bot", kind="answer", text=evil, article=article)
    server.say(key, text=f"{evil} https://[ http://", author_name=evil)
    server.say(key, "bot", kind="choices", text=evil, choices=[{"id": "c1", "label": evil}])
    expect(page.locator(".choice")).to_have_text(evil)
    assert page.locator(".log img, .log b, .log [onerror]").count() == 0
    assert page.locator(".log a:not([href^='http'])").count() == 0
    assert bubbles(page, "visitor") == [evil]


def test_an_answer_shows_source_review_and_the_longer_text_on_demand(visit):
    page = visit()
    open_chat(page)
    ask(page, "frisør i egen bolig")
    card = page.locator(".card")
    expect(card.get_by_role("link", name="Slå lokalplanen op (åbner i nyt vindue)")).to_have_attribute(
        "rel", "noopener"
    )
    expect(card).to_contain_text("Kilder: Planloven §§ 18-19 · Erhverv i egen bolig")
    expect(card).to_contain_text("Gennemgået 20. november 2026 af Redaktør for byggeri og plan")
    expect(card.get_by_text("Du bor selv i boligen.")).to_be_hidden()
    card.get_by_text("Læs mere").press("Enter")
    expect(card.get_by_text("Du bor selv i boligen.")).to_be_visible()


def test_a_start_package_is_a_numbered_list_with_authority_time_and_link(visit, server):
    page = visit()
    open_chat(page)
    ask(page, "jeg vil åbne en café")
    steps = page.get_by_role("list").and_(page.locator("ol.steps")).get_by_role("listitem")
    expect(steps).to_have_count(3)
    expect(steps.first).to_contain_text("Hvem: Kommunen (plan)")
    expect(steps.first).to_contain_text("Hvornår: Før du skriver under på lejen")
    expect(steps.first.get_by_role("link")).to_have_attribute("href", "https://www.plandata.dk/")
    expect(page.get_by_role("link", name="Åbn tjeklisten til udskrift")).to_have_attribute(
        "href", server.url + "/tjekliste"
    )


def test_choices_are_buttons_for_one_use_also_after_a_reload(visit, server):
    page = visit()
    open_chat(page)
    ask(page, "næringsbrev")
    choice = page.get_by_role("button", name="Registrering af en fødevarevirksomhed")
    choice.press("Enter")
    expect(page.locator(".message.bot")).to_have_count(3)
    assert bubbles(page, "visitor")[-1] == "Registrering af en fødevarevirksomhed"
    assert server.posted[-1]["choice"] == "c2"
    assert "choice" in page.evaluate(FOCUSED)
    choice.press("Enter")
    page.reload()
    expect(page.locator(".message.bot")).to_have_count(3)
    expect(choice).to_be_disabled()
    assert len(server.posted) == 2


def test_the_ticket_card_tells_number_person_dates_and_what_to_have_ready(visit, server):
    page = visit()
    open_chat(page)
    ask(page, "vi vil udvide hallen")
    card = page.locator(".ticket")
    for words in (
        "EK-2026-004217",
        "Mette Ravnsholt, erhvervskonsulent",
        "tirsdag den 24. november 2026 kl. 09.00",
        "mandag den 30. november 2026 kl. 15.30",
        "En udvidelse kræver som regel flere tilladelser.",
        "Byggesag, Plan, Miljø",
        "Tegninger af de nuværende og nye bygninger",
    ):
        expect(card).to_contain_text(words)
    expect(card.get_by_role("link", name="00 00 10 12")).to_have_attribute("href", "tel:00001012")
    expect(card.get_by_role("link", name="Følg din sag")).to_have_attribute("href", server.url + "/sag/hemmelig")


def test_a_masked_cpr_number_replaces_the_one_on_screen(visit):
    page = visit()
    open_chat(page)
    ask(page, "jeg hedder 010190-1234")
    expect(page.locator(".message.visitor .bubble")).to_have_text("jeg hedder [CPR-nummer fjernet]")


def test_a_message_that_is_too_long_is_counted_and_not_sent(visit, server):
    page = visit()
    open_chat(page)
    page.locator("textarea").fill("a" * 1990)
    expect(page.locator(".counter")).to_have_text("10 tegn tilbage")
    ask(page, "a" * 2005)
    expect(page.locator(".counter")).to_have_text("Beskeden er 5 tegn for lang. Del den i to.")
    expect(page.locator(".problem")).to_contain_text("5 tegn for lang")
    assert server.posted == []


def test_inline_the_chat_stands_in_the_page_and_begins_when_it_is_used(visit, server):
    page = visit("/inline")
    expect(page.locator(".panel")).to_be_visible()
    expect(page.locator(".launcher")).to_be_hidden()
    expect(page.locator(".intro")).to_contain_text("Du taler med en digital assistent.")
    assert server.conversations == {}
    page.locator("textarea").focus()
    expect(page.locator(".message.bot")).to_have_count(1)


# ---- every state, large and small


def _closed(page: Page, server: StandIn) -> None: ...


def _open(page: Page, server: StandIn) -> None:
    open_chat(page)


def _answer(page: Page, server: StandIn) -> None:
    ask(page, "frisør i egen bolig")
    page.locator("summary").click()


def _steps(page: Page, server: StandIn) -> None:
    ask(page, "jeg vil åbne en café")
    page.locator(".steps").wait_for()


def _choices(page: Page, server: StandIn) -> None:
    ask(page, "næringsbrev")
    page.locator(".choice").first.wait_for()


def _ticket(page: Page, server: StandIn) -> None:
    ask(page, "vi vil udvide hallen")
    page.locator(".ticket").wait_for()


def _english(page: Page, server: StandIn) -> None:
    ask(page, "hair salon")
    page.locator(".card:lang(en)").wait_for()


def _caseworker(page: Page, server: StandIn) -> None:
    key, _ = only(server)
    server.say(key, text="Se https://www.lindhavn.example/" + "lang-adresse-" * 12, author_name="Mette Ravnsholt")
    server.say(key, "system", kind="notice", text="Mette Ravnsholt er gået.")
    server.tell(key, "typing", {"author": "caseworker", "author_name": "Mette Ravnsholt"})
    page.locator(".typing").wait_for()


def _menu(page: Page, server: StandIn) -> None:
    page.get_by_role("button", name="Flere valg").click()


def _confirmation(page: Page, server: StandIn) -> None:
    page.get_by_role("button", name="Start forfra").click()


def _unsent(page: Page, server: StandIn) -> None:
    page.get_by_role("button", name="Fortryd").click()
    server.trouble = [429]
    ask(page, "for hurtigt")
    page.get_by_role("button", name="Prøv igen").wait_for()
    page.locator("textarea").fill("ord " * 600)


STATES = [_closed, _open, _answer, _steps, _choices, _ticket, _english, _caseworker, _menu, _confirmation, _unsent]


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["1280", "320"])
def test_every_state_is_accessible_fits_and_can_be_touched(visit, server, viewport):
    page = visit(viewport=viewport, reduced_motion="reduce")
    expect(page.locator(".launcher")).to_be_visible()
    for reach in STATES:
        reach(page, server)
        assert violations(page) == [], reach.__name__
        assert page.evaluate(TARGETS) == [], reach.__name__
        for box in ("html", ".panel", ".log"):
            over = page.locator(box).evaluate("(box) => box.scrollWidth - box.clientWidth")
            assert over <= 0, f"{reach.__name__}: {box} is {over} px too wide"


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["1280", "320"])
@pytest.mark.parametrize("path", ["/", "/lokaler", "/skriv", "/desk", "/inline", "/tjekliste"])
def test_the_pages_are_accessible_and_fit(visit, path, viewport):
    page = visit(path, viewport=viewport)
    assert violations(page) == []
    assert page.locator("h1").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


def test_at_400_percent_the_messages_still_get_room(visit):
    page = visit(viewport={"width": 320, "height": 256})
    open_chat(page)
    ask(page, "frisør i egen bolig")
    expect(page.locator(".card h3")).to_be_in_viewport()
    page.locator("textarea").scroll_into_view_if_needed()
    expect(page.locator("textarea")).to_be_in_viewport()


def test_the_script_stays_small():
    assert len((WEB / "static" / "chat.js").read_bytes()) < 39 * 1024  # the live talk took two


def test_the_texts_are_danish_and_no_address_is_hard_coded():
    script = (WEB / "static" / "chat.js").read_text(encoding="utf-8")
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)[a-z]", script)
