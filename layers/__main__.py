"""The command line: check, list, relate, measure and export the layers, convert files, licence blocks."""

from __future__ import annotations

import argparse
import json
import os
import sys
from argparse import Namespace
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from layers import backdrop, block_commands, commands, vendor
from layers.asof_query import at_month
from layers.columns import NUMBER
from layers.convert import convert
from layers.errors import SHOWN
from layers.export import FORMATS, export
from layers.inventory import Held, counts, inventory, problems
from layers.legend import acting
from layers.passport import commands as passport_commands
from layers.progress import Progress
from layers.relate import layer
from layers.schema import HALF
from layers.sieve import sieve_of
from layers.spec import LANGUAGES, catalogue
from layers.view import View

if TYPE_CHECKING:
    Actions = argparse._SubParsersAction[argparse.ArgumentParser]

DONE, FAILED = 0, 1
INTERRUPTED = 130  # what a shell makes of SIGINT
PROBLEM_HEADS = ("layer", "column", "row", "value", "fault")


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 only when the whole job was done, else a sentence on standard error."""
    given = _parser().parse_args(arguments)
    try:
        code = int(given.run(given))
        sys.stdout.flush()
    except SHOWN as error:
        print(error, file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # as of `... | head -1`: who reads has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    return code


def _check(_: Namespace) -> int:
    found = list(problems())
    if found:
        table = pd.DataFrame(found, columns=list(PROBLEM_HEADS))
        print(table.to_string(index=False, max_colwidth=80))
        print(
            f"{len(found)} problems in {table['layer'].nunique()} of {len(catalogue())} entries.",
            file=sys.stderr,
        )
        return FAILED
    for held in inventory():
        made = layer(held.id)
        status = made.spec.geometry.status if made.spec.geometry else ""
        lines = {"geometry status": counts(made, status) if status else "", "basis": counts(made, "basis")}
        repaired = f", {made.repaired} repaired" if made.repaired else ""
        print(f"{held.id}: {held.kind}, {held.features} rows, {held.located} located{repaired}")
        for name, line in lines.items():
            if line:
                print(f"    {name}: {line}")
    print(f"{len(catalogue())} entries conform.")
    return DONE


def _prepare(_: Namespace) -> int:
    print(f"{vendor.install()} front-end files installed.")
    for name, size in backdrop.prepare().items():
        print(f"backdrop {name}: {size / 1000:.0f} kB")
    return DONE


def _list(given: Namespace) -> int:
    broken: list[str] = []
    held = [row._asdict() for row in inventory(broken)]
    if given.json:
        print(json.dumps(held, ensure_ascii=False, indent=1))
    else:
        print(pd.DataFrame(held, columns=list(Held._fields)).drop(columns="sources").to_string(index=False))
    for sentence in broken:
        print(sentence, file=sys.stderr)
    return FAILED if broken else DONE


def _export(given: Namespace) -> int:
    view = at_month(View(language=given.lang), given.as_of)
    filters = acting(given.layer, view)
    rows = export(given.layer, given.format, given.lang, Path(given.out), sieve_of(view), filters)
    print(f"{rows} rows written to {given.out}.")
    return DONE


def _convert(given: Namespace) -> int:
    progress = Progress(sys.stderr)
    try:
        made = convert(Path(given.file), Path(given.out), given.layer, progress.step)
    finally:
        progress.end()
    if made.halves:
        print(f"{made.halves} rows {HALF.replace('has', 'have')}: they have no position.", file=sys.stderr)
    print(f"{made.rows} rows written to {given.out}, {made.unplaced} of them without a position.")
    return DONE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m layers", description=__doc__)
    actions = parser.add_subparsers(required=True, metavar="COMMAND")
    check = actions.add_parser("check", help="check every entry of the catalogue and count its rows")
    check.set_defaults(run=_check)
    prepared = actions.add_parser("prepare", help="install front-end files and the offline backdrop (set-up)")
    prepared.set_defaults(run=_prepare)
    listed = actions.add_parser("list", help="list the layers and tables")
    listed.add_argument("--json", action="store_true", help="as a JSON array")
    listed.set_defaults(run=_list)
    _add_joins(actions)
    block_commands.add(actions)
    passport_commands.add(actions)
    exported = actions.add_parser("export", help="write a layer to a file, with its sources inside")
    exported.add_argument("layer", metavar="LAYER")
    exported.add_argument("--format", required=True, choices=list(FORMATS))
    exported.add_argument("--lang", default="en", choices=LANGUAGES)
    exported.add_argument("--out", required=True, metavar="FILE")
    exported.add_argument("--as-of", default="", metavar="YYYY-MM", help="what held, or had been said, in that month")
    exported.set_defaults(run=_export)
    converted = actions.add_parser("convert", help="write a file as GeoParquet that can be read in parts")
    converted.add_argument("file", metavar="IN", help="a GeoJSON, GeoPackage, FlatGeobuf, KML, GeoParquet or CSV file")
    converted.add_argument("out", metavar="OUT", help="a .parquet file")
    converted.add_argument("--layer", default="", metavar="NAME", help="which layer of IN, if it has several")
    converted.set_defaults(run=_convert)
    _add_inspect(actions)
    return parser


def _add_inspect(actions: Actions) -> None:
    inspected = actions.add_parser("inspect", help="what would become of a file of yours: exit 0 taken, 3 asks, 4 not")
    inspected.add_argument("file", metavar="FILE", help="up to 200 MB")
    inspected.add_argument("--json", action="store_true", help="as a JSON object")
    inspected.add_argument("--layer", type=int, metavar="N", help="which layer, from 0, if it has several")
    inspected.add_argument("--crs", metavar="CODE", help="the reference system's number, if it is not stated")
    inspected.add_argument("--encoding", metavar="NAME", help="the encoding of its text")
    inspected.add_argument("--swap", action="store_true", help="latitude or northing stands first")
    inspected.set_defaults(run=commands.inspect)


def _add_joins(actions: Actions) -> None:
    """The commands that relate two sides, each a layer's id or a file."""
    relate = actions.add_parser("relate", help="which features of RIGHT are near those of LEFT")
    _add_sides(relate, "left", "right", commands.relate)
    how = relate.add_mutually_exclusive_group(required=True)
    how.add_argument("--within", metavar="KM", type=_kilometres, help="all pairs that are or may be at most KM apart")
    how.add_argument("--nearest", metavar="K", type=_count, help="the K nearest of each, and K known by a town")
    relate.add_argument("--sure", action="store_true", help="with --within: only pairs that surely are")
    relate.add_argument("--out", required=True, metavar="FILE", help="a .csv or .parquet file")
    served = actions.add_parser("served", help="how many people live near any of TARGETS, each counted once")
    _add_sides(served, "people", "targets", commands.serve)
    served.add_argument("--within", metavar="KM", type=_kilometres, required=True, help="at most KM away")
    served.add_argument("--column", default="population", help="the column of PEOPLE to add up (%(default)s)")
    served.add_argument("--json", action="store_true", help="as a JSON object")
    overlap = actions.add_parser("overlap", help="how much area the features of LEFT and RIGHT share, as published")
    _add_sides(overlap, "left", "right", commands.share)
    overlap.add_argument("--out", required=True, metavar="FILE", help="a .csv or .parquet file")


def _add_sides(parser: argparse.ArgumentParser, one: str, other: str, work: Callable[[Namespace], str]) -> None:
    for name in (one, other):
        parser.add_argument(name, metavar=name.upper(), help="a layer's id or a file")
    parser.set_defaults(run=partial(_printed, work))


def _printed(work: Callable[[Namespace], str], given: Namespace) -> int:
    print(work(given))
    return DONE


def _kilometres(text: str) -> float:
    value = float(text) if NUMBER.fullmatch(text) else -1.0
    if not 0 <= value <= 20_100:  # half of the earth's circumference
        raise argparse.ArgumentTypeError(f"{text} is not a distance on earth in kilometres")
    return value


def _count(text: str) -> int:
    value = int(text) if text.isdecimal() else 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a number of neighbours")
    return value


if __name__ == "__main__":
    raise SystemExit(main())
