"""The running system lets go of personal data by itself, once a day."""

from sqlalchemy import func, select

from office.store.tables import History
from web.sweeper import purge_once_a_day


async def purges(database) -> int:
    async with database.reading() as uow:
        return await uow.session.scalar(select(func.count()).where(History.action == "purge_begun"))


async def test_a_day_has_one_purge_however_often_it_is_asked_for(client, clock, database):
    for _ in range(3):
        await purge_once_a_day(client.app)
    assert await purges(database) == 1
    clock.forward(days=1)
    await purge_once_a_day(client.app)
    assert await purges(database) == 2


async def test_a_chat_is_closed_to_its_visitor_when_its_time_is_over(client, chat, clock):
    await chat.say("hæk?")
    clock.forward(days=180)
    await purge_once_a_day(client.app)
    await chat.read()
    assert chat.status == 200
    clock.forward(days=1)
    await purge_once_a_day(client.app)
    await chat.read()
    assert chat.status == 401
