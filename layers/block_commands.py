"""Commands on licence blocks: the block at a position, the places of codes, the blocks that an area covers."""

from __future__ import annotations

import argparse
import json
import re
import sys
from argparse import Namespace
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn, get_args

import numpy as np
import pandas as pd
import shapely

from geo.block_cover import Rule, block_km2, cover, parts, set_km2
from geo.blocks import Block, doubt_km, encode, format_codes, mirrored, parse
from geo.edges import simple_parts
from layers.columns import NUMBER
from layers.errors import SHOWN, AtlasError
from layers.foreign import side_of

if TYPE_CHECKING:
    Actions = argparse._SubParsersAction[argparse.ArgumentParser]

DONE, NOT_UNDERSTOOD = 0, 4
MOST_ROWS = 40  # of a table for people; the list of codes below it names every block
PLACE_NOTE = (
    "The last level of the numbering is inferred, not proven: if its rows are counted from the south, "
    "a block lies up to 7.4 km from here, these together up to {km:.1f} km."
)
CODE_NOTE = (
    "The last level of the numbering is inferred, not proven: if its rows are counted from the south, "
    "the boxes stay and their last numbers change."
)
DATUM_NOTE = "The datum of the grid is not published: read as WGS 84, blocks are 65 to 95 m off if it is Pulkovo 1942."
Told = dict[str, Any]


class _Plain(argparse.ArgumentParser):
    """A parser that takes -5 and -L-43-98 for what they are, and refuses in one sentence with NOT_UNDERSTOOD."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        # argparse lets negative numbers be arguments; here whatever has one hyphen is, but for -h.
        self._negative_number_matcher = re.compile("-[^-]")

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """As argparse does it, but what is left over is a fault of this command, not of the one above it."""
        given, rest = super().parse_known_args(args, namespace)
        if rest:
            self.error(f"unrecognized arguments: {' '.join(rest)}")
        return given, rest

    def error(self, message: str) -> NoReturn:
        """End with the fault alone, without the usage."""
        self.exit(NOT_UNDERSTOOD, f"{self.prog}: {message}.\n")


def add(actions: Actions) -> None:
    """The command ``blocks`` with all that it can do."""
    blocks = actions.add_parser("blocks", help="licence blocks: codes to places, positions and areas to codes")
    kinds = blocks.add_subparsers(required=True, metavar="WHAT", parser_class=_Plain)
    at = kinds.add_parser("encode", help="the block that holds a position in degrees on WGS 84")
    at.add_argument("lon", metavar="LON", help="longitude, 42 to 90")
    at.add_argument("lat", metavar="LAT", help="latitude, 40 to 56")
    named = kinds.add_parser("decode", help="where the blocks of published codes lie")
    named.add_argument("codes", metavar="CODES", nargs="+", help="as M-42-85-(10е-5в-2,3,4), in quotation marks")
    named.add_argument(
        "--alternative", action="store_true", help="also where they lie if the last level is counted from the south"
    )
    covered = kinds.add_parser("cover", help="the blocks that the areas of a file cover")
    covered.add_argument("file", metavar="FILE", help="a file with polygons, or a layer's id")
    covered.add_argument(
        "--rule", required=True, choices=get_args(Rule), help="blocks within it, with their centre in it, or any in it"
    )
    covered.add_argument("--share", metavar="S", help="with --rule any: more than this part of a block, 0 to 1")
    for parser, work in ((at, _encode), (named, _decode), (covered, _cover)):
        parser.add_argument("--json", action="store_true", help="as a JSON object")
        parser.set_defaults(run=partial(_run, work))


def _run(work: Callable[[Namespace], tuple[Told, list[str]]], given: Namespace) -> int:
    try:
        told, warnings = work(given)
    except SHOWN as error:
        print(error, file=sys.stderr)
        return NOT_UNDERSTOOD
    for sentence in warnings:
        print(sentence, file=sys.stderr)
    print(json.dumps(told, ensure_ascii=False, indent=1) if given.json else _in_words(told))
    return DONE


def _encode(given: Namespace) -> tuple[Told, list[str]]:
    lon, lat = _number("LON", given.lon), _number("LAT", given.lat)
    return {"lon": lon, "lat": lat, **_told([encode(lon, lat)], CODE_NOTE)}, []


def _decode(given: Namespace) -> tuple[Told, list[str]]:
    blocks = parse(" ".join(given.codes))
    if not blocks:
        raise AtlasError("No block is named: write codes like M-42-85-(10е-5в-2,3,4).")
    told = _told(blocks, PLACE_NOTE.format(km=doubt_km(blocks)))
    if given.alternative:
        places = _rows([mirrored(block) for block in blocks])
        told["alternative"] = [place | {"code": block.code} for place, block in zip(places, blocks, strict=True)]
    return told, []


def _cover(given: Namespace) -> tuple[Told, list[str]]:
    share = 0.0 if given.share is None else _number("--share", given.share)
    if given.share is not None and given.rule != "any":
        raise AtlasError(f"--share goes with --rule any, not with --rule {given.rule}.")
    area, warnings = _area(given.file)
    blocks = cover(area, given.rule, share)
    return {"rule": given.rule, "share": share, **_told(blocks, CODE_NOTE)}, warnings


def _area(name: str) -> tuple[shapely.Geometry, list[str]]:
    """All areas of a file or layer as one, and what a reader should know; AtlasError where a row is no area.

    A collection counts with its polygons: repairing an outline may leave lines beside them.
    """
    side, warnings = side_of(name)
    shapes = side.geometry.where(side.via == "").to_numpy()  # a town's point is no place of its own
    polygons, owner = simple_parts(shapes)
    areal = shapely.get_type_id(polygons) == 3
    found = np.zeros(len(shapes), dtype=bool)
    found[owner[areal]] = True
    placed = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    if not placed.any():
        raise AtlasError(f"{name} holds no area: every row is without a shape or empty.")
    if (placed & ~found).any():
        row = int(np.flatnonzero(placed & ~found)[0])
        kind = shapes[row].geom_type
        raise AtlasError(f"{name}: {side.ids.iloc[row]} is a {kind}; blocks cover areas: draw a polygon around it.")
    if not placed.all():
        warnings.append(f"{name}: {int((~placed).sum())} rows have no shape and cover nothing.")
    return shapely.union_all(polygons[areal]), warnings


def _told(blocks: Sequence[Block], level_note: str) -> Told:
    """What every command says of its blocks."""
    return {
        "blocks": _rows(blocks),
        "count": len(blocks),
        "area_km2": round(set_km2(blocks), 6),
        "parts": len(parts(blocks)),
        "formatted": format_codes(blocks),
        "level_note": level_note,
        "datum_note": DATUM_NOTE,
    }


def _rows(blocks: Sequence[Block]) -> list[Told]:
    """Code, sides in degrees and area of each block."""
    areas = block_km2(np.array([block.south_min for block in blocks], dtype=np.intp))
    return [
        {
            "code": block.code,
            "south": south,
            "west": west,
            "north": north,
            "east": east,
            "area_km2": round(float(km2), 6),
        }
        for block, (west, south, east, north), km2 in zip(blocks, (b.bounds for b in blocks), areas, strict=True)
    ]


def _in_words(told: Told) -> str:
    """The same for people: a table, the list as notices write it, the sums and what is not proven."""
    lines = []
    for heading, rows in (("", told["blocks"]), ("Counted from the south:", told.get("alternative", []))):
        if rows:
            lines += [*filter(None, [heading]), _table(rows[:MOST_ROWS])]
        if len(rows) > MOST_ROWS:
            lines.append(f"... and {len(rows) - MOST_ROWS:,} more; --json gives the sides of all.")
    sums = "Blocks: {count:,}. Area: {area_km2:,.2f} km2. Parts connected by shared sides: {parts:,}."
    lines.append(sums.format_map(told))
    return "\n".join(filter(None, [*lines, told["formatted"], told["level_note"], told["datum_note"]]))


def _table(rows: Sequence[Told]) -> str:
    digits = dict.fromkeys(("south", "west", "north", "east"), "{:.6f}".format) | {"area_km2": "{:.3f}".format}
    return pd.DataFrame(rows).to_string(index=False, formatters=digits)


def _number(what: str, text: str) -> float:
    if not NUMBER.fullmatch(text):
        raise AtlasError(f"{what} is {text!r}, which is no number: write it like 66.35.")
    return float(text)
