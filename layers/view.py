"""The state of the screen as one frozen value that equals its URL; ``layers.query`` writes and reads that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from layers.block_choice import FIRST_RULE, LICENCE_YEARS, NO_SOURCE, BlockSource, CoverRule
from layers.roles import DEFAULT_ROLE, role, roles
from layers.screening.choice import NO_SCREENING, Screening
from layers.spec import catalogue

DEFAULT_LANGUAGE = "en"
RADIUS_KM = (10, 200)
DEFAULT_RADIUS_KM = 100
RADIUS_STEP_KM = 10
ZOOMS = (2.0, 18.0)
POSITION_DECIMALS = 4
MOST_COMPARED = 4  # sites side by side
TILE_PIXELS = 256
BADGE = "badge:"  # prefix of a selection that means "the rows without a place, shown at this town"
# Layers of selections that are no features (see ``layers.ground``): "latitude,longitude", "M-43-101", codes of blocks.
GROUNDS = PLACE, SHEET, BLOCKS = "place", "sheet", "blocks"
QUIET = "quiet"  # the atlas's own background, which needs no network
OPAQUE = 100  # percent
EVERYWHERE, SEEN, SHAPE, AROUND = "", "view", "shape", "radius"  # kinds of Area


@dataclass(frozen=True)
class Position:
    """Centre of the map in WGS 84 degrees and its zoom."""

    lat: float
    lon: float
    zoom: float


@dataclass(frozen=True)
class Selection:
    """One selected feature; the id may be anything that a data file holds."""

    layer: str
    id: str


@dataclass(frozen=True)
class Area:
    """The spatial filter, in WGS 84 degrees.

    ``bounds`` (west, south, east, north) belongs to the kind SEEN, ``ring`` ((lon, lat), open) to SHAPE;
    AROUND is the radius around what is selected and has neither.
    """

    kind: str = EVERYWHERE
    bounds: tuple[float, float, float, float] | None = None
    ring: tuple[tuple[float, float], ...] = ()


NO_AREA = Area()


@dataclass(frozen=True)
class View:
    """What a reader has chosen.

    ``layers`` are the visible ones, top-most first; None means those of the role. ``opacity`` holds percents
    below OPAQUE, ``facets`` the chosen codes of each facet in use, both ordered as ``layers.query`` writes them.
    ``table`` names the layer under the map, or nothing for the role's. ``swipe`` names what is shown left and
    right of the divider: layers or backgrounds. ``sure`` asks that only what is surely within the radius counts, not
    what may be.

    The Blocks screen shows the blocks of ``blocks`` by the rule ``cover``, with ``counted_south`` also where they lie
    if the last level is counted from the south, and what they cost in the licence's year ``licence_year``;
    ``index_tenge`` is the monthly calculation index as the reader typed it, 0 before that.

    ``compared`` are the sites that the Compare screen shows side by side, in their order.

    The Promises screen shows the group of claims ``claim`` first, and of the instructions those of ``promise_theme``
    and ``promise_town``; with ``missing`` only those without evidence of execution.

    ``as_of`` is the month, written YYYY-MM, of which is shown what held or had been said; nothing for all dates.

    ``town`` is the town of the Passport screen.

    The Screening screen puts in order what ``screening`` asks for; there ``sure`` asks that filters be surely met.
    """

    language: str = DEFAULT_LANGUAGE
    role: str = DEFAULT_ROLE
    layers: tuple[str, ...] | None = None
    opacity: tuple[tuple[str, int], ...] = ()
    facets: tuple[tuple[str, tuple[str, ...]], ...] = ()
    text: str = ""
    area: Area = NO_AREA
    selected: Selection | None = None
    radius_km: int = DEFAULT_RADIUS_KM
    sure: bool = False
    position: Position | None = None
    background: str = QUIET
    swipe: tuple[str, str] | None = None
    table: str = ""
    blocks: BlockSource = NO_SOURCE
    cover: CoverRule = FIRST_RULE
    counted_south: bool = False
    licence_year: int = LICENCE_YEARS[0]
    index_tenge: int = 0
    compared: tuple[Selection, ...] = ()
    claim: str = ""
    missing: bool = False
    promise_theme: str = ""
    promise_town: str = ""
    as_of: str = ""
    town: str = ""
    screening: Screening = NO_SCREENING

    @property
    def visible(self) -> tuple[str, ...]:
        """Ids of the layers to draw, top-most first."""
        return role_layers(self.role) if self.layers is None else self.layers

    def percent(self, layer_id: str) -> int:
        """The layer's opacity."""
        return dict(self.opacity).get(layer_id, OPAQUE)


def role_layers(role_id: str) -> tuple[str, ...]:
    """The layers that a role shows first: its own choice, then what the catalogue shows and no role knows of."""
    entries = catalogue()
    chosen = tuple(one for one in role(role_id).layers if one in entries and entries[one].legend)
    known = {one for each in roles().values() for one in each.layers}
    added = (spec.id for spec in entries.values() if spec.legend and spec.shown and spec.id not in known)
    return (*chosen, *added)


def shown_too(view: View, layer_id: str) -> tuple[str, ...]:
    """The visible layers with one more, above the first that comes after it in the role's order, then the legend's."""
    visible = view.visible
    rank = {one: place for place, one in enumerate(dict.fromkeys((*role_layers(view.role), *catalogue())))}
    later = (place for place, one in enumerate(visible) if rank[one] > rank[layer_id])
    at = next(later, len(visible))
    return (*visible[:at], layer_id, *visible[at:])


def moved(visible: Sequence[str], layer_id: str, by: int) -> tuple[str, ...]:
    """The visible layers with one moved by that many places, towards the top when ``by`` is negative."""
    rest = [one for one in visible if one != layer_id]
    at = min(max(visible.index(layer_id) + by, 0), len(rest))
    return (*rest[:at], layer_id, *rest[at:])


def with_facet(view: View, facet: str, codes: Sequence[str]) -> View:
    """The view with these codes chosen in a facet; none of them takes the facet out of use."""
    kept = {name: chosen for name, chosen in view.facets if name != facet}
    if codes:
        kept[facet] = tuple(sorted(set(codes)))
    return replace(view, facets=tuple(sorted(kept.items())))


def same_place(first: Position | None, second: Position | None) -> bool:
    """Whether two positions look alike: centres within two pixels, zooms within a hundredth.

    A browser rounds a centre to whole pixels, so it reports a position it was sent to a little off.
    """
    if first is None or second is None:
        return first is second
    pixel = 360 / (TILE_PIXELS * 2**first.zoom)  # degrees of longitude
    near = max(abs(first.lat - second.lat), abs(first.lon - second.lon)) <= 2 * pixel
    return near and abs(first.zoom - second.zoom) < 0.01
