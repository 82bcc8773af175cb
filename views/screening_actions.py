"""What a reader chooses on the Screening screen, as changes of the view."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from layers.screening.choice import BY_KM, TOWN, Screening, need_of, with_need
from layers.view import View

Act = Mapping[str, Any]


def _profile(asked: Screening, act: Act) -> Screening:
    """Another profile: the weights were of the one before, and the candidates are those that it names."""
    return replace(asked, profile=str(act["id"]), source="", weights=())


def _source(asked: Screening, act: Act) -> Screening:
    return replace(asked, source=str(act["id"]))


def _weight(asked: Screening, act: Act) -> Screening:
    weights = {**dict(asked.weights), str(act["criterion"]): int(act["weight"])}
    return replace(asked, weights=tuple(sorted(weights.items())))


def _need(asked: Screening, act: Act) -> Screening:
    """Set a filter, or take it out: without kilometres, or without codes."""
    kind = str(act["kind"])
    if kind in BY_KM:
        if act.get("km") is None:
            return with_need(asked, None, kind)
        people = int(act.get("people") or 0) if kind == TOWN else 0
        return with_need(asked, need_of(kind, int(act["km"]), people), kind)
    codes = [str(code) for code in act["codes"]]
    return with_need(asked, need_of(kind, codes=codes) if codes else None, kind)


def without_layer(asked: Screening, layer_id: str) -> Screening:
    """The same, where candidates of a layer that is gone are the profile's again."""
    return replace(asked, source="") if asked.source == layer_id else asked


def _of_screening(change: Callable[[Screening, Act], Screening]) -> Callable[[View, Act], View]:
    return lambda view, act: replace(view, screening=change(view.screening, act))


SCREENING_ACTIONS: dict[str, Callable[[View, Act], View]] = {
    "s_profile": _of_screening(_profile),
    "s_from": _of_screening(_source),
    "s_weight": _of_screening(_weight),
    "s_weights": _of_screening(lambda asked, act: replace(asked, weights=())),
    "s_need": _of_screening(_need),
    "s_needs": _of_screening(lambda asked, act: replace(asked, needs=())),
    "s_seed": _of_screening(lambda asked, act: replace(asked, seed=int(act["seed"]))),
}
