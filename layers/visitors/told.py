"""What a visitor's browser is told of a file: how far it is, and what is asked, with where each answer would lead."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from geo.crs import WGS84
from geo.errors import GeoError
from geo.operations import NO_SHIFT, operation_of
from layers.intake.stage import stage
from layers.linked import TOWNS
from layers.names import names_by_id
from layers.relate import Side, pairs_nearest, side_of_layer
from layers.text import distance, pick, say
from layers.visitors import store
from layers.visitors.desk import WORK

Told = dict[str, Any]


def told(folder: Path, language: str) -> Told:
    """Plain values for JSON; everything in them but the keys may come from a stranger."""
    state = store.read_state(folder)
    return {
        "id": folder.name,
        "file": state.file,
        "step": state.step,
        "stage": _stage(folder),
        "until": state.received + store.OLDEST_S,
        "report": _with_places(state.report, language) if state.report else None,
        "answers": state.answers,
    }


def _stage(folder: Path) -> Told | None:
    """What its worker says that it does, while there is one."""
    found = stage(folder / WORK)
    return found._asdict() if found else None


def _with_places(report: Told, language: str) -> Told:
    """A verdict in which each system that is asked about says where the data would fall."""
    return report | {"layers": [_with_place(layer, language) for layer in report["layers"]]}


def _with_place(layer: Told, language: str) -> Told:
    candidates = [_candidate(one, language) for one in layer["crs"]["candidates"]]
    return layer | {"crs": layer["crs"] | {"candidates": candidates}}


def _candidate(one: Told, language: str) -> Told:
    """A system with the town near which the data would fall, and the operation that would bring them to WGS 84."""
    try:
        operation = operation_of(one["code"])
    except GeoError:
        operation = NO_SHIFT
    shift = operation.code if operation != NO_SHIFT else ""
    return one | {"near": _near(one["falls_in"], language), "operation": shift}


def _near(box: list[float], language: str) -> str:
    """The town nearest to the middle of a box, and how far away it is."""
    middle = gpd.GeoSeries([shapely.box(*box).centroid], crs=WGS84)
    here = Side(pd.Series([""]), middle, pd.Series([0.0]), pd.Series([""]))
    (found,) = pairs_nearest(here, side_of_layer(TOWNS), 1).to_dict("records")
    away = distance(found["distance_km"], found["distance_km"], language)
    name = pick(names_by_id(TOWNS).get(found["right"], {}), language)
    return say(language, "upload_near", town=name, distance=say(language, "kilometres", distance=away))
