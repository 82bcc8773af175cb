"""The filter worked out a second time, from the files of data/ with loops over plain rows and no code of the atlas.

Only the outlines of licence blocks are taken from the atlas, which reads them from block codes.
"""

from __future__ import annotations

import csv
import math
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pyproj import Geod

from layers.relate import layer
from layers.view import BADGE, View

ROOT = Path(__file__).resolve().parents[2]
GEOD = Geod(ellps="WGS84")
STEP_M = 2000.0
DOUBT_KM = 0.005  # a sampled distance this near to the radius would prove nothing
Row = dict[str, str]
Path_ = list[tuple[float, float]]
GAS = {f"gas_{status}": status for status in ("operating", "construction", "planned", "mothballed", "none_found")}
STATUS = {
    "prospecting_areas": ("stage", "stage"),
    "deposits": ("deposit_status", "status"),
    "industrial_zones": ("zone_status", "status"),
    "plants": ("modernisation_status", "modernisation_status"),
    "instructions": ("instruction_state", "state"),
    **dict.fromkeys(GAS, ("gas_route_status", "status")),
}
WITHOUT_KIND_OF_POSITION = ("instructions",)  # always at the town they name
TOWN_FACETS = ("region", "specialisation", "gas", "listed")
ORE_LAYERS = ("prospecting_areas", "deposits")
RELATED = (*ORE_LAYERS, *GAS)  # whose rows may lie near a town without naming one


@cache
def table(name: str) -> list[Row]:
    """A file of data/."""
    with (ROOT / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def toml(folder: str, name: str) -> dict[str, object]:
    """A record of the atlas."""
    return tomllib.loads((ROOT / "layers" / folder / f"{name}.toml").read_text(encoding="utf-8"))


def rows(layer_id: str) -> list[Row]:
    """All rows of a layer of the legend."""
    if layer_id in GAS:
        return [row for row in table("gas_routes") if row["status"] == GAS[layer_id]]
    return table(layer_id)


def parts(cell: str) -> list[str]:
    """The parts of a list cell."""
    return [part for part in cell.split(";") if part]


def named_towns(layer_id: str, row: Row) -> list[str]:
    """Towns that a row names."""
    if layer_id in GAS:
        return parts(row["towns_said_served"])
    return parts(row.get("town_id", ""))


@cache
def towns() -> dict[str, tuple[float, float]]:
    """Position of each town, longitude first."""
    return {row["id"]: (float(row["lon"]), float(row["lat"])) for row in table("towns")}


@cache
def shape(layer_id: str, key: str) -> tuple[list[Path_], bool]:
    """Paths of one row, and whether they are rings; a point is a path of one vertex; none for a row without place."""
    row = next(row for row in rows(layer_id) if row["id"] == key)
    if layer_id in GAS:
        used = [at for at in table("gas_waypoints") if at["route_id"] == key and at["used"] == "yes"]
        used.sort(key=lambda at: int(at["seq"]))
        return [[(float(at["lon"]), float(at["lat"])) for at in used]] if used else [], False
    if row.get("block_codes"):
        made = layer(layer_id).row(key)["geometry"]
        return [[(x, y) for x, y in part.exterior.coords] for part in getattr(made, "geoms", [made])], True
    return [[(float(row["lon"]), float(row["lat"]))]] if row.get("lon") else [], False


def sampled(path: Path_, step_m: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Positions along the geodesics of a path."""
    lon, lat = [[path[0][0]]], [[path[0][1]]]
    for (x, y), (x2, y2) in pairwise(path):
        azimuth, _, length = GEOD.inv(x, y, x2, y2)
        at = np.linspace(0, length, 2 + int(length // step_m))
        along = GEOD.fwd(np.full(len(at), x), np.full(len(at), y), np.full(len(at), azimuth), at)
        lon.append(along[0])
        lat.append(along[1])
    return np.concatenate(lon), np.concatenate(lat)


@cache
def km(layer_id: str, key: str, lon: float, lat: float) -> float:
    """Geodesic distance of a placed row from a point: sampled along its edges, finer around the nearest sample."""
    paths, closed = shape(layer_id, key)
    if closed and any(inside((lon, lat), path) for path in paths):
        return 0.0
    best = math.inf
    for path in paths:
        x, y = sampled(path, STEP_M)
        away = GEOD.inv(np.full(len(x), lon), np.full(len(x), lat), x, y)[2]
        n = int(away.argmin())
        around = list(zip(x, y, strict=True))[max(n - 1, 0) : n + 2]
        x, y = sampled(around, STEP_M / 1000)
        best = min(best, float(np.min(GEOD.inv(np.full(len(x), lon), np.full(len(x), lat), x, y)[2])) / 1000)
    return best


def off_km(layer_id: str, key: str) -> float | None:
    """How far a row's place may be off: as stated, and by the inferred numbering of blocks; None where not known."""
    row = next(row for row in rows(layer_id) if row["id"] == key)
    if not row["accuracy_km"] or not shape(layer_id, key)[0]:
        return None
    return float(row["accuracy_km"]) + block_doubt_km(row.get("block_codes", ""))


def block_doubt_km(codes: str) -> float:
    """Kilometres from a block to the one in the mirrored row of its quarter, the most of those named alone."""
    worst = 0
    for quarter in re.findall(r"5.\s*-\s*([\d,\s]+)\)", codes):
        quarter_rows = {((int(n) - 1) // 5, (int(n) - 1) % 5) for n in quarter.split(",")}
        alone = [row for row, column in quarter_rows if (4 - row, column) not in quarter_rows]
        worst = max([worst, *(abs(4 - 2 * row) for row in alone)])
    return float(GEOD.inv(70, 49, 70, 49 + worst / 60)[2]) / 1000


def within(
    layer_id: str, key: str, at: tuple[float, float], radius_km: float, off: float | None = 0.0, sure: bool = False
) -> bool:
    """Whether a placed row surely lies, or else may lie, within a radius of a point that may be off itself."""
    own = off_km(layer_id, key)
    away, doubt = km(layer_id, key, *at), (own or 0) + (off or 0)
    if sure and (own is None or off is None):
        return False
    edge = away + doubt if sure else away - doubt
    assert abs(edge - radius_km) > DOUBT_KM, (layer_id, key, edge)
    return edge <= radius_km


def town_within(town: str, at: tuple[float, float], radius_km: float, sure: bool = False) -> bool:
    """Whether what is only known to be at a town may lie within a radius: where the town does, as published."""
    away = km("towns", town, *at)
    assert abs(away - radius_km) > DOUBT_KM, (town, away)
    return not sure and away <= radius_km


def listed_near(layer_id: str, row: Row, at: tuple[float, float], radius_km: float, off: float) -> bool:
    """Whether a row may lie within a radius of a point; one without a usable place is where its towns are.

    A place without an accuracy counts as it is published.
    """
    if shape(layer_id, row["id"])[0] and row["accuracy_km"]:
        return within(layer_id, row["id"], at, radius_km, off)
    if row.get("town_id"):
        return town_within(row["town_id"], at, radius_km)
    if shape(layer_id, row["id"])[0]:
        return within(layer_id, row["id"], at, radius_km)
    return any(town_within(town, at, radius_km) for town in named_towns(layer_id, row))


def linked_towns(layer_id: str, row: Row, radius_km: float, sure: bool) -> list[str]:
    """The towns that a row names, else those within the radius of a row of known accuracy."""
    if named := named_towns(layer_id, row):
        return named
    if layer_id not in RELATED or not row["accuracy_km"] or not shape(layer_id, row["id"])[0]:
        return []
    every = towns().items()
    return [town for town, at in every if within(layer_id, row["id"], at, radius_km, off_km("towns", town), sure)]


OWN_COLUMNS = {"deposit_type": ("deposits", "deposit_type"), "operator": ("prospecting_areas", "operator")}


@cache
def town_codes(facet: str, town: str) -> frozenset[str]:
    """Codes of one town."""
    row = next(row for row in table("towns") if row["id"] == town)
    found = {
        "region": [row["region"]],
        "specialisation": [row["specialisation"], *parts(row["specialisation_secondary"])],
        "gas": [claim["status"] for claim in table("gas_status") if claim["town_id"] == town],
        "listed": [
            entry["list_year"]
            for entry in table("list_membership")
            if (entry["town_id"], entry["member"]) == (town, "yes")
        ],
    }[facet]
    return frozenset(found or ["-"])


def codes(facet: str, layer_id: str, row: Row, radius_km: float, sure: bool = False) -> set[str] | None:
    """What a row states in a facet; None where the facet has nothing to do with the layer."""
    if facet in TOWN_FACETS:
        linked = [row["id"]] if layer_id == "towns" else linked_towns(layer_id, row, radius_km, sure)
        if sure and not linked and linked_towns(layer_id, row, radius_km, sure=False):
            return set()  # not surely near a town, nor surely near none
        return {code for town in linked for code in town_codes(facet, town)} or {"-"}
    if facet == "position":
        return {row["geometry_status"]} if layer_id not in WITHOUT_KIND_OF_POSITION else None
    if facet == "status":
        if layer_id not in STATUS:
            return None
        words, column = STATUS[layer_id]
        return {f"{words}.{row[column] or '-'}"}
    if facet in OWN_COLUMNS:
        owner, column = OWN_COLUMNS[facet]
        return {row[column] or "-"} if layer_id == owner else None
    if layer_id not in ORE_LAYERS:
        return None
    ores = parts(row["commodities"])
    if facet == "group":
        ores = [str(toml("vocabulary", "commodity")[ore]["group"]) for ore in ores]  # type: ignore[index]
    return set(ores) or {"-"}


def facet_keeps(facet: str, wanted: Iterable[str], layer_id: str, row: Row, view: View) -> bool:
    """Whether a facet keeps a row; codes of a vocabulary that the layer does not have say nothing about it."""
    stated = codes(facet, layer_id, row, view.radius_km, view.sure)
    if facet == "status" and stated is not None:
        own = STATUS[layer_id][0]
        wanted = [code for code in wanted if code.startswith(f"{own}.")]
        if not wanted:
            return True
    return stated is None or bool(stated & set(wanted))


def folded(text: str) -> str:
    """Letters without their case, ё as е."""
    return text.casefold().replace("ё", "е")


@cache
def says(layer_id: str, key: str) -> str:
    """All that a row says: its cells, and in three languages the words of its codes and the names of its towns."""
    row = next(row for row in rows(layer_id) if row["id"] == key)
    told = []
    for column in toml("catalogue", "gas_routes" if layer_id in GAS else layer_id)["columns"]:  # type: ignore[attr-defined]
        cell = row[column["name"]]
        if column["type"] == "sources":
            continue
        told.append(cell)
        for part in parts(cell):
            if "vocabulary" in column:
                term = toml("vocabulary", column["vocabulary"])[part]
                told += [str(term[language]) for language in ("kk", "ru", "en")]  # type: ignore[index]
            elif column.get("ref") == "towns":
                town = next(town for town in table("towns") if town["id"] == part)
                told += [town[f"name_{language}"] for language in ("kk", "ru", "en")]
            elif column.get("ref") == "evidence":
                piece = next(piece for piece in table("evidence") if piece["id"] == part)
                told += [piece[f"shows_{language}"] for language in ("kk", "ru", "en")]
    return folded("\n".join(told))


def flat(lon: float, lat: float) -> tuple[float, float]:
    """Longitude and Mercator ordinate in degrees."""
    return lon, math.degrees(math.log(math.tan(math.radians(45 + lat / 2))))


def side(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> float:
    """Positive where c lies left of the line from a to b."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def cross(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float], d: tuple[float, float]) -> bool:
    """Whether two segments cross in their insides."""
    return side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0


def inside(at: tuple[float, float], ring: Path_) -> bool:
    """Whether a ray to the east crosses the ring an odd number of times."""
    found = False
    for (x, y), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
        if (y > at[1]) != (y2 > at[1]) and at[0] < x + (at[1] - y) / (y2 - y) * (x2 - x):
            found = not found
    return found


def meets(layer_id: str, key: str, ring: Path_) -> bool:
    """Whether a row meets a ring, edges straight on the map."""
    paths, closed = shape(layer_id, key)
    drawn = [flat(*at) for at in ring]
    for path in paths:
        line = [flat(*at) for at in path]
        if any(inside(at, drawn) for at in line) or (closed and any(inside(at, line) for at in drawn)):
            return True
        if any(cross(a, b, c, d) for a, b in pairwise(line) for c, d in pairwise([*drawn, drawn[0]])):
            return True
    return False


def centre_of(view: View) -> tuple[tuple[float, float], float | None]:
    """The point from which the radius of a view is measured, and how far it may be off."""
    assert view.selected is not None
    layer_id, key = view.selected.layer, view.selected.id
    if layer_id == "place":
        lat, lon = key.split(",")
        return (float(lon), float(lat)), 0.0
    if key.startswith(BADGE):
        return towns()[key.removeprefix(BADGE)], None
    paths, _ = shape(layer_id, key)
    if not paths:
        row = next(row for row in rows(layer_id) if row["id"] == key)
        (town,) = named_towns(layer_id, row)
        return towns()[town], None
    assert len(paths[0]) == 1, "the oracle measures from points only"
    return paths[0][0], off_km(layer_id, key)


def area_keeps(view: View, layer_id: str, row: Row) -> bool:
    """Whether the spatial filter keeps a row; one without a place is where the towns are that it names."""
    area = view.area
    placed = [(layer_id, row["id"])] if shape(layer_id, row["id"])[0] else []
    there = placed or [("towns", town) for town in named_towns(layer_id, row)]
    if area.kind == "radius":
        at, off = centre_of(view)
        if off is None or not placed:  # a town stands in, and counts as it is published
            return not view.sure and any(km(*one, *at) <= view.radius_km for one in there)
        return within(*placed[0], at, view.radius_km, off, view.sure)
    ring = list(area.ring)
    if area.bounds:
        west, south, east, north = area.bounds
        ring = [(west, south), (east, south), (east, north), (west, north)]
    return any(meets(*one, ring) for one in there)


def keeps(view: View, layer_id: str, row: Row) -> bool:
    """Whether all filters of a view keep a row."""
    chosen: Mapping[str, tuple[str, ...]] = dict(view.facets)
    facets = all(facet_keeps(name, wanted, layer_id, row, view) for name, wanted in chosen.items())
    text = folded(view.text) in says(layer_id, row["id"]) if facets and view.text else facets
    return text and (not view.area.kind or area_keeps(view, layer_id, row))


def ids(view: View, layer_id: str) -> list[str]:
    """Ids of the rows that a view's filters keep, in the order of the file."""
    return [row["id"] for row in rows(layer_id) if keeps(view, layer_id, row)]


def bounds(view: View, layer_id: str) -> tuple[int, int]:
    """How many rows the filters surely keep and how many at most: by both answers to what may be within, and by any."""
    both = [set(ids(replace(view, sure=sure), layer_id)) for sure in (view.sure, True)]
    return len(both[0] & both[1]), len(both[0] | both[1])


def counted(view: View, layer_id: str) -> str:
    """The same as the legend writes it."""
    least, most = bounds(view, layer_id)
    return f"{least}–{most}" if least < most else str(least)
