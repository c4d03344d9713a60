"""The board of the weekly meeting: three phases, moves that are logged, files that are harmless, and one mail a meeting."""

from __future__ import annotations

import asyncio
import csv
from dataclasses import replace
from datetime import timedelta
from io import BytesIO, StringIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import event, select

from knowledge.model import PHASES, BoardMeeting
from office import board, closing, outbox
from office.board_file import HEADINGS, csv_file, harmless, xlsx_file
from office.board_mail import meeting_to_mail, next_meeting, send_board
from office.errors import NotAllowed
from office.history import NothingToRecord
from office.intake import Facts
from office.store.tables import History, Outbox, Ticket
from tests.office.case_work import at


async def columns(cases, limit=10, area=None, first=None):
    async with cases.database.reading() as uow:
        return await board.columns(uow, cases.knowledge, cases.now, limit, area, first)


async def all_cards(cases, area=None):
    async with cases.database.reading() as uow:
        return await board.all_cards(uow, cases.knowledge, cases.now, area)


async def move(cases, ticket, phase):
    async with cases.database.writing() as uow:
        stored = await uow.session.get_one(Ticket, ticket.id)
        await board.move(uow, stored, phase, "bo", cases.now)
        await uow.commit()


async def put_in(cases, phase, number=1):
    opened = [await cases.open(None) for _ in range(number)]
    async with cases.database.writing() as uow:
        for ticket in opened:
            (await uow.session.get_one(Ticket, ticket.id)).phase = phase
        await uow.commit()
    return opened


# --- columns ------------------------------------------------------------------------------------------------


async def test_every_open_case_is_in_exactly_one_of_the_three_columns(cases):
    for phase in PHASES:
        await put_in(cases, phase)
    found = await columns(cases)
    assert [(column.phase, column.total, len(column.cards)) for column in found] == [(phase, 1, 1) for phase in PHASES]


async def test_an_ended_case_is_not_on_the_board(cases):
    ticket = await cases.open()
    await cases.do(closing.withdraw, ticket, "bo", why="Fortrudt")
    assert sum(column.total for column in await columns(cases)) == 0


async def test_the_next_deadline_is_on_top(cases):
    first, second = await put_in(cases, "afklaring", 2)
    await cases.reply(first)
    cards = (await columns(cases))[1].cards
    assert [card.reference for card in cards] == [second.reference, first.reference]


async def test_a_column_shows_so_many_and_says_where_the_others_begin(cases):
    await put_in(cases, "afklaring", 5)
    column = (await columns(cases, limit=2))[1]
    assert (column.total, len(column.cards), column.following) == (5, 2, 2)
    last = (await columns(cases, limit=2, first={"afklaring": 4}))[1]
    assert (last.first, len(last.cards), last.following) == (4, 1, None)


async def test_past_the_end_a_column_begins_again(cases):
    await put_in(cases, "afklaring", 1)
    assert (await columns(cases, first={"afklaring": 50}))[1].first == 0


async def test_only_cases_of_an_area_or_authority_are_shown_when_one_is_asked_for(cases):
    ticket = await cases.open("restaurant-med-alkohol-og-udeservering")
    await cases.open(None)
    for area in (ticket.areas[0], ticket.authorities[0]):
        shown = [card.reference for column in await columns(cases, area=area) for card in column.cards]
        assert shown == [ticket.reference]


async def test_an_area_whose_name_begins_another_is_another(cases):
    await cases.open("restaurant-med-alkohol-og-udeservering")
    assert await all_cards(cases, "poli") == []


async def test_the_board_asks_the_store_as_often_however_many_cards_there_are(cases):
    asked = []
    engine = cases.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    await put_in(cases, "afklaring", 2)
    asked.clear()
    await columns(cases, limit=50)
    with_few = len(asked)
    await put_in(cases, "afklaring", 8)
    asked.clear()
    await columns(cases, limit=50)
    assert len(asked) == with_few


# --- a card -------------------------------------------------------------------------------------------------


async def test_a_card_says_age_next_date_contact_person_and_areas(cases):
    ticket = await cases.open("cafe-i-butik")
    cases.to("2026-11-27 10:00")
    [card] = await all_cards(cases)
    assert card.age == 3
    assert (card.owed, card.due, card.late) == ("Første svar", ticket.first_answer_due, True)
    assert card.person == cases.knowledge.people[ticket.contact_person].name
    assert set(card.areas) == set(cases.knowledge.area_titles([*ticket.areas, *ticket.authorities]))


async def test_k04_a_card_says_status_challenges_and_who_takes_part(cases):
    ticket = await cases.open("cafe-i-butik")
    await cases.ask(ticket)
    [card] = await all_cards(cases)
    assert card.status == "Venter på virksomheden"
    assert (card.person, bool(card.areas)) == (cases.knowledge.people[ticket.contact_person].name, True)
    assert card.challenges == ("Venter på virksomheden", f"Mangler {len(ticket.missing)} bilag")


# --- moving -------------------------------------------------------------------------------------------------


async def test_a_move_is_written_in_the_history(cases):
    [ticket] = await put_in(cases, "afklaring")
    await move(cases, ticket, "sagsbehandling")
    [row] = await cases.history(ticket, "changed")
    assert (row.field, row.old, row.new, row.actor) == ("phase", "afklaring", "sagsbehandling", "bo")


async def test_a_move_to_where_the_case_is_changes_nothing(cases):
    [ticket] = await put_in(cases, "afklaring")
    with pytest.raises(NothingToRecord):
        await move(cases, ticket, "afklaring")


async def test_there_are_three_phases_and_no_other(cases):
    [ticket] = await put_in(cases, "afklaring")
    with pytest.raises(NotAllowed):
        await move(cases, ticket, "arkiv")


async def test_an_ended_case_cannot_be_moved(cases):
    ticket = await cases.open()
    await cases.do(closing.withdraw, ticket, "bo", why="Fortrudt")
    with pytest.raises(NotAllowed, match="afsluttet"):
        await move(cases, ticket, "sagsbehandling")


# --- files --------------------------------------------------------------------------------------------------

_FORMULAS = ["=1+1", "+45 1", "-2", "@SUM(A1)", "\t=1", "\r=1"]


@pytest.mark.parametrize("text", _FORMULAS)
def test_what_a_spreadsheet_would_take_for_a_formula_is_made_text(text):
    assert harmless(text) == f"'{text}"


async def card_of_company(cases, company):
    await cases.open(facts=Facts(company=company, phone="00001122"))
    return await all_cards(cases)


@pytest.mark.parametrize("company", ["=HYPERLINK(1)", "@cmd"])
async def test_no_company_name_is_a_formula_in_a_file(cases, company):
    cards = await card_of_company(cases, company)
    [_, row] = csv.reader(StringIO(csv_file(cards).decode("utf-8-sig")), delimiter=";")
    assert row[2] == f"'{company}"
    cell = load_workbook(BytesIO(xlsx_file(cards))).active["C2"]
    assert (cell.value, cell.data_type) == (f"'{company}", "s")


async def test_both_files_have_the_same_rows(cases):
    await cases.open("cafe-i-butik")
    cards = await card_of_company(cases, 'Æbler; "Øl" & Åle')
    plain = list(csv.reader(StringIO(csv_file(cards).decode("utf-8-sig")), delimiter=";"))
    sheet = [[cell.value for cell in row] for row in load_workbook(BytesIO(xlsx_file(cards))).active.iter_rows()]
    assert plain[0] == sheet[0] == list(HEADINGS)
    assert [row[1:4] for row in plain] == [row[1:4] for row in sheet]
    assert [row[8] for row in plain[1:]] == [f"{row[8]:%Y-%m-%d %H:%M}" for row in sheet[1:]]


async def test_a_character_that_no_sheet_can_hold_does_not_lose_the_file(cases):
    cards = [replace(card, company="Nul\x0bApS") for card in await card_of_company(cases, "Nul ApS")]
    assert load_workbook(BytesIO(xlsx_file(cards))).active["C2"].value == "NulApS"


def test_an_empty_board_is_a_file_with_headings():
    assert csv_file([]).decode("utf-8-sig").strip() == ";".join(HEADINGS)


# --- the mail -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "meeting"),
    [
        ("2026-11-23 10:00", "2026-11-24 09:00"),
        ("2026-11-24 08:59", "2026-11-24 09:00"),
        ("2026-11-24 09:00", "2026-12-01 09:00"),
        ("2026-03-24 10:00", "2026-03-31 09:00"),  # over the change to summer time
        ("2028-12-20 10:00", "2029-01-02 09:00"),  # the 26th is a holiday
    ],
)
def test_k01_the_next_meeting_is_on_its_weekday_unless_the_office_is_closed(cases, now, meeting):
    assert next_meeting(cases.knowledge, at(now)) == at(meeting)


@pytest.mark.parametrize(
    ("now", "is_due"),
    [
        ("2026-11-23 14:59", False),
        ("2026-11-23 15:00", True),
        ("2026-11-24 08:59", True),
        ("2026-11-24 09:00", False),
    ],
)
def test_the_mail_is_due_so_many_hours_before_the_meeting_and_no_longer_once_it_has_begun(cases, now, is_due):
    assert (meeting_to_mail(cases.knowledge, at(now)) is not None) is is_due


def test_an_office_without_meeting_gets_no_mail(cases):
    without = replace(cases.knowledge, office=replace(cases.knowledge.office, board_meeting=None))
    assert meeting_to_mail(without, at("2026-11-23 15:00")) is None


def test_a_meeting_on_a_day_that_never_is_a_working_day_is_none(cases):
    sunday = replace(cases.knowledge.office, board_meeting=BoardMeeting("sunday", at("2026-11-24 09:00").time(), 18))
    assert next_meeting(replace(cases.knowledge, office=sunday), at("2026-11-23 15:00")) is None


async def mails(cases):
    async with cases.database.reading() as uow:
        return list(await uow.session.scalars(select(Outbox).where(Outbox.kind == "board").order_by(Outbox.id)))


async def test_k03_the_board_is_sent_once_to_everybody_of_the_task_force_before_the_meeting(cases):
    cases.to("2026-11-23 15:00")
    await cases.run(send_board)
    cases.to("2026-11-23 15:01")
    await cases.run(send_board)
    assert sorted(row.person for row in await mails(cases)) == sorted(cases.knowledge.people)
    assert {(row.ticket_id, row.channel, row.state) for row in await mails(cases)} == {(None, "mail", "waiting")}


async def test_the_next_meeting_has_its_own_mail(cases):
    for day in ("2026-11-23 15:00", "2026-11-30 15:00"):
        cases.to(day)
        await cases.run(send_board)
    assert len(await mails(cases)) == 2 * len(cases.knowledge.people)


async def test_two_processes_send_it_once(cases):
    cases.to("2026-11-23 15:00")
    await asyncio.gather(*(cases.run(send_board) for _ in range(4)))
    assert len(await mails(cases)) == len(cases.knowledge.people)


async def test_that_it_was_sent_is_in_the_audit_log(cases):
    cases.to("2026-11-23 15:00")
    await cases.run(send_board)
    async with cases.database.reading() as uow:
        row = await uow.session.scalar(select(History).where(History.action == "board_sent"))
    assert (row.ticket_id, row.actor, row.new) == (None, "system", "2026-11-24T08:00:00+00:00")


async def test_the_outbox_lists_what_is_about_no_case(cases):
    cases.to("2026-11-23 15:00")
    await cases.run(send_board)
    async with cases.database.reading() as uow:
        listed = await outbox.listed(uow, ["mail"])
        row, ticket = await outbox.by_id(uow, listed[0][0].id)
    assert len(listed) == len(cases.knowledge.people)
    assert (row.kind, ticket) == ("board", None)


async def test_a_sender_takes_it_as_any_other(cases):
    cases.to("2026-11-23 15:00")
    await cases.run(send_board)
    async with cases.database.writing() as uow:
        claimed = await outbox.claim(uow, "mail", cases.now + timedelta(seconds=1))
        await uow.commit()
    assert claimed is not None
    assert claimed.kind == "board"
