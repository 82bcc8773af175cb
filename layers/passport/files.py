"""The passport as files: Excel and Markdown with all sections and numbered sources, PDF with what fits on two pages."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from layers.about import about
from layers.details import sources
from layers.errors import UnknownNameError
from layers.export import SHEET_FORBIDDEN
from layers.passport.model import Cell, Passport, Row, Section
from layers.passport.paper import pdf
from layers.passport.text import sentences
from layers.placemarks import XML_FORBIDDEN
from layers.statement import cited_line
from layers.text import day, markdown, moment, say

LONGEST_CELL, LONGEST_SHEET = 32_767, 31  # characters of a cell and of a sheet's name in Excel
MEDIA: Mapping[str, str] = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "md": "text/markdown; charset=utf-8",
}


def file_bytes(made: Passport, form: str) -> bytes:
    """The passport in one of MEDIA; UnknownNameError for another format."""
    if form not in FORMS:
        raise UnknownNameError("format", form, list(FORMS))
    return FORMS[form](made)


def file_name(made: Passport, form: str) -> str:
    """The name under which it is saved."""
    dated = f"-as-of-{made.as_of}" if made.as_of else ""
    return f"passport-{made.town}-{made.language}{dated}-{about().as_of.isoformat()}.{form}"


def said_of_itself(made: Passport) -> list[tuple[str, str]]:
    """Title, data date, what date it shows, licence, credits and caution, each under its heading."""
    language = made.language
    told = [
        (say(language, "about_title"), f"{say(language, 'page_passport')}: {made.name}"),
        (say(language, "data_date"), day(about().as_of, language)),
    ]
    if made.as_of:
        told.append(("", say(language, "passport_as_of", month=moment(made.as_of, language))))
    credited = "; ".join(credit.text for credit in about().credits)
    told += [(say(language, "about_licence"), about().licence), (say(language, "about_credits"), credited)]
    return [*told, (say(language, "about_caution"), made.caution)]


def _xlsx(made: Passport) -> bytes:
    """A sheet a section, numbers as numbers; then the sentences, the sources and what the file says of itself."""
    book, language = Workbook(write_only=True), made.language
    for one in made.sections.values():
        _section_sheet(book, one, made)
    words = _sheet(book, say(language, "passport_in_words"))
    for sentence in sentences(made):
        words.append([_text(words, sentence)])
    listed = _sheet(book, say(language, "sources"))
    for number, source in enumerate(sources(tuple(made.numbered)), 1):
        listed.append([number, _text(listed, cited_line(source, language)), _text(listed, source.id)])
    told = _sheet(book, say(language, "about_title"))
    for head, text in said_of_itself(made):
        told.append([_text(told, head), _text(told, text)])
    body = io.BytesIO()
    book.save(body)
    return body.getvalue()


def _section_sheet(book: Workbook, one: Section, made: Passport) -> None:
    page = _sheet(book, one.title)
    if one.heads:
        page.append([_text(page, head, bold=True) for head in (*one.heads, say(made.language, "sources"))])
    for row in one.rows:
        page.append([*(_value(page, cell) for cell in row), _text(page, _marks(row, made))])


def _sheet(book: Workbook, title: str) -> WriteOnlyWorksheet:
    page = book.create_sheet(SHEET_FORBIDDEN.sub(" ", title)[:LONGEST_SHEET])
    for column, width in zip("ABCDEFG", (34, 42, 26, 22, 22, 30, 24), strict=True):
        page.column_dimensions[column].width = width
    return page


def _value(page: WriteOnlyWorksheet, cell: Cell) -> WriteOnlyCell:
    if cell.number is None:
        return _text(page, cell.text)
    return WriteOnlyCell(page, int(cell.number) if cell.number == int(cell.number) else cell.number)


def _text(page: WriteOnlyWorksheet, text: str, bold: bool = False) -> WriteOnlyCell:
    """A cell that is text whatever it begins with: a formula in a source must not be calculated."""
    made = WriteOnlyCell(page, text.translate(XML_FORBIDDEN)[:LONGEST_CELL])
    made.data_type = "s"
    if bold:
        made.font = Font(bold=True)
    return made


def _marks(row: Row, made: Passport) -> str:
    return ", ".join(map(str, sorted({made.numbered[source] for cell in row for source in cell.sources})))


def _md(made: Passport) -> bytes:
    """Headings, tables and numbered sources; every value is escaped."""
    language = made.language
    parts = [f"# {markdown(made.name)}", markdown(made.under)]
    for one in made.sections.values():
        if one.rows:
            parts += [f"## {markdown(one.title)}", *([markdown(one.note)] if one.note else []), _md_table(one, made)]
    parts += [f"## {markdown(say(language, 'passport_in_words'))}"]
    parts += ["\n".join(f"- {markdown(sentence)}" for sentence in sentences(made))]
    parts += [f"## {markdown(say(language, 'sources'))}"]
    listed = sources(tuple(made.numbered))
    parts += ["\n".join(f"{at}. {markdown(cited_line(one, language))}" for at, one in enumerate(listed, 1))]
    parts += ["\n".join(f"- {markdown(head)}: {markdown(text)}" for head, text in said_of_itself(made))]
    return ("\n\n".join(parts) + "\n").encode()


def _md_table(one: Section, made: Passport) -> str:
    width = max(len(row) for row in one.rows) + 1
    heads = [*(markdown(head) for head in one.heads), markdown(say(made.language, "sources"))]
    lines = [_md_row(heads if one.heads else [""] * width), _md_row(["---"] * width)]
    lines += [_md_row([*(markdown(cell.text) for cell in row), _marks(row, made)]) for row in one.rows]
    return "\n".join(lines)


def _md_row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


FORMS: Mapping[str, Callable[[Passport], bytes]] = {"pdf": pdf, "xlsx": _xlsx, "md": _md}
