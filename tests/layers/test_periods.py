"""Dates as sources write them: each text of the data is understood as a person reads it, or known to state none."""

from __future__ import annotations

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.periods import MONTHS, Bounds, meet, month_of, parse, said_between, written, year_of
from layers.spec import ROOT

WITHOUT_A_DATE = {"", "future"}  # all that may be written for a period without a date

months = st.integers(MONTHS * 1850, MONTHS * 2101 - 1)


@pytest.mark.parametrize(
    ("text", "first", "since", "last", "precision"),
    [
        ("2024", "2024-01", "2024-01", "2024-12", "year"),
        ("2024-04", "2024-04", "2024-04", "2024-04", "month"),
        ("2024-04-02", "2024-04", "2024-04", "2024-04", "day"),
        ("2023-2027", "2023-01", "2027-01", "2027-12", "year"),
        ("2012-2023", "2012-01", "2023-01", "2023-12", "year"),
        ("about 2004-2024", "2004-01", "2024-01", "2024-12", "year"),
        ("end of 2024", "2024-12", "2024-12", "2024-12", "year"),
        ("by 2024-04", "2024-04", "2024-04", "2024-04", "month"),
        ("announced 2024-04-02", "2024-04", "2024-04", "2024-04", "day"),
        ("2024-04 (two weeks)", "2024-04", "2024-04", "2024-04", "month"),
        ("2024-2025 (one year)", "2024-01", "2025-01", "2025-12", "year"),
        ("1999 to 2012-2024", "1999-01", "2024-01", "2024-12", "year"),
    ],
)
def test_a_text_is_read_as_a_person_reads_it(text: str, first: str, since: str, last: str, precision: str) -> None:
    found = parse(text)
    assert found is not None
    assert (written(found.first), written(found.since), written(found.last)) == (first, since, last)
    assert found.precision == precision
    assert found.known == (month_of(since), month_of(last))


@pytest.mark.parametrize(
    "text",
    ["", "future", "derived", "2024-13", "2024-00", "2024-02-30", "2027-2023", "9999", "1066", "by", "of 2024", "٢٠٢٤"],
)
def test_what_states_no_date_has_none(text: str) -> None:
    assert parse(text) is None


def test_every_period_of_the_data_is_understood_or_known_to_state_no_date() -> None:
    periods = set()
    for name in ("programme.csv", "noted_claims.csv"):
        with (ROOT / "data" / name).open(encoding="utf-8", newline="") as file:
            periods |= {row["period"] for row in csv.DictReader(file)}
    assert {text for text in periods if parse(text) is None} == WITHOUT_A_DATE


def test_every_date_of_a_source_and_of_a_repair_is_understood() -> None:
    for name, column in (("sources", "date"), ("heat_repairs", "said")):
        with (ROOT / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            dates = {row[column] for row in csv.DictReader(file)}
        assert {text for text in dates if parse(text) is None} <= {""}


def test_sources_say_something_between_the_first_and_the_last_of_them() -> None:
    assert said_between(["2025", "", "2024-04-02"]) == Bounds(month_of("2024-04"), month_of("2025-12"))
    assert said_between(["", "no date"]) is None


@given(months)
def test_a_month_is_written_and_read_back(month: int) -> None:
    assert month_of(written(month)) == month
    found = parse(written(month))
    assert found is not None
    assert (found.first, found.last) == (month, month)


@given(st.integers(1850, 2100), st.integers(1850, 2100))
def test_a_span_covers_both_of_its_years(one: int, other: int) -> None:
    found = parse(f"{one}-{other}")
    if one > other:
        assert found is None
    else:
        assert found is not None
        assert (found.first, found.last, found.known) == (year_of(one).first, year_of(other).last, year_of(other).known)


@given(st.text(max_size=30) | st.text("0123456789- ()", max_size=30))
def test_no_text_can_raise(text: str) -> None:
    found = parse(text)
    assert found is None or found.first <= found.since <= found.last


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("2024", "2024-04", True),
        ("2012-2024", "2024-04", True),
        ("2012-2023", "2024-01", False),
        ("2023-09", "2024-04", False),
        ("end of 2024", "2024-04", False),
        ("2024-04-02", "2024-04", True),
    ],
)
def test_periods_meet_where_they_share_a_month(one: str, other: str, expected: bool) -> None:
    first, second = parse(one), parse(other)
    assert first
    assert second
    assert meet(first, second) == meet(second, first) == expected
