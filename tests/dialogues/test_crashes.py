"""kill -9 in the middle: nothing acknowledged is lost, nothing is confirmed that was not saved, and everything comes back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.dialogues.conftest import Stack, Visitor, start_stack, stop_stack, until

EXPANSION = "vi vil udvide vores produktionshal på Industrivej med 800 m2"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A system of its own, to be broken; it gives up on a silent engine quickly."""
    running = start_stack(tmp_path_factory.mktemp("crashes"), INDGANG_ENGINE_TIMEOUT="4")
    yield running
    stop_stack(running)


@pytest.fixture
async def visitor(stack: Stack, http) -> Visitor:
    stack.wait_until_ready()
    somebody = Visitor(http, stack.url)
    await somebody.arrive()
    return somebody


async def test_the_engine_dies_in_the_middle_of_a_conversation_and_the_message_becomes_a_case(visitor, stack):
    await visitor.say("må jeg klippe folk derhjemme i min stue?")
    stack.kill("engine")
    await visitor.say("og hvad med en frisørstol mere, kan nogen ringe til mig?")
    assert visitor.outcome["kind"] == "failed"
    assert visitor.ticket() is None
    assert "oprettet" not in visitor.words
    await visitor.say("Lise Holm, 00 00 77 01")
    ticket = visitor.ticket()
    assert ticket["reference"].startswith("EK-2026-")
    said = [m["text"] for m in await visitor.heard() if m["author"] == "visitor"]
    assert "og hvad med en frisørstol mere, kan nogen ringe til mig?" in said


async def test_the_engine_dies_and_after_its_restart_the_conversation_goes_on(visitor, stack):
    await visitor.say("må jeg klippe folk derhjemme i min stue?")
    stack.kill("engine")
    await visitor.say("hvad koster det?")
    assert visitor.outcome["kind"] == "failed"
    await until(stack.is_ready, 120)
    await visitor.say("hvordan får jeg et næringsbrev")
    assert visitor.outcome["kind"] == "answer"
    assert visitor.articles()[0]["id"] == "naeringsbrev"
    assert "startes igen" in stack.output.read_text(encoding="utf-8")


async def test_the_action_server_dies_in_the_middle_of_an_intake_and_nothing_told_is_lost(visitor, stack):
    await visitor.say(EXPANSION)
    await visitor.say("Metalværkstedet Nul ApS, Lise Holm")
    stack.kill("actions")
    await visitor.say("00 00 77 02")
    ticket = visitor.ticket()
    if ticket is None:  # the action server was back already
        assert visitor.outcome["kind"] in ("failed", "case")
        await until(stack.is_ready)
        await visitor.say("00 00 77 02")
        if not visitor.ticket():
            await visitor.say("Industrivej 12")
        ticket = visitor.ticket()
    assert ticket["reference"].startswith("EK-2026-")
    assert ticket["level"] == "complex"


async def test_a_message_sent_again_after_a_crash_of_the_door_is_answered_once(visitor, stack):
    first = await visitor.say("hvordan får jeg et næringsbrev", client_message_id="same")
    stack.kill("web")
    await until(stack.is_ready)
    again = await visitor.say("hvordan får jeg et næringsbrev", client_message_id="same")
    assert [m["seq"] for m in again["messages"]] == [m["seq"] for m in first["messages"]]
    assert again["outcome"] == first["outcome"]
    assert sum(m["author"] == "visitor" for m in await visitor.heard()) == 1
