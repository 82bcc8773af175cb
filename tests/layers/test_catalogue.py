"""The catalogue and its data: what was promised is there, each row says where it comes from, in three languages."""

from __future__ import annotations

import csv
import tomllib
from collections import Counter
from functools import cache

import pytest

from layers.relate import layer
from layers.schema import Layer
from layers.spec import LANGUAGES, ROOT, catalogue, columns_yielded
from layers.tabulate import heading
from layers.vocabulary import vocabulary

ENTRIES = tuple(catalogue())
READ = tuple(spec.id for spec in catalogue().values() if spec.kind != "derived")
CITING = tuple(name for name in READ if name != "sources")
VOCABULARIES = sorted(path.stem for path in (ROOT / "layers" / "vocabulary").glob("*.toml"))


@cache
def cells(name: str) -> tuple[dict[str, str], ...]:
    """Rows of a data file as the csv module reads them: no code of ours."""
    with (ROOT / "data" / name).open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


@pytest.mark.parametrize("layer_id", ENTRIES)
def test_every_entry_conforms(layer_id: str) -> None:
    made = layer(layer_id)
    assert isinstance(made, Layer)
    declared = [column.name for column in made.spec.columns]
    assert [*made.frame.columns.drop("geometry")] == declared


@pytest.mark.parametrize(
    ("layer_id", "rows", "located"),
    [
        ("towns", 27, 27),
        ("prospecting_areas", 67, 30),
        ("deposits", 408, 408),
        ("industrial_zones", 15, 0),
        ("gas_routes", 48, 43),
        ("plants", 20, 8),
        ("licence_blocks", 32, 32),
        ("programme", 169, 0),
        ("population", 206, 0),
    ],
)
def test_the_promised_rows_are_there(layer_id: str, rows: int, located: int) -> None:
    made = layer(layer_id)
    assert (len(made.frame), int(made.located.sum())) == (rows, located)
    assert len(cells(made.spec.file)) == rows


def test_20_of_the_27_towns_are_on_the_list_of_2024() -> None:
    assert Counter(row["listed_2024"] for row in cells("towns.csv")) == {"yes": 20, "no": 7}


def test_the_membership_table_tells_the_same_20_towns() -> None:
    members = {
        row["town_id"] for row in cells("list_membership.csv") if (row["list_year"], row["member"]) == ("2024", "yes")
    }
    assert members == {row["id"] for row in cells("towns.csv") if row["listed_2024"] == "yes"}


def test_37_areas_have_neither_a_point_nor_block_codes() -> None:
    assert sum(not row["lat"] and not row["block_codes"] for row in cells("prospecting_areas.csv")) == 37


def test_a_row_says_schematic_exactly_when_it_has_no_position() -> None:
    for layer_id in ("prospecting_areas", "industrial_zones", "plants"):
        made = layer(layer_id)
        assert ((made.frame["geometry_status"] == "schematic") == ~made.located).all(), layer_id


def test_each_legend_layer_filtered_from_the_gas_lines_holds_one_status() -> None:
    for spec in catalogue().values():
        if spec.operation == "filter":
            wanted = [row["id"] for row in cells("gas_routes.csv") if row["status"] in spec.where["status"]]
            assert [*layer(spec.id).frame["id"]] == wanted


@pytest.mark.parametrize("layer_id", CITING)
def test_every_row_names_existing_sources_and_a_basis(layer_id: str) -> None:
    known = {row["id"] for row in cells("sources.csv")}
    for row in cells(layer(layer_id).spec.file):
        named = row["sources"].split(";")
        assert set(named) <= known, row["id"]
        assert len(named) == len(set(named)), row["id"]
        assert row["basis"] in ("sourced", "derived", "inferred"), row["id"]


def test_every_facet_source_exists_and_every_source_says_who_published_it_under_which_licence() -> None:
    known = {row["id"] for row in cells("sources.csv")}
    for layer_id in CITING:
        for row in cells(layer(layer_id).spec.file):
            for name, cell in row.items():
                if name.endswith("_sources") and cell:
                    assert set(cell.split(";")) <= known, (row["id"], name)
    assert all(row["title"] and row["licence"] for row in cells("sources.csv"))
    assert [row["id"] for row in cells("sources.csv") if not row["publisher"]] == ["pavlodar-akim-note"]


def test_every_source_is_named_by_some_row() -> None:
    """A source that nothing cites would stand on the Sources page for nothing."""
    named = {source for spec in catalogue().values() for source in spec.sources}
    for layer_id in CITING:
        for row in cells(layer(layer_id).spec.file):
            for name, cell in row.items():
                if name == "sources" or name.endswith("_sources"):
                    named |= set(cell.split(";"))
    assert {row["id"] for row in cells("sources.csv")} <= named


def test_every_reference_to_a_town_is_a_town() -> None:
    towns = {row["id"] for row in cells("towns.csv")}
    for file in ("population", "gas_status", "list_membership", "programme", "industrial_zones", "plants"):
        assert {row["town_id"] for row in cells(f"{file}.csv")} - {""} <= towns, file


def test_each_unit_on_a_column_has_a_word() -> None:
    used = {c.unit for spec in catalogue().values() for c in spec.columns if c.unit}
    assert used <= set(vocabulary("unit"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("layer_id", ENTRIES)
def test_titles_stand_in_each_language_and_no_two_columns_share_one(layer_id: str, language: str) -> None:
    spec = layer(layer_id).spec
    assert spec.title[language].strip()
    assert not spec.caution or spec.caution[language].strip()
    headings = [heading(column, language) for column in spec.columns]
    assert all(text.strip() for text in headings)
    assert len(headings) == len(set(headings))


PROPER_NAMES = ("ODbL", "Open Government Licence - Canada")  # licences whose names are not translated


@pytest.mark.parametrize("name", VOCABULARIES)
def test_every_term_stands_in_three_languages_and_kazakh_is_not_left_in_english(name: str) -> None:
    raw = tomllib.loads((ROOT / "layers" / "vocabulary" / f"{name}.toml").read_text(encoding="utf-8"))
    assert raw
    for code, term in raw.items():
        assert all(term.get(language, "").strip() for language in LANGUAGES), code
        if code not in PROPER_NAMES and not term["en"].isupper() and any(letter.isalpha() for letter in term["kk"]):
            assert term["kk"] != term["en"], code


def test_every_vocabulary_is_used_by_a_column_or_by_code() -> None:
    used = {c.vocabulary for spec in catalogue().values() for c in spec.columns if c.vocabulary}
    used |= {column.vocabulary for column in columns_yielded("dated")}  # of every dated entry, at a date
    assert set(VOCABULARIES) - used <= {"unit", "commodity_group", "block_reading"}


def test_the_group_of_each_commodity_exists_and_each_has_letters_or_says_it_has_none() -> None:
    for code, term in vocabulary("commodity").items():
        assert term["group"] in vocabulary("commodity_group"), code
        assert isinstance(term["element"], str), code
