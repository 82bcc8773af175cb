"""What is sent to the browser: valid GeoJSON of located rows, named by its content."""

from __future__ import annotations

import gzip
import json
import math
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest
import shapely
from pyproj import Geod

from layers.reach import POSSIBLY
from layers.relate import layer
from layers.sieve import ALL, Sieve, distances, sieve_of, sieved
from layers.spec import catalogue
from layers.view import AROUND, Area, Selection, View
from layers.wire import collection, packed, payload, unplaced

if TYPE_CHECKING:
    from tests.conftest import Extra

LEGEND = tuple(spec.id for spec in catalogue().values() if spec.legend)
TOWNS = {
    "id": 'type = "text"',
    "name": 'type = "text"',
    "lon": 'type = "lon"',
    "lat": 'type = "lat"',
    "people": 'type = "integer"',
    "listed": 'type = "flag"',
}
TOWN_STYLE = '[style]\nsymbol = "town"\nsize = "people"\nlisted = "listed"'


def refuse(word: str) -> float:
    """NaN and Infinity, which Python reads and JSON does not have."""
    raise ValueError(word)


def sent(layer_id: str, part: str = "features", sieve: Sieve = ALL) -> dict[str, Any]:
    """The collection that a browser reads."""
    body = gzip.decompress(payload(layer_id, part, sieve).body)
    return json.loads(body, parse_constant=refuse)  # type: ignore[no-any-return]


def scalars(value: object) -> Iterator[object]:
    """All that is neither list nor object in a JSON value."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from scalars(part)
    else:
        yield value


@pytest.mark.parametrize("layer_id", LEGEND)
def test_a_layer_is_sent_as_geojson_with_its_located_rows_only(layer_id: str) -> None:
    made, found = layer(layer_id), sent(layer_id)
    assert found["type"] == "FeatureCollection"
    assert [feature["properties"]["id"] for feature in found["features"]] == [*made.frame["id"][made.located]]
    assert payload(layer_id).features == len(found["features"])
    for feature in found["features"]:
        assert feature["type"] == "Feature"
        assert shapely.geometry.shape(feature["geometry"]).is_valid


@pytest.mark.parametrize("layer_id", LEGEND)
def test_positions_are_those_of_the_layer_to_half_a_unit_of_the_fifth_decimal(layer_id: str) -> None:
    made = layer(layer_id)
    for feature, shape in zip(sent(layer_id)["features"], made.frame.geometry[made.located], strict=True):
        numbers = [n for n in scalars(feature["geometry"]["coordinates"]) if isinstance(n, float)]
        assert all(n == round(n, 5) for n in numbers)
        given = shapely.geometry.shape(feature["geometry"])
        apart = abs(shapely.get_coordinates(given) - shapely.get_coordinates(shape))
        assert apart.max() <= 0.5000001e-5


@pytest.mark.parametrize("layer_id", LEGEND)
@pytest.mark.parametrize("part", ["features", "badges"])
def test_no_number_is_sent_that_a_browser_would_change(layer_id: str, part: str) -> None:
    for value in scalars(sent(layer_id, part)):
        if isinstance(value, int | float):
            assert math.isfinite(value)
            assert abs(value) <= 2**53
    for feature in sent(layer_id, part)["features"]:
        assert isinstance(feature["properties"]["id"], str)


@pytest.mark.parametrize("layer_id", LEGEND)
def test_badges_count_the_rows_shown_at_each_town(layer_id: str) -> None:
    made = layer(layer_id)
    badges = {f["properties"]["id"]: f["properties"]["count"] for f in sent(layer_id, "badges")["features"]}
    assert sum(badges.values()) == int(unplaced(made).sum())
    for town, count in badges.items():
        at_town = made.frame["town_id"] == town
        assert count == int((at_town & ~made.located).sum())


def test_14_zones_stand_at_their_towns_and_two_of_them_at_balkhash() -> None:
    badges = {f["properties"]["id"]: f for f in sent("industrial_zones", "badges")["features"]}
    assert sent("industrial_zones")["features"] == []
    assert badges["balkhash"]["properties"]["count"] == 2
    towns = layer("towns").frame.set_index("id").geometry
    lon, lat = badges["balkhash"]["geometry"]["coordinates"]
    assert (lon, lat) == (round(towns["balkhash"].x, 5), round(towns["balkhash"].y, 5))


def test_a_polygon_brings_a_point_inside_it() -> None:
    for feature in sent("prospecting_areas")["features"]:
        if feature["geometry"]["type"] != "Point":
            assert shapely.geometry.shape(feature["geometry"]).contains(shapely.Point(feature["properties"]["at"]))
        else:
            assert "at" not in feature["properties"]


@pytest.mark.parametrize("layer_id", LEGEND)
@pytest.mark.parametrize("town", ["balkhash", "temirtau"])
def test_what_is_only_possibly_within_the_radius_says_so(layer_id: str, town: str) -> None:
    around = View(area=Area(AROUND), selected=Selection("towns", town), radius_km=50)
    every, sure = sieve_of(around), sieve_of(replace(around, sure=True))
    made, told = sieved(layer_id, every), distances(layer_id, every)
    assert told is not None
    doubtful = made.frame.loc[told.index[told["within"] == POSSIBLY]]
    found = sent(layer_id, sieve=every)["features"]
    marked = {one["properties"]["id"] for one in found if "maybe" in one["properties"]}
    assert marked == set(doubtful["id"][doubtful.geometry.notna()])
    for badge in sent(layer_id, "badges", every)["features"]:
        assert badge["properties"]["maybe"] == 1  # only its town places it
    for part in ("features", "badges"):
        assert [one for one in sent(layer_id, part, sure)["features"] if "maybe" in one["properties"]] == []
        assert [one for one in sent(layer_id, part)["features"] if "maybe" in one["properties"]] == []


def test_the_mark_of_a_line_in_doubt_stands_on_the_line_within_the_radius() -> None:
    around = View(area=Area(AROUND), selected=Selection("towns", "temirtau"), radius_km=50)
    (line,) = sent("gas_operating", sieve=sieve_of(around))["features"]
    at = shapely.Point(line["properties"]["ask"])
    assert shapely.geometry.shape(line["geometry"]).distance(at) < 1e-4
    centre = layer("towns").frame.set_index("id").geometry["temirtau"]
    assert 5 < Geod(ellps="WGS84").inv(at.x, at.y, centre.x, centre.y)[2] / 1000 < 50


def test_equal_content_has_an_equal_digest_and_a_changed_value_another(extra: Extra) -> None:
    head = "id,name,lon,lat,people,listed\n"
    extra.layer("camps", head + "a,zone_1,60,50,5,yes", TOWNS, head='name = { en = "name" }', tail=TOWN_STYLE)
    first = payload("camps")
    extra.rows("camps", head + "a,zone_2,60,50,5,yes")
    changed = payload("camps")
    extra.rows("camps", head + "a,zone_1,60,50,5,yes")
    again = payload("camps")
    assert first.digest == again.digest
    assert first.body == again.body
    assert first.digest != changed.digest


def test_only_the_part_that_is_sent_decides_the_digest(extra: Extra) -> None:
    """A row that is not drawn changes nothing that the browser holds."""
    head = "id,name,lon,lat,people,listed\n"
    extra.layer("camps", head + "a,A,60,50,5,yes", TOWNS, tail=TOWN_STYLE)
    first = payload("camps").digest
    extra.rows("camps", head + "a,A,60,50,5,yes\nb,B,,,5,no")
    assert payload("camps").digest == first


def test_huge_ids_and_counts_are_sent_as_text_and_missing_ones_as_nothing(extra: Extra) -> None:
    rows = f"id,name,lon,lat,people,listed\n{2**53 + 1},A,60,50,{2**53 + 1},yes\n2,B,61,50,,no\n3,C,62,50,{2**53 - 1},"
    extra.layer("camps", rows, TOWNS, tail=TOWN_STYLE)
    given = [feature["properties"] for feature in sent("camps")["features"]]
    assert [row["id"] for row in given] == ["9007199254740993", "2", "3"]
    assert [row["pop"] for row in given] == ["9007199254740993", None, 9007199254740991]


def test_a_layer_without_rows_is_an_empty_collection(extra: Extra) -> None:
    extra.layer("camps", "id,name,lon,lat,people,listed", TOWNS, tail=TOWN_STYLE)
    assert sent("camps") == {"type": "FeatureCollection", "features": []}
    assert sent("camps", "badges")["features"] == []


def test_hostile_names_are_sent_as_they_are(extra: Extra) -> None:
    head = "id,name,lon,lat,people,listed\n"
    extra.layer(
        "camps", head + "a,</script>{{7*191}}\u2028,60,50,,", TOWNS, head='name = { en = "name" }', tail=TOWN_STYLE
    )
    (feature,) = sent("camps")["features"]
    assert feature["properties"]["n"] == {"en": "</script>{{7*191}}\u2028"}


def test_a_row_without_geometry_may_stand_in_a_collection() -> None:
    shapes = gpd.GeoSeries([shapely.Point(1, 2), None])
    (first, second) = json.loads(collection(shapes, [{"id": "a"}, {"id": "b"}]))["features"]
    assert first["geometry"] == {"type": "Point", "coordinates": [1.0, 2.0]}
    assert second["geometry"] is None


def test_packing_the_same_bytes_twice_gives_the_same_bytes() -> None:
    assert packed(b"abc", 1) == packed(b"abc", 1)
    assert packed(b"abc", 1).digest != packed(b"abd", 1).digest
