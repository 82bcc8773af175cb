"""Licence blocks of Kazakhstan: from published codes to outlines, in whole minutes of arc.

Under the Subsoil Code of 2017 (Art. 19) the territory is divided into blocks of one minute by one minute.
Their published codes, such as M-42-85-(10е-5в-2), follow the map sheets:

- `M`: row of 4 degrees, A at the equator; `42`: column of 6 degrees, 31 beginning at Greenwich;
- `85`: sheet 1:100,000, 1 to 144, twelve rows of twelve, 20 minutes by 30;
- `10е`: ten-minute part а to е, two rows of three; `5в`: five-minute quarter а to г, two rows of two;
- `2`: block 1 to 25, five rows of five.

Every level is counted row by row from the north-west corner. That is verified for the sheets, strongly
supported for parts and quarters, and **inferred** for the last level, where no published table of corners
is known: were its rows counted from the south, a block would lie where `mirrored` says, up to 4 minutes
(7.4 km) off. The datum of the grid is not published either; read as WGS 84, blocks may be 65 to 95 m off if
it is Pulkovo 1942. Say so wherever an outline is shown.

Sides are whole minutes. A block owns its western and its southern side, not the others: each point of the grid
has one block, and its northern and eastern border have none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby
from math import floor

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon

from geo.crs import GEOD
from geo.errors import BlockCodeError, GeoError

ROWS = "KLMN"
ZONES = range(38, 46)
SHEETS = range(1, 145)
TENS = "абвгде"
FIVES = "абвг"
NUMBERS = range(1, 26)
GRID_MIN = (360 * (ZONES[0] - 31), 2400, 360 * (ZONES[-1] - 30), 3360)
"""West, south, east and north of all blocks in whole minutes: 42 to 90 E, 40 to 56 N."""
GRID = "42 to 90 degrees east and 40 to 56 degrees north"
ROUNDING_MIN = 1e-9
"""Minutes of arc (2 micrometres) within which a coordinate counts as lying on a side: degrees are no exact minutes."""

_PARTS = (
    ("sheet row", "row", frozenset(ROWS), "K, L, M, N (or Cyrillic К, М)"),
    ("sheet column", "zone", frozenset(ZONES), "38 to 45"),
    ("sheet number", "sheet", frozenset(SHEETS), "1 to 144"),
    ("ten-minute part", "ten", frozenset(TENS), "Cyrillic а, б, в, г, д, е"),
    ("five-minute quarter", "five", frozenset(FIVES), "Cyrillic а, б, в, г"),
    ("block number", "number", frozenset(NUMBERS), "1 to 25"),
)
_CYRILLIC_ROWS = str.maketrans("МК", "MK")
_LATIN_PARTS = str.maketrans("ae", "ае")
_LONGEST_QUOTE = 100  # characters of a text that a message repeats
_BETWEEN = " \t\r\n,;\u00a0"
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))
_CODE = re.compile(
    r"""[\s,;]*+ -? \s*+                                              # separators, and a stray leading hyphen
    (?: (?P<row>[^\W\d_]) \s*-\s* (?P<zone>\d{1,9}) \s*-\s* (?P<sheet>\d{1,9}) \s*-\s* )?    # left out: as before
    \( \s* (?P<ten_size>\d{1,9}) (?P<ten>[^\W\d_]) \s*-\s* (?P<five_size>\d{1,9}) (?P<five>[^\W\d_]) \s*-\s*
    (?P<numbers> \d{1,9} (?: \s*,\s* \d{1,9} )*+ ) \s* \)""",
    re.VERBOSE,
)


@dataclass(frozen=True, order=True)
class Block:
    """One licence block; raises BlockCodeError when a part is outside what Kazakhstan has.

    row: Latin letter; zone, sheet, number: as in the code; ten, five: Cyrillic letters.
    """

    row: str
    zone: int
    sheet: int
    ten: str
    five: str
    number: int

    def __post_init__(self) -> None:
        """Check every part against the rule."""
        for part, name, allowed, wording in _PARTS:
            value = getattr(self, name)
            if value not in allowed:
                raise BlockCodeError(self.code, part, value, wording)

    @property
    def code(self) -> str:
        """The code in its published form with a Latin sheet letter, as M-42-85-(10е-5в-2)."""
        return f"{self.row}-{self.zone}-{self.sheet}-(10{self.ten}-5{self.five}-{self.number})"

    @property
    def south_min(self) -> int:
        """Southern side in whole minutes north of the equator."""
        north = 240 * (ord(self.row) - ord("A") + 1) - 20 * ((self.sheet - 1) // 12)
        north -= 10 * (TENS.index(self.ten) // 3) + 5 * (FIVES.index(self.five) // 2) + (self.number - 1) // 5
        return north - 1

    @property
    def west_min(self) -> int:
        """Western side in whole minutes east of Greenwich."""
        west = 360 * (self.zone - 31) + 30 * ((self.sheet - 1) % 12)
        west += 10 * (TENS.index(self.ten) % 3) + 5 * (FIVES.index(self.five) % 2) + (self.number - 1) % 5
        return west

    @property
    def bounds_min(self) -> tuple[int, int, int, int]:
        """West, south, east and north in whole minutes."""
        return self.west_min, self.south_min, self.west_min + 1, self.south_min + 1

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east and north in degrees: each a whole number of minutes divided by 60."""
        west, south, east, north = self.bounds_min
        return west / 60, south / 60, east / 60, north / 60


def encode(lon: float, lat: float) -> Block:
    """The block that holds a position in degrees on WGS 84.

    On a side it is the block east or north of it, whose side that is. Raises GeoError outside the grid, and on
    what is no number.
    """
    west, south, east, north = GRID_MIN
    # ROUNDING_MIN also keeps what is no number or out of all bounds from floor.
    held = west - 1 < lon * 60 < east + 1 and south - 1 < lat * 60 < north + 1
    at = (floor(lon * 60 + ROUNDING_MIN), floor(lat * 60 + ROUNDING_MIN)) if held else (-1, -1)
    if not (west <= at[0] < east and south <= at[1] < north):
        raise GeoError(f"Longitude {lon}, latitude {lat} is in no licence block: these lie from {GRID}.")
    return block_at(*at)


def block_at(west_min: int, south_min: int) -> Block:
    """The block whose western and southern sides are these whole minutes; BlockCodeError outside the grid."""
    zone, east = divmod(west_min, 360)
    row, north = divmod(south_min, 240)
    north = 239 - north  # rows are counted from the north
    sheet = 12 * (north // 20) + east // 30 + 1
    ten = 3 * (north % 20 // 10) + east % 30 // 10
    five = 2 * (north % 10 // 5) + east % 10 // 5
    return Block(chr(ord("A") + row), zone + 31, sheet, TENS[ten], FIVES[five], 5 * (north % 5) + east % 5 + 1)


def mirrored(block: Block) -> Block:
    """The block that the same code would name if the rows of the last level were counted from the south.

    Its code here is that of its place; applied twice it gives the block itself.
    """
    row, column = divmod(block.number - 1, 5)
    return replace(block, number=5 * (4 - row) + column + 1)


def format_codes(blocks: Iterable[Block]) -> str:
    """Codes as notices publish them, as M-42-85-(10е-5в-2,3,4), K-42-18-(10е-5б-17): each block once, in order.

    `parse` reads the same blocks from it.
    """
    quarters = groupby(sorted(set(blocks)), key=lambda block: block.code.rpartition("-")[0])
    return ", ".join(f"{quarter}-{','.join(str(block.number) for block in held)})" for quarter, held in quarters)


def parse(text: str) -> list[Block]:
    """Blocks named in a text of published codes, each once, in the order of their first mention.

    Read are all spellings met in notices: one code or several, with commas, semicolons or white space
    between them; lists of numbers as in (10в-5б-19,20,24,25); brackets without a sheet, which is then the
    one before; the sheet letter in Latin or Cyrillic (М, К); Latin a and e for Cyrillic а and е in parts;
    spaces beside hyphens, dashes for hyphens and a hyphen before the first letter. An empty text names no
    block. Raises BlockCodeError on anything else, such as Cyrillic Н (which is not N), a range of numbers
    or a part outside its limits.
    """
    plain = text.translate(_DASHES).rstrip(_BETWEEN)
    blocks: dict[Block, None] = {}
    sheet: tuple[str, int, int] | None = None
    at = 0
    while at < len(plain):
        match = _CODE.match(plain, at)
        if match is None:
            rest = _quoted(text[at:])
            raise BlockCodeError(rest, "spelling", rest, "codes like M-42-85-(10е-5в-2) or M-42-85-(10е-5в-2,3,4)")
        written = _quoted(match[0])
        if match["row"]:
            sheet = match["row"].translate(_CYRILLIC_ROWS), int(match["zone"]), int(match["sheet"])
        if sheet is None:
            raise BlockCodeError(written, "sheet", "", "a sheet such as M-42-85 before the first bracket")
        blocks.update(dict.fromkeys(_blocks(match, sheet, written)))
        at = match.end()
    return list(blocks)


def doubt_km(blocks: Iterable[Block]) -> float:
    """How far any part of an outline is off at most if the 25 blocks of a quarter are counted from the south.

    Each block then lies where the one in the mirrored row is drawn: one to four minutes of latitude away, 7.4 km at
    most. Blocks whose mirror images are named too make no difference, so whole quarters leave no doubt. The datum's
    65 to 95 m are not in it.
    """
    named = set(blocks)
    moved = [block for block in named if mirrored(block) not in named]
    return max((_shift_km(block) for block in moved), default=0.0)


def _shift_km(block: Block) -> float:
    """Kilometres along the meridian from a block to the one in the mirrored row, at its longer side."""
    sides = zip(block.bounds[1::2], mirrored(block).bounds[1::2], strict=True)
    return max(float(GEOD.inv(0.0, here, 0.0, there)[2]) for here, there in sides) / 1000


def _quoted(text: str) -> str:
    """What a message repeats of a text."""
    plain = text.strip(_BETWEEN)
    return plain if len(plain) <= _LONGEST_QUOTE else f"{plain[:_LONGEST_QUOTE]}…"


def _blocks(match: re.Match[str], sheet: tuple[str, int, int], written: str) -> list[Block]:
    """Blocks of one bracket; an error names the code as it was written."""
    for part, size in (("ten_size", "10"), ("five_size", "5")):
        if match[part] != size:
            raise BlockCodeError(written, "size of a part", match[part], size)
    ten, five = match["ten"].translate(_LATIN_PARTS), match["five"].translate(_LATIN_PARTS)
    try:
        return [Block(*sheet, ten, five, int(number)) for number in match["numbers"].split(",")]
    except BlockCodeError as error:
        raise BlockCodeError(written, error.part, error.value, error.allowed) from None


def outline(blocks: Iterable[Block]) -> Polygon | MultiPolygon:
    """Union of blocks in degrees of longitude and latitude, read as WGS 84; empty when there are none.

    The union is made of whole minutes, so neighbours share exact sides and no sliver can arise; each corner
    is a whole number of minutes divided by 60, and only corners are kept. Blocks that meet at a corner only
    stay separate parts. Outer rings run counter-clockwise.
    """
    union = shapely.normalize(shapely.union_all(shapely.box(*_runs(blocks))))
    polygons = [
        Polygon(_corners(part.exterior), [_corners(hole) for hole in part.interiors])
        for part in shapely.get_parts(union)
        if not part.is_empty
    ]
    if len(polygons) == 1:
        whole: Polygon | MultiPolygon = shapely.orient_polygons(polygons[0])
        return whole
    parts: MultiPolygon = shapely.orient_polygons(MultiPolygon(polygons))
    return parts


def _runs(blocks: Iterable[Block]) -> NDArray[np.float64]:
    """West, south, east and north (4, n) in whole minutes of the runs of neighbours in each row: fewer to unite."""
    places = np.array([(block.south_min, block.west_min) for block in blocks], dtype=np.int64).reshape(-1, 2)
    south, west = np.unique(places, axis=0).T
    begins = np.ones(len(west), dtype=bool)
    begins[1:] = (np.diff(south) != 0) | (np.diff(west) != 1)
    ends = np.roll(begins, -1)  # the first place begins a run, so the last one ends its own
    return np.array([west[begins], south[begins], west[ends] + 1, south[begins] + 1], dtype=np.float64)


def _corners(ring: shapely.LinearRing) -> NDArray[np.float64]:
    """Corners (n, 2) of a ring of whole minutes, in degrees, without vertices in the middle of a side."""
    vertices = shapely.get_coordinates(ring)[:-1]
    before, after = vertices - np.roll(vertices, 1, axis=0), np.roll(vertices, -1, axis=0) - vertices
    turns = before[:, 0] * after[:, 1] != before[:, 1] * after[:, 0]
    return np.asarray(vertices[turns] / 60)
