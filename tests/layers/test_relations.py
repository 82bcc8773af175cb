"""The relations of the real layers against an independent measure of the same distances."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
import shapely
from numpy.typing import NDArray
from pyproj import Geod

from layers.nearby import around, nearby
from layers.relate import layer, side
from layers.related import Relation
from layers.spec import LANGUAGES, catalogue, layer_spec
from layers.text import NO_BREAK
from layers.vantage import from_ground
from tests.conftest import PLACED, POINT
from tests.layers import oracle

if TYPE_CHECKING:
    from tests.conftest import Extra

GEOD = Geod(ellps="WGS84")
NEAR = tuple(spec.id for spec in catalogue().values() if spec.operation == "near")
SERVED = tuple(spec.id for spec in catalogue().values() if spec.operation == "served")
GRID = np.linspace(-1.0, 1.0, 33)
Floats = NDArray[np.float64]
BASIS = {
    "en": {
        "computed": "computed",
        "via_town": "stands in",
        "stated": "as a source states",
        "no_accuracy": "published without an accuracy",
        "no_place": "no position published; towns named with it: ",
    },
    "ru": {
        "computed": "вычислено",
        "via_town": "за место принят город",
        "stated": "сказано в источнике",
        "no_accuracy": "опубликовано без точности",
        "no_place": "место не опубликовано; названы города: ",
    },
    "kk": {
        "computed": "есептелген",
        "via_town": "қаласы алынған",
        "stated": "дереккөзде айтылған",
        "no_accuracy": "дәлдігі көрсетілмей жарияланған",
        "no_place": "орны жарияланбаған; онымен бірге аталған қалалар: ",
    },
}


@cache
def shapes(layer_id: str) -> dict[str, shapely.Geometry]:
    """Geometry by id, as loaded."""
    frame = layer(layer_id).frame
    return dict(zip(frame["id"], frame.geometry, strict=True))


def off_km(layer_id: str) -> pd.Series[float]:
    """How far each position may be off, by id: as stated, and by the inferred part of the numbering of its blocks."""
    frame = layer(layer_id).frame.set_index("id")
    blocks = frame.get("block_codes", pd.Series("", index=frame.index))
    return frame["accuracy_km"].astype("float64") + [oracle.block_doubt_km(cell) for cell in blocks]


def rows(layer_id: str, basis: str) -> pd.DataFrame:
    """The rows of a relation that have this basis."""
    frame = layer(layer_id).frame
    return frame[frame["basis"] == basis]


def edges(shape: shapely.Geometry) -> Floats:
    """Edges (n, 4) of a line or of the rings of a polygon."""
    lines = [part for single in shapely.get_parts(shape) for part in shapely.get_parts(single.boundary)]
    if shape.geom_type in ("LineString", "MultiLineString"):
        lines = [*shapely.get_parts(shape)]
    return np.array([(*a, *b) for line in lines for a, b in pairwise(line.coords)])


def from_point_km(lon: float, lat: float, shape: shapely.Geometry) -> float:
    """Least distance of a point: 33 samples on every edge, five times again around the best of each edge."""
    if shape.geom_type == "Point":
        return float(GEOD.inv(lon, lat, shape.x, shape.y)[2]) / 1000
    if shapely.contains_xy(shape, lon, lat):
        return 0.0
    start = edges(shape)
    azimuth, _, length = (np.asarray(part) for part in GEOD.inv(*start.T))
    middle, half = length / 2, length / 2
    for _ in range(6):
        at = np.clip(middle[:, None] + half[:, None] * GRID, 0, length[:, None])
        many = [np.repeat(part, at.shape[1]) for part in (start[:, 0], start[:, 1], azimuth)]
        x, y, _ = GEOD.fwd(*many, at.ravel())
        distance = np.asarray(GEOD.inv(x, y, np.full(at.size, lon), np.full(at.size, lat))[2]).reshape(at.shape)
        middle, half = at[np.arange(len(at)), distance.argmin(axis=1)], half / 12
    return float(distance.min()) / 1000


def measured_km(one: shapely.Geometry, other: shapely.Geometry) -> float:
    """Distance of two shapes one of which is a point: every pair of the catalogue has a town."""
    point, shape = (one, other) if one.geom_type == "Point" else (other, one)
    return from_point_km(point.x, point.y, shape)


@pytest.mark.parametrize("layer_id", NEAR)
def test_every_computed_distance_agrees_with_an_independent_measure_within_a_metre(layer_id: str) -> None:
    left, right = (shapes(parent) for parent in layer(layer_id).spec.parents)
    for row in rows(layer_id, "computed").itertuples():
        expected = measured_km(left[row.left], right[row.right])
        assert row.distance_km == pytest.approx(expected, abs=0.001), (row.left, row.right)


@pytest.mark.parametrize("layer_id", ["town_deposits", "town_plants"])
def test_every_pair_of_points_that_may_be_within_200_km_is_there_and_the_nearest_of_each_town(layer_id: str) -> None:
    """All pairs by force: 27 towns against every point with an accuracy; the relation answers for its 200 km."""
    left, right = (layer(parent) for parent in layer(layer_id).spec.parents)
    towns = left.frame[left.frame["accuracy_km"].notna()]
    points = right.frame[right.frame["accuracy_km"].notna() & right.located]
    wanted = {}
    for town in towns.itertuples():
        many = np.full(len(points), town.geometry.x), np.full(len(points), town.geometry.y)
        km = np.asarray(GEOD.inv(*many, points.geometry.x, points.geometry.y)[2]) / 1000
        doubt = points["accuracy_km"].to_numpy() + town.accuracy_km
        answer = np.where(km + doubt <= 200, "yes", np.where(km - doubt <= 200, "possibly", "no"))
        kept = (answer != "no") | (km == km.min())
        wanted |= {(town.id, key): told for key, told in zip(points["id"][kept], answer[kept], strict=True)}
    found = rows(layer_id, "computed")
    assert dict(zip(zip(found["left"], found["right"], strict=True), found["within"], strict=True)) == wanted
    assert {*wanted.values()} >= {"yes", "possibly"} or layer_id == "town_plants"


@pytest.mark.parametrize("layer_id", NEAR)
def test_the_range_holds_both_accuracies_and_starts_at_nothing(layer_id: str) -> None:
    accuracy = [off_km(parent) for parent in layer(layer_id).spec.parents]
    found = rows(layer_id, "computed")
    doubt = found["left"].map(accuracy[0]) + found["right"].map(accuracy[1])
    doubt = doubt.astype("float64")  # zones have no computed pairs at all
    least, most = (found["distance_km"] - doubt).clip(lower=0), found["distance_km"] + doubt
    assert found["distance_min_km"].to_numpy() == pytest.approx(least.to_numpy(), abs=0.01)
    assert found["distance_max_km"].to_numpy() == pytest.approx(most.to_numpy(), abs=0.01)


@pytest.mark.parametrize("layer_id", NEAR)
def test_what_is_not_computed_has_no_distance(layer_id: str) -> None:
    frame = layer(layer_id).frame
    others = frame[frame["basis"] != "computed"]
    assert {*others["basis"]} <= {"via_town", "stated"}
    assert others[["distance_km", "distance_min_km", "distance_max_km"]].isna().all(axis=None)
    assert frame.loc[frame["basis"] == "computed", "distance_km"].notna().all()
    assert (frame.loc[frame["basis"] == "via_town", "via"] != "").all()


@pytest.mark.parametrize("layer_id", NEAR)
def test_no_row_of_unknown_accuracy_is_in_a_computed_pair(layer_id: str) -> None:
    found = rows(layer_id, "computed")
    for name, parent in zip(("left", "right"), layer(layer_id).spec.parents, strict=True):
        frame = layer(parent).frame
        assert not {*found[name]} & {*frame["id"][frame["accuracy_km"].isna()]}


@pytest.mark.parametrize("layer_id", NEAR)
def test_a_pair_stands_once_per_basis(layer_id: str) -> None:
    assert not layer(layer_id).frame.duplicated(["left", "right", "basis"]).any()


@pytest.mark.parametrize("layer_id", NEAR)
def test_pairs_stand_in_canonical_order(layer_id: str) -> None:
    made = layer(layer_id)
    places = [{key: n for n, key in enumerate(layer(parent).frame["id"])} for parent in made.spec.parents]
    keys = [
        (places[0][row.left], np.inf if np.isnan(row.distance_km) else row.distance_km, places[1][row.right])
        for row in made.frame.itertuples()
    ]
    assert keys == sorted(keys)


def test_a_zone_relates_exactly_to_the_towns_near_its_town() -> None:
    """From the towns file alone: within 200 km of the town that the zone names."""
    towns = layer("towns").frame.set_index("id")
    found = layer("zone_towns").frame
    for zone in layer("industrial_zones").frame.itertuples():
        mine = found[found["left"] == zone.id]
        if not zone.town_id:
            assert mine.empty
            continue
        place = towns.geometry[zone.town_id]
        near = {key for key, other in towns.geometry.items() if measured_km(place, other) <= 200}
        assert {*mine["right"]} == near
        assert {*mine["via"]} == {zone.town_id}


def test_the_two_zones_of_balkhash_are_known_through_the_town() -> None:
    found = layer("town_zones").frame
    mine = found[(found["left"] == "balkhash") & (found["via"] == "balkhash")]
    assert {*mine["right"]} == {"balkhash-iz", "balkhash-small-iz"}
    assert {*mine["basis"]} == {"via_town"}
    assert {*mine["via_km"]} == {0.0}


def test_stated_pairs_are_those_that_the_routes_file_names() -> None:
    routes = layer("gas_routes").frame
    named = {(row.id, town) for row in routes.itertuples() for town in row.towns_said_served.split(";") if town}
    found = rows("route_towns", "stated")
    assert set(zip(found["left"], found["right"], strict=True)) == named


@pytest.mark.parametrize("layer_id", SERVED)
def test_people_within_reach_are_the_people_of_the_towns_within_reach(layer_id: str) -> None:
    """Counted again from independent distances, town by town."""
    made = layer(layer_id)
    towns, targets = (layer(parent) for parent in made.spec.parents)
    usable = targets.frame[side(targets).via.to_numpy() == ""]
    usable = usable[usable["accuracy_km"].notna() & usable.geometry.notna()]
    counts = layer("population").frame.query("scope == 'town'")
    ends = []
    for town in towns.frame.itertuples():
        km = [measured_km(town.geometry, shape) for shape in usable.geometry]
        doubt = off_km(targets.spec.id)[usable["id"]].to_numpy() + town.accuracy_km
        told = counts[(counts["town_id"] == town.id) & (counts["year"] == town.population_year)]["population"]
        people = (min(told), max(told)) if len(told) else (0, 0)
        ends.append((people, max(0.0, (km - doubt).min()), (km + doubt).min()))
    for row in made.frame.itertuples():
        surely = [people[0] for people, _, most in ends if most <= row.radius_km]
        maybe = [people[1] for people, least, _ in ends if least <= row.radius_km]
        assert (row.people_min, row.towns_min) == (sum(surely), len(surely))
        assert (row.people_max, row.towns_max) == (sum(maybe), len(maybe))


def accuracies(why: str) -> list[float]:
    """The accuracies in km that a basis in words names, in their order."""
    return [float(km.replace(",", ".")) for km in re.findall(rf"±{NO_BREAK}([\d.,]+){NO_BREAK}", why)]


def seen_from(layer_id: str, key: str, language: str = "en", radius_km: int = 100) -> list[Relation]:
    """All that is listed near one feature."""
    found = nearby(layer_spec(layer_id), key, language, radius_km)
    return [relation for related in found.values() for relation in related.rows]


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_row_says_its_basis_and_a_range_names_the_accuracies_that_make_it(language: str) -> None:
    """From every town to every layer; the accuracies are those of the two frames, line by line."""
    met = set()
    for town in layer("towns").frame.itertuples():
        for row in seen_from("towns", town.id, language):
            assert BASIS[language][row.basis] in row.why, (town.id, row)
            wanted = [off_km(row.layer)[row.id], town.accuracy_km] if row.basis == "computed" else []
            assert accuracies(row.why) == pytest.approx([km for km in wanted if km > 0], abs=0.05), (town.id, row)
            met.add(row.basis)
    assert met == set(BASIS[language])


def test_the_accuracy_of_a_side_is_its_own_from_whichever_side_one_looks() -> None:
    towns, deposits = (layer(name).frame.set_index("id") for name in ("towns", "deposits"))
    ends = towns["accuracy_km"]["balkhash"], deposits["accuracy_km"]["kounrad"]
    assert ends[0] != ends[1]
    (there,) = [row for row in seen_from("towns", "balkhash") if row.id == "kounrad"]
    (back,) = [row for row in seen_from("deposits", "kounrad") if row.id == "balkhash"]
    assert accuracies(there.why) == [ends[1], ends[0]]
    assert accuracies(back.why) == [ends[0], ends[1]]
    assert there.reach == back.reach
    assert there.why.endswith(f"Balkhash ±{NO_BREAK}{ends[0]:g}{NO_BREAK}km")
    assert back.why.endswith(f"Kounrad ±{NO_BREAK}{ends[1]:g}{NO_BREAK}km")


def test_a_bare_position_is_exact_so_only_the_other_side_makes_the_range() -> None:
    point = layer("towns").frame.set_index("id").geometry["balkhash"]
    told = around(from_ground(point, "", 0.0), "en", 100)
    rows = [row for found in told.values() for row in found.rows if row.basis == "computed"]
    assert len(rows) > 5
    for row in rows:
        km = off_km(row.layer)[row.id]
        assert accuracies(row.why) == pytest.approx([km] if km else [], abs=0.05)


def test_an_accuracy_below_a_kilometre_keeps_its_decimal(extra: Extra) -> None:
    columns = PLACED | {"accuracy_km": 'type = "number"'}
    extra.layer("wells", "id,lon,lat,accuracy_km\na,75,46.8,0.1", columns, POINT + '\naccuracy = "accuracy_km"')
    extra.derived("wells_towns", ["wells", "towns"], "near", "max_km = 50")
    (row,) = [row for row in seen_from("wells", "a", "ru") if row.basis == "computed"]
    assert row.why.endswith(f"±{NO_BREAK}0,1{NO_BREAK}км")


def test_an_outline_of_blocks_is_as_uncertain_as_their_numbering() -> None:
    """Block 17 of its quarter alone is in the fourth row: if rows are counted from the south it is in the second.

    Two minutes of latitude apart: 3.7 km, and the stated 0.1 km.
    """
    rows = layer("town_areas").frame
    mine = rows[rows["right"] == "tesyk-tas-barite"]
    town = layer("towns").frame.set_index("id")["accuracy_km"][mine["left"].iloc[0]]
    assert mine["distance_max_km"].iloc[0] - mine["distance_km"].iloc[0] == pytest.approx(3.7 + 0.1 + town, abs=0.02)
