"""The passport as files: Excel and Markdown with all sections and numbered sources, PDF with what fits on two pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from layers.about import about
from layers.details import sources
from layers.errors import UnknownNameError
from layers.excel import book
from layers.files import making
from layers.passport.model import Cell, Passport, Row, Section
from layers.passport.paper import pdf
from layers.passport.text import sentences
from layers.statement import cited_line
from layers.text import day, markdown_file, moment, say


def file_bytes(made: Passport, form: str) -> bytes:
    """The passport in one of FORMS; UnknownNameError for another format."""
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
        shown = say(language, "passport_as_of", month=moment(made.as_of, language))
        told.append((say(language, "controls_asof"), shown))
    told.append((f"({say(language, 'original')})", say(language, "source_text")))
    credited = "; ".join(credit.text for credit in about().credits)
    told += [(say(language, "about_licence"), about().licence), (say(language, "about_credits"), credited)]
    return [*told, (say(language, "about_caution"), made.caution)]


def _xlsx(made: Passport) -> bytes:
    """A sheet a section, numbers as numbers; then the sentences, the sources and what the file says of itself."""
    language = made.language
    listed = [
        (number, cited_line(one, language), one.id) for number, one in enumerate(sources(tuple(made.numbered)), 1)
    ]
    words, cited = say(language, "passport_in_words"), say(language, "sources")
    heads = [say(language, "about_what"), say(language, "about_value")]
    sheets = [
        *((one.title, _table(one, made)) for one in made.sections.values() if one.rows),
        (words, pd.DataFrame({words: sentences(made)})),
        (cited, pd.DataFrame(listed, columns=["№", cited, "id"])),
        (say(language, "about_file"), pd.DataFrame(said_of_itself(made), columns=heads)),
    ]
    with making() as folder:
        out = folder / "passport.xlsx"
        book(sheets, out)
        return out.read_bytes()


def _table(one: Section, made: Passport) -> pd.DataFrame:
    """A section's rows under its heads, or under what and value where it has none, with the marks of the sources last.

    The note, where there is one, is the last row.
    """
    width = max(len(row) for row in one.rows)
    language = made.language
    pair = (say(language, "about_what"), say(language, "about_value"))[-width:]
    heads = [*(one.heads or pair), say(language, "sources")]
    rows = [
        [*(cell.marked(language) if cell.number is None else _whole(cell.number) for cell in row), _marks(row, made)]
        for row in one.rows
    ]
    rows += [[one.note, *[""] * width]] if one.note else []
    told = pd.DataFrame(rows, columns=heads, dtype=object)
    for at in (at for at in range(width) if any(_has_unit(row[at]) for row in one.rows)):
        words = [row[at].text for row in one.rows] + ([""] if one.note else [])
        told[say(language, "passport_as_written", what=heads[at])] = words
    return told


def _has_unit(cell: Cell) -> bool:
    """Whether the words of a number say more than the number."""
    return cell.number is not None and any(letter.isalpha() or letter == "%" for letter in cell.text)


def _whole(value: float) -> float:
    return int(value) if value == int(value) else value


def _marks(row: Row, made: Passport) -> str:
    return ", ".join(map(str, sorted({made.numbered[source] for cell in row for source in cell.sources})))


def _md(made: Passport) -> bytes:
    """Headings, tables and numbered sources; every value is escaped, a text in its source's language marked."""
    language = made.language
    parts = [f"# {markdown_file(made.name)}", markdown_file(made.under)]
    if made.as_of:
        parts.append(markdown_file(say(language, "passport_as_of", month=moment(made.as_of, language))))
    for one in made.sections.values():
        if one.rows:
            parts += [
                f"## {markdown_file(one.title)}",
                *([markdown_file(one.note)] if one.note else []),
                _md_table(one, made),
            ]
    parts += [f"## {markdown_file(say(language, 'passport_in_words'))}"]
    parts += ["\n".join(f"- {markdown_file(sentence)}" for sentence in sentences(made))]
    parts += [f"## {markdown_file(say(language, 'sources'))}"]
    listed = sources(tuple(made.numbered))
    parts += ["\n".join(f"{at}. {markdown_file(cited_line(one, language))}" for at, one in enumerate(listed, 1))]
    parts += ["\n".join(f"- {markdown_file(head)}: {markdown_file(text)}" for head, text in said_of_itself(made))]
    return ("\n\n".join(parts) + "\n").encode()


def _md_table(one: Section, made: Passport) -> str:
    width = max(len(row) for row in one.rows) + 1
    heads = [*(markdown_file(head) for head in one.heads), markdown_file(say(made.language, "sources"))]
    lines = [_md_row(heads if one.heads else [""] * width), _md_row(["---"] * width)]
    told = ([markdown_file(cell.marked(made.language)) for cell in row] for row in one.rows)
    lines += [_md_row([*cells, _marks(row, made)]) for cells, row in zip(told, one.rows, strict=True)]
    return "\n".join(lines)


def _md_row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _pdf(made: Passport) -> bytes:
    with making():
        return pdf(made)


FORMS: Mapping[str, Callable[[Passport], bytes]] = {"pdf": _pdf, "xlsx": _xlsx, "md": _md}
