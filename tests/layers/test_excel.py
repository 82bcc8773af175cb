"""Tables as a workbook: what is text stays text, what is a formula is ours, headings stay in sight."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime

import openpyxl
import pandas as pd
from openpyxl.worksheet.worksheet import Worksheet

from layers.excel import Formula, book


def opened(table: pd.DataFrame, lead: int = 0, *names: str) -> list[Worksheet]:
    made = io.BytesIO()
    book([(name, table) for name in names or ("a",)], made, lead)
    return openpyxl.load_workbook(made).worksheets


def test_a_text_that_looks_like_a_formula_is_text_and_ours_is_a_formula() -> None:
    (sheet,) = opened(pd.DataFrame({"=1+1": ["=A1", Formula("=1+1", 2), 3, 2.5, None]}, dtype=object))
    kinds = [(cell.value, cell.data_type) for cell in sheet["A"][:5]]
    assert kinds == [("=1+1", "s"), ("=A1", "s"), ("=1+1", "f"), (3, "n"), (2.5, "n")]
    assert sheet["A6"].value is None


def test_headings_are_bold_and_stay_in_sight_beside_the_leading_columns() -> None:
    (sheet,) = opened(pd.DataFrame({"a": ["x"], "b": ["y"], "c": ["z"]}), 2)
    assert sheet.freeze_panes == "C2"
    assert [cell.font.b for cell in sheet["A"]] == [True, False]


def test_a_column_is_as_wide_as_its_cells_but_leaves_room_for_others() -> None:
    (sheet,) = opened(pd.DataFrame({"№": [1], "town": ["Степногорск-Заводской"], "text": ["ә" * 500]}))
    widths = [int(sheet.column_dimensions[letter].width) for letter in "ABC"]
    assert widths == [11, 23, 48]


def test_names_of_sheets_are_made_such_that_excel_takes_them() -> None:
    twice = opened(pd.DataFrame({"a": [1]}), 0, "a/b: [c]?" + "d" * 40, "a/b: [c]?" + "d" * 40)
    names = [sheet.title for sheet in twice]
    assert len(set(names)) == 2
    assert all(len(name) <= 31 and not set(name) & set("[]:*?/\\'") for name in names)


def test_a_formula_has_its_result_for_programs_that_do_not_calculate() -> None:
    made = io.BytesIO()
    book([("a", pd.DataFrame({"sum": [Formula("=1+1.5", 2.5)]}, dtype=object))], made)
    assert openpyxl.load_workbook(made, data_only=True).active["A2"].value == 2.5


def test_dates_stay_dates_and_what_excel_has_no_kind_for_is_text() -> None:
    zoned = datetime(2024, 4, 2, 12, 0, tzinfo=UTC)
    cells = [date(2024, 4, 2), datetime(2024, 4, 2, 12, 30), True, float("inf"), zoned, pd.NaT, float("nan")]
    (sheet,) = opened(pd.DataFrame({"a": pd.Series(cells, dtype=object)}))
    assert [cell.value for cell in sheet["A"][1:]] == [
        datetime(2024, 4, 2),
        datetime(2024, 4, 2, 12, 30),
        True,
        "inf",
        "2024-04-02 12:00:00+00:00",
    ]
