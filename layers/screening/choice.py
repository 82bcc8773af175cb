"""What a reader asks of the Screening screen, and that as the text of an address and back."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal, get_args

NeedKind = Literal["gas", "town", "plant", "commodity", "status", "accuracy"]
GAS, TOWN, PLANT, COMMODITY, STATUS, ACCURACY = get_args(NeedKind)
BY_KM = (GAS, TOWN, PLANT, ACCURACY)
MOST_KM = 1000
MOST_PEOPLE = 10_000_000
MOST_WEIGHT = 100
MOST_SEED = 999_999
MOST_CODES = 20
CODE = re.compile(r"[a-z][a-z0-9_]{0,40}")
NUMBER = re.compile(r"0|[1-9][0-9]{0,8}", re.ASCII)
FIRST_SEED = 1


@dataclass(frozen=True)
class Need:
    """One hard filter: within ``km`` of something (a town of at least ``people``), or one of ``codes`` (sorted)."""

    kind: str
    km: int = 0
    people: int = 0
    codes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Screening:
    """What is screened and how.

    ``profile`` and ``source`` (the layer of the candidates) are ids, or nothing for the first profile and for the
    candidates that a profile names. ``weights`` holds those that differ from the profile's, by criterion; ``needs``
    one filter of a kind, in the order of NeedKind.
    """

    profile: str = ""
    source: str = ""
    weights: tuple[tuple[str, int], ...] = ()
    needs: tuple[Need, ...] = ()
    seed: int = FIRST_SEED


NO_SCREENING = Screening()


def with_need(asked: Screening, need: Need | None, kind: str) -> Screening:
    """The same with another filter of that kind, or none."""
    kept = {one.kind: one for one in asked.needs if one.kind != kind}
    if need is not None:
        kept[kind] = need
    return replace(asked, needs=tuple(kept[name] for name in get_args(NeedKind) if name in kept))


def need_of(kind: str, km: int = 0, people: int = 0, codes: Iterable[str] = ()) -> Need:
    """A filter, checked: ValueError for what makes none."""
    chosen = tuple(sorted(set(codes)))
    if kind not in get_args(NeedKind):
        raise ValueError(f"{kind!r} is no filter of candidates")
    if kind in BY_KM and not (0 <= km <= MOST_KM and not chosen):
        raise ValueError(f"{kind}: {km} km; 0 to {MOST_KM} is possible")
    if people and (kind != TOWN or not 0 <= people <= MOST_PEOPLE):
        raise ValueError(f"{kind}: {people} people")
    if kind not in BY_KM and not (0 < len(chosen) <= MOST_CODES and all(map(CODE.fullmatch, chosen)) and not km):
        raise ValueError(f"{kind}: {', '.join(chosen)[:80]} are no codes")
    return Need(kind, km, people, chosen)


def need_text(need: Need) -> str:
    """A filter as an address writes it: ``gas:100``, ``town:50:100000``, ``commodity:copper.gold``."""
    if need.kind not in BY_KM:
        return f"{need.kind}:{'.'.join(need.codes)}"
    return f"{need.kind}:{need.km}" + (f":{need.people}" if need.people else "")


def needs_of_text(text: str) -> tuple[Need, ...]:
    """The filters that an address writes, one of a kind; ValueError for what is none."""
    asked = NO_SCREENING
    for part in text.split(","):
        kind, _, rest = part.partition(":")
        if any(one.kind == kind for one in asked.needs):
            raise ValueError(text)
        asked = with_need(asked, _need(kind, rest), kind)
    return asked.needs


def _need(kind: str, rest: str) -> Need:
    if kind not in BY_KM:
        return need_of(kind, codes=rest.split("."))
    km, colon, people = rest.partition(":")
    return need_of(kind, whole(km, MOST_KM), whole(people, MOST_PEOPLE) if colon else 0)


def weights_text(weights: Iterable[tuple[str, int]]) -> str:
    """Weights as an address writes them: ``gas_operating:40,plant:0``."""
    return ",".join(f"{criterion}:{weight}" for criterion, weight in weights)


def weights_of_text(text: str) -> tuple[tuple[str, int], ...]:
    """Weights that an address writes, by criterion in order; ValueError for what is none."""
    made: dict[str, int] = {}
    for part in text.split(","):
        criterion, _, weight = part.partition(":")
        if not CODE.fullmatch(criterion) or criterion in made:
            raise ValueError(text)
        made[criterion] = whole(weight, MOST_WEIGHT)
    return tuple(sorted(made.items()))


def whole(text: str, most: int) -> int:
    """A whole number from 0 as an address writes it, without leading zeros; ValueError for anything else."""
    if not NUMBER.fullmatch(text) or int(text) > most:
        raise ValueError(text)
    return int(text)
