"""Meetings: proposed, taken, declined, moved, called off; both calendars hear of what was agreed."""

import pytest
from sqlalchemy import select

from office import closing, meetings
from office.errors import NotAllowed
from office.intake import Facts
from office.meetings import Proposal
from office.store.tables import Outbox
from tests.office.case_work import at

TUESDAY, WEDNESDAY = at("2026-12-01T10:00"), at("2026-12-02T13:30")
TWO_TIMES = Proposal([WEDNESDAY, TUESDAY], 45, "Rådhuset")


@pytest.fixture
def meet(cases):
    """Do something with the one meeting of a case."""

    async def meet(ticket, command, *arguments):
        async with cases.database.writing() as uow:
            (meeting,) = await meetings.meetings_of(uow, ticket)
            await command(uow, ticket, meeting, *arguments)
            await uow.commit()
        return meeting

    return meet


@pytest.fixture
async def ticket(cases):
    return await cases.open(facts=Facts(company="Nul ApS", email="lise@nul.example"))


async def propose(cases, ticket, proposal=TWO_TIMES, moves=None):
    return await cases.do(meetings.propose_meeting, ticket, proposal, "Mette", "mette", moves=moves)


async def invitations(cases):
    kinds = ("meeting", "person_meeting", "meeting_cancelled", "person_meeting_cancelled")
    async with cases.database.reading() as uow:
        rows = await uow.session.scalars(
            select(Outbox).where(Outbox.channel == "mail", Outbox.kind.in_(kinds)).order_by(Outbox.id)
        )
        return [(row.kind, row.facts["start"], row.facts["sequence"]) for row in rows]


async def accept(cases, meet, ticket, start=TUESDAY):
    return await meet(ticket, lambda uow, *of: meetings.accept_meeting(uow, *of, start, cases.now))


async def test_a_proposal_is_told_in_words_with_its_times_in_order(cases, ticket):
    await propose(cases, ticket)
    assert (await cases.told(ticket))[-1] == (
        "Jeg foreslår et møde (45 minutter, sted: Rådhuset).\nVælg på siden om sagen, hvad der passer dig:\n"
        "- tirsdag den 1. december 2026 kl. 10.00\n- onsdag den 2. december 2026 kl. 13.30"
    )


async def test_a_proposal_is_a_first_answer(cases, ticket):
    assert (await propose(cases, ticket)).first_answered_at == cases.now


@pytest.mark.parametrize(
    ("proposal", "why"),
    [
        (Proposal([], 45, "Her"), "mindst ét"),
        (Proposal([at(f"2026-12-0{day}T10:00") for day in range(1, 5)], 45, "Her"), "højst 3"),
        (Proposal([at("2026-11-24T10:00")], 45, "Her"), "ikke er gået"),
        (Proposal([TUESDAY], 0, "Her"), "minutter"),
        (Proposal([TUESDAY], 45, " "), "hvor"),
    ],
)
async def test_a_proposal_nobody_could_accept_is_refused(cases, ticket, proposal, why):
    with pytest.raises(NotAllowed, match=why):
        await propose(cases, ticket, proposal)


async def test_taking_a_time_tells_both_calendars(cases, ticket, meet):
    await propose(cases, ticket)
    meeting = await accept(cases, meet, ticket)
    assert (meeting.start, meeting.proposed) == (TUESDAY, [])
    assert await invitations(cases) == [
        ("meeting", TUESDAY.isoformat(), 0),
        ("person_meeting", TUESDAY.isoformat(), 0),
    ]


async def test_taking_the_same_time_twice_tells_once(cases, ticket, meet):
    await propose(cases, ticket)
    await accept(cases, meet, ticket)
    await accept(cases, meet, ticket)
    assert len(await invitations(cases)) == 2


async def test_a_time_that_was_not_proposed_cannot_be_taken(cases, ticket, meet):
    await propose(cases, ticket)
    with pytest.raises(NotAllowed):
        await accept(cases, meet, ticket, at("2026-12-03T10:00"))


async def test_a_time_that_has_passed_cannot_be_taken(cases, ticket, meet):
    await propose(cases, ticket)
    cases.to("2026-12-01T10:01")
    with pytest.raises(NotAllowed):
        await accept(cases, meet, ticket)


async def test_declining_tells_the_contact_person_what_would_suit(cases, ticket, meet):
    await propose(cases, ticket)
    decline = meetings.decline_meeting
    await meet(ticket, lambda uow, *of: decline(uow, cases.knowledge, *of, "Helst torsdag.", cases.now, "f" * 32))
    async with cases.database.reading() as uow:
        assert await meetings.meetings_of(uow, ticket) == []
        (row,) = await uow.session.scalars(select(Outbox).where(Outbox.kind == "wrote", Outbox.channel == "mail"))
    assert row.person == ticket.contact_person


async def test_an_agreed_time_stands_until_the_new_one_is_taken(cases, ticket, meet):
    await propose(cases, ticket)
    meeting = await accept(cases, meet, ticket)
    async with cases.database.writing() as uow:
        stored = await meetings.meeting_of(uow, ticket, meeting.id)
        case = await uow.session.get_one(type(ticket), ticket.id)
        moved = Proposal([WEDNESDAY], 45, "Rådhuset")
        await meetings.propose_meeting(uow, cases.knowledge, case, moved, "Mette", "mette", cases.now, stored)
        await uow.commit()
    assert stored.start == TUESDAY
    meeting = await accept(cases, meet, ticket, WEDNESDAY)
    assert (meeting.start, (await invitations(cases))[-1]) == (WEDNESDAY, ("person_meeting", WEDNESDAY.isoformat(), 1))


async def test_calling_off_takes_it_out_of_both_calendars(cases, ticket, meet):
    await propose(cases, ticket)
    await accept(cases, meet, ticket)
    await meet(ticket, lambda uow, *of: meetings.cancel_meeting(uow, *of, "virksomheden", cases.now))
    assert (await invitations(cases))[2:] == [
        ("meeting_cancelled", TUESDAY.isoformat(), 1),
        ("person_meeting_cancelled", TUESDAY.isoformat(), 1),
    ]


async def test_taking_a_proposal_back_needs_no_calendar(cases, ticket, meet):
    await propose(cases, ticket)
    await meet(ticket, lambda uow, *of: meetings.cancel_meeting(uow, *of, "mette", cases.now))
    assert await invitations(cases) == []


async def test_withdrawing_the_inquiry_calls_its_coming_meetings_off(cases, ticket, meet):
    await propose(cases, ticket)
    await accept(cases, meet, ticket)
    await cases.do(closing.withdraw, ticket, "virksomheden")
    assert [kind for kind, *_ in await invitations(cases)][2:] == ["meeting_cancelled", "person_meeting_cancelled"]


async def test_withdrawing_does_not_undo_a_meeting_that_was_held(cases, ticket, meet):
    await propose(cases, ticket)
    await accept(cases, meet, ticket)
    cases.to("2026-12-01T12:00")
    await cases.do(closing.withdraw, ticket, "virksomheden")
    assert len(await invitations(cases)) == 2


async def test_a_meeting_is_found_on_its_own_case_only(cases, ticket, meet):
    await propose(cases, ticket)
    other = await cases.open()
    async with cases.database.reading() as uow:
        (meeting,) = await meetings.meetings_of(uow, ticket)
        assert await meetings.meeting_of(uow, other, meeting.id) is None
