"""What our own rows add up to beside an official figure, and why the two may differ."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from layers.claims.groups import Group
from layers.claims.ledger import Claim, claims
from layers.columns import split
from layers.dated import Mask, at, data_month, said
from layers.load import SOURCES, load
from layers.periods import Period, meet, month_of, parse
from layers.schema import Layer
from layers.spread import ends

MEMBERSHIP, SESSION = "list_membership", "primeminister-2024-04-02"
LISTED, LISTED_THEN, MEMBER = "listed_2024", "listed_then", "member"


@dataclass(frozen=True)
class OwnSum:
    """An amount in the measure of its group, from ``rows`` rows of the layer ``layer``.

    ``why`` names the sentence that says why it may differ. ``span`` is the time of which the sum speaks, in months:
    that of the list whose towns it counts, or of the claims that it adds up; None where it is not known. ``missing``
    counts the rows that belong to the sum and have no figure, so that it is a part only. ``years`` are those of the
    summed values, where they have any. Of ``apart`` rows sources give several figures of one year: ``amount`` adds the
    least of them, ``most`` the greatest.
    """

    amount: float
    measure: str
    layer: str
    rows: int
    why: str
    span: Period | None
    missing: int = 0
    years: tuple[int, int] | None = None
    most: float | None = None
    apart: int = 0


@dataclass(frozen=True)
class Beside:
    """A sum of our own beside a group, and how far it lies from the lowest and the highest claim about the same time.

    Both are None where no claim speaks of that time, and where rows are missing: a part of a sum differs from nothing.
    """

    own: OwnSum
    from_low: float | None = None
    from_high: float | None = None


def beside(group: Group, as_of: str = "") -> Beside | None:
    """The sum of our own rows for a group, as they were at a date (YYYY-MM) where one is given; None without such rows.

    ``group`` is then the group of that date.
    """
    make = SUMS.get(group.id)
    own = make(as_of) if make else None
    if own is None or not own.rows:
        return None
    told = [claim for claim in group.claims if claim.measure == own.measure and claim.amount is not None]
    if not told:
        return None
    amounts = [claim.amount for claim in told if claim.amount is not None and _same_time(claim, own)]
    if own.missing or not amounts:
        return Beside(own)
    return Beside(own, own.amount - min(amounts), own.amount - max(amounts))


def tells_more(group: Group, as_of: str = "") -> bool:
    """Whether a group shows more than one claim: others, or the sum of our own rows; only then a figure links to it."""
    return len(group.claims) > 1 or beside(group, as_of) is not None


def _same_time(claim: Claim, own: OwnSum) -> bool:
    """Whether a claim surely speaks of the time of a sum; one without a period is not compared with it."""
    return claim.span is not None and own.span is not None and meet(claim.span, own.span)


def _together(parts: Iterable[Claim]) -> Period | None:
    """The time over which claims speak, from the first to the last of their months; None where one states none."""
    spans = [one.span for one in parts]
    known = [span for span in spans if span]
    if not known or len(known) < len(spans):
        return None
    last = max(known, key=lambda span: span.last)
    return last._replace(first=min(span.first for span in known))


def _time_of_list(as_of: str) -> Period | None:
    """The time of the list of that date: from when it is told of until the next one, or the date of the data."""
    told = (parse(moment) for moment in set(load(MEMBERSHIP).frame["told"]))
    lists = sorted((one for one in told if one), key=lambda one: one.first)
    month = month_of(as_of) if as_of else data_month()
    begun = [one for one in lists if one.first <= month]
    if not begun:
        return None
    later = [one.first - 1 for one in lists if one.first > begun[-1].first]
    return begun[-1]._replace(last=min(later, default=data_month()))


def _people(made: Layer, rows: Mask, as_of: str) -> OwnSum:
    every = made.frame[rows]
    towns = every[every["population"].notna()]
    low, high = (one[towns.index] for one in ends(made, "population"))
    years = towns["population_year"].dropna()
    lacking = len(every) - len(towns)
    return OwnSum(
        amount=float(low.sum()),
        measure="people",
        layer="towns",
        rows=len(towns),
        why="population",
        span=_time_of_list(as_of),
        missing=lacking,
        years=(int(years.min()), int(years.max())) if len(years) else None,
        most=float(high.sum()),
        apart=int((low < high).sum()),
    )


def _listed(as_of: str) -> tuple[Layer, Mask]:
    """The towns, and which of them are on the list."""
    towns = at("towns", as_of)
    return towns, (towns.frame[LISTED_THEN if as_of else LISTED] == "yes").to_numpy(dtype=bool)


def _listed_people(as_of: str) -> OwnSum:
    return _people(*_listed(as_of), as_of)


def _region_people(as_of: str) -> OwnSum:
    towns, listed = _listed(as_of)
    return _people(towns, listed & (towns.frame["region"] == "karaganda").to_numpy(), as_of)


def _members(as_of: str) -> OwnSum:
    rows = said(MEMBERSHIP, as_of).frame
    newest = rows[(rows["list_year"] == rows["list_year"].max()) & (rows[MEMBER] == "yes")]
    return OwnSum(float(len(newest)), "towns", MEMBERSHIP, len(newest), "membership", _time_of_list(as_of))


def _enterprises(as_of: str) -> OwnSum:
    towns, listed = _listed(as_of)
    named = [split(cell) for cell in towns.frame.loc[listed, "enterprises"]]
    count, naming = sum(map(len, named)), sum(map(bool, named))
    span = _time_of_list(as_of)
    return OwnSum(float(count), "enterprises", "towns", naming, "enterprises", span, len(named) - naming)


def _without_gas(as_of: str) -> OwnSum:
    """Listed towns whose leading claim on gas is not a connection; one without such a claim is missing."""
    every, listed = _listed(as_of)
    rows, towns = said("gas_status", as_of).frame, every.frame.loc[listed, every.spec.key]
    first = rows[(rows["claim"] == 1) & rows["town_id"].isin(towns)]
    lacking = first[~first["status"].isin(["connected"])]
    missing = len(towns) - first["town_id"].nunique()
    return OwnSum(float(len(lacking)), "towns", "gas_status", len(first), "gas", _time_of_list(as_of), missing)


def _prospecting(as_of: str) -> OwnSum:
    rows = said("prospecting_areas", as_of).frame
    told = rows[rows["sources"].map(lambda cell: SESSION in split(cell))]
    spoken = load(SOURCES).row(SESSION)
    span = parse(str(spoken["date"])) if spoken is not None else None
    return OwnSum(float(len(told)), "areas", "prospecting_areas", len(told), "prospecting", span)


def _rows_of(indicator: str, unit: str) -> Callable[[str], OwnSum]:
    """Towns that have a row of this indicator."""

    def count(as_of: str) -> OwnSum:
        told = [claim for claim in claims(as_of) if claim.indicator == indicator]
        towns = {claim.subject for claim in told}
        return OwnSum(float(len(towns)), unit, "programme", len(towns), "rows", _together(told))

    return count


def _parts(measure: str, subject: str, *indicators: str) -> Callable[[str], OwnSum]:
    """The sum of claims that are parts of the figure."""

    def add(as_of: str) -> OwnSum:
        named = [one for one in claims(as_of) if one.indicator in indicators and one.subject == subject]
        parts = [one for one in named if one.amount is not None and one.measure == measure]
        total = sum(one.amount for one in parts if one.amount is not None)
        missing = len({*indicators} - {one.indicator for one in parts})
        return OwnSum(round(total, 6), measure, "noted_claims", len(parts), "parts", _together(parts), missing)

    return add


SUMS: Mapping[str, Callable[[str], OwnSum]] = {
    "monotowns_population": _listed_people,
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
