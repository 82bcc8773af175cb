"""Detection: the right system is always among the candidates, and never the wrong one alone."""

from __future__ import annotations

import json
import math
from itertools import product

import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pyproj import CRS

from geo.detect import SAMPLE, Candidate, Detection, _sampled, detect
from geo.errors import GeoError
from geo.operations import points_from_wgs84, to_wgs84
from geo.systems import System, systems

WEST, SOUTH, EAST, NORTH = 46.01, 40.01, 87.99, 55.99  # inside the country's box by more than the shift of datum
Metres = tuple[np.ndarray, np.ndarray]
any_system = st.sampled_from(systems())
parts = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=8)


def cloud(system: System, where: list[tuple[float, float]]) -> tuple[Metres, Metres]:
    """Places in a system's strip and the country's box, on WGS 84 and in the system.

    Those of CS63 from 42 degrees north: much farther south eastings and northings of zone K4 are of one size, which
    has a test of its own.
    """
    along, up = np.array(where).T
    west, east = max(system.west, WEST), min(system.east, EAST)
    south = 42.0 if system.family == "cs63" else SOUTH
    lon, lat = west + along * (east - west), south + up * (NORTH - south)
    return (lon, lat), points_from_wgs84(lon, lat, system.code)


def found_in(found: Detection, system: System) -> list[Candidate]:
    return [c for c in found.candidates if system.code in (c.code, *c.same_as)]


def rank(system: System) -> int:
    """How numbers of a system look: 0 degrees, 1 six digits, else the millions of the easting."""
    if not system.projected:
        return 0
    return int(system.extent[0] // 1e6) + 1


def at(x: float, y: float, declared: int | None = None) -> Detection:
    return detect(np.array([x]), np.array([y]), None if declared is None else CRS.from_epsg(declared))


@settings(max_examples=400, deadline=None)
@given(system=any_system, where=parts, swapped=st.booleans())
def test_the_right_system_is_a_candidate_and_the_only_one_is_right(
    system: System, where: list[tuple[float, float]], swapped: bool
) -> None:
    (lon, lat), (x, y) = cloud(system, where)
    found = detect(y, x) if swapped else detect(x, y)
    right = [candidate for candidate in found_in(found, system) if candidate.swapped == swapped]
    assert len(right) == 1
    assert right[0].falls_in == pytest.approx((lon.min(), lat.min(), lon.max(), lat.max()), abs=1e-8)
    assert right[0].share == right[0].covered == 1
    assert right[0].inside_country
    assert right[0].accuracy_m == (4.5 if system.datum == 4284 else right[0].accuracy_m)
    if len(found.candidates) == 1:
        assert (found.basis, found.value) == ("content: the only candidate", system.code)
    else:
        assert (found.basis, found.value) == ("content: several candidates", None)
    assert (len(found.candidates) == 1) == (rank(system) > 1)  # a prefix or a false easting of CS63 says it all
    assert found.points == len(where)


@settings(deadline=None)
@given(system=any_system, where=parts)
def test_what_is_declared_and_possible_is_believed(system: System, where: list[tuple[float, float]]) -> None:
    _, (x, y) = cloud(system, where)
    found = detect(x, y, system.crs)
    assert (found.value, found.basis, found.faults) == (system.code, "declared", ())
    assert [(candidate.code, candidate.swapped) for candidate in found.candidates] == [(system.code, False)]


@settings(deadline=None)
@given(system=any_system, where=parts)
def test_a_declared_system_with_its_registered_axes_is_believed_and_told(
    system: System, where: list[tuple[float, float]]
) -> None:
    """Gauss-Kruger has the northing first in the data set."""
    assume(system.projected)
    _, (x, y) = cloud(system, where)
    found = detect(y, x, system.crs)
    if (
        system.code == "EPSG:2941" and found.value is None
    ):  # in its south the northings could be eastings just beyond it
        assert [candidate.swapped for candidate in found.candidates] == [True, False]
        return
    assert (found.value, found.basis) == (system.code, "declared")
    assert [candidate.swapped for candidate in found.candidates] == [True]


def test_eastings_and_northings_of_one_size_are_asked_about() -> None:
    x, y = points_from_wgs84(np.array([58.2]), np.array([41.9]), "EPSG:2941")
    assert detect(x, y, CRS.from_epsg(2941)).value == "EPSG:2941"
    found = detect(y, x, CRS.from_epsg(2941))
    assert (found.value, found.basis) == (None, "content: several candidates")
    assert [candidate.swapped for candidate in found.candidates] == [True, False]
    x, y = points_from_wgs84(np.array([58.2]), np.array([40.1]), "EPSG:2941")
    assert {(c.code, c.swapped) for c in detect(x, y).candidates} == {("EPSG:2941", False), ("EPSG:2941", True)}


@settings(max_examples=300, deadline=None)
@given(system=any_system, declared=any_system, where=parts)
def test_a_declaration_that_lies_is_found_out(
    system: System, declared: System, where: list[tuple[float, float]]
) -> None:
    assume(rank(system) != rank(declared))
    _, (x, y) = cloud(system, where)
    found = detect(x, y, declared.crs)
    assert (found.value, found.basis) == (None, "declared but impossible")
    assert found_in(found, system)
    assert not found_in(found, declared)


def test_utm_and_gauss_kruger_of_six_digits_are_all_told() -> None:
    found = at(456789, 5234567)
    codes = {candidate.code for candidate in found.candidates}
    assert {f"EPSG:{number}" for number in (*range(2499, 2506), *range(32639, 32646))} < codes
    assert "EPSG:2498" not in codes  # 44.4 degrees east is beyond the country
    for utm, kruger in zip(range(32639, 32646), range(2499, 2506), strict=True):
        a, b = (next(c for c in found.candidates if c.code == f"EPSG:{number}") for number in (utm, kruger))
        assert a.falls_in[1] - b.falls_in[1] == pytest.approx(0.019, abs=0.001)  # two kilometres
    assert sum(len(candidate.same_as) for candidate in found.candidates) == 7
    assert "EPSG:2602" in codes  # a three-degree zone with no six-degree twin


def test_eastings_far_from_the_middle_are_in_no_strip_of_three_degrees() -> None:
    codes = {candidate.code for candidate in at(820000, 5234567).candidates}
    assert "EPSG:2503" in codes
    assert not codes & {"EPSG:2602", "EPSG:2597"}


def test_a_lying_zone_still_hints_at_its_meridian() -> None:
    found = at(456789, 5234567, 28413)
    assert found.basis == "declared but impossible"
    assert {candidate.code for candidate in found.candidates[:2]} == {"EPSG:2503", "EPSG:32643"}


def test_degrees_are_asked_for_their_datum() -> None:
    found = at(67.1, 48.0)
    assert [(c.code, c.swapped, c.accuracy_m) for c in found.candidates[:2]] == [
        ("EPSG:4326", False, 0.0),
        ("EPSG:4284", False, 4.5),
    ]
    assert at(67.1, 48.0, 4284).value == "EPSG:4284"
    assert at(48.0, 67.1).candidates[0].swapped
    assert {(c.code, c.swapped) for c in at(51.1, 52.0).candidates} >= set(
        product(("EPSG:4326", "EPSG:4284"), (False, True))
    )


def test_declared_degrees_with_latitude_first_are_asked_about() -> None:
    found = at(48.0, 67.1, 4326)
    assert (found.value, found.basis) == (None, "content: several candidates")
    assert [(c.swapped, c.inside_country) for c in found.candidates] == [(True, True), (False, False)]
    assert at(10.0, 50.0, 4326).value == "EPSG:4326"  # Germany is Germany either way
    assert not at(10.0, 50.0, 4326).candidates[0].inside_country


def test_data_of_the_whole_country_in_one_zone_is_believed() -> None:
    lon, lat = np.meshgrid(np.linspace(47, 87, 30), np.linspace(41, 55, 20))
    for number in (28412, 32642, 2502):
        x, y = points_from_wgs84(lon.ravel(), lat.ravel(), f"EPSG:{number}")
        found = detect(x, y, CRS.from_epsg(number))
        assert (found.value, found.basis) == (f"EPSG:{number}", "declared")
        assert found.candidates[0].falls_in == pytest.approx((47, 41, 87, 55))


@pytest.mark.parametrize(
    ("x", "y", "faults"),
    [
        (10.5, 20.5, ("degrees outside the country",)),
        (6301000, 5234567, ("metres outside the country", "CS63 zone without published parameters")),
        (5234567, 6301000, ("metres outside the country", "CS63 zone without published parameters")),
        (30456789, 5234567, ("metres outside the country",)),
        (8200000, 5234567, ("metres outside the country",)),  # zone 8, but west of the country
        (950000, 5234567, ("beyond every zone",)),
        (456789, 7234567, ("no known range",)),
        (1e9, 5234567, ("no known range",)),
        (1e308, -1e308, ("no known range",)),
        (-456789, 5234567, ("no known range",)),
        (456.789, 5234.567, ("no known range",)),  # kilometres
    ],
)
def test_what_fits_nothing_says_why(x: float, y: float, faults: tuple[str, ...]) -> None:
    found = at(x, y)
    assert (found.value, found.basis, found.candidates, found.faults) == (None, "none", (), faults)


def test_points_each_with_its_own_zone_are_not_one_system() -> None:
    found = detect(np.array([12456789.0, 13456789.0]), np.array([5234567.0, 5234567.0]))
    assert (found.value, found.basis, found.faults) == (None, "none", ("several zones in one file",))


def test_cs63_is_known_in_the_west_only() -> None:
    for number, easting in ((2939, 2310000), (2940, 3310000), (2941, 4310000)):
        assert at(easting, 5234567).value == f"EPSG:{number}"


@settings(deadline=None)
@given(x=st.lists(st.floats()), y=st.floats(), declared=st.sampled_from([None, 4326, 28413, 2503, 3857, 20013]))
def test_no_numbers_break_it(x: list[float], y: float, declared: int | None) -> None:
    found = detect(np.array(x), np.full(len(x), y), None if declared is None else CRS.from_epsg(declared))
    assert found.points + found.missing == len(x)
    if found.points == 0:
        assert found.candidates == ()
        assert found.faults == ("no points",)
        assert found.value == (None if declared is None else f"EPSG:{declared}")
    json.dumps(found.as_json(), allow_nan=False)


def test_missing_values_and_zeros_are_counted_and_left_out() -> None:
    x = np.array([np.nan, 13456789.0, 13456000.0, np.inf, 0.0])
    y = np.array([5234567.0, 5234567.0, np.nan, 5234567.0, 0.0])
    before = x.copy(), y.copy()
    found = detect(x, y)
    assert (found.value, found.points, found.missing) == ("EPSG:28413", 1, 4)
    assert all(np.array_equal(a, b, equal_nan=True) for a, b in zip(before, (x, y), strict=True))
    with pytest.raises(GeoError, match="5 x and 4 y"):
        detect(x, y[:4])


def test_a_stray_value_is_told_but_hides_nothing() -> None:
    x, y = np.linspace(13400000, 13500000, 100), np.linspace(5200000, 5300000, 100)
    x[7], y[7] = 1.0, 2.0
    (only,) = detect(x, y).candidates
    assert (only.code, only.share) == ("EPSG:28413", 0.99)
    x[:10], y[:10] = 1.0, 2.0
    assert detect(x, y).basis == "none"


def test_of_many_points_a_sample_with_the_extremes_is_looked_at() -> None:
    random = np.random.default_rng(3)
    x, y = random.uniform(13.3e6, 13.7e6, 300_000), random.uniform(5e6, 5.4e6, 300_000)
    x[123_457], y[234_571], x[99_991], y[77_773] = 13.2e6, 5.5e6, 13.8e6, 4.9e6
    some_x, some_y = _sampled(x, y)
    assert len(some_x) == len(some_y) <= SAMPLE + 4
    assert (some_x.min(), some_x.max(), some_y.min(), some_y.max()) == (13.2e6, 13.8e6, 4.9e6, 5.5e6)
    assert detect(x, y).value == "EPSG:28413"


def test_an_outline_of_the_country_orders_and_thins_the_candidates() -> None:
    north = shapely.box(60, 52, 75, 56)
    found = detect(np.array([456789.0]), np.array([5934567.0]), None, north)
    assert found.candidates
    assert all(candidate.inside_country and candidate.covered == 1 for candidate in found.candidates)
    assert all(60 <= candidate.falls_in[0] <= 75 for candidate in found.candidates)
    assert len(found.candidates) < len(at(456789, 5934567).candidates)
    outside = detect(np.array([456789.0]), np.array([5034567.0]), None, north)
    assert len(outside.candidates) > 2
    assert not any(candidate.inside_country for candidate in outside.candidates)


def test_degrees_declared_as_metres_are_not_believed() -> None:
    for declared in (32645, 28413, 3857, 20013):  # as metres they are a place on the equator
        found = at(67.1, 48.0, declared)
        assert (found.value, found.basis) == (None, "declared but impossible")
        assert [candidate.code for candidate in found.candidates[:2]] == ["EPSG:4326", "EPSG:4284"]
    assert at(10.0, 5.0, 32645).faults == ("degrees outside the country",)


def test_a_local_system_declares_nothing() -> None:
    local = CRS.from_wkt(
        'LOCAL_CS["Own",LOCAL_DATUM["Own",0],UNIT["metre",1],AXIS["Easting",EAST],AXIS["Northing",NORTH]]'
    )
    found = detect(np.array([13456789.0]), np.array([5234567.0]), local)
    assert (found.value, found.basis) == ("EPSG:28413", "content: the only candidate")


def test_an_unknown_datum_is_believed_and_promises_nothing() -> None:
    found = at(25456789, 4934567, 4513)  # CGCS2000: no operation of known accuracy leads from it to WGS 84
    assert (found.value, found.basis, found.faults) == ("EPSG:4513", "declared", ("unknown datum",))
    assert math.isinf(found.candidates[0].accuracy_m)
    assert found.as_json()["candidates"][0]["accuracy_m"] is None


def test_another_datum_is_believed_with_its_published_operation() -> None:
    """The areas of Russian zones end at the border, which data of Kazakhstan lies beyond."""
    (found,) = at(13456789, 5234567, 20013).candidates
    assert (found.code, found.operation, found.accuracy_m) == ("EPSG:20013", "EPSG:5043", 1.0)
    assert at(500_000, 5_540_000, 25832).candidates[0].operation == "EPSG:1149"
    assert at(12_456_789, 5_234_567, 25832).basis == "declared but impossible"


def test_json_has_what_a_command_prints() -> None:
    assert at(5234567, 13456789).as_json() == {
        "value": "EPSG:28413",
        "basis": "content: the only candidate",
        "candidates": [
            {
                "code": "EPSG:28413",
                "name": "Pulkovo 1942 / Gauss-Kruger zone 13",
                "falls_in": [74.42855, 47.24386, 74.42855, 47.24386],
                "accuracy_m": 4.5,
                "operation": "EPSG:15865",
                "axes": "swapped",
                "inside_country": True,
                "share": 1.0,
                "covered": 1.0,
                "same_as": [],
            }
        ],
        "faults": [],
        "points": 1,
        "missing": 0,
    }


@settings(deadline=None)
@given(system=any_system, where=parts)
def test_a_candidate_is_what_to_wgs84_makes_of_it(system: System, where: list[tuple[float, float]]) -> None:
    _, (x, y) = cloud(system, where)
    for candidate in detect(x, y).candidates:
        moved = to_wgs84(shapely.points(x, y), candidate.code, candidate.swapped)
        assert shapely.total_bounds(moved) == pytest.approx(candidate.falls_in, abs=1e-9)
