"""The sentences of the reading in three languages: none of the code is missing, none is left over, each is found."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from geo.detect import Basis
from geo.misfits import Fault
from layers.intake.verdict import LONGEST_TEXT
from layers.rules import LANGUAGES
from layers.spec import ROOT, read_toml
from layers.visitors.entry import _origin
from layers.visitors.told import MOST_WARNINGS, _report
from layers.visitors.words import FILE, NAME, book, in_language

READ = read_toml(FILE)
SENTENCES: list[dict[str, Any]] = READ["sentence"]
KINDS: dict[str, str] = {name: kind for kind, names in READ["values"].items() for name in names}
LEAVES = [entry["en"] for entry in SENTENCES if not NAME.search(entry["en"]) and "within" not in entry]
OTHERS = ("ru", "kk")
# Where sentences come from, and the functions of which alone the arguments can reach a verdict (all where none stand).
ROOMS = {
    "layers/intake": (),
    "layers/visitors": (),
    "geo/systems.py": ("GeoError", "_no_way"),
    "geo/operations.py": ("GeoError",),
}
# What is said to nobody: faults that a reader catches, patterns, the log.
UNSAID = {"ValueError", "TypeError", "OSError", "JSONDecodeError", "compile", "error"}
NO_SENTENCES = {"ESRI Shapefile", "content: ", "folder {}", "axes swapped"}


def normal(text: str) -> str:
    """A sentence without the names of its values and the size of its first letter."""
    plain = NAME.sub("{}", text)
    return plain[:1].lower() + plain[1:]


def literal(node: ast.AST) -> str | None:
    """A text of the code with braces for each value that is filled in."""
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def texts(path: Path) -> Iterator[tuple[str, int]]:
    """Every text of a module that may be said, with its line: no docstrings, nothing that is only compared with."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    passed: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            passed |= {*ast.walk(node)}
        if isinstance(node, ast.Call) and called(node) in UNSAID:
            passed |= {*ast.walk(node)}
        if isinstance(node, ast.JoinedStr):
            passed |= {*node.values}
    for top in within(tree, next(only for room, only in ROOMS.items() if str(path).startswith(str(ROOT / room)))):
        for node in ast.walk(top):
            if node not in passed and (text := literal(node)) is not None:
                yield text, node.lineno


def within(tree: ast.Module, only: tuple[str, ...]) -> Iterator[ast.AST]:
    """The module, or the calls and functions of these names alone."""
    if not only:
        yield tree
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name in only:
            yield node
        if isinstance(node, ast.Call) and called(node) in only:
            yield node


def called(node: ast.Call) -> str:
    return ast.unparse(node.func).rpartition(".")[2]


def said() -> dict[str, str]:
    """Every text of the code that may be said, with where it stands."""
    found = {}
    for room in ROOMS:
        path = ROOT / room
        for file in sorted(path.glob("*.py")) if path.is_dir() else [path]:
            found |= {normal(text): f"{file.relative_to(ROOT)}:{line}: {text}" for text, line in texts(file)}
    return found | {normal(text): f"geo: {text}" for text in (*get_args(Basis), *get_args(Fault))}


def is_sentence(text: str) -> bool:
    """Whether a text has words: spaces, and more than one Latin letter in a row beside its values."""
    return text.isprintable() and " " in text.strip() and re.search("[a-z]{2}", text.replace("{}", "")) is not None


def pieces(entry: dict[str, Any]) -> list[str]:
    return [normal(piece) for piece in entry.get("made_of", [entry["en"]])]


def test_every_sentence_of_the_code_stands_in_the_file() -> None:
    known = {piece for entry in SENTENCES for piece in pieces(entry)} | {normal(text) for text in NO_SENTENCES}
    missing = [where for text, where in said().items() if is_sentence(text) and text not in known]
    assert missing == [], f"add to {FILE.name} (as en, with names in the braces), or to made_of: {missing}"


def test_every_sentence_of_the_file_comes_from_the_code_or_names_its_library() -> None:
    known = said()
    strays = [(entry["en"], p) for entry in SENTENCES if "from" not in entry for p in pieces(entry) if p not in known]
    assert strays == [], f"take out of {FILE.name}, for nothing says it any more: {strays}"
    assert {entry["from"] for entry in SENTENCES if "from" in entry} == {"GEOS"}


def test_what_says_no_sentence_is_still_there() -> None:
    assert {normal(text) for text in NO_SENTENCES} <= set(said())


@pytest.mark.parametrize("entry", SENTENCES, ids=lambda entry: entry["en"][:60])
def test_a_sentence_has_all_languages_and_the_same_values_in_each(entry: dict[str, Any]) -> None:
    assert set(entry) - {"within", "made_of", "from"} == set(LANGUAGES)
    names = [NAME.findall(entry[language]) for language in LANGUAGES]
    assert all(Counter(found) == Counter(names[0]) for found in names)
    assert len(set(names[0])) == len(names[0])
    assert all(NAME.split(entry["en"])[2:-1:2]), "two values with nothing between them cannot be told apart"
    assert all(entry[language].endswith(".") == entry["en"].endswith(".") for language in OTHERS)
    assert all("  " not in entry[language] and entry[language].strip() for language in LANGUAGES)
    assert all(re.search("[а-яёәғқңөұүһі]", entry[one]) for one in OTHERS) or not is_sentence(normal(entry["en"]))


def test_the_file_says_nothing_twice_and_names_no_value_that_is_not_used() -> None:
    assert Counter((entry.get("within", ""), entry["en"]) for entry in SENTENCES).most_common(1)[0][1] == 1
    used = {name for entry in SENTENCES for name in NAME.findall(entry["en"])}
    assert set(KINDS) <= used
    assert {entry["within"] for entry in SENTENCES if "within" in entry} <= used


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize(
    ("sentence", "parts"),
    [
        (
            "No row can be taken (3 has an empty geometry, 2 has no coordinates): "
            "correct the shapes and save the layer anew.",
            ("has an empty geometry", "has no coordinates"),
        ),
        (
            "No row can be taken (3 stated in the XML, or its standard, 2 not valid): "
            "correct the shapes and save the layer anew.",
            ("stated in the XML, or its standard", "not valid"),
        ),
        ("there is no .prj; by content: the only candidate", ("there is no .prj",)),
        (
            "Beijing 1954 (old) (declared in the file); by content: none (no known range)",
            ("declared in the file",),
        ),
        ("the standard of the format; axes swapped as the visitor says", ("the standard of the format",)),
        (
            "Which encoding is the text in? By its bytes: no other encoding decodes it.",
            ("no other encoding decodes it",),
        ),
    ],
)
def test_sentences_within_sentences_are_in_the_language_too(
    language: str, sentence: str, parts: tuple[str, ...]
) -> None:
    told, translated = in_language(sentence, language)
    assert translated
    for part in parts:
        assert in_language(part, language)[0] in told
        assert part not in told


def test_values_are_written_as_the_language_writes_them_and_names_stay() -> None:
    told, _ = in_language("shifted to WGS 84 by EPSG:15865, Pulkovo 1942 to WGS 84 (16), good to 1.5 m", "ru")
    assert told == "пересчитано в WGS 84 преобразованием EPSG:15865, Pulkovo 1942 to WGS 84 (16), с точностью 1,5 м"
    told, _ = in_language("12345 of 20000 features taken, 3 dropped.", "kk")
    assert told == "Қабылданған нысандар: 12\u202f345 / 20\u202f000, қалдырылғаны: 3."
    told, _ = in_language("column 2 'a' is called 'has no geometry': another column has that name", "ru")
    assert told == "столбец 2 'a' назван 'has no geometry': такое имя есть у другого столбца"


@pytest.mark.parametrize("language", OTHERS)
def test_what_is_not_known_stays_english_and_says_so(language: str) -> None:
    for sentence in (
        "",
        "The file is wrong.",
        "No row can be taken (3 dreams): correct the shapes.",
        "has no geometry ",
    ):
        assert in_language(sentence, language) == (sentence, False)
    assert in_language("has no geometry", "en") == ("has no geometry", True)


values = st.text("абвXYZ09_", min_size=1, max_size=12)
MADE = {
    "number": st.integers(0, 10**9).map(str),
    "quoted": st.text(max_size=20).map(repr),
    "text": values,
    "said": st.sampled_from(LEAVES),
    "listed": st.sampled_from([entry["en"] for entry in SENTENCES if entry.get("within") == "faults"]),
}


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_every_sentence_is_found_whatever_its_values(data: st.DataObject) -> None:
    entry = data.draw(st.sampled_from([entry for entry in SENTENCES if "within" not in entry]))
    between = [piece for piece in NAME.split(entry["en"])[::2] if piece]
    put = {name: data.draw(made(name)) for name in NAME.findall(entry["en"])}
    # A value that holds what follows it in its own sentence could end at either place.
    assume(not any(piece in value for piece in between for value in put.values()))
    sentence = NAME.sub(lambda name: put[name[1]], entry["en"])
    for language in OTHERS:
        told, translated = in_language(sentence, language)
        assert translated, sentence
        for name, value in put.items():
            if KINDS.get(name, "text") in ("text", "quoted"):
                assert value in told


def made(name: str) -> st.SearchStrategy[str]:
    """A value of this name: one of its own sentences, where it has such."""
    own = [entry["en"] for entry in SENTENCES if entry.get("within") == name and not NAME.search(entry["en"])]
    if name == "where":  # of the encoding
        return st.sampled_from(["stated in the .dbf", "stated in the .cpg"])
    if name == "reasons":
        return st.lists(st.sampled_from(LEAVES), min_size=1, max_size=3).map(
            lambda reasons: ", ".join(f"7 {reason}" for reason in reasons if ", " not in reason) or "7 not valid"
        )
    return st.sampled_from(own) if own and KINDS.get(name) == "said" else MADE[KINDS.get(name, "text")]


crumbs = st.sampled_from(
    sorted(
        {piece for entry in SENTENCES for piece in NAME.split(entry["en"])[::2] if piece} | {" ", "'", "\\", "(", "1"}
    )
)


@settings(deadline=None, max_examples=200)
@given(st.one_of(st.text(max_size=300), st.lists(crumbs, max_size=60).map("".join)), st.sampled_from(OTHERS))
def test_a_text_of_a_stranger_is_put_into_a_language_or_left_as_it_is(text: str, language: str) -> None:
    told, translated = in_language(text, language)
    assert translated or told == text


@pytest.mark.parametrize(
    "crumb", ["(", " (", "; by content: ", ", axes swapped", "'", "\\'", "1 ", "The ", " and ", "{x}"]
)
def test_a_long_text_of_one_crumb_is_read_in_reasonable_steps(crumb: str) -> None:
    """What backtracks without bounds would not come back from these at all."""
    text = (crumb * LONGEST_TEXT)[:LONGEST_TEXT]
    for head in ("", "The file is damaged or not what it seems (", "shifted to WGS 84 by ", "column 1 '"):
        long = (head + text)[:LONGEST_TEXT]
        assert in_language(long, "ru")[1] is False or long not in in_language(long, "ru")[0]
    assert in_language("1" * (LONGEST_TEXT + 1), "ru")[1] is False


def test_patterns_have_at_most_two_values_of_any_text_that_may_give_back() -> None:
    forms = [form for listed in book().sentences.values() for known in listed for form in known.forms]
    for form in forms:
        plain = re.sub(r"\*\+|\\.", "", form.pattern)
        assert plain.count(".*") + plain.count(").)*") <= 2


def test_a_report_says_in_which_language_each_text_is() -> None:
    layer = {
        "dropped": [{"reason": "has no geometry", "rows": 1}],
        "repaired": [{"reason": "a fault of tomorrow", "rows": 1, "area_change": 0.0}],
        "crs": {"value": "EPSG:4326", "basis": "declared in the file", "candidates": []},
        "encoding": {"value": "UTF-8", "basis": "the standard of the format"},
        "warnings": ["not valid"] * (MOST_WARNINGS + 1),
    }
    report = {"verdict": "accepted", "reason": "2 of 3 features taken, 1 dropped.", "layers": [layer]}
    for language in LANGUAGES:
        told = _report(report, language)
        assert told["reason"]["lang"] == language
        (made,) = told["layers"]
        assert made["dropped"] == [
            {"reason": {"text": in_language("has no geometry", language)[0], "lang": language}, "rows": 1}
        ]
        assert made["repaired"][0]["reason"] == {
            "text": "a fault of tomorrow",
            "lang": "en",
        }
        assert [made["crs"]["basis"]["lang"], made["encoding"]["basis"]["lang"]] == [language] * 2
        assert made["warnings"][0]["lang"] == language
        assert made["warnings"][-1] == {"text": "not valid", "lang": "en"}
    assert report["layers"] == [layer]
    assert layer["dropped"] == [{"reason": "has no geometry", "rows": 1}]


@pytest.mark.parametrize(
    ("language", "origin"),
    [
        ("en", "(chosen by the visitor)"),
        ("ru", "(по выбору посетителя)"),
        ("kk", "(келушінің таңдауы бойынша)"),
    ],
)
def test_where_coordinates_come_from_is_told_in_each_language(language: str, origin: str) -> None:
    shift = {"system": "EPSG:28413", "basis": "chosen by the visitor", "operation": "", "accuracy_m": None}
    told = _origin({"file": "wells.csv", "shift": shift})[language]
    assert f"EPSG:28413 {origin}" in told
    assert "(" not in _origin({"file": "wells.csv", "shift": shift | {"basis": ""}})[language]
