"""A screening as an Excel file whose sheet works out score and rank anew from raw values, scales and weights."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

import pandas as pd

from layers.about import about
from layers.details import source_line
from layers.excel import FIRST_ROW, Formula, book, letters, sheet_name
from layers.screening import words
from layers.screening.cited import cited
from layers.screening.desk import Found
from layers.screening.notes import not_an_offer, notes
from layers.screening.scores import DECIMALS, LINEAR, THRESHOLD, Scale
from layers.text import pick, say, unit_of

LEAD = 2  # columns before the raw values: id and name


def workbook(found: Found, language: str, link: str) -> bytes:
    """The file; ``link`` is the address of the screening below the atlas's own."""
    rules = sheet_name(say(language, "screening_sheet_criteria"))
    sheets = (
        (say(language, "screening_sheet_score"), _scored(found, language, f"'{rules}'")),
        (rules, _criteria(found, language)),
        (say(language, "screening_sheet_ranges"), _ranges(found, language)),
        (say(language, "screening_sheet_values"), _values(found, language)),
        (say(language, "screening_sheet_removed"), _removed(found, language)),
        (say(language, "screening_sheet_fit"), _fits(found, language)),
        (say(language, "sources"), _sources(found, language)),
        (say(language, "about_file"), _about(found, language, link)),
    )
    made = io.BytesIO()
    book(sheets, made, LEAD)
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


def _table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=list(heads), dtype=object)


def _criteria(found: Found, language: str) -> pd.DataFrame:
    """One row a criterion, whose weight and bounds the sheet of scores reads: a reader may change them there."""
    keys = ("criterion", "unit", "weight", "first", "second", "kind", "less", "scale", "reason")
    heads = ["id", *(say(language, f"screening_{key}") for key in keys)]
    rows = (
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
    )
    return _table(heads, rows)


def _scored(found: Found, language: str, rules: str) -> pd.DataFrame:
    """Raw values, and beside them contributions, score and rank: formulas, with what the atlas got as their results."""
    titles = [pick(criterion.title, language) for criterion in found.criteria]
    heads = ["id", say(language, "screening_candidate"), *titles]
    heads += [say(language, "screening_contribution", criterion=title) for title in titles]
    heads += [say(language, "screening_score_share"), say(language, "screening_rank")]
    rows = words.rows(found, language)
    last = FIRST_ROW + len(rows) - 1
    raw = [[float(one.best[row.place]) for one in found.raw] for row in rows]
    results = [
        [*map(float, found.parts[at]), float(found.scored[at]), int(found.ranked[at])]
        for at in (row.place for row in rows)
    ]
    return _table(
        heads,
        (
            (row.id, row.name, *values, *map(Formula, _formulas(found, rules, at, last), told))
            for at, (row, values, told) in enumerate(zip(rows, raw, results, strict=True), FIRST_ROW)
        ),
    )


def _formulas(found: Found, rules: str, row: int, last: int) -> list[str]:
    """Contributions, score and rank of the candidate in a row; ``rules`` is the sheet of criteria, one a row."""
    count = len(found.parts_of)
    weights = [f"{rules}!$D${FIRST_ROW + at}" for at in range(count)]
    contributions, terms = [], []
    for at, part in enumerate(found.parts_of):
        raw, made = (letters(LEAD + 1 + at + shift) for shift in (0, count))
        ends = (f"{rules}!${column}${FIRST_ROW + at}" for column in "EF")
        contributions.append(contribution(f"{raw}{row}", part.scale, *ends))
        terms.append(f"{made}{row}*{weights[at]}")
    together = f"SUM({weights[0]}:{weights[-1].partition('!')[2]})"
    score = letters(LEAD + 2 * count + 1)
    scored = f"=IF({together}=0,0,ROUND(({'+'.join(terms)})/{together},{DECIMALS}))"
    ranked = f"=RANK({score}{row},{score}${FIRST_ROW}:{score}${last},0)"
    return [*contributions, scored, ranked]


def _ranges(found: Found, language: str) -> pd.DataFrame:
    titles = [pick(criterion.title, language) for criterion in found.criteria]
    ends = ("screening_value_low", "screening_value_high")
    heads = ["id", say(language, "screening_candidate")]
    heads += [say(language, end, criterion=title) for title in titles for end in ends]
    rows = (
        (row.id, row.name, *(float(end[row.place]) for raw in found.raw for end in (raw.low, raw.high)))
        for row in words.rows(found, language)
    )
    return _table(heads, rows)


def _values(found: Found, language: str) -> pd.DataFrame:
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
    return _table(["id", *(say(language, f"screening_{key}") for key in keys)], rows)


def _removed(found: Found, language: str) -> pd.DataFrame:
    heads = [say(language, "screening_candidate"), say(language, "screening_removed_title")]
    lines = [(line, "") for line in words.filtered_lines(found, language)]
    return _table(heads, [*words.fallen(found, language), *lines])


def _fits(found: Found, language: str) -> pd.DataFrame:
    keys = ("screening_candidate", "screening_need_commodity", "screening_fit_able", "screening_fit_nearest")
    rows = ((row.name, *words.fit_in_words(found.fits[row.place], language)) for row in words.rows(found, language))
    return _table([say(language, key) for key in keys], rows)


def _sources(found: Found, language: str) -> pd.DataFrame:
    heads = ["id", say(language, "sources"), "URL"]
    return _table(heads, ((one.id, source_line(one, language), one.url) for one in cited(found)))


def _about(found: Found, language: str, link: str) -> pd.DataFrame:
    told = [
        (say(language, "about_title"), words.title(found, language)),
        ("", not_an_offer(language)),
        *(("", note) for note in (say(language, "screening_values_note"), *notes(found, language))),
        (say(language, "screening_link"), link),
        (say(language, "about_licence"), about().licence),
        *((say(language, "about_credits"), credit.text) for credit in about().credits),
    ]
    return _table([say(language, "about_what"), say(language, "about_value")], told)
