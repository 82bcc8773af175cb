"""The safe side of an upload: starts a worker, kills it when its time is over, and checks whatever it says."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import IO

from layers.errors import UploadError
from layers.intake import limits, ogr, slots
from layers.intake.found import Answers
from layers.intake.stage import Stage, put
from layers.intake.verdict import Verdict, from_json, rejected

MB = 1_000_000
MOST_BYTES = 200 * MB
MOST_REPORT_BYTES = 20 * MB
LEAST_SECONDS, SECONDS_PER_MB, MOST_SECONDS = 40.0, 4.0, 240.0  # a small file must not hold a place for long
WORKER = (sys.executable, "-P", "-s", "-m", "layers.intake.worker")  # -P: no module comes from its own folder
ROOT = Path(__file__).resolve().parents[2]
UPLOAD, JOB, REPORT, LOG = "upload", "job.json", "report.json", "log"


@contextlib.contextmanager
def private_folder() -> Iterator[Path]:
    """A folder that only we can look into, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="atlas-upload-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def inspect(
    path: Path,
    answers: Answers,
    folder: Path,
    worker: Sequence[str] = WORKER,
    most_seconds: float | None = None,
    title: str = "",
) -> Verdict:
    """The verdict on a file, read by a worker of its own in an empty private folder.

    Layers that may be taken are 0.parquet, 1.parquet, ... in the folder, in the order of the verdict's layers. The
    file is copied, and its name is but a title. At most three workers run at once, one of them with a small file, and
    few may wait, over all processes of the server: beyond these the file is rejected. Meanwhile
    ``stage.stage(folder)`` says how far it is. ``worker`` is the command of the process, which is killed after
    ``most_seconds``, which grow with the file if they are not given.
    ``title`` is what the file is called where that is not its path's.
    """
    try:
        with slots.queued():
            put(folder, Stage("waiting"))
            with slots.working(path.is_file() and path.stat().st_size <= slots.SMALL_BYTES):
                return _inspected(path, answers, folder, worker, most_seconds, title or path.stem)
    except UploadError as error:
        return rejected(str(error))
    except OSError as error:
        return rejected(f"The file cannot be read here ({error.strerror or error}): try again later.")


def _inspected(
    path: Path, answers: Answers, folder: Path, worker: Sequence[str], seconds: float | None, title: str
) -> Verdict:
    _copy(path, folder / UPLOAD)
    size_mb = (folder / UPLOAD).stat().st_size / MB
    most_seconds = min(MOST_SECONDS, LEAST_SECONDS + SECONDS_PER_MB * size_mb) if seconds is None else seconds
    job = {
        "title": title[:100].encode("utf-8", "replace").decode("utf-8"),
        "layer": answers.layer,
        "crs": answers.crs,
        "encoding": answers.encoding,
        "swap": answers.swap,
    }
    (folder / JOB).write_text(json.dumps(job), encoding="utf-8")
    status = _run(worker, folder, most_seconds)
    if status != 0:
        return rejected(_told(status, most_seconds))
    return _report(folder / REPORT)


def _copy(path: Path, out: Path) -> None:
    """The file's bytes under a name of ours, counted; UploadError where it is no file, empty or too large."""
    if not path.is_file():
        raise UploadError("There is no such file: name one that exists.")
    done = 0
    with path.open("rb") as source, out.open("xb") as made:
        while chunk := source.read(MB):
            done += len(chunk)
            if done > MOST_BYTES:
                raise UploadError(
                    f"The file is larger than {MOST_BYTES // MB} MB: use `python -m layers convert`, that has no limit."
                )
            made.write(chunk)
    if not done:
        raise UploadError("The file is empty: save the layer anew.")


def _run(worker: Sequence[str], folder: Path, most_seconds: float) -> int | None:
    """The worker's status, None where it was killed because its time was over."""
    with (folder / LOG).open("wb") as log:
        process = _started(worker, folder, log)
        try:
            return process.wait(most_seconds)
        except subprocess.TimeoutExpired:
            return None
        finally:
            with contextlib.suppress(ProcessLookupError):  # it and whatever it started are gone already
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _started(worker: Sequence[str], folder: Path, log: IO[bytes]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*worker],
        cwd=folder,
        env={**_environment(), "TMPDIR": str(folder), "HOME": str(folder)},
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        start_new_session=True,
        close_fds=True,
    )


@cache
def _environment() -> dict[str, str]:
    """All that a worker is told: nothing of ours, and GDAL and PROJ without drivers, plug-ins and network."""
    return {
        "PYTHONPATH": str(ROOT),
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        "GDAL_SKIP": ogr.skipped(),
        "GDAL_DRIVER_PATH": "disable",
        "OGR_SQLITE_LIST_VIRTUAL_OGR": "NO",
        "GDAL_VRT_ENABLE_PYTHON": "NO",
        "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
        "GDAL_HTTP_TIMEOUT": "1",
        "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
        "GDAL_PAM_ENABLED": "NO",
        "GDAL_NUM_THREADS": "1",
        "GDAL_CACHEMAX": "64",
        "PROJ_NETWORK": "OFF",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
        "MALLOC_ARENA_MAX": "2",
    }


def _told(status: int | None, most_seconds: float) -> str:
    """One sentence on a worker that left no report."""
    if status is None:
        return f"Reading the file took longer than {most_seconds:.0f} s: make it smaller, or save it in another format."
    if status == -signal.SIGXCPU:
        return f"Reading the file took more than {limits.MOST_CPU_S} s of computing: make it smaller or simpler."
    if status in (limits.OUT_OF_MEMORY, -signal.SIGKILL):
        return f"Reading the file needs more than {limits.MOST_MEMORY_BYTES // MB} MB of memory: make it smaller."
    if status == -signal.SIGXFSZ:
        return f"Reading the file makes more than {limits.MOST_FILE_BYTES // MB} MB: make it smaller."
    return "The reader broke off at this file, which may be damaged: save it anew, or in another format."


def _report(path: Path) -> Verdict:
    if not path.is_file() or path.is_symlink() or path.stat().st_size > MOST_REPORT_BYTES:
        raise UploadError("The reader left no answer on this file: save it anew, or in another format.")
    try:
        return from_json(json.loads(path.read_bytes()))
    except (ValueError, RecursionError) as error:
        raise UploadError("The reader gave an answer on this file that is none: save it anew.") from error


def clear(folder: Path) -> None:
    """Remove what a worker left, the layers included."""
    shutil.rmtree(folder, ignore_errors=True)
