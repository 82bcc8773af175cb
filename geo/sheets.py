"""Map sheets 1:1,000,000 and 1:100,000: from their names to bounds and back, in whole minutes of arc.

`M-43`: row of 4 degrees, A at the equator; column of 6 degrees, 31 beginning at Greenwich. `M-43-101`: one of its 144
sheets 1:100,000, twelve rows of twelve from the north-west, 20 minutes by 30. Degrees are those of the map, Pulkovo
1942 on Soviet sheets. The lettering of other scales is not offered: no source for it was read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from geo.blocks import ROWS, SHEETS, ZONES
from geo.errors import SheetNameError
from geo.systems import Box

ROW_MIN, COLUMN_MIN = 240, 360
SHEET_MIN = 20, 30
ACROSS = 12
"""Sheets 1:100,000 side by side, and one above the other, in one of 1:1,000,000."""

_CYRILLIC_ROWS = str.maketrans("МКмк", "MKMK")
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))
_NAME = re.compile(r"([^\W\d_]) ?- ?(\d{1,3})(?: ?- ?(\d{1,4}))?")


@dataclass(frozen=True, order=True)
class Sheet:
    """One map sheet; ``number`` is None for 1:1,000,000. SheetNameError when Kazakhstan has no such sheet."""

    row: str
    zone: int
    number: int | None = None

    def __post_init__(self) -> None:
        """Check every part against the rule."""
        if self.row not in tuple(ROWS):
            raise SheetNameError(self.name, "row", self.row, "K, L, M, N (or Cyrillic К, М)")
        if self.zone not in ZONES:
            raise SheetNameError(self.name, "column", self.zone, "38 to 45")
        if self.number is not None and self.number not in SHEETS:
            raise SheetNameError(self.name, "number", self.number, "1 to 144")

    @property
    def name(self) -> str:
        """As M-43 or M-43-101, with a Latin letter."""
        return f"{self.row}-{self.zone}" + ("" if self.number is None else f"-{self.number}")

    @property
    def scale(self) -> int:
        """The number below the line: 1,000,000 or 100,000."""
        return 1_000_000 if self.number is None else 100_000

    @property
    def bounds_min(self) -> tuple[int, int, int, int]:
        """West, south, east and north in whole minutes."""
        west, south = COLUMN_MIN * (self.zone - 31), ROW_MIN * (ord(self.row) - ord("A"))
        if self.number is None:
            return west, south, west + COLUMN_MIN, south + ROW_MIN
        down, across = divmod(self.number - 1, ACROSS)
        north, west = south + ROW_MIN - SHEET_MIN[0] * down, west + SHEET_MIN[1] * across
        return west, north - SHEET_MIN[0], west + SHEET_MIN[1], north

    @property
    def bounds(self) -> Box:
        """West, south, east and north in degrees of the map."""
        west, south, east, north = self.bounds_min
        return west / 60, south / 60, east / 60, north / 60


def parse_sheet(text: str) -> Sheet:
    """The sheet with this name: M-43-101, m-43, Cyrillic М and К, dashes for hyphens, spaces beside them.

    Raises SheetNameError for anything else, such as Cyrillic Н (which is not N) or a part outside its limits.
    """
    plain = " ".join(text.translate(_DASHES).split())
    found = _NAME.fullmatch(plain)
    if found is None or not all(part is None or part.isascii() for part in found.groups()[1:]):
        raise SheetNameError(plain[:40], "spelling", plain[:40], "names like M-43 and M-43-101")
    number = None if found[3] is None else int(found[3])
    return Sheet(found[1].translate(_CYRILLIC_ROWS).upper(), int(found[2]), number)


def sheet_at(lon: float, lat: float, scale: int = 100_000) -> Sheet | None:
    """The sheet on which a point in degrees of the map lies, None outside the sheets of Kazakhstan.

    Southern and western sides belong to a sheet. ``scale``: 100,000 or 1,000,000.
    """
    west, south = COLUMN_MIN * (ZONES[0] - 31), ROW_MIN * (ord(ROWS[0]) - ord("A"))
    along, up = lon * 60 - west, lat * 60 - south
    if not (0 <= along < COLUMN_MIN * len(ZONES) and 0 <= up < ROW_MIN * len(ROWS)):
        return None
    column, east_min = divmod(along, COLUMN_MIN)
    row, north_min = divmod(up, ROW_MIN)
    number = None
    if scale == 100_000:
        down = ACROSS - 1 - int(north_min // SHEET_MIN[0])
        number = ACROSS * down + int(east_min // SHEET_MIN[1]) + 1
    return Sheet(ROWS[int(row)], ZONES[int(column)], number)
