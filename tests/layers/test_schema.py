"""The one validation: each kind of fault is found, all are raised at once, and good rows come through unchanged."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from layers.columns import fault_of, typed
from layers.errors import CatalogueError, Problem, SchemaError, SourceError
from layers.inventory import inventory
from layers.inventory import problems as faults
from layers.load import load
from layers.relate import layer
from layers.spec import ColumnSpec
from tests.conftest import PLACED, POINT

if TYPE_CHECKING:
    from tests.conftest import Extra

COLUMNS = {
    "id": 'type = "text"\nrequired = true',
    "name": 'type = "text"\nrequired = true',
    "lon": 'type = "lon"',
    "lat": 'type = "lat"',
    "depth": 'type = "number"\nmin = 0\nmax = 10',
    "year": 'type = "year"',
    "open": 'type = "flag"',
    "page": 'type = "url"',
    "status": 'type = "code"\nvocabulary = "geometry_status"',
    "found": 'type = "codes"\nvocabulary = "commodity"',
    "town_id": 'type = "ref"\nref = "towns"',
    "sources": 'type = "sources"\nrequired = true',
}
GOOD = {
    "id": "a",
    "name": "Aiman",
    "lon": "60",
    "lat": "50",
    "depth": "2.5",
    "year": "2020",
    "open": "yes",
    "page": "https://example.org/a",
    "status": "published_point",
    "found": "gold;copper",
    "town_id": "balkhash",
    "sources": "geonames;usgs-vms",
}
SHAPES = {"id": 'type = "text"', "shape": 'type = "text"'}


def table(*rows: dict[str, str]) -> str:
    """CSV text of rows, whose first gives the header."""
    return "\n".join([",".join(rows[0]), *(",".join(row.values()) for row in rows)])


def problems(extra: Extra, rows: str, **more: str) -> list[Problem]:
    """What is wrong with these rows of a layer of COLUMNS."""
    extra.layer("wells", rows, COLUMNS, **more)
    with pytest.raises(SchemaError) as raised:
        load("wells")
    return list(raised.value.problems)


def as_geojson(extra: Extra, layer_id: str, *features: object) -> None:
    """Let a layer's file be a GeoJSON with these features."""
    entry = (extra.folder / "catalogue" / f"{layer_id}.toml").read_text(encoding="utf-8")
    extra.write(f"catalogue/{layer_id}.toml", entry.replace(f"{layer_id}.csv", f"{layer_id}.geojson"))
    body = {"type": "FeatureCollection", "features": features}
    extra.write(f"data/{layer_id}.geojson", json.dumps(body))


@pytest.mark.parametrize(
    ("column", "value", "fault"),
    [
        ("name", "", "is empty but required"),
        ("sources", "", "is empty but required"),
        ("depth", "deep", "is not a number"),
        ("depth", "nan", "is not a number"),
        ("depth", "1_0", "is not a number"),
        ("depth", "٣", "is not a number"),
        ("depth", "1e999", "is not a finite number"),
        ("depth", "10.1", "lies outside 0 to 10"),
        ("depth", "-0.1", "lies outside 0 to 10"),
        ("year", "2020.5", "is not a whole number"),
        ("year", "1700", "lies outside 1850 to 2100"),
        ("open", "true", "is neither yes nor no"),
        ("page", "javascript:alert(1)", "is not a web address"),
        ("status", "somewhere", "names 'somewhere', which is not in vocabulary geometry_status"),
        ("found", "gold;goldd", "names 'goldd', which is not in vocabulary commodity"),
        ("found", ";", "names '', which is not in vocabulary commodity"),
        ("town_id", "atlantis", "names 'atlantis', which is not in layer towns"),
        ("sources", "geonames;hearsay", "names 'hearsay', which is not in layer sources"),
        ("lon", "sixty", "is not a number"),
        ("lon", "181", "lies outside -180 to 180"),
    ],
)
def test_a_bad_cell_is_found_and_named(extra: Extra, column: str, value: str, fault: str) -> None:
    found = problems(extra, table(GOOD | {column: value}))
    assert Problem("wells", column, "a", value, fault) in found


def test_a_missing_column_is_named_whichever_it_is(extra: Extra) -> None:
    for name in ("depth", "lon", "id"):
        rest = {column: value for column, value in GOOD.items() if column != name}
        found = problems(extra, table(rest))
        assert Problem("wells", name, "", "", "is declared in the catalogue but not in the file") in found


def test_a_column_that_nobody_declared_is_named(extra: Extra) -> None:
    found = problems(extra, table(GOOD | {"colour": "red"}))
    assert found == [Problem("wells", "colour", "", "", "is in the file but not declared in the catalogue")]


def test_a_key_that_occurs_twice_or_is_empty_is_named(extra: Extra) -> None:
    assert problems(extra, table(GOOD, GOOD)) == [Problem("wells", "id", "a", "a", "is the key and occurs twice")]
    assert Problem("wells", "id", "", "", "is the key and empty") in problems(extra, table(GOOD | {"id": ""}))


@pytest.mark.parametrize(("column", "other"), [("lon", "lat"), ("lat", "lon")])
def test_half_a_position_is_named(extra: Extra, column: str, other: str) -> None:
    fault = "has a longitude or a latitude but not both"
    assert problems(extra, table(GOOD | {column: ""})) == [Problem("wells", other, "a", GOOD[other], fault)]


def test_text_in_the_place_of_degrees_is_named_whatever_its_column_is_called(extra: Extra) -> None:
    columns = {"id": 'type = "text"', "lon": 'type = "text"', "lat": 'type = "lat"'}
    extra.layer("wells", 'id,lon,lat\na,60,50\nb,"60,5",50\nc,600,50\nd,,', columns)
    with pytest.raises(SchemaError) as raised:
        load("wells")
    assert [(found.column, found.row, found.fault) for found in raised.value.problems] == [
        ("lon", "b", "is not a number"),
        ("lon", "c", "lies outside -180 to 180"),
        ("geometry", "c", "lies outside longitude and latitude"),
    ]


def test_all_faults_are_raised_once_and_the_message_counts_them(extra: Extra) -> None:
    bad = table(GOOD | {"depth": "x"}, GOOD | {"id": "b", "open": "?"}, GOOD | {"id": "b", "lat": "95"})
    extra.layer("wells", bad, COLUMNS)
    with pytest.raises(SchemaError, match=r"wells: column .*, row .*, value .* \(and 4 more\)") as raised:
        load("wells")
    assert {(found.column, found.row, found.value) for found in raised.value.problems} == {
        ("depth", "a", "x"),
        ("open", "b", "?"),
        ("lat", "b", "95"),
        ("id", "b", "b"),
        ("geometry", "b", "Point"),
    }


def test_a_shape_that_cannot_be_read_does_not_hide_the_other_faults(extra: Extra) -> None:
    columns = SHAPES | {"depth": 'type = "number"'}
    extra.layer("pits", "id,shape,depth\na,PONT (1 1),x", columns, 'type = "any"\nwkt = "shape"')
    with pytest.raises(SchemaError) as raised:
        load("pits")
    assert [found.column for found in raised.value.problems] == ["shape", "depth"]


@pytest.mark.parametrize(
    ("wanted", "shape", "fault"),
    [
        ("polygon", "POINT (60 50)", "is not a polygon"),
        ("point", "LINESTRING (60 50, 61 50)", "is not a point"),
        ("line", "POINT (60 50)", "is not a line"),
        ("point", "POINT (190 50)", "lies outside longitude and latitude"),
        ("line", "LINESTRING (60 50, 60 91)", "lies outside longitude and latitude"),
    ],
)
def test_a_wrong_geometry_is_found(extra: Extra, wanted: str, shape: str, fault: str) -> None:
    extra.layer("pits", f'id,shape\na,"{shape}"', SHAPES, f'type = "{wanted}"\nwkt = "shape"')
    with pytest.raises(SchemaError) as raised:
        load("pits")
    (found,) = raised.value.problems
    assert (found.column, found.row, found.fault) == ("geometry", "a", fault)


def test_a_polygon_that_crosses_itself_becomes_its_two_triangles_and_is_counted(extra: Extra) -> None:
    rows = 'id,shape\nbow,"POLYGON ((0 0, 2 2, 2 0, 0 2, 0 0))"\nbox,"POLYGON ((5 0, 6 0, 6 1, 5 1, 5 0))"'
    extra.layer("pits", rows, SHAPES, 'type = "polygon"\nwkt = "shape"')
    made = load("pits")
    assert made.repaired == 1
    assert made.frame.geometry.is_valid.all()
    assert [shape.area for shape in made.frame.geometry] == [2.0, 1.0]  # each triangle has the area 1
    assert len(made.frame.geometry[0].geoms) == 2


def test_good_rows_keep_their_order_and_values_and_empty_stays_empty(extra: Extra) -> None:
    empty = dict.fromkeys(GOOD, "") | {"id": "0", "name": "Nothing", "sources": "geonames"}
    extra.layer("wells", table(GOOD | {"id": "z"}, empty, GOOD), COLUMNS)
    made = load("wells")
    frame = made.frame
    assert [*frame["id"]] == ["z", "0", "a"]
    assert (frame.geometry[0].x, frame.geometry[0].y) == (60.0, 50.0)
    assert [frame[name][0] for name in ("depth", "year", "found")] == [2.5, 2020, "gold;copper"]
    assert frame["depth"].isna()[1]
    assert frame["year"].isna()[1]
    assert [frame[name][1] for name in ("open", "page", "status", "found", "town_id")] == [""] * 5
    assert [*made.located] == [True, False, True]
    assert frame.crs.to_epsg() == 4326


def test_a_file_without_rows_is_a_layer_without_features(extra: Extra) -> None:
    extra.layer("wells", ",".join(GOOD), COLUMNS)
    assert len(load("wells").frame) == 0


FORMS = {
    "point": ("lon", "lat"),
    'any"\nwkt = "shape': ("shape",),
    'polygon"\nblocks = "codes': ("codes",),
    'line"\nwaypoints = "gas_waypoints.csv': (),
}


@pytest.mark.parametrize("form", ["csv", "geojson"])
@pytest.mark.parametrize("geometry", FORMS)
def test_a_layer_without_rows_is_empty_and_not_broken(extra: Extra, geometry: str, form: str) -> None:
    names = ["id", *FORMS[geometry]]
    lines = f'type = "{geometry}"' + ('\nlon = "lon"\nlat = "lat"' if geometry == "point" else "")
    extra.layer("wells", ",".join(names), dict.fromkeys(names, 'type = "text"'), lines)
    extra.write("data/gas_waypoints.csv", "route_id,seq,lon,lat,used\nr,1,60,50,yes\nr,2,61,50,yes\n")
    if form == "geojson":
        as_geojson(extra, "wells")
    extra.derived("town_wells", ["towns", "wells"], "near", "max_km = 50")
    extra.derived("some_wells", ["wells"], "filter", '[where]\nid = ["a"]')
    assert [len(layer(name).frame) for name in ("wells", "town_wells", "some_wells")] == [0, 0, 0]
    assert [*load("wells").frame.columns] == [*names, "geometry"]
    assert not [found for found in faults() if "wells" in found.layer]
    assert {held.id: held.features for held in inventory()}["wells"] == 0


def test_a_reference_may_lead_to_a_layer_that_is_a_geojson(extra: Extra) -> None:
    extra.layer("mines", "id", {"id": 'type = "integer"'}, 'type = "point"')
    shape = {"type": "Point", "coordinates": [60, 50]}
    as_geojson(extra, "mines", {"type": "Feature", "properties": {"id": 7}, "geometry": shape})
    columns = {"id": 'type = "text"', "mine": 'type = "ref"\nref = "mines"'}
    extra.layer("wells", "id,mine\na,7", columns, "")
    assert [*load("wells").frame["mine"]] == ["7"]
    extra.rows("wells", "id,mine\na,8")
    with pytest.raises(SchemaError, match="names '8', which is not in layer mines"):
        load("wells")
    as_geojson(extra, "mines")
    with pytest.raises(SchemaError, match="names '8', which is not in layer mines"):
        load("wells")


def test_a_flag_of_a_geojson_is_yes_or_no_and_a_list_is_codes(extra: Extra) -> None:
    columns = {name: COLUMNS[name] for name in ("id", "open", "found")}
    extra.layer("wells", "id", columns, 'type = "point"')
    shape = {"type": "Point", "coordinates": [60, 50]}
    given = {"id": "a", "open": True, "found": ["gold", "copper"]}
    as_geojson(extra, "wells", {"type": "Feature", "properties": given, "geometry": shape})
    assert load("wells").frame[["open", "found"]].to_numpy().tolist() == [["yes", "gold;copper"]]


def test_what_cannot_be_measured_is_a_problem_of_its_layer_and_no_traceback(extra: Extra) -> None:
    columns = PLACED | {"off": 'type = "number"\nmin = -5'}
    extra.layer("wells", "id,lon,lat,off\na,75,46.8,-1", columns, POINT + '\naccuracy = "off"')
    extra.derived("town_wells", ["towns", "wells"], "near", "max_km = 50")
    found = [problem for problem in faults() if problem.layer == "town_wells"]
    assert [("must be 0 or more" in problem.fault, problem.column) for problem in found] == [(True, "")]


@pytest.mark.filterwarnings("error")
def test_an_empty_shape_is_no_position_and_raises_no_warning(extra: Extra) -> None:
    extra.layer("pits", "id,shape\na,POINT EMPTY\nb,POINT (60 50)", SHAPES, 'type = "point"\nwkt = "shape"')
    assert [*load("pits").located] == [False, True]


def test_a_geojson_with_missing_values_and_words_like_none_keeps_both_apart(extra: Extra) -> None:
    columns = {"id": 'type = "text"', "depth": 'type = "integer"', "note": 'type = "text"'}
    extra.layer("wells", "", columns, 'type = "point"')
    entry = (extra.folder / "catalogue" / "wells.toml").read_text(encoding="utf-8")
    extra.write("catalogue/wells.toml", entry.replace("wells.csv", "wells.geojson"))
    rows = [({"id": "nan", "depth": 7, "note": "None"}, [60, 50]), ({"id": "b", "depth": None}, [61, 50])]
    features = [
        {"type": "Feature", "properties": given, "geometry": {"type": "Point", "coordinates": at}} for given, at in rows
    ]
    extra.write("data/wells.geojson", json.dumps({"type": "FeatureCollection", "features": features}))
    frame = load("wells").frame
    assert [*frame["id"]] == ["nan", "b"]
    assert [*frame["note"]] == ["None", ""]
    assert frame["depth"][0] == 7
    assert frame["depth"].isna()[1]


@given(st.lists(st.integers(-(2**63) + 1, 2**63 - 1) | st.none(), min_size=1, max_size=8))
def test_whole_numbers_stay_exact_beside_empty_cells(numbers: list[int | None]) -> None:
    column = ColumnSpec("n", "integer", {})
    cells = pd.Series(["" if n is None else str(n) for n in numbers], dtype="str")
    assert [None if pd.isna(n) else n for n in typed(cells, column)] == numbers


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.text(min_size=1, max_size=12) | st.text("0123456789.eE+-_ xinfa", min_size=1, max_size=12))
def test_any_text_is_either_refused_or_the_number_that_python_reads(cell: str) -> None:
    for kind in ("number", "integer"):
        column = ColumnSpec("n", kind, {})
        if fault_of(column, {})(cell) is None:
            assert float(typed(pd.Series([cell], dtype="str"), column)[0]) == float(cell)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('key = "nothing"', "key names the column 'nothing'"),
        ('facts = ["nothing"]', "facts names the column 'nothing'"),
        ('name = { en = "nothing" }', "en names the column 'nothing'"),
    ],
)
def test_an_entry_that_speaks_of_an_undeclared_column_is_refused(extra: Extra, text: str, sentence: str) -> None:
    extra.layer("wells", "id,lon,lat\na,1,1", head=text)
    with pytest.raises(CatalogueError, match=sentence):
        load("wells")


def test_an_entry_with_an_unknown_geometry_key_is_refused(extra: Extra) -> None:
    extra.layer("wells", "id,lon,lat\na,1,1", geometry='type = "point"\nlongitude = "lon"')
    with pytest.raises(CatalogueError, match=r"wells\.toml.*longitude"):
        load("wells")


def test_rows_longer_than_the_header_are_refused_and_not_shifted(extra: Extra) -> None:
    extra.layer("wells", "id,lon,lat\na,60,50,7")
    with pytest.raises(SourceError, match="more cells than its header"):
        load("wells")
