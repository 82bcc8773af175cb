"""A conversion that ends too early, by whatever hand, leaves what was there and nothing else for long."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyarrow.parquet as pq
import pytest
import shapely

from geo.crs import WGS84
from layers import progress, scratch
from layers.__main__ import main
from layers.convert import convert
from layers.progress import Progress
from layers.spec import ROOT

Output = pytest.CaptureFixture[str]
KILLED = """
import sys
from pathlib import Path
from layers import convert, runs, scratch, stream
stream.BATCH_ROWS, runs.RUN_BYTES, convert.GROUP_ROWS = 500, 20_000, 1_000
module, name, calls = sys.argv[3], sys.argv[4], int(sys.argv[5])
holder = {"Runs": runs.Runs, "Writer": convert.pq.ParquetWriter, "Path": Path, "scratch": scratch}[module]
true = getattr(holder, name)
def stopped(*given, **more):
    global calls
    calls -= 1
    if not calls:
        print("here", flush=True)
        sys.stdin.read()
    return true(*given, **more)
setattr(holder, name, stopped)
convert.convert(Path(sys.argv[1]), Path(sys.argv[2]))
print("done", flush=True)
"""
LIMITED = """
import resource, sys
from layers.__main__ import main
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
sys.exit(main(["convert", *sys.argv[1:]]))
"""


@pytest.fixture
def given(tmp_path: Path) -> Path:
    """A file of 5,000 points."""
    made = np.random.default_rng(1)
    places = shapely.points(made.uniform(47, 87, 5000), made.uniform(41, 55, 5000))
    path = tmp_path / "given" / "a.parquet"
    path.parent.mkdir()
    gpd.GeoDataFrame({"n": np.arange(5000)}, geometry=places, crs=WGS84).to_parquet(path)
    return path


@pytest.fixture(params=["absent", "there"])
def out(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Where to write: a folder of its own, with nothing or an older file in it."""
    path = tmp_path / "out" / "a.parquet"
    path.parent.mkdir()
    if request.param == "there":
        path.write_bytes(b"older")
    return path


@pytest.fixture
def stopped(given: Path, out: Path, request: pytest.FixtureRequest) -> Iterator[subprocess.Popen[str]]:
    """A conversion that has stopped before a call of a function, and waits."""
    arguments = [sys.executable, "-c", KILLED, str(given), str(out), *request.param]
    with subprocess.Popen(arguments, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == "here\n"
        yield run
        run.kill()


@pytest.mark.parametrize(
    "stopped",
    [("Runs", "add", "1"), ("Runs", "add", "7"), ("Writer", "write_table", "3"), ("Path", "replace", "1")],
    indirect=True,
    ids=["before the first row", "while reading", "while writing", "before the last step"],
)
def test_a_killed_run_leaves_the_old_file_and_the_next_run_cleans_up(
    stopped: subprocess.Popen[str], given: Path, out: Path
) -> None:
    before = out.read_bytes() if out.exists() else None
    (left,) = out.parent.glob(".convert-*")
    os.kill(stopped.pid, signal.SIGKILL)
    assert stopped.wait() == -signal.SIGKILL
    assert (out.read_bytes() if out.exists() else None) == before
    assert {*out.parent.iterdir()} - {out} == {left}
    assert convert(given, out).rows == 5000
    assert [*out.parent.iterdir()] == [out]


@pytest.mark.parametrize("stopped", [("scratch", "_sync", "2")], indirect=True)
def test_once_it_has_its_name_the_file_is_whole(stopped: subprocess.Popen[str], out: Path) -> None:
    os.kill(stopped.pid, signal.SIGKILL)
    assert stopped.wait() == -signal.SIGKILL
    assert pq.read_table(out).num_rows == 5000


@pytest.mark.parametrize("stopped", [("Writer", "write_table", "3")], indirect=True)
def test_a_run_that_is_still_going_is_left_alone(stopped: subprocess.Popen[str], given: Path, out: Path) -> None:
    (kept,) = out.parent.glob(".convert-*")
    assert convert(given, out.with_name("b.parquet")).rows == 5000
    assert {*out.parent.glob(".convert-*")} == {kept}
    said, _ = stopped.communicate("go on")
    assert (said, stopped.returncode) == ("done\n", 0)
    assert {*out.parent.iterdir()} == {out, out.with_name("b.parquet")}
    assert pq.read_table(out).num_rows == 5000


def test_only_what_is_ours_is_removed(tmp_path: Path) -> None:
    def folder(name: str, *files: str) -> Path:
        (tmp_path / name).mkdir()
        for file in files:
            (tmp_path / name / file).touch()
        return tmp_path / name

    dead = folder(".convert-dead", "lock", "part", "run-0", "run-12")
    theirs = folder(".convert-theirs", "lock", "part", "letter.txt")
    young, old = folder(".convert-young", "lock.new"), folder(".convert-old", "lock.new")
    other = folder("convert-x", "lock")
    alive = folder(".convert-alive", "lock", "part")
    (tmp_path / ".convert-link").symlink_to(other)
    (tmp_path / ".convert-file").touch()
    past = time.time() - 2 * scratch.UNLOCKED_S
    os.utime(old, (past, past))
    with (alive / "lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        scratch.sweep(tmp_path)
    assert not dead.exists()
    assert not old.exists()
    assert [path.name for path in theirs.iterdir()] == ["letter.txt"]
    assert young.exists()
    assert (other / "lock").exists()
    assert (alive / "part").exists()
    assert (tmp_path / ".convert-link").is_symlink()
    assert (tmp_path / ".convert-file").exists()


def refused(capsys: Output, *arguments: str) -> str:
    """The one sentence that convert says when it fails."""
    assert main(["convert", *arguments]) == 1
    found = capsys.readouterr()
    assert found.out == ""
    return found.err.splitlines()[-1]


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("gone.csv", None, "gone.csv does not exist."),
        ("a.shp", b"x", "a.shp: files ending in '.shp' are not read here"),
        ("a.geojson", b"{", "a.geojson cannot be read as a vector layer"),
        ("a.parquet", b"PAR1", "a.parquet cannot be read as a vector layer"),
        ("a.csv", b"id,name\na,b\n", "a.csv has no column named lon"),
        ("a.csv", b"id,lon,lat\na,60,50\nb,60,x\n", "a.csv: row 'row 2', column 'lat', value 'x': is not a number."),
        ("a.csv", b"id,lon,lat\n7,1,60,50\n8,2,60,50\n", "a.csv has rows with more cells than its header has names."),
        (
            "a.geojson",
            b'{"type":"Point","coordinates":[6000000,50]}',
            "a.geojson: row 'row 1', column 'geometry', value '6e+06 50': is no longitude and latitude in degrees.",
        ),
    ],
)
def test_a_bad_file_is_one_sentence_and_changes_nothing(
    name: str, content: bytes | None, sentence: str, out: Path, tmp_path: Path, capsys: Output
) -> None:
    before = {path: path.read_bytes() for path in out.parent.iterdir()}
    if content is not None:
        (tmp_path / name).write_bytes(content)
    assert refused(capsys, str(tmp_path / name), str(out)).startswith(sentence)
    assert {path: path.read_bytes() for path in out.parent.iterdir()} == before


def test_an_output_that_cannot_be_is_one_sentence(given: Path, tmp_path: Path, capsys: Output) -> None:
    (tmp_path / "folder.parquet").mkdir()
    assert "must end in .parquet" in refused(capsys, str(given), str(tmp_path / "a.csv"))
    assert "cannot be written: it is a folder." in refused(capsys, str(given), str(tmp_path / "folder.parquet"))
    assert "cannot be written: No such file or directory." in refused(capsys, str(given), str(tmp_path / "x/a.parquet"))
    assert "cannot be written: " in refused(capsys, str(given), "/proc/a.parquet")  # even root may not


def test_a_refused_last_step_leaves_the_old_file(
    given: Path, out: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    before = {path: path.read_bytes() for path in out.parent.iterdir()}

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", refuse)
    assert refused(capsys, str(given), str(out)) == f"{out} cannot be written: Permission denied."
    assert {path: path.read_bytes() for path in out.parent.iterdir()} == before


def test_a_disk_that_is_full_leaves_the_old_file(given: Path, out: Path) -> None:
    """As good as full: no file may grow beyond 20 kB."""
    before = {path: path.read_bytes() for path in out.parent.iterdir()}
    arguments = [sys.executable, "-c", LIMITED, str(given), str(out)]
    done = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"{out} cannot be written: " in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
    assert {path: path.read_bytes() for path in out.parent.iterdir()} == before


def test_memory_does_not_grow_with_the_rows(given: Path, tmp_path: Path) -> None:
    """Four times the rows, 100 MB of shapes more, for less than half of that in memory."""
    code = "import sys; from layers.__main__ import main; main(['convert', *sys.argv[1:]]); "
    code += "print(open('/proc/self/status').read().split('VmHWM:')[1].split()[0])"  # not what the parent had too
    frame = gpd.read_parquet(given)
    shapes = shapely.buffer(frame.geometry.array, 0.01, quad_segs=5)
    peaks = []
    for times in (20, 80):
        path = tmp_path / f"{times}.parquet"
        many = gpd.GeoDataFrame({"n": np.arange(5000 * times)}, geometry=np.tile(shapes, times), crs=WGS84)
        many.to_parquet(path)
        arguments = [sys.executable, "-c", code, str(path), str(tmp_path / "o.parquet")]
        done = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, check=True)
        peaks.append(int(done.stdout.split()[-1]) / 1000)
    assert peaks[1] < peaks[0] + 50


class Terminal(StringIO):
    """Text that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_has_a_bar_and_a_file_has_few_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress.time, "monotonic", iter(range(1000)).__next__)
    shown, lines = Terminal(), StringIO()
    for stream in (shown, lines):
        told = Progress(stream)
        for done in range(0, 1001, 50):
            told.step("reading", done, 1000)
        told.step("writing", 0, None)
        told.end()
    assert "\rreading 1,000 of 1,000 rows [##############################] 100%" in shown.getvalue()
    assert shown.getvalue().endswith("\rwriting 0 rows \x1b[K\n")
    assert len(lines.getvalue().splitlines()) == 4
    assert "\r" not in lines.getvalue()
