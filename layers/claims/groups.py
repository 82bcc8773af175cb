"""Claims about the same thing side by side: the spread of what they say, and whether it disagrees."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from layers.claims.ledger import Claim, claims
from layers.claims.units import places, same
from layers.errors import UnknownNameError
from layers.periods import meet
from layers.relate import content_of_all
from layers.spec import Stamp
from layers.text import AS_STATED

# In the order of the screen. Differ: two claims about the same time do not agree. Series: they differ, but none of
# them speak of the same time. Agree: more than one that the atlas did not calculate, all alike. Words: texts, which are
# not compared. One: a single one.
STANDINGS = DIFFER, SERIES, AGREE, WORDS, ONE = "differ", "series", "agree", "words", "one"
COMPARED_WORDS = ("flag", "status", "date", "category")  # units of values that must be equal to agree
AT_LEAST, FELL = "at_least", "fell_by_factor"


@dataclass(frozen=True)
class Spread:
    """The lowest and the highest of a group's claims in one unit, as claims, so that their dates are known."""

    measure: str
    low: Claim
    high: Claim

    @property
    def difference(self) -> float:
        """How far apart they are, in ``measure``."""
        assert self.low.amount is not None
        assert self.high.amount is not None
        return self.high.amount - self.low.amount


@dataclass(frozen=True)
class Group:
    """All claims about one thing of one subject, in the order of their periods.

    ``conflict`` is the pair about the same time that is furthest apart, where any two about one time do not agree.
    """

    id: str
    thing: str
    theme: str
    subject_kind: str
    subject: str
    state: str
    claims: tuple[Claim, ...]
    spreads: tuple[Spread, ...]
    conflict: Spread | None = None


def groups(as_of: str = "") -> tuple[Group, ...]:
    """Every group: those that disagree first, then by theme in the order in which each is first met.

    With a month (YYYY-MM) each holds what had been said by then, or may have been.
    """
    return tuple(_groups(as_of, content_of_all()).values())


def group(group_id: str, as_of: str = "") -> Group:
    """The group of that id; UnknownNameError when there is none, or was none by that month."""
    known = _groups(as_of, content_of_all())
    if group_id not in known:
        raise UnknownNameError("group of claims", group_id, list(known))
    return known[group_id]


def group_of(row_id: str, as_of: str = "") -> Group | None:
    """The group in which a row of the programme's tables stands; None for a row of another table, or a later one."""
    found = _by_row(as_of, content_of_all()).get(row_id)
    return group(found, as_of) if found else None


def grouped(stated: Iterable[Claim]) -> tuple[Group, ...]:
    """The groups of any claims, sorted as ``groups`` are."""
    parts: dict[str, list[Claim]] = {}
    for claim in stated:
        parts.setdefault(claim.group, []).append(claim)
    made = [_group(name, sorted(part, key=_time)) for name, part in parts.items()]
    themes = list(dict.fromkeys(one.theme for one in made))
    return tuple(sorted(made, key=lambda one: (STANDINGS.index(one.state), themes.index(one.theme))))


@lru_cache(maxsize=16)
def _groups(as_of: str, _content: Stamp) -> dict[str, Group]:
    return {one.id: one for one in grouped(claims(as_of))}


@lru_cache(maxsize=16)
def _by_row(as_of: str, _content: Stamp) -> dict[str, str]:
    return {claim.id: claim.group for claim in claims(as_of)}


def _group(name: str, parts: list[Claim]) -> Group:
    first = parts[0]
    spreads = tuple(_spreads(parts))
    about = (first.thing, first.theme, first.subject_kind, first.subject)
    return Group(name, *about, state(parts), tuple(parts), spreads, _conflict(parts))


def _conflict(parts: list[Claim]) -> Spread | None:
    """The two claims about the same time, both with a period and an amount, that disagree most."""
    pairs = (pair for pair in combinations(parts, 2) if all(one.span and one.amount is not None for one in pair))
    apart = [pair for pair in pairs if _comparable(*pair) and _same_time(*pair) and not _agree(*pair)]
    found = [Spread(low.measure, low, high) for low, high in (sorted(pair, key=_amount) for pair in apart)]
    return max(found, key=lambda one: one.difference, default=None)


def _time(claim: Claim) -> tuple[int, str]:
    return (claim.span.first if claim.span else 0, claim.said)


def _spreads(parts: list[Claim]) -> Iterable[Spread]:
    """One for each unit with at least two numbers; of equal ones one that is no bound stands for them, the earlier."""
    for measure in dict.fromkeys(claim.measure for claim in parts if claim.amount is not None):
        told = [claim for claim in parts if claim.measure == measure]
        if len(told) > 1:
            low = min(told, key=lambda one: (_amount(one), one.reading != AS_STATED))
            yield Spread(measure, low, max(told, key=lambda one: (_amount(one), one.reading == AS_STATED)))


def _amount(claim: Claim) -> float:
    assert claim.amount is not None
    return claim.amount


def state(parts: list[Claim]) -> str:
    """How the claims of a group stand to each other, one of STANDINGS.

    What the atlas calculated can disagree with what is said, but adds nothing to an agreement.
    """
    if len(parts) == 1:
        return ONE
    pairs = [pair for pair in combinations(parts, 2) if _comparable(*pair)]
    apart = [pair for pair in pairs if not _agree(*pair)]
    if any(_same_time(*pair) for pair in apart):
        return DIFFER
    if apart:
        return SERIES
    stated = any(not (first.own or second.own) for first, second in pairs)
    return AGREE if stated else WORDS


def _comparable(first: Claim, second: Claim) -> bool:
    if first.amount is not None and second.amount is not None:
        return first.measure == second.measure
    return first.unit == second.unit and first.unit in COMPARED_WORDS and first.indicator == second.indicator


def _agree(first: Claim, second: Claim) -> bool:
    """Whether both can be true as they stand: a claim of at least so much agrees with more, not with less."""
    if first.amount is None or second.amount is None:
        return first.value == second.value
    if same(first.amount, second.amount, min(_places(first), _places(second))):
        return True
    if first.reading == second.reading:
        return False  # both of two bounds may hold, but they tell two things, and the reader sees both
    bound, other = (second, first) if first.reading == AS_STATED else (first, second)
    above = _amount(other) >= _amount(bound)
    return above if bound.reading == AT_LEAST else not above


def _places(claim: Claim) -> int:
    """Decimals to which its amount is told; a fall by a factor is told as the percentage that it is."""
    if claim.number is None or claim.reading == FELL:
        return places(_amount(claim), claim.measure)
    return places(claim.number, claim.unit)


def _same_time(first: Claim, second: Claim) -> bool:
    """Whether two claims may speak of the same time; one without a period may speak of any."""
    if first.span is None or second.span is None:
        return True
    return meet(first.span, second.span)
