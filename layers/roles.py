"""Roles: for whom the screen is set up; each is a TOML of first choices over the same state, never a wall."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from layers.dated_spec import DATING
from layers.errors import CatalogueError, UnknownNameError
from layers.spec import LayerSpec, Stamp, Words, read_toml, stamp

FOLDER = Path(__file__).parent / "roles"
ROLES = tuple(path.stem for path in sorted(FOLDER.glob("*.toml")))
DEFAULT_ROLE = "planner"


@dataclass(frozen=True)
class Role:
    """What a role sees first: layers top-most first, the table, the order of panels, of tables, of relations.

    ``columns`` lists a layer's table columns; a layer without a list shows its facts.
    """

    id: str
    title: Words
    layers: tuple[str, ...]
    table: str
    panels: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    nearby: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def role(role_id: str) -> Role:
    """The role of that id; UnknownNameError when there is none."""
    known = roles()
    if role_id not in known:
        raise UnknownNameError("role", role_id, list(known))
    return known[role_id]


def roles() -> Mapping[str, Role]:
    """All roles, the default one first, the others by id."""
    return _roles(stamp(*(FOLDER / f"{name}.toml" for name in ROLES)))


@lru_cache(maxsize=2)
def _roles(files: Stamp) -> Mapping[str, Role]:
    found = [_parse(Path(name)) for name, _, _ in files]
    return {one.id: one for one in sorted(found, key=lambda one: (one.id != DEFAULT_ROLE, one.id))}


def columns_for(role_id: str, spec: LayerSpec) -> tuple[str, ...]:
    """Names of the columns that a role reads first in a layer's table; the layer's facts where it has no list.

    At a date what that date says of each row comes last.
    """
    declared = [column.name for column in spec.columns]
    chosen = role(role_id).columns.get(spec.id) or next(
        (role(role_id).columns[parent] for parent in spec.parents if parent in role(role_id).columns),
        spec.facts or tuple(name for name in declared if name != spec.key),
    )
    instead = {column.stands_for: column.name for column in spec.columns if column.stands_for}
    wanted = dict.fromkeys((*(instead.get(name, name) for name in chosen), DATING))
    return tuple(name for name in wanted if name in declared)


def in_order(wanted: tuple[str, ...], found: list[str]) -> list[str]:
    """What was found, in the order wanted; what the order does not name comes after it as it was found."""
    return [one for one in wanted if one in found] + [one for one in found if one not in wanted]


def _parse(path: Path) -> Role:
    raw = read_toml(path)
    columns = {layer: tuple(names) for layer, names in raw.pop("columns", {}).items()}
    lists: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in raw.items()}
    try:
        return Role(id=path.stem, columns=columns, **lists)
    except TypeError as error:
        raise CatalogueError(f"role {path.name}: {error}") from error
