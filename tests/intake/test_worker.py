"""A worker that hangs, eats memory, crashes, lies or calls out is survived."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from pathlib import Path

import pytest

from layers.intake import limits, slots, supervise
from layers.intake.found import Answers
from layers.intake.verdict import Verdict
from tests.intake.conftest import Judge

POINT = '{"type": "Point", "coordinates": [68, 48]}'
CONFINED = "from layers.intake import limits; limits.confine(); "
WAIT = "import time; time.sleep(600)"


def command(code: str) -> tuple[str, ...]:
    return (sys.executable, "-P", "-s", "-c", code)


def test_a_good_file_by_a_worker(confined: Judge, tmp_path: Path) -> None:
    assert confined(POINT).verdict == "accepted"
    assert (tmp_path / "private0/0.parquet").is_file()


def test_one_that_hangs_is_killed_with_what_it_started(confined: Judge, tmp_path: Path) -> None:
    note = tmp_path / "child"
    code = (
        f"import subprocess; p = subprocess.Popen(['sleep', '600']); open({str(note)!r}, 'w').write(str(p.pid)); {WAIT}"
    )
    told = confined(POINT, worker=command(code), most_seconds=2.0)
    assert told.verdict == "rejected"
    assert "longer than" in told.reason
    assert _gone(int(note.read_text()))


def test_one_that_eats_memory_is_refused_it(confined: Judge) -> None:
    code = CONFINED + f"held = bytearray({limits.MOST_MEMORY_BYTES})"
    told = confined(POINT, worker=command(f"try:\n    {code}\nexcept MemoryError:\n    raise SystemExit(77)"))
    assert told.verdict == "rejected"
    assert "memory" in told.reason


@pytest.mark.parametrize(
    "code",
    [
        "import os; os.abort()",
        "import os; os.kill(os.getpid(), 11)",
        "raise SystemExit(3)",
        "raise ValueError",
        "pass",
        "open('report.json', 'w').write('{')",
        "open('report.json', 'w').write('[' * 100000)",
        "open('report.json', 'w').write('null')",
        "import os; os.symlink('/etc/passwd', 'report.json')",
        "import json; json.dump({'verdict': 'root', 'reason': '', 'layers': []}, open('report.json', 'w'))",
        "import json; json.dump({'verdict': 'accepted', 'reason': '', 'layers': [{}]}, open('report.json', 'w'))",
    ],
)
def test_one_that_crashes_or_lies_is_a_rejection(confined: Judge, code: str) -> None:
    told = confined(POINT, worker=command(code))
    assert told.verdict == "rejected"
    assert told.reason.endswith(".")
    assert "Traceback" not in told.reason


@pytest.mark.parametrize(
    "code",
    [
        "import socket; socket.socket()",
        "import socket; socket.socketpair()[0]; socket.socket(socket.AF_UNIX)",
        "import subprocess; subprocess.run(['true'])",
        "import os; os.fork()",
        "import os; os.execv('/bin/true', ['true'])",
        "import os; os.posix_spawn('/bin/true', ['true'], {})",
        "import os, signal; os.kill(os.getppid(), 0)",
        "files = [open('/dev/null') for _ in range(200)]",
    ],
)
def test_a_confined_process_has_neither_network_nor_other_processes(confined: Judge, code: str, tmp_path: Path) -> None:
    """What is tried raises OSError."""
    told = "try:\n    {guard}{code}\nexcept OSError:\n    open('refused', 'w').close()\n"
    told += "else:\n    open('done', 'w').close()"
    confined(POINT, worker=command(told.format(guard=CONFINED, code=code)))
    assert (tmp_path / "private0/refused").is_file()
    assert not (tmp_path / "private0/done").exists()


def test_a_confined_process_may_still_have_threads_and_cannot_write_without_end(
    confined: Judge, tmp_path: Path
) -> None:
    threads = "import threading; t = threading.Thread(target=lambda: open('done', 'w').close()); t.start(); t.join()"
    confined(POINT, worker=command(CONFINED + threads))
    assert (tmp_path / "private0/done").is_file()
    large = f"open('large', 'wb').truncate({limits.MOST_FILE_BYTES} + 1)"
    told = confined(POINT, worker=command(CONFINED + large))
    assert told.verdict == "rejected"


def test_the_worker_knows_nothing_of_ours(confined: Judge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_OF_OURS", "x")
    confined(POINT, worker=command("import os, json; json.dump(dict(os.environ), open('told', 'w'))"))
    told = json.loads((tmp_path / "private0/told").read_text())
    assert "SECRET_OF_OURS" not in told
    assert told["PROJ_NETWORK"] == "OFF"


def test_gdal_has_three_drivers_in_the_worker(confined: Judge, tmp_path: Path) -> None:
    code = "import pyogrio, json; json.dump(sorted(pyogrio.list_drivers()), open('told', 'w'))"
    confined(POINT, worker=command(code))
    drivers = set(json.loads((tmp_path / "private0/told").read_text()))
    assert drivers - {"MEM"} == {"ESRI Shapefile", "FlatGeobuf", "GPKG"}


def test_a_worker_with_more_drivers_reads_nothing(confined: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {**supervise._environment(), "GDAL_SKIP": ""}
    monkeypatch.setattr(supervise, "_environment", lambda: given)
    assert confined(POINT).verdict == "rejected"


def test_three_small_files_at_once_and_no_more(tmp_path: Path) -> None:
    """Each leaves a note while it works; a fourth starts only when one has ended: small files have a place more."""
    notes = tmp_path / "notes"
    notes.mkdir()
    code = (
        f"import os, pathlib, time; notes = pathlib.Path({str(notes)!r}); me = notes / str(os.getpid()); me.touch()\n"
        f"assert len(list(notes.iterdir())) <= {slots.MOST_AT_ONCE + 1}\n"
        f"time.sleep(0.2); assert len(list(notes.iterdir())) <= {slots.MOST_AT_ONCE + 1}; me.unlink()\n"
        "import json; json.dump({'verdict': 'accepted', 'reason': 'x', 'layers': []}, open('report.json', 'w'))"
    )
    told = _all_at_once(tmp_path, command(code), 5)
    assert [verdict.verdict for verdict in told] == ["accepted"] * 5


def test_beyond_the_queue_nobody_waits(tmp_path: Path) -> None:
    number = slots.MOST_AT_ONCE + slots.MOST_WAITING
    told = _all_at_once(tmp_path, command(WAIT), number + 3, most_seconds=2.0)
    assert sum("Too many" in verdict.reason for verdict in told) == 3


def test_a_file_too_large_is_not_even_copied_whole(confined: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervise, "MOST_BYTES", 10)
    told = confined(POINT)
    assert told.verdict == "rejected"
    assert "larger than" in told.reason


@pytest.mark.parametrize("name", ["nothing", "folder", "pipe", "x" * 300])
def test_what_is_no_file(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "private").mkdir()
    assert supervise.inspect(tmp_path / name, Answers(), tmp_path / "private").verdict == "rejected"


def _all_at_once(folder: Path, worker: tuple[str, ...], number: int, most_seconds: float = 60.0) -> list[Verdict]:
    (folder / "file").write_text(POINT)
    told: list[Verdict] = []
    homes = [folder / f"home{n}" for n in range(number)]
    for home in homes:
        home.mkdir()

    def one(home: Path) -> None:
        told.append(supervise.inspect(folder / "file", Answers(), home, worker=worker, most_seconds=most_seconds))

    threads = [threading.Thread(target=one, args=(home,)) for home in homes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


def _gone(pid: int) -> bool:
    """Whether a process has ended; one that waits to be buried has."""
    for _ in range(100):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False
