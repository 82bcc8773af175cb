"""Which features match, as positions: the kernel of the joins, a pure function of two indexes.

Candidates come from balls (`geo.index`): never too few. Then, cheapest first,

- balls so close that all of one is within reach of all of the other: a match;
- for points, straight lines in space to the chords of the other side's edges, which by `geo.bounds` leave a
  few centimetres of doubt at 50 km;
- what is then still in doubt is measured on the ellipsoid (`geo.distance`), so no row is wrong.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import chain, pairwise

import numpy as np

from geo.bounds import Floats, Integers, norm, upper_m
from geo.distance import Apart, Bools
from geo.edges import used
from geo.index import Index
from geo.planar import touching
from geo.plane import Plane, meeting
from geo.ranges import ranges

Pairs = tuple[Integers, Integers]
Measured = tuple[Integers, Integers, Floats]

MARGIN_M = 1e-3
"""A match is called sure when its bounds leave this much, so that rounding to kilometres cannot matter."""
ALIKE = 50
"""Sides of which one has this many times the features of the other are not made planes as a whole."""
WORKERS = os.cpu_count() or 1
"""Threads that measure; numpy, GEOS and PROJ let others run meanwhile."""


def matches(left: Index, right: Index, max_km: float) -> Pairs:
    """Positions i and j of all features at most ``max_km`` apart (included), ordered by i, then j.

    Positions are taken as published, whatever their accuracy.
    """
    if max_km == 0 and max(len(left), len(right)) < ALIKE * min(len(left), len(right)):
        return _touching(left, right)
    return _ordered(_close(left, right, max_km))


def _ordered(found: Iterable[Pairs]) -> Pairs:
    """All pairs together, ordered by i, then j."""
    nothing = np.empty(0, dtype=np.intp)
    i, j = (np.concatenate(parts) for parts in zip((nothing, nothing), *found, strict=True))
    span = int(j.max(initial=0)) + 1
    key = np.sort(i * span + j)
    return key // span, key % span


def _close(left: Index, right: Index, max_km: float) -> Iterator[Pairs]:
    """Pairs at most ``max_km`` apart by balls and by straight lines in space."""
    reach_m = np.full(len(left.position), max_km * 1000)

    def decided(pair: Pairs) -> Pairs:
        p, q = pair
        kept = left.most_m(right, p, q) <= reach_m[p] - MARGIN_M
        doubt = np.flatnonzero(~kept)
        kept[doubt] = _decide(left, p[doubt], right, q[doubt], max_km)
        return left.position[p[kept]], right.position[q[kept]]

    return _each(decided, _parts(left.close(right, reach_m)))


def _touching(left: Index, right: Index) -> Pairs:
    """Pairs that touch: plain shapes in degrees, odd ones with all others as if the radius were any."""

    def decided(pair: Pairs) -> Pairs:
        i, j = pair
        kept, no = touching(left.plane, i, right.plane, j)
        n = np.flatnonzero(~kept & ~no)
        kept[n] = Apart.of(left.geometries, i[n], right.geometries, j[n]).km() == 0
        return i[kept], j[kept]

    found = list(_each(decided, meeting(left.plane, right.plane)))
    if len(left.odd.position):
        found += _close(left.odd, right, 0.0)
    if len(right.odd.position):
        plain = np.isfinite(left.plane.gap)
        found += [(i[plain[i]], j[plain[i]]) for j, i in _close(right.odd, left, 0.0)]
    return _ordered(found)


def measured(left: Index, right: Index, k: int | None, max_km: float) -> Measured:
    """Positions of features at most ``max_km`` apart with their distance in km, in canonical order.

    With ``k`` only the k nearest of each left feature: ties go to the right feature that comes first. Without it,
    features whose positions are uncertain match when they may be that near.
    """
    reach_m = np.full(len(left.position), max_km * 1000)
    if k is not None and len(right.position):
        reach_m = np.minimum(reach_m, left.kth_most_m(right, k))

    def told(pair: Pairs) -> Measured:
        p, q = pair if k is None else _hopeful(left, right, *pair, k)
        i, j = left.position[p], right.position[q]
        apart = replace(Apart.taken(left.taken(i), right.taken(j)), may_hold=left.least_m(right, p, q) == 0)
        if k is not None:
            n = np.flatnonzero(_within_kth(p, *apart.bounds_m(), k))
            i, j, apart = i[n], j[n], apart[n]
        km = apart.km()
        kept = np.flatnonzero((km if k is not None else least_km(km, left, i, right, j)) <= max_km)
        kept = kept[np.lexsort((j[kept], km[kept], i[kept]))]
        if k is not None:
            kept = kept[_rank(i[kept]) < k]
        return i[kept], j[kept], km[kept]

    found = list(_each(told, _parts(left.close(right, reach_m))))
    i, j = (np.concatenate([np.empty(0, dtype=np.intp), *(one[n] for one in found)]) for n in (0, 1))
    return i, j, np.concatenate([np.empty(0), *(one[2] for one in found)])


def least_km(km: Floats, left: Index, i: Integers, right: Index, j: Integers) -> Floats:
    """The least that these distances can be, given how far features i and j may be off; unknown counts as nothing.

    Worked out as `geo.ranges.ranges` does it, to the last bit, so that no pair is kept here and refused there.
    """
    known = (np.nan_to_num(one.accuracy_at(at)) for one, at in ((left, i), (right, j)))
    return ranges(km, *known)[0]


def _each(work: Callable[[Pairs], tuple], runs: Iterator[Pairs]) -> Iterator[tuple]:  # type: ignore[type-arg]
    """Results of all runs in their order, a few at a time in threads of their own."""
    with ThreadPoolExecutor(WORKERS) as threads:
        waiting = []
        for run in runs:
            waiting.append(threads.submit(work, run))
            while len(waiting) > 2 * WORKERS:
                yield waiting.pop(0).result()
        for one in waiting:
            yield one.result()


def _parts(runs: Iterator[Pairs]) -> Iterator[Pairs]:
    """Runs cut so that every thread has some of each."""
    return chain.from_iterable(_halves(*run) for run in runs)


def _halves(p: Integers, q: Integers) -> Iterator[Pairs]:
    """A run cut between features of the left side, so that every thread has some of it."""
    order = np.argsort(p, kind="stable")
    p, q = p[order], q[order]
    cuts = [0, *(int(np.searchsorted(p, p[len(p) * n // WORKERS])) for n in range(1, WORKERS) if len(p)), len(p)]
    for begin, end in pairwise(cuts):
        if end > begin:
            yield p[begin:end], q[begin:end]


def _decide(left: Index, p: Integers, right: Index, q: Integers, max_km: float) -> Bools:
    """Which candidates are within ``max_km``, without measuring what straight lines can tell."""
    answer = upper_m(norm(left.balls.vertex[p] - right.balls.vertex[q])) <= max_km * 1000 - MARGIN_M
    n = np.flatnonzero(~answer)
    if len(n) == 0:
        return np.asarray(answer)
    if max_km == 0:
        answer[n], no = _told_apart(left, left.position[p[n]], right, right.position[q[n]])
        n = n[~answer[n] & ~no]
    i, j = left.position[p[n]], right.position[q[n]]
    apart = replace(Apart.taken(left.taken(i), right.taken(j)), may_hold=left.least_m(right, p[n], q[n]) == 0)
    low, high = apart.bounds_m()
    answer[n] = high <= max_km * 1000 - MARGIN_M
    doubt = np.flatnonzero(~answer[n] & (low <= max_km * 1000 + MARGIN_M))
    answer[n[doubt]] = apart[doubt].km() <= max_km
    return np.asarray(answer)


def _told_apart(left: Index, i: Integers, right: Index, j: Integers) -> tuple[Bools, Bools]:
    """Which pairs straight lines in degrees prove to touch, and which not to."""
    (a, p), (b, q) = used(left.geometries, i), used(right.geometries, j)
    one, other = Plane.of(a), Plane.of(b)
    yes, no = np.zeros(len(i), dtype=bool), np.zeros(len(i), dtype=bool)
    n = np.flatnonzero(np.isfinite(one.gap[p]) & np.isfinite(other.gap[q]))
    yes[n], no[n] = touching(one, p[n], other, q[n])
    return yes, no


def _hopeful(left: Index, right: Index, p: Integers, q: Integers, k: int) -> Pairs:
    """Candidates that can be among the k nearest of their left feature by what the balls tell of all of them."""
    vertex = upper_m(norm(left.balls.vertex[p] - right.balls.vertex[q]))
    kept = _within_kth(p, left.least_m(right, p, q), np.minimum(vertex, left.most_m(right, p, q)), k)
    return p[kept], q[kept]


def _within_kth(i: Integers, low_m: Floats, high_m: Floats, k: int) -> Bools:
    """Which pairs are, by their lower bound, no farther than k pairs of the same i are by their upper bound.

    ``i`` is sorted.
    """
    kth = np.flatnonzero(_rank(i) == k - 1)
    reach_m = np.full(int(i.max(initial=-1)) + 1, np.inf)
    reach_m[i[kth]] = high_m[np.lexsort((high_m, i))][kth]
    return np.asarray(low_m <= reach_m[i] + MARGIN_M)


def _rank(i: Integers) -> Integers:
    """Place of each entry among those of the same value, for sorted values."""
    return np.arange(len(i)) - np.searchsorted(i, i)
