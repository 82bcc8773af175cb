"""The glossary: no text of ours uses a word that it rules out, and layers are called as it says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from layers.spec import LANGUAGES, ROOT, catalogue, layer_spec, read_toml
from layers.text import LOCALE
from layers.visitors.words import FILE as SENTENCES

PACKAGE = ROOT / "layers"
GLOSSARY: dict[str, dict[str, Any]] = read_toml(PACKAGE / "glossary.toml")
NAMING = {term: entry for term, entry in GLOSSARY.items() if "layers" in entry}
FIELDS = {*LANGUAGES, "plural", "layers", "avoid", "note", "from"}


@cache
def pattern(avoided: str) -> re.Pattern[str]:
    """Whole words whatever their case; a star stands for any ending."""
    words = re.escape(avoided).replace(r"\*", r"\w*")
    return re.compile(rf"(?<!\w){words}(?!\w)", re.IGNORECASE)


def ruled_out(text: str, language: str) -> list[str]:
    """Words in a text that the glossary rules out, with the term that they stand for."""
    return [
        f"{avoided} (use {entry[language]})"
        for entry in GLOSSARY.values()
        for avoided in entry.get("avoid", {}).get(language, ())
        if pattern(avoided).search(text)
    ]


def written(language: str) -> Iterator[tuple[str, str]]:
    """Every text of ours in the language, with where it stands."""
    for key, sentence in read_toml(LOCALE / f"{language}.toml").items():
        yield f"locale {key}", sentence
    for spec in catalogue().values():
        yield f"title of {spec.id}", spec.title[language]
        yield f"caution of {spec.id}", spec.caution.get(language, "")
        yield from ((f"column {spec.id}.{column.name}", column.title[language]) for column in spec.columns)
    for folder in ("vocabulary", "roles"):
        for path in sorted((PACKAGE / folder).glob("*.toml")):
            words = read_toml(path)
            terms = {"title": words["title"]} if folder == "roles" else words
            yield from ((f"{folder} {path.stem}.{code}", term[language]) for code, term in terms.items())
    for name, facet in read_toml(PACKAGE / "facets.toml").items():
        yield f"facet {name}", facet["title"][language]
    for entry in read_toml(SENTENCES)["sentence"]:
        yield f"sentence {entry['en']}", entry[language]
    for term, entry in GLOSSARY.items():
        yield f"glossary {term}", entry[language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_uses_a_word_that_the_glossary_rules_out(language: str) -> None:
    texts = [*written(language)]
    kinds = {where.split()[0] for where, _ in texts}
    assert kinds == {"locale", "title", "caution", "column", "vocabulary", "roles", "facet", "sentence", "glossary"}
    found = {where: wrong for where, text in texts if (wrong := ruled_out(text, language))}
    assert found == {}


@pytest.mark.parametrize(
    ("language", "planted"),
    [
        ("ru", "Проспектингом заняты пять участков"),
        ("ru", "нет в СПИСКЕ 2024 года"),
        ("ru", "у поисковых участков"),
        ("ru", "Прозрачность слоя"),
        ("kk", "2024 жылғы тізімде жоқ"),
        ("kk", "Картадан бірдеңе таңдаңыз"),
        ("kk", "Газбен қамтылған қалалар"),
        ("kk", "оқылған дереккөздер"),
        ("en", "Transparency, %"),
        ("en", "License blocks"),
    ],
)
def test_a_planted_word_is_found(language: str, planted: str) -> None:
    assert ruled_out(planted, language)


@pytest.mark.parametrize(
    ("language", "right"),
    [("ru", "непрозрачность слоя"), ("ru", "участки поисковых работ"), ("kk", "осында тізілген"), ("en", "a licence")],
)
def test_a_word_that_only_looks_like_it_is_not(language: str, right: str) -> None:
    assert ruled_out(right, language) == []


@pytest.mark.parametrize("term", GLOSSARY)
def test_every_term_stands_in_three_languages_and_has_known_fields_only(term: str) -> None:
    entry = GLOSSARY[term]
    assert set(entry) <= FIELDS
    for words in (entry, entry.get("plural", entry)):
        assert all(words[language].strip() for language in LANGUAGES)
    avoid = entry.get("avoid", {})
    assert set(avoid) <= set(LANGUAGES)
    assert all(avoided.strip("* ") for listed in avoid.values() for avoided in listed)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("term", NAMING)
def test_layers_are_called_by_their_term(term: str, language: str) -> None:
    plural = GLOSSARY[term]["plural"][language].casefold()
    for layer_id in GLOSSARY[term]["layers"]:
        assert plural in layer_spec(layer_id).title[language].casefold(), layer_id


def test_every_legend_layer_has_a_term() -> None:
    named = {layer_id for entry in NAMING.values() for layer_id in entry["layers"]}
    assert {spec.id for spec in catalogue().values() if spec.legend} <= named


def test_no_two_terms_share_a_word_in_one_language() -> None:
    for language in LANGUAGES:
        words = [entry[language].casefold() for entry in GLOSSARY.values()]
        # English says measure both of a line in a plan and of what a reader does on the map.
        assert {word for word in words if words.count(word) > 1} <= {"measure"}
