"""Tables as a workbook of Excel: numbers stay numbers, no text is ever a formula, headings stay in sight."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any, NamedTuple

import pandas as pd
from xlsxwriter import Workbook
from xlsxwriter.utility import xl_col_to_name

from layers.placemarks import XML_FORBIDDEN

SHEET_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
LONGEST_CELL, LONGEST_SHEET = 32_767, 31  # characters of a cell and of a sheet's name in Excel
WIDTHS = (9, 48)  # of a column in characters: the narrowest, and the widest that still leaves others in sight
MEASURED_ROWS = 200  # that decide how wide a column is
FIRST_ROW = 2  # below the headings, counted as Excel does
DAY, MOMENT = "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"

Tables = Sequence[tuple[str, pd.DataFrame]]


class Formula(NamedTuple):
    """One of our own, with its leading =, and its result for who does not calculate; what else begins so is text."""

    text: str
    result: float


def book(sheets: Tables, out: Path | IO[bytes], lead: int = 0) -> None:
    """Write tables as sheets under their names, as `sheet_name` has them; one that occurs twice gets a number.

    ``lead`` is how many columns stay in sight beside the headings.
    """
    # Row by row, so that a large table need not stand in memory a second time.
    made = Workbook(out, {"constant_memory": True})
    bold = made.add_format({"bold": True})
    dates = {kind: made.add_format({"num_format": form}) for kind, form in ((date, DAY), (datetime, MOMENT))}
    for name, table in sheets:
        sheet = made.add_worksheet(_apart(sheet_name(name), [one.name for one in made.worksheets()]))
        sheet.freeze_panes(FIRST_ROW - 1, lead)
        for at, width in enumerate(_widths(table)):
            sheet.set_column(at, at, width)
        for at, column in enumerate(table.columns):
            sheet.write_string(0, at, _text(str(column)), bold)
        for row, cells in enumerate(table.itertuples(index=False), FIRST_ROW - 1):
            for at, value in enumerate(cells):
                _write(sheet, row, at, value, dates)
    made.close()


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
    return str(xl_col_to_name(column - 1))


def _widths(table: pd.DataFrame) -> list[int]:
    """For each column the characters of its longest cell or of its heading's longest word, within WIDTHS."""
    least, most = WIDTHS
    found = []
    for at, head in enumerate(table.columns):
        cells = [len(str(value)) for value in table.iloc[:MEASURED_ROWS, at] if not isinstance(value, Formula)]
        words = [len(word) for word in str(head).split()]
        found.append(min(most, max(least, *cells, *words) + 2))
    return found


def _write(sheet: Any, row: int, at: int, value: Any, dates: Mapping[Any, Any]) -> None:
    """One cell by its kind; what is neither a number, a date nor one of our formulas is text."""
    if isinstance(value, Formula):
        sheet.write_formula(row, at, value.text, None, value.result)
        return
    if value is None or value is pd.NA or value != value:
        return
    value = value.item() if hasattr(value, "item") else value
    if isinstance(value, bool):
        sheet.write_boolean(row, at, value)
    elif isinstance(value, int | float) and abs(value) < float("inf"):
        sheet.write_number(row, at, value)
    elif isinstance(value, datetime) and value.tzinfo is None:
        sheet.write_datetime(row, at, value, dates[datetime])
    elif isinstance(value, date) and not isinstance(value, datetime):
        sheet.write_datetime(row, at, value, dates[date])
    elif value != "":
        sheet.write_string(row, at, _text(str(value)))


def _text(text: str) -> str:
    """A text as a cell can hold it."""
    return text.translate(XML_FORBIDDEN)[:LONGEST_CELL]
