"""The set of blocks that a reader asks for, and what it touches: by hand, by property, in both readings."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.block_cover import cover
from geo.blocks import GRID_MIN, Block, block_at, encode, format_codes, mirrored, parse
from layers.block_choice import FEATURE, KEPT, LAYER, NO_SOURCE, RING, BlockSource, CoverRule, source_of_codes
from layers.block_desk import BlockSet, block_set
from layers.block_touch import Touch, touched
from layers.errors import UnknownNameError, WordedError
from layers.relate import layer
from layers.view import PLACE

if TYPE_CHECKING:
    from tests.conftest import Extra

EIGHTEEN = "М-42-85-(10е-5в-2,3,4,5,7,8,9,10,12,13,14,15,18,19,20,23,24,25)"
ANY, WHOLE, CENTRE = CoverRule(), CoverRule("whole"), CoverRule("centre")
blocks = st.builds(block_at, st.integers(GRID_MIN[0], GRID_MIN[2] - 1), st.integers(GRID_MIN[1], GRID_MIN[3] - 1))


def of(source: BlockSource, rule: CoverRule = ANY) -> BlockSet:
    """The set, which must be there."""
    found = block_set(source, rule)
    assert found is not None
    return found


def ring(west: float, south: float, east: float, north: float) -> BlockSource:
    """A drawn rectangle in minutes."""
    x0, y0, x1, y1 = (value / 60 for value in (west, south, east, north))
    return BlockSource(RING, ring=((x0, y0), (x1, y0), (x1, y1), (x0, y1)))


def fault(source: BlockSource, rule: CoverRule = ANY) -> str:
    """The sentence's key with which a set is refused."""
    with pytest.raises(WordedError) as caught:
        block_set(source, rule)
    return caught.value.key


def near(found: BlockSet, layer_id: str) -> dict[str, Touch]:
    return {one.id: one for one in touched(found)[0][layer_id]}


def test_the_eighteen_published_codes() -> None:
    found = of(source_of_codes(EIGHTEEN))
    assert len(found.blocks) == 18
    assert found.area_km2 == pytest.approx(40.38, abs=0.005)
    assert found.part_sizes == (18,)
    assert found.bounds == pytest.approx((66 + 21 / 60, 49 + 20 / 60, 66 + 25 / 60, 49 + 25 / 60))
    assert (found.given, found.ruled) == ("codes", False)
    assert 7 < found.doubt_km < 7.42
    assert parse(found.formatted) == sorted(parse(EIGHTEEN))


def test_nothing_chosen_is_no_set() -> None:
    assert block_set(NO_SOURCE, ANY) is None


@given(st.lists(blocks, min_size=1, max_size=12))
def test_codes_name_each_block_once_from_the_north_west_whatever_the_rule(listed: list[Block]) -> None:
    source = source_of_codes(format_codes(listed))
    found = of(source, WHOLE)
    assert set(found.blocks) == set(listed)
    corners = [(-block.south_min, block.west_min) for block in found.blocks]
    assert corners == sorted(corners)
    assert len(found.blocks) == len(set(listed))
    assert sum(found.part_sizes) == len(found.blocks)
    assert [mirrored(block) for block in found.mirrored] == [*found.blocks]
    assert found.blocks == of(source, ANY).blocks


@settings(deadline=None, max_examples=40)
@given(
    st.tuples(st.integers(3900, 4000), st.integers(2700, 2900)),
    st.tuples(st.floats(0.2, 6), st.floats(0.2, 6)),
    st.sampled_from([ANY, WHOLE, CENTRE, CoverRule("any", 50)]),
)
def test_a_drawn_shape_gives_what_covering_it_gives(
    corner: tuple[int, int], size: tuple[float, float], rule: CoverRule
) -> None:
    source = ring(corner[0] + 0.3, corner[1] + 0.3, corner[0] + 0.3 + size[0], corner[1] + 0.3 + size[1])
    wanted = cover(shapely.Polygon(source.ring), rule.rule, rule.percent / 100)
    if not wanted:
        assert fault(source, rule) == "blocks_none_covered"
        return
    found = of(source, rule)
    assert set(found.blocks) == set(wanted)
    assert (found.given, found.ruled, found.doubt_km) == ("places", True, 0.0)


def test_a_drawn_loop_that_crosses_itself_has_the_blocks_of_both_its_halves() -> None:
    crossed = BlockSource(RING, ring=((67.0, 48.0), (67.2, 48.2), (67.2, 48.0), (67.0, 48.2)))
    found = of(crossed)
    assert encode(67.01, 48.1) in found.blocks
    assert encode(67.19, 48.1) in found.blocks


def test_two_blocks_that_meet_at_a_corner_are_two_parts() -> None:
    assert of(source_of_codes("M-42-85-(10е-5в-1,7)")).part_sizes == (1, 1)
    assert of(source_of_codes("M-42-85-(10е-5в-1,2)")).part_sizes == (2,)


def test_one_area_may_be_two_in_the_other_reading_where_codes_are_given() -> None:
    """Blocks 21 of one quarter and 1 of the one below adjoin; with their rows mirrored they lie eight rows apart."""
    across = of(source_of_codes("M-42-85-(10е-5а-21), (10е-5в-1)"))
    assert (across.part_sizes, across.south_part_sizes) == ((2,), (1, 1))
    whole = shapely.union_all([shapely.box(*block.bounds) for block in (*across.blocks, *across.mirrored)])
    assert across.both_bounds == pytest.approx(whole.bounds)
    drawn = of(ring(3981.2, 2960.2, 3982.8, 2966.8))
    assert drawn.south_part_sizes == drawn.part_sizes == (14,)


def test_what_has_no_blocks_says_why() -> None:
    assert fault(BlockSource(KEPT, "0" * 32)) == "blocks_not_kept"
    assert fault(BlockSource(RING, ring=((67.0, 48.0), (67.1, 48.1), (67.2, 48.2)))) == "blocks_no_surface"
    assert fault(BlockSource(RING, ring=((30.0, 48.0), (31.0, 48.0), (31.0, 49.0)))) == "blocks_outside"
    assert fault(BlockSource(RING, ring=((45.0, 41.0), (85.0, 41.0), (85.0, 55.0)))) == "blocks_too_many"
    assert fault(ring(4000.2, 2900.2, 4000.4, 2900.4), WHOLE) == "blocks_none_covered"
    assert fault(BlockSource(FEATURE, layer="towns", id="atlantis")) == "blocks_no_feature"
    assert fault(BlockSource(FEATURE, layer="industrial_zones", id="balkhash-iz")) == "blocks_no_place"
    assert fault(BlockSource(LAYER, layer="towns")) == "blocks_no_areas"
    assert fault(BlockSource(FEATURE, layer=PLACE, id="10.0,20.0")) == "blocks_outside"
    with pytest.raises(UnknownNameError, match="no layer 'atlantis'"):
        block_set(BlockSource(LAYER, layer="atlantis"), ANY)


def test_a_point_has_its_one_block_and_its_accuracy() -> None:
    town = layer("towns").row("balkhash")
    assert town is not None
    found = of(BlockSource(FEATURE, layer="towns", id="balkhash"))
    assert found.blocks == (encode(town["geometry"].x, town["geometry"].y),)
    assert (found.given, found.accuracy_km) == ("places", 1.0)
    assert of(BlockSource(FEATURE, layer=PLACE, id="49.41,66.355")).blocks == tuple(parse("M-42-85-(10е-5в-2)"))


def test_a_point_without_a_published_accuracy_says_so() -> None:
    frame = layer("deposits").frame
    unknown = frame[frame["accuracy_km"].isna() & frame.geometry.notna()].iloc[0]["id"]
    assert of(BlockSource(FEATURE, layer="deposits", id=unknown)).accuracy_km is None


def test_a_layer_that_cannot_be_read_is_named_and_the_others_still_count(extra: Extra) -> None:
    extra.layer("wells", "id,lon,lat\na,seventy,48", head="legend = true")
    found, broken = touched(of(source_of_codes(EIGHTEEN)))
    assert set(broken) == {"wells"}
    assert "seventy" in broken["wells"]
    assert [one.id for one in found["prospecting_areas"]] == ["aktyubinskoe-1801"]


def test_a_licence_whose_codes_are_published_is_its_codes_and_no_rule_changes_them() -> None:
    licence = BlockSource(FEATURE, layer="prospecting_areas", id="aktyubinskoe-1801")
    for rule in (ANY, WHOLE, CENTRE):
        assert of(licence, rule).blocks == of(source_of_codes(EIGHTEEN)).blocks
    assert of(licence).given == "codes"
    assert of(licence).doubt_km > 7


def test_a_whole_layer_joins_its_areas_and_counts_the_rows_without_one() -> None:
    found = of(BlockSource(LAYER, layer="prospecting_areas"))
    assert len(found.blocks) == 32
    assert found.part_sizes == (18, 4, 4, 4, 1, 1)
    rows = layer("prospecting_areas").frame
    assert found.without_area == len(rows) - 6


def test_areas_of_another_layer_are_covered_by_the_rule(extra: Extra) -> None:
    columns = {"id": 'type = "text"', "wkt": 'type = "text"'}
    square = "POLYGON((66.35 49, 66.4 49, 66.4 49.05, 66.35 49.05, 66.35 49))"
    extra.layer(
        "plots",
        f'id,wkt\na,"{square}"\nb,"LINESTRING(66.355 49.005, 66.372 49.005)"\nc,',
        columns,
        head="legend = true",
        geometry='type = "any"\nwkt = "wkt"',
    )
    assert len(of(BlockSource(FEATURE, layer="plots", id="a")).blocks) == 9
    assert of(BlockSource(FEATURE, layer="plots", id="b")).blocks == tuple(
        sorted({encode(66.355, 49.005), encode(66.372, 49.005)}, key=lambda block: block.west_min)
    )
    whole = of(BlockSource(LAYER, layer="plots"))
    assert (len(whole.blocks), whole.without_area, whole.given) == (9, 2, "places")
    found = near(of(ring(66.35 * 60, 49 * 60, 66.35 * 60 + 1, 49 * 60 + 1)), "plots")
    assert {key: one.within for key, one in found.items()} == {"a": "yes", "b": "yes"}


# What it touches


def test_a_licence_shares_its_own_blocks_surely() -> None:
    found = of(source_of_codes("M-42-85-(10е-5в-1,2,3)"))
    assert near(found, "prospecting_areas") == {
        "aktyubinskoe-1801": Touch("prospecting_areas", "aktyubinskoe-1801", "yes", 2)
    }


def test_a_licence_beside_the_set_shares_nothing_and_touches_surely_only_if_it_does_in_both_readings() -> None:
    """East of block 5 in the published list is block 1 of the next quarter; north of block 2 is block 22 of another."""
    aside = near(of(source_of_codes("M-42-85-(10е-5г-1)")), "prospecting_areas")
    assert aside == {"aktyubinskoe-1801": Touch("prospecting_areas", "aktyubinskoe-1801", "yes", 0)}
    above = near(of(source_of_codes("M-42-85-(10е-5а-22)")), "prospecting_areas")
    assert above["aktyubinskoe-1801"].within == "possibly"
    assert near(of(source_of_codes("M-42-85-(10е-5г-13)")), "prospecting_areas") == {}


def test_a_place_shares_blocks_of_a_licence_surely_only_if_it_does_in_both_readings() -> None:
    codes = parse(EIGHTEEN)
    both = next(block for block in codes if mirrored(block) in codes)
    one = next(block for block in codes if mirrored(block) not in codes)

    def by_place(block: Block) -> str:
        west, south, east, north = block.bounds
        place = BlockSource(FEATURE, layer=PLACE, id=f"{(south + north) / 2:.4f},{(west + east) / 2:.4f}")
        return near(of(place), "prospecting_areas")["aktyubinskoe-1801"].within

    assert by_place(both) == "yes"
    assert by_place(one) == "possibly"
    assert by_place(mirrored(one)) == "possibly"


def test_a_town_deep_inside_is_touched_surely_one_at_the_border_possibly() -> None:
    town = layer("towns").row("balkhash")
    assert town is not None
    x, y = town["geometry"].x * 60, town["geometry"].y * 60
    inside = near(of(ring(x - 10, y - 10, x + 10, y + 10)), "towns")["balkhash"]
    assert (inside.within, inside.low_km, inside.high_km) == ("yes", 0.0, 0.0)
    alone = near(of(BlockSource(FEATURE, layer="towns", id="balkhash")), "towns")["balkhash"]
    assert (alone.within, alone.low_km) == ("possibly", 0.0)
    assert alone.high_km == pytest.approx(1.0)


def test_codes_may_touch_what_only_the_other_reading_reaches() -> None:
    """A town's block by place; the code of it names, counted from the south, the block four rows off or the same."""
    town = layer("towns").row("balkhash")
    assert town is not None
    here = encode(town["geometry"].x, town["geometry"].y)
    found = of(source_of_codes(mirrored(here).code))
    touch = near(found, "towns")["balkhash"]
    assert touch.within == "possibly"
    assert touch.high_km >= 1.0
    assert near(of(source_of_codes(here.code)), "towns")["balkhash"].within == "possibly"


def test_zones_without_a_place_are_possible_where_their_town_is_and_have_no_distance() -> None:
    town = layer("towns").row("balkhash")
    assert town is not None
    x, y = town["geometry"].x * 60, town["geometry"].y * 60
    found = near(of(ring(x - 10, y - 10, x + 10, y + 10)), "industrial_zones")
    assert set(found) == {"balkhash-iz", "balkhash-small-iz"}
    assert all(one.within == "possibly" and math.isnan(one.low_km) for one in found.values())


def test_far_from_everything_nothing_is_touched() -> None:
    found, broken = touched(of(ring(60 * 60 + 0.1, 45 * 60 + 0.1, 60 * 60 + 0.9, 45 * 60 + 0.9)))
    assert broken == {}
    assert {key: rows for key, rows in found.items() if rows} == {}
