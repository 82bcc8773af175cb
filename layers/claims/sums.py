"""What our own rows add up to beside an official figure, and why the two may differ."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd

from layers.claims.groups import Group
from layers.claims.ledger import Claim, claims
from layers.columns import split
from layers.dated import at, said

LISTED, LISTED_THEN, MEMBER = "listed_2024", "listed_then", "member"


@dataclass(frozen=True)
class OwnSum:
    """An amount in the measure of its group, from ``rows`` rows of the layer ``layer``.

    ``why`` names the sentence that says why it may differ; ``years`` are those of the summed values, where they have
    any.
    """

    amount: float
    measure: str
    layer: str
    rows: int
    why: str
    years: tuple[int, int] | None = None


@dataclass(frozen=True)
class Beside:
    """A sum of our own beside a group, and how far it lies from the group's lowest and highest claim."""

    own: OwnSum
    from_low: float
    from_high: float


def beside(group: Group, as_of: str = "") -> Beside | None:
    """The sum of our own rows for a group, as they were at a date (YYYY-MM) where one is given; None without such rows.

    ``group`` is then the group of that date.
    """
    make = SUMS.get(group.id)
    own = make(as_of) if make else None
    if own is None or not own.rows:
        return None
    amounts = [claim.amount for claim in group.claims if claim.measure == own.measure and claim.amount is not None]
    if not amounts:
        return None
    return Beside(own, own.amount - min(amounts), own.amount - max(amounts))


def _people(every: pd.DataFrame) -> OwnSum:
    towns = every[every["population"].notna()]
    years = towns["population_year"].dropna()
    span = (int(years.min()), int(years.max())) if len(years) else None
    return OwnSum(float(towns["population"].sum()), "people", "towns", len(towns), "population", span)


def _listed(as_of: str) -> pd.DataFrame:
    towns: pd.DataFrame = at("towns", as_of).frame
    kept: pd.DataFrame = towns[towns[LISTED_THEN if as_of else LISTED] == "yes"]
    return kept


def _region_people(as_of: str) -> OwnSum:
    towns = _listed(as_of)
    return _people(towns[towns["region"] == "karaganda"])


def _members(as_of: str) -> OwnSum:
    rows = said("list_membership", as_of).frame
    newest = rows[(rows["list_year"] == rows["list_year"].max()) & (rows[MEMBER] == "yes")]
    return OwnSum(float(len(newest)), "towns", "list_membership", len(newest), "membership")


def _enterprises(as_of: str) -> OwnSum:
    named = [name for cell in _listed(as_of)["enterprises"] for name in split(cell)]
    return OwnSum(float(len(named)), "enterprises", "towns", len(_listed(as_of)), "enterprises")


def _without_gas(as_of: str) -> OwnSum:
    """Listed towns whose leading claim on gas is not a connection."""
    rows = said("gas_status", as_of).frame
    first = rows[(rows["claim"] == 1) & rows["town_id"].isin(_listed(as_of)["id"])]
    lacking = first[~first["status"].isin(["connected"])]
    return OwnSum(float(len(lacking)), "towns", "gas_status", len(first), "gas")


def _prospecting(as_of: str) -> OwnSum:
    rows = said("prospecting_areas", as_of).frame
    told = rows[rows["sources"].map(lambda cell: "primeminister-2024-04-02" in split(cell))]
    return OwnSum(float(len(told)), "areas", "prospecting_areas", len(told), "prospecting")


def _rows_of(indicator: str, unit: str) -> Callable[[str], OwnSum]:
    """Towns that have a row of this indicator."""

    def count(as_of: str) -> OwnSum:
        towns = {claim.subject for claim in claims(as_of) if claim.indicator == indicator}
        return OwnSum(float(len(towns)), unit, "programme", len(towns), "rows")

    return count


def _parts(measure: str, subject: str, *indicators: str) -> Callable[[str], OwnSum]:
    """The sum of claims that are parts of the figure."""

    def add(as_of: str) -> OwnSum:
        parts: list[Claim] = [one for one in claims(as_of) if one.indicator in indicators and one.subject == subject]
        total = sum(one.amount or 0.0 for one in parts)
        return OwnSum(round(total, 6), measure, "noted_claims", len(parts), "parts")

    return add


SUMS: Mapping[str, Callable[[str], OwnSum]] = {
    "monotowns_population": lambda as_of: _people(_listed(as_of)),
    "monotowns_population.karaganda": _region_people,
    "monotowns_count": _members,
    "town_forming_enterprises": _enterprises,
    "comprehensive_plans_approved": _rows_of("comprehensive_plan_approved", "towns"),
    "gasification_towns": _without_gas,
    "prospecting_areas": _prospecting,
    "prospecting_towns": _rows_of("prospecting_area_nearby", "towns"),
    "industrial_zones_instructed": _rows_of("industrial_zone_instructed", "towns"),
    "boiler_turbine_towns": _rows_of("boiler_turbine_repair_planned", "towns"),
    "anchor_projects": _parts(
        "projects", "", "anchor_projects_operating", "anchor_projects_under_way", "anchor_projects_idle"
    ),
    "comprehensive_plan_cost.balkhash": _parts(
        "bn_kzt",
        "balkhash",
        "comprehensive_plan_republican_budget",
        "comprehensive_plan_local_budget",
        "comprehensive_plan_other_funds",
    ),
}
