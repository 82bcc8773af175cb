"""Tables as text: commas, semicolons, tabs or bars, in any encoding that letters tells apart."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple

from layers.errors import UploadError
from layers.intake import letters, tabular
from layers.intake.found import Answers, Found
from layers.intake.header import HEADS, find_head
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
        table = _table(text)
    except csv.Error as error:
        raise UploadError(f"The file is no table ({error}): save it as CSV anew.") from error
    answers.choose([title])
    encoding = Encoding(None if known.rivals else known.name, known.basis)
    found = tabular.placed(title, table.names, table.rows, encoding)
    if found is None:
        raise tabular.missing(table.names)
    if table.wide:
        found.dropped[WIDE] = found.dropped.get(WIDE, 0) + table.wide
    if table.narrow:
        found.warnings.append(f"{table.narrow} rows have fewer cells than the header has names: the rest is empty")
    if table.above:
        found.warnings.append(f"{table.above} lines above the names of the columns were passed over")
    return [found]


class _Table(NamedTuple):
    """Names, the rows that fit them, how many rows were too wide or too narrow, and lines above the names."""

    names: list[str]
    rows: list[list[str]]
    wide: int
    narrow: int
    above: int


def _table(text: str) -> _Table:
    """Blank lines are no rows."""
    first, _, rest = text.partition("\n")
    told = first.strip().casefold()
    separator = told[4:] if told.startswith("sep=") and len(told) == 5 else ""
    text = rest if separator else text
    lines = (row for row in _lines(text, separator or _separator(text)) if any(cell.strip() for cell in row))
    top = [*islice(lines, HEADS)]
    head = find_head(top)
    names = head.names
    while names and not names[-1]:
        names.pop()
    if not names:
        raise UploadError("The table has no header: name its columns in the first row.")
    rows, wide, narrow = [], 0, 0
    for row in chain(top[head.row + 1 :], lines):
        while len(row) > len(names) and not row[-1].strip():
            row.pop()
        if len(row) > len(names):
            wide += 1
            continue
        narrow += len(row) < len(names)
        rows.append(row + [""] * (len(names) - len(row)))
        if len(rows) > MOST_ROWS:
            raise UploadError(f"The table has more than {MOST_ROWS} rows: use `python -m layers convert`.")
    if not rows and not wide:
        raise UploadError("The table has a header but no rows: add them.")
    return _Table(names, rows, wide, narrow, head.row)


def _separator(text: str) -> str:
    """The separator with which the names of positions stand apart, and most rows have the same number of cells."""
    scores = {}
    for separator in SEPARATORS:
        rows = [row for row in islice(_lines(text, separator), LOOKED_AT) if any(cell.strip() for cell in row)]
        counts = Counter(len(row) for row in rows if len(row) > 1)
        share = counts.most_common(1)[0][1] / len(rows) if counts else 0.0
        head = find_head(rows) if counts else None
        parted = head is not None and (not head.says or len(rows[head.row]) > 1)
        scores[separator] = (parted, head.says if head else 0, round(share, 1))
    best = max(SEPARATORS, key=lambda separator: scores[separator])
    return best if scores[best][0] else "\0"


def _lines(text: str, separator: str) -> Iterator[list[str]]:
    if separator == "\0":  # one column: its cells may hold any sign
        return ([line.strip().strip('"')] for line in io.StringIO(text))
    return csv.reader(io.StringIO(text, newline=""), delimiter=separator)
