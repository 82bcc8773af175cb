"""The answer to a visitor's file: what became of it, with every row accounted for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from layers.errors import UploadError

Kind = Literal["accepted", "accepted_with_report", "asks", "rejected"]
KINDS: tuple[Kind, ...] = get_args(Kind)
EXIT = {"accepted": 0, "accepted_with_report": 0, "asks": 3, "rejected": 4}
LONGEST_TEXT = 2_000  # characters of any text in a report


@dataclass(frozen=True)
class Dropped:
    """Rows that are not in the layer, and why."""

    reason: str
    rows: int


@dataclass(frozen=True)
class Repaired:
    """Rows whose shape was repaired; ``area_change`` is the area after less that before, in km2 on the ellipsoid."""

    reason: str
    rows: int
    area_change: float


@dataclass(frozen=True)
class Candidate:
    """A reference system that the data may be in; ``falls_in`` is west, south, east, north in WGS 84 degrees."""

    code: str
    name: str
    falls_in: tuple[float, float, float, float]
    accuracy_m: float | None


@dataclass(frozen=True)
class Reference:
    """The reference system of a layer; ``value`` is None where it must be asked.

    ``operation``: code and name of the shift of datum by which the layer came to WGS 84, empty where none was needed
    (or nothing is moved yet). ``operation_accuracy_m``: its published accuracy in metres, None without an operation.
    """

    value: str | None
    basis: str
    candidates: tuple[Candidate, ...] = ()
    operation: str = ""
    operation_accuracy_m: float | None = None


@dataclass(frozen=True)
class Encoding:
    """The encoding of a layer's text; ``value`` is None where it must be asked."""

    value: str | None
    basis: str


@dataclass(frozen=True)
class LayerReport:
    """What became of one layer: rows in are rows kept and rows dropped."""

    name: str
    features_in: int
    features_kept: int
    dropped: tuple[Dropped, ...]
    repaired: tuple[Repaired, ...]
    geometry_types: tuple[str, ...]
    crs: Reference
    encoding: Encoding
    columns: tuple[str, ...]
    warnings: tuple[str, ...]

    def __post_init__(self) -> None:
        """ValueError where a row is not accounted for."""
        lost = sum(part.rows for part in self.dropped)
        if self.features_in != self.features_kept + lost or self.features_kept < 0:
            raise ValueError(f"{self.features_in} rows in are not {self.features_kept} kept and {lost} dropped.")


@dataclass(frozen=True)
class Verdict:
    """The whole answer: one sentence, and a report for each layer."""

    verdict: Kind
    reason: str
    layers: tuple[LayerReport, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 where the file is accepted, 3 where something is asked, 4 where it is rejected."""
        return EXIT[self.verdict]

    def as_json(self) -> dict[str, Any]:
        """Plain values for a JSON object."""
        return asdict(self)


def rejected(reason: str) -> Verdict:
    """A file that is not taken, and one sentence that names fault and remedy."""
    return Verdict("rejected", reason)


def from_json(told: object) -> Verdict:
    """What a worker wrote, checked as input from a stranger; UploadError where it is no verdict."""
    try:
        given = _mapping(told)
        kind = next(kind for kind in KINDS if kind == given["verdict"])
        layers = tuple(_layer(_mapping(layer)) for layer in given["layers"])
        return Verdict(kind, text(given["reason"]), layers)
    except (KeyError, TypeError, ValueError, StopIteration) as error:
        raise UploadError("The reader of this file gave an answer that is none: save the file anew.") from error


def text(value: object) -> str:
    """Text that is safe in a report: one line, no control characters, no lone surrogates, not too long."""
    if not isinstance(value, str):
        raise TypeError("not text")
    shown = "".join(letter if letter.isprintable() else " " for letter in value[:LONGEST_TEXT])
    return shown.encode("utf-8", "replace").decode("utf-8")


def _mapping(value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise TypeError("not an object")
    return value


def _layer(given: Mapping[str, Any]) -> LayerReport:
    crs, encoding = _mapping(given["crs"]), _mapping(given["encoding"])
    return LayerReport(
        name=text(given["name"]),
        features_in=int(given["features_in"]),
        features_kept=int(given["features_kept"]),
        dropped=tuple(Dropped(text(part["reason"]), int(part["rows"])) for part in given["dropped"]),
        repaired=tuple(
            Repaired(text(part["reason"]), int(part["rows"]), float(part["area_change"])) for part in given["repaired"]
        ),
        geometry_types=tuple(map(text, given["geometry_types"])),
        crs=_reference(crs),
        encoding=Encoding(_maybe(encoding["value"]), text(encoding["basis"])),
        columns=tuple(map(text, given["columns"])),
        warnings=tuple(map(text, given["warnings"])),
    )


def _reference(given: Mapping[str, Any]) -> Reference:
    accuracy = given["operation_accuracy_m"]
    return Reference(
        value=_maybe(given["value"]),
        basis=text(given["basis"]),
        candidates=tuple(map(_candidate, given["candidates"])),
        operation=text(given["operation"]),
        operation_accuracy_m=None if accuracy is None else float(accuracy),
    )


def _candidate(given: Mapping[str, Any]) -> Candidate:
    west, south, east, north = map(float, given["falls_in"])
    accuracy = None if given["accuracy_m"] is None else float(given["accuracy_m"])
    return Candidate(text(given["code"]), text(given["name"]), (west, south, east, north), accuracy)


def _maybe(value: object) -> str | None:
    return None if value is None else text(value)
