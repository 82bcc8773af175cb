"""Positions in the cells of a visitor's table, in the spellings that tables have."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from geo.misfits import within
from geo.systems import COUNTRY, PULKOVO_DEGREES, WGS84_DEGREES
from layers.coordinates import Reading, read_angle, read_position
from layers.errors import UploadError
from layers.intake import stage
from layers.intake.found import Found, shapes_of
from layers.intake.header import NOTHING, Rows, Where, find, is_wkt, letters_of, order_of
from layers.intake.verdict import Encoding

PLAIN_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d*)?(?:[eE][+-]?\d{1,3})?|[+-]?[.,]\d+")
SRID = re.compile(r"\s*SRID=(\d{1,6});", re.IGNORECASE)
PULKOVO = re.compile(r"(?:[сc][кk]|sk|pulkovo|пулково)[\s_-]*(?:19)?42", re.IGNORECASE)
MOST_DEGREES = 360.0
SIXTY = 60.0
TOLD_ROWS = 1_000  # a report of how far it is
HALF, NONE = "has a longitude or a latitude but not both", "has no coordinates"
UNREADABLE, NO_WKT = "has coordinates that cannot be read", "has a shape that is not WKT"

Cells = Sequence[str]
Made = tuple[shapely.Geometry | None, str]


class _Read(NamedTuple):
    """A shape for each row or why there is none, and what is to be said of all of them."""

    shapes: list[shapely.Geometry | None]
    lost: list[str]
    warnings: tuple[str, ...] = ()
    srids: frozenset[str] = frozenset()
    order_unsure: bool = False


def placed(title: str, names: list[str], rows: Rows, encoding: Encoding) -> Found | None:
    """A table as a layer; None where no column holds positions. Every row has as many cells as there are names."""
    where = find(names, rows)
    if where is None:
        return None
    cells = [[row[at].strip() if at != NOTHING else "" for at in where.columns] for row in rows]
    if where.how == "degrees":
        _add_sides(cells, rows, where)
    read = _positions(cells, names[where.columns[0]]) if where.how == "both" else _each(cells, READERS[where.how])
    columns = [pa.array([row[at] or None for row in rows], pa.string()) for at in range(len(names))]
    found = Found(title, names, columns, shapes_of(read.shapes), encoding)
    found.warnings += read.warnings
    _say(found, where, [names[at] for at in where.columns if at != NOTHING], read)
    reasons = np.array(read.lost, dtype="object")
    for why in dict.fromkeys(reason for reason in read.lost if reason):
        found.drop(reasons == why, why)
        reasons = reasons[reasons != why]
    return found


def _add_sides(cells: list[list[str]], rows: Rows, where: Where) -> None:
    """Write the letters of a column beside (N or S, E or W) to the degrees that they belong to."""
    for place, letters in ((0, "ewвз"), (1, "nsсю")):
        beside = letters_of(rows, where.columns[place], letters)
        if beside is not None:
            for cell, row in zip(cells, rows, strict=True):
                cell[place] = f"{cell[place]} {row[beside].strip()}".strip() if cell[place] else ""


def missing(names: Sequence[str]) -> UploadError:
    """What to say of a table without positions."""
    listed = ", ".join(repr(name[:30]) for name in names[:8])
    return UploadError(
        f"No column holds coordinates (there are {listed}): name them lon and lat, X and Y, or wkt, in the first row."
    )


def _each(cells: Sequence[Cells], read: Callable[[Cells], Made]) -> _Read:
    made, lost, srids = [], [], set()
    for number, row in enumerate(cells):
        if number % TOLD_ROWS == 0:
            stage.tell("reading", number)
        shape, why = read(row)
        made.append(shape)
        lost.append(why)
        if shape is not None and len(row) == 1:
            said = SRID.match(row[0])
            srids.add(said[1].lstrip("0") if said else "")
    return _Read(made, lost, srids=frozenset(srids))


def _say(found: Found, where: Where, told: list[str], read: _Read) -> None:
    """What the columns say of the reference system."""
    names = " and ".join(told[:2] if len(told) == 2 else [", ".join(told)])
    places = shapely.get_coordinates(found.shapes)
    places = places[np.isfinite(places).all(axis=1)]
    degrees = np.abs(places).max(initial=0.0) <= MOST_DEGREES or _share(places) > 0.5
    how = {"wkt": "WKT in the column", "both": "positions in the column"}.get(where.how, "degrees in the columns")
    found.standard = degrees
    found.basis = (
        f"{how} {names}; no datum is stated, WGS 84 is taken" if degrees else f"numbers in {names}, no system stated"
    )
    found.order_unsure = read.order_unsure or (where.how == "plane" and degrees and _fits_both_ways(places))
    if read.srids - {""}:
        _believe(found, read.srids, names)
    elif degrees and all(PULKOVO.search(name) for name in told):
        found.standard, found.declared = False, PULKOVO_DEGREES.crs
        found.basis = f"the names of the columns {names} say Pulkovo 1942"


def _believe(found: Found, srids: frozenset[str], names: str) -> None:
    """The system that extended WKT states; UploadError where rows state several, or an unknown one."""
    if len(srids) > 1:
        listed = ", ".join(sorted(srid or "none" for srid in srids))
        raise UploadError(
            f"The shapes state several reference systems (SRID {listed}): save each in a file of its own."
        )
    (srid,) = srids
    try:
        found.declared = CRS.from_epsg(int(srid))
    except CRSError as error:
        raise UploadError(f"The shapes state the system SRID={srid}, which is not known: leave it out.") from error
    found.standard = found.declared == WGS84_DEGREES.crs
    found.basis = f"SRID={srid} in the column {names}"


def _share(places: np.ndarray) -> float:
    return float((np.abs(places) <= MOST_DEGREES).all(axis=1).mean()) if len(places) else 1.0


def _fits_both_ways(places: np.ndarray) -> bool:
    inside = within(COUNTRY)
    x, y = places[:, 0], places[:, 1]
    return bool(len(x)) and bool(inside(x, y).all()) and bool(inside(y, x).all())


def _pair(cells: Cells) -> Made:
    given = [bool(cell) for cell in cells]
    if not any(given):
        return None, NONE
    if not all(given):
        return None, HALF
    x, y = _degrees(cells[0], "lon"), _degrees(cells[1], "lat")
    return (None, UNREADABLE) if x is None or y is None else (shapely.Point(x, y), "")


def _parts(cells: Cells) -> Made:
    """Degrees, minutes and seconds in columns of their own, longitude first; minutes and seconds may be empty."""
    if not any(cells):
        return None, NONE
    if not cells[0] or not cells[3]:
        return None, HALF
    lon, lat = _sum(cells[:3]), _sum(cells[3:])
    return (None, UNREADABLE) if lon is None or lat is None else (shapely.Point(lon, lat), "")


def _sum(cells: Cells) -> float | None:
    degrees, minutes, seconds = (_number(cell) if cell else 0.0 for cell in cells)
    if degrees is None or minutes is None or seconds is None:
        return None
    if not (0 <= minutes < SIXTY and 0 <= seconds < SIXTY):
        return None
    return math.copysign(abs(degrees) + minutes / SIXTY + seconds / SIXTY**2, -1 if cells[0].startswith("-") else 1)


def _degrees(cell: str, axis: str) -> float | None:
    value = _number(cell)
    return value if value is not None else read_angle(cell, "lon" if axis == "lon" else "lat")


def _number(cell: str) -> float | None:
    """A number with a decimal point or comma; white space may part its thousands."""
    plain = re.sub(r"(?<=\d)[\s\u00a0\u202f'](?=\d{3}(?!\d))", "", cell).replace("−", "-")
    if plain.casefold() in ("nan", "inf", "-inf", "+inf", "infinity", "-infinity"):
        return float(plain)
    if not PLAIN_NUMBER.fullmatch(plain):
        return None
    value = float(plain.replace(",", "."))
    return value if math.isfinite(value) else math.inf


def _wkt(cells: Cells) -> Made:
    text = SRID.sub("", cells[0], count=1)
    if not text:
        return None, NONE
    made = shapely.from_wkt(text, on_invalid="ignore") if is_wkt(text) else None
    return (None, NO_WKT) if made is None else (made, "")


def _positions(cells: Sequence[Cells], name: str) -> _Read:
    """Two numbers in one cell, in one order throughout: that of the heading, else the one that fits all of them."""
    read = [read_position(row[0]) if row[0] else None for row in cells]
    plain = [one for one in read if one is not None and not one.named]
    turned = [one for one in plain if one.swapped]
    order = order_of(name)
    warnings: tuple[str, ...] = ()
    if not order and turned:
        straight = np.array([(one.lat, one.lon) for one in plain if not one.swapped]).reshape(-1, 2)
        if within(COUNTRY)(straight[:, 0], straight[:, 1]).all():
            order = "lon"
        else:
            warnings = (f"{len(turned)} positions have their longitude first, the others their latitude",)
    numbers = np.array([(one.lon, one.lat) for one in plain]).reshape(-1, 2)
    unsure = not order and _fits_both_ways(numbers)
    shapes = [None if one is None else shapely.Point(_in_order(one, order)) for one in read]
    lost = ["" if one is not None else UNREADABLE if row[0] else NONE for one, row in zip(read, cells, strict=True)]
    return _Read(shapes, lost, warnings, order_unsure=unsure)


def _in_order(read: Reading, order: str) -> tuple[float, float]:
    """Longitude and latitude; letters beside the numbers say more than the order."""
    if read.named or not order:
        return read.lon, read.lat
    first, second = (read.lon, read.lat) if read.swapped else (read.lat, read.lon)
    return (first, second) if order == "lon" else (second, first)


READERS: dict[str, Callable[[Cells], Made]] = {
    "degrees": _pair,
    "metres": _pair,
    "plane": _pair,
    "parts": _parts,
    "wkt": _wkt,
}
