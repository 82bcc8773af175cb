"""Tables as text: commas, semicolons, tabs or bars, in any encoding that letters tells apart."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator
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
LONGEST_SHOWN = 40
LOOKED_AT = 50  # rows, to tell the separator
MOST_ROWS = 5_000_000
WIDE = "has more cells than the header has names"
END = "\ufdd0"  # no character and no white space, written below the table: an unclosed quotation mark swallows it
MOSTLY = 0.9  # of the rows have the same number of cells


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
    if table.swallowing:
        found.warnings.append(
            f"{table.swallowing} cells hold whole rows of the table: a quotation mark opens there and closes rows later"
        )
    if table.above:
        found.warnings.append(f"{table.above} lines above the names of the columns were passed over")
    return [found]


class _Table(NamedTuple):
    """Names, the rows that fit them, how many rows were too wide or too narrow, and lines above the names.

    ``swallowing`` counts the cells that hold rows, since a quotation mark opens and closes where none should stand.
    """

    names: list[str]
    rows: list[list[str]]
    wide: int
    narrow: int
    above: int
    swallowing: int


def _table(text: str) -> _Table:
    """Blank lines are no rows; a last column without a name is one if some row fills it."""
    first, _, rest = text.partition("\n")
    told = first.strip().casefold()
    separator = told[4:] if told.startswith("sep=") and len(told) == 5 else ""
    text = rest if separator else text
    separator = separator or _separator(text)
    ended = _lines(chain(io.StringIO(text, newline=""), ["\n", END]), separator)
    lines = _whole(row for row in ended if any(cell.strip() for cell in row))
    top = [*islice(lines, HEADS)]
    head = find_head(top)
    most, names = len(head.names), _without_blank_end(head.names)
    if not names:
        raise UploadError("The table has no header: name its columns in the first row.")
    rows, wide, narrow, swallowing, width = [], 0, 0, 0, len(names)
    for row in chain(top[head.row + 1 :], lines):
        narrow += len(row) < len(names)
        while len(row) > len(names) and not row[-1].strip():
            row.pop()
        if len(row) > most:
            wide += 1
            continue
        width = max(width, len(row))
        swallowing += sum(_holds_rows(cell, separator, len(names)) for cell in row)
        rows.append(row)
        if len(rows) > MOST_ROWS:
            raise UploadError(f"The table has more than {MOST_ROWS} rows: use `python -m layers convert`.")
    if not rows and not wide:
        raise UploadError("The table has a header but no rows: add them.")
    for row in rows:
        row += [""] * (width - len(row))
    return _Table(head.names[:width], rows, wide, narrow, head.row, swallowing)


def _without_blank_end(names: list[str]) -> list[str]:
    last = max((at for at, name in enumerate(names, 1) if name), default=0)
    return names[:last]


def _whole(rows: Iterable[list[str]]) -> Iterator[list[str]]:
    """The rows above END; UploadError where a quotation mark that is never closed has swallowed it."""
    for at, row in enumerate(rows, 1):
        if row == [END]:
            return
        if any(END in cell for cell in row):
            raise _unclosed(at, row)
        yield row


def _unclosed(at: int, row: list[str]) -> UploadError:
    first = " ".join(row)[:LONGEST_SHOWN].split("\n", maxsplit=1)[0].strip()
    return UploadError(
        f"Row {at} of the file, which begins {first!r}, opens a quotation mark that is never closed: "
        "close it or take it out."
    )


def _holds_rows(cell: str, separator: str, names: int) -> bool:
    """Whether a cell has line breaks, and behind one as many separators as a row of the table."""
    if "\n" not in cell or names < 2:
        return False
    return any(line.count(separator) >= names - 1 for line in cell.split("\n")[1:])


def _separator(text: str) -> str:
    """The separator with which the names of positions stand apart, and most rows have the same number of cells.

    A comma may part the two names of one column of positions: where another separator makes a table, it is that one.
    """
    scores = {}
    for separator in SEPARATORS:
        every = _lines(io.StringIO(text, newline=""), separator)
        rows = [row for row in islice(every, LOOKED_AT) if any(cell.strip() for cell in row)]
        counts = Counter(len(row) for row in rows if len(row) > 1)
        share = counts.most_common(1)[0][1] / len(rows) if counts else 0.0
        head = find_head(rows) if counts else None
        parted = head is not None and (not head.says or len(rows[head.row]) > 1)
        scores[separator] = (parted, head.says if head else 0, round(share, 1))
    others = [one for one in SEPARATORS[:-1] if scores[one][0] and scores[one][1] and scores[one][2] >= MOSTLY]
    best = max(others or SEPARATORS, key=lambda separator: scores[separator])
    return best if scores[best][0] else "\0"


def _lines(text: Iterable[str], separator: str) -> Iterator[list[str]]:
    if separator == "\0":  # one column: its cells may hold any sign
        return ([line.strip().strip('"')] for line in text)
    return csv.reader(text, delimiter=separator)
