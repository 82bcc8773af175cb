"""The errors of the layers, each a sentence that names layer, column, value and remedy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from geo.errors import GeoError


class AtlasError(Exception):
    """Base of all errors whose message may be shown to a reader as it is."""


class CatalogueError(AtlasError):
    """A catalogue, vocabulary or locale file does not say what it must."""


class SourceError(AtlasError):
    """A file cannot be read as the kind of file it is declared to be."""


class UploadError(AtlasError):
    """A visitor's file is not taken: one sentence that names fault and remedy."""


class BusyError(AtlasError):
    """The server has as much to do as it can: what was asked may be asked again in a minute."""


class UnknownNameError(AtlasError):
    """A name (layer, language, format, feature) that the atlas does not have."""

    MOST = 40  # known names that the sentence lists

    def __init__(self, what: str, name: object, known: Sequence[str]) -> None:
        listed = ", ".join(known) if len(known) <= self.MOST else f"{len(known)} others"
        super().__init__(f"There is no {what} {name!r}. Known: {listed or 'none'}.")
        self.what, self.name, self.known = what, name, tuple(known)


class WordedError(AtlasError):
    """What is asked for cannot be had; ``key`` names the interface sentence that says why, ``values`` fill it."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(f"{key}: {values}" if values else key)
        self.key = key
        self.values = values


class Problem(NamedTuple):
    """One fault found in a row of a layer."""

    layer: str
    column: str
    row: str
    value: str
    fault: str


class SchemaError(AtlasError):
    """All the problems of one layer, raised once."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        first = self.problems[0]
        more = f" (and {len(self.problems) - 1} more)" if len(self.problems) > 1 else ""
        where = f"{first.layer}: column {first.column!r}, row {first.row!r}, value {first.value!r}"
        super().__init__(f"{where}: {first.fault}{more}")


SHOWN = (AtlasError, GeoError)  # whose message may stand on the screen as it is
