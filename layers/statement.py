"""What a file says of itself: title, data date, filters, licence, credits, caution and sources."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict
from typing import Any

from layers.about import about
from layers.columns import split
from layers.details import Source, source_line, sources
from layers.placemarks import in_one_line
from layers.relate import layer
from layers.schema import Layer
from layers.spec import LayerSpec, catalogue
from layers.text import pick, say

ABOUT = {  # the sentence that heads each part of what a file says of itself
    "title": "about_title",
    "as_of": "data_date",
    "centre": "about_centre",
    "rows": "about_rows",
    "rows_without_position": "about_unplaced",
    "filters": "about_filters",
    "codes": "blocks_about_codes",
    "licence": "about_licence",
    "credits": "about_credits",
    "caution": "about_caution",
    "origin": "about_origin",
    "sources": "sources",
}
Values = dict[str, Any]


def cited_by(made: Layer) -> list[Source]:
    """All sources that a layer's rows name, those of the entry itself, and those of what it derives from."""
    found = set(made.spec.sources)
    for column in made.spec.columns_of("sources"):
        found |= {source for cell in made.frame[column] for source in split(cell)}
    for parent in made.spec.parents:
        found |= {source.id for source in cited_by(layer(parent))}
    return sources(tuple(sorted(found)))


def is_own(spec: LayerSpec) -> bool:
    """Whether a layer is what a visitor brought: we date, licence and credit nothing of it."""
    return bool(spec.origin) and spec.kind == "file"


def statement(made: Layer, language: str, filters: Sequence[str] = ()) -> dict[str, Any]:
    """What a file says of itself: title, data date, filters, licence, credits, caution, sources.

    A file without rows names the sources of the whole layer, for these are what was searched in vain.
    """
    whole = made if len(made.frame) or made.spec.id not in catalogue() else layer(made.spec.id)
    own = is_own(made.spec)
    return {
        "title": pick(made.spec.title, language),
        "as_of": "" if own else about().as_of.isoformat(),
        "rows": len(made.frame),
        "filters": list(filters),
        "licence": "" if own else about().licence,
        "credits": [] if own else [credit.text for credit in about().credits],
        "caution": pick(made.spec.caution, language),
        **({"origin": pick(made.spec.origin, language)} if made.spec.origin else {}),
        "sources": [asdict(source) for source in cited_by(whole)],
    }


def with_own(said: Values, layers: Collection[str], language: str) -> Values:
    """What a file says of itself that has something from these layers: also where a visitor's own come from."""
    own = [spec for spec in (catalogue().get(layer_id) for layer_id in sorted(layers)) if spec and spec.origin]
    if not own:
        return said
    whence = [f"{pick(spec.title, language)}: {pick(spec.origin, language)}" for spec in own]
    told = [*dict.fromkeys(pick(spec.caution, language) for spec in own), say(language, "own_licence")]
    caution = " ".join(part for part in (said["caution"], *told) if part)
    return said | {"origin": " ".join(whence), "caution": caution}


def parts_of(said: Values) -> list[tuple[str, str]]:
    """What the file says of itself but for its sources, which have a table of their own."""
    return [(key, in_one_line(value)) for key, value in said.items() if key != "sources"]


def cited_line(source: Source, language: str) -> str:
    """A source in one line, with its address, which on a screen is a link."""
    return " · ".join(part for part in (source_line(source, language), source.url) if part)


def in_words(said: Values, language: str) -> dict[str, str]:
    """What the file says of itself, sources and all, under headings of the language."""
    lines = [f"{source['id']}, {cited_line(Source(**source), language)}" for source in said["sources"]]
    listed = {"sources": " | ".join(lines)}
    return {say(language, ABOUT[key]): text for key, text in (dict(parts_of(said)) | listed).items()}
