"""What lies around a place, as a table to take away: complete, sorted, measured, and saying from where."""

from __future__ import annotations

import csv
import io
import sqlite3
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import openpyxl
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from layers.errors import UnknownNameError
from layers.files import around_bytes, around_name, around_url
from layers.ground import place_key
from layers.load import load
from layers.nearby import around
from layers.query import from_query
from layers.related import UNMEASURED
from layers.routes import routes
from layers.sieve import sieve_of
from layers.spec import LANGUAGES, catalogue
from layers.surroundings import surroundings, told_of
from layers.vantage import vantage
from layers.view import AROUND, PLACE, Area, Selection, View

GEOD = Geod(ellps="WGS84")
HERE = Selection(PLACE, "46.9000,75.1000")
BALKHASH = Selection("towns", "balkhash")


def answered(url: str) -> Response:
    """What the route answers, asked without a server."""
    parts = urlsplit(url)
    (route,) = [one for one in routes("") if one.path == "/api/export/{name}"]
    scope = {"type": "http", "method": "GET", "query_string": parts.query.encode(), "headers": [], "app": Starlette()}
    name = parts.path.rpartition("/")[2]
    return route.endpoint(Request({**scope, "path": parts.path, "path_params": {"name": name}}))


@settings(max_examples=25, deadline=None)
@given(st.floats(42.0, 54.0), st.floats(48.0, 86.0), st.sampled_from((10, 50, 100, 200)), st.booleans())
def test_every_town_and_deposit_near_enough_is_listed_once_by_distance(
    lat: float, lon: float, radius: int, sure: bool
) -> None:
    view = View(selected=Selection(PLACE, place_key(lat, lon)), radius_km=radius, sure=sure)
    frame = surroundings(view).frame
    away = frame["distance_km"].fillna(frame["via_km"])
    loose = frame["basis"].isin(UNMEASURED)
    assert away[~loose].is_monotonic_increasing
    assert away[loose].isna().all()
    assert not loose.to_numpy()[: (~loose).sum()].any()  # they stand last
    assert [*frame["rank"]] == [*range(1, len(frame) + 1)]
    assert not frame.duplicated(["layer", "id"]).any()
    for layer_id in ("towns", "deposits"):
        rows = load(layer_id).frame
        rows = rows[rows["accuracy_km"].notna()]
        listed = set(frame.loc[(frame["layer"] == layer_id), "id"])
        at = rows.geometry
        km = GEOD.inv([lon] * len(at), [lat] * len(at), at.x, at.y)[2] / 1000
        off = rows["accuracy_km"].to_numpy(dtype=float)
        near = km + off <= radius - 0.001 if sure else km - off <= radius - 0.001
        far = km + off > radius + 0.001 if sure else km - off > radius + 0.001
        assert set(rows["id"][near]) <= listed
        assert not set(rows["id"][far]) & listed
    rows = load("deposits").frame
    rows = rows[rows["accuracy_km"].isna()]
    km = GEOD.inv([lon] * len(rows), [lat] * len(rows), rows.geometry.x, rows.geometry.y)[2] / 1000
    told = set(frame.loc[loose & (frame["layer"] == "deposits"), "id"])
    assert told == (set() if sure else set(rows["id"][km <= radius]))


def test_all_layers_of_the_legend_count_whether_they_are_shown_or_not() -> None:
    none = surroundings(View(selected=HERE, layers=())).frame
    every = surroundings(View(selected=HERE, layers=tuple(i for i, s in catalogue().items() if s.legend))).frame
    assert none.equals(every)
    assert {"towns", "deposits", "plants", "industrial_zones", "prospecting_areas"} <= set(none["layer"])


def test_the_table_and_the_list_on_the_screen_say_the_same() -> None:
    for selected in (HERE, BALKHASH, Selection("gas_operating", "saryarka-1"), Selection("sheet", "L-43-42")):
        view = View(selected=selected, facets=(("commodity", ("copper",)),))
        here = vantage(selected, "en")
        assert here is not None
        found = around(here, "en", view.radius_km, sieve_of(view), view.sure)
        told = {(row.layer, row.id) for near in found.values() for row in near.rows}
        frame = surroundings(view).frame
        assert told == set(zip(frame["layer"], frame["id"], strict=True))
        assert (selected.layer, selected.id) not in told


def test_a_filter_acts_and_is_said_and_a_radius_that_filters_changes_nothing() -> None:
    whole = View(selected=BALKHASH)
    some = View(selected=BALKHASH, facets=(("commodity", ("copper",)),))
    assert 0 < len(surroundings(some).frame) < len(surroundings(whole).frame)
    assert any("copper" in one for one in told_of(some)[1])
    radius = View(selected=BALKHASH, area=Area(AROUND))
    assert surroundings(radius).frame.equals(surroundings(whole).frame)


def test_a_place_that_only_its_town_gives_has_no_distance_of_its_own() -> None:
    frame = surroundings(View(selected=HERE)).frame
    through = frame[frame["basis"] == "via_town"]
    assert len(through)
    assert through["distance_km"].isna().all()
    assert (through["within"] == "possibly").all()
    assert surroundings(View(selected=HERE, sure=True)).frame["basis"].eq("computed").all()


@pytest.mark.parametrize("language", LANGUAGES)
def test_files_say_centre_system_radius_and_sources(language: str, tmp_path: Path) -> None:
    view = View(language=language, selected=Selection(PLACE, "46.900000,75.100000,28413"), radius_km=50)
    text = around_bytes("csv", view).decode("utf-8-sig")
    head, *rows = csv.reader(io.StringIO(text))
    assert len(rows) == len(surroundings(view).frame) > 5
    assert all("EPSG:28413" in row[-1] and "EPSG:15865" in row[-1] and "50" in row[-1] for row in rows)
    assert all(row[head.index(head[-3])] for row in rows)  # the sources in words
    told = orjson.loads(around_bytes("geojson", view))
    assert "WGS 84" in told["atlas"]["centre"]
    assert told["atlas"]["sources"]
    first = told["features"][0]["properties"]
    assert {"layer", "id", "name", "distance_km", "distance_min_km", "distance_max_km", "basis", "sources"} <= set(
        first
    )
    book = openpyxl.load_workbook(io.BytesIO(around_bytes("xlsx", view)))
    assert len(book.sheetnames) == 3
    package = tmp_path / "around.gpkg"
    package.write_bytes(around_bytes("gpkg", view))
    with sqlite3.connect(package) as database:
        tables = {name for (name,) in database.execute("SELECT table_name FROM gpkg_contents")}
        about = dict(database.execute("SELECT key, value FROM about"))
        styles = database.execute("SELECT count(*) FROM layer_styles").fetchone()
    database.close()
    assert {"around", "sources", "about"} <= tables
    assert "28413" in about["centre"]
    assert styles == (1,)


def test_the_address_says_what_the_file_holds() -> None:
    view = View(language="ru", selected=BALKHASH, radius_km=50, sure=True, facets=(("commodity", ("copper",)),))
    url = around_url("", "csv", view)
    again, broken = from_query({name: values[0] for name, values in parse_qs(urlsplit(url).query).items()})
    assert broken == ()
    assert around_bytes("csv", again) == around_bytes("csv", view)
    answer = answered(url)
    assert answer.status_code == 200
    assert answer.body == around_bytes("csv", view)
    assert around_name("csv", view) in answer.headers["content-disposition"]


def test_what_has_no_place_or_is_no_selection_is_refused_in_a_sentence() -> None:
    for query in ("", "?sel=towns/nowhere", "?sel=sheet/M-43-145"):
        answer = answered(f"/api/export/around-x.csv{query}")
        assert answer.status_code in (400, 404)
        assert 10 < len(answer.body) < 300
    with pytest.raises(UnknownNameError):
        surroundings(View())


def test_nothing_around_makes_an_empty_file_that_says_so() -> None:
    view = View(selected=Selection(PLACE, "10.0000,10.0000"))
    assert surroundings(view).frame.empty
    (head,) = csv.reader(io.StringIO(around_bytes("csv", view).decode("utf-8-sig")))
    assert "100 km" in head[-1]
    assert orjson.loads(around_bytes("geojson", view))["features"] == []
