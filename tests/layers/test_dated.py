"""What held at a date: compared with the data files read line by line, and what must be true of any two dates."""

from __future__ import annotations

import csv
import gzip
import json
from dataclasses import replace
from functools import cache
from io import BytesIO
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.__main__ import main
from layers.asof_query import stops
from layers.claims.groups import group
from layers.claims.groups import groups as claim_groups
from layers.claims.ledger import claims
from layers.claims.sums import beside
from layers.claims.tracker import instructions
from layers.dated import DATING, LATER, UNDATED, WITHIN, at, held, known, said, surely
from layers.dated_spec import dating_faults
from layers.details import details
from layers.export import export
from layers.facets import codes
from layers.files import file_bytes
from layers.legend import acting, active, emptied, groups
from layers.overview import national
from layers.relate import layer
from layers.routes import layer_url
from layers.sieve import sieve_of, sieved
from layers.spec import LANGUAGES, ROOT, catalogue
from layers.tabulate import table_of
from layers.view import View
from layers.vocabulary import word
from layers.wire import payload

DATED = tuple(spec.id for spec in catalogue().values() if layer(spec.id).spec.dated)
months = st.builds("{}-{:02d}".format, st.integers(2012, 2026), st.integers(1, 11))


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """Rows of a data file as the csv module reads them."""
    with (ROOT / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def ids(layer_id: str, as_of: str) -> set[str]:
    return set(said(layer_id, as_of).frame["id"])


def test_the_facts_that_have_dates_are_those_that_the_slider_promises() -> None:
    promised = {"list_membership", "gas_status", "industrial_zones", "heat_repairs", "programme"}
    assert promised | {"towns", "plants", "population", "gas_routes"} <= set(DATED)


@pytest.mark.parametrize(
    ("as_of", "listed"), [("2012-06", 27), ("2013-12", 27), ("2023-12", 27), ("2024-03", 27), ("2024-04", 20)]
)
def test_the_towns_of_the_list_at_a_date(as_of: str, listed: int) -> None:
    year = "2024" if as_of >= "2024-04" else "2012"  # the first source of the list of 20 is of 2 April 2024
    expected = {row["town_id"] for row in rows("list_membership") if (row["list_year"], row["member"]) == (year, "yes")}
    frame = at("towns", as_of).frame
    assert set(frame.loc[frame["listed_then"] == "yes", "id"]) == expected
    assert len(expected) == listed
    assert set(held("list_membership", as_of).frame["list_year"]) == {int(year)}


@pytest.mark.parametrize("as_of", ["2013-12", "2020-12", "2023-12", "2025-12"])
def test_rows_with_a_year_are_kept_from_that_year_on(as_of: str) -> None:
    for name, column in (("population", "year"), ("list_membership", "list_year")):
        assert ids(name, as_of) == {row["id"] for row in rows(name) if row[column] <= as_of[:4]}
    for name in ("gas_status", "industrial_zones"):
        with_year = {row["id"]: row["year"] for row in rows(name) if row["year"]}
        assert ids(name, as_of) & set(with_year) == {key for key, year in with_year.items() if year <= as_of[:4]}


def test_a_claim_is_as_old_as_its_source_whatever_years_it_speaks_of() -> None:
    spoken = {row["id"] for row in rows("programme") if row["sources"] == "primeminister-2024-04-02"}
    assert spoken
    assert not spoken & ids("programme", "2024-03")
    assert spoken <= ids("programme", "2024-04")
    plans = {row["id"] for row in rows("programme") if row["period"] == "2023-2027"}
    assert plans & spoken  # a plan to 2027, said in 2024


def test_an_undated_row_stays_at_every_date_and_says_so() -> None:
    dates = {row["id"]: row["date"] for row in rows("sources")}
    blank = {
        row["id"]
        for row in rows("gas_status")
        if not row["year"] and not any(dates[source] for source in row["sources"].split(";"))
    }
    assert blank
    for as_of in ("2012-01", "2020-12", "2026-11"):
        frame = said("gas_status", as_of).frame
        assert set(frame.loc[frame[DATING] == UNDATED, "id"]) == blank


def test_a_line_at_work_without_a_year_stays_and_a_planned_one_is_not_older_than_its_sources() -> None:
    frame = at("gas_routes", "2013-12").frame.set_index("id")[DATING]
    assert frame["krk-branch-lisakovsk"] == UNDATED
    assert frame["saryarka-1"] == LATER  # at work since 2019
    assert frame["esil-astana"] == UNDATED  # its source has no date; 2030 is when it is to work
    assert frame["semey-pavlodar"] == LATER
    assert at("gas_routes", "2021-12").frame.set_index("id")[DATING]["semey-pavlodar"] == WITHIN
    assert set(said("gas_operating", "2013-12").frame["status"]) == {"operating"}


def test_a_year_that_is_not_over_is_told_apart() -> None:
    frame = at("list_membership", "2012-03").frame
    assert set(frame.loc[frame["list_year"] == 2024, DATING]) == {LATER}
    assert set(frame.loc[frame["list_year"] == 2012, DATING]) == {WITHIN}


@pytest.mark.parametrize("layer_id", DATED)
def test_at_the_data_date_every_row_but_of_the_future_is_there_and_without_a_date_nothing_changes(
    layer_id: str,
) -> None:
    whole = layer(layer_id)
    assert at(layer_id, "") is whole
    assert said(layer_id, "") is whole
    assert held(layer_id, "") is whole
    assert known(layer_id, "") is None
    assert len(said(layer_id, "2026-11").frame) == len(whole.frame)


@given(st.sampled_from(DATED), months, months)
def test_a_later_date_never_has_fewer_rows_said(layer_id: str, one: str, other: str) -> None:
    early, late = sorted([one, other])
    assert ids(layer_id, early) <= ids(layer_id, late)
    assert set(held(layer_id, late).frame["id"]) <= ids(layer_id, late)


@settings(max_examples=40)
@given(months)
def test_nothing_is_known_at_a_date_that_is_not_in_the_data(as_of: str) -> None:
    """No cell of a town or plant at a date is anything but its own, a row's of the table of that date, or empty."""
    then = at("towns", as_of).frame
    figures = {(r["town_id"], r["year"], r["population"]) for r in rows("population") if r["year"] <= as_of[:4]}
    for town, year, people in zip(then["id"], then["population_year"], then["population"], strict=True):
        assert pd.isna(people) == pd.isna(year)
        assert pd.isna(people) or (town, str(year), str(people)) in figures
    own = {row["id"]: row for row in rows("towns")}
    for town, claim in zip(then["id"], then["zone_claim"], strict=True):
        assert claim == (own[town]["zone_claim"] if own[town]["zone_claim_year"] <= as_of[:4] else "")
    plants = at("plants", as_of).frame
    told = {(row["plant_id"], row["statement"]) for row in rows("heat_repairs")}
    speaking = {plant for plant, _ in told}
    for plant, text in zip(plants["id"], plants["modernisation"], strict=True):
        assert plant not in speaking or text == "" or (plant, text) in told


def test_two_figures_of_one_year_that_differ_are_not_chosen_from() -> None:
    towns = at("towns", "2021-12").frame.set_index("id")
    assert len({r["population"] for r in rows("population") if r["id"].startswith("temirtau-2021-town")}) == 2
    assert pd.isna(towns.loc["temirtau", "population"])


def test_the_works_at_each_plant_end_where_the_table_of_plants_stands() -> None:
    latest = at("plants", "2026-11").frame.set_index("id")["modernisation_status"]
    assert dict(latest) == {row["id"]: row["modernisation_status"] for row in rows("plants")}


def test_every_statement_on_a_plant_is_cited_by_the_plant_and_in_its_words() -> None:
    plants = {row["id"]: row for row in rows("plants")}
    claims = {(row["town_id"], row["statement"]) for row in rows("programme") if "P045" <= row["id"] <= "P055"}
    for row in rows("heat_repairs"):
        plant = plants[row["plant_id"]]
        assert plant["town_id"] == row["town_id"]
        assert set(row["sources"].split(";")) <= set(plant["sources"].split(";")), row["id"]
        spoken = (row["town_id"], row["statement"]) in claims
        words = [word.strip(".:;,()") for word in row["statement"].casefold().split()]
        told = plant["modernisation"].casefold()
        assert spoken or all(word in told for word in words), row["id"]


def test_the_map_is_given_other_bytes_at_other_dates_and_marks_what_has_no_date() -> None:
    views = [View(as_of=as_of) for as_of in ("", "2013-12", "2024-12")]
    for layer_id in ("towns", "gas_operating", "prospecting_areas"):
        assert len({payload(layer_id, sieve=sieve_of(view)).digest for view in views}) == 3
    sent = json.loads(gzip.decompress(payload("gas_operating", sieve=sieve_of(views[1])).body))
    dating = {one["properties"]["id"]: one["properties"].get("dating") for one in sent["features"]}
    assert dating["krk-branch-lisakovsk"] == UNDATED
    assert dating["bukhara-ural-1"] is None
    dashed = {one["properties"]["id"] for one in sent["features"] if "dash" in one["properties"]}
    assert dashed == {key for key, code in dating.items() if code == UNDATED}  # a line has its mark at its middle
    listed = json.loads(gzip.decompress(payload("towns", sieve=sieve_of(views[1])).body))["features"]
    assert all(one["properties"]["listed"] for one in listed)
    badges = json.loads(gzip.decompress(payload("industrial_zones", "badges", sieve_of(views[1])).body))["features"]
    assert {one["properties"]["id"]: one["properties"].get("undated") for one in badges} == {
        "temirtau": None,
        "aksu": 1,
    }


@pytest.mark.parametrize(("as_of", "listed"), [("2013-12", 27), ("2024-12", 20)])
def test_the_csv_of_the_towns_tells_the_list_of_the_date(as_of: str, listed: int, tmp_path: Path) -> None:
    view = View(as_of=as_of)
    out = tmp_path / "towns.csv"
    export("towns", "csv", "en", out, sieve_of(view), acting("towns", view))
    with out.open(encoding="utf-8-sig", newline="") as file:
        found = list(csv.DictReader(file))
    assert len(found) == 27
    assert sum(row["On the list of that date"] == "yes" for row in found) == listed
    assert "On the 2024 list" not in found[0]
    assert any(f"As of December {as_of[:4]}" in cell for cell in found[0].values())


def test_a_workbook_marks_the_rows_without_a_date() -> None:
    view = View(as_of="2013-12", language="ru")
    body = file_bytes("gas_operating", "xlsx", view)
    sheet = openpyxl.load_workbook(BytesIO(body)).worksheets[0]
    heads = [cell.value for cell in sheet[1]]
    place = heads.index("На выбранную дату")
    words = [row[place].value for row in sheet.iter_rows(min_row=2)]
    assert words.count(word(DATING, UNDATED, "ru")) == 6
    assert len(words) == 26


def test_the_details_of_a_town_tell_what_held() -> None:
    def told(as_of: str) -> tuple[dict[str, str], dict[str, int], tuple[str, ...]]:
        found = details("towns", "saran", "en", 100, sieve_of(View(as_of=as_of)))
        facts = {fact.column: fact for fact in (*found.facts, *found.more)}
        listed = facts.get("listed_then") or facts["listed_2024"]
        values = {column: fact.value for column, fact in facts.items()}
        return values, {table: len(entries) for table, entries in found.entries.items()}, listed.sources

    before, entries, sources = told("2013-12")
    assert (before["listed_then"], before["population_year"], before["zone_claim"]) == ("yes", "2012", "")
    assert entries["list_membership"] == 1
    assert entries["gas_status"] == 0
    assert sources == ("qazaqstan-tv-147581",)
    after, entries, _ = told("2024-12")
    assert after["listed_then"] == "no"
    assert after["zone_claim"]
    assert entries["list_membership"] == 2
    now, _, _ = told("")
    assert "listed_then" not in now
    assert now["listed_2024"] == "no"


def test_what_came_later_says_so_when_it_is_looked_at_all_the_same() -> None:
    found = details("industrial_zones", "kulsary-iz", "en", 100, sieve_of(View(as_of="2013-12")))
    facts = {fact.column: fact for fact in found.facts}
    assert (facts[DATING].value, facts[DATING].sources) == (word(DATING, LATER, "en"), ())


def test_a_layer_without_dates_is_not_asked_for_anew_at_each_date() -> None:
    urls = {as_of: layer_url("", "deposits", view=View(as_of=as_of)) for as_of in ("", "2013-12", "2024-12")}
    assert len(set(urls.values())) == 1
    towns = {layer_url("", "towns", view=View(as_of=as_of)) for as_of in ("", "2013-12", "2024-12")}
    assert len(towns) == 3
    gas = ("gas", ("under_construction",))  # a deposit is filtered through towns, whose supply has dates
    through = {layer_url("", "deposits", view=View(facets=(gas,), as_of=as_of)) for as_of in ("2017-12", "2025-12")}
    assert len(through) == 2


def test_a_town_has_the_gas_supply_that_had_been_stated() -> None:
    towns = list(layer("towns").frame["id"])

    def stated(as_of: str) -> dict[str, set[str]]:
        found = codes("gas", "towns", 0, as_of=as_of)
        assert found is not None
        return {towns[row]: set(found[found.index == row]) for row in range(len(towns))}

    assert stated("2017-12")["kentau"] == {"-"}
    assert stated("2018-12")["kentau"] == {"under_construction"}
    expected = {row["status"] for row in rows("gas_status") if row["town_id"] == "temirtau"}
    assert stated("2026-11")["temirtau"] == expected == stated("")["temirtau"]


def test_the_filter_by_stage_reads_the_works_of_the_date() -> None:
    done = ("status", ("modernisation_status.done",))
    kept = {
        as_of: set(sieved("plants", sieve_of(View(facets=(done,), as_of=as_of))).frame["id"])
        for as_of in ("2023-12", "2024-12", "")
    }
    assert kept == {"2023-12": set(), "2024-12": {"zhezkazgan_chp"}, "": {"zhezkazgan_chp", "kentau_chp5"}}


def test_the_screen_names_the_date_and_takes_it_back() -> None:
    view = View(as_of="2013-12")
    assert active(view) == [{"what": "asof", "text": "As of December 2013"}]
    notice = next(one for one in emptied(view) if one["layers"] == ["gas_construction"])
    assert notice["what"] == "asof"
    notes = {row["id"]: row["note"] for group in groups(view) for row in group["rows"]}
    assert "6\u00a0undated" in notes["gas_operating"]
    assert "has no dates" in notes["deposits"]
    assert "not filtered" not in notes["deposits"]
    assert acting("deposits", view) == []


def test_the_country_tells_what_had_been_said() -> None:
    entries = {as_of: {one.id for one in national("en", as_of)["programme"]} for as_of in ("2013-12", "2024-12", "")}
    assert entries["2013-12"] < entries["2024-12"] < entries[""]
    assert "P105" in entries["2013-12"]  # 27 towns, said in 2013
    assert "P001" not in entries["2013-12"]


def test_the_slider_stops_at_each_year_and_at_the_months_of_which_the_data_know() -> None:
    offered = stops()
    assert list(offered) == sorted(set(offered))
    assert {f"{year}-12" for year in range(2012, 2026)} <= set(offered)
    assert (offered[0][:4], offered[-1]) == ("2012", "2026-11")
    assert {"2024-04", "2025-06", "2023-09"} <= set(offered)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_columns_of_a_dated_layer_are_called_alike(language: str) -> None:
    for layer_id in DATED:
        made = said(layer_id, "2020-12")
        assert len(table_of(made, language).columns) == len(made.spec.columns), layer_id
        assert set(made.frame.columns) == {*(column.name for column in made.spec.columns), "geometry"}


def test_a_date_in_a_filter_that_finds_nothing_is_not_an_error() -> None:
    view = replace(View(as_of="2012-01"), facets=(("gas", ("connected",)),))
    assert len(sieved("towns", sieve_of(view)).frame) == 0


def test_the_command_line_writes_what_held(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "towns.csv"
    assert main(["export", "towns", "--format", "csv", "--as-of", "2013-12", "--out", str(out)]) == 0
    with out.open(encoding="utf-8-sig", newline="") as file:
        assert sum(row["On the list of that date"] == "yes" for row in csv.DictReader(file)) == 27
    assert main(["export", "towns", "--format", "csv", "--as-of", "2013", "--out", str(out)]) == 1
    assert "write a month as YYYY-MM, from 2012-01 to 2026-11" in capsys.readouterr().err


def test_a_claim_stands_in_its_group_from_when_it_was_said() -> None:
    said_then = {row["id"] for row in rows("programme")} & {claim.id for claim in claims("2013-12")}
    assert said_then == ids("programme", "2013-12")
    count = {as_of: group("monotowns_count", as_of) for as_of in ("2013-12", "2024-12", "")}
    told = [[claim.id for claim in one.claims] for one in count.values()]
    assert told == [["P105"], ["P105", "P001"], ["P105", "P001"]]
    assert [one.state for one in count.values()] == ["one", "series", "series"]
    own = [beside(one, as_of) for as_of, one in count.items()]
    assert [found.own.amount if found else None for found in own] == [27, 20, 20]


@settings(max_examples=20)  # each month makes every claim anew
@given(months, months)
def test_a_later_date_has_all_claims_of_an_earlier_one(one: str, other: str) -> None:
    early, late = sorted([one, other])
    assert {claim.id for claim in claims(early)} <= {claim.id for claim in claims(late)}
    for found in claim_groups(early):
        beside(found, early)  # whatever is there or not, nothing raises


@settings(max_examples=30)
@given(months)
def test_no_instruction_is_carried_out_before_a_source_says_so(as_of: str) -> None:
    bears = {"done": {"done"}, "under_way": {"progress"}, "disputed": {"doubt"}}
    whole = {row["id"]: row["date"] if len(row["date"]) > 4 else f"{row['date']}-12" for row in rows("evidence")}
    evidence = [row for row in rows("evidence") if whole[row["id"]][:7] <= as_of]  # 2025 alone is over in December
    for one in instructions(as_of):
        told = {row["bearing"] for row in evidence if row["instruction_id"] == one.id}
        assert one.state not in bears or bears[one.state] & told, one.id


def test_what_stands_otherwise_must_be_a_column_that_the_table_tells() -> None:
    spec = layer("instructions").spec
    assert spec.dated is not None
    assert list(dating_faults(spec)) == []
    first, *rest = spec.dated.held
    wrong = replace(spec.dated, held=(replace(first, otherwise={"theme": "gas"}), *rest))
    (told,) = dating_faults(replace(spec, dated=wrong))
    assert "'theme', which is none of its columns" in told


def test_what_is_surely_said_is_a_part_of_what_may_have_been_said() -> None:
    every = layer("evidence").frame["id"]
    for as_of in ("2025-01", "2025-11", "2025-12"):
        sure, may = set(every[surely("evidence", as_of)]), ids("evidence", as_of)
        year = {row["id"] for row in rows("evidence") if row["date"] == "2025"}
        assert year <= may
        assert sure == (may if as_of == "2025-12" else may - year)
