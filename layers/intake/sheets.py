"""XLSX workbooks: every sheet with coordinates is a layer; formulas are never run, their saved values are taken."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from layers.errors import UploadError
from layers.intake import archive, tabular
from layers.intake.found import UTF8, Answers, Found
from layers.intake.header import find_head
from layers.intake.verdict import Encoding
from layers.source import as_text

MOST_ROWS, MOST_COLUMNS, MOST_SHEETS = 1_100_000, 2_000, 50
DOCTYPES = (b"<!DOCTYPE", b"<!ENTITY")
FAULTS = (InvalidFileException, ParseError, KeyError, ValueError, TypeError, AttributeError, IndexError, OSError)
FORMULA = "formulas were not run: their saved values were taken"


def read(path: Path, answers: Answers, title: str) -> list[Found]:
    """The sheets that hold coordinates; UploadError where none does, or the workbook is damaged or a bomb."""
    archive.verify(path)
    _refuse_doctypes(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            listed = [(name, [*rows]) for name, rows in _sheets(path)]
    except FAULTS as error:
        raise UploadError("The workbook is damaged: save it anew as XLSX, or as CSV.") from error
    found, first = [], None
    for name, rows in listed:
        names, cells, above = _table(rows)
        first = first or names
        made = tabular.placed(name, names, cells, Encoding(UTF8, "the standard of the format")) if cells else None
        if made is not None:
            made.warnings += [f"{above} rows above the names of the columns were passed over"] if above else []
            found.append(made)
    if not found:
        raise tabular.missing(first or ["no cell at all"])
    rest = len(listed) - len(found)
    for layer in found:
        layer.name = title if len(listed) == 1 else layer.name
        layer.warnings += [f"{rest} sheets without coordinates were passed over"] if rest else []
        layer.warnings += [FORMULA] if _has_formulas(path) else []
    return answers.choose(found)


def _sheets(path: Path) -> Iterator[tuple[str, Iterator[list[str]]]]:
    book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
    if len(book.worksheets) > MOST_SHEETS:
        raise UploadError(f"The workbook has more than {MOST_SHEETS} sheets: save the one that is meant alone.")
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # what a sheet says of its size need not be so
        yield sheet.title, _rows(sheet)


def _rows(sheet: Any) -> Iterator[list[str]]:
    for number, row in enumerate(sheet.iter_rows(values_only=True)):
        if number > MOST_ROWS or len(row) > MOST_COLUMNS:
            raise UploadError(f"A sheet has more than {MOST_ROWS} rows or {MOST_COLUMNS} columns: save it as CSV.")
        yield as_text(row)


def _table(rows: list[list[str]]) -> tuple[list[str], list[list[str]], int]:
    """The names, the rows below them with as many cells, and how many rows stood above; empty rows are none."""
    kept = [row for row in rows if any(cell.strip() for cell in row)]
    if not kept:
        return [], [], 0
    wide = max(max((at + 1 for at, cell in enumerate(row) if cell.strip()), default=0) for row in kept)
    kept = [(row + [""] * wide)[:wide] for row in kept]
    head = find_head(kept)
    return head.names, kept[head.row + 1 :], head.row


def _has_formulas(path: Path) -> bool:
    return any(b"<f>" in part or b"<f " in part for part in archive.parts(path, "xl/worksheets/"))


def _refuse_doctypes(path: Path) -> None:
    for part in archive.parts(path, ""):
        if any(mark in part for mark in DOCTYPES):
            raise UploadError("The workbook has a DOCTYPE or entities, which Excel never writes: save it anew.")
