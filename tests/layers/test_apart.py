"""Where a radius filters, tables and files say how far each row is and whether it surely is within: drawn by hand.

Pits lie so many kilometres east of a bare position, which is where the town of Balkhash is published to be.
"""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from layers.apart import measured, told
from layers.export import export, forms_of
from layers.files import table_payload
from layers.legend import acting, count_of, groups, rows_in_words
from layers.picture import picture
from layers.reach import COLUMNS
from layers.relate import layer
from layers.sieve import ALL, bounds, sieve_of, sieved
from layers.spec import LANGUAGES
from layers.view import AROUND, PLACE, Area, Selection, View
from tests.layers import oracle

if TYPE_CHECKING:
    from tests.conftest import Extra

GEOD = Geod(ellps="WGS84")
LON, LAT = oracle.towns()["balkhash"]
HERE = Selection(PLACE, f"{LAT},{LON}")
COLUMNS_OF_PITS = {
    "id": 'type = "text"',
    "lon": 'type = "lon"',
    "lat": 'type = "lat"',
    "accuracy_km": 'type = "number"',
    "town_id": 'type = "ref"\nref = "towns"',
}
AT = 'type = "point"\nlon = "lon"\nlat = "lat"\naccuracy = "accuracy_km"\ntown = "town_id"'
PITS: dict[str, tuple[float | None, float | None]] = {  # kilometres to the east, accuracy
    "far": (60, 3),
    "over": (52, 3),
    "edge": (48, 3),
    "close": (10, 1),
    "exact": (5, 0),
    "unsure": (20, None),
    "lost": (None, None),
}
NAN = float("nan")
EXPECTED = {
    "over": (52, 49, 55, "possibly"),
    "edge": (48, 45, 51, "possibly"),
    "close": (10, 9, 11, "yes"),
    "exact": (5, 5, 5, "yes"),
    "unsure": (20, NAN, NAN, "possibly"),
    "lost": (NAN, NAN, NAN, "possibly"),
}
SHOWN = {"over": "49–55", "edge": "45–51", "close": "9–11", "exact": "5.0", "unsure": "≈\u00a020", "lost": ""}
WITHIN = {
    "en": {"yes": "surely", "possibly": "possibly"},
    "ru": {"yes": "точно", "possibly": "возможно"},
    "kk": {"yes": "анық", "possibly": "мүмкін"},
}
TITLES = {
    "en": ("Distance", "Within the radius"),
    "ru": ("Расстояние", "В радиусе"),
    "kk": ("Қашықтық", "Радиуста"),
}


def around(radius_km: int = 50, **more: Any) -> View:
    """A radius around the bare position."""
    return View(area=Area(AROUND), selected=HERE, radius_km=radius_km, **more)


@pytest.fixture
def pits(extra: Extra) -> str:
    """The layer of PITS."""
    lines = ["id,lon,lat,accuracy_km,town_id"]
    for key, (km, off) in PITS.items():
        lon, lat = GEOD.fwd(LON, LAT, 90, km * 1000)[:2] if km is not None else ("", "")
        lines.append(f"{key},{lon},{lat},{'' if off is None else off},{'balkhash' if key == 'lost' else ''}")
    return extra.layer("pits", "\n".join(lines), COLUMNS_OF_PITS, AT, head="legend = true")


def test_four_columns_say_distance_range_and_whether_it_is_within(pits: str) -> None:
    made = measured(pits, sieve_of(around()))
    rows = made.frame.set_index("id")[list(COLUMNS)]
    assert [*rows.index] == [*EXPECTED]
    for key, wanted in EXPECTED.items():
        found = rows.loc[key]
        np.testing.assert_allclose(np.array(found.iloc[:3], dtype=float), wanted[:3], atol=1e-6)
        assert found["within"] == wanted[3]
    assert [column.name for column in made.spec.columns] == [*COLUMNS_OF_PITS, *COLUMNS]
    assert [*sieved(pits, sieve_of(around())).frame["id"]] == [*EXPECTED]
    assert "within" not in layer(pits).frame


@pytest.mark.parametrize("view", [View(), View(text="o"), View(facets=(("region", ("karaganda",)),), radius_km=50)])
def test_without_a_radius_around_something_there_is_no_column_more(pits: str, view: View) -> None:
    assert measured(pits, sieve_of(view)) is sieved(pits, sieve_of(view))
    assert told(pits, sieve_of(view), "en") == []
    assert measured(pits, ALL) is layer(pits)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_tells_them_after_the_name_and_sorts_by_the_number(pits: str, language: str) -> None:
    table = json.loads(gzip.decompress(table_payload(pits, around(language=language)).body))
    heads = table["columns"][1:3]
    assert [head["title"] for head in heads] == [*TITLES[language]]
    assert [head["name"] for head in heads] == ["distance_km", "within"]
    assert [(head["unit"], head["numeric"]) for head in heads] == [
        ("km" if language == "en" else "км", True),
        ("", False),
    ]
    for key, texts, numbers in table["rows"]:
        km, _, _, within = EXPECTED[key]
        shown = SHOWN[key] if language == "en" else SHOWN[key].replace(".", ",")
        assert texts[1:3] == [shown, WITHIN[language][within]]
        assert numbers[2] is None
        assert numbers[1] == (None if np.isnan(km) else pytest.approx(km, abs=1e-6))
        assert len(texts) == len(numbers) == len(table["columns"])


def test_who_asks_for_what_is_sure_sees_only_that(pits: str) -> None:
    table = json.loads(gzip.decompress(table_payload(pits, around(sure=True)).body))
    assert [(row[0], row[1][2]) for row in table["rows"]] == [("close", "surely"), ("exact", "surely")]


def read(path: Path, form: str, language: str) -> list[dict[str, Any]]:
    """Each row's cells by heading, as a program finds them that knows nothing of the atlas; empty text where none."""
    if form == "geojson":
        return [one["properties"] for one in json.loads(path.read_text(encoding="utf-8"))["features"]]
    if form == "gpkg":
        return pyogrio.read_dataframe(path, layer="pits").to_dict("records")
    if form == "parquet":
        return pd.read_parquet(path).to_dict("records")
    if form == "csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [*csv.DictReader(file)]
    if form == "xlsx":
        heads, *rows = openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True)
        return [dict(zip(heads, row, strict=True)) for row in rows]
    root = ElementTree.parse(path).getroot()
    if form == "kml":
        space = {"k": "http://www.opengis.net/kml/2.2"}
        places = root.iterfind(".//k:Placemark", space)
        return [
            {data.attrib["name"]: data.findtext("k:value", "", space) for data in place.iterfind(".//k:Data", space)}
            for place in places
        ]
    space = {"g": "http://www.topografix.com/GPX/1/1"}
    texts = [place.findtext("g:desc", "", space) for place in root.iterfind("g:wpt", space)]
    return [dict(line.split(": ", 1) for line in text.splitlines()) for text in texts]


def number_in(cell: object) -> float:
    """A cell as a number, NaN where it is empty."""
    return NAN if cell is None or cell == "" or cell != cell else float(str(cell))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", ["geojson", "gpkg", "parquet", "csv", "xlsx", "kml", "gpx"])
def test_every_file_has_them_with_numbers_as_numbers_and_the_word_in_the_language(
    pits: str, form: str, language: str, tmp_path: Path
) -> None:
    out = tmp_path / f"pits.{form}"
    assert form in forms_of(layer(pits))
    export(pits, form, language, out, sieve_of(around()))
    heads = {column.name: column for column in measured(pits, sieve_of(around())).spec.columns}
    titled = [heads[name].title[language] for name in COLUMNS]
    km = "km" if language == "en" else "км"
    coded = form in ("geojson", "gpkg", "parquet", "kml")
    names = [*COLUMNS[:3], f"within_{language}"] if coded else [*(f"{one}, {km}" for one in titled[:3]), titled[3]]
    rows = read(out, form, language)
    key = "id" if coded else heads["id"].title[language]
    assert [row[key] for row in rows] == [one for one in EXPECTED if form != "gpx" or one != "lost"]
    for row in rows:
        wanted = EXPECTED[row[key]]
        found = [number_in(row.get(name)) for name in names[:3]]
        np.testing.assert_allclose(found, wanted[:3], atol=1e-6)
        assert row[names[3]] == WITHIN[language][wanted[3]]
        if coded:
            assert row["within"] == wanted[3]
        if form in ("geojson", "gpkg", "parquet", "xlsx"):
            assert all(row[name] is None or isinstance(row[name], int | float) for name in names[:3])


def test_a_column_of_the_layer_of_the_same_name_stays_what_it_is(extra: Extra, tmp_path: Path) -> None:
    columns = {name: COLUMNS_OF_PITS[name] for name in ("id", "lon", "lat")} | {"within": 'type = "text"'}
    extra.layer("wells", f"id,lon,lat,within\na,{LON},{LAT},the fence", columns)
    export("wells", "geojson", "en", tmp_path / "wells.geojson", sieve_of(around()))
    (feature,) = json.loads((tmp_path / "wells.geojson").read_text(encoding="utf-8"))["features"]
    found = feature["properties"]
    assert (found["within"], found["radius_within"], found["radius_within_en"]) == ("the fence", "yes", "surely")
    assert found["distance_km"] == 0
    table = json.loads(gzip.decompress(table_payload("wells", around()).body))
    assert [head["name"] for head in table["columns"]][:3] == ["", "distance_km", "radius_within"]


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(["deposits", "plants", "towns", "prospecting_areas", "industrial_zones"]),
    st.sampled_from(sorted(oracle.towns())),
    st.integers(1, 20).map(lambda n: 10 * n),
)
def test_around_any_town_the_columns_agree_with_the_filter_and_the_published_accuracies(
    layer_id: str, town: str, radius: int
) -> None:
    view = View(area=Area(AROUND), selected=Selection("towns", town), radius_km=radius)
    made = measured(layer_id, sieve_of(view))
    surely = sieved(layer_id, sieve_of(View(**{**view.__dict__, "sure": True}))).frame["id"]
    assert [*made.frame["id"][made.frame["within"] == "yes"]] == [*surely]
    assert [*made.frame["id"]] == [*sieved(layer_id, sieve_of(view)).frame["id"]]
    assert set(made.frame["within"]) <= {"yes", "possibly"}
    off = oracle.off_km("towns", town)
    assert off is not None
    for row in made.frame.itertuples():
        placed, own = bool(oracle.shape(layer_id, row.id)[0]), oracle.off_km(layer_id, row.id)
        assert np.isnan(row.distance_km) == (not placed)
        assert np.isnan(row.distance_min_km) == np.isnan(row.distance_max_km) == (own is None)
        if placed:
            assert row.distance_km == pytest.approx(oracle.km(layer_id, row.id, *oracle.towns()[town]), abs=0.01)
        if own is not None:
            assert row.distance_max_km - row.distance_km == pytest.approx(own + off, abs=0.01)


# How many -----------------------------------------------------------------------------------------------------------


def test_a_count_is_a_range_where_it_is_not_sure(pits: str) -> None:
    """Within 50 km two surely, four possibly; within 10 km one surely, the close and the lost one possibly."""
    assert bounds(pits, sieve_of(around())) == (2, 6)
    assert bounds(pits, sieve_of(around(10))) == (1, 3)
    assert bounds(pits, sieve_of(around(sure=True))) == (2, 2)
    assert bounds(pits, sieve_of(View(text="o"))) == (3, 3)
    (row,) = [row for group in groups(around()) for row in group["rows"] if row["id"] == pits]
    assert (row["count"], row["total"], row["filtered"]) == ("2–6", "7", True)
    assert [count_of(pits, view) for view in (around(), around(sure=True), View())] == ["2–6", "2", "7"]


@pytest.mark.parametrize(
    ("language", "told"),
    [("en", ["2–6 of 7 rows", "2 of 7 rows", "7 rows"]), ("ru", ["2–6 из 7 строк", "2 из 7 строк", "7 строк"])],
)
def test_a_table_says_its_count_in_words(pits: str, language: str, told: list[str]) -> None:
    views = [around(language=language), around(language=language, sure=True), View(language=language)]
    assert [rows_in_words(pits, view) for view in views] == told


def test_all_rows_are_no_filter_but_all_that_may_be_are(pits: str) -> None:
    assert rows_in_words(pits, around(100)) == "5–7 of 7 rows"
    (row,) = [row for group in groups(around(100)) for row in group["rows"] if row["id"] == pits]
    assert (row["count"], row["filtered"]) == ("5–7", True)


def test_a_picture_counts_as_the_legend_does(pits: str) -> None:
    row, _ = picture(around(layers=(pits,)), "")["legend"]  # the mark of what may be within comes last
    assert row["count"] == "2–6"


def test_who_is_surely_near_no_town_may_be_near_one(extra: Extra) -> None:
    """A well 52 km from Balkhash, 3 km give or take: not within 50 km of a town as published, but possibly."""
    lon, lat = GEOD.fwd(LON, LAT, 90, 52_000)[:2]
    columns = {name: COLUMNS_OF_PITS[name] for name in ("id", "lon", "lat", "accuracy_km")}
    extra.layer("wells", f"id,lon,lat,accuracy_km\na,{lon},{lat},3", columns, AT.removesuffix('\ntown = "town_id"'))
    extra.derived("town_wells", ["towns", "wells"], "near", "max_km = 200")
    for chosen, rows in ((("karaganda",), 1), (("-",), 0), (("-", "karaganda"), 1)):
        view = View(facets=(("region", chosen),), radius_km=50)
        assert len(sieved("wells", sieve_of(view)).frame) == rows
        assert bounds("wells", sieve_of(view)) == (0, rows)  # surely near neither the one nor none


# What the file says of the filter -----------------------------------------------------------------------------------

COUNTS = {
    "en": "what may be within counts",
    "ru": "учитывается и то, что, возможно, в радиусе",
    "kk": "радиуста болуы мүмкін нысандар да есептеледі",
}
SURELY = {
    "en": "only what surely is",
    "ru": "учитывается только то, что точно в радиусе",
    "kk": "радиуста екені анық нысандар ғана есептеледі",
}
AROUND_SURELY = {"en": "Place: surely within 50 km of", "ru": "Место: точно в радиусе 50 км", "kk": "екені анық"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_file_says_whether_what_may_be_within_counts(pits: str, language: str, tmp_path: Path) -> None:
    (maybe,) = acting(pits, around(language=language))
    (sure,) = acting(pits, around(language=language, sure=True))
    assert maybe.endswith(f"({COUNTS[language]})")
    assert COUNTS[language] not in sure
    assert AROUND_SURELY[language] in sure
    facets = (("region", ("karaganda",)),)
    (maybe,) = acting("deposits", View(language=language, facets=facets, radius_km=50))
    (sure,) = acting("deposits", View(language=language, facets=facets, radius_km=50, sure=True))
    assert maybe.endswith(f"; {COUNTS[language]})")
    assert sure.endswith(f"; {SURELY[language]})")
    assert len(acting("towns", View(language=language, facets=facets))[0]) < len(sure)  # a town needs no radius
