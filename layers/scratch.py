"""A hidden folder beside a file that is being made, so that the file appears whole or not at all."""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

PREFIX = ".convert-"
LOCK, NEW_LOCK, PART = "lock", "lock.new", "part"
OWN = (LOCK, NEW_LOCK, PART, "run-*")  # patterns of what we put into such a folder; nothing else is ever removed
UNLOCKED_S = 3600.0  # a folder without a lock is taken for one in the making until it is this old


@contextlib.contextmanager
def beside(out: Path) -> Iterator[Path]:
    """A hidden folder next to ``out`` that is gone afterwards; those of killed runs are removed first.

    Raises OSError where none can be made.
    """
    sweep(out.parent)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=out.parent))
    try:
        with (folder / NEW_LOCK).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            (folder / NEW_LOCK).rename(folder / LOCK)  # under this name it is never seen unlocked while we live
            yield folder
    finally:
        _clear(folder)


def put(part: Path, out: Path) -> None:
    """Move a finished file to its name, on the disk before anyone can see it there."""
    _sync(part)
    part.replace(out)
    _sync(out.parent)


def sweep(parent: Path) -> None:
    """Remove the folders that killed runs left here: their locks are free, for the system lets go of them."""
    for folder in parent.glob(f"{PREFIX}*"):
        if folder.is_symlink() or not folder.is_dir():
            continue
        with contextlib.suppress(OSError):  # another run may be removing it too, or it is not ours to touch
            if (folder / LOCK).exists():
                with (folder / LOCK).open("r+") as lock:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    _clear(folder)
            elif time.time() - folder.stat().st_mtime > UNLOCKED_S:
                _clear(folder)


def _clear(folder: Path) -> None:
    """Remove our own files and then the folder, unless something else is in it; the lock goes last."""
    found = [path for pattern in reversed(OWN) for path in folder.glob(pattern)]
    with contextlib.suppress(OSError):
        for path in found:
            path.unlink()
        folder.rmdir()


def _sync(path: Path) -> None:
    held = os.open(path, os.O_RDONLY)
    try:
        os.fsync(held)
    finally:
        os.close(held)
