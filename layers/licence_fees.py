"""What an exploration licence costs by its number of blocks, in monthly calculation indices (MCI).

The rates stand in data/licence_rates.csv with law, article, state and source: least yearly spending on exploration
(Subsoil Code, Art. 192(2)) and the fee for the land plot (Tax Code of 2017, Art. 563), as they were up to the end of
2025. A new Tax Code is in force from 2026; its rates were not found. The value of the index is set for each year by
the budget law and is never stored here: whoever asks in tenge gives it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from layers.errors import AtlasError
from layers.load import files_stamp, load
from layers.spec import Stamp, layer_spec

RATES = "licence_rates"
SPEND, FEE = "spend", "fee"
MONTHS = 12
MOST_BLOCKS = 200_000  # as many as an area is covered by at most: see geo.block_cover
MOST_MONTHS = 1200


class Rate(NamedTuple):
    """MCI for licences of so many blocks in these years or months: an amount, and more for each further block.

    period and blocks are the first and the last, both included; None where there is no last one.
    """

    period: tuple[int, int | None]
    blocks: tuple[int, int | None]
    mci: int
    mci_per_block: int


def spend(blocks: int, year: int) -> int:
    """Least spending on exploration in MCI in that year of the licence, 1 to 6; AtlasError for any other."""
    return _amount(SPEND, "year of the licence", blocks, year)


def fee(blocks: int, month: int) -> int:
    """The fee for the land plot in MCI for a year, at the rate of that month of the licence, from 1 on.

    That the rate is for a year is inferred: the article does not say so. AtlasError for what is no month.
    """
    return _amount(FEE, "month of the licence", blocks, month)


def spend_total(blocks: int, years: int) -> int:
    """Least spending in MCI over the first so many years of the licence, 1 to 6."""
    _check("number of years", years, MOST_MONTHS)
    return sum(spend(blocks, year) for year in range(1, years + 1))


def fee_total(blocks: int, months: int) -> float:
    """The fee in MCI over the first so many months of the licence, each a twelfth of the rate of its month."""
    _check("number of months", months, MOST_MONTHS)
    return sum(fee(blocks, month) for month in range(1, months + 1)) / MONTHS


def rates(payment: str) -> tuple[Rate, ...]:
    """The rates of one payment, SPEND or FEE, in the order of the table."""
    return _rates(payment, files_stamp(layer_spec(RATES)))


@lru_cache(maxsize=4)
def _rates(payment: str, _content: Stamp) -> tuple[Rate, ...]:
    table = load(RATES).frame
    ends = ["period_from", "period_to", "blocks_from", "blocks_to", "mci", "mci_per_block"]
    held = table.loc[table["payment"] == payment, ends].astype("object")
    return tuple(Rate((a, b), (c, d), *mci) for a, b, c, d, *mci in held.where(held.notna(), None).to_numpy())


def _amount(payment: str, what: str, blocks: int, period: int) -> int:
    _check("number of blocks", blocks, MOST_BLOCKS)
    _check(what, period, MOST_MONTHS)
    known = rates(payment)
    for rate in known:
        if _within(period, rate.period) and _within(blocks, rate.blocks):
            return rate.mci + rate.mci_per_block * (blocks - rate.blocks[0] + 1)
    last = max(rate.period[1] or 0 for rate in known)
    raise AtlasError(f"The {what} is {period}; the law read gives rates up to {last}.")


def _within(value: int, ends: tuple[int, int | None]) -> bool:
    return ends[0] <= value and (ends[1] is None or value <= ends[1])


def _check(what: str, value: int, most: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise AtlasError(f"The {what} is {value!r}; a whole number from 1 to {most:,} is needed.")
