"""The arithmetic of screening, tried by hand, by brute force and by properties that no order may break."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.screening.scores import (
    LINEAR,
    LOGISTIC,
    NO_MOVER,
    THRESHOLD,
    Scale,
    Stability,
    Whole,
    contributions,
    draws,
    movers,
    pareto,
    ranks,
    scores,
    stability,
)

RUNS = 60
Array = np.ndarray
Table = tuple[Array, Array, Array, list[Scale], Array, list[str]]
NAN = float("nan")


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """(low, best, high) of 1 to 7 candidates by 1 to 4 criteria, some unknown, with scales, weights and ids."""
    rows, columns = draw(st.integers(1, 7)), draw(st.integers(1, 4))
    number = st.integers(0, 400).map(lambda whole: whole / 2)
    best = np.array([[draw(st.one_of(number, st.just(NAN))) for _ in range(columns)] for _ in range(rows)])
    spread = np.array([[draw(st.integers(0, 30)) for _ in range(columns)] for _ in range(rows)], dtype=float)
    weights = np.array([draw(st.integers(0, 9)) for _ in range(columns)], dtype=float)
    return best - spread, best, best + spread, [draw(scales()) for _ in range(columns)], weights, ids(rows)


@st.composite
def scales(draw: st.DrawFn) -> Scale:
    kind, first, less = draw(st.sampled_from((LINEAR, THRESHOLD, LOGISTIC))), draw(st.integers(0, 150)), draw(flags)
    second = first + draw(st.integers(1, 100)) if kind == LINEAR else draw(st.sampled_from((0.0625, 0.25, 1.0)))
    return Scale(kind, first, second, less)


flags = st.booleans()


def ids(count: int) -> list[str]:
    return [f"site-{place}" for place in range(count)]


def parts_of(best: np.ndarray, made: list[Scale]) -> np.ndarray:
    return np.column_stack([contributions(best[:, place], scale) for place, scale in enumerate(made)])


def stable(
    low: Array, best: Array, high: Array, made: list[Scale], weights: Array, names: list[str], seed: int = 7
) -> tuple[Whole, Stability]:
    point = ranks(scores(parts_of(best, made), weights))
    criteria = [f"criterion-{place}" for place in range(len(made))]
    return point, stability(low, high, made, weights, point, names, criteria, seed, RUNS)


def test_scales_by_hand() -> None:
    values = np.array([0.0, 50.0, 100.0, 150.0, NAN])
    assert contributions(values, Scale(LINEAR, 50, 150)).tolist() == [0, 0, 0.5, 1, 0]
    assert contributions(values, Scale(LINEAR, 50, 150, less=True)).tolist() == [1, 1, 0.5, 0, 0]
    assert contributions(values, Scale(THRESHOLD, 100)).tolist() == [0, 0, 1, 1, 0]
    assert contributions(values, Scale(THRESHOLD, 100, less=True)).tolist() == [1, 1, 1, 0, 0]
    half, third = contributions(np.array([100.0, 100 + np.log(2) / 0.1]), Scale(LOGISTIC, 100, 0.1, less=True))
    assert half == 0.5
    assert third == pytest.approx(1 / 3)


def test_scores_and_ranks_by_hand() -> None:
    parts = np.array([[1.0, 0.0], [0.5, 0.5], [0.0, 1.0], [1.0, 1.0]])
    made = scores(parts, np.array([3.0, 1.0]))
    assert made.tolist() == [0.75, 0.5, 0.25, 1.0]
    assert ranks(np.array([5.0, 7.0, 5.0, 1.0])).tolist() == [2, 1, 2, 4]
    assert scores(parts, np.array([0.0, 0.0])).tolist() == [0, 0, 0, 0]
    with pytest.raises(ValueError, match="not negative"):
        scores(parts, np.array([1.0, -1.0]))


@pytest.mark.parametrize("wrong", [("linear", 5, 5), ("logistic", 5, 0), ("cubic", 1, 2)])
def test_a_scale_that_makes_no_sense_is_refused(wrong: tuple[str, float, float]) -> None:
    with pytest.raises(ValueError, match="scale"):
        Scale(*wrong)  # type: ignore[arg-type]


def test_the_mover_by_hand() -> None:
    parts = np.array([[0.8, 0.8], [0.5, 0.5], [0.2, 0.2]])
    found = movers(parts, np.array([3.0, 1.0]))
    assert found.criterion.tolist() == [0, 0, 0]  # the heavy one moves each of them further
    assert found.rank_at_best.tolist() == [1, 1, 1]
    assert found.rank_at_worst.tolist() == [2, 3, 3]
    assert movers(parts[:1], np.array([3.0, 1.0])).criterion.tolist() == [NO_MOVER]  # alone nothing moves it


@given(tables(), st.sampled_from((0.25, 2.0, 8.0)))
@settings(deadline=None, max_examples=60)
def test_scaling_all_weights_changes_nothing(table: Table, factor: float) -> None:
    low, best, high, made, weights, names = table
    before, after = (
        stable(low, best, high, made, weights, names),
        stable(low, best, high, made, weights * factor, names),
    )
    assert (before[0] == after[0]).all()
    assert (before[1].low == after[1].low).all()
    assert (before[1].high == after[1].high).all()
    parts = parts_of(best, made)
    assert (pareto(parts, weights) == pareto(parts, weights * factor)).all()
    assert (movers(parts, weights).criterion == movers(parts, weights * factor).criterion).all()


@given(tables(), st.sampled_from((0.5, 4.0, 16.0)), st.integers(-64, 64))
@settings(deadline=None, max_examples=60)
def test_another_unit_changes_nothing(table: Table, factor: float, shift: int) -> None:
    """Kilometres or any affine unit: values and bounds change together, the slope inversely."""
    low, best, high, made, weights, names = table
    other = [
        Scale(
            one.kind,
            one.first * factor + shift,
            one.second / factor if one.kind == LOGISTIC else one.second * factor + shift,
            one.less,
        )
        for one in made
    ]
    first = stable(low, best, high, made, weights, names)
    second = stable(low * factor + shift, best * factor + shift, high * factor + shift, other, weights, names)
    assert np.allclose(parts_of(best, made), parts_of(best * factor + shift, other), atol=1e-12)
    assert (first[0] == second[0]).all()
    assert np.abs(first[1].low - second[1].low).max() <= 1  # a draw at a threshold may fall on its other side
    assert np.abs(first[1].high - second[1].high).max() <= 1


@given(tables(), st.data())
@settings(deadline=None, max_examples=60)
def test_a_better_value_never_makes_a_rank_worse(table: Table, data: st.DataObject) -> None:
    _, best, _, made, weights, _ = table
    row, column = data.draw(st.integers(0, len(best) - 1)), data.draw(st.integers(0, len(made) - 1))
    step = data.draw(st.integers(1, 50))
    better = best.copy()
    was = best[row, column]
    better[row, column] = 0.0 if np.isnan(was) else was + (-step if made[column].less else step)
    old, new = scores(parts_of(best, made), weights), scores(parts_of(better, made), weights)
    assert new[row] >= old[row]
    assert ranks(new)[row] <= ranks(old)[row]


@given(tables(), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=60)
def test_the_order_of_rows_changes_nothing(table: Table, random: Random) -> None:
    low, best, high, made, weights, names = table
    shuffled = list(range(len(names)))
    random.shuffle(shuffled)
    point, found = stable(low, best, high, made, weights, names)
    again, other = stable(
        low[shuffled], best[shuffled], high[shuffled], made, weights, [names[one] for one in shuffled]
    )
    assert (point[shuffled] == again).all()
    assert (found.low[shuffled] == other.low).all()
    assert (found.high[shuffled] == other.high).all()
    parts = parts_of(best, made)
    assert (pareto(parts, weights)[shuffled] == pareto(parts[shuffled], weights)).all()
    assert (movers(parts, weights).criterion[shuffled] == movers(parts[shuffled], weights).criterion).all()


@given(tables(), st.data())
@settings(deadline=None, max_examples=60)
def test_a_criterion_of_weight_zero_is_as_if_absent(table: Table, data: st.DataObject) -> None:
    low, best, high, made, weights, names = table
    gone = data.draw(st.integers(0, len(made) - 1))
    weights = weights.copy()
    weights[gone] = 0
    kept = [one for one in range(len(made)) if one != gone]
    point, found = stable(low, best, high, made, weights, names)
    if not kept:
        assert (point == 1).all()
        return
    criteria = [f"criterion-{one}" for one in kept]
    fewer = [made[one] for one in kept]
    alone = ranks(scores(parts_of(best[:, kept], fewer), weights[kept]))
    other = stability(low[:, kept], high[:, kept], fewer, weights[kept], alone, names, criteria, 7, RUNS)
    assert (point == alone).all()
    assert (found.low == other.low).all()
    assert (found.high == other.high).all()


@given(tables(), st.integers(0, 2**31))
@settings(deadline=None, max_examples=60)
def test_intervals_contain_the_point_rank(table: Table, seed: int) -> None:
    low, best, high, made, weights, names = table
    point, found = stable(low, best, high, made, weights, names, seed)
    assert (found.low <= point).all()
    assert (point <= found.high).all()
    assert (found.low >= 1).all()
    assert (found.high <= len(names)).all()
    assert found.first_share.min() >= 0
    assert found.first_share.sum() >= 1 - 1e-9


@pytest.mark.parametrize(
    ("upto", "interval"),
    [(49.0, (2, 2)), (50.5, (2, 2)), (60.0, (1, 2))],
    ids=["never", "one in a hundred", "one in six"],
)
def test_the_interval_of_a_known_distribution(upto: float, interval: tuple[int, int]) -> None:
    """The first is 50; the second lies evenly between 0 and ``upto`` and beats it in that share of the runs."""
    low, high = np.array([[50.0], [0.0]]), np.array([[50.0], [upto]])
    found = stability(low, high, [Scale(LINEAR, 0, 100)], np.array([1.0]), np.array([1, 2]), ids(2), ["x"], 7, 1000)
    assert (found.low[1], found.high[1]) == interval
    share = max(0.0, (upto - 50) / upto)
    assert found.first_share[1] == pytest.approx(share, abs=0.03)


@given(tables())
@settings(deadline=None, max_examples=200)
def test_the_mover_by_brute_force(table: Table) -> None:
    """Ranks are those of the whole table worked out anew with that one contribution at 1 and at 0, ties and all."""
    _, best, _, made, weights, _ = table
    parts = np.round(parts_of(best, made), 1)  # so that many scores are equal
    found = movers(parts, weights)
    for row in range(len(parts)):
        ends: list[tuple[int, int]] = []
        for column in range(parts.shape[1]):
            changed = [parts.copy(), parts.copy()]
            changed[0][row, column], changed[1][row, column] = 1.0, 0.0
            ends.append(tuple(int(ranks(scores(one, weights))[row]) for one in changed))  # type: ignore[arg-type]
        gaps = [(worst - first) * (weights[column] > 0) for column, (first, worst) in enumerate(ends)]
        chosen = int(found.criterion[row])
        assert max(gaps) == (0 if chosen == NO_MOVER else gaps[chosen])
        if chosen != NO_MOVER:
            assert (found.rank_at_best[row], found.rank_at_worst[row]) == ends[chosen]


@given(tables())
@settings(deadline=None, max_examples=60)
def test_the_pareto_set_by_brute_force(table: Table) -> None:
    _, best, _, made, weights, _ = table
    parts = parts_of(best, made)
    used = [column for column, weight in enumerate(weights) if weight > 0]

    def beats(one: np.ndarray, other: np.ndarray) -> bool:
        return all(one[c] >= other[c] for c in used) and any(one[c] > other[c] for c in used)

    assert pareto(parts, weights).tolist() == [not any(beats(other, own) for other in parts) for own in parts]


def test_what_is_not_known_counts_nothing_and_widens_the_interval() -> None:
    best = np.array([[10.0], [20.0], [30.0], [NAN]])
    point, found = stable(best, best, best, [Scale(LINEAR, 0, 40)], np.array([1.0]), ids(4))
    assert point.tolist() == [3, 2, 1, 4]
    assert (found.low[:3] <= point[:3]).all()
    assert found.high[3] - found.low[3] == 3
    assert (found.high - found.low)[:3].max() < 3


def test_the_same_seed_gives_the_same_and_another_seed_another() -> None:
    assert (draws(1, ["a", "b"], 5) == draws(1, ["a", "b"], 5)).all()
    assert (draws(1, ["a", "b"], 5)[1] == draws(1, ["b"], 5)[0]).all()
    assert (draws(1, ["a"], 5) != draws(2, ["a"], 5)).any()
