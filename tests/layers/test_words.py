"""What is ours has words in each language, what is a source's is marked; numbers, years, dates and forms of words."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import openpyxl
import pandas as pd
import pyogrio
import pytest

from layers.details import Details, Fact, details, source_line, sources
from layers.errors import CatalogueError, SchemaError
from layers.export import export
from layers.load import load
from layers.names import names_by_id
from layers.overview import national
from layers.plurals import form
from layers.relate import layer
from layers.search import search
from layers.sieve import Sieve
from layers.spec import LANGUAGES, LayerSpec, catalogue, layer_spec, read_toml
from layers.statement import cited_by
from layers.tabulate import rows_of, table_of
from layers.text import LOCALE, is_foreign, moment, number, pick, say, unit_of, words_of
from layers.vocabulary import vocabulary, word

if TYPE_CHECKING:
    from tests.conftest import Extra

READ = [spec for spec in catalogue().values() if spec.kind != "derived"]
OURS = re.compile(r"not recorded\)|\(object name\)|\(site proposal\)|\(name not published\)|^publisher not recorded$")
LATIN = re.compile(r"[A-Za-z]{4,}")
# Text that is nobody's language: keys, numbers of records and licences, sizes.
NEUTRAL = {
    "id",
    "thing",
    "stated_in",
    "kato",
    "geonames_id",
    "source_record",
    "licence_no",
    "diameter_mm",
    "gem_project_id",
}
UNNAMED = "state-prospecting-balkhash"
NOTHING = Sieve(text="no row says this")


def facts(found: Details, table: str, row: str) -> dict[str, Fact]:
    """Facts of one row of a table in the details, by column."""
    (entry,) = [entry for entry in found.entries[table] if entry.id == row]
    return {fact.column: fact for fact in entry.facts}


# What is ours and what is a source's


@pytest.mark.parametrize("spec", READ, ids=lambda spec: spec.id)
def test_text_is_a_name_or_a_number_or_marked_as_its_sources_or_has_words_in_each_language(spec: LayerSpec) -> None:
    free = [
        column.name
        for column in spec.columns
        if column.type == "text" and not column.source_text and column.name not in {*NEUTRAL, *spec.name.values()}
    ]
    assert free == []


@pytest.mark.parametrize("spec", READ, ids=lambda spec: spec.id)
def test_no_cell_holds_a_remark_of_ours_in_english(spec: LayerSpec) -> None:
    frame = load(spec.id).frame
    told = [column.name for column in spec.columns if column.type == "text" and column.name != "notes"]
    assert [cell for name in told for cell in frame[name] if OURS.search(cell)] == []


def test_values_and_periods_of_the_programme_that_are_categories_have_words() -> None:
    frame, spec = load("programme").frame, layer_spec("programme")
    ours = frame[frame["unit"].isin(["flag", "status", "category"])]
    assert len(ours) > 30
    assert set(ours["value"]) <= set(vocabulary("programme_value"))
    foreign = [cell for cell in frame["period"] if is_foreign(cell, spec.column("period"))]
    assert foreign == []


@pytest.mark.parametrize("language", ["kk", "ru"])
@pytest.mark.parametrize(
    "name", ["programme_value", "period", "gas_wording", "among_the_11", "member_basis", "list_exit", "zone_claim"]
)
def test_categories_have_no_english_left(name: str, language: str) -> None:
    assert [term for term in vocabulary(name).values() if LATIN.search(str(term[language]))] == []


@pytest.mark.parametrize(("language", "yes", "state"), [("en", "yes", "under way"), ("ru", "да", "реализуется")])
def test_a_category_of_the_programme_is_in_the_language_and_a_text_is_marked(
    language: str, yes: str, state: str
) -> None:
    found = details("towns", "balkhash", language, 50)
    assert facts(found, "programme", "P012")["value"].value == yes
    assert facts(found, "programme", "P046")["value"].value == state
    assert not facts(found, "programme", "P012")["value"].source_text
    rows = {entry.id: {fact.column: fact for fact in entry.facts} for entry in national(language)["programme"]}
    assert (rows["P039"]["value"].value, rows["P039"]["value"].source_text) == ("low wages", True)
    assert not rows["P001"]["period"].source_text  # digits are in no language


@pytest.mark.parametrize(("language", "told"), [("en", "none"), ("ru", "нет"), ("kk", "жоқ")])
def test_the_wording_of_the_compilation_is_in_the_language(language: str, told: str) -> None:
    frame, spec = load("gas_status").frame, layer_spec("gas_status")
    row = frame[frame["status_raw"] == "none"].iloc[0]
    found = facts(details("towns", row["town_id"], language, 50), "gas_status", row["id"])["status_raw"]
    assert (found.value, found.source_text) == (told, False)
    assert words_of("none", spec.column("status_raw"), language) == told


def test_tables_and_files_word_what_is_ours_and_leave_what_is_a_sources(tmp_path: Path) -> None:
    made = layer("programme")
    table = table_of(made, "ru")["Значение, как опубликовано"]
    assert (table["P012"], table["P039"]) == ("да", "low wages")
    export("programme", "parquet", "ru", tmp_path / "p.parquet")
    frame = pd.read_parquet(tmp_path / "p.parquet").set_index("id")
    assert (frame.at["P012", "value"], frame.at["P012", "value_ru"]) == ("yes", "да")


# Names that were not published, titles that were not recorded


@pytest.mark.parametrize(("language", "town"), [("en", "Balkhash"), ("ru", "Балхаш"), ("kk", "Балқаш")])
def test_a_row_without_a_name_is_called_so_in_each_language_everywhere(
    language: str, town: str, tmp_path: Path
) -> None:
    told = layer_spec("prospecting_areas").unnamed[language].replace("{town}", town)
    found = details("prospecting_areas", UNNAMED, language, 50)
    assert (found.name, found.other_names) == (told, ())
    assert pick(names_by_id("prospecting_areas")[UNNAMED], language) == told
    rows = {row[0]: row[1] for row in rows_of(layer("prospecting_areas"), language, ("stage",))["rows"]}
    assert rows[UNNAMED][0] == told
    assert told in [hit.name for hit in search(told, language).hits]
    export("prospecting_areas", "kml", language, tmp_path / "a.kml")
    space = {"k": "http://www.opengis.net/kml/2.2"}
    places = ElementTree.parse(tmp_path / "a.kml").findall(".//k:Placemark/k:name", space)
    assert told in [place.text for place in places]
    export("prospecting_areas", "csv", language, tmp_path / "a.csv")
    assert told in (tmp_path / "a.csv").read_text(encoding="utf-8-sig")


def test_a_town_to_name_a_row_by_is_needed(extra: Extra) -> None:
    extra.layer("wells", "id,lon,lat\na,60,50", head="unnamed = { en = 'a', ru = 'b', kk = 'c' }")
    with pytest.raises(CatalogueError, match="geometry names no town column"):
        catalogue()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_title_that_was_not_recorded_is_said_in_the_language(language: str, tmp_path: Path) -> None:
    told = word("title_kind", "described", language)
    described, titled = sources(("24kz-573136", "geonames"))
    assert f"{described.title} ({told})" in source_line(described, language)
    assert told not in source_line(titled, language)
    made = rows_of(load("sources"), language, COLUMNS)
    place = [column["name"] for column in made["columns"]].index("title_kind")
    cells = {key: texts[place] for key, texts, _ in made["rows"]}
    assert (cells["24kz-573136"], cells["geonames"]) == (told, "")
    export("gas_status", "csv", language, tmp_path / "g.csv")
    assert told in (tmp_path / "g.csv").read_text(encoding="utf-8-sig")


COLUMNS = ("title", "title_kind", "date", "language")


# Numbers, years, dates


@pytest.mark.parametrize(
    ("value", "digits", "written"),
    [(-19.1, 1, "−19,1"), (-0.04, 1, "0,0"), (-0.4, 0, "0"), (-1234.5, 1, "−1\u202f234,5"), (0.0, 0, "0")],
)
def test_a_negative_number_has_a_minus_sign(value: float, digits: int, written: str) -> None:
    assert number(value, "ru", digits) == written
    assert number(value, "en", digits) == written.replace("\u202f", "\u00a0").replace(",", ".").replace("\u00a0", ",")


@pytest.mark.parametrize("language", LANGUAGES)
def test_years_have_no_separator_on_the_screen_and_in_files(language: str, tmp_path: Path) -> None:
    rows = {entry.id: {fact.column: fact for fact in entry.facts} for entry in national(language)["programme"]}
    assert [rows[key]["value_number"].value for key in ("P086", "P119")] == ["2024", "2032"]
    texts = {row[0]: row[1] for row in rows_of(layer("programme"), language, ("value_number",))["rows"]}
    assert (texts["P086"][1], texts["P119"][1]) == ("2024", "2032")
    export("programme", "csv", language, tmp_path / "p.csv")
    with (tmp_path / "p.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = {row[0]: row for row in csv.reader(file)}
    place = [column.name for column in layer_spec("programme").columns].index("value_number")
    assert (lines["P086"][place], lines["P001"][place]) == ("2024", "20")
    fall = load("programme").frame.set_index("id")["value_number"].idxmin()
    assert float(lines[str(fall)][place]) < 0  # a spreadsheet reads a number
    export("programme", "xlsx", language, tmp_path / "p.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "p.xlsx").worksheets[0]
    cells = {row[0].value: row[place].value for row in sheet.iter_rows(min_row=2)}
    assert cells["P119"] == 2032


@pytest.mark.parametrize(
    ("language", "day_", "month"),
    [
        ("en", "1 December 2025", "April 2024"),
        ("ru", "1 декабря 2025 г.", "апрель 2024 г."),
        ("kk", "2025 ж. 1 желтоқсан", "2024 ж. сәуір"),
    ],
)
def test_dates_are_written_as_the_language_has_them(language: str, day_: str, month: str) -> None:
    assert (moment("2025-12-01", language), moment("2024-04", language)) == (day_, month)
    assert moment("2024", language) == "2024"
    deadline = facts(details("towns", "balkhash", language, 50), "programme", "P124")["value"]
    assert (deadline.value, deadline.source_text) == (day_, False)


def test_dates_are_sorted_by_time_not_by_their_words() -> None:
    rows = rows_of(load("sources"), "ru", COLUMNS)["rows"]
    keys = {row[0]: row[2][3] for row in rows}
    stated = load("sources").frame.set_index("id")["date"]
    assert keys[stated[stated == "2024-04"].index[0]] < keys[stated[stated == "2024-04-02"].index[0]]
    assert keys[stated[stated == ""].index[0]] is None


@pytest.mark.parametrize("cell", ["2024-13", "2024-02-30", "24", "April 2024", "2024-4-2", "20240402", "2024-04-02x"])
def test_what_is_no_date_is_refused(extra: Extra, cell: str) -> None:
    columns = {"id": 'type = "text"', "lon": 'type = "lon"', "lat": 'type = "lat"', "seen": 'type = "date"'}
    extra.layer("wells", f"id,lon,lat,seen\na,60,50,{cell}", columns)
    with pytest.raises(SchemaError, match="is not a date"):
        load("wells")


# Forms of words after numbers


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        *(("1", "строка"), ("21", "строка"), ("1\u202f001", "строка"), ("11", "строк"), ("111", "строк")),
        *(("2", "строки"), ("34", "строки"), ("12", "строк"), ("0", "строк"), ("5", "строк"), ("100", "строк")),
        *(("1,5", "строки"), ("2–5", "строк"), ("5–21", "строка"), ("−1", "строка"), ("не указано", "строк")),
    ],
)
def test_russian_has_three_forms(written: str, expected: str) -> None:
    assert form(written, "строка|строки|строк", "ru") == expected


def test_english_has_two_forms_and_sentences_use_them() -> None:
    assert [form(one, "row|rows", "en") for one in ("1", "0", "2", "1.5", "1,001")] == ["row", *["rows"] * 4]
    assert [say("en", "rows", count=count) for count in (1, 2)] == ["1 row", "2 rows"]
    assert [say("ru", "rows", count=count) for count in (1, 3, 11)] == ["1 строка", "3 строки", "11 строк"]
    assert [say("kk", "rows", count=count) for count in (1, 3)] == ["1 жол", "3 жол"]
    assert say("ru", "rows_of", count=1, total=21) == "1 из 21 строки"


def test_units_follow_their_number() -> None:
    assert [unit_of("towns", one, "ru") for one in ("1", "2", "20", "21")] == ["город", "города", "городов", "город"]
    assert [unit_of("towns", one, "en") for one in ("1", "11")] == ["town", "towns"]
    assert unit_of("jobs", "10\u202f000", "kk") == "жұмыс орны"
    assert unit_of("year", "2024", "ru") == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_choice_of_forms_has_as_many_as_its_language(language: str) -> None:
    wanted = {"en": 2, "ru": 3, "kk": 0}[language]
    sentences = read_toml(LOCALE / f"{language}.toml")
    chosen = [(key, spec) for key, text in sentences.items() for _, _, spec, _ in Formatter().parse(text) if spec]
    chosen += [(code, term["forms"].get(language, "")) for code, term in vocabulary("unit").items() if "forms" in term]
    chosen = [(key, spec) for key, spec in chosen if spec]
    assert bool(chosen) == bool(wanted)
    assert [key for key, spec in chosen if len(spec.split("|")) != wanted] == []
    # Scripts fill their sentences themselves and know no forms.
    assert [key for key, _ in chosen if key.startswith(("map_", "controls_", "table_", "search_"))] == []


# Files


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_side_sheets_of_a_workbook_are_in_the_language(language: str, tmp_path: Path) -> None:
    export("plants", "xlsx", language, tmp_path / "p.xlsx", filters=["x"])
    _, listed, told = openpyxl.load_workbook(tmp_path / "p.xlsx").worksheets
    titles = [pick(column.title, language) for column in layer_spec("sources").columns]
    heads = [cell.value for cell in listed[1]]
    assert len(heads) == 7
    assert set(heads) <= set(titles)
    place = heads.index(pick(layer_spec("sources").column("licence").title, language))
    terms = {word("licence", code, language) for code in vocabulary("licence")}
    assert {row[place].value for row in listed.iter_rows(min_row=2)} <= terms
    first = [row[0].value for row in told.iter_rows()]
    assert first == [
        say(language, key)
        for key in (
            *("about_what", "about_title", "data_date", "about_rows", "about_filters"),
            *("about_licence", "about_credits", "about_caution"),
        )
    ]
    if language != "en":
        assert [head for head in (*heads, *first) if LATIN.search(str(head))] == []


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_what_people_read_in_kml_and_gpx_is_headed_in_the_language(language: str, tmp_path: Path) -> None:
    for form_ in ("kml", "gpx"):
        export("plants", form_, language, tmp_path / f"p.{form_}")
    gpx = {"g": "http://www.topografix.com/GPX/1/1"}
    texts = [node.text or "" for node in ElementTree.parse(tmp_path / "p.gpx").iterfind(".//g:desc", gpx)]
    heads = {line.partition(": ")[0] for text in texts for line in text.splitlines()}
    assert say(language, "about_licence") in heads
    assert [head for head in heads if LATIN.search(head)] == []
    kml = {"k": "http://www.opengis.net/kml/2.2"}
    shown = {node.text for node in ElementTree.parse(tmp_path / "p.kml").iterfind(".//k:Data/k:displayName", kml)}
    assert pick(layer_spec("plants").column("fuel").title, language) in shown


KINDS = [
    *(("towns", "Point"), ("deposits", "Point"), ("gas_routes", "LineString"), ("gas_planned", "LineString")),
    *(("licence_blocks", "Polygon"), ("prospecting_areas", "Unknown")),
]


@pytest.mark.parametrize(("layer_id", "kind"), KINDS)
def test_a_geopackage_says_its_geometry_type(layer_id: str, kind: str, tmp_path: Path) -> None:
    out = tmp_path / "a.gpkg"
    export(layer_id, "gpkg", "en", out)
    assert pyogrio.read_info(out, layer=layer_id)["geometry_type"] == kind


def test_parts_and_single_shapes_together_are_written_as_parts(extra: Extra, tmp_path: Path) -> None:
    columns = {"id": 'type = "text"', "wkt": 'type = "text"'}
    rows = 'id,wkt\na,"LINESTRING (60 50, 61 50)"\nb,"MULTILINESTRING ((60 51, 61 51), (62 51, 63 51))"\nc,'
    extra.layer("ways", rows, columns, 'type = "line"\nwkt = "wkt"')
    export("ways", "gpkg", "en", tmp_path / "w.gpkg")
    assert pyogrio.read_info(tmp_path / "w.gpkg", layer="ways")["geometry_type"] == "MultiLineString"
    made = pyogrio.read_dataframe(tmp_path / "w.gpkg", layer="ways").geometry
    assert [shape and len(shape.geoms) for shape in made] == [1, 2, None]


@pytest.mark.parametrize("form_", ["gpkg", "parquet", "geojson"])
def test_what_is_not_stated_is_null_and_not_empty_text(form_: str, tmp_path: Path) -> None:
    out = tmp_path / f"p.{form_}"
    export("prospecting_areas", form_, "ru", out)
    if form_ == "parquet":
        frame = pd.read_parquet(out)
    else:
        frame = pyogrio.read_dataframe(out, layer=pyogrio.list_layers(out)[0, 0], read_geometry=False)
    frame = frame.set_index("id")
    assert pd.isna(frame.at[UNNAMED, "name_kk"])
    assert pd.isna(frame.at[UNNAMED, "commodities_ru"])
    assert not (frame.drop(columns="geometry", errors="ignore") == "").any(axis=None)
    if form_ == "gpkg":
        for table in ("sources", "about"):
            assert not (pyogrio.read_dataframe(out, layer=table, read_geometry=False) == "").any(axis=None)


@pytest.mark.parametrize("form_", ["csv", "xlsx", "geojson", "parquet", "gpkg"])
def test_a_file_without_rows_names_the_sources_that_were_searched(form_: str, tmp_path: Path) -> None:
    out = tmp_path / f"p.{form_}"
    assert export("plants", form_, "en", out, NOTHING, ["Text: no row says this"]) == 0
    (title,) = [source.title for source in cited_by(layer("plants")) if source.id == "wri-gppd-1.3.0"]
    if form_ == "csv":
        with out.open(encoding="utf-8-sig", newline="") as file:
            (head,) = csv.reader(file)
        assert head[-1].startswith("About this file: CC BY 4.0; ")
        assert "Text: no row says this" in head[-1]
        assert title in head[-1]
    elif form_ == "xlsx":
        assert title in [row[1].value for row in openpyxl.load_workbook(out).worksheets[1].iter_rows()]
    elif form_ == "gpkg":
        assert title in [*pyogrio.read_dataframe(out, layer="sources", read_geometry=False)["title"]]
    else:
        assert title.encode() in out.read_bytes()


def test_waypoints_without_a_name_say_what_they_are() -> None:
    rows = details("gas_routes", "saryarka-1", "ru", 50).entries["gas_waypoints"]
    second = {fact.column: fact.value for fact in rows[1].facts}
    assert (second["name"], second["kind"]) == ("", "точка трассы")
    assert {*load("gas_waypoints").frame["kind"]} == set(vocabulary("waypoint_kind"))
