"""A new layer is a data file and a TOML: it is checked, listed, drawn, related and exported without any Python."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyogrio
import pytest
from starlette.routing import Router

from layers.__main__ import main
from layers.details import details
from layers.query import from_query, to_query
from layers.relate import layer
from layers.routes import layer_url, routes
from layers.spec import EXTRA_ENVIRONMENT, catalogue
from layers.tabulate import table_of
from layers.view import View
from layers.wire import payload

if TYPE_CHECKING:
    from tests.conftest import Extra

ENTRY = """
id = "springs"
kind = "file"
group = "geology"
order = 25
legend = true
shown = true
file = "springs.csv"
name = { en = "name", kk = "name_kk" }
[title]
en = "Springs"
ru = "Источники вод"
kk = "Бұлақтар"
[geometry]
type = "point"
lon = "lon"
lat = "lat"
accuracy = "accuracy_km"
town = "town_id"
[style]
symbol = "plain"
"""
COLUMNS = {
    "id": ("text", "required = true", "Id", "Ид", "Ид"),
    "name": ("text", "", "Name", "Название", "Атауы"),
    "name_kk": ("text", "", "Name in Kazakh", "Название на казахском", "Қазақша атауы"),
    "lon": ("lon", "", "Longitude", "Долгота", "Бойлық"),
    "lat": ("lat", "", "Latitude", "Широта", "Ендік"),
    "accuracy_km": ("number", 'unit = "km"', "Accuracy", "Точность", "Дәлдігі"),
    "warmth": ("code", 'vocabulary = "warmth"', "Warmth", "Теплота", "Жылуы"),
    "town_id": ("ref", 'ref = "towns"', "Town", "Город", "Қала"),
    "sources": ("sources", "required = true", "Sources", "Источники", "Дереккөздер"),
}
WARMTH = '[hot]\nen = "hot"\nru = "горячий"\nkk = "ыстық"\n'
ROWS = """id,name,name_kk,lon,lat,accuracy_km,warmth,town_id,sources
arasan,Arasan,Арасан,74.98,46.84,1,hot,balkhash,geonames
lost,Lost spring,,,,,,balkhash,geonames
"""
RELATION = """
id = "town_springs"
kind = "derived"
from = ["towns", "springs"]
operation = "near"
max_km = 100
[title]
en = "Springs near towns"
ru = "Источники вод у городов"
kk = "Қалалар маңындағы бұлақтар"
"""


@pytest.fixture
def springs(extra: Extra) -> Extra:
    """The layer of a reader who followed the README: four text files."""
    columns = [
        f'[[columns]]\nname = "{name}"\ntype = "{kind}"\n{more}\ntitle = {{ en = "{en}", ru = "{ru}", kk = "{kk}" }}\n'
        for name, (kind, more, en, ru, kk) in COLUMNS.items()
    ]
    extra.write("vocabulary/warmth.toml", WARMTH)
    extra.write("catalogue/springs.toml", ENTRY + "".join(columns))
    extra.write("catalogue/town_springs.toml", RELATION)
    extra.write("data/springs.csv", ROWS)
    return extra


def fetch(path: str, base: str) -> tuple[int, bytes]:
    """Status and body of a request to our routes, as a browser would get them."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": path, "root_path": "", "query_string": b"", "headers": []}
    with ThreadPoolExecutor(1) as pool:  # a thread of its own, for the browser tests leave a loop running in this one
        pool.submit(asyncio.run, Router(routes(base))(scope, receive, send)).result()
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:])


@pytest.mark.usefixtures("springs")
def test_it_is_checked_and_listed_among_the_others(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 0
    assert "springs: file, 2 rows, 1 located" in capsys.readouterr().out
    assert main(["list", "--json"]) == 0
    (entry,) = [e for e in json.loads(capsys.readouterr().out) if e["id"] == "springs"]
    assert (entry["kind"], entry["geometry"], entry["features"], entry["sources"]) == (
        "file",
        "point",
        2,
        ["geonames"],
    )


@pytest.mark.usefixtures("springs")
def test_it_stands_in_the_legend_at_its_place_and_in_the_url() -> None:
    drawn = [spec.id for spec in catalogue().values() if spec.legend]
    assert drawn.index("deposits") < drawn.index("springs") < drawn.index("industrial_zones")
    assert "springs" in View().visible
    view = View(layers=("springs",))
    assert from_query(to_query(view)) == (view, ())


@pytest.mark.usefixtures("springs")
@pytest.mark.parametrize("base", ["", "/atlas"])
def test_it_is_served_under_the_digest_of_its_content_and_nothing_else(base: str) -> None:
    url = layer_url(base, "springs")
    status, body = fetch(url, base)
    (feature,) = json.loads(body)["features"]
    assert status == 200
    assert feature["properties"]["n"] == {"en": "Arasan", "kk": "Арасан"}
    assert feature["geometry"]["coordinates"] == [74.98, 46.84]
    status, body = fetch(layer_url(base, "springs", "badges"), base)
    assert (status, json.loads(body)["features"][0]["properties"]["count"]) == (200, 1)
    assert fetch(url.replace(payload("springs").digest, "0" * 20), base)[0] == 404
    assert fetch(f"{base}/api/layers/atlantis/0", base)[0] == 404


def test_a_changed_row_changes_the_url(springs: Extra) -> None:
    before = layer_url("", "springs")
    springs.write("data/springs.csv", ROWS.replace("Arasan", "Arasan-2"))
    assert layer_url("", "springs") != before
    assert fetch(before, "")[0] == 404


@pytest.mark.usefixtures("springs")
def test_its_pages_speak_three_languages() -> None:
    told = {language: details("springs", "arasan", language, 50) for language in ("en", "ru", "kk")}
    assert [found.name for found in told.values()] == ["Arasan", "Arasan", "Арасан"]
    words = [fact.value for found in told.values() for fact in found.facts if fact.column == "warmth"]
    assert words == ["hot", "горячий", "ыстық"]
    related = [r for found in details("towns", "balkhash", "en", 50).relations.values() for r in found.rows]
    assert {r.id for r in related if r.layer == "springs"} == {"arasan", "lost"}
    assert [*table_of(layer("springs"), "ru")["Теплота"]] == ["горячий", ""]


@pytest.mark.usefixtures("springs")
def test_it_is_related_from_the_catalogue_and_from_the_command_line(tmp_path: Path) -> None:
    declared = layer("town_springs").frame
    near = declared[declared["left"] == "balkhash"]
    assert dict(zip(near["right"], near["basis"], strict=True)) == {"arasan": "computed", "lost": "via_town"}
    out = tmp_path / "pairs.csv"
    assert main(["relate", "springs", "towns", "--nearest", "1", "--out", str(out)]) == 0
    pairs = [line.split(",")[:2] for line in out.read_text(encoding="utf-8").splitlines()]
    assert pairs == [["left", "right"], ["arasan", "balkhash"], ["lost", "balkhash"]]


@pytest.mark.usefixtures("springs")
@pytest.mark.parametrize("form", ["geojson", "gpkg", "kml", "csv", "xlsx", "parquet"])
def test_it_is_exported_with_its_source(form: str, tmp_path: Path) -> None:
    out = tmp_path / f"springs.{form}"
    assert main(["export", "springs", "--format", form, "--lang", "kk", "--out", str(out)]) == 0
    assert out.stat().st_size > 0
    if form in ("geojson", "gpkg"):
        frame = pyogrio.read_dataframe(out, layer="springs")
        assert [*frame["id"]] == ["arasan", "lost"]
        assert frame["warmth_kk"][0] == "ыстық"


def test_a_layer_without_sources_of_its_own_rows_exports_those_of_its_entry(extra: Extra, tmp_path: Path) -> None:
    extra.layer("wells", "id,lon,lat\na,75,46.8", head='sources = ["geonames"]')
    extra.derived("town_wells", ["towns", "wells"], "near", "max_km = 50")
    for layer_id in ("wells", "town_wells"):
        out = tmp_path / f"{layer_id}.csv"
        assert main(["export", layer_id, "--format", "csv", "--out", str(out)]) == 0
        assert "GeoNames" in out.read_text(encoding="utf-8-sig")


def test_without_the_folder_the_layer_is_gone(springs: Extra, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "springs" in catalogue()
    monkeypatch.delenv(EXTRA_ENVIRONMENT)
    assert springs.folder.is_dir()
    assert "springs" not in catalogue()
