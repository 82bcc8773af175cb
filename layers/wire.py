"""A layer as bytes for the browser: GeoJSON at 5 decimals, gzipped, named by the digest of its content."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import orjson
import pandas as pd
import shapely

from layers.dated import DATING, MARKED, UNDATED, at
from layers.facets import content_of
from layers.names import names
from layers.reach import POSSIBLY
from layers.schema import Layer
from layers.sieve import ALL, Sieve, distances, sieved
from layers.spec import LayerSpec, Stamp, layer_spec
from layers.symbols import symbol_fields
from layers.view import AROUND

DECIMALS = 5  # about one metre
PIECE_ROWS = 4096  # written at a time: whoever writes more keeps all other threads waiting for the interpreter
DEGREE_KM = 111  # of latitude, roughly
ASIDE = 0.3  # part of the radius
DIGEST_BYTES = 10
LARGEST_EXACT = 2**53 - 1  # of the numbers of JavaScript
PARTS = ("features", "badges")
LOOSE = (4, 7)  # shapely type ids of MultiPoint and GeometryCollection
MARKED_ON_LINES = ("area",)  # symbols that stand on a line as well as on a point


class Payload(NamedTuple):
    """Gzipped bytes, the digest that names them in a URL, and how many features they hold."""

    body: bytes
    digest: str
    features: int


def payload(layer_id: str, part: str = "features", sieve: Sieve = ALL) -> Payload:
    """The bytes of what a filter keeps of a layer: its placed features, or the badges of its rows without a place."""
    return _payload(layer_spec(layer_id), part, sieve, content_of(layer_id))


def unplaced(made: Layer) -> pd.Series[bool]:
    """Rows without a position that name the town at which to show them."""
    declared = made.spec.geometry
    if declared is None or not declared.town:
        return pd.Series(False, index=made.frame.index)
    named: pd.Series[bool] = made.frame[declared.town] != ""
    return ~made.located & named


def doubts(sieve: Sieve) -> bool:
    """Whether a filter keeps what is only possibly within its radius, which the map marks."""
    return sieve.area.kind == AROUND and not sieve.sure


def collection(geometry: gpd.GeoSeries, properties: list[dict[str, object]], **members: object) -> bytes:
    """A GeoJSON FeatureCollection (RFC 7946); properties aligned to the geometry, which may be missing.

    ``members`` are foreign members of the collection.
    """
    ends = range(0, len(properties), PIECE_ROWS)
    pieces = (_written(geometry.iloc[at : at + PIECE_ROWS], properties[at : at + PIECE_ROWS]) for at in ends)
    return _collected(pieces, members)


def _written(geometry: gpd.GeoSeries, properties: Sequence[dict[str, object]]) -> bytes:
    """Features with commas between them."""
    features = [
        {"type": "Feature", "properties": _exact(given), "geometry": orjson.Fragment(shape or "null")}
        for given, shape in zip(properties, shapely.to_geojson(geometry.array), strict=True)
    ]
    return orjson.dumps(features, default=str)[1:-1]


def _collected(pieces: Iterable[bytes], members: Mapping[str, object]) -> bytes:
    head = orjson.dumps({"type": "FeatureCollection", **members}, default=str)[:-1]
    return b"".join([head, b',"features":[', b",".join(piece for piece in pieces if piece), b"]}"])


def _exact(properties: dict[str, object]) -> dict[str, object]:
    """Whole numbers that a browser would round are sent as text."""
    return {
        name: str(value) if isinstance(value, int) and abs(value) > LARGEST_EXACT else value
        for name, value in properties.items()
    }


def packed(body: bytes, count: int) -> Payload:
    """Bytes with their digest; equal content gives equal bytes."""
    digest = hashlib.blake2b(body, digest_size=DIGEST_BYTES).hexdigest()
    return Payload(gzip.compress(body, compresslevel=6, mtime=0), digest, count)


@lru_cache(maxsize=256)
def _payload(spec: LayerSpec, part: str, sieve: Sieve, _content: Stamp) -> Payload:
    made = sieved(spec.id, sieve)
    maybe = _maybe(made, sieve)
    if part != "features":
        geometry, properties = _badges(made, maybe, sieve.as_of)
        return packed(collection(_rounded(geometry), properties), len(properties))
    found = [_piece(made, maybe, sieve, at) for at in range(0, len(made.frame), PIECE_ROWS)]
    return packed(_collected((piece for piece, _ in found), {}), sum(count for _, count in found))


def _piece(made: Layer, maybe: pd.Series[bool], sieve: Sieve, at: int) -> tuple[bytes, int]:
    """Some of the rows as features, and how many they are."""
    rows = slice(at, at + PIECE_ROWS)
    geometry, properties = _features(Layer(made.spec, made.frame.iloc[rows]), maybe.iloc[rows], sieve)
    return _written(_rounded(geometry), properties), len(properties)


def _rounded(geometry: gpd.GeoSeries) -> gpd.GeoSeries:
    rounded = shapely.transform(geometry.array, lambda xy: np.round(xy, DECIMALS))
    return gpd.GeoSeries(rounded, crs=geometry.crs)


def _maybe(made: Layer, sieve: Sieve) -> pd.Series[bool]:
    """Rows that are only possibly within the radius that filters."""
    found = distances(made.spec.id, sieve) if doubts(sieve) else None
    known = made.frame.index[:0] if found is None else found.index[found["within"] == POSSIBLY]
    return pd.Series(made.frame.index.isin(known), index=made.frame.index)


def _features(made: Layer, maybe: pd.Series[bool], sieve: Sieve) -> tuple[gpd.GeoSeries, list[dict[str, object]]]:
    """Placed rows; several points or shapes of one row travel as several features with its id."""
    keys, marked = made.frame[made.spec.key], made.spec.style.get("symbol") in MARKED_ON_LINES
    fields = [given | dating for given, dating in zip(symbol_fields(made), _datings(made), strict=True)]
    every = zip(keys, names(made), fields, made.frame.geometry, made.located, maybe, strict=True)
    rows = [
        (_feature({"id": key, "n": name, **given, **extra} | ({"part": number} if number else {}), part, marked), part)
        for key, name, given, shape, placed, doubtful in every
        if placed
        for extra in [_doubtful(shape, sieve) if doubtful else {}]
        for number, part in enumerate(shapely.get_parts(shape) if shapely.get_type_id(shape) in LOOSE else [shape])
    ]
    return gpd.GeoSeries([part for _, part in rows], crs=made.frame.crs), [given for given, _ in rows]


def _datings(made: Layer) -> list[dict[str, object]]:
    """The mark of each row that the chosen date does not surely hold for: without a date, or known less exactly."""
    if DATING not in made.frame:
        return [{}] * len(made.frame)
    return [{"dating": code} if code in MARKED else {} for code in made.frame[DATING]]


def _doubtful(shape: shapely.Geometry, sieve: Sieve) -> dict[str, object]:
    """The mark of a row that is only possibly within the radius, and on a line where that mark is to stand.

    That is a way along the line from where it comes nearest on a plain map, so that it stands beside the centre and not
    on it: a place to draw at, nothing that is measured.
    """
    if shapely.get_dimensions(shape) != 1 or sieve.centre is None:
        return {"maybe": 1}
    nearest = shapely.line_locate_point(shape, shapely.centroid(sieve.centre.place))
    aside = ASIDE * sieve.radius_km / DEGREE_KM
    along = nearest + aside if nearest + aside <= shape.length else max(nearest - aside, 0)
    at = shapely.line_interpolate_point(shape, along)
    return {"maybe": 1, "ask": [round(at.x, DECIMALS), round(at.y, DECIMALS)]}


def _feature(given: dict[str, object], shape: shapely.Geometry, marked: bool) -> dict[str, object]:
    """The properties, with a point on what is not one itself, where the symbol or the mark of no date is to stand."""
    if given.get("dating") == UNDATED and shapely.get_dimensions(shape) == 1 and not marked:
        at = shapely.line_interpolate_point(shape, 0.5, normalized=True)
        return given | {"dash": [round(at.x, DECIMALS), round(at.y, DECIMALS)]}
    if shapely.get_dimensions(shape) == 2 or (marked and shapely.get_dimensions(shape) == 1):
        at = shapely.point_on_surface(shape)
        return given | {"at": [round(at.x, DECIMALS), round(at.y, DECIMALS)]}
    return given


def _badges(made: Layer, maybe: pd.Series[bool], as_of: str) -> tuple[gpd.GeoSeries, list[dict[str, object]]]:
    """One point a town with the number of rows that are shown there for want of a position."""
    declared = made.spec.geometry
    if declared is None or not declared.town:
        return gpd.GeoSeries([], crs=made.frame.crs), []
    shown = unplaced(made)
    dateless = shown & (made.frame[DATING] == UNDATED) if DATING in made.frame else shown & False
    chosen = (shown, shown & maybe, dateless)
    counts, doubtful, undated = (made.frame.loc[rows, declared.town].value_counts() for rows in chosen)
    towns = at(made.spec.column(declared.town).ref, as_of)
    size = str(towns.spec.style["size"])
    placed = Layer(towns.spec, towns.frame[towns.frame[towns.spec.key].isin(counts.index)])
    keys = placed.frame[towns.spec.key]
    given = [
        {"id": key, "n": name, "count": int(counts[key]), "pop": int(people) if pd.notna(people) else None}
        | ({"maybe": 1} if key in doubtful.index else {})
        | ({"undated": int(undated[key])} if key in undated.index else {})
        for key, name, people in zip(keys, names(placed), placed.frame[size], strict=True)
    ]
    return gpd.GeoSeries(placed.frame.geometry), given
