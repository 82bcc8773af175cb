"""Tables as text: commas, semicolons, tabs or bars, in any encoding that letters tells apart."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from layers.errors import UploadError
from layers.intake import letters, tabular
from layers.intake.found import Answers, Found
from layers.intake.verdict import Encoding

SEPARATORS = "\t;|,"  # a comma last: it stands within numbers and units too
LONGEST_CELL = 10_000_000
LOOKED_AT = 50  # rows, to tell the separator
MOST_ROWS = 5_000_000
WIDE = "has more cells than the header has names"


def read(path: Path, answers: Answers, title: str) -> list[Found]:
    """The one layer of a table; UploadError where it has no header, no rows or no coordinates."""
    data = path.read_bytes()
    known = letters.named(answers.encoding) if answers.encoding else letters.detect(data)
    text = letters.decode(data, known).removeprefix("\ufeff")
    csv.field_size_limit(LONGEST_CELL)
    try:
        names, rows, wide, narrow = _rows(text)
    except csv.Error as error:
        raise UploadError(f"The file is no table ({error}): save it as CSV anew.") from error
    answers.choose([title])
    encoding = Encoding(None if known.rivals else known.name, known.basis)
    found = tabular.placed(title, names, rows, encoding)
    if found is None:
        raise tabular.missing(names)
    if wide:
        found.dropped[WIDE] = found.dropped.get(WIDE, 0) + wide
    if narrow:
        found.warnings.append(f"{narrow} rows have fewer cells than the header has names: the rest is empty")
    return [found]


def _rows(text: str) -> tuple[list[str], list[list[str]], int, int]:
    """Names, the rows that fit them, and how many were too wide or too narrow. Blank lines are no rows."""
    first, _, rest = text.partition("\n")
    told = first.strip().casefold()
    separator = told[4:] if told.startswith("sep=") and len(told) == 5 else ""
    text = rest if separator else text
    separator = separator or _separator(text)
    lines = _lines(text, separator)
    names = [name.strip() for name in next(lines, [])]
    if not any(names):
        raise UploadError("The table has no header: name its columns in the first row.")
    while names and not names[-1]:
        names.pop()
    rows, wide, narrow = [], 0, 0
    for row in lines:
        while len(row) > len(names) and not row[-1].strip():
            row.pop()
        if row in ([], [""]):
            continue
        if len(row) > len(names):
            wide += 1
            continue
        narrow += len(row) < len(names)
        rows.append(row + [""] * (len(names) - len(row)))
        if len(rows) > MOST_ROWS:
            raise UploadError(f"The table has more than {MOST_ROWS} rows: use `python -m layers convert`.")
    if not rows and not wide:
        raise UploadError("The table has a header but no rows: add them.")
    return names, rows, wide, narrow


def _separator(text: str) -> str:
    """The separator with which most rows have as many cells as the header; none where the header has but one."""
    scores = {}
    for separator in SEPARATORS:
        head, *rows = [len(row) for row in islice(_lines(text, separator), LOOKED_AT)] or [0]
        same = sum(cells == head for cells in rows) / max(1, len(rows))
        scores[separator] = (head > 1, round(same, 1))
    best = max(SEPARATORS, key=lambda separator: scores[separator])
    return best if scores[best][0] else "\0"


def _lines(text: str, separator: str) -> Iterator[list[str]]:
    if separator == "\0":  # one column: its cells may hold any sign
        return ([line.strip().strip('"')] for line in io.StringIO(text))
    return csv.reader(io.StringIO(text, newline=""), delimiter=separator)
