"""A screening as an Excel file whose sheet works out score and rank anew from raw values, scales and weights.

Texts are written as texts, so that a name which begins with = is never a formula; the only formulas are ours.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from math import isnan

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from layers.about import about
from layers.details import source_line
from layers.placemarks import XML_FORBIDDEN
from layers.screening import words
from layers.screening.cited import cited
from layers.screening.desk import Found
from layers.screening.scores import DECIMALS, LINEAR, THRESHOLD, Scale
from layers.text import pick, say, unit_of

SHEET_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
LONGEST_SHEET, LONGEST_CELL = 31, 32_767  # characters, as Excel has them
HEAD_ROW, FIRST_ROW = 1, 2
LEAD = 2  # columns before the raw values: id and name
WIDTHS = {1: 22, 2: 34}
BOLD = Font(bold=True)


def workbook(found: Found, language: str, link: str) -> bytes:
    """The file; ``link`` is the address of the screening below the atlas's own."""
    book = Workbook()
    book.remove(book.active)
    rules = _sheet(book, say(language, "screening_sheet_criteria"))
    scored = _sheet(book, say(language, "screening_sheet_score"), 0)
    _criteria(rules, found, language)
    _scored(scored, found, language, f"'{rules.title}'")
    _ranges(_sheet(book, say(language, "screening_sheet_ranges")), found, language)
    _values(_sheet(book, say(language, "screening_sheet_values")), found, language)
    _removed(_sheet(book, say(language, "screening_sheet_removed")), found, language)
    _fits(_sheet(book, say(language, "screening_fit")), found, language)
    _sources(_sheet(book, say(language, "sources")), found, language)
    _about(_sheet(book, say(language, "about_file")), found, language, link)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def contribution(cell: str, scale: Scale, first: str, second: str) -> str:
    """The formula of a contribution from the raw value in ``cell`` and the bounds in the cells named."""
    if scale.kind == LINEAR:
        rising = f"MAX(0,MIN(1,({cell}-{first})/({second}-{first})))"
        told = f"1-{rising}" if scale.less else rising
    elif scale.kind == THRESHOLD:
        told = f"IF({cell}{'<=' if scale.less else '>='}{first},1,0)"
    else:
        told = f"1/(1+EXP({'' if scale.less else '-'}{second}*({cell}-{first})))"
    return f"=IF(ISNUMBER({cell}),{told},0)"


def _sheet(book: Workbook, name: str, at: int | None = None) -> Worksheet:
    return book.create_sheet(SHEET_FORBIDDEN.sub(" ", name)[:LONGEST_SHEET], at)


def _put(sheet: Worksheet, row: int, column: int, value: object) -> Cell:
    """A number, a text that stays a text, or nothing."""
    cell: Cell = sheet.cell(row, column)
    if isinstance(value, str):
        cell.value = value.translate(XML_FORBIDDEN)[:LONGEST_CELL]
        cell.data_type = "s"
    elif isinstance(value, int | float) and not isnan(value):
        cell.value = value
    return cell


def _rows(sheet: Worksheet, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Headings and rows, the headings bold and kept in sight."""
    for column, head in enumerate(heads, 1):
        _put(sheet, HEAD_ROW, column, head).font = BOLD
        sheet.column_dimensions[get_column_letter(column)].width = WIDTHS.get(column, 18)
    for place, row in enumerate(rows, FIRST_ROW):
        for column, value in enumerate(row, 1):
            _put(sheet, place, column, value)
    sheet.freeze_panes = "C2"


def _criteria(sheet: Worksheet, found: Found, language: str) -> None:
    """One row a criterion, whose weight and bounds the sheet of scores reads: a reader may change them there."""
    keys = ("criterion", "unit", "weight", "first", "second", "kind", "less", "scale", "reason")
    heads = ["id", *(say(language, f"screening_{key}") for key in keys)]
    _rows(
        sheet,
        heads,
        (
            (
                part.criterion,
                pick(criterion.title, language),
                unit_of(criterion.unit, "2", language) if criterion.unit not in ("count", "points") else "",
                float(weight),
                part.scale.first,
                part.scale.second,
                part.scale.kind,
                say(language, "flag_yes" if part.scale.less else "flag_no"),
                words.scale_in_words(part, language),
                pick(part.reason, language),
            )
            for part, criterion, weight in zip(found.parts_of, found.criteria, found.weights, strict=True)
        ),
    )


def _scored(sheet: Worksheet, found: Found, language: str, rules: str) -> None:
    """Raw values, and beside them as formulas contributions, score and rank."""
    titles = [pick(criterion.title, language) for criterion in found.criteria]
    count, rows = len(titles), words.rows(found, language)
    last = FIRST_ROW + len(rows) - 1
    heads = ["id", say(language, "screening_candidate"), *titles]
    heads += [say(language, "screening_contribution", criterion=title) for title in titles]
    heads += [say(language, "screening_score_share"), say(language, "screening_rank")]
    _rows(sheet, heads, ((row.id, row.name, *(float(raw.best[row.place]) for raw in found.raw)) for row in rows))
    weights = f"{rules}!$D${FIRST_ROW}:$D${FIRST_ROW + count - 1}"
    score = get_column_letter(LEAD + 2 * count + 1)
    for row in range(FIRST_ROW, last + 1):
        terms = []
        for place, part in enumerate(found.parts_of):
            raw, made = (get_column_letter(LEAD + 1 + place + shift) for shift in (0, count))
            line = FIRST_ROW + place
            ends = (f"{rules}!$E${line}", f"{rules}!$F${line}")
            sheet[f"{made}{row}"] = contribution(f"{raw}{row}", part.scale, *ends)
            terms.append(f"{made}{row}*{rules}!$D${line}")
        sheet[f"{score}{row}"] = f"=IF(SUM({weights})=0,0,ROUND(({'+'.join(terms)})/SUM({weights}),{DECIMALS}))"
        rank = get_column_letter(LEAD + 2 * count + 2)
        sheet[f"{rank}{row}"] = f"=RANK({score}{row},{score}${FIRST_ROW}:{score}${last},0)"


def _ranges(sheet: Worksheet, found: Found, language: str) -> None:
    titles = [pick(criterion.title, language) for criterion in found.criteria]
    ends = ("screening_value_low", "screening_value_high")
    heads = ["id", say(language, "screening_candidate")]
    heads += [say(language, end, criterion=title) for title in titles for end in ends]
    rows = (
        (row.id, row.name, *(float(end[row.place]) for raw in found.raw for end in (raw.low, raw.high)))
        for row in words.rows(found, language)
    )
    _rows(sheet, heads, rows)


def _values(sheet: Worksheet, found: Found, language: str) -> None:
    """What the atlas itself computed, the simulation with it."""
    keys = ("candidate", "score_share", "rank", "rank_low", "rank_high", "pareto", "moves", "position", "unknown")
    rows = (
        (
            row.id,
            row.name,
            float(found.scored[row.place]),
            int(found.ranked[row.place]),
            int(found.stable.low[row.place]),
            int(found.stable.high[row.place]),
            row.best,
            row.mover,
            row.position,
            row.unknown,
        )
        for row in words.rows(found, language)
    )
    _rows(sheet, ["id", *(say(language, f"screening_{key}") for key in keys)], rows)


def _removed(sheet: Worksheet, found: Found, language: str) -> None:
    heads = [say(language, "screening_candidate"), say(language, "screening_removed_title")]
    lines = [(line, "") for line in words.filtered_lines(found, language)]
    _rows(sheet, heads, [*words.fallen(found, language), *lines])


def _fits(sheet: Worksheet, found: Found, language: str) -> None:
    keys = ("screening_candidate", "screening_need_commodity", "screening_fit_able", "screening_fit_nearest")
    rows = ((row.name, *words.fit_in_words(found.fits[row.place], language)) for row in words.rows(found, language))
    _rows(sheet, [say(language, key) for key in keys], rows)


def _sources(sheet: Worksheet, found: Found, language: str) -> None:
    heads = ["id", say(language, "sources"), "URL"]
    _rows(sheet, heads, ((one.id, source_line(one, language), one.url) for one in cited(found)))


def _about(sheet: Worksheet, found: Found, language: str, link: str) -> None:
    told = [
        (say(language, "about_title"), words.title(found, language)),
        ("", words.not_an_offer(language)),
        *(("", note) for note in (say(language, "screening_values_note"), *words.notes(found, language))),
        (say(language, "screening_link"), link),
        (say(language, "about_licence"), about().licence),
        *((say(language, "about_credits"), credit.text) for credit in about().credits),
    ]
    _rows(sheet, [say(language, "about_what"), say(language, "about_value")], told)
