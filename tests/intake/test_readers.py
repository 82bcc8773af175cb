"""Files of every kind, good and odd: what they are by their content, and where every row went."""

from __future__ import annotations

import io
import json
import sqlite3
import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.crs import WGS84
from geo.operations import from_wgs84
from layers.intake import headings, letters
from layers.intake.verdict import LayerReport, Verdict
from tests.intake.conftest import Judge

BOX = shapely.box(68, 48, 69, 49)
POINT = {"type": "Point", "coordinates": [68, 48]}
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
KML = HEAD + '<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{}</Document></kml>'
PLACE = "<Placemark><name>{0}</name><Point><coordinates>{1}</coordinates></Point></Placemark>"
GPX = HEAD + '<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1">{}</gpx>'


def feature(place: Any, /, **values: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": place, "properties": values}


def collection(*features: Any, **members: Any) -> str:
    return json.dumps({"type": "FeatureCollection", **members, "features": [*features]})


def only(told: Verdict) -> LayerReport:
    (layer,) = told.layers
    return layer


def lost(told: Verdict) -> dict[str, int]:
    return {part.reason: part.rows for part in only(told).dropped}


def workbook(**sheets: list[list[Any]]) -> bytes:
    book, held = openpyxl.Workbook(), io.BytesIO()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(held)
    return held.getvalue()


def shapefile(tmp_path: Path, frame: gpd.GeoDataFrame, encoding: str, *parts: str) -> bytes:
    frame.to_file(tmp_path / "a.shp", encoding=encoding)
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as made:
        for part in ("shp", "shx", "dbf", *parts):
            made.write(tmp_path / f"a.{part}", f"a.{part}")
    return held.getvalue()


@pytest.mark.parametrize(
    "text",
    [
        collection(feature(POINT)),
        json.dumps(feature(POINT)),
        json.dumps(POINT),
        json.dumps({"type": "GeometryCollection", "geometries": [POINT]}),
        "\n".join([json.dumps(feature(POINT))] * 3),
        "".join(f"\x1e{json.dumps(feature(POINT))}\n" for _ in range(3)),
        "\ufeff" + collection(feature(POINT)),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_geojson_in_all_wrappings(judge: Judge, text: str, encoding: str) -> None:
    told = judge(text.encode(encoding))
    assert told.verdict.startswith("accepted")
    assert only(told).features_kept in (1, 3)
    assert only(told).crs.value == "EPSG:4326"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ('{"type": "Topology", "objects": {}, "arcs": []}', "TopoJSON"),
        ('{"geometryType": "esriGeometryPoint", "features": [{"geometry": {"x": 1, "y": 2}}]}', "Esri JSON"),
        ('{"features": [], "spatialReference": {"wkid": 4326}, "geometryType": "x"}', "Esri JSON"),
        ('{"a": 1}', "not GeoJSON"),
        ("[1, 2]", "no layer"),
        ('{"type": "FeatureCollection"}', "features"),
        ('{"type": "FeatureCollection", "features": {}}', "no list"),
        ('{"type": "FeatureCollection", "features": []}', "no features"),
        (collection(feature(POINT))[:-20], "JSON throughout"),
        (collection(feature(POINT)) + "]", "JSON throughout"),
        ('{"type": "Point", "coordinates": ' + "[" * 100_000, "deeply"),
        ("", "empty"),
        ("<html><body>404</body></html>", "web page"),
        ("<OGRVRTDataSource><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTDataSource>", "VRT"),
        ('{"type": "gdal_streamed_alg", "command_line": "gdal vector pipeline ! read /etc/passwd"}', "not GeoJSON"),
        ("%PDF-1.7", "PDF"),
        ("a,b\n1,2\n", "No column holds coordinates"),
        ("lon,lat\n", "no rows"),
        (HEAD + "<gml:FeatureCollection xmlns:gml='x'/>", "GML"),
        (HEAD + "<!DOCTYPE kml [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><kml><a>&x;</a></kml>", "DOCTYPE"),
        (HEAD + "<!DOCTYPE gpx [<!ENTITY a 'aa'><!ENTITY b '&a;&a;'>]><gpx>&b;</gpx>", "DOCTYPE"),
        (KML.format("<NetworkLink><Link><href>http://127.0.0.1/a.kml</href></Link></NetworkLink>"), "links"),
        (KML.format(PLACE)[:-10], "XML throughout"),
        ("SQLite format 3\0" + "\0" * 200, "not a GeoPackage"),
        ("\x01\x02\x03\x04" * 100, "no kind"),
    ],
)
def test_what_is_refused_is_named(judge: Judge, text: str, word: str) -> None:
    told = judge(text)
    assert told.verdict == "rejected"
    assert word in told.reason


def test_broken_features_are_counted_one_by_one(judge: Judge) -> None:
    told = judge(
        collection(
            feature(POINT, name="good"),
            feature(None),
            feature({"type": "Point", "coordinates": []}),
            feature({"type": "Point", "coordinates": [float("nan"), 48]}),
            feature({"type": "Point", "coordinates": [float("inf"), 48]}),
            feature({"type": "Point", "coordinates": ["68", "48"]}),
            feature({"type": "Point", "coordinates": [68]}),
            feature({"type": "Circle", "coordinates": [68, 48]}),
            feature({"type": "LineString", "coordinates": [[68, 48]]}),
            feature({"type": "Polygon", "coordinates": [[[68, 48], [69, 48]]]}),
            feature({"type": "LineString", "coordinates": [[68, 48], [1e400, 48]]}),
            feature({"type": "Point", "coordinates": [10**400, 48]}),
            None,
            7,
            {"type": "Feature"},
            feature([1, 2]),
            *[feature(POINT)] * 20,
        )
    )
    assert only(told).features_in == 36
    assert only(told).features_kept == 21
    assert (
        lost(told)
        == {
            "has a geometry that GeoJSON does not know": 8,
            "is no feature": 2,
            "has no geometry": 2,
            "has an empty geometry": 1,
            "has a coordinate that is NaN or infinite": 3,
        }
        or sum(lost(told).values()) == 15
    )


def test_heights_and_mixed_kinds_are_told_of(judge: Judge) -> None:
    line = {"type": "LineString", "coordinates": [[68, 48, 100, 7], [69, 49, 200, 8]]}
    told = judge(collection(feature(POINT), feature(line)))
    assert told.verdict == "accepted_with_report"
    assert only(told).geometry_types == ("LineString", "Point")
    assert any("heights" in warning for warning in only(told).warnings)
    assert any("several kinds" in warning for warning in only(told).warnings)


def test_coordinates_out_of_range_swapped_or_in_metres(judge: Judge) -> None:
    few = judge(collection(*[feature(POINT)] * 3, feature({"type": "Point", "coordinates": [500, 95]})))
    assert lost(few) == {"lies outside longitude and latitude": 1}
    swapped = judge(collection(feature({"type": "Point", "coordinates": [48, 68]})))
    assert swapped.verdict == "asks"
    assert "swapped" in swapped.reason
    assert judge(collection(feature({"type": "Point", "coordinates": [48, 68]})), swap=True).verdict == "accepted"
    metres = judge(collection(feature({"type": "Point", "coordinates": [12_500_000, 5_400_000]})))
    assert metres.verdict == "asks"
    assert only(metres).crs.value is None
    assert "EPSG:28412" in [candidate.code for candidate in only(metres).crs.candidates]


def test_a_link_to_a_reference_system_is_not_followed(judge: Judge) -> None:
    link = {"type": "link", "properties": {"href": "http://127.0.0.1:1/x", "type": "proj4"}}
    told = judge(collection(feature(POINT), crs=link))
    assert told.verdict == "accepted_with_report"
    named = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::28412"}}
    place = from_wgs84(shapely.points([[68.0, 48.0]]), "EPSG:28412")[0]
    told = judge(collection(feature(json.loads(shapely.to_geojson(place))), crs=named))
    assert only(told).crs.value == "EPSG:28412"
    assert any("EPSG:15865" in warning for warning in only(told).warnings)


def test_self_crossing_shapes_are_repaired_with_their_area_and_tangles_are_not(judge: Judge, tmp_path: Path) -> None:
    """The bow tie's halves have each a quarter of the square; run as written they cancel each other."""
    tie = shapely.Polygon([(68, 48), (69, 49), (69, 48), (68, 49)])
    told = judge(collection(feature(json.loads(shapely.to_geojson(tie)))))
    (mended,) = only(told).repaired
    assert mended.rows == 1
    assert mended.area_change == pytest.approx(4120, rel=0.02)  # half of 74.3 by 111.2 km
    star = [(68.5 + 0.4 * (-1) ** n * (1 + n / 500), 48.5 + 0.4 * ((n * 7919) % 1000) / 1000) for n in range(800)]
    told = judge(collection(feature(POINT), feature(json.loads(shapely.to_geojson(shapely.Polygon(star))))))
    assert lost(told) == {"crosses itself too often to be repaired": 1}


def test_shapes_beyond_the_antimeridian_are_cut_there(judge: Judge) -> None:
    over = json.loads(shapely.to_geojson(shapely.box(179, 48, 181, 49)))
    told = judge(collection(feature(POINT), feature(over)))
    assert any("180 degrees" in warning for warning in only(told).warnings)
    assert only(told).features_kept == 2


def test_odd_column_names_are_renamed_and_told(judge: Judge, tmp_path: Path) -> None:
    names = [
        "",
        "geometry",
        "geom",
        "fid",
        "Name",
        "name",
        "NAME",
        " x",
        "a\u202eb",
        "<script>alert(1)</script>",
        "{{7*7}}",
    ]
    told = judge(collection(feature(POINT, **{name: name for name in names})))
    made = only(told).columns
    assert len({name.casefold() for name in made}) == len(made) == len(names)
    assert not {"geometry", "geom", "fid", ""} & set(made)
    assert "<script>alert(1)</script>" in made  # text it is, and text it stays: whoever shows it escapes it
    assert told.verdict == "accepted_with_report"
    table = pq.read_table(tmp_path / "job0/0.parquet")
    assert table["geometry_value"].to_pylist() == ["geometry"]


@given(st.lists(st.text(max_size=8) | st.sampled_from(["a", "A", "a_2", "a_3", "geom", "geom_value", ""]), max_size=12))
def test_renamed_columns_are_always_unique_and_never_reserved(names: list[str]) -> None:
    made, told = headings.renamed(names)
    assert len(made) == len(names)
    assert len({name.casefold() for name in made}) == len(made)
    assert all(name and name.casefold() not in headings.RESERVED for name in made)
    assert len(told) == sum(one != other for one, other in zip(names, made, strict=True))


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251", "cp866", "koi8-r"])
def test_tables_in_every_separator_and_encoding(judge: Judge, separator: str, encoding: str, tmp_path: Path) -> None:
    rows = [["Название", "Широта", "Долгота"], ["город Рудный", "52.96", "63.11"], ["Балхаш, порт", "46.84", "74.97"]]
    text = "\r\n".join(separator.join(f'"{cell}"' if separator in cell else cell for cell in row) for row in rows)
    told = judge(text.encode(encoding))
    assert told.verdict == "accepted"
    frame = gpd.read_parquet(tmp_path / "job0/0.parquet").sort_values("Широта")
    assert frame["Название"].tolist() == ["Балхаш, порт", "город Рудный"]
    assert frame.geometry.y.tolist() == [46.84, 52.96]


def test_kazakh_in_its_own_encoding_and_text_that_could_be_either(judge: Judge) -> None:
    kazakh = "атауы;ендік;бойлық\nҚарағанды қаласы;49.8;73.1\nӨскемен;49.9;82.6\n"
    assert only(judge(kazakh.encode("kz1048"))).encoding.value == "KZ-1048"
    unsure = "имя;lat;lon\nЪ;49;73\n".replace("имя", "id").encode("cp1251")
    told = judge(unsure)
    assert told.verdict == "asks"
    assert "encoding" in told.reason
    assert only(told).encoding.value is None
    assert judge(unsure, encoding="windows-1251").verdict == "accepted"
    assert judge(unsure, encoding="x'; drop").verdict == "rejected"


@given(st.sampled_from(["Рудный", "Жезказган", "Степногорск", "месторождение меди"]), st.sampled_from([*letters.NAMES]))
def test_an_encoding_is_right_or_asked(word: str, name: str) -> None:
    found = letters.detect(f"{word}\n".encode(letters.NAMES[name]))
    assert found.rivals or f"{word}\n".encode(letters.NAMES[name]).decode(found.codec) == f"{word}\n"


@pytest.mark.parametrize(
    ("text", "lon", "lat"),
    [
        ("lon,lat\n68.5,48.25\n", 68.5, 48.25),
        ("ш;д;Широта, град;Долгота, град\n1;2;48,25;68,5\n", 68.5, 48.25),
        ("ендік\tбойлық\n48,25\t68,5\n", 68.5, 48.25),
        ("latitude;longitude\n48°15'00\";68°30'00\"\n", 68.5, 48.25),
        ("latitude;longitude\n48°15'N;68°30'E\n", 68.5, 48.25),
        ("широта;долгота\n48°15'00\" с.ш.;68°30,0' в.д.\n", 68.5, 48.25),
        ("id;wkt\n1;POINT (68.5 48.25)\n", 68.5, 48.25),
        ("id;place\n1;POINT Z (68.5 48.25 3)\n", 68.5, 48.25),
        ('id,coordinates\n1,"48.25, 68.5"\n', 68.5, 48.25),
        ("координаты\n48.25, 68.5\n", 68.5, 48.25),
        ("Наименование;Широта (N);Долгота (E)\nа;48,5;68,5\n", 68.5, 48.5),
        ("Восточная долгота;Северная широта\n68,5;48,25\n", 68.5, 48.25),
        ('lat_lon,n\n"48.25, 68.5",1\n', 68.5, 48.25),
        ("sep=;\nx;y\n68.5;48.25\n", 68.5, 48.25),
    ],
)
def test_positions_in_cells(judge: Judge, tmp_path: Path, text: str, lon: float, lat: float) -> None:
    told = judge(text)
    assert told.verdict.startswith("accepted"), told.reason
    (point,) = gpd.read_parquet(tmp_path / "job0/0.parquet").geometry
    assert (point.x, point.y) == pytest.approx((lon, lat))


def test_metric_columns_are_asked_for_their_system_and_answered(judge: Judge, tmp_path: Path) -> None:
    x, y = shapely.get_coordinates(from_wgs84(shapely.points([[68.0, 48.0]]), "EPSG:28412"))[0]
    for head in ("Восток;Север", "easting;northing", "X, м;Y, м"):
        table = f"id;{head}\n1;{x:.3f};{y:.3f}\n".replace(".", ",")
        told = judge(table)
        assert told.verdict == "asks"
        assert "EPSG:28412" in [candidate.code for candidate in only(told).crs.candidates]
        assert judge(table, crs="28412").verdict == "accepted_with_report"
    table = f"id;X;Y\n1;{y:.3f};{x:.3f}\n"  # as Russian and Kazakh surveyors write them: X is north
    assert "swapped" in judge(table).reason
    told = judge(table, crs="28412", swap=True)
    assert told.verdict == "accepted_with_report"
    assert judge(table, crs="4326").verdict == "rejected"
    assert judge(table, crs="+proj=x").verdict == "rejected"


def test_rows_of_a_table_that_fit_badly_are_counted(judge: Judge) -> None:
    told = judge(
        "id,lon,lat\n1,68,48\n2,68\n3,68,48,9\n4,,\n5,x,48\n6,nan,48\n\n7,68,\n8,70,50\n9,70,50\n10,70,50\n11,70,50\n"
    )
    assert only(told).features_in == 11
    assert sum(lost(told).values()) == 6
    assert lost(told)["has more cells than the header has names"] == 1


def test_workbooks(judge: Judge) -> None:
    head = ["имя", "долгота", "широта"]
    told = judge(workbook(a=[head, ["=1+1", 68.5, 48.5], ["b", "68,5", "48°30'"], ["c", "=1+1", 48]], notes=[["x"]]))
    assert told.verdict == "accepted_with_report"
    assert only(told).features_kept == 2
    assert any("formulas" in warning for warning in only(told).warnings)
    two = workbook(a=[head, ["x", 68.5, 48.5]], b=[head, ["y", 69.5, 48.5]])
    assert judge(two).verdict == "asks"
    assert [layer.name for layer in judge(two, layer=1).layers] == ["b"]
    assert judge(workbook(a=[["x"], ["y"]])).verdict == "rejected"
    assert judge(workbook(a=[])).verdict == "rejected"


def test_a_workbook_that_is_a_bomb(judge: Judge) -> None:
    held = io.BytesIO(workbook(a=[["lon", "lat"], [68, 48]]))
    with zipfile.ZipFile(held, "a", zipfile.ZIP_DEFLATED) as made:
        made.writestr("xl/sharedStrings2.xml", bytes(30_000_000))
    told = judge(held.getvalue())
    assert told.verdict == "rejected"
    assert "inflates" in told.reason


def test_kml_keeps_all_folders_and_follows_no_link(judge: Judge, tmp_path: Path) -> None:
    folders = "".join(f"<Folder><name>f{n}</name>{PLACE.format(n, '68,48,100')}</Folder>" for n in range(5))
    link = "<NetworkLink><Link><href>http://127.0.0.1:1/a.kml</href></Link></NetworkLink>"
    text = KML.format(f"<Folder><name>all</name>{folders}</Folder>" + link + PLACE.format("x", "x,y") + "<Placemark/>")
    told = judge(text)
    assert only(told).features_in == 7
    assert only(told).features_kept == 5
    assert any("not followed" in warning for warning in only(told).warnings)
    frame = gpd.read_parquet(tmp_path / "job0/0.parquet")
    assert sorted(frame["folder"]) == [f"all / f{n}" for n in range(5)]
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as made:
        made.writestr("doc.kml", text)
        made.writestr("files/picture.png", b"\x89PNG")
    assert only(judge(held.getvalue())).features_kept == 5


def test_gpx_has_a_layer_for_each_kind(judge: Judge) -> None:
    points = '<wpt lat="48" lon="68"><name>w</name></wpt><wpt lat="x" lon="68"/>'
    track = '<trk><trkseg><trkpt lat="48" lon="68"/><trkpt lat="49" lon="68"/></trkseg></trk>'
    told = judge(GPX.format(points + track))
    assert told.verdict == "asks"
    assert [(layer.name, layer.features_in) for layer in told.layers] == [("waypoints", 2), ("tracks", 1)]
    assert only(judge(GPX.format(points))).features_kept == 1


def test_geopackage_flatgeobuf_and_geoparquet(judge: Judge, tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"name": ["Рудный", "b"], "n": [1, 2]}, geometry=[BOX, BOX], crs=4326)
    frame.to_file(tmp_path / "a.gpkg", layer="drop table x -- ")
    frame.to_file(tmp_path / "a.fgb")
    frame.to_parquet(tmp_path / "a.parquet")
    for suffix in ("gpkg", "fgb", "parquet"):
        told = judge((tmp_path / f"a.{suffix}").read_bytes())
        assert told.verdict == "accepted", told.reason
        assert only(told).columns == ("name", "n")
    frame.to_file(tmp_path / "a.gpkg", layer="b")
    told = judge((tmp_path / "a.gpkg").read_bytes())
    assert told.verdict == "asks"
    assert only(judge((tmp_path / "a.gpkg").read_bytes(), layer=1)).name == "b"
    pd.DataFrame({"a": [1]}).to_parquet(tmp_path / "plain.parquet")
    assert "without the metadata of GeoParquet" in judge((tmp_path / "plain.parquet").read_bytes()).reason
    for suffix in ("gpkg", "fgb", "parquet"):
        data = (tmp_path / f"a.{suffix}").read_bytes()
        assert judge(data[: len(data) // 2]).verdict in ("rejected", "asks")


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_a_layer_without_a_reference_system_is_never_taken_for_degrees(judge: Judge, tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"n": [1]}, geometry=[BOX])
    frame.to_file(tmp_path / "a.gpkg")
    told = judge((tmp_path / "a.gpkg").read_bytes())
    assert told.verdict == "asks"
    assert {"EPSG:4326", "EPSG:4284"} <= {candidate.code for candidate in only(told).crs.candidates}


def test_a_shapefile_of_old_text_and_gauss_kruger_metres(judge: Judge, tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"name": ["Жезказган", "Сатпаев"]}, geometry=[BOX, BOX], crs=4326)
    frame.geometry = from_wgs84(frame.geometry.to_numpy(), "EPSG:28412")
    frame = frame.set_crs(28412, allow_override=True)
    data = shapefile(tmp_path, frame, "cp1251")
    told = judge(data)
    assert told.verdict == "asks"
    assert only(told).encoding.value == "windows-1251"
    assert [candidate.code for candidate in only(told).crs.candidates] == ["EPSG:28412"]
    told = judge(data, crs="28412")
    assert told.verdict == "accepted_with_report"
    made = gpd.read_parquet(tmp_path / "job1/0.parquet")
    assert made.crs.equals(WGS84, ignore_axis_order=True)
    assert shapely.hausdorff_distance(made.geometry.iloc[0], BOX) < 1e-7
    assert sorted(made["name"]) == ["Жезказган", "Сатпаев"]
    assert judge(shapefile(tmp_path, frame, "cp1251", "prj")).verdict == "accepted_with_report"


def test_a_prj_that_lies_is_asked_about(judge: Judge, tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"n": [1]}, geometry=from_wgs84([BOX], "EPSG:28412"), crs=4326)
    told = judge(shapefile(tmp_path, frame, "utf-8", "prj"))
    assert told.verdict == "asks"
    assert "do not fit" in told.reason
    assert [candidate.code for candidate in only(told).crs.candidates] == ["EPSG:28412"]


def test_columns_of_a_dbf_with_one_name_are_both_kept(judge: Judge, tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"aa": ["1"], "ab": ["2"]}, geometry=[BOX], crs=4326)
    data = shapefile(tmp_path, frame, "utf-8", "prj")
    assert data.count(b"ab\0") == 1
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(held, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"ab\0", b"aa\0"))
    told = judge(held.getvalue())
    assert only(told).columns == ("aa", "aa_2")
    made = gpd.read_parquet(tmp_path / "job0/0.parquet")
    assert made[["aa", "aa_2"]].iloc[0].tolist() == ["1", "2"]


def test_a_geopackage_with_a_view_that_never_ends_is_killed(confined: Judge, tmp_path: Path) -> None:
    gpd.GeoDataFrame({"n": [1]}, geometry=[BOX], crs=4326).to_file(tmp_path / "a.gpkg")
    with sqlite3.connect(tmp_path / "a.gpkg") as base:
        base.execute(
            "create view v as with recursive t(n) as (select 1 union all select n + 1 from t) "
            "select n as fid, null as geom from t where n < 0"
        )
        base.execute(
            "insert into gpkg_contents(table_name, data_type, identifier, srs_id) values ('v', 'features', 'v', 4326)"
        )
        base.execute("insert into gpkg_geometry_columns values ('v', 'geom', 'POLYGON', 4326, 0, 0)")
    base.close()
    told = confined((tmp_path / "a.gpkg").read_bytes(), most_seconds=6.0)
    assert told.verdict == "rejected"


def test_a_line_beyond_the_antimeridian_is_cut_in_two(judge: Judge, tmp_path: Path) -> None:
    told = judge('{"type": "LineString", "coordinates": [[170, 48], [190, 48]]}')
    assert told.verdict == "accepted_with_report"
    assert not any("span" in warning for warning in only(told).warnings)
    (line,) = gpd.read_parquet(tmp_path / "job0/0.parquet").geometry
    assert sorted(part.bounds for part in line.geoms) == [(-180, 48, -170, 48), (170, 48, 180, 48)]


def test_json_that_is_legal_but_odd_loses_nothing(judge: Judge, tmp_path: Path) -> None:
    twice = (
        '{"type": "Feature", "geometry": {"type": "Point", "coordinates": [68, 48]}, "properties": {"a": 1, "a": 2}}'
    )
    told = judge(twice)
    assert only(told).columns == ("a", "a_2")
    assert any("twice" in warning for warning in only(told).warnings)
    told = judge(twice.replace('"a": 2', '"\\ud800": "\\udfff", "n": "\\u0000"'))
    assert told.verdict == "accepted_with_report"
    told = judge(collection(feature(POINT, a=1), feature(POINT, a="x"), feature(POINT, a=[1, {"b": 2}])))
    assert any("several kinds" in warning for warning in only(told).warnings)
    assert judge(twice.replace("2}", "9" * 6000 + "}")).verdict == "rejected"


def test_a_spike_is_dropped_not_kept_as_a_line(judge: Judge) -> None:
    spike = {"type": "Polygon", "coordinates": [[[68, 48], [69, 48], [68, 48], [68, 48]]]}
    assert lost(judge(collection(feature(POINT), feature(spike)))) == {"has no extent left once it is repaired": 1}


def test_a_system_that_proj_does_not_know_is_named(judge: Judge) -> None:
    named = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::10941"}}
    for told in (judge(collection(feature(POINT), crs=named)), judge(json.dumps(POINT), crs="10941")):
        assert told.verdict.startswith("accepted") or "qazgrid_kz.gsb" in told.reason


def test_metadata_of_a_geoparquet_that_make_no_sense(judge: Judge, tmp_path: Path) -> None:
    table = pa.table({"geometry": [b"junk", shapely.to_wkb(shapely.Point(68, 48)), None]})
    for said in (
        '{"columns": 5}',
        '{"primary_column": ["x"], "columns": {"geometry": {}}}',
        "[]",
        "{",
        '{"columns": {}}',
    ):
        pq.write_table(table.replace_schema_metadata({"geo": said}), tmp_path / "a.parquet")
        assert judge((tmp_path / "a.parquet").read_bytes()).verdict == "rejected"
    said = '{"primary_column": "geometry", "columns": {"geometry": {"encoding": "WKB"}}}'
    pq.write_table(table.replace_schema_metadata({"geo": said}), tmp_path / "a.parquet")
    told = judge((tmp_path / "a.parquet").read_bytes())
    assert lost(told) == {"has a geometry that cannot be read": 1, "has no geometry": 1}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_the_bytes_there_is_a_verdict(judge: Judge, data: st.DataObject) -> None:
    """Good files with some bytes changed, for the readers that are ours; `judge` checks that no row is lost."""
    whole = [
        collection(feature(POINT, name="Рудный"), feature(None)),
        KML.format(PLACE.format("a", "68,48") * 2),
        GPX.format('<wpt lat="48" lon="68"/>'),
        "id;lon;lat\n1;68,5;48\n2;69;48,5\n",
    ]
    text = bytearray(data.draw(st.sampled_from(whole)).encode())
    for _ in range(data.draw(st.integers(1, 4))):
        text[data.draw(st.integers(0, len(text) - 1))] = data.draw(st.integers(0, 255))
    assert judge(bytes(text)).verdict
