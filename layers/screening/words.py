"""A screening in words: the same rows for page, paper and workbook, in three languages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import isnan

from layers.columns import split
from layers.linked import TOWNS
from layers.load import load
from layers.names import names_by_id
from layers.screening.candidates import COMMODITIES
from layers.screening.choice import ACCURACY, BY_KM, COMMODITY, GAS, PLANT, TOWN, Need
from layers.screening.desk import Fit, Found
from layers.screening.filters import TARGETS
from layers.screening.measures import PROCESSING, Named, Raw
from layers.screening.profiles import Criterion, Part, book
from layers.screening.scores import LINEAR, LOGISTIC, NO_MOVER, THRESHOLD
from layers.text import distance, number, pick, say, unit_of
from layers.vocabulary import vocabulary, word

STATES = ("zone_status", "stage")
INTERVAL = "5–95 %"  # of the simulation
MOST_NAMED = 3  # of what is not measured and may count: the first as far as published positions tell
PARETO = "◆"  # the mark of the Pareto set, explained beside each table and chart


@dataclass(frozen=True)
class Row:
    """One candidate in the order, as texts; ``place`` is its position among the kept."""

    place: int
    id: str
    name: str
    rank: str
    interval: str
    score: str
    best: str
    mover: str
    position: str
    unknown: str


def rows(found: Found, language: str) -> list[Row]:
    """The kept candidates, the first rank first."""
    called = found.every.names(language)
    names = [called[one] for one in found.kept]
    return [_row(found, one, names[one], language) for one in found.order]


def _row(found: Found, one: int, name: str, language: str) -> Row:
    stable, at = found.stable, found.kept[one]
    low, high = int(stable.low[one]), int(stable.high[one])
    unknown = [pick(made.title, language) for made, raw in used(found) if isnan(raw.best[one])]
    unknown += _besides(found, one, language)
    unknown += [say(language, "screening_possibly")] if found.sieve.doubtful[at] else []
    return Row(
        one,
        found.ids[one],
        name,
        number(int(found.ranked[one]), language),
        number(low, language) if low == high else f"{number(low, language)}–{number(high, language)}",
        number(float(found.scored[one]) * 100, language, 1),
        PARETO if found.best[one] else "",
        _mover(found, one, language),
        _position(found, at, language),
        "; ".join(unknown),
    )


def _besides(found: Found, one: int, language: str) -> Iterator[str]:
    """What may be nearer to a candidate, or one more around it, but cannot be measured, by criterion."""
    for made, raw in used(found):
        if besides := raw.besides[one]:
            names = called_rows(besides[:MOST_NAMED], language)
            if more := len(besides) - MOST_NAMED:
                names = say(language, "and_more", listed=names, count=number(more, language)) if more > 0 else names
            yield say(language, "screening_besides", criterion=pick(made.title, language), names=names)


def called_rows(named: Named, language: str) -> str:
    """The names of rows of any layers, one after the other."""
    return "; ".join(pick(names_by_id(layer_id).get(key, {}), language) or key for layer_id, key in named)


def filtered_lines(found: Found, language: str) -> list[str]:
    """What the filters did, for a file: each with its count, and how many are kept that only possibly meet them."""
    return [*removed_lines(found, language), *doubt_lines(found, language)] or [say(language, "screening_no_filters")]


def doubt_lines(found: Found, language: str) -> list[str]:
    """How many of the kept only possibly meet the filters, where there are any; each row of them says so too."""
    doubtful = int(found.sieve.doubtful.sum())
    return [say(language, "screening_doubt", count=number(doubtful, language))] if doubtful else []


def used(found: Found) -> Iterator[tuple[Criterion, Raw]]:
    """What counts: the criteria of a weight above 0."""
    for criterion, raw, weight in zip(found.criteria, found.raw, found.weights, strict=True):
        if weight > 0:
            yield criterion, raw


def _mover(found: Found, one: int, language: str) -> str:
    """The criterion that would move a candidate most, with its rank at the criterion's best and worst."""
    chosen = int(found.moved.criterion[one])
    if chosen == NO_MOVER:
        return say(language, "screening_no_mover")
    best, worst = (int(ends[one]) for ends in (found.moved.rank_at_best, found.moved.rank_at_worst))
    title = pick(found.criteria[chosen].title, language)
    return say(language, "screening_mover", criterion=title, best=number(best, language), worst=number(worst, language))


def _position(found: Found, at: int, language: str) -> str:
    if found.every.via_town[at]:
        town = str(found.every.side.via.iloc[at])
        return say(language, "screening_at_town", town=_town(town, language))
    if not found.every.placed[at]:
        published = bool(found.every.made.located.iloc[at])
        return say(language, "basis_no_accuracy" if published else "screening_no_place")
    off = float(found.every.side.accuracy_km.iloc[at])
    return f"± {kilometres(off, off, language)}" if off >= 0.05 else ""


def _town(key: str, language: str) -> str:
    return pick(names_by_id(TOWNS).get(key, {}), language) or key


def kilometres(low: float, high: float, language: str) -> str:
    """A distance range with its unit."""
    return say(language, "kilometres", distance=distance(low, high, language))


def value(criterion: Criterion, raw: Raw, one: int, language: str) -> str:
    """A raw value with its unit and, where it is one, its range."""
    low, best, high = (float(ends[one]) for ends in (raw.low, raw.best, raw.high))
    if isnan(best):
        return say(language, "screening_not_known")
    if isnan(low) and criterion.unit in ("km", "count"):
        if criterion.unit == "km":
            return say(language, "screening_from_town", value=kilometres(best, best, language))
        return say(language, "screening_count_at_town", value=number(best, language))
    if criterion.unit == "km":
        told = kilometres(best, best, language)
        return (
            told
            if distance(low, high, language) == distance(best, best, language)
            else (f"{told} ({distance(low, high, language)})")
        )
    if criterion.unit == "count":
        whole, ends = number(best, language), [number(end, language) for end in (low, high)]
        return whole if ends[0] == ends[1] else f"{whole} ({ends[0]}–{ends[1]})"
    if criterion.unit == "points":
        return number(best, language, 1)
    written = number(best, language, 0 if criterion.unit == "people" else 1)
    told = f"{written} {unit_of(criterion.unit, written, language)}"
    return f"{told} ({_town(raw.what[one], language)})" if criterion.unit == "people" else told


def points(found: Found, column: int, one: int, language: str) -> str:
    """What a criterion adds to the score, of 100."""
    total = found.weights.sum()
    share = float(found.weights[column] / total * found.parts[one, column]) * 100 if total else 0.0
    return number(share, language, 1)


def scale_in_words(part: Part, language: str) -> str:
    """The scale of a criterion as a sentence."""
    scale, criterion = part.scale, book().criteria[part.criterion]
    written = [number(end, language, 0 if end % 1 == 0 else 2) for end in (scale.first, scale.second)]
    ends = [f"{end}{_unit(criterion, end, language)}" for end in written]
    if scale.kind == LINEAR:
        zero, one = ends[::-1] if scale.less else ends
        return say(language, "screening_linear", zero=zero, one=one)
    if scale.kind == THRESHOLD:
        bound = "≤" if scale.less else "≥"
        return say(language, "screening_threshold", bound=f"{bound} {ends[0]}")
    assert scale.kind == LOGISTIC
    slope = number(scale.second, language, 2)
    return say(language, "screening_logistic_less" if scale.less else "screening_logistic", middle=ends[0], slope=slope)


def _unit(criterion: Criterion, written: str, language: str) -> str:
    if criterion.unit in ("count", "points"):
        return ""
    return f" {unit_of(criterion.unit, written, language)}"


def need_in_words(need: Need, language: str) -> str:
    """A filter as a reader is told it."""
    if need.kind in BY_KM:
        km = number(need.km, language)
        if need.kind == TOWN:
            return say(language, "screening_within_town", km=km, people=number(need.people, language))
        keys = {GAS: "screening_within_gas", PLANT: "screening_within_plant", ACCURACY: "screening_within_accuracy"}
        return say(language, keys[need.kind], km=km)
    codes = ", ".join(code_in_words(need.kind, code, language) for code in need.codes)
    return say(language, "screening_is_commodity" if need.kind == COMMODITY else "screening_is_status", codes=codes)


def code_in_words(kind: str, code: str, language: str) -> str:
    """A commodity or a state in words."""
    if kind == COMMODITY:
        return word(COMMODITIES, code, language)
    return word(next(name for name in STATES if code in vocabulary(name)), code, language)


def removed_lines(found: Found, language: str) -> list[str]:
    """What each filter removed, and which one removed the last."""
    made = [
        say(
            language,
            "screening_removed",
            filter=need_in_words(one.need, language),
            falling=number(one.falling, language),
            failing=number(one.failing, language),
        )
        for one in found.sieve.removed
    ]
    if found.sieve.last:
        made.append(say(language, "screening_last", filter=need_in_words(found.sieve.last, language)))
    return made


def fallen(found: Found, language: str) -> list[tuple[str, str]]:
    """Names of the candidates that fell out, and the filter that each fell by first."""
    names = found.every.names(language)
    fell = ((at, found.sieve.removed[place].need) for at, place in enumerate(found.sieve.first_failed) if place >= 0)
    return [(names[at], _fails(need, bool(found.every.via_town[at]), language)) for at, need in fell]


def _fails(need: Need, at_town: bool, language: str) -> str:
    """Why a candidate fell; of a distance also that it was measured from its town's point, where it was."""
    key = "screening_fails_at_town" if at_town and need.kind in TARGETS else "screening_fails"
    return say(language, key, filter=need_in_words(need, language))


def fit_in_words(fit: Fit, language: str) -> tuple[str, str, str]:
    """Commodities, the nearest place that processes them, and the nearest of all."""
    asked = ", ".join(word(COMMODITIES, code, language) for code in fit.commodities)
    if not asked:
        able = say(language, "screening_commodity_unknown")
    elif not fit.nearest:
        able = say(language, "screening_fit_from_nowhere")
    elif not fit.place:
        able = say(language, "screening_nowhere")
    else:
        able = f"{_place(fit.place, language)} ({_taken(fit, language)}), {_reach(*fit.km, language)}"
    nearest = f"{_place(fit.nearest, language)}, {_reach(*fit.nearest_km, language)}" if fit.nearest else "–"
    return asked or "–", able, nearest


def _reach(best: float, low: float, high: float, language: str) -> str:
    """A range, or from a town that stands in the distance of that town."""
    if isnan(low):
        return say(language, "screening_from_town", value=kilometres(best, best, language))
    return kilometres(low, high, language)


def _taken(fit: Fit, language: str) -> str:
    """Which of a candidate's commodities the nearest place that can take any of them processes."""
    row = load(PROCESSING).row(fit.place)
    assert row is not None
    return ", ".join(word(COMMODITIES, code, language) for code in split(row["commodities"]) if code in fit.commodities)


def _place(key: str, language: str) -> str:
    return pick(names_by_id(PROCESSING).get(key, {}), language) or key


def title(found: Found, language: str) -> str:
    """Profile and layer of a screening."""
    layer_title = pick(found.every.made.spec.title, language)
    return f"{pick(found.profile.title, language)}: {layer_title}"
