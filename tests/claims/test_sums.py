"""Sums of our own rows beside official figures, against a plain recomputation from the files."""

from __future__ import annotations

import pandas as pd
import pytest

from layers.claims.groups import group, groups
from layers.claims.sums import SUMS, beside
from layers.claims.told import beside_of, why_of
from layers.spec import LANGUAGES, ROOT


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
    amounts = [one.amount for one in group(name).claims if one.amount is not None and one.measure == found.own.measure]
    assert found.from_low == pytest.approx(found.own.amount - min(amounts))
    assert found.from_high == pytest.approx(found.own.amount - max(amounts))


def test_the_published_sum_of_the_twenty_towns_is_met() -> None:
    found = beside(group("monotowns_population"))
    assert found
    assert (found.own.amount, found.own.rows, found.own.years) == (1_172_347, 20, (2012, 2025))
    assert beside_of(found, "en").startswith("1,172,347 people; −127,653 people against the lowest")


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
