"""Of two counts of one year none is picked: both are said, sums and scores take their range, a date shows neither."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from layers.claims.groups import groups
from layers.claims.sums import Beside, beside
from layers.claims.told import why_of
from layers.dated import at
from layers.details import details
from layers.relate import layer
from layers.screening.choice import Screening
from layers.screening.desk import screened
from layers.site.compare import comparison
from layers.spec import LANGUAGES
from layers.spread import ends, rivals
from layers.text import number
from layers.view import Selection

TWICE = {"zhezkazgan": (89_079, 89_092), "serebryansk": (8_276, 8_791)}


def counted(as_of_year: int) -> pd.DataFrame:
    """The newest counts of each town proper up to a year, from the table alone: one row a town where they agree."""
    rows = layer("population").frame.query("scope == 'town' and year <= @as_of_year")
    newest = rows[rows["year"] == rows.groupby("town_id")["year"].transform("max")]
    return newest.groupby("town_id")["population"].agg(["min", "max"])


def test_the_towns_with_two_counts_of_the_year_of_their_figure_are_found() -> None:
    found = rivals(layer("towns"), "population")
    assert {town: (*values,) for town, values in found.items()} == {
        town: (other,) for town, (_, other) in TWICE.items()
    }
    assert found["serebryansk"] == {8791.0: ("altainews-9663",)}
    low, high = (one.set_axis(layer("towns").frame["id"]) for one in ends(layer("towns"), "population"))
    for town, counts in TWICE.items():
        assert (low[town], high[town]) == counts
    assert (low.drop([*TWICE]) == high.drop([*TWICE])).all()


def test_a_column_of_which_no_table_tells_has_no_rivals() -> None:
    assert rivals(layer("towns"), "region") == {}
    assert rivals(layer("towns"), "accuracy_km") == {}
    assert rivals(layer("plants"), "id") == {}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("town", TWICE)
def test_the_panel_says_both(town: str, language: str) -> None:
    (fact,) = [one for one in details("towns", town, language, 100).facts if one.column == "population"]
    assert all(number(count, language) in fact.value for count in TWICE[town])
    rows = layer("population").frame.query("town_id == @town and scope == 'town' and population in @TWICE[@town]")
    assert set(fact.sources) == set(rows["sources"])


def test_a_comparison_says_both_and_takes_their_range() -> None:
    found = comparison((Selection("towns", "zhezkazgan"), Selection("towns", "ridder")), "en", 100)
    (row,) = [row for row in found.rows if row.key == "population"]
    assert (row.cells[0].low, row.cells[0].high, row.cells[0].value) == (89_079, 89_092, None)
    assert "89,079" in row.cells[0].words
    assert "89,092" in row.cells[0].words
    assert row.cells[1].low == row.cells[1].high


@pytest.mark.parametrize("town", TWICE)
def test_a_screening_takes_the_range(town: str) -> None:
    found = screened(Screening(profile="gas_ready"), False)
    raw = found.raw[[part.criterion for part in found.parts_of].index("people")]
    at_row = found.ids.index(town)
    assert (raw.low[at_row], raw.high[at_row]) == TWICE[town]


@pytest.mark.parametrize(
    ("month", "year"), [("2020-12", 2020), ("2021-12", 2021), ("2023-12", 2023), ("2024-12", 2024)]
)
def test_at_a_date_none_of_two_differing_counts_stands(month: str, year: int) -> None:
    newest = counted(year)
    frame = at("towns", month).frame.set_index("id")
    for town in frame.index:
        told = frame["population"][town]
        if town not in newest.index or newest["min"][town] != newest["max"][town]:
            assert pd.isna(told), town
        else:
            assert told == newest["min"][town], town


def test_the_sum_of_a_date_lacks_them_and_says_so() -> None:
    (group,) = [one for one in groups("2023-12") if one.id == "monotowns_population"]
    found = beside(group, "2023-12")
    assert found is not None
    newest = counted(2023)
    listed = at("towns", "2023-12").frame.query("listed_then == 'yes'")["id"]
    agreed = newest[(newest["min"] == newest["max"]) & newest.index.isin(listed)]
    assert found.own.amount == agreed["min"].sum() == 1_042_628
    assert found.own.missing == len(listed) - len(agreed) == 4


def test_the_sum_of_today_has_no_such_town() -> None:
    listed = layer("towns").frame.query("listed_2024 == 'yes'")
    assert not set(listed["id"]) & set(TWICE)
    found = sum_of_today()
    assert found.own.amount == found.own.most == listed["population"].sum()
    assert found.own.apart == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sum_of_figures_that_differ_says_what_it_is_with_the_greatest(language: str) -> None:
    found = sum_of_today()
    apart = replace(found, own=replace(found.own, most=found.own.amount + 515, apart=1))
    assert number(int(found.own.amount + 515), language) in why_of(apart, language)
    assert number(int(found.own.amount), language) not in why_of(found, language)


def sum_of_today() -> Beside:
    """The sum of the people of the listed towns."""
    (group,) = [one for one in groups() if one.id == "monotowns_population"]
    found = beside(group)
    assert found is not None
    return found
