"""Amounts in a unit that makes them comparable."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

# Unit of the tables -> the unit in which amounts are compared, and how many of it one is. Currencies stay apart: a
# dollar value is another statement of its source, not a conversion of ours.
LARGER: Mapping[str, tuple[str, float]] = {
    "m_kzt": ("bn_kzt", 0.001),
    "bn_kzt": ("bn_kzt", 1.0),
    "trn_kzt": ("bn_kzt", 1000.0),
    "m_usd": ("m_usd", 1.0),
    "bn_usd": ("m_usd", 1000.0),
}
FELL_BY_FACTOR, PERCENT = "fell_by_factor", "percent"
FINEST = 6  # decimals to which amounts are told apart at all


def comparable(value: float, unit: str, reading: str = "exact") -> tuple[float, str]:
    """An amount in its comparable unit, and that unit; what is not in the table above stays as it is.

    A fall by the factor f is a change of (1/f - 1) * 100 percent, so that halving stands beside -50 %.
    ValueError for a fall by nothing or less.
    """
    if reading == FELL_BY_FACTOR:
        if value <= 0:
            raise ValueError(f"a fall by the factor {value:g} has no percentage: the factor must be above 0")
        return (1 / value - 1) * 100, PERCENT
    into, times = LARGER.get(unit, (unit, 1.0))
    return value * times, into


def places(value: float, unit: str) -> int:
    """Decimals in the comparable unit to which a published amount is told: 1.3 trillion is told to 100 billion, so -2.

    Noughts before the point may have been counted, so they count as digits.
    """
    _, times = LARGER.get(unit, (unit, 1.0))
    return _decimals(value) - round(math.log10(times))


def same(first: float, second: float, digits: int | None = None) -> bool:
    """Whether two amounts agree when the finer is rounded as the coarser was: 62.8 and 63 do, 1.3 and 1.4 do not.

    ``digits`` are the decimals of the coarser as published (see ``places``), else those with which it is written.
    Halves go away from nought, as sources round, so that 62.5 agrees with 63.
    """
    kept = min(_decimals(first), _decimals(second)) if digits is None else digits
    return _rounded(first, kept) == _rounded(second, kept)


def _rounded(value: float, digits: int) -> Decimal:
    # Written out first: 0.285 lies a little below itself in binary, which would turn its half downwards.
    return Decimal(f"{value:.{FINEST}f}").quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def _decimals(value: float) -> int:
    """Decimals that an amount is written with."""
    return len(f"{value:.{FINEST}f}".rstrip("0").partition(".")[2])
