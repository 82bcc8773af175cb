"""A converted file holds what its source holds, in an order that can be read in parts, whole or not at all."""

from __future__ import annotations

import json
import random
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely

from geo.crs import WGS84
from layers import convert as module
from layers import runs, source
from layers.__main__ import main
from layers.convert import convert

Output = pytest.CaptureFixture[str]
HUGE = 2**53 + 1
DRIVERS = {"a.kml": "LIBKML"}  # two claim the ending
SHAPES = [
    "POINT Z (60 50 9)",
    "LINESTRING (60 50, 61 51)",
    "POLYGON ((60 50, 61 50, 61 51, 60 50), (60.4 50.1, 60.6 50.1, 60.6 50.2, 60.4 50.1))",
    "MULTIPOINT (60 50, 70 40)",
    "MULTILINESTRING ((60 50, 61 51), (62 52, 63 53))",
    "MULTIPOLYGON (((60 50, 61 50, 61 51, 60 50)), ((62 52, 63 52, 63 53, 62 52)))",
    "GEOMETRYCOLLECTION (POINT (60 50), LINESTRING (60 50, 61 51))",
    "POINT EMPTY",
    None,
]
VALUES = {
    "id": ["a", "b", "c", "d", "e", "f", "g", "h", None],
    "name": ["Балқаш", "Екібастұз", "", "Ұ", "ә", None, "日本", "'\"", "\\"],
    "n": [HUGE, -HUGE, 0, None, 1, 2, 3, 4, 5],
    "small": pa.array([1, None, 3, 4, 5, 6, 7, 8, 9], pa.int16()),
    "x": [0.1, None, 1e300, float("inf"), -0.0, 1.5, 2.0, 3.0, 4.0],
    "open": [True, False, None, True, False, True, None, True, False],
    "day": [date(2020, 1, 2), None, date(1899, 1, 1), *[date(2021, 1, 1)] * 6],
    "moment": [datetime(2020, 1, 2, 3, 4, 5, 123000, tzinfo=UTC), None, *[datetime(2021, 1, 1, tzinfo=UTC)] * 7],
    "words": [["gold", "мыс"], [], None, *[["x"]] * 6],
    "parts": [{"a": 1}, None, {"a": 2}, *[{"a": None}] * 6],
    "raw": [b"\0\xff", None, *[b"x"] * 7],
    "geometry_": [1] * 9,
    "bbox": [2] * 9,
}


def points(count: int, seed: int = 1) -> gpd.GeoDataFrame:
    """Points all over the country, in no order."""
    made = np.random.default_rng(seed)
    places = shapely.points(made.uniform(47, 87, count), made.uniform(41, 55, count))
    return gpd.GeoDataFrame({"n": np.arange(count)}, geometry=places, crs=WGS84)


def geoparquet(path: Path) -> Path:
    """A file of all kinds of values and shapes."""
    made = shapely.from_wkt(SHAPES)
    table = pa.table({**VALUES, "shape": pa.array(shapely.to_wkb(made), pa.binary())})
    said = {
        "version": "1.0.0",
        "primary_column": "shape",
        "columns": {"shape": {"encoding": "WKB", "geometry_types": []}},
    }
    pq.write_table(table.replace_schema_metadata({b"geo": json.dumps(said).encode(), b"atlas": b"kept"}), path)
    return path


def converted(path: Path, layer: str = "") -> Path:
    """The file beside it that convert makes."""
    out = path.with_name(f"{path.name}.parquet")
    assert convert(path, out, layer).rows == pq.read_metadata(out).num_rows
    return out


def rows(path: Path) -> list[dict[str, object]]:
    """Rows of a parquet file."""
    return pq.read_table(path).to_pylist()


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """So little at a time that a few rows make many batches, runs, rounds of merging and groups."""
    monkeypatch.setattr("layers.stream.BATCH_ROWS", 40)
    monkeypatch.setattr(runs, "RUN_BYTES", 5_000)
    monkeypatch.setattr(runs, "PIECE_BYTES", 500)
    monkeypatch.setattr(runs, "MOST_RUNS", 3)
    monkeypatch.setattr(module, "GROUP_ROWS", 100)


def test_every_value_and_shape_keeps_its_type_and_place(tmp_path: Path) -> None:
    out = converted(geoparquet(tmp_path / "a.parquet"))
    before, after = pq.read_table(tmp_path / "a.parquet"), pq.read_table(out)
    for name in VALUES:
        assert after.schema.field(name).type == before.schema.field(name).type
    held = {row["id"]: row for row in after.to_pylist()}
    for row, wkt in zip(before.to_pylist(), SHAPES, strict=True):
        assert {name: held[row["id"]][name] for name in VALUES} == {name: row[name] for name in VALUES}
        wkb, box = held[row["id"]]["geometry"], held[row["id"]]["bbox_"]
        if wkt is None or "EMPTY" in wkt:
            assert (wkb, box) == (None, None)
        else:
            flat = shapely.force_2d(shapely.from_wkt(wkt))
            assert shapely.from_wkb(wkb).equals_exact(flat)
            assert not shapely.from_wkb(wkb).has_z
            assert tuple(box[edge] for edge in ("xmin", "ymin", "xmax", "ymax")) == flat.bounds
    assert after.schema.metadata[b"atlas"] == b"kept"


def geoparquet_says(path: Path) -> dict[str, object]:
    return json.loads(pq.read_schema(path).metadata[b"geo"])


def test_the_file_says_of_itself_what_geoparquet_demands(tmp_path: Path) -> None:
    said = geoparquet_says(converted(geoparquet(tmp_path / "a.parquet")))
    assert (said["version"], said["primary_column"]) == ("1.1.0", "geometry")
    column = said["columns"]["geometry"]
    assert column["encoding"] == "WKB"
    kinds = ["GeometryCollection", "LineString", "MultiLineString", "MultiPoint", "MultiPolygon", "Point", "Polygon"]
    assert column["geometry_types"] == kinds
    assert column["bbox"] == [60, 40, 70, 53]
    assert column["crs"]["id"] == {"authority": "EPSG", "code": 4326}
    assert column["covering"] == {"bbox": {edge: ["bbox_", edge] for edge in ("xmin", "ymin", "xmax", "ymax")}}


def test_a_file_without_rows_is_a_file_without_rows(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,lon,lat\n", encoding="utf-8")
    found = gpd.read_parquet(converted(tmp_path / "a.csv"))
    assert (len(found), [*found], found.crs) == (0, ["id", "lon", "lat", "geometry"], WGS84)
    assert "bbox" not in geoparquet_says(tmp_path / "a.csv.parquet")["columns"]["geometry"]


@pytest.mark.parametrize("name", ["a.geojson", "a.gpkg", "a.fgb", "a.kml", "a.parquet", "a.csv"])
@pytest.mark.usefixtures("small")
def test_of_every_format_all_rows_come_out_as_they_are_read(name: str, tmp_path: Path) -> None:
    frame, path = points(700), tmp_path / name
    frame["name"] = [f"Ұңғыма {n}" for n in frame["n"]]
    if name == "a.csv":
        frame.assign(lon=frame.geometry.x, lat=frame.geometry.y).drop(columns="geometry").to_csv(path, index=False)
    else:
        frame.to_parquet(path) if name == "a.parquet" else pyogrio.write_dataframe(
            frame, path, driver=DRIVERS.get(name)
        )
    out = converted(path)
    assert pq.read_metadata(out).num_row_groups == 7
    before, after = source.read(path), source.read(out)
    first, second = (np.argsort(cells["n"].astype(int).to_numpy()) for cells in (before.cells, after.cells))
    assert [*after.cells["n"].iloc[second]] == [str(n) for n in range(700)]
    assert [*after.cells] == [*before.cells]
    assert (before.cells.iloc[first].to_numpy() == after.cells.iloc[second].to_numpy()).all()
    assert shapely.equals_exact(frame.geometry.array, after.geometry.array[second], 1e-9).all()  # KML is decimal
    types = {field.name: field.type for field in pq.read_schema(out)}
    assert (types["n"] == pa.string()) == (name in ("a.csv", "a.kml"))  # neither has numbers


def test_real_files_come_out_as_they_are_read(reference: Path, tmp_path: Path) -> None:
    for path in [*reference.glob("*.*json"), *reference.glob("*.csv")]:
        out = tmp_path / f"{path.stem}.parquet"
        made = convert(path, out)
        before, after = source.read(path), source.read(out)
        assert [*after.cells] == [*before.cells]
        keys = [[tuple(row) for row in cells.to_numpy()] for cells in (before.cells, after.cells)]
        assert sorted(keys[0]) == sorted(keys[1])
        assert made.unplaced == int(after.geometry.isna().sum())
        if before.geometry is not None:
            wkb = [sorted(shapely.to_wkb(shapes.dropna().array)) for shapes in (before.geometry, after.geometry)]
            assert wkb[0] == wkb[1]


def test_moments_of_gdal_keep_their_zone_and_stay_text_where_zones_differ(tmp_path: Path) -> None:
    naive, plus, utc = "2020-01-02T03:04:05", "2020-01-02T03:04:05+05:00", "2020-01-02T03:04:05.250Z"
    frame = points(2).assign(
        naive=pd.Series([naive, None]),
        plus=pd.Series([plus, plus]),
        utc=pd.Series([utc, utc]),
        mixed=pd.Series([naive, plus]),
    )
    kept = ("naive", "plus", "utc", "mixed")
    pyogrio.write_dataframe(frame, tmp_path / "a.gpkg", layer="a", layer_options={"SPATIAL_INDEX": "NO"})
    with closing(sqlite3.connect(tmp_path / "a.gpkg")) as file:
        for name in kept:
            file.execute(f"ALTER TABLE a ADD COLUMN at_{name} DATETIME")
            file.execute(f"UPDATE a SET at_{name} = {name}")
        file.commit()
    first = min(rows(converted(tmp_path / "a.gpkg")), key=lambda row: row["n"])
    five = timezone(timedelta(hours=5))
    assert first["at_naive"] == datetime(2020, 1, 2, 3, 4, 5)
    assert first["at_plus"] == datetime(2020, 1, 2, 3, 4, 5, tzinfo=five)
    assert first["at_plus"].utcoffset() == timedelta(hours=5)
    assert first["at_utc"] == datetime(2020, 1, 2, 3, 4, 5, 250000, tzinfo=UTC)
    assert first["at_mixed"] == naive


def test_another_reference_system_is_brought_to_wgs84(tmp_path: Path) -> None:
    points(50).to_crs(3857).to_file(tmp_path / "a.gpkg")
    found = gpd.read_parquet(converted(tmp_path / "a.gpkg")).set_index("n").sort_index()
    assert found.crs == WGS84
    assert shapely.distance(found.geometry.array, points(50).geometry.array).max() < 1e-8


def test_one_of_several_layers_is_named(tmp_path: Path, capsys: Output) -> None:
    path, out = tmp_path / "a.gpkg", tmp_path / "o.parquet"
    for name, count in (("wells", 3), ("pits", 5)):
        pyogrio.write_dataframe(points(count), path, layer=name, append=path.exists())
    assert main(["convert", str(path), str(out), "--layer", "pits"]) == 0
    assert "5 rows written to " in capsys.readouterr().out
    assert main(["convert", str(path), str(out)]) == 1
    assert "it has the layers wells, pits; take one out" in capsys.readouterr().err
    assert main(["convert", str(path), str(out), "--layer", "x"]) == 1
    assert "it has the layers wells, pits, not 'x'." in capsys.readouterr().err
    assert main(["convert", str(out), str(out), "--layer", "x"]) == 1
    assert "has no layers" in capsys.readouterr().err
    assert len(rows(out)) == 5


def test_what_is_near_is_near_in_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A group of a fiftieth of the rows covers little more than a fiftieth of the country."""
    monkeypatch.setattr(module, "GROUP_ROWS", 100)
    points(5000).to_parquet(tmp_path / "a.parquet")
    places = gpd.read_parquet(converted(tmp_path / "a.parquet")).geometry
    extents = [shapely.box(*places[n : n + 100].total_bounds).area for n in range(0, 5000, 100)]
    assert np.mean(extents) < 3 * (40 * 14 / 50)
    shuffled = places.sample(frac=1, random_state=1)
    assert np.mean(extents) < shapely.box(*shuffled[:100].total_bounds).area / 8


@pytest.mark.usefixtures("small")
def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    frame = pd.concat([points(500), points(500)])  # every place twice
    pyogrio.write_dataframe(frame, tmp_path / "a.gpkg")
    first = converted(tmp_path / "a.gpkg").read_bytes()
    assert converted(tmp_path / "a.gpkg").read_bytes() == first
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["a.gpkg", "a.gpkg.parquet"]


@pytest.mark.usefixtures("small")
def test_a_file_can_be_converted_onto_itself(tmp_path: Path) -> None:
    points(300).to_parquet(tmp_path / "a.parquet")
    for _ in range(2):
        assert convert(tmp_path / "a.parquet", tmp_path / "a.parquet").rows == 300
    assert pq.read_schema(tmp_path / "a.parquet").names == ["n", "geometry", "bbox"]


def test_sorting_in_runs_is_sorting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "RUN_BYTES", 2_000)
    monkeypatch.setattr(runs, "PIECE_BYTES", 100)
    monkeypatch.setattr(runs, "MOST_RUNS", 2)
    drawn = random.Random(4)
    keys = [drawn.choice([drawn.randrange(2**63), 7, 8]) for _ in range(3000)]
    schema = pa.schema([("n", pa.int64()), (runs.KEY, pa.uint64())])
    held = runs.Runs(tmp_path, schema)
    for n in range(0, 3000, 17):
        part = keys[n : n + 17]
        held.add(pa.table([range(n, n + len(part)), pa.array(part, pa.uint64())], schema=schema))
    found = pa.concat_tables(held.tables())
    assert found["n"].to_pylist() == sorted(range(3000), key=lambda n: keys[n])
    assert [*runs.Runs(tmp_path, schema).tables()] == []


def test_a_group_of_large_rows_ends_early(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "GROUP_BYTES", 2_000)
    points(300).to_parquet(tmp_path / "a.parquet")
    found = pq.read_metadata(converted(tmp_path / "a.parquet"))
    assert found.num_rows == 300
    assert 5 < found.num_row_groups < 60
