"""Amounts in a unit that makes them comparable."""

from __future__ import annotations

from collections.abc import Mapping

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


def same(first: float, second: float) -> bool:
    """Whether two amounts agree when the finer is rounded as the coarser was: 62.8 and 63 do, 1.3 and 1.4 do not."""
    digits = min(_place(first), _place(second))
    return round(first, digits) == round(second, digits)


def _place(value: float) -> int:
    """Decimals that an amount is written with. Noughts before the point may be counted, so they count as digits."""
    return len(f"{value:.6f}".rstrip("0").partition(".")[2])
