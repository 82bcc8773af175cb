"""Commands on layers and files: what is near what, who is served, which areas overlap, what a file holds."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Iterable
from math import isnan
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import WGS84
from geo.index import Index
from geo.join import Served, served
from geo.overlap import overlap
from layers.errors import AtlasError
from layers.foreign import Near, numbers_of, side_of
from layers.intake import supervise
from layers.intake.found import Answers
from layers.intake.verdict import Verdict
from layers.reach import YES
from layers.relate import Side, ordered, pairs_nearest, pairs_within

TABLES = (".csv", ".parquet")


def relate(given: Namespace) -> str:
    """Write the pairs of two sides that are near one another; the sentence to print."""
    out = _output(given)
    if given.sure and given.within is None:
        raise AtlasError("--sure needs --within KM.")
    left, told_left = side_of(given.left)
    near = None if given.within is None else Near.of(left, given.within)
    right, told_right = side_of(given.right, near)
    _tell([*told_left, *told_right, *_placeless(given.left, left), *_placeless(given.right, right)])
    if given.within is None:
        table = ordered(pairs_nearest(left, right, given.nearest))
        _write(table, out)
        return f"{len(table)} pairs written to {out}."
    found = ordered(pairs_within(left, right, given.within))
    sure = found["within"] == YES
    table = found[sure] if given.sure else found
    _write(table, out)
    rest = f"; {(~sure).sum()} more possibly, left out." if given.sure else f", {(~sure).sum()} possibly."
    return f"{len(table)} pairs written to {out}: {sure.sum()} surely within {given.within:g} km{rest}"


def serve(given: Namespace) -> str:
    """How many people live within reach of any target; the sentence or the JSON to print."""
    people, told_people = side_of(given.people)
    targets, told_targets = side_of(given.targets)
    _tell([*told_people, *told_targets, *_unplaced(given.people, people), *_unplaced(given.targets, targets)])
    heads = numbers_of(given.people, given.column)
    few, many = (served(_own(people), one.to_numpy(), _own(targets), given.within) for one in heads)
    found = few._replace(people_max=many.people_max)
    if given.json:
        return json.dumps({"within_km": given.within} | {name: _whole(n) for name, n in found._asdict().items()})
    return _served_in_words(found, given, len(people.ids))


def share(given: Namespace) -> str:
    """Write how much area the features of two sides share; the sentence to print."""
    out = _output(given)
    left, told_left = side_of(given.left)
    right, told_right = side_of(given.right)
    _tell([*told_left, *told_right, *_without_area(given.left, left), *_without_area(given.right, right)])
    found = overlap(left.geometry, right.geometry)  # labels are places, because ids of a file may occur twice
    for name, side in (("left", left), ("right", right)):
        found[name] = side.ids.to_numpy()[found[name].to_numpy(dtype=np.intp)]
    _write(found, out)
    return f"{len(found)} overlapping pairs written to {out}."


def inspect(given: Namespace) -> int:
    """Print the verdict on a visitor's file, read by a confined worker as on the page; its exit code."""
    answers = Answers(given.layer, given.crs, given.encoding, given.swap)
    with supervise.private_folder() as folder:
        told = supervise.inspect(Path(given.file), answers, folder)
    print(json.dumps(told.as_json(), ensure_ascii=False, indent=1) if given.json else _verdict_in_words(told))
    return told.exit_code


def _verdict_in_words(told: Verdict) -> str:
    lines = [f"{told.verdict.replace('_', ' ')}: {told.reason}"]
    for layer in told.layers:
        lines.append(f"{layer.name}: {layer.features_kept} of {layer.features_in} features kept")
        lines += [f"    dropped: {part.rows} {part.reason}" for part in layer.dropped]
        lines += [f"    repaired: {part.rows}, {part.reason}, {part.area_change:+g} km2" for part in layer.repaired]
        lines.append(f"    reference system: {layer.crs.value or 'not known'} ({layer.crs.basis})")
        for system in layer.crs.candidates:
            west, south, east, north = system.falls_in
            off = "" if system.accuracy_m is None else f", good to {system.accuracy_m:g} m"
            where = f"{west:.3f}-{east:.3f} E, {south:.3f}-{north:.3f} N"
            lines.append(f"        {system.code} {system.name}: falls in {where}{off}")
        lines.append(f"    encoding: {layer.encoding.value or 'not known'} ({layer.encoding.basis})")
        lines += [f"    note: {warning}" for warning in layer.warnings]
    return "\n".join(lines)


def _served_in_words(found: Served, given: Namespace, features: int) -> str:
    people = _span(found.people_min, found.people_max)
    places = _span(found.features_min, found.features_max)
    where = f"Within {given.within:g} km of {given.targets}"
    return f"{where}: {people} ({given.column}) in {places} of the {features} features of {given.people}."


def _span(low: float, high: float) -> str:
    """A range of whole numbers in words: one number where both ends are equal."""
    few, many = ("an unknown number" if isnan(end) else f"{_whole(end):,}" for end in (low, high))
    return few if few == many else f"{few} to {many}"


def _whole(count: float) -> float | int | None:
    """A number for JSON: null where it is not known, without decimals where it has none."""
    if isnan(count):
        return None
    return int(count) if count == int(count) else float(count)


def _own(side: Side) -> Index:
    """The rows with a place of their own: who stands at a town's point is somewhere near it, not there."""
    own = gpd.GeoSeries(side.geometry.where(side.via == ""), crs=WGS84)
    return Index.of(own, accuracy_km=side.accuracy_km.to_numpy())


def _unplaced(name: str, side: Side) -> list[str]:
    lost = int((side.geometry.isna() | side.geometry.is_empty | (side.via != "")).sum())
    return [f"{name}: {lost} rows have no position of known accuracy and do not count."] if lost else []


def _placeless(name: str, side: Side) -> list[str]:
    """What is in no pair: rows that stand neither at a place of their own nor at a town's."""
    lost = int((side.geometry.isna() | side.geometry.is_empty).sum())
    return [f"{name}: {_rows(lost)} no position of known accuracy and no town, and so no pair."] if lost else []


def _without_area(name: str, side: Side) -> list[str]:
    areas = shapely.get_dimensions(side.geometry.to_numpy()) == 2
    return [] if areas.any() else [f"{name} has no areas: points and lines share none."]


def _rows(count: int) -> str:
    return "1 row has" if count == 1 else f"{count} rows have"


def _tell(sentences: Iterable[str]) -> None:
    for sentence in dict.fromkeys(sentences):
        print(sentence, file=sys.stderr)


def _output(given: Namespace) -> Path:
    """Where a table goes: never over one of the files that it comes from."""
    out = Path(given.out)
    if out.is_dir():
        raise AtlasError(f"{out} cannot be written: it is a folder.")
    if out.suffix not in TABLES:
        raise AtlasError(f"{given.out!r}: the output's name must end in .csv or .parquet.")
    if not out.parent.is_dir():
        raise AtlasError(f"{out} cannot be written: there is no folder {out.parent}.")
    if out.exists() and any(Path(name).exists() and out.samefile(name) for name in (given.left, given.right)):
        raise AtlasError(f"{out} is an input: name another output.")
    return out


def _write(table: pd.DataFrame, out: Path) -> None:
    """The file appears whole or not at all."""
    part = out.with_name(f".{out.name}.part")
    try:
        table.to_csv(part, index=False) if out.suffix == ".csv" else table.to_parquet(part, index=False)
        part.replace(out)
    except OSError as error:
        raise AtlasError(f"{out} cannot be written: {error.strerror or error}.") from error
    finally:
        if part.is_file():
            part.unlink()
