"""What is said twice, cut short or written beside the norm: told, and never picked from in silence."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import geopandas as gpd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from layers.intake import letters
from tests.intake.conftest import Judge
from tests.intake.test_readers import KML, PLACE, POINT, collection, feature, lost, only, shapefile

POINTS = [shapely.Point(68, 48), shapely.Point(69, 49)]


@pytest.mark.parametrize(
    "text",
    [
        '{"type": "Point", "coordinates": [68, 48], "coordinates": [70, 50]}',
        '{"type": "Point", "type": "Topology", "coordinates": [68, 48]}',
        '{"type": "FeatureCollection", "features": [], "features": []}',
    ],
)
def test_a_file_with_two_of_what_it_is_is_refused(judge: Judge, text: str) -> None:
    told = judge(text)
    assert told.verdict == "rejected"
    assert "twice" in told.reason


@pytest.mark.parametrize(
    "twice",
    [
        '{"type": "Feature", "geometry": {"type": "Point", "coordinates": [1, 2]}, "geometry": null, "properties": {}}',
        '{"type": "Feature", "geometry": {"type": "Point", "coordinates": [1, 2], "coordinates": [3, 4]}}',
        '{"type": "Feature", "geometry": null, "properties": {"a": 1}, "properties": {"a": 2}}',
    ],
)
def test_a_feature_with_two_shapes_is_dropped_with_the_reason(judge: Judge, twice: str) -> None:
    told = judge(collection(feature(POINT))[:-2] + f", {twice}]}}")
    assert only(told).features_kept == 1
    assert sum(lost(told).values()) == 1


def test_letters_of_utf8_that_had_no_room_in_the_table(judge: Judge, tmp_path: Path) -> None:
    """A name of 8 Cyrillic letters in 15 bytes, as programs write that count bytes."""
    frame = gpd.GeoDataFrame({"name": ["Z" * 15, "я"]}, geometry=POINTS, crs=4326)
    data = shapefile(tmp_path, frame, "UTF-8", "prj")
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    parts["a.dbf"] = parts["a.dbf"].replace(b"Z" * 15, "Жезказга".encode()[:15])
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as made:
        for name, part in parts.items():
            made.writestr(name, part)
    told = judge(held.getvalue())
    assert only(told).encoding.value == "UTF-8"
    assert set(gpd.read_parquet(tmp_path / "job0/0.parquet")["name"]) == {"Жезказг", "я"}


def test_a_lone_letter_is_not_taken_for_half_of_one(judge: Judge, tmp_path: Path) -> None:
    """In windows-1251 the hard sign is the byte with which UTF-8 begins letters of two."""
    frame = gpd.GeoDataFrame({"name": ["Ъ", "1"]}, geometry=POINTS, crs=4326)
    told = judge(shapefile(tmp_path, frame, "cp1251", "prj"))
    assert told.verdict == "asks"
    assert only(told).encoding.value is None


@pytest.mark.parametrize("codec", letters.NAMES.values())
@pytest.mark.parametrize(
    "words",
    ["Жезказганское месторождение меди", "Рудный район", "Степногорск", "ЭКИБАСТУЗСКИЙ РАЗРЕЗ", "рудник и фабрика"],
)
def test_a_few_words_tell_their_encoding(words: str, codec: str) -> None:
    known = letters.detect(words.encode(codec))
    assert words.encode(codec).decode(known.codec) == words
    assert not known.rivals


def test_a_shapefile_beside_a_kml_or_a_table(judge: Judge, tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"name": ["a", "b"]}, geometry=POINTS, crs=4326)
    data = shapefile(tmp_path, frame, "UTF-8", "prj")
    for name, inside, verdict in (
        ("doc.kml", KML.format(PLACE.format("a", "68,48")), "rejected"),
        ("more.csv", "lon,lat\n1,2\n", "accepted_with_report"),
        ("readme.txt", "hello", "accepted"),
    ):
        held = io.BytesIO(data)
        with zipfile.ZipFile(held, "a") as made:
            made.writestr(name, inside)
        assert judge(held.getvalue()).verdict == verdict


def test_a_flatgeobuf_with_a_row_without_shape_is_read(judge: Judge, tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"n": [1, 2], "t": ["a", None]}, geometry=[POINTS[0], None], crs=4326)
    frame.to_file(tmp_path / "a.fgb", driver="FlatGeobuf", SPATIAL_INDEX="NO")
    told = judge((tmp_path / "a.fgb").read_bytes())
    assert lost(told) == {"has no geometry": 1}
    assert only(told).features_kept == 1


@pytest.mark.parametrize(
    "shapes",
    [
        POINTS,
        [shapely.LineString([(68, 48), (69, 49)]), None],
        [shapely.box(68, 48, 69, 49).difference(shapely.box(68.4, 48.4, 68.6, 48.6)), shapely.box(70, 50, 71, 51)],
        [shapely.MultiPoint([(68, 48), (69, 49)])],
        [shapely.MultiLineString([[(68, 48), (69, 49)], [(70, 50), (71, 51)]])],
        [None, shapely.MultiPolygon([shapely.box(68, 48, 69, 49), shapely.box(70, 50, 71, 51)])],
    ],
)
def test_geoparquet_in_the_encodings_of_geoarrow(judge: Judge, tmp_path: Path, shapes: list[shapely.Geometry]) -> None:
    frame = gpd.GeoDataFrame({"n": range(len(shapes))}, geometry=shapes, crs=4326)
    frame.to_parquet(tmp_path / "a.parquet", geometry_encoding="geoarrow", schema_version="1.1.0")
    told = judge((tmp_path / "a.parquet").read_bytes())
    made = gpd.read_parquet(tmp_path / "job0/0.parquet").set_index("n").geometry
    assert only(told).features_in == len(shapes)
    for row, shape in enumerate(shapes):
        assert made[row].equals(shape) if shape is not None else row not in made.index


@pytest.mark.parametrize("encoding", ["polygon", "point", "linestring"])
def test_a_geoarrow_that_is_none_is_refused(judge: Judge, tmp_path: Path, encoding: str) -> None:
    said = {"version": "1.1.0", "primary_column": "g", "columns": {"g": {"encoding": encoding}}}
    table = pa.table({"g": pa.array([[1.0, 2.0]])}).replace_schema_metadata({"geo": json.dumps(said)})
    pq.write_table(table, tmp_path / "a.parquet")
    assert judge((tmp_path / "a.parquet").read_bytes()).verdict == "rejected"


def test_columns_of_a_geoparquet_that_are_there_twice(judge: Judge, tmp_path: Path) -> None:
    said = {"version": "1.0.0", "primary_column": "g", "columns": {"g": {"encoding": "WKB"}, "h": {"encoding": "WKB"}}}
    wkb = pa.array([shapely.to_wkb(shapely.Point(68, 48))])
    table = pa.Table.from_arrays([pa.array([1]), pa.array([2]), wkb, wkb], names=["a", "a", "g", "h"])
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(said)}), tmp_path / "a.parquet")
    told = judge((tmp_path / "a.parquet").read_bytes())
    assert only(told).columns == ("a", "a_2")
    assert any("'g' were left away: h" in warning for warning in only(told).warnings)


def test_single_rows_with_swapped_axes_are_told_of(judge: Judge) -> None:
    there, turned = feature(POINT), feature({"type": "Point", "coordinates": [48, 68]})
    told = judge(collection(*[there] * 5, turned))
    assert only(told).features_kept == 6
    assert any("1 shapes lie elsewhere" in warning for warning in only(told).warnings)
    abroad = feature({"type": "Point", "coordinates": [10, 50]})
    assert judge(collection(abroad, abroad)).verdict == "accepted"


def test_a_prj_of_any_length_does_not_take_the_shapes_with_it(judge: Judge, tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"name": ["a", "b"]}, geometry=POINTS, crs=4326)
    held = io.BytesIO(shapefile(tmp_path, frame, "UTF-8"))
    with zipfile.ZipFile(held, "a") as made:
        made.writestr("a.prj", "GEOGCS[" * 200_000)
    told = judge(held.getvalue())
    assert told.verdict == "asks"
    assert any("too long" in warning for warning in only(told).warnings)


def test_objects_of_a_sequence_in_different_systems_are_not_mixed(judge: Judge) -> None:
    def stated(code: int) -> str:
        return collection(feature(POINT), crs={"type": "name", "properties": {"name": f"EPSG:{code}"}})

    assert judge(f"{stated(4284)}\n{stated(4284)}").verdict == "accepted_with_report"
    told = judge(f"{stated(4326)}\n{stated(4284)}")
    assert told.verdict == "rejected"
    assert "different reference systems" in told.reason


@pytest.mark.parametrize(
    "said",
    [
        "EPSG:4284",
        {"type": "EPSG", "properties": {"code": 4284}},
        {"type": "name", "properties": {"name": "http://www.opengis.net/def/crs/EPSG/0/4284"}},
    ],
)
def test_a_system_is_believed_in_all_its_spellings(judge: Judge, said: object) -> None:
    assert only(judge(collection(feature(POINT), crs=said))).crs.value == "EPSG:4284"
    own = {**feature(POINT), "crs": said}
    assert any("of their own" in warning for warning in only(judge(collection(own))).warnings)
