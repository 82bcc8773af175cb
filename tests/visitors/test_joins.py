"""A visitor's layer among the others: distances as pyproj measures them, files with their origin, views with a URL."""

from __future__ import annotations

import csv
import io
import itertools
import json
import sqlite3
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import openpyxl
import pyarrow.parquet as pq
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyproj import Geod, Transformer

from layers import block_files, files
from layers.details import details
from layers.errors import BusyError
from layers.export import FORMATS, export
from layers.files import around_bytes, file_bytes
from layers.load import load
from layers.query import from_query, of_others, to_query
from layers.relate import layer
from layers.spec import LANGUAGES, layer_spec
from layers.text import say
from layers.view import Selection, View
from layers.visitors.whose import new_token, visiting
from tests.visitors.conftest import Take, geojson, point

GEOD = Geod(ellps="WGS84")
FILE = "{{7*7}} <b>скважины</b> 2024.csv"
ROUNDED_KM = 0.51  # words round to a kilometre, or finer
TO_ZONE_13 = Transformer.from_crs("EPSG:4326", "EPSG:28413", always_xy=True)
KML = {"k": "http://www.opengis.net/kml/2.2"}


def scattered(count: int = 60) -> list[tuple[float, float]]:
    return [(lon, lat) for lon, lat in np.random.default_rng(5).uniform((50, 42), (84, 54), (count, 2)).tolist()]


@pytest.fixture
def own(take: Take) -> Iterator[str]:
    """Sixty points all over the country as a layer of a visitor, who is answered meanwhile."""
    token = new_token()
    kinds = itertools.cycle(["руда, уголь", "50 %", "=1+1"])
    features = [({"name": f"т{n}", "kind": next(kinds)}, point(*at)) for n, at in enumerate(scattered())]
    folder = take(token, geojson(*features), "точки.geojson")
    with visiting(token):
        yield folder.name


def test_what_is_near_is_what_pyproj_says_pair_by_pair(own: str) -> None:
    """Every pair of `near`, and no other within 200 km, with the geodesic on WGS 84 from point to point."""
    towns, mine = load("towns").frame, load(own).frame
    pairs = layer(f"{own}_near").frame
    told = dict(zip(zip(pairs["left"], pairs["right"], strict=True), pairs["distance_km"], strict=True))
    for _, place in mine.iterrows():
        for _, town in towns.iterrows():
            ends = (place.geometry.x, place.geometry.y, town.geometry.x, town.geometry.y)
            away_km = GEOD.inv(*ends)[2] / 1000
            pair = told.pop((place["row"], town["id"]), None)
            if pair is None or np.isnan(pair):
                assert away_km > 200
            else:
                assert abs(pair - away_km) < 1e-6
    assert told == {}


@pytest.mark.parametrize("radius_km", [50, 150])
def test_the_list_of_what_is_near_a_point_has_the_towns_within_the_radius(own: str, radius_km: int) -> None:
    towns = load("towns").frame
    for key, at in [(str(n + 1), at) for n, at in enumerate(scattered())][::6]:
        found = details(own, key, "en", radius_km).relations["towns"]
        away = {town["id"]: GEOD.inv(*at, town.geometry.x, town.geometry.y)[2] / 1000 for _, town in towns.iterrows()}
        within = {town for town, km in away.items() if km <= radius_km} or {min(away, key=lambda one: away[one])}
        assert {row.id for row in found.rows if row.basis == "computed"} == within
        for row in found.rows:
            ends = [float(km.replace(",", "")) for km in row.reach.split()[0].split("–")]
            assert ends[0] - ROUNDED_KM <= away[row.id] <= ends[-1] + ROUNDED_KM, row
        order = [away[row.id] for row in found.rows]
        assert order == sorted(order)


def test_two_layers_of_a_visitor_are_near_each_other_as_pyproj_says(take: Take) -> None:
    """No relation is declared between them: it is computed for the one feature that is looked at."""
    token = new_token()
    places = scattered()
    first, second = (
        take(token, geojson(*(({"n": n}, point(*at)) for n, at in enumerate(part))), "t.geojson").name
        for part in (places[:30], places[30:])
    )
    with visiting(token):
        for number, at in list(enumerate(places[:30]))[::4]:
            found = details(first, str(number + 1), "en", 200).relations[second].rows
            away = {str(n + 1): GEOD.inv(*at, *other)[2] / 1000 for n, other in enumerate(places[30:])}
            within = [key for key in sorted(away, key=lambda one: away[one]) if away[key] <= 200]
            assert [row.id for row in found] == (within or [min(away, key=lambda one: away[one])])
            for row in found:
                assert abs(float(row.reach.split()[0].replace(",", "")) - away[row.id]) <= ROUNDED_KM


@pytest.fixture
def shifted(take: Take) -> Iterator[str]:
    """Points in Gauss-Kruger metres, so that a shift of datum has to be told; the file's name is hostile."""
    token = new_token()
    lines = ["name;kind;x;y"]
    for number, (lon, lat) in enumerate([(75.0, 46.8), (75.4, 46.9), (75.2, 47.1)]):
        east, north = TO_ZONE_13.transform(lon, lat)
        lines.append(f"скв. {number};<i>{{{{7*7}}}}</i>;{east:.2f};{north:.2f}")
    folder = take(token, "\n".join(lines), FILE, crs="EPSG:28413")
    with visiting(token):
        yield folder.name


def told_by(form: str, path: Path) -> tuple[str, int]:
    """All that a file says of itself, by a reader that is none of ours, and how many places it has."""
    if form == "csv":
        rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
        return " ".join(rows[1]), len(rows) - 1
    if form == "xlsx":
        book = openpyxl.load_workbook(path, read_only=True)
        first, *others = book.worksheets
        words = " ".join(str(cell) for sheet in others for row in sheet.values for cell in row)
        return words, len(list(first.values)) - 1
    if form == "geojson":
        data = json.loads(path.read_text(encoding="utf-8"))
        return json.dumps(data["atlas"], ensure_ascii=False), len(data["features"])
    if form == "gpkg":
        with sqlite3.connect(path) as base:
            found = base.execute("select table_name from gpkg_contents where data_type = 'features'")
            ((table,),) = found.fetchall()
            words = " ".join(str(value) for row in base.execute("select key, value from about") for value in row)
            count = base.execute(f'select count(*) from "{table}"').fetchone()[0]
        base.close()
        return words, count
    if form == "parquet":
        table = pq.read_table(path)
        return json.dumps(json.loads(table.schema.metadata[b"atlas"]), ensure_ascii=False), table.num_rows
    tree = ElementTree.parse(path)
    places = {"kml": ".//{*}Placemark", "gpx": ".//{*}wpt"}[form]
    return " ".join(tree.getroot().itertext()), len(tree.findall(places))


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_format_says_where_the_layer_comes_from_and_what_was_done_to_it(
    shifted: str, tmp_path: Path, form: str, language: str
) -> None:
    out = tmp_path / f"out.{form}"
    assert export(shifted, form, language, out) == 3
    words, rows = told_by(form, out)
    assert rows == 3
    assert FILE in words
    assert "EPSG:28413" in words
    operation = layer_spec(shifted).origin[language]
    assert "EPSG:15865" in operation
    assert "EPSG:15865" in words
    assert not zipfile.is_zipfile(out) or form == "xlsx"


def test_what_is_near_says_the_origin_too(shifted: str, tmp_path: Path) -> None:
    out = tmp_path / "near.csv"
    assert export(f"{shifted}_near", "csv", "en", out) > 0
    words, _ = told_by("csv", out)
    assert FILE in words
    assert "EPSG:15865" in words


def test_places_come_back_where_they_were(shifted: str, tmp_path: Path) -> None:
    """Within a centimetre of what pyproj gives through the operation that the file names."""
    out = tmp_path / "out.geojson"
    export(shifted, "geojson", "en", out)
    made = [shapely.geometry.shape(one["geometry"]) for one in json.loads(out.read_text("utf-8"))["features"]]
    inland = Transformer.from_pipeline("EPSG:15865")
    zone = Transformer.from_crs("EPSG:28413", "EPSG:4284", always_xy=True)
    for (lon, lat), place in zip([(75.0, 46.8), (75.4, 46.9), (75.2, 47.1)], made, strict=True):
        east, north = (round(metres, 2) for metres in TO_ZONE_13.transform(lon, lat))
        wanted_lat, wanted_lon = inland.transform(*reversed(zone.transform(east, north)))
        assert GEOD.inv(wanted_lon, wanted_lat, place.x, place.y)[2] < 0.02


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_view_with_an_own_layer_and_its_facet_is_its_url(own: str, data: st.DataObject) -> None:
    codes = data.draw(st.sets(st.sampled_from(["руда, уголь", "50 %", "=1+1", "-"])))
    view = View(
        layers=(own, "towns"),
        opacity=((own, 40),),
        selected=Selection(own, data.draw(st.sampled_from(["1", "60", "a/b"]))),
        facets=((f"{own}_1", tuple(sorted(codes))),) if codes else (),
        swipe=(own, "quiet"),
        table=own,
    )
    query = to_query(view)
    assert from_query(query) == (view, ())
    assert not of_others(query)
    with visiting(new_token()):
        assert of_others(query)
        seen, broken = from_query(query)
        assert broken == ()
        assert seen == View(layers=("towns",))


def test_a_link_of_nothing_but_anothers_layer_shows_what_the_role_shows() -> None:
    assert from_query({"layers": "upload_0123456789", "op": "upload_0123456789:3"}) == (View(), ())
    assert from_query({"layers": ""}) == (View(layers=()), ())
    assert from_query({"layers": "upload_0123456789,nonsense"})[1] == ("layers",)
    assert not of_others({"layers": "towns", "utm_source_x": "1", "q": "upload_0123456789"})


def test_a_link_to_the_blocks_of_anothers_layer_says_whose_it_is(own: str) -> None:
    for source in (f"layer:{own}", f"feature:{own}/1"):
        assert not of_others({"blocks": source})
        with visiting(new_token()):
            assert of_others({"blocks": source})
            assert from_query({"blocks": source})[1] == ()
    assert not of_others({"blocks": "codes:M-42-85-(10е-5в-2)"})


def test_a_file_of_what_is_around_says_which_rows_are_the_visitors(own: str) -> None:
    row = load(own).frame.iloc[0]
    lon, lat = row.geometry.x, row.geometry.y
    at = View("ru", selected=Selection("place", f"{lat:.4f},{lon:.4f}"), radius_km=200)
    said = json.loads(around_bytes("geojson", at))["atlas"]
    assert "точки.geojson" in said["origin"]
    assert say("ru", "own_licence") in said["caution"]
    with visiting(new_token()):
        assert "origin" not in json.loads(around_bytes("geojson", at))["atlas"]


def test_files_that_wait_beyond_the_bound_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    full = threading.BoundedSemaphore(1)
    monkeypatch.setattr(files, "WAITING", full)
    at = View(selected=Selection("towns", "balkhash"))
    blocks, _ = from_query({"blocks": "codes:M-42-85-(10е-5в-2)"})
    with full:
        for make in (lambda: around_bytes("csv", at), lambda: file_bytes("towns", "csv", at)):
            with pytest.raises(BusyError):
                make()
        with pytest.raises(BusyError):
            block_files.file_bytes("csv", blocks)
    assert around_bytes("csv", at)
