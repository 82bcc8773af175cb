"""The passport: page, sentences, PDF, Excel and Markdown say the same, and nothing is silently picked."""

from __future__ import annotations

import io
import re
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from pypdf import PdfReader

from layers.__main__ import main
from layers.dated import held
from layers.errors import AtlasError, UnknownNameError
from layers.load import load
from layers.passport import paper
from layers.passport.build import passport
from layers.passport.chart import people_frame, printed_charts, territory_charts
from layers.passport.commands import town_called
from layers.passport.files import FORMS, file_bytes, file_name
from layers.passport.model import AROUND, GAS, LINES, LISTS, PEOPLE, Passport
from layers.passport.paper import map_legend, passport_map
from layers.passport.text import sentences
from layers.relate import layer
from layers.spec import LANGUAGES
from layers.text import moment, number, say
from layers.vocabulary import word

TOWNS = sorted(layer("towns").frame["id"])
NUMBER = re.compile(r"\d(?:[\d\u202f\u00a0.,–-]*\d)?")
RADIUS_KM = 100


def made(town: str, language: str = "en") -> Passport:
    return passport(town, language, RADIUS_KM)


def numbers(text: str) -> list[str]:
    return NUMBER.findall(text)


def told(one: Passport) -> str:
    """All cells, names and counts of a passport as one text: what its sentences may say."""
    cells = [cell.text for section in one.sections.values() for row in section.rows for cell in row]
    counts = [
        f"{number(count.low, one.language)} {number(count.high, one.language)}" for count in one.sheet.counts.values()
    ]
    heads = [f"{number(head.people, one.language)} {head.year}" for head in one.people]
    rows = [str(len(section.rows)) for section in one.sections.values()]
    ranks = [str(rank) for rank in range(1, len(one.sections[GAS].rows) + 1)]
    return " ".join([*cells, *counts, *heads, *rows, *ranks, *one.former, str(RADIUS_KM)])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_of_the_sentences_is_one_that_is_shown(language: str) -> None:
    for town in TOWNS:
        one = made(town, language)
        shown = set(numbers(told(one)))
        assert [word for sentence in sentences(one) for word in numbers(sentence) if word not in shown] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_count_line_and_claim_that_is_shown_is_in_the_sentences(language: str) -> None:
    for town in TOWNS:
        one, text = made(town, language), "\n".join(sentences(made(town, language)))
        for scope in {head.scope for head in one.people}:
            newest = max(head.year for head in one.people if head.scope == scope)
            latest = [head for head in one.people if head.scope == scope and head.year == newest]
            assert all(number(head.people, language) in text for head in latest)
        for row in one.sections[LINES].rows:
            assert f"{row[1].text}, {row[2].text}" in text
        for row in one.sections[GAS].rows:
            assert row[0].text in text
        for row in one.sections[LISTS].rows:
            assert row[0].text in text


def test_counts_of_one_year_that_differ_stand_side_by_side() -> None:
    rows = load(PEOPLE).frame
    several = rows.groupby(["town_id", "scope", "year"])["population"].nunique()
    town, scope, year = next(key for key, count in several.items() if count > 1)
    one = made(town)
    found = [head for head in one.people if (head.scope, head.year) == (scope, year)]
    assert all(head.rivals == len(found) - 1 for head in found)
    sentence = next(text for text in sentences(one) if str(year) in text and "different counts" in text)
    assert all(number(head.people, "en") in sentence for head in found)


def test_territories_are_drawn_apart_and_no_line_runs_through_counts_that_differ() -> None:
    one, rows = made("temirtau"), load(PEOPLE).frame
    frame = people_frame(one)
    assert sorted(frame["people"]) == sorted(rows.loc[rows["town_id"] == "temirtau", "population"])
    assert set(frame.loc[frame["apart"], "year"]) == {2021, 2023}
    for town in TOWNS:
        one = made(town)
        drawn, frame = [part.to_dict() for part in territory_charts(one)], people_frame(one)
        titles = list(dict.fromkeys(frame["scope"]))
        above = [" ".join(part["title"]["text"]) for part in drawn]
        assert above == titles == [title for title, _ in printed_charts(one)]
        for part, title in zip(drawn, titles, strict=True):
            line, points, *_ = (part["datasets"][layer["data"]["name"]] for layer in part["layer"])
            assert {row["scope"] for row in points} == {title}
            assert line == [row for row in points if not row["apart"]]
        assert sum(len(part["datasets"][part["layer"][1]["data"]["name"]]) for part in drawn) == len(frame)


@pytest.mark.parametrize(
    ("town", "sides"),
    [
        ("temirtau", {"171,019": "right", "178,517": "right", "171,890": "left", "171,893": "left"}),
        ("zhanaozen", {"63,337": "center", "91,332": "center", "48,871": "center", "113,014": "center"}),
        ("ridder", {}),
    ],
)
def test_numbers_of_close_years_stand_away_from_each_other(town: str, sides: dict[str, str]) -> None:
    drawn = [part.to_dict() for part in territory_charts(made(town))]
    found = [
        (row["told"], layer["mark"]["align"])
        for part in drawn
        for layer in part["layer"]
        if layer["mark"]["type"] == "text"
        for row in part["datasets"][layer["data"]["name"]]
    ]
    assert sorted(found) == sorted(sides.items())


def test_distances_are_those_of_the_relations() -> None:
    one = made("ridder")
    lines = layer("town_gas_operating").frame
    own = lines[lines["left"] == "ridder"]
    nearest = own.loc[own["distance_km"].idxmin()]
    row = one.sections[LINES].rows[0]
    assert (row[3].number, row[4].number) == (nearest["distance_min_km"], nearest["distance_max_km"])


def test_what_is_around_is_all_within_the_radius() -> None:
    one = made("ridder")
    pairs = layer("town_deposits").frame
    inside = pairs[(pairs["left"] == "ridder") & (pairs["distance_min_km"] <= RADIUS_KM)]
    title = "Deposits"
    assert sum(row[0].text == title for row in one.sections[AROUND].rows) == len(inside)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_paper_has_two_pages_at_most_with_every_count_and_source(language: str) -> None:
    for town in TOWNS if language == "ru" else TOWNS[::5]:  # Russian words are the longest
        one = made(town, language)
        reader = PdfReader(io.BytesIO(file_bytes(one, "pdf")))
        assert len(reader.pages) <= paper.MOST_PAGES, town
        text = " ".join(" ".join(page.extract_text().split()) for page in reader.pages)
        assert one.name in text
        plain = text.replace("\u202f", " ")
        assert all(number(head.people, language).replace("\u202f", " ") in plain for head in one.people), town
        assert "CC BY 4.0" in text


def test_excel_holds_every_row_with_numbers_as_numbers() -> None:
    one = made("balkhash", "ru")
    book = openpyxl.load_workbook(io.BytesIO(file_bytes(one, "xlsx")))
    people = book[one.sections[PEOPLE].title]
    values = [row[1] for row in people.iter_rows(min_row=2, values_only=True)][: len(one.people)]
    assert values == [row[1].number for row in one.sections[PEOPLE].rows]
    for section in one.sections.values():
        sheet = book[re.sub(r"[\[\]:*?/\\']", " ", section.title)[:31]]
        assert sheet.max_row == len(section.rows) + 1 + bool(section.note)
        assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert book["Источники"].max_row == len(one.numbered) + 1


def test_markdown_holds_every_row_and_source() -> None:
    one = made("ridder", "kk")
    text = file_bytes(one, "md").decode()
    assert text.startswith("# Риддер")
    tables = [line for line in text.splitlines() if line.startswith("| ") and "---" not in line]
    assert len(tables) == sum(len(section.rows) + 1 for section in one.sections.values() if section.rows)
    assert len(re.findall(r"^\d+\. ", text, re.M)) == len(one.numbered)


def test_a_hostile_name_is_printed_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    one = made("abai")
    bad = "#panic() *x* =1+1 |a| <b>"
    changed = Passport(**{**vars(one), "name": bad})
    text = PdfReader(io.BytesIO(file_bytes(changed, "pdf"))).pages[0].extract_text()
    assert bad in " ".join(text.split())
    assert "# \\#panic() \\*x\\* =1+1 \\|a\\| \\<b\\>" in file_bytes(changed, "md").decode()


def test_the_command_takes_a_date_and_the_file_begins_with_it(tmp_path: Path) -> None:
    out = tmp_path / "ridder.md"
    asked = ["passport", "ridder", "--lang", "en", "--format", "md", "--out", str(out)]
    assert main([*asked, "--as-of", "2013-01"]) == 0
    assert say("en", "passport_as_of", month=moment("2013-01", "en")) in out.read_text().split("##")[0]
    assert main([*asked, "--as-of", "2013-13"]) == 1


def test_as_of_a_date_later_counts_are_not_known() -> None:
    later, before = made("balkhash"), passport("balkhash", "en", RADIUS_KM, "2010-01")
    assert {head.year for head in before.people} == {head.year for head in later.people if head.year <= 2010}
    assert "2010-01" in file_name(before, "pdf")


def test_layers_that_nothing_dates_are_called_todays_in_a_passport_of_a_date() -> None:
    now, then = passport("temirtau", "en", 100), passport("temirtau", "en", 100, "2013-12")
    note = "Without dates in the atlas, shown as known today: Deposits."
    assert (now.sections[AROUND].note, then.sections[AROUND].note) == ("", note)
    assert note in sentences(then)
    assert [one.id for one in then.sections.values() if "Without dates" in one.note] == [AROUND, "processing"]


def test_several_dates_of_a_row_stand_under_their_headings() -> None:
    section = made("balkhash").sections["instructions"]
    row = next(row for row, key in zip(section.rows, section.ids, strict=True) if key == "zone-balkhash")
    told = [section.headed(row, place) for place in range(len(row))]
    assert {"Given: 2 April 2024", "Due: December 2024", "Moved to: 1 December 2025"} <= {*told}


@pytest.mark.parametrize("month", ["2013-01", "2019-09", "2024-04"])
@pytest.mark.parametrize("town", ["balkhash", "saran", "temirtau", "kulsary"])
def test_at_a_date_lines_map_and_surroundings_are_those_that_were_known(town: str, month: str) -> None:
    then, now = passport(town, "en", RADIUS_KM, month), made(town)
    around, every = (
        {(one.layer, one.id): one for near in sheet.neighbours.values() for one in near}
        for sheet in (then.sheet, now.sheet)
    )
    assert set(around) <= set(every)
    for layer_id, key in every:
        kept = held(layer_id, month).frame
        named = set(kept[layer(layer_id).spec.key])
        assert ((layer_id, key) in around) == (key in named), (layer_id, key)
    for one in then.sheet.lines.values():
        assert one.year is None or one.year <= int(month[:4])
    assert set(map_legend(then)[0]) == {"layer", "swatch", "text"}


def test_a_line_that_no_date_was_known_of_says_so_and_one_built_later_is_not_the_nearest() -> None:
    then = passport("balkhash", "en", RADIUS_KM, "2013-01")
    row, none, unplaced = then.sections[LINES].rows
    assert [cell.text for cell in none] == ["Gas lines under construction", "none known", "", "", "", ""]
    assert "Gas lines under construction: none known." in sentences(then)
    assert unplaced[1].text == "Esil (Russian border)-Astana (planned, 2030)"
    assert unplaced[2].text == "not measured"
    assert row[1].text == "Central Asia-China, line A (operating, 2009)"
    assert "operating, 2017" in made("balkhash").sections[LINES].rows[0][1].text
    undated = passport("ekibastuz", "en", RADIUS_KM, "2013-01").sections[LINES].rows[0]
    assert word("dating", "undated", "en") in undated[5].text
    assert passport_map(then) != passport_map(made("balkhash"))


@pytest.mark.parametrize("text", ["ridder", "Риддер", "риддер", "Ridder", "Leninogorsk", " RIDDER "])
def test_a_town_is_found_by_id_and_any_name(text: str) -> None:
    assert town_called(text) == "ridder"


@pytest.mark.parametrize("text", ["", "Atlantis", "(1941-2002)"])
def test_a_town_that_is_none_is_said(text: str) -> None:
    with pytest.raises(AtlasError, match="There is no town called"):
        town_called(text)
    with pytest.raises(UnknownNameError):
        made("atlantis")


@pytest.mark.parametrize("form", FORMS)
def test_the_command_writes_what_the_page_serves(form: str, tmp_path: Path) -> None:
    out = tmp_path / f"p.{form}"
    assert main(["passport", "Балхаш", "--lang", "kk", "--format", form, "--out", str(out)]) == 0
    assert [path.name for path in tmp_path.iterdir()] == [out.name]
    if form != "xlsx":  # which holds the time of its making
        assert out.read_bytes() == file_bytes(made("balkhash", "kk"), form)


@pytest.mark.parametrize(
    "wrong", [["--out", "x.pdf"], ["--radius", "5"], ["--out", "/nowhere/x.md"]], ids=["ending", "radius", "folder"]
)
def test_a_command_that_cannot_be_done_says_why_and_leaves_nothing(wrong: list[str], tmp_path: Path) -> None:
    command = ["passport", "ridder", "--format", "md", "--out", str(tmp_path / "x.md"), *wrong]
    assert main(command) == 1
    assert list(tmp_path.iterdir()) == []


def test_one_passport_has_the_rows_of_its_tables() -> None:
    one = made("balkhash")
    for table in ("programme", PEOPLE, LISTS):
        frame: pd.DataFrame = load(table).frame
        assert sorted(one.sections[table].ids) == sorted(frame.loc[frame["town_id"] == "balkhash", "id"])
