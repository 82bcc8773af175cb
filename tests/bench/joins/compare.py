"""Pairs beside pairs: canonical order, fingerprints, what one answer has more or less, and who contradicts whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from hashlib import sha256
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from tests.bench.joins.measure import Measured

Pairs = NDArray[np.int64]
EXACT = "geodesic"


def canonical(pairs: NDArray[np.integer]) -> Pairs:
    """Pairs (n, 2) as int64, by left and then by right row. A pair that comes twice stays twice."""
    pairs = np.asarray(pairs, dtype=np.int64).reshape(-1, 2)
    return np.ascontiguousarray(pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))])


def digest(pairs: Pairs) -> str:
    """SHA-256 of canonical pairs, little-endian."""
    return sha256(pairs.astype("<i8").tobytes()).hexdigest()


def difference(pairs: Pairs, exact: Pairs) -> tuple[int, int]:
    """How many rows were added to the exact answer, and how many of it are missed."""
    mine, theirs = ({(int(i), int(j)) for i, j in side} for side in (pairs, exact))
    return len(pairs) - len(mine & theirs), len(theirs - mine)


def exact_answers(found: Sequence[Measured]) -> dict[str, Pairs]:
    """The answer on the ellipsoid to each question that an exact engine was asked."""
    return {each.case.question: each.pairs for each in found if each.engine.model == EXACT}


def disagreements(found: Sequence[Measured]) -> list[str]:
    """A sentence for each question to which engines of one model have more than one answer; [] when all is well.

    Warm and cold, with distances and without, and all rounds of an engine belong to one question.
    """
    groups: dict[tuple[str, str], list[Measured]] = defaultdict(list)
    for each in found:
        groups[each.case.question, each.engine.model].append(each)
    faults = []
    for (question, model), members in groups.items():
        if len(set().union(*(each.digests for each in members))) > 1:
            answers = "; ".join(
                f"{each.engine.name} in {each.case.name}: {len(each.pairs)} pairs, "
                + ", ".join(sorted(value[:12] for value in each.digests))
                for each in members
            )
            faults.append(f"{model} engines disagree on {question}: {answers}.")
    return faults
