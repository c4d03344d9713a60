"""The board as a file for a spreadsheet: CSV as Danish spreadsheets read it, and XLSX.

What businesses typed stands in the cells; a cell that a spreadsheet would take for a formula is made plain text (OWASP, "CSV
injection").
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import datetime
from io import BytesIO, StringIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font

from office.board import PHASE_NAMES, Card
from office.clock import local

HEADINGS = (
    *(
        "Fase",
        "Sag",
        "Virksomhed",
        "Om",
        "Niveau",
        "Status",
        "Modtaget",
        "Alder i dage",
        "Næste frist",
        "Hvad",
        "Kontaktperson",
    ),
    *("Fagområder", "Udfordringer"),
)
_WIDTHS = (15, 17, 28, 34, 10, 22, 17, 12, 17, 18, 22, 34, 34)
_LEVELS = {"simple": "Enkel", "medium": "Middel", "complex": "Større"}
# How a formula begins; a tab or a line break before one is passed over by some spreadsheets.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_file(cards: Iterable[Card]) -> bytes:
    """Return the cards as CSV: semicolons, UTF-8 with a mark, so that Excel reads æ, ø and å."""
    text = StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADINGS)
    writer.writerows([_as_text(value) for value in _row(card)] for card in cards)
    return text.getvalue().encode("utf-8-sig")


def xlsx_file(cards: Iterable[Card]) -> bytes:
    """Return the cards as a workbook with one sheet; moments are Danish local time."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Tavle")
    for number, width in enumerate(_WIDTHS):
        sheet.column_dimensions[chr(ord("A") + number)].width = width
    sheet.freeze_panes = "C2"
    sheet.append([_heading(sheet, words) for words in HEADINGS])
    for card in cards:
        sheet.append([_cell(sheet, value) for value in _row(card)])
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def harmless(text: str) -> str:
    """Return `text` so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _row(card: Card) -> Sequence[str | int | datetime | None]:
    return (
        PHASE_NAMES[card.phase],
        card.reference,
        card.company,
        card.title,
        _LEVELS.get(card.level, card.level),
        card.status,
        card.received_at,
        card.age,
        card.due,
        card.owed,
        card.person,
        ", ".join(card.areas),
        "; ".join(card.all_challenges),
    )


def _as_text(value: str | int | datetime | None) -> str:
    if isinstance(value, datetime):
        return f"{local(value):%Y-%m-%d %H:%M}"
    return harmless(value) if isinstance(value, str) else "" if value is None else str(value)


def _cell(sheet: Any, value: str | int | datetime | None) -> Any:
    if isinstance(value, datetime):
        cell = WriteOnlyCell(sheet, local(value).replace(tzinfo=None, second=0, microsecond=0))
        cell.number_format = "yyyy-mm-dd hh:mm"
        return cell
    return harmless(ILLEGAL_CHARACTERS_RE.sub("", value)) if isinstance(value, str) else value


def _heading(sheet: Any, words: str) -> Any:
    cell = WriteOnlyCell(sheet, words)
    cell.font, cell.alignment = Font(bold=True), Alignment(vertical="top")
    return cell
