"""Words for readers: numbers, dates, distances and values in three languages, and text that stays text."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Callable
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from layers.errors import UnknownNameError
from layers.spec import LANGUAGES, ColumnSpec
from layers.text import (
    MARKDOWN_SPECIAL,
    alphabetical,
    day,
    distance,
    gate,
    markdown,
    markdown_file,
    number,
    pick,
    say,
    shown,
)

THIN = "\u202f"
plain = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text()
payloads = st.dictionaries(st.text(), st.recursive(plain, st.lists, max_leaves=8))


@given(payloads)
def test_what_passes_the_gate_is_base64_and_decodes_to_the_same(payload: dict[str, object]) -> None:
    passed = gate(payload)
    assert re.fullmatch(r"[A-Za-z0-9+/=]*", passed)
    assert json.loads(base64.b64decode(passed)) == payload


def test_a_number_that_is_none_passes_the_gate_as_nothing() -> None:
    assert json.loads(base64.b64decode(gate({"a": float("nan"), "b": float("inf")}))) == {"a": None, "b": None}


@pytest.mark.parametrize(
    ("language", "written"),
    [("en", "1,234,567.5"), ("ru", f"1{THIN}234{THIN}567,5"), ("kk", f"1{THIN}234{THIN}567,5")],
)
def test_numbers_are_written_as_the_language_does(language: str, written: str) -> None:
    assert number(1234567.5, language, 1) == written


@pytest.mark.parametrize("nothing", [None, float("nan"), pd.NA, np.nan])
def test_no_number_is_no_text(nothing: float | None) -> None:
    assert number(nothing, "en") == ""


@pytest.mark.parametrize(
    ("low", "high", "written"),
    [
        (99.4, 123.4, "99–123"),
        (0, 12, "0–12"),
        (0, 9.96, "0.0–10.0"),
        (3.14, 3.14, "3.1"),
        (111.1, 111.4, "111"),
        (1500, 1600, "1,500–1,600"),
    ],
)
def test_a_distance_is_a_range_unless_both_ends_round_to_the_same(low: float, high: float, written: str) -> None:
    assert distance(low, high, "en") == written


def test_a_date_is_written_in_each_language() -> None:
    when = date(2024, 4, 2)
    written = {language: day(when, language) for language in LANGUAGES}
    assert all("2024" in text and "2" in text for text in written.values())
    assert "April" in written["en"]
    assert "апреля" in written["ru"]
    assert "сәуір" in written["kk"]


def cell(value: object, kind: str, language: str = "en", vocabulary: str = "") -> str:
    """One cell in words."""
    return shown(value, ColumnSpec("c", kind, {}, vocabulary=vocabulary), language)


@pytest.mark.parametrize(
    ("value", "kind", "written"),
    [
        (12345, "integer", "12,345"),
        (2024, "year", "2024"),
        (2.5, "number", "2.5"),
        (2.0, "number", "2"),
        (1061.3, "number", "1,061.3"),
        (66.123456, "number", "66.12"),
        (74.949256, "lon", "74.9493"),
        ("a;b", "text", "a; b"),
        ("yes", "flag", "yes"),
    ],
)
def test_a_value_is_shown_by_its_column_type(value: object, kind: str, written: str) -> None:
    assert cell(value, kind) == written


def test_a_code_is_shown_as_its_word_and_an_unknown_one_as_itself() -> None:
    assert cell("gold;copper", "codes", "ru", "commodity") == "золото; медь"
    assert cell("unobtainium", "code", "ru", "commodity") == "unobtainium"


@pytest.mark.parametrize("nothing", [None, pd.NA, float("nan"), np.float64("nan"), ""])
@pytest.mark.parametrize("kind", ["text", "number", "integer", "year", "flag", "code"])
def test_nothing_is_shown_as_nothing(nothing: object, kind: str) -> None:
    assert cell(nothing, kind, vocabulary="commodity") == ""


def test_words_fall_back_to_another_language_and_then_to_nothing() -> None:
    assert pick({"en": "Abai", "kk": "Абай"}, "kk") == "Абай"
    assert pick({"kk": "Абай"}, "ru") == "Абай"
    assert pick({"ru": "Абай", "kk": "Abai"}, "en") == "Абай"
    assert pick({}, "en") == ""


def test_an_unknown_sentence_or_language_is_a_sentence_itself() -> None:
    with pytest.raises(UnknownNameError, match="no sentence in en 'nonsense'"):
        say("en", "nonsense")
    with pytest.raises(UnknownNameError, match="no language 'de'"):
        say("de", "brand")


def test_braces_inside_a_value_are_not_filled_again() -> None:
    assert "{radius}" in say("en", "unknown_feature", what="{radius}")


@given(st.text())
def test_markdown_leaves_no_punctuation_unescaped_and_loses_no_letter(value: str) -> None:
    """CommonMark: a backslash before ASCII punctuation is that mark and nothing else."""
    written = markdown(value)
    bare = re.sub(r"\\[!-/:-@\[-`{-~]", "", written)
    assert not MARKDOWN_SPECIAL.search(bare)
    assert re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", written).replace("\u2060", "") == _in_a_line(value).replace(
        "\u2060", ""
    )


@pytest.mark.parametrize(
    "value", ["# head", "**b**", "[x](javascript:1)", "<img src=x>", "`code`", "$x$", "| a |", ":smile:", "- i"]
)
def test_markdown_syntax_loses_its_meaning(value: str) -> None:
    written = markdown(value)
    assert all(written[m.start() - 1] == "\\" for m in re.finditer(r"[#*\[\]<>`$|:\-]", written))
    assert html.unescape(written) == written


def _read_as_markdown(text: str) -> tuple[set[str], str]:
    """Kinds of what a reader of GitHub's tables and CommonMark finds inside a text, and the text that it shows."""
    inline = [token for token in MarkdownIt("gfm-like", {"linkify": False}).parse(text) if token.type == "inline"]
    children = [child for token in inline for child in token.children or ()]
    return {child.type for child in children}, "".join(child.content for child in children)


HOSTILE_IN_FILES = (
    *(
        "# head",
        "**b**",
        "[x](javascript:1)",
        "<img src=x>",
        "`code`",
        "| a |",
        "- i",
        "+ i",
        "1. i",
        "2) i",
        "===",
        "---",
    ),
    *(
        "---",
        "a\\\\|b",
        "&lt;",
        "~~x~~",
        "![a](b)",
        "__x__",
        "a_b_c",
        "> q",
        "1 999,5 (x); y: z - w.",
        "12.5",
        "{{ x }}",
    ),
)


@pytest.mark.parametrize("value", HOSTILE_IN_FILES)
def test_a_value_in_a_markdown_file_is_read_as_it_is(value: str) -> None:
    for frame in ("{}", "- {}", "# {}", "|  |\n| --- |\n| {} |"):
        kinds, shown_text = _read_as_markdown(frame.replace("{}", markdown_file(value), 1))
        assert (kinds - {"text_special"}, shown_text) == ({"text"}, value), frame


@given(st.text(st.characters(categories=("L", "N", "P", "S", "Zs"))))
def test_any_value_in_a_list_of_a_markdown_file_is_read_as_it_is(value: str) -> None:
    assert _read_as_markdown(f"- {markdown_file(value)}")[1] == _in_a_line(value)


@pytest.mark.parametrize("written", [markdown, markdown_file])
def test_a_number_is_not_parted_from_itself_or_its_unit(written: Callable[[str], str]) -> None:
    assert written(" 1\u202f276\u00a0км\n и\t всё") == "1\u202f276\u00a0км и всё"


def _in_a_line(value: str) -> str:
    """Without line breaks; spaces that hold two words together stay."""
    return re.sub("[^\\S\u00a0\u2007\u202f]+", " ", value.strip())


def test_figures_and_addresses_in_a_markdown_file_stay_readable() -> None:
    for told in ("299–335 км (1,1); https://example.org/a-b: 67.5 bn", "463.0", "2.3–6.3 km", "-5.2", "+1"):
        assert markdown_file(told) == told


def test_names_are_sorted_as_a_dictionary_of_kazakh_does() -> None:
    named = ["Қаратау", "Кентау", "Ақсу", "Әулие", "Жаңаөзен", "Жітіқара", "Абай", "Құлсары", "Balkhash", "Лисаков"]
    wanted = ["Balkhash", "Абай", "Ақсу", "Әулие", "Жаңаөзен", "Жітіқара", "Кентау", "Қаратау", "Құлсары", "Лисаков"]
    assert sorted(named, key=alphabetical) == wanted


def test_an_icon_shortcode_is_broken_up() -> None:
    assert ":\u2060" in markdown(":material/home:").replace("\\", "")
