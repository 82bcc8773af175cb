"""Positions in the cells of a visitor's table, under the names and in the spellings that tables have."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import shapely

from layers.coordinates import read_angle, read_position
from layers.errors import UploadError
from layers.intake import stage
from layers.intake.found import Found, shapes_of
from layers.intake.verdict import Encoding

LON = {"lon", "long", "lng", "longitude", "долгота", "бойлық", "долг", "lon_dd", "wgs_lon", "координата_долгота"}
LAT = {"lat", "latitude", "широта", "ендік", "шир", "lat_dd", "wgs_lat", "координата_широта"}
EAST = {"easting", "east", "e", "восток", "восточное", "шығыс", "на_восток"}
NORTH = {"northing", "north", "n", "север", "северное", "солтүстік", "на_север"}
X, Y = {"x", "х", "coord_x", "x_coord", "point_x", "xcoord"}, {"y", "у", "coord_y", "y_coord", "point_y", "ycoord"}
WKT = {"wkt", "geometry", "geom", "the_geom", "wkt_geom", "shape"}
BOTH = {
    *(
        "coordinates",
        "coordinate",
        "coords",
        "coord",
        "latlon",
        "lat_lon",
        "lat_long",
        "lon_lat",
        "location",
        "position",
    ),
    *("координаты", "координата", "широта_долгота", "местоположение", "координаттар", "координат", "point"),
}
UNITS = {
    "deg",
    "degrees",
    "град",
    "градусы",
    "dd",
    "dms",
    "ddm",
    "m",
    "м",
    "метры",
    "wgs84",
    "wgs_84",
    "wgs",
    "sk42",
    "ск42",
    "ск_42",
}
STARTS_AS_WKT = re.compile(r"\s*(SRID=\d+;)?\s*(MULTI)?(POINT|LINESTRING|POLYGON)|\s*GEOMETRYCOLLECTION", re.IGNORECASE)
PLAIN_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d*)?(?:[eE][+-]?\d{1,3})?|[+-]?[.,]\d+")
MOST_DEGREES = 360.0
TOLD_ROWS = 1_000  # a report of how far it is
LOOKED_AT = 200  # cells of a column whose name says nothing
HALF, NONE = "has a longitude or a latitude but not both", "has no coordinates"
UNREADABLE, NO_WKT = "has coordinates that cannot be read", "has a shape that is not WKT"

Rows = Sequence[Sequence[str]]
Pair = tuple[float, float]


class Where(NamedTuple):
    """The columns of positions: two of them, or one; ``how`` is the word for the basis."""

    how: str
    columns: tuple[int, ...]


def placed(title: str, names: list[str], rows: Rows, encoding: Encoding) -> Found | None:
    """A table as a layer; None where no column holds positions. Every row has as many cells as there are names."""
    where = _where(names, rows)
    if where is None:
        return None
    read = READERS[where.how]
    made, lost = [], []
    for number, row in enumerate(rows):
        if number % TOLD_ROWS == 0:
            stage.tell("reading", number)
        shape, why = read([row[at].strip() for at in where.columns])
        made.append(shape)
        lost.append(why)
    columns = [pa.array([row[at] or None for row in rows], pa.string()) for at in range(len(names))]
    found = Found(title, names, columns, shapes_of(made), encoding)
    told = " and ".join(names[at] for at in where.columns)
    _say(found, where, told)
    reasons = np.array(lost, dtype="object")
    for why in dict.fromkeys(reason for reason in lost if reason):
        found.drop(reasons == why, why)
        reasons = reasons[reasons != why]
    return found


def missing(names: Sequence[str]) -> UploadError:
    """What to say of a table without positions."""
    listed = ", ".join(repr(name[:30]) for name in names[:8])
    return UploadError(
        f"No column holds coordinates (there are {listed}): name them lon and lat, X and Y, or wkt, in the first row."
    )


def _say(found: Found, where: Where, told: str) -> None:
    """What the columns say of the reference system."""
    places = shapely.get_coordinates(found.shapes)
    places = places[np.isfinite(places).all(axis=1)]
    degrees = np.abs(places).max(initial=0.0) <= MOST_DEGREES or _share(places) > 0.5
    found.standard = degrees
    how = {"wkt": "WKT in the column", "both": "positions in the column"}.get(where.how, "degrees in the columns")
    found.basis = (
        f"{how} {told}; no datum is stated, WGS 84 is taken" if degrees else f"numbers in {told}, no system stated"
    )


def _share(places: np.ndarray) -> float:
    return float((np.abs(places) <= MOST_DEGREES).all(axis=1).mean()) if len(places) else 1.0


def _where(names: Sequence[str], rows: Rows) -> Where | None:
    keys = [_key(name) for name in names]
    for how, first, second in (("degrees", LON, LAT), ("metres", EAST, NORTH), ("plane", X, Y)):
        pair = _first(keys, first), _first(keys, second)
        if pair[0] is not None and pair[1] is not None:
            return Where(how, (pair[0], pair[1]))
    for how, known, test in (("wkt", WKT, _is_wkt), ("both", BOTH, _is_both)):
        at = _first(keys, known)
        if at is not None and _reads(rows, at, test, 0.3):
            return Where(how, (at,))
    for how, test in (("wkt", _is_wkt), ("both", _is_both)):
        for at in range(len(names)):
            if _reads(rows, at, test, 0.9):
                return Where(how, (at,))
    return None


def _key(name: str) -> str:
    """A name without units, brackets and spaces: "Долгота, град." is "долгота"."""
    words = [word for word in re.split(r"[\W_]+", name.casefold()) if word]
    kept = [word for word in words if word not in UNITS and not word.isdigit()] or words
    return "_".join(kept)


def _first(keys: Sequence[str], known: set[str]) -> int | None:
    """The column of one of these names, else one that says it among other words, and not what another column is."""
    exact = next((at for at, key in enumerate(keys) if key in known), None)
    if exact is not None or known not in (LON, LAT):
        return exact
    others = LAT if known is LON else LON
    words = [set(key.split("_")) for key in keys]
    return next((at for at, said in enumerate(words) if said & known and not said & others), None)


def _reads(rows: Rows, at: int, test: Callable[[str], bool], least: float) -> bool:
    cells = [row[at] for row in rows[: 10 * LOOKED_AT] if row[at].strip()][:LOOKED_AT]
    return bool(cells) and sum(map(test, cells)) >= least * len(cells)


def _is_wkt(cell: str) -> bool:
    return bool(STARTS_AS_WKT.match(cell))


def _is_both(cell: str) -> bool:
    return read_position(cell) is not None


def _pair(cells: Sequence[str], read: Callable[[str, str], float | None]) -> tuple[shapely.Point | None, str]:
    given = [bool(cell) for cell in cells]
    if not any(given):
        return None, NONE
    if not all(given):
        return None, HALF
    x, y = read(cells[0], "lon"), read(cells[1], "lat")
    return (None, UNREADABLE) if x is None or y is None else (shapely.Point(x, y), "")


def _degrees(cell: str, axis: str) -> float | None:
    value = _number(cell, axis)
    return value if value is not None else read_angle(cell, "lon" if axis == "lon" else "lat")


def _number(cell: str, _: str = "") -> float | None:
    """A number with a decimal point or comma; white space may part its thousands."""
    plain = re.sub(r"(?<=\d)[\s\u00a0\u202f'](?=\d{3}(?!\d))", "", cell).replace("−", "-")
    if plain.casefold() in ("nan", "inf", "-inf", "+inf", "infinity", "-infinity"):
        return float(plain)
    if not PLAIN_NUMBER.fullmatch(plain):
        return None
    value = float(plain.replace(",", "."))
    return value if math.isfinite(value) else math.inf


def _wkt(cells: Sequence[str]) -> tuple[shapely.Geometry | None, str]:
    text = re.sub(r"^\s*SRID=\d+;", "", cells[0])
    if not text:
        return None, NONE
    made = shapely.from_wkt(text, on_invalid="ignore") if STARTS_AS_WKT.match(text) else None
    return (None, NO_WKT) if made is None else (made, "")


def _both(cells: Sequence[str]) -> tuple[shapely.Point | None, str]:
    if not cells[0]:
        return None, NONE
    made = read_position(cells[0])
    return (None, UNREADABLE) if made is None else (shapely.Point(made.lon, made.lat), "")


READERS: dict[str, Callable[[Sequence[str]], tuple[shapely.Geometry | None, str]]] = {
    "degrees": lambda cells: _pair(cells, _degrees),
    "metres": lambda cells: _pair(cells, _degrees),
    "plane": lambda cells: _pair(cells, _degrees),
    "wkt": _wkt,
    "both": _both,
}
