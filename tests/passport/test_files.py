"""The passport's files: the same facts in Excel, Markdown and PDF, two pages at most, nothing taken for markup."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pandas as pd
import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from layers.about import about
from layers.details import sources
from layers.passport.build import passport
from layers.passport.files import file_bytes
from layers.passport.model import FACTS, PEOPLE, Cell, Passport
from layers.passport.text import sentences
from layers.spec import LANGUAGES, ROOT
from layers.text import day, say

TOWNS = list(pd.read_csv(ROOT / "data" / "towns.csv")["id"])
RADIUS_KM = 100
HOSTILE = '#panic() *_ $x$ <b>|[a](b)` "=1+1'
MARK = re.compile(r"\\([!-/:-@\[-`{-~])")
JOINER = "\u2060"


def pdf_text(body: bytes) -> str:
    """All words of a PDF on one line; hyphens at the end of lines are ours, for nothing is hyphenated."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages).split())


def squeezed(text: str) -> str:
    """A text without spaces, for a PDF may break a line anywhere."""
    return re.sub(r"\s", "", text.replace(JOINER, ""))


def sheets(body: bytes) -> dict[str, list[tuple[object, ...]]]:
    """Rows of each sheet; every cell is a text or a number, none a formula."""
    book = load_workbook(io.BytesIO(body))
    assert {cell.data_type for page in book for row in page.iter_rows() for cell in row} <= {"s", "n", "inlineStr"}
    return {page.title: [tuple(cell.value for cell in row) for row in page.iter_rows()] for page in book}


def tables(text: str) -> list[list[str]]:
    """Cells of the rows of Markdown tables, read back by the rules of CommonMark's escapes."""
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    cells = [re.split(r"(?<!\\)\|", row.strip()[1:-1]) for row in rows]
    return [[" ".join(MARK.sub(r"\1", cell).replace(JOINER, "").split()) for cell in row] for row in cells]


@pytest.mark.parametrize("language", LANGUAGES)
def test_excel_and_markdown_hold_every_cell_with_the_numbers_of_its_sources(language: str) -> None:
    made = passport("balkhash", language, RADIUS_KM)
    read = sheets(file_bytes(made, "xlsx"))
    table = tables(file_bytes(made, "md").decode())
    assert len(read) == len(made.sections) + 3
    for page, one in zip(read.values(), made.sections.values(), strict=False):
        rows = page[1:]
        assert [row[0] for row in rows[len(one.rows) :]] == ([one.note] if one.note else [])
        for row, cells in zip(rows, one.rows, strict=False):
            marks = ", ".join(map(str, sorted({made.numbered[key] for cell in cells for key in cell.sources})))
            texts = [cell.marked(language) for cell in cells]
            wanted = [
                (text or None) if cell.number is None else pytest.approx(cell.number)
                for text, cell in zip(texts, cells, strict=True)
            ]
            assert [*row[: len(cells)], row[len(cells)] or ""] == [*wanted, marks]
            assert [*(" ".join(text.split()) for text in texts), marks] in table


@pytest.mark.parametrize(("language", "mark"), [("kk", "(түпн.)"), ("ru", "(ориг.)"), ("en", "(orig.)")])
def test_texts_in_the_language_of_their_source_are_marked_in_files_and_sentences(language: str, mark: str) -> None:
    made = passport("ridder", language, RADIUS_KM)
    foreign = [cell for one in made.sections.values() for row in one.rows for cell in row if cell.foreign and cell.text]
    assert len(foreign) > 5
    text, spoken = file_bytes(made, "md").decode(), " ".join(sentences(made))
    assert text.count(mark) >= 2 * len(foreign)  # in the tables and again in words
    assert all(f"{cell.text.rstrip('.')} {mark}" in spoken or f"{cell.text} {mark}" in spoken for cell in foreign)
    assert f"{mark}: " in text  # what the mark stands for


def test_a_table_in_russian_writes_kilometres_with_a_comma() -> None:
    text = file_bytes(passport("ridder", "ru", RADIUS_KM), "md").decode()
    (row,) = [line for line in text.splitlines() if line.startswith("| Месторождения | Dolinnoe")]
    assert "| 3,2–9,2 км | 3,2 | 9,2 |" in row


@pytest.mark.parametrize(("town", "language"), [("ridder", "kk"), ("temirtau", "ru"), ("zhanaozen", "en")])
def test_the_three_formats_name_the_same_facts_counts_sources_date_and_licence(town: str, language: str) -> None:
    made = passport(town, language, RADIUS_KM)
    book = " ".join(
        str(cell) for page in sheets(file_bytes(made, "xlsx")).values() for row in page for cell in row if cell
    )
    read = {
        "xlsx": squeezed(book),
        "md": squeezed(MARK.sub(r"\1", file_bytes(made, "md").decode())),
        "pdf": squeezed(pdf_text(file_bytes(made, "pdf"))),
    }
    listed = [one.title for one in sources(tuple(made.numbered))]
    said = [made.name, about().licence, day(about().as_of, language), *(one.text for one in about().credits), *listed]
    for form, text in read.items():
        assert [one for one in said if squeezed(one) not in text] == [], form
        for one in made.people:
            people = str(one.people) if form == "xlsx" else _written(one.people, language)
            assert squeezed(people) in text, (form, one)
            assert str(one.year) in text


def _written(people: int, language: str) -> str:
    return f"{people:,}" if language == "en" else f"{people:,}".replace(",", "\u202f")


@pytest.mark.parametrize("town", TOWNS[1::7])
def test_no_passport_takes_more_than_two_pages_and_kazakh_letters_can_be_read_back(town: str) -> None:
    made = passport(town, "kk", RADIUS_KM)
    body = file_bytes(made, "pdf")
    assert len(PdfReader(io.BytesIO(body)).pages) <= 2
    text = squeezed(pdf_text(body))
    assert squeezed(made.name) in text
    assert squeezed(say("kk", "passport_lines").upper()) in text.upper()
    for one in made.people:  # every count stands on paper, also those that disagree
        assert squeezed(f"{one.year}: {_written(one.people, 'kk')}") in text


def hostile() -> Passport:
    """A passport whose town, facts and rows are called what other languages take for commands."""
    made = passport("ridder", "en", RADIUS_KM)
    facts = replace(made.sections[FACTS], rows=((Cell(HOSTILE), Cell(f"={HOSTILE}")), (Cell("+1"), Cell("@SUM(A1)"))))
    return replace(made, name=HOSTILE, under=HOSTILE, former=(HOSTILE,), sections={**made.sections, FACTS: facts})


def test_what_looks_like_markup_or_a_formula_is_printed_as_it_is() -> None:
    made = hostile()
    assert squeezed(HOSTILE) in squeezed(pdf_text(file_bytes(made, "pdf"))).replace("“", '"').replace("”", '"')
    page = next(iter(sheets(file_bytes(made, "xlsx")).values()))
    assert [row[:2] for row in page[1:]] == [(HOSTILE, f"={HOSTILE}"), ("+1", "@SUM(A1)")]
    text = file_bytes(made, "md").decode()
    assert [HOSTILE, f"={HOSTILE}", ""] in tables(text)
    title = text.splitlines()[0].removeprefix("# ")
    assert MARK.sub(r"\1", title).replace(JOINER, "") == HOSTILE
    assert not re.search(r"(?<!\\)[<*_`$\[]", title)


def test_counts_that_disagree_stand_side_by_side_in_every_format() -> None:
    made = passport("temirtau", "en", RADIUS_KM)
    assert {(one.year, one.people) for one in made.people if one.rivals} >= {(2021, 171019), (2021, 178517)}
    note = made.sections[PEOPLE].note
    assert "171,019" in note
    assert "178,517" in note
    book = " ".join(str(cell) for page in sheets(file_bytes(made, "xlsx")).values() for row in page for cell in row)
    assert note in book
    assert squeezed(note) in squeezed(MARK.sub(r"\1", file_bytes(made, "md").decode()))
    assert squeezed(note) in squeezed(pdf_text(file_bytes(made, "pdf")))


def test_the_workbook_keeps_units_beside_numbers() -> None:
    read = sheets(file_bytes(passport("saran", "ru", RADIUS_KM), "xlsx"))["Показатели из примечаний"]
    head, *rows = read
    value, written = head.index("Значение, как опубликовано"), head.index("Значение, как опубликовано, словами")
    told = {row[value]: row[written] for row in rows if row[value] is not None}
    assert told[230] == "230 млрд тенге"
    assert told[2000] == "не менее: 2\u202f000 рабочих мест"
