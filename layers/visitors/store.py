"""Where visitors' files lie: temporary folders outside the atlas, counted, bounded and removed when their time is over.

``ROOT/<visitor>/<upload>/`` holds ``raw`` (the bytes as they came), ``state.json`` (how far it is), ``work`` while a
worker reads and, once the layer is taken, ``entry.json`` and ``data/layer.parquet``. All of it is on the disk, so
several processes of one server see the same.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import shutil
import stat
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from layers.errors import UploadError
from layers.intake.supervise import MB, MOST_BYTES
from layers.spec import VISITORS_PREFIX
from layers.visitors.origin import origin_of

ROOT_ENVIRONMENT = "ATLAS_UPLOADS"  # a folder of the operator's choice instead of the system's temporary one
OLDEST_S = 24 * 3600.0  # a visitor's file is kept so long, counted from when it came
ASKED_S = 3600.0  # one that waits for an answer, or was turned away, is kept so long
READING_S = 1800.0  # a reading that lasts longer was broken off with its process
SWEEP_S = 300.0
MOST_UPLOADS, MOST_VISITOR_BYTES = 12, 1_000 * MB
MOST_FROM_ONE, MOST_BYTES_FROM_ONE = 100, 3_000 * MB  # from one network address, whatever tokens it shows
MOST_OF_ALL, MOST_BYTES_OF_ALL, LEAST_FREE_BYTES = 1_000, 10_000 * MB, 1_000 * MB
RAW, STATE, WORK, ENTRY, DATA = "raw", "state.json", "work", "entry.json", "data/layer.parquet"
NAME = re.compile(VISITORS_PREFIX + r"[0-9a-f]{10}", re.ASCII)
LONGEST_TITLE = 120
NO_ROOM = "The server has no room for more files: try again later."
RECEIVING, READING, ASKS, REJECTED, READY = "receiving", "reading", "asks", "rejected", "ready"

_beginning = threading.Lock()


@dataclass(frozen=True)
class State:
    """How far a file is: ``file`` is what the visitor called it, ``received`` and ``since`` are seconds since 1970.

    ``report`` is the verdict as JSON, None before there is one; ``answers`` are those it was given with. ``reader`` is
    the process that has it read, 0 before there is one; ``origin`` is from where it came, see ``origin_of``.
    """

    file: str
    received: float
    since: float
    step: str
    report: dict[str, Any] | None = None
    answers: dict[str, Any] | None = None
    reader: int = 0
    origin: str = ""


def root() -> Path:
    """The folder of all visitors, which only we can look into; UploadError where it is not ours."""
    named = os.environ.get(ROOT_ENVIRONMENT)
    path = Path(named) if named else Path(tempfile.gettempdir()) / f"atlas-uploads-{os.getuid()}"
    with contextlib.suppress(FileExistsError):  # or something else of that name, which is seen below
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    seen = path.lstat()
    if not stat.S_ISDIR(seen.st_mode) or seen.st_uid != os.getuid() or seen.st_mode & 0o077:
        raise UploadError("Files cannot be taken here: the server's folder for them is open to others.")
    return path


def begin(visitor: str, file: str, host: str = "") -> Path:
    """A new folder for a file that a visitor sends from a host; UploadError where there are too many, or no room."""
    sweep()
    with _beginning:  # of several that come at once each counts the others
        origin = origin_of(host, root())
        folder = _counted(visitor, origin)
        now = time.time()
        write_state(folder, State(file[:LONGEST_TITLE], now, now, RECEIVING, origin=origin))
    return folder


def _counted(visitor: str, origin: str) -> Path:
    held = folders(visitor)
    if len(held) >= MOST_UPLOADS:
        raise UploadError(f"You have {MOST_UPLOADS} files here, which is as many as are kept: remove one first.")
    if sum(map(_size, held)) + MOST_BYTES > MOST_VISITOR_BYTES:
        raise UploadError(f"Your files take up to {MOST_VISITOR_BYTES // MB} MB together: remove one first.")
    every = [folder for one in root().iterdir() for folder in folders(one.name)]
    near = [folder for folder in every if origin and _origin(folder) == origin]
    if len(near) >= MOST_FROM_ONE or sum(map(_size, near)) + MOST_BYTES > MOST_BYTES_FROM_ONE:
        raise UploadError("From your network address come too many files: remove some, or try again later.")
    if len(every) >= MOST_OF_ALL or _size(root()) + MOST_BYTES > MOST_BYTES_OF_ALL:
        raise UploadError(NO_ROOM)
    require_room()
    folder = root() / visitor / f"{VISITORS_PREFIX}{secrets.token_hex(5)}"
    folder.mkdir(mode=0o700, parents=True)
    return folder


def require_room() -> None:
    """UploadError where the disk is nearly full: asked again while a file comes in, for many may come at once."""
    if shutil.disk_usage(root()).free < LEAST_FREE_BYTES:
        raise UploadError(NO_ROOM)


def find(visitor: str, upload: str) -> Path:
    """The folder of a visitor's file; UploadError where there is none, or its time is over."""
    folder = root() / visitor / upload
    if not NAME.fullmatch(upload) or _state_or_none(folder) is None:
        raise UploadError("There is no such file of yours: it was removed, or its day is over.")
    return folder


def folders(visitor: str) -> list[Path]:
    """The folders of a visitor's files that are still kept, the oldest first; none where none can be taken."""
    try:
        place = root() / visitor
    except UploadError:  # which is said to whoever sends a file; the atlas itself goes on
        return []
    found = ((path, _state_or_none(path)) for path in place.glob(f"{VISITORS_PREFIX}*"))
    return [path for _, path in sorted((state.received, path) for path, state in found if state)]


def ready(visitor: str) -> list[Path]:
    """Those of them that are layers."""
    return [folder for folder in folders(visitor) if read_state(folder).step == READY and (folder / ENTRY).is_file()]


def read_state(folder: Path) -> State:
    """How far a file is; one whose reading was broken off counts as rejected."""
    state = _read(folder / STATE, (folder / STATE).stat().st_mtime_ns)
    late = time.time() - _last_sign(folder, state) > READING_S
    if (state.step in (READING, RECEIVING) and late) or (state.step == READING and not _runs(state.reader)):
        reason = "The server was stopped while it read this file: send it again."
        return replace(state, step=REJECTED, report={"verdict": "rejected", "reason": reason, "layers": []})
    return state


def _last_sign(folder: Path, state: State) -> float:
    """When something last happened to a file; one that comes in slowly grows meanwhile."""
    if state.step != RECEIVING:
        return state.since
    with contextlib.suppress(FileNotFoundError):
        return max(state.since, (folder / RAW).stat().st_mtime)
    return state.since


def _runs(process: int) -> bool:
    """Whether there is still a process of that number of ours; a new one may have it, so time is counted too."""
    try:
        os.kill(process, 0)
    except OSError:
        return False
    return process > 0


def write_state(folder: Path, state: State) -> None:
    """Write it whole or not at all."""
    put(folder / STATE, json.dumps(asdict(state), ensure_ascii=False))


def put(path: Path, text: str) -> None:
    """A small file that appears whole."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


def remove(folder: Path) -> None:
    """A file and all that was made of it."""
    shutil.rmtree(folder, ignore_errors=True)


def sweep() -> None:
    """Remove what is older than a day, whoever it belongs to."""
    for visitor in root().iterdir():
        for folder in visitor.glob(f"{VISITORS_PREFIX}*"):
            if _state_or_none(folder) is None and time.time() - folder.stat().st_mtime > 1.0:
                remove(folder)
        with contextlib.suppress(OSError):  # others of the same visitor are left
            visitor.rmdir()


@cache
def keep_swept() -> None:
    """From here on what is too old goes every few minutes, and at once what a server before this one left."""
    threading.Thread(target=_sweep_always, name="atlas-sweep", daemon=True).start()


def _sweep_always() -> None:
    pause = threading.Event()
    while True:
        with contextlib.suppress(OSError, UploadError):  # said to whoever sends a file
            sweep()
        pause.wait(SWEEP_S)


def _state_or_none(folder: Path) -> State | None:
    try:
        state = read_state(folder)
    except (OSError, ValueError, TypeError):  # being made or removed at this moment, or damaged
        return None
    late = state.step in (ASKS, REJECTED) and time.time() - state.since > ASKED_S
    return None if late or time.time() - state.received > OLDEST_S else state


@lru_cache(maxsize=512)
def _read(path: Path, _changed_ns: int) -> State:
    return State(**json.loads(path.read_text(encoding="utf-8")))


def _origin(folder: Path) -> str:
    state = _state_or_none(folder)
    return state.origin if state else ""


def _size(folder: Path) -> int:
    return sum(_sizes(folder))


def _sizes(folder: Path) -> Iterator[int]:
    for path in folder.rglob("*"):
        with contextlib.suppress(FileNotFoundError):  # removed meanwhile
            seen = path.lstat()
            if stat.S_ISREG(seen.st_mode) and WORK not in path.relative_to(folder).parts:
                yield seen.st_size
