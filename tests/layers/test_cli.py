"""The command line: check, list, relate and export, on layers and on files."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from pyproj import Geod

from layers.__main__ import main
from layers.relate import PAIR_COLUMNS
from layers.spec import ROOT, catalogue

if TYPE_CHECKING:
    from tests.conftest import Extra

GEOD = Geod(ellps="WGS84")
SQUARE = [[[0, 0], [2, 0], [2, 2], [0, 2], [0, 0]]]
Output = pytest.CaptureFixture[str]


def table(path: Path) -> list[dict[str, str]]:
    """Rows of a written relation, by the csv module."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def points(path: Path, text: str) -> str:
    """A CSV file of points."""
    path.write_text(text, encoding="utf-8")
    return str(path)


def geojson(path: Path, features: list[tuple[dict[str, object], str, object]]) -> str:
    """A GeoJSON file of (properties, type, coordinates)."""
    made = [
        {"type": "Feature", "properties": given, "geometry": {"type": kind, "coordinates": at}}
        for given, kind, at in features
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": made}), encoding="utf-8")
    return str(path)


def relate(out: Path, left: str, right: str, *how: str) -> list[dict[str, str]]:
    """Run relate, which must succeed, and read its output."""
    assert main(["relate", left, right, *how, "--out", str(out)]) == 0
    return table(out)


def test_check_passes_and_counts_every_entry(capsys: Output) -> None:
    assert main(["check"]) == 0
    printed = capsys.readouterr().out
    assert f"{len(catalogue())} entries conform." in printed
    assert "prospecting_areas: file, 67 rows, 30 located" in printed
    assert "geometry status: schematic 37, published_point 21, licence_blocks 6, named_place 3" in printed
    assert all(f"{layer_id}: " in printed for layer_id in catalogue())


def test_the_module_can_be_run_as_the_readme_says() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "layers", "check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_check_fails_with_a_table_of_all_problems(extra: Extra, capsys: Output) -> None:
    extra.layer("wells", "id,lon,lat\na,600,50\nb,x,50\nb,1,1")
    assert main(["check"]) == 1
    found = capsys.readouterr()
    assert found.out.split()[:5] == ["layer", "column", "row", "value", "fault"]
    assert "lies outside -180 to 180" in found.out
    assert "is not a number" in found.out
    assert "occurs twice" in found.out
    assert "problems in 1 of" in found.err


def test_check_names_an_entry_whose_file_is_missing(extra: Extra, capsys: Output) -> None:
    extra.layer("wells", "id,lon,lat")
    (extra.folder / "data" / "wells.csv").unlink()
    assert main(["check"]) == 1
    assert "wells.csv does not exist" in capsys.readouterr().out


def test_a_broken_catalogue_entry_is_one_sentence(extra: Extra, capsys: Output) -> None:
    extra.write("catalogue/wells.toml", "id = ")
    assert main(["check"]) == 1
    found = capsys.readouterr().err
    assert found.startswith("wells.toml is not readable as TOML")
    assert "Traceback" not in found


def test_list_as_json_gives_one_object_per_entry(capsys: Output) -> None:
    assert main(["list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [entry["id"] for entry in listed] == [*catalogue()]
    for entry in listed:
        assert {"id", "kind", "geometry", "features", "sources"} <= set(entry)
        assert entry["kind"] in ("file", "derived", "table")
        assert isinstance(entry["features"], int)
        assert entry["sources"] or entry["id"] == "sources"
    counted = {entry["id"]: entry["features"] for entry in listed}
    assert (counted["industrial_zones"], counted["prospecting_areas"], counted["gas_routes"]) == (15, 67, 48)


def test_list_for_people_names_every_entry(capsys: Output) -> None:
    assert main(["list"]) == 0
    printed = capsys.readouterr().out
    assert all(layer_id in printed for layer_id in catalogue())


@pytest.mark.parametrize("how", [["--json"], []])
def test_list_gives_the_sound_entries_and_a_sentence_on_each_broken_one(
    how: list[str], extra: Extra, capsys: Output
) -> None:
    extra.layer("wells", "id,lon,lat\na,600,50\nb,x,50")
    extra.derived("town_wells", ["towns", "wells"], "near", "max_km = 50")
    extra.layer("pits", "id,lon,lat")
    (extra.folder / "data" / "pits.csv").unlink()
    assert main(["list", *how]) == 1
    found = capsys.readouterr()
    fault = "wells: column 'lon', row 'a', value '600': lies outside -180 to 180 (and 2 more)"
    assert {*found.err.splitlines()} == {fault, f"town_wells: {fault}", "pits: pits.csv does not exist."}
    broken = {"wells", "town_wells", "pits"}
    if how:
        assert [entry["id"] for entry in json.loads(found.out)] == [name for name in catalogue() if name not in broken]
    else:
        assert {line.split()[0] for line in found.out.splitlines()[1:]} == {*catalogue()} - broken


def test_two_layers_relate_with_both_ids_first(tmp_path: Path) -> None:
    rows = relate(tmp_path / "o.csv", "towns", "plants", "--within", "100")
    assert tuple(rows[0]) == PAIR_COLUMNS
    assert [*rows[0]][:2] == ["left", "right"]
    near = {(row["left"], row["right"]): row for row in rows}[("balkhash", "balkhash_chp")]
    towns = pd.read_csv(ROOT / "data" / "towns.csv").set_index("id").loc["balkhash"]
    plants = pd.read_csv(ROOT / "data" / "plants.csv").set_index("id").loc["balkhash_chp"]
    metres = GEOD.inv(towns["lon"], towns["lat"], plants["lon"], plants["lat"])[2]
    assert float(near["distance_km"]) == pytest.approx(metres / 1000, abs=0.001)
    assert near["basis"] == "computed"


def test_csv_points_relate_and_the_first_column_names_them(tmp_path: Path) -> None:
    left = points(tmp_path / "l.csv", "name,Longitude,LATITUDE\nhere,0,0\nnowhere,,\n")
    right = points(tmp_path / "r.csv", "note,id,lon,lat\nx,07,1,0\ny,08,0,5\n")
    rows = relate(tmp_path / "o.csv", left, right, "--within", "112")
    assert [(row["left"], row["right"]) for row in rows] == [("here", "07")]
    assert float(rows[0]["distance_km"]) == pytest.approx(111.31949, abs=1e-4)


def test_a_polygon_holds_what_lies_in_it_and_ids_come_from_id_or_the_first_column(tmp_path: Path) -> None:
    with_id = geojson(tmp_path / "a.geojson", [({"name": "n", "id": "sq"}, "Polygon", SQUARE)])
    without = geojson(tmp_path / "b.geojson", [({"code": 7, "name": "p"}, "Point", [1, 1])])
    rows = relate(tmp_path / "o.csv", with_id, without, "--within", "0")
    assert [(row["left"], row["right"], float(row["distance_km"])) for row in rows] == [("sq", "7", 0.0)]


def test_the_nearest_two_of_three_come_in_order(tmp_path: Path) -> None:
    left = points(tmp_path / "l.csv", "id,lon,lat\na,0,0\n")
    right = points(tmp_path / "r.csv", "id,lon,lat\nfar,3,0\none,1,0\ntwo,2,0\n")
    rows = relate(tmp_path / "o.csv", left, right, "--nearest", "2")
    assert [(row["right"], row["rank"]) for row in rows] == [("one", "1"), ("two", "2")]


def test_an_accuracy_column_of_a_file_makes_a_range_and_an_empty_one_leaves_the_row_out(tmp_path: Path) -> None:
    left = points(tmp_path / "l.csv", "id,lon,lat\na,0,0\n")
    right = points(tmp_path / "r.csv", "id,lon,lat,accuracy_km\nknown,1,0,2\nunknown,0.1,0,\n")
    (row,) = relate(tmp_path / "o.csv", left, right, "--within", "200")
    assert row["right"] == "known"
    ends = [float(row["distance_min_km"]), float(row["distance_max_km"])]
    assert ends == pytest.approx([109.31949, 113.31949], abs=1e-4)


def test_a_relation_without_pairs_is_a_header(tmp_path: Path) -> None:
    left = points(tmp_path / "l.csv", "id,lon,lat\na,0,0\n")
    assert relate(tmp_path / "o.csv", left, "towns", "--within", "10") == []
    assert (tmp_path / "o.csv").read_text(encoding="utf-8").startswith("left,right,")


def test_parquet_holds_the_same_rows_as_csv(tmp_path: Path) -> None:
    rows = relate(tmp_path / "o.csv", "industrial_zones", "towns", "--within", "100")
    out = tmp_path / "o.parquet"
    assert main(["relate", "industrial_zones", "towns", "--within", "100", "--out", str(out)]) == 0
    frame = pd.read_parquet(out)
    assert [*frame.columns[:2]] == ["left", "right"]
    assert [*zip(frame["left"], frame["right"], strict=True)] == [(row["left"], row["right"]) for row in rows]
    assert frame["distance_km"].isna().all()


def test_real_mine_boundaries_relate_to_their_towns(reference: Path, tmp_path: Path) -> None:
    """The town is the one that the file names; the distance is at most that of the nearest corner.

    And less than it by no more than half the longest side, from the middle of which no corner is farther.
    """
    path = reference / "mining_contract_areas.geojson"
    rows = relate(tmp_path / "o.csv", str(path), "towns", "--nearest", "1")
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    towns = pd.read_csv(ROOT / "data" / "towns.csv").set_index("id")
    assert [row["left"] for row in rows] == [feature["properties"]["id"] for feature in features]
    for row, feature in zip(rows, features, strict=True):
        assert row["right"] == feature["properties"]["nearest_town_id"]
        town, ring = towns.loc[row["right"]], feature["geometry"]["coordinates"][0]
        corner = min(GEOD.inv(town["lon"], town["lat"], lon, lat)[2] for lon, lat in ring) / 1000
        side = max(GEOD.inv(*one, *other)[2] for one, other in pairwise(ring)) / 1000
        assert corner - side / 2 <= float(row["distance_km"]) <= corner + 1e-9


def test_real_routes_without_an_id_column_and_a_table_with_few_places(reference: Path, tmp_path: Path) -> None:
    pipes = reference / "gem_pipelines_kazakhstan_and_neighbours.geojson"
    rows = relate(tmp_path / "o.csv", "towns", str(pipes), "--nearest", "1")
    assert [row["left"] for row in rows] == [*pd.read_csv(ROOT / "data" / "towns.csv")["id"]]
    files = {f["properties"]["file"] for f in json.loads(pipes.read_text(encoding="utf-8"))["features"]}
    assert {row["right"] for row in rows} <= files
    wri = reference / "wri_raw_kazakhstan.csv"
    listed = pd.read_csv(wri, dtype="str")
    placed = {*listed["Power Plant ID"][listed["Latitude"].notna() & listed["Longitude"].notna()]}
    rows = relate(tmp_path / "o.csv", str(wri), "towns", "--nearest", "1")
    assert {row["left"] for row in rows} == placed


def test_real_invalid_polygons_are_repaired_and_counted(reference: Path, tmp_path: Path, capsys: Output) -> None:
    path = reference / "gem_coal_mine_boundaries.geojson"
    rows = relate(tmp_path / "o.csv", "towns", str(path), "--within", "50")
    assert "gem_coal_mine_boundaries.geojson: 4 invalid geometries were repaired." in capsys.readouterr().err
    names = {f["properties"]["id"] for f in json.loads(path.read_text(encoding="utf-8"))["features"]}
    assert rows
    assert {row["right"] for row in rows} <= names


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["towns", "atlantis", "--within", "5", "--out", "o.csv"], "'atlantis' is neither a layer"),
        (["towns", "plants", "--within", "5", "--out", "o.xlsx"], "must end in .csv or .parquet"),
        (["towns", "plants", "--within", "5", "--out", "missing/o.csv"], "cannot be written"),
        (["towns", "plants", "--within", "5", "--out", "taken.csv"], "cannot be written"),
        (["towns", "nocoordinates.csv", "--within", "5", "--out", "o.csv"], "has no column named lon"),
        (["towns", "broken.geojson", "--within", "5", "--out", "o.csv"], "cannot be read as a vector layer"),
        (["towns", "notes.txt", "--within", "5", "--out", "o.csv"], "files ending in '.txt' are not read"),
        (["towns", "far.csv", "--within", "5", "--out", "o.csv"], "degree"),
    ],
)
def test_a_relation_that_cannot_be_made_is_one_sentence_and_leaves_nothing(
    arguments: list[str], sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    monkeypatch.chdir(tmp_path)
    points(tmp_path / "nocoordinates.csv", "id,name\na,b\n")
    points(tmp_path / "far.csv", "id,lon,lat\na,5000,1\n")
    points(tmp_path / "broken.geojson", "{")
    points(tmp_path / "notes.txt", "x")
    (tmp_path / "taken.csv").mkdir()
    before = {*tmp_path.iterdir()}
    assert main(["relate", *arguments]) == 1
    found = capsys.readouterr()
    assert sentence in found.err
    assert len(found.err.strip().splitlines()) == 1
    assert found.out == ""
    assert {*tmp_path.iterdir()} == before


@pytest.mark.parametrize(
    "how", [["--within", "-1"], ["--within", "nan"], ["--within", "x"], ["--nearest", "0"], ["--nearest", "x"], []]
)
def test_a_radius_or_number_that_makes_no_sense_is_refused(how: list[str], capsys: Output) -> None:
    with pytest.raises(SystemExit) as left:
        main(["relate", "towns", "plants", *how, "--out", "never.csv"])
    assert left.value.code != 0
    found = capsys.readouterr().err
    assert "invalid _" not in found  # a name of ours in a message for others
    assert found.strip().splitlines()[-1].startswith("python -m layers relate: error:")


def test_export_says_how_many_rows_it_wrote(tmp_path: Path, capsys: Output) -> None:
    out = tmp_path / "zones.xlsx"
    assert main(["export", "industrial_zones", "--format", "xlsx", "--lang", "kk", "--out", str(out)]) == 0
    assert capsys.readouterr().out.startswith("15 rows written to ")
    assert out.is_file()
    assert main(["export", "atlantis", "--format", "csv", "--out", str(out)]) == 1
    assert "no layer 'atlantis'" in capsys.readouterr().err
