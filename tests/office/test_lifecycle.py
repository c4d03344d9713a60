"""The state machine: what may follow what, and what closing demands (promises S07 and S08)."""

from itertools import product

import pytest

from office.errors import NotAllowed
from office.lifecycle import (
    ENDED_STATUSES,
    OPEN_STATUSES,
    STATUS_NAMES,
    TRANSITIONS,
    check_move,
    status_after_message,
    status_after_reply,
)
from office.store.tables import Ticket

ALLOWED = sorted((old, new) for old, following in TRANSITIONS.items() for new in following)
FORBIDDEN = sorted(set(product(STATUS_NAMES, STATUS_NAMES)) - set(ALLOWED))


def case(status: str, **more) -> Ticket:
    return Ticket(
        status=status, **{"outcome": "helped", "needs_no_more_at": "yes", "dialogue_offered_at": None, **more}
    )


@pytest.mark.parametrize(("old", "new"), ALLOWED)
def test_every_move_in_the_table_is_allowed(old, new):
    check_move(case(old), new)


@pytest.mark.parametrize(("old", "new"), FORBIDDEN)
def test_every_other_move_is_refused_in_danish(old, new):
    with pytest.raises(NotAllowed, match=f"fra “{STATUS_NAMES[old]}” til “{STATUS_NAMES[new]}”"):
        check_move(case(old), new)


def test_an_unanswered_case_cannot_be_closed():
    assert {old for old, new in ALLOWED if new == "closed"} == {"answered"}


@pytest.mark.parametrize("status", OPEN_STATUSES)
def test_the_business_can_withdraw_at_any_time(status):
    check_move(case(status), "withdrawn")


@pytest.mark.parametrize("status", STATUS_NAMES)
def test_from_every_status_the_case_can_still_end(status):
    reached, frontier = {status}, {status}
    while frontier:
        frontier = {new for old in frontier for new in TRANSITIONS[old]} - reached
        reached |= frontier
    assert set(ENDED_STATUSES) <= reached


def test_closing_needs_that_the_business_needs_no_more():
    with pytest.raises(NotAllowed, match="ikke har brug for mere hjælp"):
        check_move(case("answered", needs_no_more_at=None), "closed")


def test_closing_a_refusal_needs_a_recorded_offer_of_dialogue():
    with pytest.raises(NotAllowed, match="dialog om andre muligheder"):
        check_move(case("answered", outcome="refused"), "closed")
    check_move(case("answered", outcome="refused", dialogue_offered_at="yes"), "closed")


@pytest.mark.parametrize("status", OPEN_STATUSES)
@pytest.mark.parametrize("answers", [True, False])
def test_whatever_the_office_writes_leads_somewhere_allowed(status, answers):
    after = status_after_reply(status, answers)
    assert after == status or after in TRANSITIONS[status]


@pytest.mark.parametrize("status", STATUS_NAMES)
def test_whatever_the_business_writes_makes_it_the_offices_turn(status):
    after = status_after_message(status)
    assert after in OPEN_STATUSES
    assert after != "waiting_for_business"
    assert after == status or after in TRANSITIONS[status]
