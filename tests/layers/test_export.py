"""Exported files, read again by programs that know nothing of the atlas."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import geopandas as gpd
import openpyxl
import pandas as pd
import pyarrow.parquet
import pyogrio
import pytest
import shapely

from layers.about import about
from layers.errors import AtlasError, UnknownNameError
from layers.export import FORMATS, SPATIAL, export
from layers.relate import layer
from layers.spec import LANGUAGES
from layers.statement import cited_by
from layers.text import say

if TYPE_CHECKING:
    from tests.conftest import Extra

SPATIAL_LAYERS = ("towns", "prospecting_areas", "gas_routes", "industrial_zones", "gas_planned")
TABLES = ("programme", "zone_towns", "people_areas", "sources")
CASES = [
    (name, form) for name in SPATIAL_LAYERS for form in FORMATS if (name, form) != ("prospecting_areas", "gpx")
] + [(name, form) for name in TABLES for form in FORMATS if form not in SPATIAL]
KML = {"k": "http://www.opengis.net/kml/2.2"}
GPX = {"g": "http://www.topografix.com/GPX/1/1"}


def keys(layer_id: str) -> list[str]:
    """What the first column of a file must hold: ids, or a relation's left ids, or radii."""
    frame = layer(layer_id).frame
    return [str(key) for key in frame[frame.columns[0]]]


def shapes(layer_id: str) -> list[shapely.Geometry | None]:
    """Geometry as loaded, None where there is none."""
    made = layer(layer_id)
    return [shape if placed else None for shape, placed in zip(made.frame.geometry, made.located, strict=True)]


def read_geojson(path: Path) -> tuple[list[str], list[shapely.Geometry | None], str]:
    """Ids, geometry and the statement of a GeoJSON file."""
    raw = json.loads(path.read_text(encoding="utf-8"))
    made = [feature["geometry"] and shapely.geometry.shape(feature["geometry"]) for feature in raw["features"]]
    return [feature["properties"]["id"] for feature in raw["features"]], made, json.dumps(raw["atlas"])


def read_gpkg(path: Path) -> tuple[list[str], list[shapely.Geometry | None], str]:
    """Ids, geometry and the statement of a GeoPackage, by GDAL."""
    names = pyogrio.list_layers(path)[:, 0]
    frame = pyogrio.read_dataframe(path, layer=names[0])
    assert frame.crs.to_epsg() == 4326
    others = [pyogrio.read_dataframe(path, layer=name, read_geometry=False) for name in names[1:]]
    return [*frame["id"]], [*frame.geometry], "\n".join(other.to_json() for other in others)


def read_parquet(path: Path) -> tuple[list[str], list[shapely.Geometry | None], str]:
    """Ids, geometry and the statement of a Parquet file; GeoParquet where it has a geometry."""
    table = pyarrow.parquet.read_table(path)
    told = table.schema.metadata[b"atlas"].decode()
    given = table.column(0).to_pylist()
    made = [*gpd.read_parquet(path).geometry] if b"geo" in table.schema.metadata else []
    return [str(key) for key in given], made, told


def read_csv(path: Path) -> tuple[list[str], list[shapely.Geometry | None], str]:
    """First cells and the whole text of a CSV file, which a spreadsheet reads as UTF-8 by its mark."""
    text = path.read_bytes().decode("utf-8")
    assert text.startswith("\ufeff")
    rows = list(csv.reader(text[1:].splitlines(keepends=True)))
    assert len({len(row) for row in rows}) == 1
    return [row[0] for row in rows[1:]], [], text


def read_xlsx(path: Path) -> tuple[list[str], list[shapely.Geometry | None], str]:
    """First cells and the text of all sheets."""
    book = openpyxl.load_workbook(path, read_only=True)
    sheets = [[*sheet.iter_rows(values_only=True)] for sheet in book]
    book.close()
    return [str(row[0]) for row in sheets[0][1:]], [], repr(sheets)


def corners(coordinates: ElementTree.Element) -> list[tuple[float, ...]]:
    """Positions in a KML coordinates element."""
    return [tuple(map(float, pair.split(","))) for pair in (coordinates.text or "").split()]


def kml_shape(place: ElementTree.Element) -> shapely.Geometry | None:
    """Geometry of a placemark, read from its coordinates."""
    parts: list[shapely.Geometry] = [
        make(corners(found))
        for tag, make in (("Point", shapely.Point), ("LineString", shapely.LineString))
        for found in place.iterfind(f".//k:{tag}/k:coordinates", KML)
    ]
    for polygon in place.iterfind(".//k:Polygon", KML):
        rings = [corners(ring) for ring in polygon.iterfind(".//k:coordinates", KML)]
        parts.append(shapely.Polygon(rings[0], rings[1:]))
    if len(parts) < 2:
        return parts[0] if parts else None
    return type_of_many(parts)


def type_of_many(parts: list[shapely.Geometry]) -> shapely.Geometry:
    """Several parts as the multi-part geometry that they are."""
    many = {"Polygon": shapely.MultiPolygon, "LineString": shapely.MultiLineString, "Point": shapely.MultiPoint}
    return many[parts[0].geom_type](parts)


def read_kml(path: Path) -> tuple[list[str], list[shapely.Geometry | None], str]:
    """Ids, geometry and the description of a KML file."""
    root = ElementTree.parse(path).getroot()
    places = root.findall(".//k:Placemark", KML)
    given = [place.findtext(".//k:Data[@name='id']/k:value", "", KML) for place in places]
    return given, [kml_shape(place) for place in places], root.findtext(".//k:description", "", KML)


def gpx_shape(thing: ElementTree.Element) -> shapely.Geometry:
    """Geometry of a waypoint or a track."""
    if thing.tag.endswith("wpt"):
        return shapely.Point(float(thing.attrib["lon"]), float(thing.attrib["lat"]))
    lines = [
        shapely.LineString([(float(at.attrib["lon"]), float(at.attrib["lat"])) for at in segment])
        for segment in thing.iterfind("g:trkseg", GPX)
    ]
    return lines[0] if len(lines) == 1 else shapely.MultiLineString(lines)


def read_gpx(path: Path) -> tuple[list[str], list[shapely.Geometry | None], str]:
    """Ids, geometry and the description of a GPX file, which has no rows without a place."""
    root = ElementTree.parse(path).getroot()
    places = [*root.iterfind("g:wpt", GPX), *root.iterfind("g:trk", GPX)]
    first = [text_of(place).partition("\n")[0] for place in places]
    return (
        [line.partition(": ")[2] for line in first],
        [gpx_shape(place) for place in places],
        text_of(root.find("g:metadata", GPX)),
    )


def text_of(thing: ElementTree.Element | None) -> str:
    """The description of a waypoint, a track or a whole file."""
    return "" if thing is None else thing.findtext("g:desc", "", GPX)


READERS = {
    "geojson": read_geojson,
    "gpkg": read_gpkg,
    "csv": read_csv,
    "xlsx": read_xlsx,
    "parquet": read_parquet,
    "kml": read_kml,
    "gpx": read_gpx,
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("layer_id", "form"), CASES)
def test_a_file_holds_every_row_its_geometry_and_its_sources(
    layer_id: str, form: str, language: str, tmp_path: Path
) -> None:
    out = tmp_path / f"out.{form}"
    count = export(layer_id, form, language, out)
    ids, geometry, told = READERS[form](out)
    expected_ids, expected_shapes = keys(layer_id), shapes(layer_id)
    assert count == len(expected_ids)
    if form == "gpx":
        placed = [shape is not None for shape in expected_shapes]
        assert f"{say(language, 'about_unplaced')}: {placed.count(False)}" in told
        expected_ids = [key for key, there in zip(expected_ids, placed, strict=True) if there]
        expected_shapes = [shape for shape in expected_shapes if shape is not None]
    assert ids == expected_ids
    if form in SPATIAL or (form == "parquet" and layer_id in SPATIAL_LAYERS):
        for given, expected in zip(geometry, expected_shapes, strict=True):
            assert (given is None) == (expected is None)
            assert given is None or shapely.equals_exact(given, expected, tolerance=0, normalize=True)
    if form != "csv":
        cited = cited_by(layer(layer_id))
        assert cited or layer_id == "sources"
        assert [source.id for source in cited if source.id not in told] == []
    assert about().as_of.isoformat() in told
    assert [path.name for path in tmp_path.iterdir()] == [out.name]


def test_each_line_of_a_csv_names_the_titles_of_its_sources(tmp_path: Path) -> None:
    titles = layer("sources").frame.set_index("id")["title"]
    export("plants", "csv", "en", tmp_path / "plants.csv")
    written = [*pd.read_csv(tmp_path / "plants.csv", dtype="str")["Sources"]]
    for cell, ids in zip(written, layer("plants").frame["sources"], strict=True):
        assert all(titles[source] in cell for source in ids.split(";"))


def test_each_pair_in_a_csv_names_the_sources_of_both_its_sides(tmp_path: Path) -> None:
    titles = layer("sources").frame.set_index("id")["title"]
    export("zone_towns", "csv", "en", tmp_path / "pairs.csv")
    written = [*pd.read_csv(tmp_path / "pairs.csv", dtype="str")["Sources"]]
    zones, towns = (layer(name).frame.set_index("id")["sources"] for name in ("industrial_zones", "towns"))
    for cell, pair in zip(written, layer("zone_towns").frame.itertuples(), strict=True):
        both = f"{zones[pair.left]};{towns[pair.right]}".split(";")
        assert all(titles[source] in cell for source in both)


@pytest.mark.parametrize(("language", "word"), [("en", "point published"), ("ru", "точка"), ("kk", "нүкте")])
def test_categories_are_written_in_the_language_beside_their_codes(language: str, word: str, tmp_path: Path) -> None:
    out = tmp_path / "plants.geojson"
    export("plants", "geojson", language, out)
    rows = [feature["properties"] for feature in json.loads(out.read_text(encoding="utf-8"))["features"]]
    placed = [row for row in rows if row["geometry_status"] == "published_point"]
    assert len(placed) == 8
    assert all(word in row[f"geometry_status_{language}"].lower() for row in placed)


def test_what_is_not_stated_is_null_and_not_a_word(tmp_path: Path) -> None:
    out = tmp_path / "plants.geojson"
    export("plants", "geojson", "en", out)
    text = out.read_text(encoding="utf-8")
    assert all(word not in text for word in (":NaN", '"nan"', '"<NA>"', '"None"'))
    (row,) = [f["properties"] for f in json.loads(text)["features"] if f["properties"]["id"] == "stepnogorsk_chp"]
    assert row["capacity_mw"] is None
    assert row["lat"] is None


FORMULA = {"id": 'type = "text"', "lon": 'type = "lon"', "lat": 'type = "lat"', "note": 'type = "text"'}


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x")'])
def test_text_that_looks_like_a_formula_stays_text_in_a_spreadsheet(extra: Extra, value: str, tmp_path: Path) -> None:
    quoted = value.replace('"', '""')
    extra.layer("wells", f'id,lon,lat,note\na,60,50,"{quoted}"', FORMULA)
    export("wells", "xlsx", "en", tmp_path / "wells.xlsx")
    book = openpyxl.load_workbook(tmp_path / "wells.xlsx")
    cells = [cell for row in book["wells"].iter_rows() for cell in row if cell.value == value]
    assert [cell.data_type for cell in cells] == ["s"]


@pytest.mark.parametrize("form", FORMATS)
def test_hostile_text_comes_back_as_it_was(extra: Extra, form: str, tmp_path: Path) -> None:
    value = "</value><b>&amp; {{7*191}} ]]> ${1} ' \u2028 қазақша"
    extra.layer("wells", f'id,lon,lat,note\na,60,50,"{value}"', FORMULA)
    out = tmp_path / f"wells.{form}"
    export("wells", form, "en", out)
    if form in ("geojson", "gpkg"):
        assert [*pyogrio.read_dataframe(out, layer="wells")["note"]] == [value]
    elif form == "parquet":
        assert pyarrow.parquet.read_table(out).column("note").to_pylist() == [value]
    elif form == "csv":
        assert value in [*pd.read_csv(out, dtype="str").iloc[0]]
    elif form == "xlsx":
        assert value in [cell.value for row in openpyxl.load_workbook(out)["wells"].iter_rows() for cell in row]
    elif form == "gpx":
        assert f"note: {value}" in ElementTree.parse(out).findtext(".//g:wpt/g:desc", "", GPX)
    else:
        found = ElementTree.parse(out).findtext(".//k:Data[@name='note']/k:value", "", KML)
        assert found == value


def test_whole_numbers_beyond_those_of_a_browser_are_text_in_geojson(extra: Extra, tmp_path: Path) -> None:
    columns = FORMULA | {"note": 'type = "integer"'}
    extra.layer("wells", f"id,lon,lat,note\na,60,50,{2**53 + 1}\nb,61,50,", columns)
    export("wells", "geojson", "en", tmp_path / "wells.geojson")
    features = json.loads((tmp_path / "wells.geojson").read_text(encoding="utf-8"))["features"]
    assert [feature["properties"]["note"] for feature in features] == ["9007199254740993", None]


def test_an_unknown_format_or_layer_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="no format 'shp'"):
        export("towns", "shp", "en", tmp_path / "towns.shp")
    with pytest.raises(UnknownNameError, match="no layer 'atlantis'"):
        export("atlantis", "csv", "en", tmp_path / "atlantis.csv")
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize("form", SPATIAL)
def test_a_table_has_no_place_in_a_spatial_format(form: str, tmp_path: Path) -> None:
    with pytest.raises(AtlasError, match=f"programme cannot be written as {form}, .* use csv, xlsx, parquet"):
        export("programme", form, "en", tmp_path / "out")
    assert [*tmp_path.iterdir()] == []


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")
    (tmp_path / "taken").mkdir()
    for out in (tmp_path / "missing" / "out.csv", tmp_path / "file" / "out.csv", tmp_path / "taken"):
        with pytest.raises(AtlasError, match="cannot be written"):
            export("towns", "csv", "en", out)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "taken"]


def test_a_failure_leaves_the_file_that_was_there(extra: Extra, tmp_path: Path) -> None:
    """A GeoPackage keeps the name fid for itself."""
    columns = {"id": 'type = "text"', "fid": 'type = "text"', "lon": 'type = "lon"', "lat": 'type = "lat"'}
    extra.layer("wells", "id,fid,lon,lat\na,x,60,50", columns)
    out = tmp_path / "wells.gpkg"
    out.write_text("earlier", encoding="utf-8")
    with pytest.raises(AtlasError, match=r"wells cannot be written as gpkg.*another format"):
        export("wells", "gpkg", "en", out)
    assert out.read_text(encoding="utf-8") == "earlier"
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".export-")]


def test_a_file_name_that_promises_another_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AtlasError, match=r"must be named with the ending \.gpkg"):
        export("plants", "gpkg", "en", tmp_path / "plants.csv")
    assert list(tmp_path.iterdir()) == []
