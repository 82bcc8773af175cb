"""The passport on the command line: by id or by any name of the town, whole or not at all."""

from __future__ import annotations

import argparse
from argparse import Namespace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from layers.asof_query import at_month
from layers.errors import AtlasError
from layers.linked import TOWNS
from layers.names import names
from layers.passport.build import passport
from layers.passport.files import FORMS, file_bytes
from layers.relate import layer
from layers.spec import LANGUAGES
from layers.view import DEFAULT_RADIUS_KM, RADIUS_KM, View

if TYPE_CHECKING:
    Actions = argparse._SubParsersAction[argparse.ArgumentParser]


def add(actions: Actions) -> None:
    """The command ``passport``."""
    parser = actions.add_parser("passport", help="write the passport of a town: PDF of two pages, Excel or Markdown")
    parser.add_argument("town", metavar="TOWN", help="an id or a name in any of the three languages")
    parser.add_argument("--lang", default="en", choices=LANGUAGES)
    parser.add_argument("--format", required=True, choices=list(FORMS))
    parser.add_argument("--radius", type=int, default=DEFAULT_RADIUS_KM, metavar="KM", help="of what lies around")
    parser.add_argument("--as-of", default="", metavar="YYYY-MM", help="what held, or had been said, in that month")
    parser.add_argument("--out", required=True, metavar="FILE")
    parser.set_defaults(run=_run)


def _run(given: Namespace) -> int:
    if not RADIUS_KM[0] <= given.radius <= RADIUS_KM[1]:
        raise AtlasError(f"--radius {given.radius}: give km from {RADIUS_KM[0]} to {RADIUS_KM[1]}.")
    as_of = at_month(View(), given.as_of).as_of
    made = passport(town_called(given.town), given.lang, given.radius, as_of)
    out = Path(given.out)
    if out.is_dir():
        raise AtlasError(f"{out} is a folder: name a file in it, with the ending .{given.format}.")
    if out.suffix.lower() != f".{given.format}":
        raise AtlasError(
            f"{out.name}: a file in the format {given.format} must be named with the ending .{given.format}."
        )
    body, part = file_bytes(made, given.format), out.with_name(f".{out.name}.part")
    try:
        part.write_bytes(body)
        part.replace(out)
    except OSError as error:
        raise AtlasError(f"{out} cannot be written: {error.strerror or error}.") from error
    finally:
        part.unlink(missing_ok=True)
    print(f"The passport of {made.name} written to {out}.")
    return 0


def town_called(text: str) -> str:
    """The id of the town with that id, name or former name, small and capital letters alike.

    AtlasError when there is none, or several of them.
    """
    towns, wanted = layer(TOWNS), text.strip().casefold()
    keys = list(towns.frame[towns.spec.key])
    if wanted in keys:
        return wanted
    former = towns.frame["former_names"].str.casefold()
    called = [{*(name.casefold() for name in one.values())} for one in names(towns)]
    found = [key for key, own in zip(keys, called, strict=True) if wanted in own]
    found = found or [key for key, old in zip(keys, former, strict=True) if wanted and wanted in _old(old)]
    if len(found) > 1:
        raise AtlasError(f"{text!r} names several towns: give an id, one of {', '.join(found)}.")
    if not found:
        spelled = {name: key for key, own in zip(keys, called, strict=True) for name in (key, *own)}
        near = dict.fromkeys(spelled[name] for name in get_close_matches(wanted, spelled, 3))
        meant = f"did you mean {' or '.join(near)}?" if near else f"give an id, one of {', '.join(sorted(keys))}."
        raise AtlasError(f"There is no town called {text!r} in the atlas: {meant}")
    return str(found[0])


def _old(cell: str) -> set[str]:
    """Former names without the years in brackets."""
    return {part.partition("(")[0].strip() for part in cell.split(";")}
