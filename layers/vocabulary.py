"""Controlled words: codes with titles in three languages and the attributes that drawing needs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from layers.errors import CatalogueError, UnknownNameError
from layers.spec import LANGUAGES, Stamp, read_toml, toml_stamp

Terms = Mapping[str, Mapping[str, Any]]


def vocabulary(name: str) -> Terms:
    """Codes of one vocabulary with their titles and attributes; a user's own terms are added to ours.

    UnknownNameError when there is none of that name.
    """
    known = _vocabularies(toml_stamp("vocabulary"))
    if name not in known:
        raise UnknownNameError("vocabulary", name, sorted(known))
    return known[name]


def word(name: str, code: str, language: str) -> str:
    """The title of a code, or the code itself when it is not in the vocabulary."""
    return str(vocabulary(name).get(code, {}).get(language, code))


@lru_cache(maxsize=4)
def _vocabularies(files: Stamp) -> Mapping[str, Terms]:
    known: dict[str, dict[str, Mapping[str, Any]]] = {}
    for name, _, _ in files:
        known.setdefault(Path(name).stem, {}).update(_terms(Path(name)))
    return known


def _terms(path: Path) -> Terms:
    terms = read_toml(path)
    for code, term in terms.items():
        missing = [language for language in LANGUAGES if not term.get(language)]
        if missing:
            raise CatalogueError(f"vocabulary {path.stem}: {code!r} lacks {', '.join(missing)}.")
    return terms
