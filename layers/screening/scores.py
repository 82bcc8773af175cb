"""The arithmetic of screening: arrays in, arrays out, one row per candidate and one column per criterion.

A *contribution* is a raw value on a scale from 0 (worst) to 1 (best); what is not known contributes 0. The score is
the weighted mean of contributions, 0 to 1.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]
Kind = Literal["linear", "threshold", "logistic"]
LINEAR, THRESHOLD, LOGISTIC = get_args(Kind)
DECIMALS = 9  # of a score: what differs by less is a tie, so that no order hangs on how a sum was rounded
RUNS = 1000
LOWEST, HIGHEST = 5, 95  # percentiles of the rank interval
STEEPEST = 500.0  # exponent beyond which a logistic is 0 or 1 in double precision
NO_MOVER = -1


@dataclass(frozen=True)
class Scale:
    """How a raw value becomes a contribution.

    LINEAR: 0 at ``first`` and below, 1 at ``second`` and above, straight between. THRESHOLD: 1 from ``first`` on.
    LOGISTIC: 1 / (1 + exp(-second * (value - first))), so 0.5 at ``first`` with the slope ``second`` > 0 per unit.
    With ``less`` the smaller value is the better one: 1 minus that, for a threshold 1 up to and including ``first``.
    """

    kind: Kind
    first: float
    second: float = 0.0
    less: bool = False

    def __post_init__(self) -> None:
        """ValueError for bounds that make no scale."""
        if self.kind not in get_args(Kind):
            raise ValueError(f"{self.kind!r} is no scale: use {', '.join(get_args(Kind))}.")
        if self.kind == LINEAR and not self.first < self.second:
            raise ValueError(f"A linear scale runs upwards, not from {self.first:g} to {self.second:g}: use 'less'.")
        if self.kind == LOGISTIC and not self.second > 0:
            raise ValueError(f"The slope of a logistic scale is above 0, not {self.second:g}: use 'less'.")


@dataclass(frozen=True, eq=False)
class Stability:
    """Ranks of each candidate in the simulation: 5th and 95th percentile, and how often it came first."""

    low: Whole
    high: Whole
    first_share: Floats


@dataclass(frozen=True, eq=False)
class Movers:
    """For each candidate the criterion that would move it most (NO_MOVER: none would), and the two ranks."""

    criterion: Whole
    rank_at_best: Whole
    rank_at_worst: Whole


def contributions(values: Floats, scale: Scale) -> Floats:
    """Raw values of one criterion on its scale, 0 to 1; 0 where the value is not known (NaN). Any shape."""
    with np.errstate(invalid="ignore"):
        if scale.kind == LINEAR:
            made = np.clip((values - scale.first) / (scale.second - scale.first), 0.0, 1.0)
            made = 1.0 - made if scale.less else made
        elif scale.kind == THRESHOLD:
            made = (values <= scale.first if scale.less else values >= scale.first).astype(np.float64)
        else:
            sign = 1.0 if scale.less else -1.0
            steep = np.clip(sign * scale.second * (values - scale.first), -STEEPEST, STEEPEST)
            made = 1.0 / (1.0 + np.exp(steep))
    return np.where(np.isnan(values), 0.0, made)


def scores(parts: Floats, weights: Floats) -> Floats:
    """Weighted mean of contributions (candidates x criteria), rounded to DECIMALS; all 0 where no weight is above 0.

    Summed criterion by criterion, so that a row's score does not depend on the other rows. ValueError for a negative
    weight.
    """
    _checked(weights)
    total = weights.sum()
    if total == 0:
        return np.zeros(len(parts))
    made = np.zeros(len(parts))
    for column, weight in enumerate(weights):
        made += parts[:, column] * (weight / total)
    return np.round(made, DECIMALS)


def ranks(scored: Floats) -> Whole:
    """Rank 1 for the highest score; equal scores share the better rank and the next one is left out (1, 2, 2, 4)."""
    upwards = np.sort(scored)
    return np.asarray(len(scored) - np.searchsorted(upwards, scored, side="right") + 1, dtype=np.int64)


def draws(seed: int, names: Sequence[str], runs: int = RUNS) -> Floats:
    """Uniform numbers in [0, 1), ``runs`` for each name, from a stream that the seed and the name alone decide.

    So a candidate's numbers are the same in whatever order and company it stands.
    """
    made = np.empty((len(names), runs))
    for row, name in enumerate(names):
        digest = hashlib.blake2b(f"{seed}\x1f{name}".encode("utf-8", "surrogatepass"), digest_size=16).digest()
        made[row] = np.random.Generator(np.random.PCG64(int.from_bytes(digest, "big"))).random(runs)
    return made


def drawn_weights(weights: Floats, uniform: Floats) -> Floats:
    """Weights of each run (criteria x runs): each between half and twice as much, even on a logarithmic scale."""
    _checked(weights)
    return np.asarray(weights[:, None] * np.exp2(2.0 * uniform - 1.0))


def drawn_parts(low: Floats, high: Floats, scale: Scale, uniform: Floats) -> Floats:
    """Contributions of one criterion in each run (candidates x runs).

    A raw value is drawn evenly from its range; where it is not known, its contribution is drawn evenly from 0 to 1.
    """
    raw = low[:, None] + uniform * (high - low)[:, None]
    return np.where(np.isnan(raw), uniform, contributions(raw, scale))


def stability(
    low: Floats,
    high: Floats,
    scales: Sequence[Scale],
    weights: Floats,
    point: Whole,
    ids: Sequence[str],
    criteria: Sequence[str],
    seed: int,
    runs: int = RUNS,
) -> Stability:
    """How the order stands up to other weights and to the ranges of the raw values (candidates x criteria).

    Monte Carlo simulation over weights as in Butler, Jia and Dyer, "Simulation techniques for the sensitivity analysis
    of multi-criteria decision models", European Journal of Operational Research 103 (1997) 531-546, and over values
    as in SMAA: Lahdelma, Hokkanen and Salminen, same journal 106 (1998) 137-143. The interval of ranks is widened
    where needed so that it contains the ``point`` rank. A criterion of weight zero is drawn and counted nowhere.
    """
    used = [int(one) for one in np.flatnonzero(weights > 0)]
    each_weight = drawn_weights(weights[used], draws(seed, [f"weight\x1f{criteria[one]}" for one in used], runs))
    total = each_weight.sum(axis=0)
    made = np.zeros((len(ids), runs))
    for place, one in enumerate(used):
        uniform = draws(seed, [f"value\x1f{criteria[one]}\x1f{key}" for key in ids], runs)
        made += drawn_parts(low[:, one], high[:, one], scales[one], uniform) * (each_weight[place] / total)
    made = np.round(made, DECIMALS)
    found = np.empty(made.shape, dtype=np.int64)
    for run in range(runs):
        found[:, run] = ranks(made[:, run])
    if not len(ids):
        return Stability(point, point, np.zeros(0))
    lowest = np.percentile(found, LOWEST, axis=1, method="lower").astype(np.int64)
    highest = np.percentile(found, HIGHEST, axis=1, method="higher").astype(np.int64)
    return Stability(np.minimum(lowest, point), np.maximum(highest, point), (found == 1).mean(axis=1))


def pareto(parts: Floats, weights: Floats) -> Flags:
    """Whether no other candidate is at least as good in every criterion of weight above 0 and better in one.

    What is not known contributes 0 and so counts as worst. Without such a criterion nothing is better: all True.
    """
    used = parts[:, weights > 0]
    best = np.ones(len(parts), dtype=bool)
    for row, own in enumerate(used):
        best[row] = not ((used >= own).all(axis=1) & (used > own).any(axis=1)).any()
    return best


def movers(parts: Floats, weights: Floats) -> Movers:
    """Which criterion would move each candidate most.

    For each criterion of weight above 0 the candidate's contribution is set to 1 and to 0, everything else and all
    other candidates as they are; the criterion with the widest gap between the two ranks is named. Equal gaps: the
    heavier weight, then the first. Where every gap is 0 there is none.
    """
    count = len(parts)
    point = scores(parts, weights)
    chosen = np.full(count, NO_MOVER, dtype=np.int64)
    best, worst = ranks(point), ranks(point)
    widest = np.zeros(count, dtype=np.int64)
    upwards = np.sort(point)
    for column in sorted(np.flatnonzero(weights > 0), key=lambda one: -weights[one]):
        at_best, at_worst = (_rank_among(upwards, point, _with(parts, int(column), end, weights)) for end in (1.0, 0.0))
        wider = at_worst - at_best > widest
        chosen[wider], widest[wider] = column, (at_worst - at_best)[wider]
        best[wider], worst[wider] = at_best[wider], at_worst[wider]
    return Movers(chosen, best, worst)


def _with(parts: Floats, column: int, end: float, weights: Floats) -> Floats:
    """Scores with that contribution in one criterion, summed and rounded as all scores are, so that ties stay ties."""
    changed = parts.copy()
    changed[:, column] = end
    return scores(changed, weights)


def _rank_among(upwards: Floats, own: Floats, changed: Floats) -> Whole:
    """Rank of each candidate with a changed score among the unchanged scores of the others."""
    above = len(upwards) - np.searchsorted(upwards, changed, side="right")
    return np.asarray(above - (own > changed) + 1, dtype=np.int64)


def _checked(weights: Floats) -> None:
    if not (np.isfinite(weights).all() and (weights >= 0).all()):
        raise ValueError(f"Weights are finite and not negative: {weights.tolist()}.")
