"""Reading a part gives what reading all and choosing would give, and reads little else."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from geo.boxes import around, meeting, widened
from geo.crs import WGS84
from layers import convert as module
from layers import foreign, parquet
from layers.__main__ import main
from layers.convert import convert
from layers.errors import SourceError, UnknownNameError
from layers.load import row_keys
from layers.relate import layer, pairs_within

if TYPE_CHECKING:
    from tests.conftest import Extra

COUNT, PER_GROUP = 5000, 100
BOX = np.array([[60.0, 45.0, 64.0, 47.0]])
BOXES = np.array([[60.0, 45.0, 64.0, 47.0], [63.0, 46.0, 66.0, 48.0], [80.0, 50.0, 80.5, 50.5]])


def polygons() -> gpd.GeoDataFrame:
    """Small polygons all over the country, every hundredth missing."""
    made = np.random.default_rng(2)
    at = shapely.points(made.uniform(47, 87, COUNT), made.uniform(41, 55, COUNT))
    shapes = shapely.buffer(at, made.uniform(0.01, 0.05, COUNT), quad_segs=5)
    shapes[::100] = None
    names = [f"учаске {n}" for n in range(COUNT)]
    return gpd.GeoDataFrame(
        {"id": [f"p{n}" for n in range(COUNT)], "name": names, "n": range(COUNT)}, geometry=shapes, crs=WGS84
    )


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A GeoParquet without covering."""
    path = tmp_path_factory.mktemp("plain") / "plain.parquet"
    polygons().to_parquet(path)
    return path


@pytest.fixture(scope="module")
def covered(plain: Path) -> Path:
    """The same, converted, with groups of PER_GROUP rows."""
    path = plain.with_name("covered.parquet")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "GROUP_ROWS", PER_GROUP)
        convert(plain, path)
    return path


@pytest.fixture
def groups(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, tuple[str, ...]]]:
    """Groups of rows that were read, each with the columns asked of it."""
    seen: list[tuple[int, tuple[str, ...]]] = []
    true = pq.ParquetFile.read_row_group

    def noted(file: Any, group: int, columns: list[str], **more: Any) -> Any:
        seen.append((group, tuple(columns)))
        return true(file, group, columns=columns, **more)

    monkeypatch.setattr(pq.ParquetFile, "read_row_group", noted)
    return seen


@pytest.mark.parametrize("boxes", [BOX, BOXES, np.repeat(BOXES, 40, axis=0), np.array([[-180, -90, 180, 90]])])
def test_boxes_give_the_rows_that_they_touch_with_and_without_a_covering(
    plain: Path, covered: Path, boxes: Any
) -> None:
    frame = polygons()
    wanted = frame[meeting(widened(frame.bounds.to_numpy()), boxes)]
    for path in (plain, covered):
        found = parquet.read(path, boxes=boxes)
        whole = parquet.read(path)
        assert found.crs == WGS84
        assert sorted(found["n"]) == sorted(wanted["n"])
        assert found.index.name == "position"
        assert found.index.is_monotonic_increasing
        pd.testing.assert_frame_equal(pd.DataFrame(whole.loc[found.index]), pd.DataFrame(found))
    assert [*parquet.read(plain, boxes=boxes).index] == [*wanted.index]


def test_positions_are_the_rows_of_the_file(covered: Path) -> None:
    numbers = pq.read_table(covered, columns=["n"])["n"].to_numpy()
    found = parquet.read(covered, ["n"], BOX)
    assert 20 < len(found) < 200
    assert [*numbers[found.index]] == [*found["n"]]


def test_groups_elsewhere_are_not_read_and_shapes_only_where_a_row_is_near(covered: Path, groups: Any) -> None:
    total = pq.read_metadata(covered).num_row_groups
    found = parquet.read(covered, ["id"], BOX)
    boxes = {group for group, columns in groups if columns[0].startswith("bbox.")}
    shapes = {group for group, columns in groups if "geometry" in columns}
    assert total == COUNT // PER_GROUP
    assert shapes == {position // PER_GROUP for position in found.index}
    assert shapes <= boxes
    assert len(boxes) <= 8 < total
    assert {columns for _, columns in groups} == {tuple(f"bbox.{edge}" for edge in parquet.EDGES), ("id", "geometry")}


def test_no_box_and_a_box_elsewhere_read_nothing(covered: Path, plain: Path, groups: Any) -> None:
    for boxes in (np.empty((0, 4)), np.array([[0.0, 0.0, 1.0, 1.0]])):
        found = parquet.read(covered, ["n"], boxes)
        assert (len(found), [*found], found.crs) == (0, ["n", "geometry"], WGS84)
        assert groups == []
        assert len(parquet.read(plain, ["n"], boxes)) == 0
        groups.clear()


def test_columns_are_those_asked_for_in_that_order(covered: Path, plain: Path) -> None:
    for path in (covered, plain):
        assert [*parquet.read(path, ["n", "id"], BOX)] == ["n", "id", "geometry"]
        assert [*parquet.read(path, [])] == ["geometry"]
        assert [*parquet.read(path)] == ["id", "name", "n", "geometry"]
        with pytest.raises(UnknownNameError, match=r"no column in .* 'bbox'\. Known: id, name, n"):
            parquet.read(path, ["bbox"])


def test_values_stay_exact_beside_missing_ones(tmp_path: Path) -> None:
    values = {"n": pd.array([2**53 + 1, None], dtype="Int64"), "open": pd.array([True, None], dtype="boolean")}
    frame = gpd.GeoDataFrame(values, geometry=[shapely.Point(1, 2), None], crs=WGS84)
    frame.to_parquet(tmp_path / "a.parquet")
    convert(tmp_path / "a.parquet", tmp_path / "b.parquet")
    for name in ("a.parquet", "b.parquet"):
        found = parquet.read(tmp_path / name)
        assert found["n"][0] == 2**53 + 1
        assert found["n"].isna().tolist() == found.geometry.isna().tolist() == [False, True]


def test_a_bulging_edge_is_near_what_its_vertices_are_not(tmp_path: Path) -> None:
    """The edge along 50 degrees north from 50 to 70 degrees east reaches beyond 50.4 in the middle."""
    frame = gpd.GeoDataFrame({"id": ["a"]}, geometry=[shapely.LineString([(50, 50), (70, 50)])], crs=WGS84)
    frame.to_parquet(tmp_path / "a.parquet")
    convert(tmp_path / "a.parquet", tmp_path / "b.parquet")
    for name in ("a.parquet", "b.parquet"):
        assert len(parquet.read(tmp_path / name, boxes=np.array([[59.0, 50.4, 61.0, 50.5]]))) == 1
        assert len(parquet.read(tmp_path / name, boxes=np.array([[59.0, 54.0, 61.0, 55.0]]))) == 0


def test_metres_are_brought_to_degrees_before_they_are_compared(tmp_path: Path) -> None:
    polygons().to_crs(3857).to_parquet(tmp_path / "a.parquet", write_covering_bbox=True)
    wanted = parquet.read(tmp_path / "a.parquet", ["n"], BOX)
    frame = polygons()
    assert [*wanted["n"]] == [*frame["n"][meeting(widened(frame.bounds.to_numpy()), BOX)]]


def test_a_covering_by_geopandas_is_used_too(tmp_path: Path, groups: Any) -> None:
    polygons().to_parquet(tmp_path / "a.parquet", write_covering_bbox=True, row_group_size=100)
    found = parquet.read(tmp_path / "a.parquet", ["n"], BOX)
    frame = polygons()
    assert [*found["n"]] == [*frame["n"][meeting(widened(frame.bounds.to_numpy()), BOX)]]
    assert len(groups) > COUNT // 100


@pytest.mark.parametrize("content", [b"", b"id,lon", b"PAR1PAR1"])
def test_what_is_no_geoparquet_is_one_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.parquet").write_bytes(content)
    with pytest.raises(SourceError, match=r"a\.parquet"):
        parquet.read(tmp_path / "a.parquet")
    pd.DataFrame({"a": [1]}).to_parquet(tmp_path / "a.parquet")
    with pytest.raises(SourceError, match="one geometry column is needed"):
        parquet.read(tmp_path / "a.parquet")


def test_geopandas_reads_it_and_its_own_filter_finds_the_same(covered: Path) -> None:
    whole = gpd.read_parquet(covered)
    assert (len(whole), [*whole], whole.crs) == (COUNT, ["id", "name", "n", "geometry"], WGS84)
    found = gpd.read_parquet(covered, bbox=tuple(BOX[0]))
    assert sorted(found["id"]) == sorted(parquet.read(covered, ["id"], BOX)["id"])


def pairs(left: str, right: Path, out: Path, *how: str) -> list[tuple[str, ...]]:
    """Pairs that relate writes, with their distances."""
    assert main(["relate", left, str(right), *how, "--out", str(out)]) == 0
    with out.open(encoding="utf-8", newline="") as file:
        return sorted((row["left"], row["right"], row["distance_km"]) for row in csv.DictReader(file))


@pytest.mark.parametrize("how", [("--within", "80"), ("--within", "0"), ("--nearest", "2")])
def test_relating_to_a_part_gives_the_pairs_of_the_whole(
    how: tuple[str, ...], plain: Path, covered: Path, tmp_path: Path, groups: Any
) -> None:
    found = pairs("towns", covered, tmp_path / "a.csv", *how)
    read = {group for group, columns in groups if "geometry" in columns}
    assert found == pairs("towns", plain, tmp_path / "b.csv", *how)
    assert found  # a town may be a kilometre off, so some may lie in it
    if how[0] == "--within":
        assert len(read) < 0.8 * COUNT / PER_GROUP
        assert all(columns == ("id", "geometry") for _, columns in groups if "geometry" in columns)


def test_a_row_without_an_id_is_called_as_if_all_were_read(tmp_path: Path) -> None:
    """Two may not be called by its first cell, since that is the id of a row far away."""
    ids = gpd.GeoDataFrame(
        {"name": ["far", "far", "x"], "id": ["far", None, "3"]},
        geometry=shapely.points([[0, 0], [75, 46.8], [75, 46.8]]),
        crs=WGS84,
    )
    ids.to_parquet(tmp_path / "a.parquet")
    convert(tmp_path / "a.parquet", tmp_path / "b.parquet")
    position = pq.read_table(tmp_path / "b.parquet")["id"].to_pylist().index(None)
    found = {right for _, right, _ in pairs("towns", tmp_path / "b.parquet", tmp_path / "o.csv", "--within", "100")}
    assert found == {f"row {position + 1}", "3"}


def test_a_catalogue_entry_can_name_a_converted_file(extra: Extra, tmp_path: Path) -> None:
    columns = {"id": 'type = "text"', "kind": 'type = "text"', "depth": 'type = "number"'}
    made = [
        ({"id": "a", "kind": "ұңғы", "depth": 2.5}, [75.0, 46.8]),
        ({"id": "b", "kind": None, "depth": None}, [60, 50]),
    ]
    features = [
        {"type": "Feature", "properties": given, "geometry": {"type": "Point", "coordinates": at}} for given, at in made
    ]
    given = tmp_path / "wells.geojson"
    given.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    extra.layer("wells", "id\n", columns, geometry='type = "point"')
    convert(given, extra.folder / "data" / "wells.parquet")
    entry = extra.folder / "catalogue" / "wells.toml"
    extra.write("catalogue/wells.toml", entry.read_text(encoding="utf-8").replace("wells.csv", "wells.parquet"))
    frame = layer("wells").frame.set_index("id").sort_index()
    assert [*frame["kind"]] == ["ұңғы", ""]
    assert frame["depth"]["a"] == 2.5
    assert frame.geometry["a"] == shapely.Point(75, 46.8)
    assert main(["check"]) == 0
    assert main(["relate", "wells", "towns", "--within", "50", "--out", str(tmp_path / "o.csv")]) == 0


def test_the_boxes_of_a_relation_hold_all_that_is_within(covered: Path) -> None:
    left = gpd.GeoSeries(shapely.points([[60, 45], [80, 50]]), crs=WGS84)
    held, _ = foreign.side_of(str(covered), foreign.Near(left, 100))
    boxes = around(left.bounds.to_numpy(), 100)
    assert [*held.ids] == [*parquet.read(covered, ["id"], boxes)["id"]]
    assert [*held.geometry.index] == [*range(len(held.ids))]


def test_of_a_layer_of_the_catalogue_only_what_can_be_near_is_read(extra: Extra, tmp_path: Path) -> None:
    extra.layer(
        "wells",
        "id\n",
        {"id": 'type = "text"', "off_km": 'type = "number"\nunit = "km"', "note": 'type = "text"'},
        geometry='type = "point"\naccuracy = "off_km"',
    )
    lon, lat = np.meshgrid(np.linspace(50, 84, 60), np.linspace(42, 54, 30))
    table = gpd.GeoDataFrame(
        {"id": [f"w{n}" for n in range(lon.size)], "off_km": [30.0 if n % 7 == 0 else 1.0 for n in range(lon.size)]},
        geometry=shapely.points(lon.ravel(), lat.ravel()),
        crs=WGS84,
    )
    table["note"] = ""
    table.to_file(tmp_path / "wells.gpkg")
    convert(tmp_path / "wells.gpkg", extra.folder / "data" / "wells.parquet")
    entry = extra.folder / "catalogue" / "wells.toml"
    extra.write("catalogue/wells.toml", entry.read_text(encoding="utf-8").replace("wells.csv", "wells.parquet"))
    towns = foreign.side_of("towns")[0]
    near = foreign.side_of("wells", foreign.Near.of(towns, 50))[0]
    assert 0 < len(near.ids) < len(table)
    assert set(row_keys("wells")) == {*table["id"]}
    found = pairs("towns", "wells", tmp_path / "o.csv", "--within", "50")
    whole = pairs_within(towns, foreign.side_of("wells")[0], 50)
    assert {(left, right) for left, right, _ in found} == {*zip(whole["left"], whole["right"], strict=True)}
    assert len(found) == len(whole)
    assert {right for _, right, _ in found} & {*table["id"][::7]}


def test_boxes_rounded_to_32_bits_lose_no_row(plain: Path, tmp_path: Path) -> None:
    """Boxes as large data sets carry them; half of them are rounded inwards."""
    frame = gpd.read_parquet(plain).dropna(subset="geometry").reset_index(drop=True)
    frame.to_parquet(tmp_path / "exact.parquet", write_covering_bbox=True)
    table = pq.read_table(tmp_path / "exact.parquet")
    at = table.schema.get_field_index("bbox")
    small = pa.struct([(edge, pa.float32()) for edge in parquet.EDGES])
    rounded = pa.array([{k: np.float32(v) for k, v in row.items()} for row in table["bbox"].to_pylist()], small)
    pq.write_table(table.set_column(at, "bbox", rounded), tmp_path / "small.parquet", row_group_size=50)
    bounds = frame.bounds.to_numpy()
    west = np.column_stack([bounds[:, 0] - 1e-3, bounds[:, 1], bounds[:, 0], bounds[:, 3]])
    missed = [
        n for n in range(0, len(frame), 97) if n not in parquet.read(tmp_path / "small.parquet", [], west[[n]]).index
    ]
    assert missed == []
