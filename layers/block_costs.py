"""What a licence of so many blocks costs in each of its years, and by which law."""

from __future__ import annotations

from dataclasses import dataclass

from layers.block_choice import LICENCE_YEARS
from layers.columns import split
from layers.licence_fees import FEE, MONTHS, RATES, SPEND, fee_total, spend
from layers.load import load


@dataclass(frozen=True)
class Cost:
    """One year of an exploration licence, in monthly calculation indices: what must be spent, and the land fee."""

    year: int
    spend_mci: int
    fee_mci: float


@dataclass(frozen=True)
class Law:
    """Where an amount stands: the law as titled by its source, the article, the day of its state, source ids."""

    law: str
    article: str
    state_of: str
    sources: tuple[str, ...]


def costs(blocks: int) -> tuple[Cost, ...]:
    """The costs of each year of an exploration licence; the fee is that of the twelve months of the year."""
    first, last = LICENCE_YEARS
    return tuple(
        Cost(year, spend(blocks, year), fee_total(blocks, MONTHS * year) - _fee_before(blocks, year))
        for year in range(first, last + 1)
    )


def _fee_before(blocks: int, year: int) -> float:
    return fee_total(blocks, MONTHS * (year - 1)) if year > 1 else 0.0


def laws() -> tuple[Law, Law]:
    """The law behind the least spending, and that behind the land fee."""
    rows = load(RATES).frame
    first = [rows[rows["payment"] == payment].iloc[0] for payment in (SPEND, FEE)]
    spending, fee = (Law(row["law"], row["article"], row["state_of"], tuple(split(row["sources"]))) for row in first)
    return spending, fee
