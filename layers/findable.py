"""What can be found: every feature the map can show, with the names and codes it goes by."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import shapely

from geo.blocks import parse
from geo.errors import GeoError
from layers.columns import split
from layers.errors import SHOWN
from layers.names import names, names_by_id
from layers.relate import content_stamp, layer
from layers.schema import Layer
from layers.spec import LANGUAGES, LayerSpec, Stamp, Words, catalogue, toml_stamp
from layers.spelling import plain, skeleton
from layers.text import pick, words_of
from layers.vocabulary import word

NAME, FORMER, NUMBER, CODE = range(4)  # kinds of terms, in the order in which they count
FORMER_NAMES = ("former_names",)  # columns of any layer that list former names
NUMBERS = ("kato", "licence_no")  # columns of any layer whose text is known by heart; blocks are known by their type
REGION = "region"  # the vocabulary that says where something lies
DECIMALS = 5
MOST_OWN = 5_000  # rows of a visitor's layer: of more a search would take seconds
_REMARK = re.compile(r"\s*\([^()]*\)")


@dataclass(frozen=True)
class Entry:
    """One feature, named by the legend layer that shows it; ``at`` is a point of it, latitude first."""

    layer: LayerSpec
    id: str
    names: Words
    where: Words
    size: float
    at: tuple[float, float] | None


@dataclass(frozen=True)
class Term:
    """One way to ask for an entry. ``label`` is how it is published, ``what`` the title of a number or code."""

    entry: int
    kind: int
    label: str
    plain: str
    folded: str
    what: Words


@dataclass(frozen=True)
class Index:
    """All terms by their texts: each term in plain letters and as a skeleton.

    ``texts`` and ``words`` are sorted, so that those with a common beginning stand together. ``spelled`` are
    the texts of names, in which a letter may be wrong; ``words`` are of all but codes, which are known as a whole.
    """

    entries: tuple[Entry, ...]
    terms: tuple[Term, ...]
    texts: tuple[str, ...]
    of_text: Mapping[str, tuple[int, ...]]
    of_bag: Mapping[str, tuple[int, ...]]
    words: tuple[str, ...]
    of_word: Mapping[str, frozenset[str]]
    spelled: tuple[str, ...]
    spelled_words: tuple[str, ...]
    most_words: int


def index() -> Index:
    """The index of the present catalogue and content; made again only when a file changed."""
    specs = tuple(_reachable())
    return _index(specs, (*(content_stamp(spec) for spec in specs), toml_stamp("vocabulary")))


def bag(text: str) -> str:
    """The words of a text in an order that does not depend on theirs."""
    return " ".join(sorted(text.split()))


def _reachable() -> Iterator[LayerSpec]:
    """Layers of the legend, but for those that show a part of another one of it."""
    entries = catalogue()
    for spec in entries.values():
        part = spec.operation == "filter" and entries[spec.parents[0]].legend
        if spec.legend and not part:
            yield spec


@lru_cache(maxsize=8)
def _index(specs: tuple[LayerSpec, ...], _contents: tuple[Stamp, ...]) -> Index:
    entries: list[Entry] = []
    terms: list[Term] = []
    for spec in specs:
        try:
            made = layer(spec.id)
        except SHOWN:
            continue  # the map says what is wrong with it
        if spec.origin and len(made.frame) > MOST_OWN:
            continue  # the filter by text finds its rows
        for entry, row in zip(_entries(made), made.frame.to_dict("records"), strict=True):
            terms += _terms(len(entries), entry, made.spec, row)
            entries.append(entry)
    return _sorted(tuple(entries), tuple(terms))


def _sorted(entries: tuple[Entry, ...], terms: tuple[Term, ...]) -> Index:
    of_text: defaultdict[str, list[int]] = defaultdict(list)
    of_bag: defaultdict[str, list[int]] = defaultdict(list)
    of_word: defaultdict[str, set[str]] = defaultdict(set)
    spelled: set[str] = set()
    for number, term in enumerate(terms):
        for text in dict.fromkeys((term.plain, term.folded)):
            of_text[text].append(number)
            of_bag[bag(text)].append(number)
            for part in text.split() if term.kind != CODE else ():
                of_word[part].add(text)
            if term.kind in (NAME, FORMER):
                spelled.add(text)
    return Index(
        entries=entries,
        terms=terms,
        texts=tuple(sorted(of_text)),
        of_text={text: tuple(numbers) for text, numbers in of_text.items()},
        of_bag={text: tuple(numbers) for text, numbers in of_bag.items()},
        words=tuple(sorted(of_word)),
        of_word={part: frozenset(texts) for part, texts in of_word.items()},
        spelled=tuple(sorted(spelled)),
        spelled_words=tuple(sorted({part for text in spelled for part in text.split()})),
        most_words=max((len(text.split()) for text in of_text), default=0),
    )


def _entries(made: Layer) -> Iterator[Entry]:
    spec, frame = made.spec, made.frame
    size = str(spec.style.get("size", ""))
    sizes = frame[size].fillna(0) if size else [0] * len(frame)
    keys, points = frame[spec.key], shapely.point_on_surface(frame.geometry.array)
    every = zip(keys, names(made), sizes, points, made.located, frame.to_dict("records"), strict=True)
    for key, called, people, point, placed, row in every:
        at = (round(point.y, DECIMALS), round(point.x, DECIMALS)) if placed else None
        yield Entry(spec, str(key), called, _where(spec, row), float(people), at)


def _where(spec: LayerSpec, row: Mapping[str, object]) -> Words:
    """Where a feature lies or, where that is not known, what it is: its region, else its town, else its letters."""
    regions = [column.name for column in spec.columns if column.type == "code" and column.vocabulary == REGION]
    town = spec.geometry.town if spec.geometry else ""
    letters = str(spec.style.get("letters", ""))
    for column in regions:
        return {language: word(REGION, str(row[column]), language) for language in LANGUAGES if row[column]}
    if town and row[town]:
        called = names_by_id(spec.column(town).ref).get(str(row[town]), {})
        return {language: pick(called, language) for language in LANGUAGES}
    if letters and spec.column(letters).vocabulary:
        return {language: words_of(row[letters], spec.column(letters), language) for language in LANGUAGES}
    return {}


def _terms(entry: int, made: Entry, spec: LayerSpec, row: Mapping[str, object]) -> Iterator[Term]:
    """Ways to ask for one entry, each text once: names, former names, numbers, block codes, id."""
    told: set[str] = set()
    for kind, label, text, what in _labels(made, spec, row):
        if (letters := plain(text)) and letters not in told:
            told.add(letters)
            yield Term(entry, kind, label, letters, skeleton(text), what)


def _labels(made: Entry, spec: LayerSpec, row: Mapping[str, object]) -> Iterator[tuple[int, str, str, Words]]:
    for called in made.names.values():
        yield NAME, called, called, {}
    declared = {column.name: column for column in spec.columns}
    for name in FORMER_NAMES:
        for called in split(row[name]) if name in declared else ():
            yield FORMER, called.strip(), _REMARK.sub("", called), {}
    for name in NUMBERS:
        for number in split(row[name]) if name in declared else ():
            yield NUMBER, number.strip(), number, declared[name].title
    for column in declared.values():
        for code in _codes(row[column.name]) if column.type == "blocks" else ():
            yield CODE, code, code, column.title
    yield CODE, made.id, made.id, declared[spec.key].title if spec.key in declared else {}


def _codes(cell: object) -> Iterable[str]:
    """The block codes of a cell one by one; none of a cell that names none as it should."""
    try:
        return tuple(block.code for block in parse(cell)) if isinstance(cell, str) else ()
    except GeoError:
        return ()
