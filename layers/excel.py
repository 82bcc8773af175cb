"""Tables as a workbook of Excel: numbers stay numbers, no text is ever a formula, headings stay in sight."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import IO, NamedTuple

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from layers.placemarks import XML_FORBIDDEN

SHEET_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
LONGEST_CELL, LONGEST_SHEET = 32_767, 31  # characters of a cell and of a sheet's name in Excel
WIDTHS = (9, 48)  # of a column in characters: the narrowest, and the widest that still leaves others in sight
MEASURED_ROWS = 200  # that decide how wide a column is
FIRST_ROW = 2  # below the headings, counted as Excel does
BOLD = Font(bold=True)

Tables = Sequence[tuple[str, pd.DataFrame]]


class Formula(NamedTuple):
    """One of our own, with its leading =; whatever else begins so is text."""

    text: str


def book(sheets: Tables, out: Path | IO[bytes], lead: int = 0) -> None:
    """Write tables as sheets under their names, as `sheet_name` has them; one that occurs twice gets a number.

    ``lead`` is how many columns stay in sight beside the headings.
    """
    made = Workbook(write_only=True)
    for name, table in sheets:
        sheet = made.create_sheet(_apart(sheet_name(name), made.sheetnames))
        sheet.freeze_panes = f"{letters(lead + 1)}{FIRST_ROW}"
        for at, width in enumerate(_widths(table), 1):
            sheet.column_dimensions[letters(at)].width = width
        sheet.append([_heading(sheet, str(column)) for column in table.columns])
        for row in table.itertuples(index=False):
            sheet.append([_cell(sheet, value) for value in row])
    made.save(out)


def sheet_name(title: str) -> str:
    """A title as Excel takes it for a sheet."""
    return SHEET_FORBIDDEN.sub(" ", title)[:LONGEST_SHEET]


def _apart(name: str, others: Sequence[str]) -> str:
    """The name, with a number where another sheet has it: the library's own numbering makes it too long for Excel."""
    taken, at = {other.casefold() for other in others}, 1
    told = name
    while told.casefold() in taken:
        at += 1
        told = f"{name[: LONGEST_SHEET - len(str(at)) - 1]} {at}"
    return told


def letters(column: int) -> str:
    """What Excel calls a column, the first being 1."""
    return str(get_column_letter(column))


def _widths(table: pd.DataFrame) -> list[int]:
    """For each column the characters of its longest cell or of its heading's longest word, within WIDTHS."""
    least, most = WIDTHS
    found = []
    for at, head in enumerate(table.columns):
        cells = [len(str(value)) for value in table.iloc[:MEASURED_ROWS, at] if not isinstance(value, Formula)]
        words = [len(word) for word in str(head).split()]
        found.append(min(most, max(least, *cells, *words) + 2))
    return found


def _heading(sheet: object, text: str) -> WriteOnlyCell:
    cell = _text(sheet, text)
    cell.font = BOLD
    return cell


def _cell(sheet: object, value: object) -> object:
    if isinstance(value, Formula):
        return value.text
    if value is None or value is pd.NA or value != value:
        return None
    if not isinstance(value, str):
        return value.item() if hasattr(value, "item") else value
    return _text(sheet, value)


def _text(sheet: object, text: str) -> WriteOnlyCell:
    """Text stays text: a cell that begins with = is never a formula."""
    cell = WriteOnlyCell(sheet, value=text.translate(XML_FORBIDDEN)[:LONGEST_CELL])
    cell.data_type = "s"
    return cell
