"""What blocks cost in monthly calculation indices: the two tables as the laws have them, worked by hand."""

from __future__ import annotations

import csv
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.errors import AtlasError
from layers.licence_fees import FEE, SPEND, fee, fee_total, rates, spend, spend_total
from layers.load import load
from layers.spec import ROOT, catalogue, layer_spec

BLOCKS = st.integers(1, 500)


@pytest.mark.parametrize(
    ("blocks", "early", "late"),
    [
        (1, 1200, 1200),
        (2, 1800, 2300),
        (5, 1800, 2300),
        (6, 2300, 3500),
        (10, 2300, 3500),
        (11, 2420, 3680),
        (18, 3260, 4940),  # the example of the notes on the law
        (200, 2300 + 190 * 120, 3500 + 190 * 180),
    ],
)
def test_spending_by_blocks_and_year(blocks: int, early: int, late: int) -> None:
    assert [spend(blocks, year) for year in range(1, 7)] == [early] * 3 + [late] * 3
    assert spend_total(blocks, 6) == 3 * (early + late)
    assert spend_total(blocks, 4) == 3 * early + late


@pytest.mark.parametrize(
    ("month", "rate"), [(1, 15), (36, 15), (37, 23), (60, 23), (61, 32), (84, 32), (85, 60), (600, 60)]
)
def test_fee_by_month(month: int, rate: int) -> None:
    assert fee(1, month) == rate
    assert fee(18, month) == 18 * rate


def test_fee_over_months_by_hand() -> None:
    assert fee_total(1, 12) == 15
    assert fee_total(1, 36) == 45
    assert fee_total(2, 72) == 2 * (3 * 15 + 2 * 23 + 32)
    assert fee_total(1, 1) == 1.25


@settings(deadline=None)
@given(blocks=BLOCKS, months=st.integers(1, 120))
def test_the_fee_of_many_blocks_is_that_of_each(blocks: int, months: int) -> None:
    assert fee_total(blocks, months) == pytest.approx(blocks * fee_total(1, months))


@settings(deadline=None)
@given(blocks=BLOCKS, year=st.integers(1, 6))
def test_more_blocks_never_ask_for_less(blocks: int, year: int) -> None:
    assert spend(blocks, year) <= spend(blocks + 1, year)
    assert spend(blocks, min(year, 5)) <= spend(blocks, min(year, 5) + 1)


@pytest.mark.parametrize("wrong", [0, -1, 1.5, True, "2", None, float("nan"), 10**9])
def test_what_is_no_number_is_refused(wrong: Any) -> None:
    for ask in (spend, fee, spend_total, fee_total):
        with pytest.raises(AtlasError, match="whole number from 1"):
            ask(wrong, 1)
        with pytest.raises(AtlasError, match="whole number from 1"):
            ask(1, wrong)


def test_no_rate_is_made_up_for_the_seventh_year() -> None:
    for ask in (spend, spend_total):
        with pytest.raises(AtlasError, match="year of the licence is 7; the law read gives rates up to 6"):
            ask(3, 7)


def test_each_rate_names_law_article_state_and_source() -> None:
    with (ROOT / "data" / "licence_rates.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(rates(SPEND)) + len(rates(FEE)) == 12
    told = {(row["payment"], row["article"], row["sources"], row["state_of"]) for row in rows}
    assert told == {
        ("spend", "192(2)", "subsoil-code-2017", "2025-12-31"),
        ("fee", "563", "tax-code-2017", "2025-12-31"),
    }
    assert all("No. 1" in row["law"] for row in rows)


def test_no_value_of_the_index_is_stored_and_every_language_says_what_is_not_known() -> None:
    assert not [column for column in layer_spec("licence_rates").columns if "kzt" in column.unit]
    assert "kzt" not in {name.casefold() for name in load("licence_rates").frame.columns}
    caution = catalogue()["licence_rates"].caution
    assert all("2025" in text and "2026" in text for text in caution.values())
    assert len(caution) == 3
