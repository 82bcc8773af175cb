"""What the page about a site is made of: numbers beside words, in one language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from layers.details import Entry, Fact
from layers.elsewhere import Spot
from layers.related import Relation
from layers.view import Selection

# How the place of a site is known.
EXACT, WITHIN, VIA_TOWN, NO_ACCURACY, NOWHERE = "exact", "within", "via_town", "no_accuracy", "nowhere"
# How a town belongs to a site.
ITSELF, NAMED, NEAREST = "itself", "named", "nearest"


@dataclass(frozen=True)
class Position:
    """How the place of a site is known, in words too. ``accuracy_km`` is None where nobody states it.

    ``lat`` and ``lon`` (WGS 84 degrees) are a point of it or, for VIA_TOWN, of the town that stands in; None for
    NOWHERE. ``outlined`` says that its shape is known and not a point alone.
    """

    kind: str
    words: str
    accuracy_km: float | None
    lat: float | None
    lon: float | None
    outlined: bool


@dataclass(frozen=True)
class Near:
    """Something near: how far by the shortest line on WGS 84, in km, and what its own row says of its state.

    ``low_km`` and ``high_km`` hold the true distance, given the accuracy of both positions. All three are None where
    one end stands at its town's point; ``via_km`` then tells how far the stand-ins are from each other. All four are
    None for what is not measured; ``tied`` says whether something tells where that may be.
    ``relation`` says the same in words. ``status`` is in words too, ``status_code`` is its code; ``year`` is that of
    the row, None where it is not dated. ``dating`` is the code of the vocabulary of that name where a date was asked,
    ``notes`` are those of the row, in the language of their source; ``named`` the towns that it names
    where it has no place.
    """

    layer: str
    id: str
    name: str
    km: float | None
    low_km: float | None
    high_km: float | None
    via_km: float | None
    surely: bool
    relation: Relation
    status: str
    status_code: str
    year: int | None
    sources: tuple[str, ...]
    dating: str = ""
    tied: bool = True
    notes: str = ""
    named: tuple[str, ...] = ()


@dataclass(frozen=True)
class Count:
    """How many are within the radius: surely, and at most; ``lost`` names more that may be anywhere.

    ``loose`` says that some of them are not measured: nothing then bounds the number.
    """

    low: int
    high: int
    lost: tuple[str, ...] = ()
    loose: bool = False

    @property
    def nowhere(self) -> int:
        """How many more may be anywhere."""
        return len(self.lost)


@dataclass(frozen=True)
class Reached:
    """People in towns within the radius: surely, and at most; None where those of some town are not known.

    ``at_town`` says that it was measured from the point of a town, because the place of the site is not known.
    """

    low: int | None
    high: int | None
    towns: Count
    at_town: bool


@dataclass(frozen=True)
class Headcount:
    """The newest population of a town for one territory; figures of the same year that differ stand beside it."""

    people: int
    year: int
    scope: str
    scope_code: str
    kind: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class GasClaim:
    """What is said of a town's gas supply; ``rank`` 1 leads, ``year`` is None where it is not dated."""

    rank: int
    status: str
    status_code: str
    year: int | None
    confirmed: bool
    sources: tuple[str, ...]


@dataclass(frozen=True)
class SiteTown:
    """The town of a site and how it belongs to it: ITSELF, NAMED by its row, or the NEAREST one.

    ``near`` is None for a site that is the town. ``people`` and ``year`` are of the town proper, as the layer of towns
    has them, ``rivals`` what other sources give for that year; ``series`` holds the newest figure of each territory.
    """

    id: str
    name: str
    how: str
    near: Near | None
    people: int | None
    year: int | None
    series: tuple[Headcount, ...]
    gas: tuple[GasClaim, ...]
    sources: tuple[str, ...]
    rivals: tuple[int, ...] = ()


@dataclass(frozen=True)
class Unknown:
    """Something that is not known. ``about`` says what kind of gap it is, ``column`` which fact is empty, if one is."""

    about: str
    words: str
    column: str = ""


@dataclass(frozen=True, eq=False)
class SiteSheet:
    """All that a page about one site says, in one language. Compared by identity, so that it keys caches.

    ``lines`` are the nearest gas lines by layer (operating, under construction, planned), ``rivals`` those of the same
    layer, by layer and for plants too, that may be nearer than the nearest. ``unmeasured`` are by layer, of the lines
    and of plants, those that cannot be measured and may be nearer. ``neighbours`` are what is or may be within the
    radius, by layer of the legend, the nearest first, at most as many as ``layers.nearby`` lists; ``counts`` count all.
    """

    selected: Selection
    language: str
    radius_km: int
    name: str
    kind: str
    other_names: tuple[str, ...]
    position: Position
    facts: tuple[Fact, ...]
    more: tuple[Fact, ...]
    entries: Mapping[str, tuple[Entry, ...]]
    elsewhere: tuple[Spot, ...]
    caution: str
    lines: Mapping[str, Near]
    rivals: Mapping[str, tuple[Near, ...]]
    towns: tuple[SiteTown, ...]
    plant: Near | None
    reached: Reached | None
    neighbours: Mapping[str, tuple[Near, ...]]
    counts: Mapping[str, Count]
    unmeasured: Mapping[str, tuple[Near, ...]]
    unknown: tuple[Unknown, ...]
    own_sources: tuple[str, ...]
    ours: bool
