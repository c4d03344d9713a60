"""Repeated work says what it did, survives its own failures, and stops when asked to."""

import asyncio
import logging

from web.background import repeating


async def test_it_says_that_it_started_and_what_it_completed(caplog):
    caplog.set_level(logging.INFO, "web.background")
    done = asyncio.Event()

    async def work():
        done.set()
        return "3 sent"

    async with repeating("outbox", 60, work):
        await done.wait()
    assert [record.getMessage() for record in caplog.records] == ["outbox started", "outbox complete: 3 sent"]


async def test_a_failure_is_told_by_its_kind_only_and_the_work_goes_on(caplog):
    recovered = asyncio.Event()
    outcomes = iter([RuntimeError("lise@nul.example"), ""])

    async def work():
        outcome = next(outcomes)
        if isinstance(outcome, Exception):
            raise outcome
        recovered.set()
        return outcome

    async with repeating("outbox", 0.001, work):
        await asyncio.wait_for(recovered.wait(), 5)
    assert "outbox failed, tries again: RuntimeError" in caplog.messages
    assert "lise@nul.example" not in caplog.text


async def test_work_under_way_may_finish_before_the_end():
    begun, finish, finished = asyncio.Event(), asyncio.Event(), []

    async def work():
        begun.set()
        await finish.wait()
        finished.append(True)
        return ""

    async with repeating("outbox", 60, work):
        await begun.wait()
        asyncio.get_running_loop().call_soon(finish.set)
    assert finished == [True]
