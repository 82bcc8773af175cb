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
import shapely
from pyproj import Geod

from layers import commands
from layers.__main__ import main
from layers.relate import PAIR_COLUMNS, layer
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


EAST = {"yes": 1, "maybe": 1.5, "no": 3}  # degrees of the equator, 111.3195 km each


def uncertain(tmp_path: Path) -> tuple[str, str]:
    """A town of 1 km accuracy, and three springs of 60 km accuracy east of it: at 111, 167 and 334 km."""
    lines = [f"{key},{lon},0,60" for key, lon in EAST.items()]
    right = points(tmp_path / "r.csv", "\n".join(["id,lon,lat,accuracy_km", *lines, "unknown,0,0,", ""]))
    return points(tmp_path / "l.csv", "id,lon,lat,accuracy_km\na,0,0,1\n"), right


def test_a_relation_says_how_many_pairs_are_sure_and_how_many_only_possible(tmp_path: Path, capsys: Output) -> None:
    """Within 175 km: 111 + 61 surely, 167 - 61 possibly, 334 - 61 not."""
    out = tmp_path / "o.csv"
    rows = relate(out, *uncertain(tmp_path), "--within", "175")
    assert [(row["right"], row["within"]) for row in rows] == [("yes", "yes"), ("maybe", "possibly")]
    assert capsys.readouterr().out == f"2 pairs written to {out}: 1 surely within 175 km, 1 possibly.\n"
    rows = relate(out, *uncertain(tmp_path), "--within", "175", "--sure")
    assert [row["right"] for row in rows] == ["yes"]
    assert capsys.readouterr().out == f"1 pairs written to {out}: 1 surely within 175 km; 1 more possibly, left out.\n"


def test_the_nearest_are_neither_within_nor_beyond_anything(tmp_path: Path, capsys: Output) -> None:
    left, right = uncertain(tmp_path)
    rows = relate(tmp_path / "o.csv", left, right, "--nearest", "2")
    assert [(row["right"], row["within"]) for row in rows] == [("yes", ""), ("maybe", "")]
    assert capsys.readouterr().out == f"2 pairs written to {tmp_path / 'o.csv'}.\n"
    out = tmp_path / "never.csv"
    assert main(["relate", left, right, "--nearest", "2", "--sure", "--out", str(out)]) == 1
    assert capsys.readouterr().err.startswith("--sure needs --within KM")
    assert not out.exists()


def test_what_may_be_within_is_read_of_a_file_that_is_read_in_parts(tmp_path: Path) -> None:
    """Of many far points in groups of their own: those whose own accuracy, or the left one's, brings them near."""
    lines = [f"p{n},{n % 170},{n % 5},{60 if n % 3 else ''}" for n in range(20_000)]
    lines += ["q,1.5,0,60", "r,2,0,0"]
    right = points(tmp_path / "r.csv", "\n".join(["id,lon,lat,accuracy_km", *lines, ""]))
    assert main(["convert", right, str(tmp_path / "r.parquet")]) == 0
    for off, how in (("1", "110"), ("150", "80")):
        left = points(tmp_path / "l.csv", f"id,lon,lat,accuracy_km\na,0,0,{off}\n")
        found = [
            {(row["right"], row["within"]) for row in relate(tmp_path / "o.csv", left, given, "--within", how)}
            for given in (right, str(tmp_path / "r.parquet"))
        ]
        assert found[0] == found[1]
        assert ("q", "possibly") in found[0]
        assert (("r", "possibly") in found[0]) == (off == "150")


def test_accuracies_that_are_all_unknown_leave_nothing_to_measure(tmp_path: Path) -> None:
    right = points(tmp_path / "r.csv", "id,lon,lat,accuracy_km\np,0,0,\n")
    assert main(["convert", right, str(tmp_path / "r.parquet")]) == 0
    left = points(tmp_path / "l.csv", "id,lon,lat\na,0,0\n")
    for given in (right, str(tmp_path / "r.parquet")):
        assert relate(tmp_path / "o.csv", left, given, "--within", "10") == []


def test_people_served_are_a_range_and_each_counts_once(tmp_path: Path, capsys: Output) -> None:
    """Two springs beside the first town; the second town may be within 60 km of one, the third is not."""
    people = points(tmp_path / "p.csv", "id,lon,lat,population,jobs\na,0,0,1500,7\nb,1,0,200,\nc,5,0,9,1\n")
    springs = points(tmp_path / "s.csv", "id,lon,lat,accuracy_km\nx,0.1,0,5\ny,0.4,0,5\nz,,,\n")
    asked = ["served", people, springs, "--within", "60"]
    assert main(asked) == 0
    told = capsys.readouterr()
    assert told.out == f"Within 60 km of {springs}: 1,500 (population) in 1 of the 3 features of {people}.\n"
    assert told.err == f"{springs}: 1 rows have no position of known accuracy and do not count.\n"
    asked[-1] = "65"  # b is 66.8 km from y, give or take 5
    assert main(asked) == 0
    assert "km of" in (said := capsys.readouterr().out)
    assert ": 1,500 to 1,700 (population) in 1 to 2 of the 3 features of" in said
    assert main([*asked, "--json"]) == 0
    wanted = {"within_km": 65.0, "people_min": 1500, "people_max": 1700, "features_min": 1, "features_max": 2}
    assert json.loads(capsys.readouterr().out) == wanted
    assert main([*asked, "--column", "jobs", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["people_min"], found["people_max"]) == (7, None)
    assert main([*asked, "--column", "jobs"]) == 0
    assert ": 7 to an unknown number (jobs) in 1 to 2 of" in capsys.readouterr().out


@pytest.mark.parametrize("radius", [30, 150])
def test_people_served_by_a_layer_are_those_of_the_table_of_the_catalogue(radius: int, capsys: Output) -> None:
    for targets, table_id in (("gas_operating", "people_gas_operating"), ("prospecting_areas", "people_areas")):
        assert main(["served", "towns", targets, "--within", str(radius), "--json"]) == 0
        found = json.loads(capsys.readouterr().out)
        row = layer(table_id).frame.set_index("radius_km").loc[radius]
        assert (found["people_min"], found["people_max"]) == (row["people_min"], row["people_max"])
        assert (found["features_min"], found["features_max"]) == (row["towns_min"], row["towns_max"])


def test_what_only_its_town_places_serves_nobody(capsys: Output) -> None:
    assert main(["served", "towns", "industrial_zones", "--within", "200", "--json"]) == 0
    told = capsys.readouterr()
    assert [*json.loads(told.out).values()] == [200.0, 0, 0, 0, 0]
    assert told.err == "industrial_zones: 15 rows have no position of known accuracy and do not count.\n"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["towns", "deposits", "--column", "jobs"], "There is no column in layer towns 'jobs'"),
        (["towns", "deposits", "--column", "name_en"], "towns: column 'name_en' does not hold numbers."),
        (["p.csv", "deposits"], "There is no column in p.csv 'population'. Known: id, lon, lat, people, rows"),
        (["p.csv", "deposits", "--column", "people"], "p.csv: row 'b', column 'people', value 'many': is not a number"),
        (["p.csv", "deposits", "--column", "rows"], "p.csv: row 'a', column 'rows', value '-1': is less than 0."),
        (["towns", "atlantis"], "'atlantis' is neither a layer"),
        (["programme", "deposits"], "programme is a table without positions"),
    ],
)
def test_people_who_cannot_be_counted_are_one_sentence(
    arguments: list[str], sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    monkeypatch.chdir(tmp_path)
    points(tmp_path / "p.csv", "id,lon,lat,people,rows\na,0,0,5,-1\nb,1,0,many,2\n")
    assert main(["served", *arguments, "--within", "5"]) == 1
    found = capsys.readouterr()
    assert sentence in found.err.splitlines()[-1]
    assert found.out == ""


def test_areas_overlap_by_what_they_share(tmp_path: Path, capsys: Output) -> None:
    """Two squares of two degrees, one degree apart: they share half of each; a third one touches and shares nothing."""
    moved = [[[x + 1, y] for x, y in SQUARE[0]]]
    beside = [[[x - 2, y] for x, y in SQUARE[0]]]
    left = geojson(tmp_path / "l.geojson", [({"id": "sq"}, "Polygon", SQUARE), ({"id": "dot"}, "Point", [1, 1])])
    right = geojson(tmp_path / "r.geojson", [({"id": "twin"}, "Polygon", moved), ({"id": "twin"}, "Polygon", beside)])
    out = tmp_path / "o.csv"
    assert main(["overlap", left, right, "--out", str(out)]) == 0
    told = capsys.readouterr()
    assert told.out == f"1 overlapping pairs written to {out}.\n"
    assert told.err == "r.geojson: 2 rows share their id with another row.\n"
    (row,) = table(out)
    assert (row["left"], row["right"]) == ("sq", "twin")
    area = abs(GEOD.geometry_area_perimeter(shapely.box(1, 0, 2, 2).segmentize(0.01))[0]) / 1e6
    assert float(row["shared_km2"]) == pytest.approx(area, rel=1e-3)
    assert [float(row["left_share"]), float(row["right_share"])] == pytest.approx([0.5, 0.5], abs=1e-3)
    assert main(["overlap", left, right, "--out", str(tmp_path / "o.parquet")]) == 0
    assert pd.read_parquet(tmp_path / "o.parquet").to_dict("records")[0]["right"] == "twin"


def test_an_area_shares_itself_with_its_blocks(tmp_path: Path) -> None:
    assert main(["overlap", "prospecting_areas", "licence_blocks", "--out", str(tmp_path / "o.csv")]) == 0
    rows = table(tmp_path / "o.csv")
    assert len(rows) == len(layer("licence_blocks").frame)
    shares = pd.DataFrame(rows).astype({"left_share": float}).groupby("left")["left_share"].sum()
    assert shares.to_numpy() == pytest.approx(1.0, abs=1e-3)


def test_an_overlap_that_cannot_be_made_is_one_sentence(tmp_path: Path, capsys: Output) -> None:
    for arguments, sentence in (
        (["towns", "programme", "--out", str(tmp_path / "o.csv")], "programme is a table without positions"),
        (["towns", "towns", "--out", str(tmp_path / "o.txt")], "must end in .csv or .parquet"),
        (["towns", "towns", "--out", str(tmp_path / "missing" / "o.csv")], "cannot be written"),
    ):
        assert main(["overlap", *arguments]) == 1
        assert sentence in capsys.readouterr().err
    assert [*tmp_path.iterdir()] == []


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


def test_rows_that_are_in_no_pair_are_told(tmp_path: Path, capsys: Output) -> None:
    given = tmp_path / "mine.csv"
    given.write_text("id,lon,lat,accuracy_km\na,75,46.85,\nb,75,46.85,1\nc,,,1\n", encoding="utf-8")
    assert main(["relate", str(given), "towns", "--within", "20", "--out", str(tmp_path / "o.csv")]) == 0
    said = capsys.readouterr().err
    assert f"{given}: 2 rows have no position of known accuracy and no town, and so no pair." in said
    assert main(["relate", "deposits", "towns", "--within", "20", "--out", str(tmp_path / "o.csv")]) == 0
    lost = int((~layer("deposits").measurable).sum())
    assert lost > 0
    assert f"deposits: {lost} rows have no position" in capsys.readouterr().err


@pytest.mark.parametrize("command", [["relate", "--within", "20"], ["overlap"]])
def test_an_input_is_never_written_over(command: list[str], tmp_path: Path, capsys: Output) -> None:
    given = tmp_path / "mine.csv"
    given.write_text("id,lon,lat\na,75,46.85\n", encoding="utf-8")
    (tmp_path / "other.csv").symlink_to(given)
    for out in (given, tmp_path / "other.csv"):
        assert main([command[0], str(given), "towns", *command[1:], "--out", str(out)]) == 1
        assert "is an input" in capsys.readouterr().err
    assert given.read_text(encoding="utf-8").startswith("id,lon,lat")


def test_areas_shared_with_points_are_none_and_it_is_said(tmp_path: Path, capsys: Output) -> None:
    assert main(["overlap", "towns", "prospecting_areas", "--out", str(tmp_path / "o.csv")]) == 0
    assert "towns has no areas" in capsys.readouterr().err


def test_a_reader_who_has_seen_enough_is_no_fault() -> None:
    ended = subprocess.run(
        ["bash", "-c", f"set -o pipefail; '{sys.executable}' -m layers list | head -1"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")


def test_an_interrupt_is_one_line(monkeypatch: pytest.MonkeyPatch, capsys: Output) -> None:
    def interrupted(_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(commands, "side_of", interrupted)
    assert main(["served", "towns", "deposits", "--within", "20"]) == 130
    assert capsys.readouterr().err == "Interrupted.\n"
