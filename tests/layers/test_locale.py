"""Interface sentences: the same in every language, each used, each that is used exists, with its placeholders."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from string import Formatter

import pytest

from layers.spec import LANGUAGES, ROOT, catalogue, read_toml
from layers.text import LOCALE, say

PREFIXES = (
    *("month_", "month_alone_", "map_", "group_", "flag_", "read_", "controls_", "table_", "search_"),
    *("claims_state_", "claims_kind_", "claims_why_"),
    "site_section_",
    *("background_", "filter_", "area_", "jump_", "own_", "upload_", "fault_", "pattern_", "screening_"),
)
LOCALES = {language: read_toml(LOCALE / f"{language}.toml") for language in LANGUAGES}
CODE = [ROOT / "app.py", *sorted((ROOT / "views").glob("*.py")), *sorted((ROOT / "layers").rglob("*.py"))]


def placeholders(sentence: str) -> set[str]:
    """Names between braces."""
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


def nodes() -> Iterator[ast.AST]:
    """All parts of the code that may speak to a reader."""
    for path in CODE:
        yield from ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def said() -> Iterator[ast.Call]:
    """Every call of ``say``."""
    for node in nodes():
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say":
            yield node


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_the_same_keys_and_placeholders(language: str) -> None:
    english = {key: placeholders(sentence) for key, sentence in LOCALES["en"].items()}
    assert {key: placeholders(sentence) for key, sentence in LOCALES[language].items()} == english
    assert all(sentence.strip() for sentence in LOCALES[language].values())


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_sentences_are_translated(language: str) -> None:
    same = [key for key, text in LOCALES["en"].items() if LOCALES[language][key] == text]
    # What stands between two numbers has no letters to translate.
    assert [key for key in same if any(part[0].strip(" –·:") for part in Formatter().parse(LOCALES["en"][key]))] == []


def test_every_sentence_the_code_asks_for_exists_and_gets_its_placeholders() -> None:
    calls = [call for call in said() if isinstance(call.args[1], ast.Constant)]
    assert len(calls) > 30
    for call in calls:
        key = call.args[1].value  # type: ignore[attr-defined]
        assert key in LOCALES["en"], key
        assert {keyword.arg for keyword in call.keywords} == placeholders(LOCALES["en"][key]), key


def test_every_sentence_built_from_parts_begins_with_a_known_prefix() -> None:
    for call in said():
        if isinstance(call.args[1], ast.JoinedStr):
            start = call.args[1].values[0]
            assert isinstance(start, ast.Constant)
            assert start.value in PREFIXES


def test_every_sentence_is_used() -> None:
    texts = {node.value for node in nodes() if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    unused = [key for key in LOCALES["en"] if key not in texts and not key.startswith(PREFIXES)]
    assert unused == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_month_flag_and_legend_group_has_its_sentence(language: str) -> None:
    groups = {spec.group for spec in catalogue().values() if spec.legend}
    keys = [f"month_{n}" for n in range(1, 13)] + ["flag_yes", "flag_no"] + [f"group_{g}" for g in groups]
    assert all(say(language, key) for key in keys)
