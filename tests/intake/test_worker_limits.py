"""A worker does not set the limits of others, nor signal them; a small file does not become a large layer."""

from __future__ import annotations

import io
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from layers.errors import UploadError
from layers.intake import size
from layers.intake.antimeridian import FEW_CORNERS
from layers.intake.clean import TANGLED
from tests.intake.conftest import Judge, left_in_english
from tests.intake.test_fence import TRY
from tests.intake.test_readers import POINT as PLACE
from tests.intake.test_readers import collection, feature, lost
from tests.intake.test_worker import CONFINED, POINT, command

LIBC = "import ctypes, os; libc = ctypes.CDLL(None, use_errno=True)\n    if libc.{call} < 0: raise OSError"
BARE = "from layers.intake import fence; fence.FENCED = False; " + CONFINED  # Landlock of late refuses signals too
TGKILL = {"x86_64": 234, "aarch64": 131}.get(os.uname().machine, 0)


@pytest.fixture
def victim() -> Iterator[int]:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    yield process.pid
    process.kill()
    process.communicate()


@pytest.mark.parametrize(
    "code",
    [
        "import resource; resource.prlimit({0}, resource.RLIMIT_NOFILE, (9, 9))",
        LIBC.replace("{call}", f"syscall({TGKILL}, {{0}}, {{0}}, 0)"),
        LIBC.replace("{call}", "shmget(0, 4096, 0o1600)") + "\n    libc.shmctl(libc.shmget(0, 1, 0o1600), 0, 0)",
        LIBC.replace("{call}", "semget(0x7A7A, 1, 0o1600)"),
        LIBC.replace("{call}", "msgget(0x7A7A, 0o1600)"),
    ],
)
def test_other_processes_are_out_of_reach(confined: Judge, tmp_path: Path, victim: int, code: str) -> None:
    before = resource.prlimit(victim, resource.RLIMIT_NOFILE)
    confined(POINT, worker=command(TRY.format(guard=BARE, code=code.format(victim))))
    assert (tmp_path / "private0/refused").is_file()
    assert resource.prlimit(victim, resource.RLIMIT_NOFILE) == before


def test_its_own_threads_and_limits_stay_its_own(confined: Judge, tmp_path: Path) -> None:
    code = (
        "import os, resource, signal, threading; import pyarrow as pa, pyarrow.compute as pc; "
        "resource.setrlimit(resource.RLIMIT_CORE, (0, 0)); resource.prlimit(os.getpid(), resource.RLIMIT_CORE); "
        "signal.signal(signal.SIGUSR1, lambda *_: None); "
        "signal.pthread_kill(threading.main_thread().ident, signal.SIGUSR1); "
        "assert pc.sum(pa.array([1, 2])).as_py() == 3"
    )
    confined(POINT, worker=command(TRY.format(guard=CONFINED, code=code)))
    assert (tmp_path / "private0/done").is_file()


def coded(rows: int, text: str) -> bytes:
    """A GeoParquet with one text in every row, coded by a dictionary."""
    made = io.BytesIO()
    gpd.GeoDataFrame(geometry=shapely.points(np.full((rows, 2), 50.0)), crs=4326).to_parquet(made)
    table = pq.read_table(made)
    said = pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, dtype="int32")), pa.array([text]))
    out = io.BytesIO()
    pq.write_table(table.append_column("said", said), out, compression="zstd")
    return out.getvalue()


def test_one_long_text_in_every_row_is_refused_before_it_is_decoded(judge: Judge) -> None:
    data = coded(100_000, "x" * 4_000)
    assert len(data) < 1_000_000
    told = judge(data)
    assert told.verdict == "rejected"
    assert "once it is decoded" in told.reason
    assert left_in_english(told) == []


def test_a_dictionary_counts_as_what_it_stands_for() -> None:
    column = pa.array(["ab", None, "cde", "ab"]).dictionary_encode()
    assert size.decoded_bytes(column) == 7
    assert size.decoded_bytes(pa.ListArray.from_arrays([0, 2, 4], column)) == 7
    assert size.decoded_bytes(pa.array([1, 1, None]).dictionary_encode()) >= 16


def test_shapes_count_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(size, "MOST_LAYER_BYTES", 40)
    size.require_small([], shapely.points([[0, 0], [1, 1]]))
    with pytest.raises(UploadError, match="decoded"):
        size.require_small([], shapely.points([[0, 0], [1, 1], [2, 2]]))


def test_a_tangle_across_the_antimeridian_is_dropped_with_the_reason(judge: Judge) -> None:
    bow = shapely.LineString([(170, 0), (190, 10), (190, 0), (170, 10), (170, 0)]).segmentize(0.005)
    places = shapely.get_coordinates(bow)
    assert len(places) > FEW_CORNERS
    ring = np.column_stack([(places[:, 0] + 180) % 360 - 180, places[:, 1]]).tolist()
    told = judge(collection(feature(PLACE), feature({"type": "Polygon", "coordinates": [ring]})))
    assert lost(told) == {TANGLED: 1}
