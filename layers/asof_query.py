"""The date of which a view shows what held: as a URL parameter and back, the dates on offer, and in words."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from layers.dated import DATING, UNDATED, bounds, data_month
from layers.errors import SHOWN, AtlasError
from layers.periods import MONTHS, Bounds, month_of, written
from layers.relate import content_of_all
from layers.schema import Layer
from layers.spec import Stamp, catalogue
from layers.text import say
from layers.view import View

FIRST_MONTH = month_of("2012-01")  # the first list of single-industry towns is of 2012


def asof_query(view: View) -> dict[str, str]:
    """The parameter, where a date is chosen."""
    return {"asof": view.as_of} if view.as_of else {}


def with_as_of(view: View, text: str) -> View:
    """The view at a date written YYYY-MM; ValueError for what is none, is before the first list or in the future."""
    if not FIRST_MONTH <= month_of(text) <= data_month():
        raise ValueError(text)
    return replace(view, as_of=text)


def at_month(view: View, text: str) -> View:
    """The view at the month that a command names with --as-of, or of all dates; AtlasError for what is none."""
    try:
        return with_as_of(view, text) if text else view
    except ValueError:
        first, last = written(FIRST_MONTH), written(data_month())
        raise AtlasError(f"--as-of {text}: write a month as YYYY-MM, from {first} to {last}.") from None


def stops() -> tuple[str, ...]:
    """The months that a reader is offered: the last of each year, and those to the month of which the data know.

    Between two stops only what is known to the year can differ.
    """
    return _stops(content_of_all())


@lru_cache(maxsize=4)
def _stops(_content: Stamp) -> tuple[str, ...]:
    last = data_month()
    months = {last, *range(FIRST_MONTH + MONTHS - 1, last, MONTHS)}
    for spec in catalogue().values():
        if spec.dated and spec.dated.rules and not spec.origin:
            months |= {one.first for one in _readable(spec.id) if one and one.last - one.first < MONTHS - 1}
    return tuple(written(month) for month in sorted(months) if FIRST_MONTH <= month <= last)


def dates_in_words(kept: Layer, view: View) -> str:
    """What the chosen date says of a layer's rows: how many have none, or that the layer has none at all."""
    if not view.as_of:
        return ""
    if kept.spec.dated is None:
        return say(view.language, "asof_no_dates")
    rows = int((kept.frame[DATING] == UNDATED).sum()) if DATING in kept.frame else 0
    return say(view.language, "asof_undated", count=rows) if rows else ""


def _readable(layer_id: str) -> list[Bounds | None]:
    """The bounds of an entry's rows; none of one that cannot be read, which is said where it is shown."""
    try:
        return bounds(layer_id)
    except SHOWN:
        return []
