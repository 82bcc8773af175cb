"""The commands on licence blocks: what they print, what they refuse, and with which exit code."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import shapely
from pyproj import Geod
from shapely.geometry import box, mapping

from geo.blocks import outline, parse
from layers.__main__ import main
from layers.spec import ROOT

GEOD = Geod(ellps="WGS84")
KEYS = {"blocks", "count", "area_km2", "parts", "formatted", "level_note", "datum_note"}
ROW = {"code", "south", "west", "north", "east", "area_km2"}
EIGHTEEN = "М-42-85-(10е-5в-2,3,4,5,7,8,9,10,12,13,14,15,18,19,20,23,24,25)"
Output = pytest.CaptureFixture[str]


def told(capsys: Output, *arguments: str) -> dict[str, Any]:
    """What a command prints as JSON; it must succeed and every part must be there."""
    assert main(["blocks", *arguments, "--json"]) == 0
    made: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert set(made) >= KEYS
    assert all(set(row) == ROW for row in made["blocks"])
    assert made["count"] == len(made["blocks"])
    assert "inferred, not proven" in made["level_note"]
    assert "not published" in made["datum_note"]
    assert [*parse(made["formatted"])] == sorted(parse(" ".join(row["code"] for row in made["blocks"])))
    assert made["area_km2"] == pytest.approx(sum(row["area_km2"] for row in made["blocks"]), abs=1e-3)
    return made


def refused(capsys: Output, *arguments: str) -> str:
    """The one sentence with which a command ends that does not understand."""
    try:
        code = main(["blocks", *arguments])
    except SystemExit as end:
        code = end.code
    found = capsys.readouterr()
    assert code == 4
    assert found.out == ""
    assert found.err.count("\n") == 1
    assert "Traceback" not in found.err
    return found.err


def file_of(path: Path, *shapes: shapely.Geometry) -> str:
    """A GeoJSON file of these shapes."""
    features = [
        {"type": "Feature", "properties": {"id": f"f{n}"}, "geometry": mapping(s)} for n, s in enumerate(shapes)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return str(path)


def test_encode_the_worked_example(capsys: Output) -> None:
    made = told(capsys, "encode", "66.355", "49.41")
    assert (made["lon"], made["lat"]) == (66.355, 49.41)
    (row,) = made["blocks"]
    assert row["code"] == made["formatted"] == "M-42-85-(10е-5в-2)"
    assert (row["west"], row["south"]) == (66.35, 49.4)
    area, _ = GEOD.geometry_area_perimeter(box(row["west"], row["south"], row["east"], row["north"]))
    assert row["area_km2"] == pytest.approx(area / 1e6, abs=1e-6)


def test_decode_every_block_of_the_atlas_and_find_it_again(capsys: Output) -> None:
    with (ROOT / "data" / "licence_blocks.csv").open(encoding="utf-8") as file:
        codes = [row["code"] for row in csv.DictReader(file)]
    assert len(codes) == 32
    made = told(capsys, "decode", *codes)
    assert [row["code"] for row in made["blocks"]] == codes
    assert made["parts"] == 6
    for row in made["blocks"]:
        middle = ((row["west"] + row["east"]) / 2, (row["south"] + row["north"]) / 2)
        assert told(capsys, "encode", *map(str, middle))["formatted"] == row["code"]


def test_decode_a_published_list(capsys: Output) -> None:
    made = told(capsys, "decode", EIGHTEEN)
    assert (made["count"], made["parts"]) == (18, 1)
    assert made["area_km2"] == pytest.approx(40.38, abs=0.005)
    assert made["formatted"] == EIGHTEEN.replace("М", "M")
    assert "alternative" not in made


@pytest.mark.parametrize(
    "codes",
    [
        ["M-42-85-(10е-5в-2)"],
        [" -М-42-85- (10e–5в–2)"],
        ["-M-42-85-(10е-5в-2)"],
        ["M-42-85-", "(10е-5в-2),", "(10е-5в-2)"],
    ],
)
def test_decode_spellings(capsys: Output, codes: list[str]) -> None:
    assert told(capsys, "decode", *codes)["formatted"] == "M-42-85-(10е-5в-2)"


def test_decode_shows_the_other_reading_when_asked(capsys: Output) -> None:
    made = told(capsys, "decode", "M-42-85-(10е-5в-2,13)", "--alternative")
    moved = [round((b["south"] - a["south"]) * 60) for a, b in zip(made["blocks"], made["alternative"], strict=True)]
    assert moved == [-4, 0]
    assert [row["code"] for row in made["alternative"]] == [row["code"] for row in made["blocks"]]
    assert [row["west"] for row in made["alternative"]] == [row["west"] for row in made["blocks"]]
    assert all(set(row) == ROW for row in made["alternative"])


@pytest.mark.parametrize("rule", ["whole", "centre", "any"])
def test_cover_gives_back_the_blocks_of_an_outline(capsys: Output, tmp_path: Path, rule: str) -> None:
    shape = file_of(tmp_path / "plot.geojson", outline(parse(EIGHTEEN)))
    made = told(capsys, "cover", shape, "--rule", rule)
    assert made["formatted"] == EIGHTEEN.replace("М", "M")
    assert (made["rule"], made["share"], made["parts"]) == (rule, 0.0, 1)


def test_cover_takes_all_areas_of_a_file_as_one_and_tells_of_rows_without_any(capsys: Output, tmp_path: Path) -> None:
    path = tmp_path / "two.csv"
    halves = [box(66.35, 49.4, 66.3583, 49.41666666666667), box(66.3583, 49.4, 66.36666666666667, 49.41666666666667)]
    path.write_text("id,wkt\n" + "".join(f'{n},"{s.wkt}"\n' for n, s in enumerate(halves)) + "c,\n", encoding="utf-8")
    assert main(["blocks", "cover", str(path), "--rule", "whole", "--json"]) == 0
    found = capsys.readouterr()
    assert json.loads(found.out)["formatted"] == "M-42-85-(10е-5в-2)"
    assert "1 rows have no shape" in found.err


def test_cover_by_share(capsys: Output, tmp_path: Path) -> None:
    shape = file_of(tmp_path / "part.geojson", box(66.35, 49.4, 66.37, 49.41666666666667))
    assert told(capsys, "cover", shape, "--rule", "any")["count"] == 2
    assert told(capsys, "cover", shape, "--rule", "any", "--share", "0.19")["count"] == 2
    assert told(capsys, "cover", shape, "--rule", "any", "--share", "0.21")["count"] == 1
    assert told(capsys, "cover", shape, "--rule", "any", "--share", "0.21")["share"] == 0.21


def test_cover_of_an_area_without_a_whole_block_is_understood(capsys: Output, tmp_path: Path) -> None:
    shape = file_of(tmp_path / "small.geojson", box(66.351, 49.401, 66.352, 49.402))
    made = told(capsys, "cover", shape, "--rule", "whole")
    assert (made["count"], made["area_km2"], made["parts"], made["formatted"]) == (0, 0, 0, "")


def test_cover_of_a_layer(capsys: Output) -> None:
    assert told(capsys, "cover", "licence_blocks", "--rule", "any")["count"] == 32


def test_a_person_reads_a_table_and_what_is_not_proven(capsys: Output, tmp_path: Path) -> None:
    shape = file_of(tmp_path / "wide.geojson", box(66, 49, 67, 50))
    for arguments in (
        ["encode", "66.355", "49.41"],
        ["decode", EIGHTEEN, "--alternative"],
        ["cover", shape, "--rule=any"],
    ):
        assert main(["blocks", *arguments]) == 0
        printed = capsys.readouterr().out
        assert "M-42-85-(10е-5в-" in printed
        assert "inferred, not proven" in printed
        assert "not published" in printed
        assert len(printed.splitlines()) < 60
    assert "and 3,560 more" in printed
    assert "Blocks: 3,600." in printed


@pytest.mark.parametrize(
    ("lon", "lat", "said"),
    [
        ("-5", "50", "in no licence block"),
        ("50", "-5", "in no licence block"),
        ("-5e1", "-.5", "in no licence block"),
        ("90", "50", "in no licence block"),
        ("1e999", "50", "in no licence block"),
        ("nan", "50", "no number"),
        ("-inf", "50", "no number"),
        ("66,35", "50", "no number"),
        ("", "50", "no number"),
        ("1" * 5000, "50", "in no licence block"),
        ("--lon", "50", "required"),
    ],
)
def test_encode_refuses(capsys: Output, lon: str, lat: str, said: str) -> None:
    assert said in refused(capsys, "encode", lon, lat)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["encode", "66"], "required"),
        (["encode", "66", "49", "5"], "unrecognized"),
        (["encode", "66", "49", "--alternative"], "unrecognized"),
        (["decode"], "required"),
        (["decode", ""], "No block is named"),
        (["decode", " ,; "], "No block is named"),
        (["decode", "Н-42-85-(10е-5в-2)"], "sheet row is 'Н'"),
        (["decode", "M-42-85-(10е-5в-2-5)"], "spelling"),
        (["decode", "M-46-85-(10е-5в-2)"], "sheet column is 46"),
        (["decode", "M-42-85-(10е-5в-26)"], "block number is 26"),
        (["decode", "M-42-85-(10е-5в-" + "9" * 5000 + ")"], "spelling"),
        (["decode", "(" * 50_000], "spelling"),
        (["decode", "\x00"], "spelling"),
        (["cover"], "required"),
        (["cover", "no.geojson", "--rule", "any"], "neither a layer"),
        (["cover", "no" * 3000, "--rule", "any"], "neither a layer"),
        (["cover", ".", "--rule", "any"], "is a folder"),
        (["cover", "towns", "--rule", "any"], "is a Point; blocks cover areas"),
        (["cover", "industrial_zones", "--rule", "any"], "holds no area"),
        (["cover", "licence_blocks"], "--rule"),
        (["cover", "licence_blocks", "--rule", "most"], "invalid choice"),
        (["cover", "licence_blocks", "--rule", "any", "--share", "1"], "less than 1"),
        (["cover", "licence_blocks", "--rule", "any", "--share", "-0.5"], "at least 0"),
        (["cover", "licence_blocks", "--rule", "any", "--share", "half"], "no number"),
        (["cover", "licence_blocks", "--rule", "whole", "--share", "0"], "goes with --rule any"),
    ],
)
def test_other_refusals(capsys: Output, arguments: list[str], said: str) -> None:
    assert said in refused(capsys, *arguments)


@pytest.mark.parametrize(
    ("shapes", "said"),
    [
        ([box(-180, -90, 180, 90)], "42 to 90 degrees east"),
        ([box(50, 41, 80, 55)], "more than 200,000"),
        ([shapely.Polygon()], "holds no area"),
        ([box(66, 49, 66.1, 49.1), shapely.LineString([(66, 49), (67, 50)])], "f1 is a LineString"),
    ],
)
def test_cover_refuses(capsys: Output, tmp_path: Path, shapes: list[shapely.Geometry], said: str) -> None:
    assert said in refused(capsys, "cover", file_of(tmp_path / "area.geojson", *shapes), "--rule", "any")


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"{}", b'{"type": "FeatureCollection", "features": []}'])
def test_cover_refuses_files_that_hold_no_shapes(capsys: Output, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "odd.geojson"
    path.write_bytes(content)
    assert "odd.geojson" in refused(capsys, "cover", str(path), "--rule", "any")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["encode", "66.355", "49.41", "--json"], 0), (["encode", "-5", "50"], 4), (["decode", "x"], 4), (["cover"], 4)],
)
def test_the_module_ends_with_the_code(arguments: list[str], code: int) -> None:
    command = [sys.executable, "-W", "error", "-m", "layers", "blocks", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert bool(done.stderr) == bool(code)
    assert (done.stdout == "") == bool(code)
