"""Places for workers, counted over all processes of this server: a locked file each, which the system frees itself.

A lock ends with the process that holds it, however it ends, so that no place is ever lost.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import stat
import tempfile
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

from layers.errors import UploadError

MOST_AT_ONCE, MOST_WAITING = 2, 6
SMALL_BYTES = 5_000_000
LOOK_S = 0.05  # between two looks of the one that is next; the others sleep in the kernel
ROOT = Path(__file__).resolve().parents[2]


def folder() -> Path:
    """Where the locks of this server are: a folder that only its user can enter; UploadError where it is not so."""
    place = Path(tempfile.gettempdir(), f"atlas-slots-{os.geteuid()}-{zlib.crc32(os.fsencode(ROOT)):08x}")
    with contextlib.suppress(FileExistsError):
        place.mkdir(mode=0o700)
    found = place.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o077:
        raise UploadError(f"Files are not read here: {place} is not a folder of this server alone; remove it.")
    return place


@contextlib.contextmanager
def queued() -> Iterator[None]:
    """One of the few places for files that are read or wait; UploadError where all are taken."""
    held = _first_free("queue", MOST_AT_ONCE + MOST_WAITING)
    if held is None:
        raise UploadError("Too many files are being read: try again in a minute.")
    try:
        yield
    finally:
        os.close(held)


@contextlib.contextmanager
def working(small: bool = False) -> Iterator[None]:
    """One of the places for files that are read; waits for it, one after the other.

    Small files have a place beside those, and a queue of their own: two large ones may take minutes.
    """
    turn = _opened("turn-small" if small else "turn")
    try:
        fcntl.flock(turn, fcntl.LOCK_EX)
        while (held := _free_place(small)) is None:
            time.sleep(LOOK_S)
    finally:
        os.close(turn)
    try:
        yield
    finally:
        os.close(held)


def _free_place(small: bool) -> int | None:
    held = _first_free("small", 1) if small else None
    return _first_free("work", MOST_AT_ONCE) if held is None else held


def _first_free(kind: str, number: int) -> int | None:
    """A file that nobody else had locked, now locked by us: its descriptor, which a worker does not inherit."""
    for place in range(number):
        held = _opened(f"{kind}-{place}")
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(held)
        else:
            return held
    return None


def _opened(name: str) -> int:
    return os.open(folder() / name, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
