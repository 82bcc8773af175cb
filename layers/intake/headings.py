"""Names of columns that are safe everywhere: unique in small letters too, none empty, none that formats reserve."""

from __future__ import annotations

from collections.abc import Sequence

from layers.errors import UploadError
from layers.intake.verdict import text

RESERVED = {"geometry", "geom", "the_geom", "wkb_geometry", "fid", "ogc_fid", "rowid", "bbox", "shape"}
LONGEST = 120
MOST = 2_000


def renamed(names: Sequence[str]) -> tuple[list[str], list[str]]:
    """Safe names in the same order, and a sentence for each that had to change; UploadError if there are too many."""
    if len(names) > MOST:
        raise UploadError(f"The layer has {len(names)} columns, more than {MOST}: keep those that are needed.")
    taken = {_key(name) for name in names}
    used: set[str] = set()
    made, told = [], []
    for place, name in enumerate(names):
        new = _free(_readable(name, place), name, used, taken)
        used.add(_key(new))
        made.append(new)
        if new != name:
            told.append(f"column {place + 1} {text(name)[:LONGEST]!r} is called {new!r}: {_why(name, new)}")
    return made, told


def free(name: str, taken: Sequence[str]) -> str:
    """The name, with a number if one of those has it."""
    used = {_key(one) for one in taken}
    return name if _key(name) not in used else _free(name, "", used, set())


def _readable(name: str, place: int) -> str:
    plain = " ".join(text(name).split())[:LONGEST].rstrip()
    return plain or f"column_{place + 1}"


def _free(base: str, name: str, used: set[str], taken: set[str]) -> str:
    """The name itself if no column before has it, else the first with a number that no other column has."""
    base = f"{base}_value" if _key(base) in RESERVED else base
    if _key(base) not in used and (base == name or _key(base) not in taken):
        return base
    number = 2
    while _key(f"{base}_{number}") in used | taken:
        number += 1
    return f"{base}_{number}"


def _why(name: str, new: str) -> str:
    if not name.strip():
        return "it had no name"
    if _key(name) in RESERVED:
        return "formats keep that name for themselves"
    return "another column has that name" if new.startswith(name[:20]) else "the name had characters that are not shown"


def _key(name: str) -> str:
    return name.casefold().strip()
