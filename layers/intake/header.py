"""Which row of a table names its columns, and which of these hold positions."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

from layers.coordinates import read_angle, read_position
from layers.errors import UploadError

LON = {"lon", "long", "lng", "longitude", "долгота", "бойлық", "долг", "lon_dd", "wgs_lon", "координата_долгота"}
LAT = {"lat", "latitude", "широта", "ендік", "шир", "lat_dd", "wgs_lat", "координата_широта"}
EAST = {"easting", "east", "e", "восток", "восточное", "шығыс", "на_восток"}
NORTH = {"northing", "north", "n", "север", "северное", "солтүстік", "на_север"}
X, Y = {"x", "х", "coord_x", "x_coord", "point_x", "xcoord"}, {"y", "у", "coord_y", "y_coord", "point_y", "ycoord"}
WKT = {"wkt", "geometry", "geom", "the_geom", "wkt_geom", "shape"}
BOTH = {
    *("coordinates", "coordinate", "coords", "coord", "latlon", "lat_lon", "lat_long", "lon_lat", "long_lat", "lonlat"),
    *("location", "position", "point", "координаты", "координата", "широта_долгота", "долгота_широта"),
    *("местоположение", "координаттар", "координат"),
}
UNITS = {
    *("deg", "degrees", "град", "градусы", "градус", "dd", "dms", "ddm", "m", "м", "метры", "wgs84", "wgs_84", "wgs"),
    *("sk42", "ск42", "ск_42", "ск", "sk", "°"),
}
MINUTES = {"min", "minute", "minutes", "мин", "минута", "минуты", "минут"}
SECONDS = {"sec", "second", "seconds", "сек", "секунда", "секунды", "секунд"}
STARTS_AS_WKT = re.compile(r"\s*(SRID=\d+;)?\s*(MULTI)?(POINT|LINESTRING|POLYGON)|\s*GEOMETRYCOLLECTION", re.IGNORECASE)
SHORT = tuple(  # с.ш., в.д.: northern latitude, eastern longitude; с.е., ш.б.: the same in Kazakh
    (re.compile(rf"(?<!\w){one}\.\s?{two}(?:\.|(?!\w))"), word)
    for one, two, word in (("с", "ш", "широта"), ("в", "д", "долгота"), ("с", "е", "ендік"), ("ш", "б", "бойлық"))
)
BESIDE_X = {  # words beside the letter X or Y of a plane coordinate
    *("координата", "координаты", "координат", "coordinate", "coordinates", "coord", "gk", "гк", "gauss", "гаусс"),
    *("север", "восток", "north", "east", "солтүстік", "шығыс", "крюгер", "kruger", "point"),
}
X_OR_Y = re.compile(r"([xхyу])(?:42|63|95)?")  # with the year of the system
HEADS = 10  # rows from the top, in which a header is looked for
LOOKED_AT = 200  # cells of a column whose name says nothing
NUMBER = re.compile(r"\s*[+-]?\d[\d\s.,°'\"]*\s*")
MEASURED = re.compile(r"\d[.,]\d|\d\s*[°º˚]")
LONGEST_NAME = 200
SAME_DEGREES = 0.0002  # some 20 m: a position may stand there twice, rounded; another datum is 65 m or more away
NOTHING = -1  # instead of a column that a table lacks

Rows = Sequence[Sequence[str]]


class Where(NamedTuple):
    """The columns of positions: two, one, or six (degrees, minutes, seconds); ``how`` is the word for the basis."""

    how: str
    columns: tuple[int, ...]


class Head(NamedTuple):
    """The names of columns, the row in which they stand (from 0), and how much they say of positions (0 to 3)."""

    names: list[str]
    row: int
    says: int


def find_head(rows: Rows) -> Head:
    """The row among the first ones that names the columns of positions; else the first one that is not blank.

    A title may stand above it. Names in two rows (a merged cell above its parts) are read together.
    """
    filled = [at for at, row in enumerate(rows[:HEADS]) if any(cell.strip() for cell in row)]
    if not filled:
        return Head([], 0, 0)
    plain = [Head(_stripped(rows[at]), at, _says(rows[at])) for at in filled]
    double = [
        Head(both, low, _says(both))
        for high, low in pairwise(filled)
        if not _has_numbers(rows[high]) and (both := _together(rows[high], rows[low]))
    ]
    best = max([*plain, *double], key=lambda head: head.says)  # of equal ones the first, of which the plain come first
    if best in plain and best.row in filled[1:] and best.says:
        above = rows[filled[filled.index(best.row) - 1]]
        names = [name or (above[at].strip() if at < len(above) else "") for at, name in enumerate(best.names)]
        return best._replace(names=names)
    return best if best.says else plain[0]


def find(names: Sequence[str], rows: Rows) -> Where | None:
    """The columns of positions by their names, else by what their cells hold; UploadError where two say the same."""
    keys = [_key(name) for name in names]
    parts = _parts(names)
    if parts is not None:
        return parts
    for how, first, second in (("degrees", LON, LAT), ("metres", EAST, NORTH), ("plane", X, Y)):
        pair = _first(keys, first, names, rows), _first(keys, second, names, rows)
        if pair[0] is not None and pair[1] is not None:
            return Where(how, (pair[0], pair[1]))
    both = [at for at, key in enumerate(keys) if key in BOTH or order_of(names[at])]
    wkt = [at for at, key in enumerate(keys) if key in WKT]
    for how, named, test in (("wkt", wkt, is_wkt), ("both", both, _is_both)):
        at = next(iter(named), None)
        if at is not None and _reads(rows, at, test, 0.3):
            return Where(how, (at,))
    for how, test in (("wkt", is_wkt), ("both", _is_both)):
        for at in range(len(names)):
            if _reads(rows, at, test, 0.9):
                return Where(how, (at,))
    return None


def order_of(name: str) -> str:
    """Which of longitude and latitude a heading such as "lat, lon" names first; nothing where it does not."""
    words = re.split(r"[\W_]+", name.casefold().replace("latlon", "lat_lon").replace("lonlat", "lon_lat"))
    said = ["lon" if word in LON else "lat" for word in words if word in LON or word in LAT]
    return said[0] if len(said) > 1 else ""


def is_wkt(cell: str) -> bool:
    """Whether a cell begins as well-known text does."""
    return bool(STARTS_AS_WKT.match(cell))


def _says(row: Sequence[str]) -> int:
    """3 where degrees, minutes and seconds have columns, 2 for a pair of columns, 1 for one column, 0 for none."""
    if _has_numbers(row):
        return 0
    if _parts(row) is not None:
        return 3
    keys = [_key(name) for name in row]
    pairs = [(_first(keys, one, row), _first(keys, two, row)) for one, two in ((LON, LAT), (EAST, NORTH), (X, Y))]
    if any(one is not None and two is not None for one, two in pairs):
        return 2
    return int(any(key in WKT | BOTH or order_of(name) for key, name in zip(keys, row, strict=True)))


def _has_numbers(row: Sequence[str]) -> bool:
    return any(NUMBER.fullmatch(cell[:LONGEST_NAME]) or MEASURED.search(cell[:LONGEST_NAME]) for cell in row)


def _stripped(row: Sequence[str]) -> list[str]:
    return [cell.strip() for cell in row]


def _together(high: Sequence[str], low: Sequence[str]) -> list[str]:
    """Names in two rows: one above reaches to the right as far as nothing else stands there."""
    wide, made, last = max(len(high), len(low)), [], ""
    upper, lower = ([*_stripped(row), *[""] * (wide - len(row))] for row in (high, low))
    for above, below in zip(upper, lower, strict=True):
        last = above or last
        made.append(f"{last} {below}".strip() if below else above)
    return made


def _parts(names: Sequence[str]) -> Where | None:
    """Columns of degrees, minutes and seconds; seconds may be missing."""
    found: list[int] = []
    words = [set(re.split(r"[\W_]+", _spelt(name))) for name in names]
    for axis, other in ((LON, LAT), (LAT, LON)):
        of = [at for at, said in enumerate(words) if said & axis and not said & other]
        minutes = [at for at in of if words[at] & MINUTES]
        seconds = [at for at in of if words[at] & SECONDS]
        degrees = [at for at in of if not words[at] & (MINUTES | SECONDS)]
        if len(minutes) != 1 or len(degrees) != 1 or len(seconds) > 1:
            return None
        found += [degrees[0], minutes[0], seconds[0] if seconds else NOTHING]
    return Where("parts", tuple(found))


def _key(name: str) -> str:
    """A name without units, brackets and spaces: "Долгота, град." is "долгота"."""
    words = [word for word in re.split(r"[\W_]+", _spelt(name)) if word]
    kept = [word for word in words if word not in UNITS and not word.isdigit()] or words
    core = [word for word in kept if word not in BESIDE_X]
    if len(core) == 1 and (letter := X_OR_Y.fullmatch(core[0])):
        return letter[1]
    return "_".join(kept)


def _spelt(name: str) -> str:
    """A name in small letters, with the usual short forms of latitude and longitude written out."""
    plain = name[:LONGEST_NAME].casefold()
    for short, word in SHORT:
        plain = short.sub(f" {word} ", plain)
    return plain


def _first(keys: Sequence[str], known: set[str], names: Sequence[str], rows: Rows = ()) -> int | None:
    """The column of one of these names, else one that says it among other words, and not what another column is.

    UploadError where two such columns hold different positions.
    """
    found = [at for at, key in enumerate(keys) if key in known]
    if not found and known in (LON, LAT):
        others = LAT if known is LON else LON
        words = [set(key.split("_")) for key in keys]
        found = [at for at, said in enumerate(words) if said & known and not said & others]
    if len(found) > 1 and known in (EAST, NORTH) and not {"e", "n"} <= set(keys):
        found = [at for at in found if len(keys[at]) > 1] or found  # a lone N counts the rows
    filled = [at for at in found if any(row[at].strip() for row in rows[:LOOKED_AT])] or found
    for at in filled[1:]:
        if not all(_same(row[filled[0]], row[at]) for row in rows[:LOOKED_AT]):
            one, two = (names[place].strip()[:60] for place in (filled[0], at))
            raise UploadError(
                f"The columns {one!r} and {two!r} could both hold the positions: keep the pair that is meant."
            )
    return filled[0] if filled else None


def _same(one: str, two: str) -> bool:
    """Whether two cells hold the same angle, whatever way they write it, or the same text."""
    first, second = (read_angle(cell.strip(), "lon") for cell in (one, two))
    if first is None or second is None:
        return one.strip() == two.strip()
    return abs(first - second) < SAME_DEGREES


def letters_of(rows: Rows, at: int, letters: str) -> int | None:
    """The column beside one of degrees that says on which side of the earth it is, where one says the other side."""
    for beside in (at + 1, at - 1):
        held = {row[beside].strip().casefold() for row in rows if 0 <= beside < len(row)} - {""}
        if held and held <= set(letters) and held & set(letters[1::2]):
            return beside
    return None


def _reads(rows: Rows, at: int, test: Callable[[str], bool], least: float) -> bool:
    cells = [row[at] for row in rows[: 10 * LOOKED_AT] if row[at].strip()][:LOOKED_AT]
    return bool(cells) and sum(map(test, cells)) >= least * len(cells)


def _is_both(cell: str) -> bool:
    return read_position(cell) is not None
