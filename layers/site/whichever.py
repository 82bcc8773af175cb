"""How far the nearest of a layer is where positions leave open which one that is."""

from __future__ import annotations

from layers.site.model import Near, SiteSheet
from layers.site.sheet import PLANTS
from layers.text import distance, say


def ends_of_nearest(sheet: SiteSheet, layer_id: str) -> tuple[float, float] | None:
    """The least and the greatest distance in km that the nearest measured row of a layer can have, whichever it is.

    None where no row of the layer is measured, or the nearest only by its town.
    """
    near = _nearest(sheet, layer_id)
    if near is None or near.low_km is None:
        return None
    ends = [(one.low_km, one.high_km) for one in (near, *sheet.rivals.get(layer_id, ()))]
    known = [(low, high) for low, high in ends if low is not None and high is not None]
    return min(low for low, _ in known), min(high for _, high in known)


def _nearest(sheet: SiteSheet, layer_id: str) -> Near | None:
    return sheet.plant if layer_id == PLANTS else sheet.lines.get(layer_id)


def nearest_in_words(sheet: SiteSheet, layer_id: str) -> str:
    """How far the nearest is, whichever it is; empty where the nearest row's range says so, or nothing is measured.

    Where a row that is not measured may be nearer, no more than the greatest distance is known.
    """
    ends, loose = ends_of_nearest(sheet, layer_id), sheet.unmeasured.get(layer_id, ())
    near = _nearest(sheet, layer_id)
    if ends is None or near is None or not (loose or ends != (near.low_km, near.high_km)):
        return ""
    if loose:
        told = say(sheet.language, "kilometres", distance=distance(ends[1], ends[1], sheet.language))
        return say(sheet.language, "site_at_most", distance=told)
    return say(sheet.language, "kilometres", distance=distance(*ends, sheet.language))
