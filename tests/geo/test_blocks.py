"""Licence blocks: published codes with bounds worked out by hand, spellings, refusals and outlines."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from geo.blocks import (
    FIVES,
    GRID_MIN,
    NUMBERS,
    ROWS,
    SHEETS,
    TENS,
    ZONES,
    Block,
    block_at,
    doubt_km,
    encode,
    format_codes,
    mirrored,
    outline,
    parse,
)
from geo.distance import pairwise_km
from geo.errors import BlockCodeError, GeoError

GEOD = Geod(ellps="WGS84")


def minutes(degrees: int, minute: int) -> int:
    """Degrees and minutes as minutes."""
    return 60 * degrees + minute


PUBLISHED = [
    # text as published, blocks, (west, south, east, north) in degrees and minutes, km2, corners
    (
        "М-42-85-(10е-5в-2,3,4,5,7,8,9,10,12,13,14,15,18,19,20,23,24,25)",
        18,
        ((66, 21), (49, 20), (66, 25), (49, 25)),
        40.38,
        6,
    ),
    (
        "L-43-46-(10а-5в-10), L-43-46-(10а-5в-5), L-43-46- (10а-5г-1), L-43-46-(10а-5г-6)",
        4,
        ((76, 34), (46, 53), (76, 36), (46, 55)),
        9.41,
        4,
    ),
    ("М-45-73-(10в-5а-10), М-45-73-(10в-5б-1,2,6)", 4, ((84, 24), (49, 58), (84, 27), (50, 0)), 8.86, 8),
    ("M-44-112-(10в-5б-19,20,24,25)", 4, ((79, 58), (48, 55), (80, 0), (48, 57)), 9.05, 4),
    ("K-42-18-(10е-5б-17)", 1, ((68, 56), (43, 26), (68, 57), (43, 27)), 2.50, 4),
    (" -L-43-98-(10г-5б-22)", 1, ((72, 36), (45, 5), (72, 37), (45, 6)), 2.43, 4),
]


def test_worked_example() -> None:
    (block,) = parse("M-42-85-(10е-5в-2)")
    assert block.bounds_min == (minutes(66, 21), minutes(49, 24), minutes(66, 22), minutes(49, 25))
    assert (block.west_min, block.south_min) == block.bounds_min[:2]
    assert block.bounds == (66 + 21 / 60, 49 + 24 / 60, 66 + 22 / 60, 49 + 25 / 60)
    assert block.code == "M-42-85-(10е-5в-2)"


@pytest.mark.parametrize(("text", "count", "bounds", "km2", "corners"), PUBLISHED)
def test_published_plots(text: str, count: int, bounds: tuple[tuple[int, int], ...], km2: float, corners: int) -> None:
    blocks = parse(text)
    assert len(blocks) == len(set(blocks)) == count
    shape = outline(blocks)
    assert shape.geom_type == "Polygon"
    assert shape.is_valid
    assert shape.bounds == tuple(minutes(*side) / 60 for side in bounds)
    assert shapely.get_num_coordinates(shape) == corners + 1
    assert len(shape.interiors) == 0
    area, _ = GEOD.geometry_area_perimeter(shape)
    assert area / 1e6 == pytest.approx(km2, abs=0.01)


def test_every_block_of_the_atlas_is_read_written_and_found_by_its_middle() -> None:
    with (Path(__file__).resolve().parents[2] / "data" / "licence_blocks.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 32
    for row in rows:
        (block,) = parse(row["code"])
        west, south, east, north = block.bounds
        assert encode((west + east) / 2, (south + north) / 2).code == row["code"]
        assert block in parse(row["published_as"])
        assert parse(format_codes(parse(row["published_as"]))) == sorted(parse(row["published_as"]))


def test_every_published_block_has_its_published_place(reference: Path) -> None:
    table = reference.parent / "facts" / "subsoil_block_codes.csv"
    if not table.is_file():
        pytest.skip(f"no table of published codes: {table} does not exist")
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 32
    for row in rows:
        (block,) = parse(row["code"])
        assert block.code == row["code"]
        assert block in parse(row["published_as"])
        sides = (row[f"{side}_deg_min"].split("-") for side in ("west", "south", "east", "north"))
        assert block.bounds_min == tuple(minutes(int(degrees), int(minute)) for degrees, minute in sides)


@pytest.mark.parametrize(
    "text",
    [
        "M-42-85-(10е-5в-2)",
        "М-42-85-(10е-5в-2)",
        "M-42-85-(10e-5в-2)",
        " -M-42-85- (10е-5в-2) ",
        "M - 42 - 85 - ( 10е - 5в - 2 )",
        "M–42–85–(10е–5в–2)",
        "M-42-85-(10е-5в-2);",
        "M-42-85-(10е-5в-2), M-42-85-(10е-5в-2)",
        "M-42-85-(10е-5в-2,2)",
    ],
)
def test_spellings_of_one_block(text: str) -> None:
    assert [block.code for block in parse(text)] == ["M-42-85-(10е-5в-2)"]


def test_lists_keep_their_order_and_their_sheet() -> None:
    text = "L-43-46-(10a-5в-10,5); (10а-5г-1)\nK-42-18-(10е-5б-17) -М-42-85-(10е-5a-1)"
    assert [block.code for block in parse(text)] == [
        "L-43-46-(10а-5в-10)",
        "L-43-46-(10а-5в-5)",
        "L-43-46-(10а-5г-1)",
        "K-42-18-(10е-5б-17)",
        "M-42-85-(10е-5а-1)",
    ]
    assert parse(" ,; ") == []


@pytest.mark.parametrize(
    ("text", "part", "value"),
    [
        ("Н-42-85-(10е-5в-2)", "sheet row", "Н"),
        ("O-42-85-(10е-5в-2)", "sheet row", "O"),
        ("M-37-85-(10е-5в-2)", "sheet column", 37),
        ("M-46-85-(10е-5в-2)", "sheet column", 46),
        ("M-42-0-(10е-5в-2)", "sheet number", 0),
        ("M-42-145-(10е-5в-2)", "sheet number", 145),
        ("M-42-85-(10ж-5в-2)", "ten-minute part", "ж"),
        ("M-42-85-(10е-5д-2)", "five-minute quarter", "д"),
        ("M-42-85-(10е-5в-0)", "block number", 0),
        ("M-42-85-(10е-5в-2,26)", "block number", 26),
        ("M-42-85-(20е-5в-2)", "size of a part", "20"),
        ("M-42-85-(10е-10в-2)", "size of a part", "10"),
        ("(10е-5в-2)", "sheet", ""),
    ],
)
def test_refusals_name_code_part_value_and_what_is_allowed(text: str, part: str, value: object) -> None:
    with pytest.raises(BlockCodeError) as caught:
        parse(f"K-42-18-(10е-5б-17), {text}" if part != "sheet" else text)
    error = caught.value
    assert isinstance(error, GeoError)
    assert (error.code, error.part, error.value) == (text, part, value)
    assert error.allowed
    for said in (repr(text), part, repr(value), error.allowed):
        assert said in str(error)


@pytest.mark.parametrize(
    "text", ["M-42-85", "M-42-85-(10е-5в)", "M-42-85-(10е-5в-2", "M-42-85-(10е-5в-2-5)", "block 7", "{{7*7}}"]
)
def test_other_spellings_are_refused(text: str) -> None:
    with pytest.raises(BlockCodeError, match="spelling"):
        parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "M-42-85-(10е-5в-" + "1" * 5000 + ")",
        "M-" + "4" * 5000 + "-85-(10е-5в-1)",
        "M-42-85-(" + "1" * 5000 + "е-5в-1)",
        "M-42-85-(10е-5в-" + "1," * 100_000 + "x",
        "M-42-85-(10е-5в-" + "1, " * 100_000 + "99)",
        " " * 100_000 + "x",
        "(" * 100_000,
        "M" + " " * 100_000 + "-",
        "\0" * 1000,
    ],
)
def test_very_long_texts_are_refused_in_one_short_sentence(text: str) -> None:
    with pytest.raises(BlockCodeError) as caught:
        parse(text)
    assert len(str(caught.value)) < 1000


def test_very_long_lists_are_read() -> None:
    assert len(parse("M-42-85-(10е-5в-2), " * 20_000)) == 1
    assert len(parse(", ".join(f"M-42-{sheet}-(10е-5в-{n})" for sheet in SHEETS for n in NUMBERS))) == 144 * 25


def test_blocks_built_by_hand_are_checked() -> None:
    with pytest.raises(BlockCodeError, match="block number is 26; allowed: 1 to 25"):
        Block("M", 42, 85, "е", "в", 26)
    with pytest.raises(BlockCodeError, match="sheet row is 'KL'"):
        Block("KL", 42, 85, "е", "в", 2)


ANY_BLOCK = st.builds(
    Block,
    st.sampled_from(ROWS),
    st.sampled_from(ZONES),
    st.sampled_from(SHEETS),
    st.sampled_from(TENS),
    st.sampled_from(FIVES),
    st.sampled_from(NUMBERS),
)


@settings(max_examples=300, deadline=None)
@given(block=ANY_BLOCK, x=st.floats(0.001, 0.999), y=st.floats(0.001, 0.999))
def test_a_position_in_a_block_is_in_that_block(block: Block, x: float, y: float) -> None:
    assert block_at(block.west_min, block.south_min) == block
    west, south, _, _ = block.bounds_min
    assert encode((west + x) / 60, (south + y) / 60) == block


@settings(max_examples=300, deadline=None)
@given(
    west=st.integers(GRID_MIN[0], GRID_MIN[2] - 1),
    south=st.integers(GRID_MIN[1], GRID_MIN[3] - 1),
    x=st.floats(0, 0.999),
    y=st.floats(0, 0.999),
)
def test_a_side_belongs_to_the_block_east_or_north_of_it(west: int, south: int, x: float, y: float) -> None:
    block = block_at(west, south)
    assert block.bounds_min == (west, south, west + 1, south + 1)
    for lon in (west / 60, west // 60 + west % 60 / 60):
        for lat in (south / 60, south // 60 + south % 60 / 60):
            assert encode(lon, lat) == block
    assert encode(west / 60, (south + y) / 60) == block
    assert encode((west + x) / 60, south / 60) == block


def test_every_whole_minute_is_in_its_own_column_and_row() -> None:
    west, south, east, north = GRID_MIN
    assert (west, south, east, north) == (42 * 60, 40 * 60, 90 * 60, 56 * 60)
    assert [encode(minute / 60, 50).west_min for minute in range(west, east)] == [*range(west, east)]
    assert [encode(70, minute / 60).south_min for minute in range(south, north)] == [*range(south, north)]


@pytest.mark.parametrize(
    ("lon", "lat"),
    [
        (90, 50),
        (70, 56),
        (90, 56),
        (41.999999, 50),
        (70, 39.999999),
        (-5, 50),
        (50.3, 70.1),
        (float("nan"), 50),
        (70, float("nan")),
        (float("inf"), 50),
        (70, float("-inf")),
        (1e308, 1e308),
    ],
)
def test_positions_in_no_block(lon: float, lat: float) -> None:
    with pytest.raises(GeoError, match="is in no licence block: these lie from 42 to 90 degrees east and 40 to 56"):
        encode(lon, lat)


def test_the_corners_of_the_grid() -> None:
    assert encode(42, 40).code == "K-38-133-(10г-5в-21)"
    assert encode(90 - 1e-6, 56 - 1e-6).code == "N-45-12-(10в-5б-5)"
    for place in ((42 * 60 - 1, 3000), (90 * 60, 3000), (3000, 40 * 60 - 1), (3000, 56 * 60)):
        with pytest.raises(BlockCodeError):
            block_at(*place)


@settings(deadline=None)
@given(blocks=st.lists(ANY_BLOCK, max_size=40))
def test_published_lists_are_read_back(blocks: list[Block]) -> None:
    assert parse(format_codes(blocks)) == sorted(set(blocks))


@settings(deadline=None)
@given(numbers=st.sets(st.sampled_from(NUMBERS), min_size=2), fives=st.sets(st.sampled_from(FIVES), min_size=1))
def test_published_lists_name_each_quarter_once(numbers: set[int], fives: set[str]) -> None:
    text = format_codes(Block("M", 42, 85, "е", five, n) for five in fives for n in numbers)
    assert text.count("M-42-85-(10е-5") == text.count("(") == len(fives)


def test_lists_are_written_as_notices_write_them() -> None:
    published = "M-44-112-(10в-5б-19,20,24,25)"
    assert format_codes(parse(published)) == published
    mixed = parse("M-45-73-(10в-5б-6,1,2), М-45-73-(10в-5а-10), K-42-18-(10е-5б-17)")
    assert format_codes(mixed) == "K-42-18-(10е-5б-17), M-45-73-(10в-5а-10), M-45-73-(10в-5б-1,2,6)"
    assert format_codes([]) == ""


@settings(deadline=None)
@given(block=ANY_BLOCK)
def test_the_other_reading_of_the_last_level_is_its_own_inverse_and_stays_in_the_quarter(block: Block) -> None:
    other = mirrored(block)
    assert mirrored(other) == block
    assert other.west_min == block.west_min
    assert other.south_min - block.south_min == 2 * ((block.number - 1) // 5) - 4
    assert other.code.rpartition("-")[0] == block.code.rpartition("-")[0]


def test_the_other_reading_by_hand() -> None:
    pairs = {1: 21, 5: 25, 2: 22, 7: 17, 13: 13, 24: 4}
    for number, other in pairs.items():
        assert mirrored(Block("M", 42, 85, "е", "в", number)).number == other


@settings(max_examples=200, deadline=None)
@given(block=ANY_BLOCK)
def test_code_is_read_back_and_lies_in_its_sheet(block: Block) -> None:
    assert parse(block.code) == [block]
    south, west = 240 * "ABCDEFGHIJKLMN".index(block.row), 360 * (block.zone - 31)
    assert south <= block.south_min < south + 240
    assert west <= block.west_min < west + 360


def test_a_sheet_is_tiled_once() -> None:
    blocks = [Block("M", 42, 85, ten, five, n) for ten in TENS for five in FIVES for n in NUMBERS]
    assert len({block.bounds_min for block in blocks}) == 600
    shape = outline(blocks)
    assert shape.bounds == (66, 49 + 20 / 60, 66.5, 49 + 40 / 60)
    assert shapely.get_num_coordinates(shape) == 5
    corners = {Block("M", 42, sheet, "а", "а", 1).bounds_min for sheet in SHEETS}
    assert len(corners) == 144


def test_outline_with_hole_corner_contact_and_nothing() -> None:
    ring = parse("M-42-85-(10е-5в-1,2,3,6,8,11,12,13)")
    assert len(outline(ring).interiors) == 1
    diagonal = outline(parse("M-42-85-(10е-5в-1,7)"))
    assert diagonal.geom_type == "MultiPolygon"
    assert diagonal.is_valid
    assert len(diagonal.geoms) == 2
    assert outline([]).is_empty
    assert outline(parse("M-42-85-(10е-5в-1)")).exterior.is_ccw


@settings(max_examples=100, deadline=None)
@given(
    numbers=st.sets(st.sampled_from(NUMBERS), min_size=1),
    quarters=st.sets(st.sampled_from(FIVES), min_size=1),
)
def test_outline_has_no_slivers(numbers: set[int], quarters: set[str]) -> None:
    blocks = [Block("L", 43, 46, "а", five, n) for five in quarters for n in numbers]
    shape = outline(blocks)
    assert shape.is_valid
    assert shape.area * 3600 == pytest.approx(len(blocks), abs=1e-6)
    for lon, lat in shapely.get_coordinates(shape):
        assert lon == round(lon * 60) / 60
        assert lat == round(lat * 60) / 60
    assert shape.equals(outline(blocks[::-1]))


def test_doubt_is_how_far_blocks_move_when_rows_are_counted_from_the_south() -> None:
    quarter = "M-42-85-(10е-5в-{})"
    whole = ",".join(map(str, range(1, 26)))
    assert doubt_km(parse(quarter.format(whole))) == 0
    assert doubt_km(parse(quarter.format("11,12,13,14,15"))) == 0  # the middle row is its own mirror image
    assert doubt_km(parse(quarter.format("1,21"))) == 0
    assert doubt_km(parse(quarter.format("1"))) == pytest.approx(4 * 1.854, abs=0.01)
    assert doubt_km(parse(quarter.format("6,7"))) == pytest.approx(2 * 1.854, abs=0.01)
    assert doubt_km(parse(quarter.format("1,21,7"))) == pytest.approx(2 * 1.854, abs=0.01)
    assert doubt_km([]) == 0


@settings(deadline=None)
@given(numbers=st.sets(st.integers(1, 25), min_size=1))
def test_doubt_holds_the_outline_counted_from_the_south(numbers: set[int]) -> None:
    """Every corner of either outline is within the doubt of the other outline."""
    named = [Block("M", 42, 85, "е", "в", n) for n in sorted(numbers)]
    turned = [Block("M", 42, 85, "е", "в", n + 5 * (4 - 2 * ((n - 1) // 5))) for n in sorted(numbers)]
    a, b = outline(named), outline(turned)
    for one, other in ((a, b), (b, a)):
        corners = shapely.points(shapely.get_coordinates(one))
        assert pairwise_km(corners, np.repeat(other, len(corners))).max() <= doubt_km(named) + 1e-6
