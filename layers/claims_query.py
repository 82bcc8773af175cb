"""The parameters of the Promises screen: which figure, which instructions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from layers.claims.groups import group
from layers.load import row_keys
from layers.view import View
from layers.vocabulary import vocabulary

YES = "yes"


def claims_query(view: View) -> dict[str, str]:
    """The parameters that differ from the defaults."""
    told = {"claim": view.claim, "ptheme": view.promise_theme, "ptown": view.promise_town}
    return {name: text for name, text in told.items() if text} | ({"missing": YES} if view.missing else {})


def _claim(view: View, text: str) -> View:
    return replace(view, claim=group(text).id)


def _theme(view: View, text: str) -> View:
    if text not in vocabulary("theme"):
        raise ValueError(text)
    return replace(view, promise_theme=text)


def _town(view: View, text: str) -> View:
    if text not in row_keys("towns"):
        raise ValueError(text)
    return replace(view, promise_town=text)


def _missing(view: View, text: str) -> View:
    if text != YES:
        raise ValueError(text)
    return replace(view, missing=True)


CLAIMS_READERS: Mapping[str, Callable[[View, str], View]] = {
    "claim": _claim,
    "ptheme": _theme,
    "ptown": _town,
    "missing": _missing,
}
