"""Sets of licence blocks: cover against one test per block, areas against pyproj, parts against outlines."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pyproj import Geod
from shapely.geometry import box

from geo import block_cover
from geo.block_cover import areas_km2, block_km2, cover, parts, set_km2
from geo.blocks import FIVES, Block, block_at, outline, parse
from geo.errors import GeoError

GEOD = Geod(ellps="WGS84")
RULES = ("whole", "centre", "any")
WEST, SOUTH = 66 * 60 + 28, 49 * 60 + 18  # a corner where map sheets, parts and quarters meet is inside
CORNER_MIN = np.array([WEST, SOUTH])
BLOCKS = st.sets(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=30)
CELLS = [(x, y) for x in range(8) for y in range(8)]


def placed(cells: set[tuple[int, int]]) -> set[Block]:
    """Blocks at these columns and rows of a window."""
    return {block_at(WEST + x, SOUTH + y) for x, y in cells}


def degrees(shape: shapely.Geometry) -> shapely.Geometry:
    """A shape in minutes of the window as one in degrees."""
    return shapely.transform(shape, lambda at: (at + CORNER_MIN) / 60)


@settings(deadline=None)
@given(cells=BLOCKS)
def test_a_union_of_blocks_is_covered_by_exactly_these_blocks(cells: set[tuple[int, int]]) -> None:
    blocks = placed(cells)
    shape = outline(blocks)
    for rule in RULES:
        found = cover(shape, rule)
        assert len(found) == len(blocks)
        assert set(found) == blocks
    assert set(cover(shape, "any", 0.999)) == blocks
    west, south = (np.array(sides) for sides in zip(*((b.west_min, b.south_min) for b in found), strict=True))
    assert [*np.lexsort((west, -south))] == [*range(len(found))]


@settings(deadline=None)
@given(cells=BLOCKS)
def test_so_is_what_a_file_keeps_of_it_with_seven_decimals(cells: set[tuple[int, int]]) -> None:
    blocks = placed(cells)
    rounded = shapely.transform(outline(blocks), lambda at: np.round(at, 7))
    assume(rounded.is_valid)
    for rule in RULES:
        assert set(cover(rounded, rule)) == blocks


CORNER = st.tuples(st.integers(0, 32), st.integers(0, 32)).map(lambda at: (at[0] / 4, at[1] / 4))
FREE = st.tuples(st.floats(0, 8, width=32), st.floats(0, 8, width=32))


@st.composite
def areas(draw: st.DrawFn) -> shapely.Geometry:
    """Polygons and multipolygons, some with holes, in minutes of the window."""
    ring = draw(st.lists(st.one_of(CORNER, FREE), min_size=3, max_size=9, unique=True))
    shape = shapely.make_valid(shapely.Polygon(ring), method="linework")
    if draw(st.booleans()):
        hole = draw(st.lists(CORNER, min_size=3, max_size=5, unique=True))
        shape = shape.difference(shapely.make_valid(shapely.Polygon(hole), method="linework"))
    polygons = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon" and part.area > 0.01]
    assume(polygons)
    made = shapely.MultiPolygon(polygons) if len(polygons) > 1 else polygons[0]
    assume(degrees(made).is_valid)
    return made


def slow(shape: shapely.Geometry, rule: str, share: float) -> tuple[set[Block], set[Block]]:
    """The blocks for sure, and those that rounding may decide either way, by one question per block."""
    sure, doubtful = set(), set()
    for x, y in CELLS:
        cell, centre = box(x, y, x + 1, y + 1), shapely.Point(x + 0.5, y + 0.5)
        part = shape.intersection(cell).area
        if rule == "centre":
            inside, away = shape.covers(centre), shape.boundary.distance(centre)
            close = away < 1e-4 and not (inside and away == 0)
        elif rule == "whole":
            inside, close = shape.covers(cell), part > 1 - 1e-3 and not shape.covers(cell)
        else:
            inside, close = part > share, abs(part - share) < 1e-3 and part > 0
        (doubtful if close else sure).add((x, y)) if inside or close else None
    return placed(sure), placed(doubtful)


@settings(max_examples=150, deadline=None)
@given(shape=areas(), rule=st.sampled_from(RULES), share=st.sampled_from((0.0, 0.25, 0.5, 0.9)))
def test_cover_against_a_question_per_block(shape: shapely.Geometry, rule: str, share: float) -> None:
    share = share if rule == "any" else 0.0
    sure, doubtful = slow(shape, rule, share)
    found = set(cover(degrees(shape), rule, share))
    assert sure - doubtful <= found <= sure | doubtful


@settings(max_examples=30, deadline=None)
@given(x=st.floats(70, 72), y=st.floats(47, 49), radius=st.floats(0.01, 0.4))
def test_whole_is_within_centre_is_within_any(x: float, y: float, radius: float) -> None:
    disc = shapely.Point(x, y).buffer(radius)
    whole, centre, anyhow = (set(cover(disc, rule)) for rule in RULES)
    assert whole <= centre <= anyhow
    assert whole <= set(cover(disc, "any", 0.999)) <= set(cover(disc, "any", 0.5)) <= anyhow
    assert outline(anyhow).buffer(1e-9).covers(disc)
    assert not whole or disc.covers(outline(whole))


def test_areas_side_by_side_share_out_the_blocks_between_them() -> None:
    left, right = degrees(box(0, 0, 3, 8)), degrees(box(3, 0, 8, 8))
    for rule in RULES:
        a, b = set(cover(left, rule)), set(cover(right, rule))
        assert not a & b, "touching is no overlap"
        assert a | b == placed(set(CELLS))


def test_a_centre_on_the_outline_counts_for_both_sides() -> None:
    left, right = degrees(box(0, 0, 3.5, 1)), degrees(box(3.5, 0, 8, 1))
    shared = set(cover(left, "centre")) & set(cover(right, "centre"))
    assert shared == placed({(3, 0)})


def test_a_hole_and_a_far_part_count() -> None:
    ring = box(0, 0, 5, 5).difference(box(1, 1, 4, 4))
    far = shapely.MultiPolygon([ring, box(7, 7, 8, 8)])
    want = placed({(x, y) for x in range(5) for y in range(5) if not (1 <= x < 4 and 1 <= y < 4)} | {(7, 7)})
    for rule in RULES:
        assert set(cover(degrees(far), rule)) == want


def test_the_share_is_of_the_area_on_the_ellipsoid() -> None:
    """Of a block's half by latitude the southern one is larger; their parts are told by pyproj."""
    (block,) = parse("M-42-85-(10е-5в-2)")
    west, south, east, north = block.bounds
    lower = box(west, south, east, (south + north) / 2)
    whole, _ = GEOD.geometry_area_perimeter(box(west, south, east, north))
    half, _ = GEOD.geometry_area_perimeter(lower)
    share = half / whole
    assert share > 0.50004
    assert cover(lower, "any", share - 2e-5) == [block]
    assert cover(lower, "any", share + 2e-5) == []
    assert cover(lower, "any", 0.5) == [block]


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        (shapely.Point(70, 50), "not a Point"),
        (shapely.LineString([(70, 50), (71, 51)]), "not a LineString"),
        (shapely.GeometryCollection([box(70, 50, 71, 51)]), "not a GeometryCollection"),
        (shapely.Polygon(), "is empty"),
        (shapely.MultiPolygon(), "is empty"),
        (shapely.Polygon([(70, 50), (71, 51), (71, 50), (70, 51)]), "not valid"),
        (box(-5, 50, -4, 51), "42 to 90 degrees east"),
        (box(41.9, 50, 43, 51), "42 to 90 degrees east"),
        (box(50, 55, 51, 56.1), "42 to 90 degrees east"),
        (box(42, 40, 90, 56), "more than 200,000"),
        (box(400, 40, 401, 41), "degrees are needed"),
        (shapely.polygons([(70, 50), (np.inf, 51), (71, 50), (70, 50)]), "degrees are needed"),
    ],
)
def test_refusals(shape: shapely.Geometry, said: str) -> None:
    for rule in RULES:
        with pytest.raises(GeoError, match=said):
            cover(shape, rule)


@pytest.mark.parametrize(
    ("rule", "share", "said"),
    [
        ("all", 0.0, "rule 'all'"),
        ("any", 1.0, "less than 1"),
        ("any", -0.1, "at least 0"),
        ("any", float("nan"), "share of a block is nan"),
        ("whole", 0.5, "goes with the rule any"),
    ],
)
def test_refused_questions(rule: str, share: float, said: str) -> None:
    with pytest.raises(GeoError, match=said):
        cover(box(70, 50, 71, 51), rule, share)


def test_many_blocks_that_an_area_only_brushes_are_refused_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(block_cover, "MOST_BLOCKS", 500)
    comb = shapely.union_all([box(x, 0, x + 0.05, 100) for x in range(20)] + [box(0, 0, 20, 0.05)])
    assert comb.area < 500
    with pytest.raises(GeoError, match="more than 500"):
        cover(degrees(comb), "whole")
    assert len(cover(degrees(box(0, 0, 20, 25)), "any")) == 500


def test_the_largest_areas_allowed_are_covered() -> None:
    found = cover(box(66, 46, 72, 46 + 550 / 60), "any")
    assert len(found) == len(set(found)) == 360 * 550
    assert set_km2(found) == pytest.approx(float(block_km2(np.arange(46 * 60, 46 * 60 + 550)).sum()) * 360)


def test_what_is_smaller_than_rounding_covers_nothing() -> None:
    assert cover(box(70, 50, 70.0000001, 50.0000001), "any") == []


@settings(deadline=None)
@given(south=st.integers(40 * 60, 56 * 60 - 1))
def test_a_blocks_area_is_that_of_its_geodesic_outline_but_for_a_tenth_of_a_square_metre(south: int) -> None:
    geodesic, _ = GEOD.geometry_area_perimeter(box(70, south / 60, 70 + 1 / 60, (south + 1) / 60))
    assert float(block_km2(np.array([south]))[0]) == pytest.approx(geodesic / 1e6, abs=1e-7)


def test_published_plots_have_their_published_areas() -> None:
    eighteen = parse("М-42-85-(10е-5в-2,3,4,5,7,8,9,10,12,13,14,15,18,19,20,23,24,25)")
    assert set_km2(eighteen) == pytest.approx(40.38, abs=0.005)
    assert set_km2(eighteen * 2) == set_km2(eighteen)
    assert set_km2([]) == 0
    for degree, km2 in ((43, 2.52), (45, 2.43), (47, 2.35), (49, 2.26), (51, 2.17), (53, 2.07)):
        assert float(block_km2(np.array([60 * degree]))[0]) == pytest.approx(km2, abs=0.006)


def test_the_sides_of_a_block_leave_their_geodesic_by_less_than_four_centimetres_those_of_a_sheet_by_38_metres() -> (
    None
):
    """What the module says of its edge model, at the northern border of the grid and at 50 degrees."""
    for width, south, most_m in ((1 / 60, 56.0, 0.04), (0.5, 50.0, 38.5)):
        azimuth, _, length = GEOD.inv(0, south, width, south)
        _, middle, _ = GEOD.fwd(0, south, azimuth, length / 2)
        assert most_m * 0.75 < GEOD.inv(0, south, 0, middle)[2] < most_m


@settings(deadline=None)
@given(shape=areas())
def test_areas_of_pieces_are_those_of_pyproj(shape: shapely.Geometry) -> None:
    dense = shapely.segmentize(degrees(shape), 0.001)
    geodesic = sum(GEOD.geometry_area_perimeter(shapely.orient_polygons(part))[0] for part in shapely.get_parts(dense))
    minutes = np.array([shapely.transform(shape, lambda at: at + CORNER_MIN)], dtype=object)
    assert areas_km2(minutes)[0] == pytest.approx(geodesic / 1e6, rel=1e-4, abs=1e-6)


@settings(deadline=None)
@given(cells=BLOCKS)
def test_parts_are_the_polygons_of_the_outline(cells: set[tuple[int, int]]) -> None:
    blocks = placed(cells)
    groups = parts(blocks)
    assert sorted(block for group in groups for block in group) == sorted(blocks)
    shape = outline(blocks)
    assert {outline(group).wkt for group in groups} == {part.wkt for part in shapely.get_parts(shape)}


def test_a_corner_connects_nothing_and_sheets_no_border() -> None:
    assert len(parts(parse("M-42-85-(10е-5в-1,7)"))) == 2
    assert len(parts(parse("M-42-85-(10е-5в-1,2,7)"))) == 1
    assert parts([]) == []
    across = {block_at(66 * 60 - 1, 48 * 60), block_at(66 * 60, 48 * 60), block_at(66 * 60, 48 * 60 - 1)}
    assert len({(block.row, block.zone) for block in across}) == 3
    assert len(parts(across)) == 1
    assert {block.five for block in placed(set(CELLS))} == set(FIVES)
