"""What a reader types to what it may mean: features by any of their names and codes, or a position."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import takewhile

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from layers.errors import UnknownNameError
from layers.findable import CODE, FORMER, NAME, Entry, Index, Term, bag, index
from layers.found import Found, Hit
from layers.ground import ground
from layers.pasted import LONGEST as LONGEST_PASTED
from layers.pasted import pasted
from layers.spec import LANGUAGES
from layers.spelling import plain, skeleton
from layers.text import pick, say
from layers.view import PLACE, SHEET, Selection

LONGEST = 200  # characters of a query that are looked at as a name; a list of blocks may be longer
LONGEST_MISSPELT = 60  # a longer one is not looked for among misspellings
SHORTEST_MISSPELT_WORD = 5  # letters of one word of a longer name: Хром is not "from"
LIMIT = 8
TOWN_AMONG = 3  # the first hits, among which a town stands if any was found
EXACT, PREFIX, WORDS, MISSPELT = range(4)  # grades, best first; each edit counts one more than WORDS

Grades = dict[int, int]


def search(query: str, language: str, limit: int = LIMIT) -> Found:
    """The features that a text may mean, or what it writes as a position, sheet or blocks (see `layers.pasted`).

    Better than a whole name is nothing, then come names that begin so, names with words that begin so, and
    names with one letter wrong (from 4 letters, in a word of a longer name from 5) or two (from 8), two swapped
    letters counting as one. Among equals the legend's order decides, then current names before former ones,
    people and the name. A town that was found stands among the first three.
    Raises UnknownNameError for the language.
    """
    if language not in LANGUAGES:
        raise UnknownNameError("language", language, LANGUAGES)
    read = pasted(query[: LONGEST_PASTED + 1], language)
    if read and read.hits and read.hits[0].layer == PLACE:
        return read
    text = query[:LONGEST]
    if not read or not read.hits:
        hits = _features(text, language, limit)
        return Found(hits) if hits or not read else read
    if read.hits[0].layer == SHEET:
        return replace(read, hits=(*read.hits, *_features(text, language, limit - 1)))
    return _with_blocks(read, language, limit)


def _features(text: str, language: str, limit: int) -> tuple[Hit, ...]:
    """The features that a text may name, best first."""
    known, wanted = index(), plain(text)
    grades = _grades(known, dict.fromkeys((wanted, skeleton(text)))) if wanted else {}
    best: dict[int, tuple[int, Term]] = {}
    for place, grade in grades.items():
        term = known.terms[place]
        entry = known.entries[term.entry]
        kept = best.get(term.entry)
        if not kept or _term_order(grade, term, entry, wanted, language) < _term_order(*kept, entry, wanted, language):
            best[term.entry] = grade, term
    ranked = sorted(best, key=lambda n: _order(*best[n], known.entries[n], wanted, language))
    shown = _with_a_town(ranked, known)[: max(limit, 0)]
    return tuple(_hit(known.entries[n], best[n][1], language) for n in shown)


def _with_blocks(read: Found, language: str, limit: int) -> Found:
    """Licence blocks and the features that hold them: one that holds all of them comes first, others after them."""
    known, held = index(), dict[int, list[Term]]()
    blocks = ground(Selection(read.hits[0].layer, read.hits[0].id)).blocks
    for block in blocks:
        terms = (known.terms[place] for place in known.of_bag.get(bag(plain(block.code)), ()))
        for entry, term in {term.entry: term for term in terms if term.kind == CODE}.items():
            held.setdefault(entry, []).append(term)
    hits = {entry: _hit(known.entries[entry], terms[0], language) for entry, terms in held.items()}
    whole = [hit for entry, hit in hits.items() if len(held[entry]) == len(blocks)]
    part = [hit for hit in hits.values() if hit not in whole]
    return replace(read, hits=(*whole, *read.hits, *part)[: max(limit, 1)])


def _term_order(grade: int, term: Term, entry: Entry, wanted: str, language: str) -> tuple[object, ...]:
    """Which of the terms of one entry is said to have been found: part of a code only where no name was."""
    part = term.kind == CODE and grade != EXACT
    return part, grade, not term.plain.startswith(wanted), term.kind, term.label != pick(entry.names, language)


def _order(grade: int, term: Term, entry: Entry, wanted: str, language: str) -> tuple[object, ...]:
    """Which entry comes first."""
    literal = term.plain.startswith(wanted)
    return grade, entry.layer.order, term.kind, not literal, -entry.size, pick(entry.names, language)


def _with_a_town(ranked: list[int], known: Index) -> list[int]:
    """Entries with the best town among the first three: a town's misspelling may be the name of a small deposit."""
    town = next((n for n in ranked if known.entries[n].layer.style.get("symbol") == "town"), None)
    if town is None or town in ranked[:TOWN_AMONG]:
        return ranked
    others = [n for n in ranked if n != town]
    return [*others[: TOWN_AMONG - 1], town, *others[TOWN_AMONG - 1 :]]


def _grades(known: Index, queries: Iterable[str]) -> Grades:
    """The best grade of each term that matches any spelling of the query."""
    grades: Grades = {}
    for query in filter(None, queries):
        for grade, found in _matches(known, query):
            for place in found:
                if grade < grades.get(place, grade + 1):
                    grades[place] = grade
    return grades


def _matches(known: Index, query: str) -> Iterator[tuple[int, Iterable[int]]]:
    """Grades with the terms that have them; a term may come more than once."""
    yield EXACT, known.of_bag.get(bag(query), ())
    for text in _beginning(known.texts, query):
        yield PREFIX, known.of_text[text]
    for edits, text in _by_words(known, query.split()):
        yield WORDS + edits, _of_kind(known, text, NAME if edits else None)
    for edits, text in _misspelt(known.spelled, query):
        yield WORDS + max(edits, 1), _of_kind(known, text, NAME)


def _of_kind(known: Index, text: str, spelled: int | None) -> list[int]:
    """Terms with that text: of codes none, for they are known as a whole only; names only where a letter is wrong."""
    last = FORMER if spelled == NAME else CODE - 1
    return [place for place in known.of_text[text] if known.terms[place].kind <= last]


def _beginning(ordered: Sequence[str], start: str) -> Iterator[str]:
    """Those of sorted texts that begin so."""
    first = bisect_left(ordered, start)
    return takewhile(lambda text: text.startswith(start), (ordered[n] for n in range(first, len(ordered))))


def _misspelt(known: Sequence[str], query: str, shortest: int = 4) -> list[tuple[int, str]]:
    """Texts a few edits away, with the edits; digits must be right, for another number is another thing."""
    letters = sum(letter.isalpha() for letter in query)
    allowed = 0 if letters < shortest or len(query) > LONGEST_MISSPELT else 1 if letters < 8 else 2
    if not allowed:
        return []
    found = extract(query, known, scorer=OSA.distance, score_cutoff=allowed, limit=None)
    return [(int(edits), text) for text, edits, _ in found if _digits(text) == _digits(query)]


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdigit())


def _by_words(known: Index, words: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Texts that have for each word one of their own that begins with it or is a few edits from it."""
    if not words or len(words) > known.most_words:
        return
    costs: list[dict[str, int]] = []
    for word in words:
        near = {text: edits for edits, text in _misspelt(known.spelled_words, word, SHORTEST_MISSPELT_WORD)}
        costs.append(near | dict.fromkeys(_beginning(known.words, word), 0))
    holding = [set[str]().union(*(known.of_word[word] for word in cost)) for cost in costs]
    for text in set.intersection(*holding):
        edits = _assigned(text.split(), costs)
        if edits is not None and edits <= 2:
            yield edits, text


def _assigned(own: list[str], costs: Sequence[dict[str, int]]) -> int | None:
    """Edits when each word of the query takes the cheapest word still free; None when one finds none."""
    free, edits = list(own), 0
    for cost in costs:
        taken = min((word for word in free if word in cost), key=cost.__getitem__, default=None)
        if taken is None:
            return None
        free.remove(taken)
        edits += cost[taken]
    return edits


def _hit(entry: Entry, term: Term, language: str) -> Hit:
    name = pick(entry.names, language) or entry.id
    lat, lon = entry.at or (None, None)
    return Hit(
        entry.layer.id, entry.id, name, pick(entry.layer.title, language), _note(entry, term, language), lat, lon
    )


def _note(entry: Entry, term: Term, language: str) -> str:
    """By which other name it was found, else where it is."""
    if term.kind == FORMER:
        return say(language, "search_former", name=term.label)
    if term.kind != NAME:
        return f"{pick(term.what, language)}: {term.label}"
    if term.plain != plain(pick(entry.names, language)):
        return say(language, "search_also", name=term.label)
    return pick(entry.where, language)
