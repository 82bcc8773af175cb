"""What a reader takes away through the routes: the rows that the filter keeps, and what the file says of itself."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zipfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode
from xml.etree import ElementTree

import openpyxl
import pyarrow.parquet
import pyogrio
import pytest

from layers.about import about
from layers.export import FORMATS
from layers.files import file_name, file_url, forms, table_url
from layers.query import to_query
from layers.relate import layer
from layers.roles import columns_for
from layers.routes import layer_url
from layers.saved import MEDIA
from layers.sieve import masks, sieve_of
from layers.spec import LANGUAGES, catalogue
from layers.text import say
from layers.view import AROUND, SEEN, SHAPE, Area, Selection, View
from tests.layers import oracle
from tests.layers.asking import Answer, fetch

if TYPE_CHECKING:
    from tests.conftest import Extra

LEGEND = tuple(spec.id for spec in catalogue().values() if spec.legend)
TABLES = tuple(spec.id for spec in catalogue().values() if spec.kind == "table")
GPX = {"g": "http://www.topografix.com/GPX/1/1"}
KML = {"k": "http://www.opengis.net/kml/2.2"}
KEPT = {
    "towns": View(facets=(("gas", ("connected",)), ("specialisation", ("coal", "copper")))),
    "deposits": View(language="ru", facets=(("commodity", ("gold",)),), area=Area(SEEN, (70.0, 45.0, 85.0, 52.0))),
    "prospecting_areas": View(language="kk", text="Балхаш"),
    "industrial_zones": View(facets=(("status", ("zone_status.operating",)),)),
    "plants": View(language="ru", area=Area(AROUND), selected=Selection("towns", "temirtau"), radius_km=150),
    "gas_operating": View(area=Area(SHAPE, ring=((50.0, 45.0), (62.0, 45.0), (62.0, 52.0), (50.0, 52.0)))),
}
WORDS = {
    "towns": ["Gas supply: connected", "Specialisation: coal"],
    "deposits": ["Полезное ископаемое: золото", "Место: что видно на карте"],
    "prospecting_areas": ["Мәтін: Балхаш"],
    "industrial_zones": ["Stage or status: operating"],
    "plants": ["Место: в радиусе"],
    "gas_operating": ["Place: drawn shape"],
}


@cache
def taken(layer_id: str, form: str) -> Answer:
    """One file, fetched once."""
    return fetch(file_url("", layer_id, form, KEPT[layer_id]))


def contents(layer_id: str, form: str, folder: Path) -> tuple[list[str], str]:
    """Ids in a file in their order, and all its text."""
    body = taken(layer_id, form).body
    path = folder / f"file.{form}"
    path.write_bytes(body)
    if form == "geojson":
        raw = json.loads(body)
        return [one["properties"]["id"] for one in raw["features"]], json.dumps(raw, ensure_ascii=False)
    if form == "gpkg":
        tables = [pyogrio.read_dataframe(path, layer=name) for name in pyogrio.list_layers(path)[:, 0]]
        return [*tables[0]["id"]], "\n".join(str(table.to_dict("list")) for table in tables)
    if form == "parquet":
        table = pyarrow.parquet.read_table(path)
        return table.column("id").to_pylist(), json.dumps(
            json.loads(table.schema.metadata[b"atlas"]), ensure_ascii=False
        )
    if form == "csv":
        lines = list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))
        return [line[0] for line in lines[1:]], "\n".join(",".join(line) for line in lines)
    if form == "xlsx":
        sheets = [[*sheet.iter_rows(values_only=True)] for sheet in openpyxl.load_workbook(path)]
        return [str(row[0]) for row in sheets[0][1:]], str(sheets)
    root = ElementTree.fromstring(body)
    text = "\n".join(root.itertext())
    if form == "kml":
        return [
            place.findtext(".//k:Data[@name='id']/k:value", "", KML) for place in root.iterfind(".//k:Placemark", KML)
        ], text
    places = [place for place in root if place.tag.endswith(("wpt", "trk"))]
    return [place.findtext("g:desc", "", GPX).partition("\n")[0].partition(": ")[2] for place in places], text


CASES = [(name, form) for name in KEPT for form in FORMATS]


@pytest.mark.parametrize(("layer_id", "form"), CASES)
def test_a_file_holds_the_rows_that_the_filter_keeps_and_says_where_they_come_from(
    layer_id: str, form: str, tmp_path: Path
) -> None:
    view = KEPT[layer_id]
    expected = oracle.ids(view, layer_id)
    assert 0 < len(expected) < len(oracle.rows(layer_id))
    answer = taken(layer_id, form)
    assert (answer.status, answer.headers["content-type"]) == (200, MEDIA[form])
    assert answer.headers["cache-control"] == "no-store"
    name = file_name(layer_id, form, view)
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    ids, text = contents(layer_id, form, tmp_path)
    placed = [key for key in expected if oracle.shape(layer_id, key)[0]]
    assert ids == (placed if form == "gpx" else expected)
    assert about().as_of.isoformat() in text
    assert [credit.text for credit in about().credits if credit.text not in text] == []
    assert about().licence in text
    assert [words for words in WORDS[layer_id] if words not in text] == []
    titles = {row["id"]: row["title"] for row in oracle.table("sources")}
    rows = [row for row in oracle.rows(layer_id) if row["id"] in expected]
    cited = {source for row in rows for source in oracle.parts(row["sources"])}
    assert [key for key in cited if titles[key] not in text] == []


def test_csv_stands_in_columns_that_a_spreadsheet_reads_and_each_line_says_its_filter() -> None:
    lines = list(csv.DictReader(io.StringIO(taken("deposits", "csv").body.decode("utf-8-sig"))))
    assert len(lines) == len(oracle.ids(KEPT["deposits"], "deposits"))
    assert all("Полезное ископаемое: золото" in line["Об этом файле"] for line in lines)


@pytest.mark.parametrize("layer_id", KEPT)
def test_gpx_is_1_1_with_the_order_of_its_schema_and_says_how_many_rows_have_no_place(layer_id: str) -> None:
    root = ElementTree.fromstring(taken(layer_id, "gpx").body)
    assert root.tag == f"{{{GPX['g']}}}gpx"
    assert (root.attrib["version"], bool(root.attrib["creator"])) == ("1.1", True)
    kinds = [place.tag.rpartition("}")[2] for place in root]
    assert kinds == sorted(kinds, key=("metadata", "wpt", "trk").index)
    assert kinds.count("metadata") == 1
    for place in root[1:]:
        assert [part.tag.rpartition("}")[2] for part in place][:2] == ["name", "desc"]
        for at in [place, *place.iterfind(".//g:trkpt", GPX)]:
            if at.tag.endswith(("wpt", "trkpt")):
                assert 40 <= float(at.attrib["lat"]) <= 56
                assert 46 <= float(at.attrib["lon"]) <= 88
    lost = [key for key in oracle.ids(KEPT[layer_id], layer_id) if not oracle.shape(layer_id, key)[0]]
    assert f"{say(KEPT[layer_id].language, 'about_unplaced')}: {len(lost)}" in root.findtext(
        "g:metadata/g:desc", "", GPX
    )


def test_waypoints_and_tracks_lie_where_the_files_say() -> None:
    town = ElementTree.fromstring(taken("towns", "gpx").body).find("g:wpt", GPX)
    first = oracle.ids(KEPT["towns"], "towns")[0]
    assert town is not None
    assert (float(town.attrib["lon"]), float(town.attrib["lat"])) == oracle.towns()[first]
    track = ElementTree.fromstring(taken("gas_operating", "gpx").body).find("g:trk", GPX)
    assert track is not None
    key = track.findtext("g:desc", "", GPX).partition("\n")[0].partition(": ")[2]
    path = [(float(at.attrib["lon"]), float(at.attrib["lat"])) for at in track.iterfind(".//g:trkpt", GPX)]
    assert path == oracle.shape("gas_operating", key)[0][0]


def test_areas_are_refused_as_gpx_with_a_sentence_and_points_alone_of_that_layer_are_not() -> None:
    answer = fetch(file_url("", "prospecting_areas", "gpx", View()))
    assert answer.status == 404
    assert "prospecting_areas cannot be written as gpx, which does not hold its geometry" in answer.body.decode()
    assert "gpx" not in forms("prospecting_areas", View())
    points = View(facets=(("position", ("published_point",)),))
    assert "gpx" in forms("prospecting_areas", points)
    assert fetch(file_url("", "prospecting_areas", "gpx", points)).status == 200


@pytest.mark.parametrize("layer_id", [*LEGEND, *TABLES])
def test_every_format_that_is_offered_is_served_and_every_other_is_a_sentence(layer_id: str) -> None:
    view = View(text="zone_2") if layer_id not in KEPT else View()
    offered = forms(layer_id, view)
    assert {"csv", "xlsx", "parquet"} <= set(offered)
    for form in FORMATS:
        answer = fetch(file_url("", layer_id, form, view))
        assert answer.status == (200 if form in offered else 404), form
        assert form in offered or "cannot be written as" in answer.body.decode()


def test_a_name_tells_layer_filter_and_date_and_differs_where_the_rows_do() -> None:
    date = about().as_of.isoformat()
    assert (
        file_name("towns", "csv", View(language="kk", role="investor", opacity=(("towns", 5),))) == f"towns-{date}.csv"
    )
    acting = [view for view in KEPT.values() if masks("towns", sieve_of(view))]
    assert len(acting) > 3
    names = [file_name("towns", "csv", view) for view in acting]
    assert len(set(names)) == len(names)
    assert all(name.startswith("towns-filtered-") and name.endswith(f"-{date}.csv") for name in names)
    assert file_name("towns", "csv", KEPT["towns"]) == file_name("towns", "csv", KEPT["towns"])


def test_spreadsheets_have_no_formulas_whatever_the_rows_say(extra: Extra) -> None:
    columns = {"id": 'type = "text"', "lon": 'type = "lon"', "lat": 'type = "lat"', "note": 'type = "text"'}
    rows = ['=HYPERLINK(""http://x"")', "+1+1", "-1", "@SUM(A1)", "=1+1|' /C calc'!A0"]
    body = "\n".join(f'p{n},60,50,"{cell}"' for n, cell in enumerate(rows))
    extra.layer("pits", f"id,lon,lat,note\n{body}", columns, head="legend = true")
    answer = fetch(file_url("", "pits", "xlsx", View(text="p")))
    assert answer.status == 200
    with zipfile.ZipFile(io.BytesIO(answer.body)) as book:
        sheets = [name for name in book.namelist() if name.startswith("xl/worksheets/")]
        assert len(sheets) == 3
        assert not any(b"<f>" in book.read(name) or b"<f " in book.read(name) for name in sheets)
    cells = [cell for row in openpyxl.load_workbook(io.BytesIO(answer.body))["pits"].iter_rows() for cell in row]
    assert {cell.value for cell in cells} >= {row.replace('""', '"') for row in rows}
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", ["planner", "geologist", "investor"])
def test_the_table_of_a_screen_has_the_roles_columns_and_the_rows_of_the_filter(role: str, language: str) -> None:
    view = View(language=language, role=role, facets=(("commodity", ("copper",)),))
    for layer_id in ("towns", "deposits", "prospecting_areas", "gas_planned"):
        answer = fetch(table_url("", layer_id, view))
        assert answer.status == 200
        assert "immutable" in answer.headers["cache-control"]
        table = json.loads(answer.body)
        asked = columns_for(role, layer(layer_id).spec)
        assert [column["name"] for column in table["columns"]] == ["", *asked]
        assert [row[0] for row in table["rows"]] == oracle.ids(view, layer_id)
        assert {len(cells) for row in table["rows"] for cells in row[1:]} <= {1 + len(asked)}


def test_a_table_sorts_numbers_as_numbers_and_tells_them_as_the_language_writes_them() -> None:
    table = json.loads(fetch(table_url("", "towns", View(language="ru"))).body)
    at = [column["name"] for column in table["columns"]].index("population")
    people = {row["id"]: float(row["population"]) for row in oracle.table("towns") if row["population"]}
    found = {row[0]: (row[1][at], row[2][at]) for row in table["rows"]}
    assert {key: number for key, (_, number) in found.items() if number is not None} == people
    assert found["stepnogorsk"] == ("46\u202f401", 46401.0)
    assert table["columns"][at]["numeric"] is True


def test_a_table_or_layer_is_packed_for_who_takes_it_so_and_is_gone_under_another_digest() -> None:
    view = KEPT["towns"]
    for url in (
        table_url("", "towns", view),
        layer_url("", "towns", view=view),
        layer_url("", "plants", "badges", view),
    ):
        plain, packed = fetch(url), fetch(url, packed=True)
        assert packed.headers["content-encoding"] == "gzip"
        assert gzip.decompress(packed.body) == plain.body
        digest = url.partition("?")[0].removesuffix("/badges").rpartition("/")[2]
        assert fetch(url.replace(digest, "0" * len(digest))).status == 404
        assert fetch(url.partition("?")[0]).status == 404  # without the filter it is another table


def test_addresses_begin_with_the_base_path_of_the_server() -> None:
    for url in (file_url("/atlas", "towns", "csv", View()), table_url("/atlas", "towns", View())):
        assert url.startswith("/atlas/api/")
        assert fetch(url, "/atlas").status == 200
        assert fetch(url, "").status == 404


def test_a_filter_in_an_address_is_the_view_whatever_else_it_holds() -> None:
    """Role, layers, place and look of the map change neither the rows nor the address of a file."""
    view = KEPT["deposits"]
    looks = to_query(view) | {"layers": "towns", "op": "towns:5", "at": "50,60,5", "bg": "street", "utm_source": "x"}
    url = f"/api/export/deposits.csv?{urlencode(looks)}"
    assert fetch(url).body == taken("deposits", "csv").body
    assert sieve_of(view).names == ("commodity", "in")


HOSTILE_NAMES = [
    "towns",
    "towns.",
    ".csv",
    "towns.exe",
    "towns.csv.exe",
    "atlantis.csv",
    "gas_routes.csv",
    "people_areas.csv",
    "zone_towns.xlsx",
    "..%2F..%2Fetc%2Fpasswd",
    "../../etc/passwd",
    "towns.csv\r\nX-Evil: 1",
    "{{7*191}}.csv",
    "towns\x00.csv",
    "-towns.csv",
    "Towns.csv",
    "t" * 5000 + ".csv",
]
HOSTILE_QUERIES = [
    "in=shape:60 50,61 51",
    "in=view:nan,0,1,1",
    "in=view:1,2,3",
    "in=radius:5&sel=place/99,999",
    "sel=place/99,999&in=radius",
    "sel=towns/&in=radius",
    "region=atlantis",
    "commodity=" + "x" * 9000,
    "r=1e9",
    "r=-10",
    "lang=de",
    "lang=",
    "role=../../x",
    "op=towns:1e3",
    "q=" + quote("x") + "&lang=%00",
    "status=stage",
    "position=%F0%9F%99%82",
]


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_a_name_that_makes_no_sense_is_not_found(name: str) -> None:
    answer = fetch(f"/api/export/{name}")
    assert answer.status == 404
    assert "x-evil" not in answer.headers


@pytest.mark.parametrize("query", HOSTILE_QUERIES)
def test_a_parameter_that_makes_no_sense_is_refused_by_name(query: str) -> None:
    answer = fetch(f"/api/export/towns.csv?{query}")
    assert answer.status == 400
    assert answer.body.decode().startswith("Not understood in the address: ")
    assert answer.headers["content-type"].startswith("text/plain")
    assert query.partition("=")[0] in answer.body.decode() or "&" in query


@pytest.mark.parametrize(
    "query",
    [
        "in=shape:60 50,60 50,60 50",
        "in=shape:60 50,61 51,60 50",
        "in=shape:60 50,64 52,64 50,60 52",
        "in=shape:-180 -90,180 -90,180 90,-180 90",
        "in=view:60,50,60,50",
        "in=view:-180,-90,180,90",
        "in=radius&sel=towns/zone_2",
        "in=radius&sel=towns/badge:zone_2",
        "in=radius&sel=place/90,180",
        "in=radius&sel=deposits/%00",
        "q=" + quote("=cmd|' /C calc'!A0"),
        "q=" + quote("</Placemark>\x00\x1b]]>\u2028{{7*191}}"),
        "q=" + quote("x" * 9000),
    ],
)
@pytest.mark.parametrize("form", FORMATS)
def test_what_can_be_understood_is_a_file_however_odd(form: str, query: str) -> None:
    assert fetch(f"/api/export/towns.{form}?{query}").status == 200


@pytest.mark.parametrize("query", [*HOSTILE_QUERIES, "in=shape:60 50,60 50,60 50", "q=%00"])
@pytest.mark.parametrize("start", ["table/towns", "layers/towns", "layers/atlantis", "table/people_areas", "table/%00"])
def test_tables_and_layers_answer_odd_parameters_with_not_found(start: str, query: str) -> None:
    assert fetch(f"/api/{start}/{'0' * 20}?{query}").status == 404
