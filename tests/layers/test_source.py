"""Reading keeps what a file says: whole numbers, dates, flags, lists, and shapes of every kind."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely

from geo.crs import WGS84
from layers.errors import SourceError
from layers.source import read

POINT = {"type": "Point", "coordinates": [60, 50]}
HUGE = 2**53 + 1  # the first whole number that a float changes
VALUES = {
    "id": (HUGE, str(HUGE)),
    "day": ("2020-01-02", "2020-01-02"),
    "moment": ("2020-01-02T03:04:05+05:00", "2020-01-02T03:04:05+05:00"),
    "open": (True, "yes"),
    "shut": (False, "no"),
    "words": (["gold", "copper"], "gold;copper"),
    "numbers": ([1, HUGE], f"1;{HUGE}"),
    "pairs": ([{"a": 1}], '[{"a": 1}]'),
    "depth": (2.5, "2.5"),
    "whole": (3.0, "3"),
    "code": ("007", "007"),
    "word": ("None", "None"),
}


def collection(path: Path, *features: tuple[object, object]) -> Path:
    """A GeoJSON file of (properties, geometry)."""
    made = [{"type": "Feature", "properties": given, "geometry": shape} for given, shape in features]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": made}), encoding="utf-8")
    return path


def test_values_of_a_geojson_stay_as_they_are_beside_missing_ones(tmp_path: Path) -> None:
    full, none = {name: given for name, (given, _) in VALUES.items()}, dict.fromkeys(VALUES)
    cells = read(collection(tmp_path / "a.geojson", (full, POINT), (none, POINT))).cells
    assert dict(cells.iloc[0]) == {name: text for name, (_, text) in VALUES.items()}
    assert set(cells.iloc[1]) == {""}


@pytest.mark.parametrize(
    ("given", "texts"),
    [
        (["2020-01-02", "2020-01-02T03:04:05"], ["2020-01-02", "2020-01-02T03:04:05"]),
        (["2020/01/02", "2021-01-02"], ["2020/01/02", "2021-01-02"]),
        (["1.0", 5], ["1.0", "5"]),
        (["07", 8], ["07", "8"]),
        ([1, "x"], ["1", "x"]),
        ([[1, "a"], None], ["1;a", ""]),
        (["[not", 5], ["[not", "5"]),
        ([1, 2.5], ["1", "2.5"]),
        ([1e300, 0.1], ["1e+300", "0.1"]),
    ],
)
def test_a_column_of_mixed_values_keeps_each(tmp_path: Path, given: list[object], texts: list[str]) -> None:
    cells = read(collection(tmp_path / "a.geojson", *(({"v": value}, POINT) for value in given))).cells
    assert [*cells["v"]] == texts


def test_shapes_of_all_kinds_stand_in_one_file_and_an_empty_one_is_none(tmp_path: Path) -> None:
    line = {"type": "LineString", "coordinates": [[0, 0, 9], [1, 1, 9]]}
    empty = {"type": "GeometryCollection", "geometries": []}
    part = {"type": "GeometryCollection", "geometries": [POINT, empty]}
    path = collection(tmp_path / "a.geojson", *(({"n": 1}, shape) for shape in (POINT, line, None, empty, part)))
    found = read(path).geometry
    assert found is not None
    assert [shape and shape.geom_type for shape in found] == ["Point", "LineString", None, None, "GeometryCollection"]
    assert not shapely.has_z(found.array).any()
    assert found.crs == WGS84


def test_a_bare_geometry_and_a_collection_without_features_are_read(tmp_path: Path) -> None:
    bare = tmp_path / "bare.json"
    bare.write_text(json.dumps(POINT), encoding="utf-8")
    assert [*read(bare).geometry] == [shapely.Point(60, 50)]
    assert read(bare).cells.shape == (1, 0)
    assert read(collection(tmp_path / "none.geojson")).cells.shape == (0, 0)


def test_every_property_of_the_real_files_is_what_json_says(reference: Path) -> None:
    for path in sorted(reference.glob("*.geojson")):
        features = [f["properties"] for f in json.loads(path.read_text(encoding="utf-8"))["features"]]
        cells = read(path).cells
        assert len(cells) == len(features)
        for row, given in zip(cells.to_dict("records"), features, strict=True):
            plain = {name: value for name, value in given.items() if isinstance(value, str | int | float)}
            plain = {name: value for name, value in plain.items() if not isinstance(value, bool)}
            assert {name: row[name] for name in plain} == {name: str(value) for name, value in plain.items()}, path.name


def test_values_of_a_geopackage_stay_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    frame = gpd.GeoDataFrame(
        {"n": [HUGE, HUGE], "open": [True, False], "part": pd.Series([0.1, 0.1], dtype="float32")},
        geometry=[shapely.Point(1, 2), shapely.Point(1, 2)],
        crs=WGS84,
    )
    pyogrio.write_dataframe(frame, path, layer="a", layer_options={"SPATIAL_INDEX": "NO"})
    with closing(sqlite3.connect(path)) as file:
        file.execute("ALTER TABLE a ADD COLUMN day DATE")
        file.execute("UPDATE a SET n = NULL, open = NULL WHERE fid = 2")
        file.execute("UPDATE a SET day = '2020-01-02' WHERE fid = 1")
        file.commit()
    cells = read(path).cells
    assert [tuple(row) for row in cells.to_numpy()] == [(str(HUGE), "yes", "0.1", "2020-01-02"), ("", "", "0.1", "")]


def test_row_numbers_that_a_geopackage_calls_id_are_its_ids(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"name": ["x"]}, geometry=[shapely.Point(1, 2)], crs=WGS84)
    pyogrio.write_dataframe(frame, tmp_path / "a.gpkg", layer="a", layer_options={"FID": "id"})
    assert read(tmp_path / "a.gpkg").cells.to_dict("records") == [{"id": "1", "name": "x"}]


def test_values_of_a_geoparquet_stay_as_they_are(tmp_path: Path) -> None:
    values = {"n": pd.array([HUGE, None], dtype="Int64"), "open": pd.array([True, None], dtype="boolean")}
    frame = gpd.GeoDataFrame(values, geometry=[shapely.Point(1, 2), None], crs=WGS84)
    frame.to_parquet(tmp_path / "a.parquet")
    found = read(tmp_path / "a.parquet")
    assert [tuple(row) for row in found.cells.to_numpy()] == [(str(HUGE), "yes"), ("", "")]
    assert [*found.geometry] == [shapely.Point(1, 2), None]


def test_of_a_geopackage_the_one_layer_with_a_geometry_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    pyogrio.write_dataframe(pd.DataFrame({"k": ["v"]}), path, layer="about")
    with pytest.raises(SourceError, match=r"a\.gpkg .* none of its layers has a geometry \(about\)"):
        read(path)
    frame = gpd.GeoDataFrame({"name": ["x"]}, geometry=[shapely.Point(1, 2)], crs=WGS84)
    pyogrio.write_dataframe(frame, path, layer="wells", append=True)
    assert [*read(path).cells["name"]] == ["x"]
    pyogrio.write_dataframe(frame, path, layer="pits", append=True)
    with pytest.raises(SourceError, match=r"a\.gpkg .* it has the layers wells, pits; take one out"):
        read(path)


def test_another_reference_system_is_brought_to_wgs84_and_none_is_refused(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"n": [1]}, geometry=[shapely.Point(60, 50)], crs=WGS84)
    frame.to_crs(3857).to_parquet(tmp_path / "metres.parquet")
    assert read(tmp_path / "metres.parquet").geometry[0].distance(shapely.Point(60, 50)) < 1e-9
    frame.set_crs(None, allow_override=True).to_parquet(tmp_path / "none.parquet")
    with pytest.raises(SourceError, match="states no coordinate reference system"):
        read(tmp_path / "none.parquet")


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("gone.csv", None, "gone.csv does not exist"),
        ("empty.csv", b"", "empty.csv is empty"),
        ("empty.geojson", b"", "empty.geojson is empty"),
        ("latin.csv", b"id\n\xff\n", "latin.csv is not in UTF-8: save it as CSV UTF-8"),
        ("broken.geojson", b"{", "broken.geojson cannot be read as a vector layer"),
        ("huge.geojson", b'{"type":"Point","coordinates":[9e999999,x]}', "cannot be read as a vector layer"),
        ("text.gpkg", b"id,lon\n", "text.gpkg cannot be read as a vector layer"),
        ("text.parquet", b"id,lon\n", "text.parquet cannot be read as a vector layer"),
        ("shape.shp", b"x", "files ending in '.shp' are not read here"),
        ("shape.zip", b"x", "files ending in '.zip' are not read here"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_sentence(
    tmp_path: Path, name: str, content: bytes | None, sentence: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError) as raised:
        read(tmp_path / name)
    assert sentence in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_folder_and_a_file_that_may_not_be_read_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(SourceError, match=r"folder\.csv is a folder"):
        read(tmp_path / "folder.csv")
    (tmp_path / "a.csv").write_text("id\n", encoding="utf-8")

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(SourceError, match=r"a\.csv cannot be read: Permission denied\."):
        read(tmp_path / "a.csv")
