"""How far a worker is: a small file in its folder, put there whole each time, and read as input from a stranger."""

from __future__ import annotations

import json
import os
import stat
import time
from contextvars import ContextVar
from pathlib import Path
from typing import Literal, NamedTuple, get_args

Name = Literal["waiting", "unpacking", "reading", "checking", "repairing", "writing"]
NAMES: tuple[Name, ...] = get_args(Name)
FILE, NEW_FILE = "stage.json", "stage.new"
MOST_BYTES = 200
MOST_ROWS = 1_000_000_000
PAUSE_S = 0.2  # between two reports of the same stage


class Stage(NamedTuple):
    """What a worker does, and how many rows it has done, None where that is not known."""

    name: Name
    rows: int | None = None


class _Teller:
    """Writes into one folder, not too often."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.last, self.at = folder, "", 0.0

    def tell(self, name: Name, rows: int | None) -> None:
        now = time.monotonic()
        if name == self.last and now - self.at < PAUSE_S:
            return
        self.last, self.at = name, now
        put(self.folder, Stage(name, rows))


_teller: ContextVar[_Teller | None] = ContextVar("teller", default=None)


def start(folder: Path) -> None:
    """From here on ``tell`` writes into this folder; before, and where nobody asks, it does nothing."""
    _teller.set(_Teller(folder))


def tell(name: Name, rows: int | None = None) -> None:
    """Say what is done now, and how many rows of it."""
    teller = _teller.get()
    if teller is not None:
        teller.tell(name, rows)


def put(folder: Path, told: Stage) -> None:
    """Write a stage so that a reader sees this one or the one before."""
    (folder / NEW_FILE).write_text(json.dumps(told._asdict()), encoding="ascii")
    (folder / NEW_FILE).replace(folder / FILE)


def stage(folder: Path) -> Stage | None:
    """What the worker of a folder says that it does; None where it says nothing, or nothing that can be one."""
    try:
        held = os.open(folder / FILE, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(held, "rb") as file:
            if not stat.S_ISREG(os.fstat(held).st_mode):
                return None
            said = json.loads(file.read(MOST_BYTES))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(said, dict):
        return None
    name = next((name for name in NAMES if name == said.get("name")), None)
    rows = said.get("rows")
    if name is None or not (rows is None or (type(rows) is int and 0 <= rows <= MOST_ROWS)):
        return None
    return Stage(name, rows)
