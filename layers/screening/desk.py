"""A screening worked out: candidates filtered, measured, put in order, with how stable that is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from layers.block_choice import FIRST_RULE, NO_SOURCE, BlockSource, CoverRule
from layers.block_layer import BLOCKS
from layers.relate import content_of_all, layer
from layers.screening.candidates import Candidates, candidates
from layers.screening.choice import Screening
from layers.screening.filters import STATES, Sieved, sieved
from layers.screening.measures import PROCESSING, Raw, Target, measured, nearest_of, processing_places, wanted
from layers.screening.profiles import Criterion, Part, Profile, book, profile
from layers.screening.scores import (
    Flags,
    Floats,
    Movers,
    Stability,
    Whole,
    contributions,
    movers,
    pareto,
    ranks,
    scores,
    stability,
)
from layers.spec import LayerSpec, Stamp, layer_spec


@dataclass(frozen=True)
class Fit:
    """Where a candidate's commodity can be processed: the nearest place that can, beside the nearest of all.

    Ids of rows of ``processing``, or nothing; kilometres as (best, low, high), the ends NaN where nothing bounds them.
    """

    commodities: tuple[str, ...]
    place: str
    km: tuple[float, float, float]
    nearest: str
    nearest_km: tuple[float, float, float]


@dataclass(frozen=True, eq=False)
class Found:
    """The result, one row per candidate in the order of the layer; ``kept`` says which of them are in the order.

    Arrays over the kept: ``parts`` contributions, ``raw`` by criterion; ``order`` puts the kept by rank, then name.
    """

    profile: Profile
    every: Candidates
    sieve: Sieved
    parts_of: tuple[Part, ...]
    weights: Floats
    raw: tuple[Raw, ...]
    parts: Floats
    scored: Floats
    ranked: Whole
    stable: Stability
    best: Flags
    moved: Movers
    fits: tuple[Fit, ...]
    order: tuple[int, ...]

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """What was measured, in the order of the profile."""
        return tuple(book().criteria[part.criterion] for part in self.parts_of)

    @property
    def kept(self) -> list[int]:
        """Positions of the kept candidates among all."""
        return [int(one) for one in np.flatnonzero(self.sieve.kept)]

    @property
    def ids(self) -> list[str]:
        """Ids of the kept candidates."""
        return [self.every.ids[one] for one in self.kept]


def source_of(asked: Screening) -> str:
    """The layer of the candidates."""
    return asked.source or profile(asked.profile).candidates


def weights_of(asked: Screening) -> Floats:
    """The weight of each criterion of the profile, the reader's where there is one."""
    own = dict(asked.weights)
    return np.array([own.get(part.criterion, part.weight) for part in profile(asked.profile).parts], dtype=np.float64)


def screened(asked: Screening, sure: bool, blocks: BlockSource = NO_SOURCE, cover: CoverRule = FIRST_RULE) -> Found:
    """The result, kept as long as no file changes; do not change it. Errors as `candidates` raises.

    ``blocks`` and ``cover`` are asked only where licence blocks are the candidates.
    """
    if source_of(asked) == BLOCKS:
        return _screened(asked, sure, None, (blocks, cover), content_of_all())
    return _screened(asked, sure, layer_spec(source_of(asked)), (NO_SOURCE, FIRST_RULE), content_of_all())


@lru_cache(maxsize=16)
def _screened(
    asked: Screening, sure: bool, spec: LayerSpec | None, blocks: tuple[BlockSource, CoverRule], _content: Stamp
) -> Found:
    """The entry of the layer stands for it in the cache: a visitor's has one of its own."""
    chosen, every = profile(asked.profile), candidates(spec.id if spec else BLOCKS, *blocks)
    sieve, weights = sieved(every, asked.needs, sure), weights_of(asked)
    kept = sieve.kept
    whole = [measured(book().criteria[part.criterion], every, chosen.commodities) for part in chosen.parts]
    raw = tuple(_rows(one, kept) for one in whole)
    low, best, high = (np.column_stack([getattr(one, name) for one in raw]) for name in ("low", "best", "high"))
    parts = np.column_stack([contributions(best[:, n], part.scale) for n, part in enumerate(chosen.parts)])
    scored = scores(parts, weights)
    point, ids = ranks(scored), [every.ids[one] for one in np.flatnonzero(kept)]
    scales, names = [part.scale for part in chosen.parts], [part.criterion for part in chosen.parts]
    stable = stability(low, high, scales, weights, point, ids, names, asked.seed)
    order = tuple(sorted(range(len(ids)), key=lambda one: (point[one], ids[one])))
    fits = tuple(one for one, here in zip(_fits(every, chosen), kept, strict=True) if here)
    left = (raw, parts, scored, point, stable, pareto(parts, weights), movers(parts, weights))
    return Found(chosen, every, sieve, chosen.parts, weights, *left, fits, order)


def _rows(raw: Raw, kept: Flags) -> Raw:
    what = tuple(one for one, here in zip(raw.what, kept, strict=True) if here)
    besides = tuple(one for one, here in zip(raw.besides, kept, strict=True) if here)
    return Raw(raw.low[kept], raw.best[kept], raw.high[kept], what, besides, raw.anywhere)


def _fits(every: Candidates, chosen: Profile) -> list[Fit]:
    asked = wanted(every, chosen.commodities)
    own = measured(book().criteria[PROCESSING], every, chosen.commodities)
    whole = nearest_of(every, [Target(PROCESSING, processing_places(()))])
    return [
        Fit(
            asked[row],
            own.what[row],
            (float(own.best[row]), float(own.low[row]), float(own.high[row])),
            whole.what[row],
            (float(whole.best[row]), float(whole.low[row]), float(whole.high[row])),
        )
        for row in range(len(asked))
    ]


def states_of(layer_id: str) -> tuple[str, ...]:
    """Codes of the column that says how far the rows of a layer have come."""
    if layer_id == BLOCKS:
        return ()
    made = layer(layer_id)
    name = next((column.name for column in made.spec.columns if column.name in STATES and column.vocabulary), "")
    return tuple(sorted(set(made.frame[name].dropna()))) if name and not made.spec.origin else ()
