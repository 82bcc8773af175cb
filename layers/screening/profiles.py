"""Profiles and criteria of screening: data in TOML, the atlas's own judgement, with the reason for each part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from layers.errors import CatalogueError, UnknownNameError
from layers.screening.scores import Scale
from layers.spec import LANGUAGES, Stamp, Words, read_toml, stamp

FOLDER = Path(__file__).parent
CRITERIA = FOLDER / "criteria.toml"
PROFILES = tuple(sorted((FOLDER / "profiles").glob("*.toml")))
MEASURES = ("nearest", "count", "people", "code", "accuracy", "area", "processing")


@dataclass(frozen=True, eq=False)
class Criterion:
    """What is measured on a candidate.

    ``layers`` are those it looks for, but for rows with one of the codes of ``without``, by column; ``people`` the
    least population of a town that counts, ``radius_km`` how far a count reaches, ``column`` and ``points`` what a code
    is worth from 0 to 1. With ``own`` only rows of the commodities that the candidate or the profile names count.
    """

    id: str
    measure: str
    title: Words
    unit: str
    layers: tuple[str, ...] = ()
    people: int = 0
    radius_km: int = 0
    columns: tuple[str, ...] = ()
    points: Mapping[str, float] = field(default_factory=dict)
    without: Mapping[str, Sequence[str]] = field(default_factory=dict)
    own: bool = False


@dataclass(frozen=True)
class Part:
    """One criterion of a profile: its weight, its scale and why."""

    criterion: str
    weight: int
    scale: Scale
    reason: Words = field(hash=False)


@dataclass(frozen=True, eq=False)
class Profile:
    """A question put to candidates: which layer they are of unless a reader chooses, for what commodities, by what."""

    id: str
    order: int
    title: Words
    about: Words
    candidates: str
    commodities: tuple[str, ...]
    parts: tuple[Part, ...]


@dataclass(frozen=True, eq=False)
class Book:
    """All profiles by id, the first one first, all criteria, and whose judgement they are."""

    profiles: Mapping[str, Profile]
    criteria: Mapping[str, Criterion]
    judgement: Words


def book() -> Book:
    """What the files say; CatalogueError where they do not fit together."""
    return _book(stamp(CRITERIA, *PROFILES))


def profile(profile_id: str) -> Profile:
    """The profile of that id, the first one for nothing; UnknownNameError when there is none."""
    known = book().profiles
    if profile_id and profile_id not in known:
        raise UnknownNameError("screening profile", profile_id, list(known))
    return known[profile_id] if profile_id else next(iter(known.values()))


@lru_cache(maxsize=2)
def _book(files: Stamp) -> Book:
    criteria_file, *profile_files = (Path(name) for name, _, _ in files)
    raw = read_toml(criteria_file)
    judgement = raw.pop("judgement")
    criteria = {name: _criterion(name, fields) for name, fields in raw.items()}
    made = sorted((_profile(path, criteria) for path in profile_files), key=lambda one: (one.order, one.id))
    return Book({one.id: one for one in made}, criteria, judgement)


def _criterion(name: str, raw: dict[str, Any]) -> Criterion:
    lists: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in raw.items()}
    try:
        made = Criterion(id=name, **lists)
    except TypeError as error:
        raise CatalogueError(f"{CRITERIA.name}: {name}: {error}") from error
    if made.measure not in MEASURES or set(made.title) != set(LANGUAGES):
        raise CatalogueError(f"{CRITERIA.name}: {name} needs a title in each language and one of {MEASURES}.")
    return made


def _profile(path: Path, criteria: Mapping[str, Criterion]) -> Profile:
    raw = read_toml(path)
    parts = [_part(path, fields, criteria) for fields in raw.pop("criteria")]
    try:
        return Profile(id=path.stem, parts=tuple(parts), commodities=tuple(raw.pop("commodities", ())), **raw)
    except TypeError as error:
        raise CatalogueError(f"{path.name}: {error}") from error


def _part(path: Path, raw: dict[str, Any], criteria: Mapping[str, Criterion]) -> Part:
    if raw["id"] not in criteria or set(raw["reason"]) != set(LANGUAGES):
        raise CatalogueError(f"{path.name}: {raw['id']} is no criterion, or its reason lacks a language.")
    scale = Scale(raw["scale"], raw["first"], raw.get("second", 0.0), raw.get("less", False))
    return Part(raw["id"], raw["weight"], scale, raw["reason"])
