"""The joins' benchmark: what it compares, when it fails, and the protocol of its workers."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import orjson
import pytest

from tests.bench.joins import __main__ as command
from tests.bench.joins import measure as measuring
from tests.bench.joins import report
from tests.bench.joins.cases import ENGINES, Case, cases
from tests.bench.joins.compare import canonical, difference, digest, disagreements
from tests.bench.joins.measure import Measured, WorkerError
from tests.bench.joins.worker import first_of_each

CASES = {case.name: case for case in cases([1_000])}
WARM, COLD = CASES["within-30x1e3"], CASES["within-30x1e3-cold"]
EXACT = [[0, 2], [1, 1]]
PLANE = [[0, 2], [1, 1], [1, 5]]


def measured(case: Case, engine: str, pairs: list[list[int]], seconds: float = 1.0, peak_mb: float = 100.0) -> Measured:
    answer = canonical(np.array(pairs))
    return Measured(case, ENGINES[engine], [seconds] * 3, 0.0, 0.0, peak_mb, answer, {digest(answer)}, {})


def test_the_order_of_pairs_does_not_matter_but_their_number_does() -> None:
    assert digest(canonical(np.array([[1, 1], [0, 2]]))) == digest(canonical(np.array(EXACT)))
    assert digest(canonical(np.array([*EXACT, [1, 1]]))) != digest(canonical(np.array(EXACT)))


def test_rows_added_and_missed_are_counted_beside_the_exact_answer() -> None:
    exact = canonical(np.array(EXACT))
    assert difference(canonical(np.array([[1, 1], [3, 0], [4, 0]])), exact) == (2, 1)
    assert difference(canonical(np.array([*EXACT, [1, 1]])), exact) == (1, 0)
    assert difference(canonical(np.empty((0, 2), dtype=int)), exact) == (0, 2)


def test_of_equally_near_rows_the_lowest_is_taken() -> None:
    pairs = np.array([[1, 7], [0, 4], [1, 3], [0, 9]])
    assert first_of_each(pairs).tolist() == [[0, 4], [1, 3]]
    assert first_of_each(pairs[:0]).tolist() == []


def test_models_may_differ_and_engines_of_one_model_may_not() -> None:
    found = [measured(WARM, "atlas", EXACT), measured(WARM, "strtree", PLANE), measured(WARM, "duckdb", PLANE)]
    assert disagreements(found) == []
    (fault,) = disagreements([*found, measured(WARM, "sedonadb", EXACT)])
    assert fault.startswith("planar engines disagree on within towns-30 polygons-1000: ")
    assert "sedonadb in within-30x1e3: 2 pairs" in fault


def test_cold_must_answer_as_warm_does_and_every_round_alike() -> None:
    assert disagreements([measured(WARM, "atlas", EXACT), measured(COLD, "atlas", PLANE)])
    wavering = measured(WARM, "duckdb", PLANE)
    wavering.digests.add("another")
    assert disagreements([wavering])


def test_rows_and_ratios_tell_what_was_asked_for() -> None:
    found = [
        measured(WARM, "atlas", EXACT, 0.2, 250.0),
        measured(WARM, "strtree", PLANE, 0.5),
        measured(WARM, "duckdb", PLANE, 0.25),
    ]
    rows = report.rows(found)
    wanted = ("case", "engine", "model", "median_s", "peak_mb", "pairs", "pairs_sha256", "rows_added", "rows_missed")
    assert set(wanted) <= set(rows[0])
    assert [(row["rows_added"], row["rows_missed"]) for row in rows] == [(0, 0), (1, 0), (1, 0)]
    ratios = {row["title"]: (row["peer"], row["ratio"], row["met"]) for row in report.ratios(rows)}
    assert ratios == {
        "Within 50 km, warm, to the fastest peer": ("duckdb", 0.8, False),
        "Within 50 km, warm, to planar STRtree.dwithin": ("strtree", 0.4, True),
        "Peak memory within 50 km, warm, to DuckDB": ("duckdb", 2.5, False),
    }
    assert "| within-30x1e3 | duckdb | planar | 0.25 | 100 | 3 | 1 | 0 |" in report.table(rows)


@pytest.mark.parametrize(("answer", "status"), [(PLANE, 0), (EXACT, 1)])
def test_a_contradiction_ends_with_1_and_is_written(
    answer: list[list[int]], status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [measured(WARM, "atlas", EXACT), measured(WARM, "strtree", PLANE), measured(WARM, "duckdb", answer)]
    monkeypatch.setattr(command, "measure", lambda *_: found)
    monkeypatch.setattr(command, "python", lambda _: Path(sys.executable))
    out = tmp_path / "joins.json"
    assert command.main(["--sizes", "1e3", "--cases", "within-30x1e3", "--out", str(out)]) == status
    written = orjson.loads(out.read_bytes())
    assert len(written["disagreements"]) == status
    assert [row["engine"] for row in written["cases"]] == ["atlas", "strtree", "duckdb"]


def test_a_peer_that_is_not_installed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(measuring, "ROOT", tmp_path)
    assert command.main(["--sizes", "1e3", "--cases", "within-30x1e3", "--without", "shapely"]) == 2
    assert "The engine sedonadb is not installed" in capsys.readouterr().err


def test_workers_load_run_and_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "python", lambda _: Path(sys.executable))
    case = Case("tiny", "within", "towns-3", "polygons-300", ("atlas", "walk", "loop", "strtree"))
    atlas, walk, loop, tree = measuring.measure(case, [ENGINES[name] for name in case.engines], 2, tmp_path)
    assert disagreements([atlas, walk, loop, tree]) == []
    assert atlas.pairs.tolist() == walk.pairs.tolist()
    assert len(loop.pairs) > 0
    assert len(tree.seconds) == 2
    assert min(tree.seconds) > 0
    assert tree.peak_mb > 10
    assert "shapely" in tree.about["packages"]


def test_a_worker_that_fails_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "python", lambda _: Path(sys.executable))
    case = Case("no loop", "nearest", "towns-3", "polygons-300", ("loop",))
    with pytest.raises(WorkerError, match="The engine loop gave no answer"):
        measuring.measure(case, [ENGINES["loop"]], 1, tmp_path)
