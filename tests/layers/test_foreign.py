"""Files as sides of a relation: every row is related or named, never dropped in silence."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from geo.crs import WGS84
from layers.__main__ import main
from layers.errors import AtlasError
from layers.foreign import side_of

PLACELESS = "no position of known accuracy and no town, and so no pair."
Output = pytest.CaptureFixture[str]
BOW = [[[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that is also where the command runs."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written(name: str, text: str) -> str:
    """A file below where the command runs."""
    Path(name).write_text(text, encoding="utf-8")
    return name


def geojson(name: str, *features: tuple[object, object]) -> str:
    """A GeoJSON file of (properties, geometry)."""
    made = [{"type": "Feature", "properties": given, "geometry": shape} for given, shape in features]
    return written(name, json.dumps({"type": "FeatureCollection", "features": made}))


def at(lon: float, lat: float) -> dict[str, object]:
    return {"type": "Point", "coordinates": [lon, lat]}


def pairs(left: str, right: str, *how: str) -> list[tuple[str, str]]:
    """The pairs that relate finds; it must succeed."""
    assert main(["relate", left, right, *(how or ("--within", "1000")), "--out", "o.csv"]) == 0
    with Path("o.csv").open(encoding="utf-8", newline="") as file:
        return [(row["left"], row["right"]) for row in csv.DictReader(file)]


def refusal(capsys: Output, *sides: str) -> str:
    """The one sentence on standard error; nothing may be written."""
    assert main(["relate", *sides, "--within", "5", "--out", "never.csv"]) == 1
    found = capsys.readouterr()
    assert found.out == ""
    assert not Path("never.csv").exists()
    (sentence,) = found.err.splitlines()
    return sentence


@pytest.mark.parametrize(
    ("column", "value", "fault"),
    [
        ("lon", "sixty", "is not a number"),
        ("lon", "70,5", "is not a number: write it with a decimal point, not a comma"),
        ("lat", "nan", "is not a number"),
        ("lat", "inf", "is not a number"),
        ("lon", "1_0", "is not a number"),
        ("lat", "1e999", "is not a finite number"),
        ("lat", "95", "is more than 90 degrees"),
        ("lat", "-95", "is less than -90 degrees"),
        ("lon", "400", "is more than 360 degrees"),
        ("accuracy_km", "far", "is not a number"),
        ("accuracy_km", "-1", "is less than 0 km"),
        ("accuracy_km", "1e999", "is not a finite number"),
    ],
)
@pytest.mark.usefixtures("here")
def test_a_cell_that_places_no_row_is_named_and_nothing_is_written(
    column: str, value: str, fault: str, capsys: Output
) -> None:
    row = {"id": "b", "lon": "60", "lat": "50", "accuracy_km": "1"} | {column: f'"{value}"'}
    bad = written("bad.csv", f"id,lon,lat,accuracy_km\na,60,50,1\n{','.join(row.values())}\n")
    sentence = f"bad.csv: row 'b', column '{column}', value '{value}': {fault}."
    assert refusal(capsys, bad, "towns") == sentence
    assert refusal(capsys, "towns", bad) == sentence


@pytest.mark.usefixtures("here")
def test_the_other_faults_are_counted_and_a_row_without_id_has_its_number(capsys: Output) -> None:
    bad = written("bad.csv", "id,lon,lat\na,60,50\n,x,50\nc,y,50\n")
    said = refusal(capsys, bad, "towns")
    assert said == "bad.csv: row 'row 2', column 'lon', value 'x': is not a number (and 1 more)."


@pytest.mark.parametrize("place", [[60, 95], [400, 50]])
@pytest.mark.usefixtures("here")
def test_a_shape_beyond_the_degrees_is_named_by_file_and_row(place: list[float], capsys: Output) -> None:
    bad = geojson("bad.geojson", ({"id": "a"}, at(60, 50)), ({"id": "b"}, at(place[0], place[1])))
    said = refusal(capsys, bad, "towns")
    shown = f"{place[0]:g} {place[1]:g}"
    assert said == f"bad.geojson: row 'b', column 'geometry', value '{shown}': is no longitude and latitude in degrees."


@pytest.mark.parametrize(("value", "fault"), [("far", "is not a number"), (-1, "is less than 0 km")])
@pytest.mark.usefixtures("here")
def test_an_accuracy_of_a_geojson_is_checked_too(value: object, fault: str, capsys: Output) -> None:
    bad = geojson("bad.geojson", ({"id": "a", "accuracy_km": value}, at(60, 50)))
    assert refusal(capsys, bad, "towns") == f"bad.geojson: row 'a', column 'accuracy_km', value '{value}': {fault}."


@pytest.mark.usefixtures("here")
def test_empty_cells_are_no_position_and_half_a_position_is_told(capsys: Output) -> None:
    left = written("l.csv", "id,lon,lat\na,0,0\nnowhere,,\nblank, , \nhalf,60,\n")
    assert pairs(left, left) == [("a", "a")]
    said = capsys.readouterr().err.splitlines()
    half = "l.csv: 1 rows have a longitude or a latitude but not both: they have no position."
    assert said == [half, f"l.csv: 3 rows have {PLACELESS}"]


@pytest.mark.parametrize("name", ["town_zones", "sources", "people_areas", "gas_status"])
@pytest.mark.usefixtures("here")
def test_a_table_without_positions_cannot_be_related(name: str, capsys: Output) -> None:
    assert f"{name} is a table without positions" in refusal(capsys, name, "towns")
    assert f"{name} is a table without positions" in refusal(capsys, "towns", name)


@pytest.mark.usefixtures("here")
def test_a_folder_an_empty_file_and_an_impossible_name_are_sentences(here: Path, capsys: Output) -> None:
    (here / "folder").mkdir()
    written("empty.csv", "")
    assert refusal(capsys, "folder", "towns") == "folder is a folder: name a file in it."
    assert "is a folder" in refusal(capsys, ".", "towns")
    assert "empty.csv is empty" in refusal(capsys, "empty.csv", "towns")
    assert "is neither a layer" in refusal(capsys, "x" * 5000, "towns")


@pytest.mark.parametrize("column", ["wkt", "geometry", "geom", "WKT"])
@pytest.mark.usefixtures("here")
def test_a_table_with_wkt_is_read_where_no_longitude_is(column: str) -> None:
    left = written("l.csv", f'id,{column}\nsq,"POLYGON ((0 0, 2 0, 2 2, 0 2, 0 0))"\nnone,\nvoid,POINT EMPTY\n')
    right = written("r.csv", f"id,lon,lat,{column}\nin,1,1,POINT (80 80)\nout,3,3,what\n")
    assert pairs(left, right, "--within", "0") == [("sq", "in")]


@pytest.mark.usefixtures("here")
def test_wkt_that_cannot_be_read_is_named(capsys: Output) -> None:
    bad = written("bad.csv", "id,wkt\na,POINT (1 1)\nb,PONT (1 1)\n")
    said = refusal(capsys, bad, "towns")
    assert said.startswith("bad.csv: row 'b', column 'wkt', value 'PONT (1 1)': is not WKT: ")
    assert "no column named lon" in refusal(capsys, written("c.csv", "id,lat\na,1\n"), "towns")


@pytest.mark.usefixtures("here")
def test_degrees_are_preferred_to_a_projection_beside_them() -> None:
    left = written("l.csv", "id,x,y,lon,lat\na,500000,5500000,0,0\n")
    assert pairs(left, left) == [("a", "a")]


@pytest.mark.usefixtures("here")
def test_our_own_geopackage_is_read_as_the_layer_is(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "deposits", "--format", "gpkg", "--out", "d.gpkg"]) == 0
    assert pairs("d.gpkg", "deposits", "--within", "0")
    said = capfd.readouterr().err.splitlines()
    assert said == [f"{name}: 32 rows have {PLACELESS}" for name in ("d.gpkg", "deposits")]


@pytest.mark.usefixtures("here")
def test_shapes_with_empty_parts_and_open_rings_are_read(capfd: pytest.CaptureFixture[str]) -> None:
    nothing = {"type": "GeometryCollection", "geometries": []}
    parts = {"type": "GeometryCollection", "geometries": [at(0, 0), {"type": "LineString", "coordinates": []}]}
    left = geojson("l.geojson", ({"id": "a"}, parts), ({"id": "b"}, nothing), ({"id": "c"}, None))
    assert pairs(left, left) == [("a", "a")]
    assert capfd.readouterr().err == f"l.geojson: 2 rows have {PLACELESS}\n"


@pytest.mark.usefixtures("here")
def test_invalid_shapes_are_repaired_as_those_of_layers_are(capsys: Output) -> None:
    left = geojson("l.geojson", ({"id": "bow"}, {"type": "Polygon", "coordinates": BOW}))
    made, told = side_of(left)
    assert told == ["l.geojson: 1 invalid geometries were repaired."]
    assert made.geometry[0].area == 2.0  # two triangles of area 1
    assert pairs(left, left) == [("bow", "bow")]
    assert capsys.readouterr().err == "l.geojson: 1 invalid geometries were repaired.\n"


@pytest.mark.parametrize(
    ("rows", "ids", "told"),
    [
        ("name,id\nx,1\ny,2", ["1", "2"], []),
        ("name,code\nx,1\ny,2", ["x", "y"], []),
        ("name,id\nx,\ny,2", ["x", "2"], ["1 rows have no id"]),
        ("name,id\n2,\ny,2", ["row 1", "2"], ["1 rows have no id"]),
        ("name,id\n,\ny,2", ["row 1", "2"], ["1 rows have no id"]),
        ("id,name\n,x\n2,y", ["row 1", "2"], ["1 rows have no id"]),
        ("id,name\n2,x\n2,y", ["2", "2"], ["2 rows share their id with another row"]),
        ("name,id\nx,\nx,", ["x", "x"], ["2 rows have no id", "2 rows share their id with another row"]),
    ],
)
@pytest.mark.usefixtures("here")
def test_ids_come_from_id_or_the_first_column_and_what_is_odd_is_told(
    rows: str, ids: list[str], told: list[str]
) -> None:
    lines = rows.split("\n")
    name = written("f.csv", "\n".join([f"{lines[0]},lon,lat", *(f"{line},0,0" for line in lines[1:])]))
    made, said = side_of(name)
    assert [*made.ids] == ids
    assert len(said) == len(told)
    assert all(sentence.startswith(f"f.csv: {part}") for sentence, part in zip(said, told, strict=True))


@pytest.mark.usefixtures("here")
def test_a_row_of_a_file_without_columns_has_its_number() -> None:
    name = written("bare.geojson", json.dumps(at(60, 50)))
    assert [*side_of(name)[0].ids] == ["row 1"]


@pytest.mark.parametrize("text", ["id,lon,lat\n", "id,wkt\n"])
@pytest.mark.usefixtures("here")
def test_files_without_rows_have_no_pairs(text: str, capsys: Output) -> None:
    empty = [written("e.csv", text), geojson("e.geojson")]
    for name in empty:
        for how in (("--within", "5"), ("--nearest", "1")):
            assert pairs(name, "towns", *how) == []
            assert pairs("towns", name, *how) == []
    assert capsys.readouterr().err == ""


@pytest.mark.usefixtures("here")
def test_every_format_that_the_help_promises_gives_the_same_pairs() -> None:
    frame = gpd.GeoDataFrame({"id": ["a", "b"]}, geometry=[shapely.Point(0, 0), shapely.Point(9, 9)], crs=WGS84)
    written("f.csv", "id,lon,lat\na,0,0\nb,9,9\n")
    frame.to_parquet("f.parquet")
    for name in ("f.geojson", "f.gpkg", "f.fgb"):
        frame.to_file(name)
    for name in ("f.csv", "f.parquet", "f.geojson", "f.gpkg", "f.fgb"):
        assert sorted(pairs(name, "f.csv", "--within", "1")) == [("a", "a"), ("b", "b")]


def test_all_real_files_are_sides(reference: Path) -> None:
    for path in sorted(reference.glob("*.*[!d]")):
        made, _ = side_of(str(path))
        assert len(made.ids) == len(made.geometry) > 0
        assert (made.ids != "").all()


def test_a_name_that_is_nothing_says_what_there_is() -> None:
    with pytest.raises(AtlasError, match=r"'atlantis' is neither a layer of the catalogue \(towns, "):
        side_of("atlantis")
