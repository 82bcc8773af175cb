"""What can be taken away of a set of blocks, opened by readers that are not ours, and what map and table are sent."""

from __future__ import annotations

import csv
import gzip
import io
import json
import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree

import pyogrio
import pytest
import shapely
from pyproj import Geod
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match

from geo.blocks import mirrored, parse
from layers.block_choice import FEATURE, RING, BlockSource, CoverRule, source_of_codes
from layers.block_costs import costs, laws
from layers.block_desk import block_set
from layers.block_files import FORMS, file_bytes, file_name, file_url, map_payload, map_url, table_payload, table_url
from layers.block_touch import touched
from layers.block_words import contiguity, fault_of_codes, level_note, relation
from layers.errors import WordedError
from layers.refusals import fault_in_words
from layers.routes import routes
from layers.spec import LANGUAGES
from layers.text import say
from layers.view import View

GEOD = Geod(ellps="WGS84")
EIGHTEEN = "М-42-85-(10е-5в-2,3,4,5,7,8,9,10,12,13,14,15,18,19,20,23,24,25)"
CODES = parse(EIGHTEEN)
RINGED = BlockSource(RING, ring=((66.34, 49.34), (66.41, 49.34), (66.41, 49.41), (66.34, 49.41)))
KML = "{http://www.opengis.net/kml/2.2}"
INFERRED = {"en": "inferred, not proven", "ru": "не доказан", "kk": "дәлелденбеген"}


def of(codes: str = EIGHTEEN, **given: Any) -> View:
    return View(blocks=source_of_codes(codes), **given)


def opened(payload: Any) -> Any:
    return json.loads(gzip.decompress(payload.body))


def get(address: str) -> Response:
    """The answer of our own routes, without a server."""
    parts = urlsplit(address)
    scope = {"type": "http", "method": "GET", "path": parts.path, "headers": [], "root_path": ""}
    scope["query_string"] = quote(parts.query, safe="=&%+").encode()
    for route in routes(""):
        match, own = route.matches(scope)
        if match is Match.FULL:
            answer: Response = route.endpoint(Request({**scope, **own}))  # type: ignore[attr-defined]
            return answer
    raise AssertionError(f"no route for {parts.path}")


def text_of(answer: Response) -> str:
    return bytes(answer.body).decode()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_csv_has_the_codes_in_a_column_that_can_be_pasted_back_and_says_what_is_inferred(language: str) -> None:
    for south in (False, True):
        text = file_bytes("csv", of(language=language, counted_south=south)).decode("utf-8-sig")
        head, *rows = csv.reader(io.StringIO(text))
        assert parse("\n".join(row[0] for row in rows)) == sorted(CODES, key=lambda b: (-b.south_min, b.west_min))
        assert all(INFERRED[language] in " ".join(row) for row in rows)
        assert len(set(head)) == len(head)
        assert sum(float(row[6]) for row in rows) == pytest.approx(40.38, abs=0.005)
        if south:
            assert [row[8] for row in rows] == [mirrored(parse(row[0])[0]).code for row in rows]


@pytest.mark.parametrize("south", [False, True])
def test_a_geojson_has_a_box_for_each_code_and_each_reading(south: bool) -> None:
    made = json.loads(file_bytes("geojson", of(counted_south=south)))
    assert "inferred, not proven" in made["atlas"]["caution"]
    assert parse(made["atlas"]["codes"]) == sorted(CODES)
    assert made["atlas"]["sources"][0]["id"] == "subsoil-code-2017"
    by_reading: dict[str, dict[str, Any]] = {}
    for feature in made["features"]:
        told = feature["properties"]
        by_reading.setdefault(told["reading"], {})[told["code"]] = feature
        shape = shapely.geometry.shape(feature["geometry"])
        assert shape.bounds == pytest.approx([told[side] for side in ("west", "south", "east", "north")])
        assert abs(GEOD.geometry_area_perimeter(shape)[0]) / 1e6 == pytest.approx(told["area_km2"], abs=1e-5)
    assert {reading: len(found) for reading, found in by_reading.items()} == (
        {"north": 18, "south": 18} if south else {"north": 18}
    )
    for block in CODES:
        assert by_reading["north"][block.code]["properties"]["south"] == pytest.approx(block.bounds[1])
        if south:
            assert by_reading["south"][block.code]["properties"]["south"] == pytest.approx(mirrored(block).bounds[1])


def test_a_geopackage_has_blocks_sources_statement_and_a_style_for_each_reading(tmp_path: Path) -> None:
    path = tmp_path / "blocks.gpkg"
    path.write_bytes(file_bytes("gpkg", of(language="ru", counted_south=True)))
    frame = pyogrio.read_dataframe(path, layer="blocks")
    assert len(frame) == 36
    assert set(frame["code"]) == {block.code for block in CODES}
    assert frame.crs.to_epsg() == 4326
    with sqlite3.connect(path) as base:
        sources = [row[0] for row in base.execute("SELECT id FROM sources")]
        about = dict(base.execute("SELECT key, value FROM about"))
        ((name, default, style),) = base.execute("SELECT f_table_name, useAsDefault, styleQML FROM layer_styles")
    base.close()
    assert sources == ["subsoil-code-2017"]
    assert "не доказан" in about["caution"]
    assert "СК-42" in about["caution"]
    assert about["title"] == "Блоки недр: введённые коды"
    assert (name, default) == ("blocks", 1)
    qgis = ElementTree.fromstring(style[style.index("<qgis") :])
    filters = [rule.get("filter") for rule in qgis.iter("rule") if rule.get("filter")]
    assert [("'north'" in told, "'south'" in told) for told in filters if told] == [(True, False), (False, True)]
    lines = [o.get("value") for o in qgis.iter("Option") if o.get("name") == "outline_style"]
    assert lines == ["solid", "dash"]
    assert {alias.get("field") for alias in qgis.iter("alias")} >= {"code", "south", "area_km2"}


def test_a_kml_has_a_placemark_for_each_code_and_says_what_is_inferred() -> None:
    root = ElementTree.fromstring(file_bytes("kml", of(language="kk")))
    marks = [*root.iter(f"{KML}Placemark")]
    assert [mark.findtext(f"{KML}name") for mark in marks] == [
        block.code for block in sorted(CODES, key=lambda b: (-b.south_min, b.west_min))
    ]
    assert "дәлелденбеген" in str(root.findtext(f".//{KML}description"))
    assert len([*root.iter(f"{KML}Polygon")]) == 18


def test_files_of_a_feature_name_its_sources_and_those_of_a_drawn_shape_its_rule() -> None:
    licence = View(blocks=BlockSource(FEATURE, layer="prospecting_areas", id="aktyubinskoe-1801"))
    told = json.loads(file_bytes("geojson", licence))["atlas"]
    assert [source["id"] for source in told["sources"]] != ["subsoil-code-2017"]
    assert told["title"].startswith("Licence blocks: Aktyubinskoe")
    drawn = json.loads(file_bytes("geojson", View(blocks=RINGED, cover=CoverRule("any", 25))))["atlas"]
    assert drawn["filters"] == ["drawn shape", "blocks of which it holds more than 25 %"]
    assert "the places stay" in drawn["caution"]


def test_the_map_gets_the_outline_and_each_block_and_the_other_outline_on_demand() -> None:
    made = opened(map_payload(of()))
    assert [one["properties"]["part"] for one in made["features"]] == ["outline"] + ["block"] * 18
    south = opened(map_payload(of(counted_south=True)))["features"][1]
    assert south["properties"]["part"] == "south"
    drawn = shapely.geometry.shape(south["geometry"])
    whole = shapely.union_all([shapely.box(*mirrored(block).bounds) for block in CODES])
    assert drawn.symmetric_difference(whole).area < 1e-12


def test_more_blocks_than_can_be_told_apart_are_an_outline_on_the_map_and_all_in_the_files() -> None:
    wide = View(blocks=BlockSource(RING, ring=((66.0, 49.0), (67.5, 49.0), (67.5, 50.0), (66.0, 50.0))))
    found = block_set(wide.blocks, wide.cover)
    assert found is not None
    assert len(found.blocks) == 5400
    assert [one["properties"]["part"] for one in opened(map_payload(wide))["features"]] == ["outline"]
    assert len(opened(table_payload(wide))["rows"]) == 5000
    assert file_bytes("csv", wide).count(b"\n") == 5401


def test_the_table_says_codes_sides_and_area() -> None:
    made = opened(table_payload(of()))
    assert [one["title"] for one in made["columns"]] == [
        *("Block code", "West", "South", "East", "North", "Area", "Connected part")
    ]
    first = made["rows"][0]
    assert first[1][:5] == ["M-42-85-(10е-5в-2)", "66.3500", "49.4000", "66.3667", "49.4167"]
    answer = get(table_url("", of()))
    assert json.loads(text_of(answer)) == made
    assert "immutable" in answer.headers["cache-control"]


def test_the_routes_serve_what_the_address_says_and_refuse_the_rest_in_a_sentence() -> None:
    view = of(language="ru", counted_south=True)
    assert json.loads(text_of(get(map_url("", view)))) == opened(map_payload(view))
    for form in FORMS:
        answer = get(file_url("", form, view))
        assert (answer.status_code, answer.body) == (200, file_bytes(form, view)) or form == "gpkg"
        assert file_name(form, view) in answer.headers["content-disposition"]
    assert get("/api/blocks/map/0000?blocks=codes:M-42-85-(10е-5в-2)").status_code == 404
    assert get("/api/blocks/map/0000?blocks=codes:x").status_code == 404
    assert get("/api/blocks/file/x.csv?blocks=codes:x").status_code == 400
    assert get("/api/blocks/file/x.exe?blocks=codes:M-42-85-(10е-5в-2)").status_code == 404
    gone = get(f"/api/blocks/file/x.csv?lang=ru&blocks=kept:{'0' * 32}")
    assert (gone.status_code, text_of(gone)) == (404, say("ru", "blocks_not_kept"))
    assert text_of(get("/api/blocks/file/x.csv")) == "No blocks are chosen."


# In words


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("H-42-85-(10е-5в-2)", "K, L, M"),
        ("M-37-85-(10е-5в-2)", "38"),
        ("M-42-145-(10е-5в-2)", "144"),
        ("M-42-85-(10ж-5в-2)", "а, б, в, г, д"),
        ("M-42-85-(10е-5д-2)", "а, б, в"),
        ("M-42-85-(10е-5в-26)", "25"),
        ("(10е-5в-2)", "M-42-85"),
        ("M-42-85-(20е-5в-2)", "10"),
        ("moon", "moon"),
        ("<b>{{7*7}}</b>", "{{7*7}}"),
    ],
)
def test_a_wrong_code_is_told_with_what_is_accepted(text: str, part: str, language: str) -> None:
    told = fault_of_codes(text, language)
    assert part in told
    assert "M-42-85-(10е-5в-2,3,4)" in told
    assert fault_of_codes(EIGHTEEN, language) == fault_of_codes("", language) == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_refusal_and_note_has_words(language: str) -> None:
    for key in ("blocks_not_kept", "blocks_no_place", "blocks_no_areas", "blocks_no_surface", "blocks_outside"):
        assert fault_in_words(WordedError(key), language) == say(language, key)
    assert "200" in fault_in_words(WordedError("blocks_too_many", most=200_000), language)
    for view in (of(), of("M-42-85-(10е-5в-11,12)"), View(blocks=RINGED)):
        found = block_set(view.blocks, view.cover)
        assert found is not None
        assert INFERRED[language] in level_note(found, language)
        assert contiguity(found.part_sizes, language) == say(language, "blocks_one_part")
        for rows in touched(found)[0].values():
            assert all(relation(one, language).name for one in rows)
    apart = block_set(source_of_codes("M-42-85-(10е-5в-1,7)"), CoverRule())
    assert apart is not None
    assert "2" in contiguity(apart.part_sizes, language)


def test_costs_by_hand_and_the_law_behind_them() -> None:
    """18 blocks: 2300 + 8 x 120 and 3500 + 8 x 180; the fee 15, 23 and 32 a block."""
    told = costs(18)
    assert [one.spend_mci for one in told] == [3260] * 3 + [4940] * 3
    assert [one.fee_mci for one in told] == [18 * 15] * 3 + [18 * 23] * 2 + [18 * 32]
    spending, fee = laws()
    assert (spending.article, spending.state_of, spending.sources) == ("192(2)", "2025-12-31", ("subsoil-code-2017",))
    assert (fee.article, fee.sources) == ("563", ("tax-code-2017",))
