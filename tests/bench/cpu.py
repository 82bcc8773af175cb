"""CPU time of the server, read from Linux's /proc (proc(5), field numbers there count from 1)."""

from __future__ import annotations

import os
from pathlib import Path

PROC = Path("/proc")
PARENT = 4
TIMES = (14, 15, 16, 17)  # user and system time of a process, and of its children that have ended
AFTER_NAME = 3  # the first field after the name, which may hold spaces
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


def server_on(port: int) -> int:
    """The process that this one started as the server of that port."""
    for pid in _children(os.getpid()):
        if f"--server.port\0{port}\0".encode() in (PROC / str(pid) / "cmdline").read_bytes():
            return pid
    raise RuntimeError(f"No process that we started serves port {port}.")


def seconds(pid: int) -> float:
    """User and system time so far of a process with all its threads and descendants, to a hundredth."""
    fields = _fields(pid)
    own = sum(int(fields[number - AFTER_NAME]) for number in TIMES) / TICKS_A_SECOND
    return own + sum(seconds(child) for child in _children(pid))


def _children(parent: int) -> list[int]:
    found = []
    for folder in PROC.glob("[0-9]*"):
        try:
            if int(_fields(int(folder.name))[PARENT - AFTER_NAME]) == parent:
                found.append(int(folder.name))
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended since it was listed
    return found


def _fields(pid: int) -> list[str]:
    return (PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
