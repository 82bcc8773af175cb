"""Sums of our own rows beside official figures, against a plain recomputation from the files."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from layers.claims.chart import rows_of
from layers.claims.groups import group, group_of, groups
from layers.claims.sums import SUMS, beside, tells_more
from layers.claims.told import beside_of, lacking_of, why_of
from layers.spec import LANGUAGES, ROOT
from layers.text import say
from layers.view import View
from views import figures, panel


def rows(name: str) -> pd.DataFrame:
    """A table as it stands in the file."""
    return pd.read_csv(ROOT / "data" / name, dtype=str, keep_default_na=False)


def towns() -> pd.DataFrame:
    """The towns of the list of 2024."""
    every = rows("towns.csv")
    return every[every["listed_2024"] == "yes"]


def indicator_rows(name: str) -> int:
    """Rows of the programme table of an indicator, one for each town."""
    return int(rows("programme.csv").query(f"indicator == '{name}'")["town_id"].nunique())


def expected() -> dict[str, float]:
    """Each sum computed anew."""
    listed, membership, gas = towns(), rows("list_membership.csv"), rows("gas_status.csv")
    first = gas[(gas["claim"] == "1") & gas["town_id"].isin(listed["id"])]
    areas = rows("prospecting_areas.csv")
    return {
        "monotowns_population": float(listed["population"].astype(int).sum()),
        "monotowns_population.karaganda": float(
            listed[listed["region"] == "karaganda"]["population"].astype(int).sum()
        ),
        "monotowns_count": float(((membership["list_year"] == "2024") & (membership["member"] == "yes")).sum()),
        "town_forming_enterprises": float(listed["enterprises"].str.count(";").sum() + len(listed)),
        "comprehensive_plans_approved": indicator_rows("comprehensive_plan_approved"),
        "gasification_towns": float((first["status"] != "connected").sum()),
        "prospecting_areas": float(areas["id"].str.startswith("state-prospecting-").sum()),
        "prospecting_towns": indicator_rows("prospecting_area_nearby"),
        "industrial_zones_instructed": indicator_rows("industrial_zone_instructed"),
        "boiler_turbine_towns": indicator_rows("boiler_turbine_repair_planned"),
        "anchor_projects": 29 + 9 + 3,
        "comprehensive_plan_cost.balkhash": 242.8,
    }


@pytest.mark.parametrize("name", SUMS)
def test_a_sum_is_that_of_the_rows_in_the_file(name: str) -> None:
    found = beside(group(name))
    assert found
    assert found.own.amount == pytest.approx(expected()[name])
    assert found.own.missing == 0


def test_the_published_sum_of_the_twenty_towns_is_met() -> None:
    found = beside(group("monotowns_population"))
    assert found
    assert (found.own.amount, found.own.rows, found.own.years) == (1_172_347, 20, (2012, 2025))
    assert beside_of(found, "en").startswith("1,172,347 people; −127,653 people against the lowest")


# By hand from the files: amount, rows with a figure, rows without, difference from the lowest and the highest claim
# about the same time. Populations are those of the newest census or estimate of the town proper known by then.
COUNTED = [
    (
        "monotowns_population",
        "2013-06",
        1_201_373,
        23,
        4,
        None,
        None,
    ),  # not Karatau, Zhezkazgan, Karazhal, Zhanaozen
    ("monotowns_count", "2013-06", 27, 27, 0, 0, 0),
    ("monotowns_population", "2024-04", 1_172_464, 20, 0, -127_536, -227_536),  # Karazhal of 2023: 117 more than later
    ("monotowns_count", "2024-04", 20, 20, 0, 0, 0),  # the 27 are those of 2012 to 2023
    ("gasification_towns", "2024-04", 1, 4, 16, None, None),  # Kentau under construction, three connected
    ("anchor_projects", "2024-04", 29 + 9 + 3, 3, 0, 0, 0),  # the 14 were counted in September 2023
    ("monotowns_population", "", 1_172_347, 20, 0, -127_653, -327_653),  # 1.53 million are those of 2013
    ("gasification_towns", "", 13, 20, 0, 2, 2),
    ("comprehensive_plans_approved", "", 6, 6, 0, 0, -4),  # both counts are of plans for 2023 to 2027
]


@pytest.mark.parametrize(("name", "as_of", "amount", "with_figure", "without", "low", "high"), COUNTED)
def test_sums_at_a_date_are_those_counted_by_hand(
    name: str, as_of: str, amount: float, with_figure: int, without: int, low: float | None, high: float | None
) -> None:
    found = beside(group(name, as_of), as_of)
    assert found
    assert (found.own.amount, found.own.rows, found.own.missing) == (amount, with_figure, without)
    assert (found.from_low, found.from_high) == (low, high)


def test_a_sum_is_compared_with_claims_about_its_time_only() -> None:
    projects = group("anchor_projects")
    early = [one for one in projects.claims if one.period == "2023-09"]
    assert early
    found = beside(replace(projects, claims=tuple(early)))
    assert found
    assert (found.from_low, found.from_high) == (None, None)
    assert beside_of(found, "en") == "41 projects; nothing official of the same time to compare with"
    undated = replace(projects, claims=tuple(replace(one, period="", span=None) for one in early))
    assert (told := beside(undated))
    assert told.from_low is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_part_of_a_sum_says_how_much_is_missing_on_the_chart_too(language: str) -> None:
    as_of = "2013-06"
    found = group("monotowns_population", as_of)
    own = beside(found, as_of)
    assert own
    assert {"4", "27"} <= set(re.findall(r"\d+", lacking_of(own.own, language)))
    assert lacking_of(own.own, language) in beside_of(own, language)
    assert "328" not in beside_of(own, language)  # no difference is given
    two = group("gasification_towns", "2024-04")
    gas = beside(two, "2024-04")
    assert gas
    label, told = rows_of(two, language, gas).iloc[-1][["label", "told"]]
    assert lacking_of(gas.own, language) in label
    assert lacking_of(gas.own, language) in told


@pytest.mark.parametrize(("as_of", "amount"), [("2024-04", 1_172_464), ("", 1_172_347)])
def test_a_chart_draws_the_sum_of_the_date(as_of: str, amount: int, monkeypatch: pytest.MonkeyPatch) -> None:
    charts: list[Any] = []
    monkeypatch.setattr(figures.st, "altair_chart", lambda made, **_: charts.append(made))
    figures.drawn(group("monotowns_population", as_of), View(as_of=as_of))
    (made,) = charts
    drawn = [row for rows in made.to_dict()["datasets"].values() for row in rows if "kind" in row]
    assert [row["amount"] for row in drawn if row["kind"] == say("en", "claims_kind_summed")] == [amount]


@pytest.mark.parametrize("key", ["P004", "P030", "P131"])
def test_a_figure_that_stands_alone_links_to_the_sum_beside_it(key: str) -> None:
    found = group_of(key)
    assert found
    assert len(found.claims) == 1
    assert tells_more(found)
    way = panel.beside("programme", key, View(language="en"))
    assert way
    assert f"claim={found.id}" in way["href"]
    assert figures.line(found, View(language="en"), {})["way"] == way


def test_a_figure_beside_which_nothing_stands_has_no_link() -> None:
    alone = [one for one in groups() if not tells_more(one)]
    assert alone
    for one in alone:
        assert panel.beside(one.claims[0].table, one.claims[0].id, View()) is None


def test_what_has_no_rows_has_no_sum() -> None:
    assert beside(group("industrial_output")) is None
    assert {one.id for one in groups()} >= set(SUMS)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SUMS)
def test_every_sum_says_from_which_rows_it_is_and_why_it_may_differ(name: str, language: str) -> None:
    found = beside(group(name))
    assert found
    assert beside_of(found, language)
    assert str(found.own.rows) in why_of(found, language)
