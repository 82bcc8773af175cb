"""The ledger: every official figure or statement of the tables as a claim with speaker, source and date."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import pandas as pd

from layers.claims.units import comparable
from layers.columns import split
from layers.dated import DATING, said
from layers.errors import Problem, SchemaError
from layers.load import SOURCES, load
from layers.periods import Period, parse
from layers.relate import content_of_all
from layers.spec import Stamp

TABLES = ("programme", "noted_claims")
GROUPS = "claim_groups"
OWN = "atlas-compilation"  # the source of what the atlas calculated
BY_OFFICIAL = "pm_"  # indicators of what the Prime Minister said, as the statement of their row tells
PRIME_MINISTER = "P072"
SUBJECT_MARK = "."
INDICATOR = "indicator"


@dataclass(frozen=True)
class Claim:
    """One statement. ``group`` names what it is about; ``own`` says that the atlas calculated it.

    ``number`` is the amount in ``unit`` as published, or None for words; ``amount`` the same in ``measure``, the unit
    in which the group is compared. ``official`` is the row of the programme table that names who said it, where the
    facts tell; otherwise ``sources`` stand for the speaker. ``said`` is the earliest date of its sources
    (YYYY, YYYY-MM or YYYY-MM-DD), or empty where none has one, ``said_last`` the latest: of several it is not recorded
    which one says it first. ``dating`` is what its date says of the month that was asked for, if one was.
    """

    id: str
    table: str
    group: str
    thing: str
    theme: str
    subject_kind: str
    subject: str
    indicator: str
    reading: str
    value: str
    number: float | None
    unit: str
    amount: float | None
    measure: str
    period: str
    span: Period | None
    official: str
    sources: tuple[str, ...]
    said: str
    own: bool
    said_last: str = ""
    dating: str = ""


class Meaning(NamedTuple):
    """What an indicator measures, under which theme, and how it is to be compared."""

    thing: str
    theme: str
    reading: str


def claims(as_of: str = "") -> tuple[Claim, ...]:
    """Every claim in the order of its tables; with a month (YYYY-MM) those that had been made by then, or may have."""
    return _claims(as_of, content_of_all())


def meanings() -> dict[str, Meaning]:
    """What each indicator measures."""
    rows = load(GROUPS).frame
    return {row.indicator: Meaning(row.thing, row.theme, row.reading) for row in rows.itertuples()}


def faults() -> Iterator[Problem]:
    """Rows whose indicator measures nothing known, or whose number is not the one that the row gives as its value."""
    meant = meanings()
    for table in TABLES:
        for row in load(table).frame.to_dict("records"):
            if row[INDICATOR] not in meant:
                yield Problem(
                    table, INDICATOR, row["id"], row[INDICATOR], f"has no row in {GROUPS}: add what it measures"
                )
            if (written := _number(row["value"])) is not None and written != row["value_number"]:
                yield Problem(
                    table, "value_number", row["id"], f"{row['value_number']:g}", f"is not the value {written:g}"
                )


def _number(value: str) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None


@lru_cache(maxsize=16)
def _claims(as_of: str, _content: Stamp) -> tuple[Claim, ...]:
    meant = meanings()
    if unknown := [one for one in faults() if one.column == INDICATOR]:
        raise SchemaError(unknown)
    dates = dict(zip(load(SOURCES).frame["id"], load(SOURCES).frame["date"], strict=True))
    rows = ((table, row) for table in TABLES for _, row in _said(table, as_of).iterrows())
    return tuple(_claim(table, row, meant[row[INDICATOR]], dates) for table, row in rows)


def _said(table: str, as_of: str) -> pd.DataFrame:
    rows: pd.DataFrame = said(table, as_of).frame
    return rows


def _claim(table: str, row: pd.Series, meaning: Meaning, dates: dict[str, str]) -> Claim:
    subject = str(row["town_id"] or row["subject_region"])
    reading = str(row.get("reading", "")) or meaning.reading
    number = None if pd.isna(row["value_number"]) else float(row["value_number"])
    amount, measure = (None, "") if number is None else comparable(number, row["unit"], reading)
    ids = tuple(split(row["sources"]))
    own = row["basis"] == "derived"
    told = sorted(dates[one] for one in ids if dates[one])
    stated = PRIME_MINISTER if row["indicator"].startswith(BY_OFFICIAL) else ""
    return Claim(
        id=row["id"],
        table=table,
        group=f"{meaning.thing}{SUBJECT_MARK}{subject}" if subject else meaning.thing,
        thing=meaning.thing,
        theme=meaning.theme,
        subject_kind=row["subject_kind"],
        subject=subject,
        indicator=row["indicator"],
        reading=reading,
        value=row["value"],
        number=number,
        unit=row["unit"],
        amount=amount,
        measure=measure,
        period=row["period"],
        span=parse(row["period"]),
        official=str(row.get("official", "") or stated),
        sources=ids,
        said=told[0] if told else "",
        own=own,
        said_last=told[-1] if told else "",
        dating=str(row.get(DATING, "")),
    )
