"""The prepared backdrop: whole countries inside the window, real lakes, and no town drawn twice."""

from __future__ import annotations

import json

import pytest
import shapely

from layers.backdrop import FOLDER, NAMES, SLIVER_SQUARE_DEGREES, WINDOW
from layers.load import load

BAIKONUR = shapely.Point(63.31, 45.62)
CRIMEA = shapely.Point(34.1, 45.0)
NEIGHBOURS = {"Omsk": (73.37, 54.98), "Urumqi": (87.6, 43.8), "Tashkent": (69.24, 41.30), "Bishkek": (74.59, 42.87)}
INSIDE = {"Astana": (71.45, 51.18), "Aktau": (51.17, 43.66), "Ridder": (83.52, 50.34), "Khromtau": (58.44, 50.25)}


def part(name: str) -> list[dict[str, object]]:
    path = FOLDER / f"{name}.json"
    assert path.is_file(), f"{path} is missing: make setup prepares the backdrop"
    features: list[dict[str, object]] = json.loads(path.read_bytes())["features"]
    return features


def shapes(name: str) -> shapely.Geometry:
    return shapely.union_all([shapely.from_geojson(json.dumps(feature["geometry"])) for feature in part(name)])


def test_baikonur_lies_in_kazakhstan_and_in_no_hole() -> None:
    country = shapes("country")
    assert country.contains(BAIKONUR)
    assert not shapes("countries").contains(BAIKONUR)
    rings = [ring for polygon in shapely.get_parts(country) for ring in polygon.interiors]
    assert rings == []
    assert country.distance(BAIKONUR.buffer(0.01)) == 0


@pytest.mark.parametrize("town", INSIDE)
def test_towns_of_kazakhstan_lie_in_it(town: str) -> None:
    assert shapes("country").contains(shapely.Point(INSIDE[town]))


@pytest.mark.parametrize("town", NEIGHBOURS)
def test_towns_of_the_neighbours_lie_in_theirs(town: str) -> None:
    point = shapely.Point(NEIGHBOURS[town])
    assert shapes("countries").contains(point)
    assert not shapes("country").contains(point)


def test_everything_lies_in_the_window_and_crimea_outside_it() -> None:
    window = shapely.box(*WINDOW)
    for name in NAMES:
        assert window.covers(shapely.envelope(shapes(name))), name
    assert not window.contains(CRIMEA)


def test_neighbours_share_their_borders_with_the_country() -> None:
    country, neighbours = shapes("country"), shapes("countries")
    assert shapely.is_valid(country)
    assert shapely.is_valid(neighbours)
    assert country.intersection(neighbours).area < 0.01 * SLIVER_SQUARE_DEGREES * len(part("countries"))
    border = shapely.LineString([(62.0, 50.9), (62.0, 51.4)])  # across the border with Russia south of Troitsk
    gap = border.difference(country.union(neighbours))
    assert gap.length < 1e-6


def test_the_large_lakes_are_water_and_the_steppe_is_not() -> None:
    lakes = shapes("lakes")
    for name, place in {"Balkhash": (74.2, 46.3), "Zaisan": (84.0, 48.0), "Alakol": (81.7, 46.1)}.items():
        assert lakes.contains(shapely.Point(place)), name
    assert not lakes.contains(shapely.Point(66.9, 48.0))


def test_the_capital_is_marked_and_no_town_is_drawn_twice() -> None:
    places = {str(feature["properties"]["id"]): feature["properties"] for feature in part("places")}  # type: ignore[index]
    assert [p["n"]["en"] for p in places.values() if p["rank"] == "capital"] == ["Astana"]
    assert not set(places) & set(load("towns").frame["geonames_id"])
    assert places["1526384"]["n"] == {"en": "Almaty", "ru": "Алматы", "kk": "Алматы"}


def test_the_graticule_runs_every_five_degrees() -> None:
    lines = [shapely.from_geojson(json.dumps(feature["geometry"])) for feature in part("graticule")]
    meridians = sorted(line.bounds[0] for line in lines if line.bounds[0] == line.bounds[2])
    parallels = sorted(line.bounds[1] for line in lines if line.bounds[1] == line.bounds[3])
    assert meridians == list(range(40, 96, 5))
    assert parallels == list(range(35, 61, 5))


def test_names_on_the_map_are_in_three_languages() -> None:
    for feature in part("labels"):
        assert set(feature["properties"]["n"]) == {"en", "ru", "kk"}  # type: ignore[index]
