"""Which files a worker may reach: Landlock, which the kernel enforces on paths whatever the process then does.

A worker reads Python, its packages (the data of PROJ and GDAL lie there), shared libraries and our code, and has
nothing but its own folder to write in. What Landlock does not cover: whether a path exists and how large it is can be
asked (stat), and what was opened before stays open.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # the same numbers on every processor
GIVE_VERSION, BENEATH = 1, 1
LEAST_ABI = 2  # Linux 5.19: before it no file could be moved to another folder, as a finished layer is
WRITE_FILE, READ_FILE, READ_DIR = 1 << 1, 1 << 2, 1 << 3
REMOVE_DIR, REMOVE_FILE, MAKE_DIR, MAKE_REG = 1 << 4, 1 << 5, 1 << 7, 1 << 8
REFER, TRUNCATE = 1 << 13, 1 << 14
HANDLED_BITS = {2: 14, 3: 15, 4: 15}  # kinds of access that an ABI knows; later ones know 16 that concern files
NETWORK_FROM, BIND_AND_CONNECT = 4, 0b11
SCOPES_FROM, SOCKETS_AND_SIGNALS = 6, 0b11
READ = READ_FILE | READ_DIR
OWN = READ | WRITE_FILE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | REFER | TRUNCATE
OUR_ROOMS = ("layers", "geo")  # not data/, and nothing else beside them
ROOT = Path(__file__).resolve().parents[2]


def _abi() -> int:
    """The kernel's version of Landlock, 0 where it has none or it is switched off."""
    if sys.platform != "linux":
        return 0
    found = ctypes.CDLL(None).syscall(CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint(GIVE_VERSION))
    return max(0, int(found))


ABI = _abi()
"""The version of Landlock here; 0: none."""
FENCED = ABI >= LEAST_ABI
"""Whether workers are kept from the server's files. Where not, they still have no network and no other process, but
may read whatever the user of the server may."""


def enclose(folder: Path) -> None:
    """Keep this process to its folder and to what Python needs, for good; nothing is done where FENCED is False.

    It must have given up new privileges before (prctl PR_SET_NO_NEW_PRIVS). OSError where the kernel refuses.
    """
    if not FENCED:
        return
    libc = ctypes.CDLL(None, use_errno=True)
    handled = (1 << HANDLED_BITS.get(ABI, 16)) - 1
    network = BIND_AND_CONNECT if ABI >= NETWORK_FROM else 0
    scoped = SOCKETS_AND_SIGNALS if ABI >= SCOPES_FROM else 0
    said = struct.pack("QQQ", handled, network, scoped)[: 24 if scoped else 16 if network else 8]
    rules = _call(libc, CREATE_RULESET, said, len(said), 0)
    try:
        for path in _needed():
            _allow(libc, rules, path, READ & handled)
        _allow(libc, rules, Path(os.devnull), READ_FILE | WRITE_FILE)
        _allow(libc, rules, folder, OWN & handled)
        _call(libc, RESTRICT_SELF, rules, 0)
    finally:
        os.close(rules)


def _needed() -> Iterator[Path]:
    """Folders that a worker reads: Python, packages, shared libraries, time zones and our code."""
    named = sysconfig.get_paths()
    machine = sysconfig.get_config_var("MULTIARCH") or ""
    found = {Path(named[kind]) for kind in ("stdlib", "platstdlib", "purelib", "platlib")}
    found |= {Path(top, machine) for top in ("/lib", "/usr/lib", "/usr/local/lib") if machine}
    found |= {Path("/lib64"), Path("/usr/share/zoneinfo"), Path("/dev/urandom")}
    found |= {ROOT / room for room in OUR_ROOMS}
    yield from (path for path in sorted(found) if path.exists())


def _allow(libc: ctypes.CDLL, rules: int, path: Path, access: int) -> None:
    held = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        access &= ~READ_DIR if not path.is_dir() else ~0
        _call(libc, ADD_RULE, rules, BENEATH, struct.pack("=Qi", access, held), 0)
    finally:
        os.close(held)


def _call(libc: ctypes.CDLL, number: int, *arguments: int | bytes) -> int:
    given = [ctypes.c_char_p(part) if isinstance(part, bytes) else ctypes.c_long(part) for part in arguments]
    done = int(libc.syscall(ctypes.c_long(number), *given))
    if done < 0:
        fault = ctypes.get_errno()
        raise OSError(fault, os.strerror(fault))
    return done
