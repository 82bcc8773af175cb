"""The towns of a site: those it is or names, else the nearest one, with people and gas supply as sources state them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from layers.columns import split
from layers.dated import at, said
from layers.linked import TOWNS
from layers.names import names_by_id
from layers.nearby import root
from layers.relate import layer
from layers.site.model import ITSELF, NAMED, NEAREST, GasClaim, Headcount, SiteTown
from layers.site.surrounding import apart, nearest
from layers.spec import layer_spec
from layers.spread import rivals
from layers.text import pick
from layers.vantage import Vantage
from layers.view import GROUNDS, Selection
from layers.vocabulary import word


def towns_of_site(
    selected: Selection, here: Vantage | None, language: str, radius_km: int, as_of: str = ""
) -> Iterator[SiteTown]:
    """The towns of a site, with what had been said by the month ``as_of``; none where there is no way to one."""
    named = [] if selected.layer in GROUNDS else _named(selected)
    if selected.layer not in GROUNDS and root(layer_spec(selected.layer)).id == TOWNS:
        yield _town(selected.id, ITSELF, None, language, radius_km, as_of)
    elif named:
        for key in named:
            yield _town(key, NAMED, here, language, radius_km, as_of)
    elif here is not None and (found := nearest(here, TOWNS, language, radius_km)):
        yield _town(found.id, NEAREST, here, language, radius_km, as_of)


def _named(selected: Selection) -> list[str]:
    """Towns that the site's own row names, each once."""
    made = layer(selected.layer)
    row = made.row(selected.id)
    columns = [one.name for one in made.spec.columns if one.type in ("ref", "refs") and one.ref == TOWNS]
    return [] if row is None else list(dict.fromkeys(key for name in columns for key in split(row[name])))


def _town(key: str, how: str, here: Vantage | None, language: str, radius_km: int, as_of: str) -> SiteTown:
    made = at(TOWNS, as_of)
    row = made.row(key)
    assert row is not None  # references are checked when a layer is read
    others = rivals(made, "population").get(key, {})
    return SiteTown(
        id=key,
        name=pick(names_by_id(TOWNS).get(key, {}), language) or key,
        how=how,
        near=apart(here, TOWNS, key, language, radius_km) if here is not None else None,
        people=_whole(row["population"]),
        year=_whole(row["population_year"]),
        series=tuple(_series(key, language, as_of)),
        gas=tuple(_gas(key, language, as_of)),
        sources=tuple(
            dict.fromkeys((*split(row["population_sources"]), *(one for ids in others.values() for one in ids)))
        ),
        rivals=tuple(map(int, others)),
    )


def _series(town: str, language: str, as_of: str) -> Iterator[Headcount]:
    """The newest figures of each territory; all of that year, for sources may differ."""
    rows = said("population", as_of).frame
    rows = rows[rows["town_id"] == town]
    for scope, part in rows.groupby("scope", sort=True):
        for row in part[part["year"] == part["year"].max()].to_dict("records"):
            kind = word("population_kind", str(row["kind"]), language)
            told = word("population_scope", str(scope), language)
            sources = tuple(split(row["sources"]))
            yield Headcount(int(row["population"]), int(row["year"]), told, str(scope), kind, sources)


def _gas(town: str, language: str, as_of: str) -> Iterator[GasClaim]:
    rows = said("gas_status", as_of).frame
    for row in rows[rows["town_id"] == town].sort_values("claim").to_dict("records"):
        status = str(row["status"])
        yield GasClaim(
            rank=int(row["claim"]),
            status=word("gas_status", status, language),
            status_code=status,
            year=_whole(row["year"]),
            confirmed=row["confirmed"] == "yes",
            sources=tuple(split(row["sources"])),
        )


def _whole(value: Any) -> int | None:
    return None if value is None or pd.isna(value) else int(float(str(value)))
