"""The rooms of the house: who may import whom, where things may be named, how long they may grow."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = (
    "geo",
    "layers",
    "layers/intake",
    "layers/claims",
    "layers/paper",
    "layers/screening",
    "layers/passport",
    "layers/site",
    "layers/visitors",
    "views",
)
SOURCES = sorted([ROOT / "app.py", *(path for room in ROOMS for path in (ROOT / room).glob("*.py"))])
ALLOWED = {
    "app": {"views", "layers", "geo"},
    "views": {"views", "layers", "geo"},
    "layers": {"layers", "geo"},
    "geo": {"geo"},
}
CHAINS = (
    ("layers.spec", "layers.columns", "layers.schema", "layers.load", "layers.relate"),
    ("layers.text", "layers.draw"),
    ("layers.relate", "layers.facets", "layers.sieve", "layers.wire", "layers.files", "layers.routes", "layers.draw"),
    ("layers.sieve", "layers.nearby", "layers.details", "layers.export", "layers.files"),
    ("layers.sieve", "layers.legend", "layers.files"),
    ("layers.roles", "layers.view", "layers.query", "layers.files"),
    ("layers.view", "layers.sieve", "layers.routes", "layers.picture", "layers.draw"),
)
ONLY_IN = {
    "streamlit": ("app", "views"),
    "streamlit_folium": ("views",),
    "folium": ("layers.draw", "layers.frame"),
    "branca": ("layers.draw", "layers.frame"),
    "pyogrio": ("layers.source", "layers.stream", "layers.export", "layers.intake.ogr"),
    "pyarrow": (
        *("layers.source", "layers.stream", "layers.runs", "layers.convert", "layers.parquet", "layers.export"),
        *("layers.intake", "layers.visitors.adopt"),
    ),
    "openpyxl": ("layers.intake.sheets",),
    "xlsxwriter": ("layers.excel",),
    "altair": ("layers.charts", "layers.claims", "layers.passport", "layers.screening", "layers.site"),
    "vl_convert": ("layers.charts",),
    "typst": ("layers.paper.typeset",),
    "xyzservices": ("layers.backgrounds",),
}
NAMED_ONLY_IN = {
    r"EPSG": ("geo/crs.py", "geo/systems.py", "geo/operations.py"),
    r"\bread_(csv|parquet|dataframe|file)\(": ("layers/source.py",),
    r"unsafe_allow_html|\.explore\(|except Exception|_repr_html_": (),
}
LONGEST_FUNCTION = 60
LONGEST_MODULE = 300
MOST_UP_TO_30 = 0.9


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def imports(path: Path) -> Iterator[str]:
    """Names of the modules that a file imports, functions from them included."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def functions() -> Iterator[tuple[str, int]]:
    """Every function with its lines, the docstring not counted."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                told = ast.get_docstring(node, clean=False)
                lines = node.end_lineno - node.lineno + 1 - (told.count("\n") + 1 if told else 0)
                yield f"{name_of(path)}.{node.name}", lines


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_imports_run_from_app_and_views_to_layers_to_geo(path: Path) -> None:
    room = name_of(path).split(".")[0]
    used = {name.split(".")[0] for name in imports(path)} & set(ALLOWED)
    assert used <= ALLOWED[room]


def test_inside_layers_nothing_imports_what_comes_after_it() -> None:
    for chain in CHAINS:
        for place, early in enumerate(chain):
            used = set(imports(ROOT / Path(*early.split(".")).with_suffix(".py")))
            assert not used & set(chain[place + 1 :]), early
    assert "layers.load" not in set(imports(ROOT / "layers/draw.py"))
    assert "layers.draw" not in set(imports(ROOT / "layers/schema.py"))


@pytest.mark.parametrize("library", ONLY_IN)
def test_a_library_is_known_in_its_rooms_only(library: str) -> None:
    users = {name_of(path) for path in SOURCES if library in {name.split(".")[0] for name in imports(path)}}
    assert users, f"{library} is used nowhere: take it off the list"
    assert all(user.startswith(ONLY_IN[library]) for user in users), users


@pytest.mark.parametrize("words", NAMED_ONLY_IN)
def test_words_that_have_one_place_or_none(words: str) -> None:
    found = {str(path.relative_to(ROOT)) for path in SOURCES if re.search(words, path.read_text(encoding="utf-8"))}
    assert found <= set(NAMED_ONLY_IN[words])


def test_functions_and_modules_stay_short() -> None:
    lengths = dict(functions())
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FUNCTION} == {}
    assert sum(lines <= 30 for lines in lengths.values()) >= MOST_UP_TO_30 * len(lengths)
    long = {name_of(path): lines for path in SOURCES if (lines := path.read_text("utf-8").count("\n")) > LONGEST_MODULE}
    assert long == {}


def test_the_entry_point_stays_under_120_lines() -> None:
    assert (ROOT / "app.py").read_text(encoding="utf-8").count("\n") < 120
