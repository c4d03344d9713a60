"""Results for everybody: frozen month by month, and nobody can be recognised in them (promise A9)."""

from datetime import UTC, datetime

import pytest

from office.errors import NotAllowed
from office.published import SMALLEST, UNDER, figures_of, masked, masked_share, publish, published, unpublish
from tests.office.cases import KNOWLEDGE, answer_survey, close_case, open_case

NOVEMBER = datetime(2026, 11, 24, 9, tzinfo=UTC)
DECEMBER = datetime(2026, 12, 2, 9, tzinfo=UTC)


async def publish_november(database, now=DECEMBER):
    async with database.writing() as uow:
        row = await publish(uow, KNOWLEDGE, "2026-11", "leder", now)
        await uow.commit()
    return row


async def test_a9_the_satisfaction_of_closed_cases_is_published_month_by_month(database):
    ticket = await open_case(database, NOVEMBER)
    await answer_survey(database, ticket, NOVEMBER)
    await close_case(database, ticket.reference, NOVEMBER)
    figures = figures_of(await publish_november(database))
    assert figures.total == 1
    assert figures.satisfied
    assert figures.goals


async def test_what_is_published_does_not_change_with_what_comes_later(database):
    before = figures_of(await publish_november(database))
    await open_case(database, NOVEMBER)
    async with database.reading() as uow:
        (row,) = await published(uow)
    assert figures_of(row) == before


@pytest.mark.parametrize("month", ["2026-12", "2026-13", "november", ""])
async def test_only_a_month_that_has_ended_can_be_published(database, month):
    async with database.writing() as uow:
        with pytest.raises(NotAllowed):
            await publish(uow, KNOWLEDGE, month, "leder", DECEMBER)


async def test_a_month_is_published_once_and_can_be_taken_off_again(database):
    await publish_november(database)
    with pytest.raises(NotAllowed):
        await publish_november(database)
    async with database.writing() as uow:
        await unpublish(uow, "2026-11", "leder", DECEMBER)
        await uow.commit()
    async with database.reading() as uow:
        assert await published(uow) == []
    await publish_november(database)


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ({"a": 20, "b": 9}, {"a": "20", "b": "9"}),
        ({"a": 20, "b": 0}, {"a": "20", "b": "0"}),
        ({"a": 20, "b": 2}, {"a": "vises ikke", "b": UNDER}),
        ({"a": 20, "b": 4, "c": 3}, {"a": "20", "b": UNDER, "c": UNDER}),
    ],
)
def test_a_small_number_is_hidden_and_cannot_be_reckoned_out(counts, shown):
    assert masked(counts) == shown


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [
        (3, 4, "for få til at vise"),
        (50, 100, "50 %"),
        (99, 100, "over 95 %"),
        (1, 100, "under 5 %"),
        (100, 100, "100 %"),
        (3, 6, "for få til at vise"),
    ],
)
def test_a_share_does_not_tell_of_fewer_than_five(part, whole, shown):
    assert SMALLEST == 5
    assert masked_share(part, whole) == shown
