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

from geo.blocks import FIVES, NUMBERS, ROWS, SHEETS, TENS, ZONES, Block, doubt_km, outline, parse
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


@settings(max_examples=200)
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


@given(numbers=st.sets(st.integers(1, 25), min_size=1))
def test_doubt_holds_the_outline_counted_from_the_south(numbers: set[int]) -> None:
    """Every corner of either outline is within the doubt of the other outline."""
    named = [Block("M", 42, 85, "е", "в", n) for n in sorted(numbers)]
    turned = [Block("M", 42, 85, "е", "в", n + 5 * (4 - 2 * ((n - 1) // 5))) for n in sorted(numbers)]
    a, b = outline(named), outline(turned)
    for one, other in ((a, b), (b, a)):
        corners = shapely.points(shapely.get_coordinates(one))
        assert pairwise_km(corners, np.repeat(other, len(corners))).max() <= doubt_km(named) + 1e-6
