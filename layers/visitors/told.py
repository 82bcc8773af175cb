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
from layers.intake.stage import Stage, stage
from layers.linked import TOWNS
from layers.names import names_by_id
from layers.relate import Side, pairs_nearest, side_of_layer
from layers.text import distance, pick, say
from layers.visitors import store
from layers.visitors.words import in_language

ENGLISH = "en"
MOST_WARNINGS = 500  # of a layer that are put into the visitor's language: strangers' files can make many more
SWAPPED = "axes swapped"  # at the end of a candidate's name
Told = dict[str, Any]


def told(folder: Path, language: str) -> Told:
    """Plain values for JSON; everything in them but the keys may come from a stranger."""
    state = store.read_state(folder)
    return {
        "id": folder.name,
        "file": state.file,
        "step": state.step,
        "stage": _stage(folder)._asdict() if state.step == store.READING else None,
        "until": state.received + store.OLDEST_S,
        "report": _report(state.report, language) if state.report else None,
        "answers": state.answers,
    }


def _stage(folder: Path) -> Stage:
    """What its worker says that it does; without one it waits for its turn."""
    return stage(folder / store.WORK) or Stage("waiting")


def said(sentence: str, language: str) -> Told:
    """A sentence of ours in the visitor's language, or in English where it has no other words; ``lang`` says which."""
    text, translated = in_language(sentence, language)
    return {"text": text, "lang": language if translated else ENGLISH}


def _report(report: Told, language: str) -> Told:
    """A verdict in the visitor's language, in which each system that is asked about says where the data would fall."""
    layers = [_layer(layer, language) for layer in report["layers"]]
    return report | {"reason": said(report["reason"], language), "layers": layers}


def _layer(layer: Told, language: str) -> Told:
    counts = {
        kind: [part | {"reason": said(part["reason"], language)} for part in layer[kind]]
        for kind in ("dropped", "repaired")
    }
    based = {kind: layer[kind] | {"basis": said(layer[kind]["basis"], language)} for kind in ("crs", "encoding")}
    based["crs"]["candidates"] = [_candidate(one, language) for one in layer["crs"]["candidates"]]
    spoken = [language if at < MOST_WARNINGS else ENGLISH for at in range(len(layer["warnings"]))]
    return layer | counts | based | {"warnings": list(map(said, layer["warnings"], spoken))}


def _candidate(one: Told, language: str) -> Told:
    """A system that the numbers allow: its name in the visitor's language, where the data would fall, and its shift."""
    name, swapped = in_language(one["name"], language)[0], one["name"].endswith(SWAPPED)
    return one | {"name": name, "swapped": swapped, "near": _near(one["falls_in"], language), "operation": _shift(one)}


def _shift(one: Told) -> str:
    """The code of the operation that would bring the data to WGS 84; nothing where none is needed."""
    try:
        operation = operation_of(one["code"])
    except GeoError:
        return ""
    return "" if operation == NO_SHIFT else operation.code


def _near(box: list[float], language: str) -> str:
    """The town nearest to the middle of a box, and how far away it is."""
    middle = gpd.GeoSeries([shapely.box(*box).centroid], crs=WGS84)
    here = Side(pd.Series([""]), middle, pd.Series([0.0]), pd.Series([""]))
    (found,) = pairs_nearest(here, side_of_layer(TOWNS), 1).to_dict("records")
    away = distance(found["distance_km"], found["distance_km"], language)
    name = pick(names_by_id(TOWNS).get(found["right"], {}), language)
    return say(language, "upload_near", town=name, distance=say(language, "kilometres", distance=away))
