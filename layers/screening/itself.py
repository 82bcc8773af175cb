"""Rows of other layers that tell of a candidate itself: an area that is also listed as a deposit is none beside it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from layers.columns import split
from layers.load import SOURCES
from layers.relate import layer
from layers.schema import Layer
from layers.screening.candidates import Candidates
from layers.screening.scores import Flags

RECORD = "source_record"  # the number that a source gives to what it tells of


def without_itself(found: Candidates, chosen: Flags, layer_id: str, pairs: pd.DataFrame) -> pd.DataFrame:
    """The pairs of the chosen candidates with a layer, but for those of a candidate with its own record there.

    ``left_position`` counts the chosen candidates, ``right`` is the id of the other row.
    """
    own = _records(found.made)
    theirs = _records(layer(layer_id))
    if not own or not theirs:
        return pairs
    at = np.flatnonzero(chosen)
    met = zip((found.ids[at[left]] for left in pairs["left_position"]), pairs["right"], strict=True)
    apart = [not own.get(left, set()) & theirs.get(str(right), set()) for left, right in met]
    return pairs[np.array(apart, dtype=bool)]


def overlaps(found: Candidates, layer_id: str) -> bool:
    """Whether a layer has rows that tell of the candidates themselves."""
    theirs = set().union(*_records(layer(layer_id)).values())
    return any(own & theirs for own in _records(found.made).values())


def _records(made: Layer) -> dict[str, set[tuple[str, str]]]:
    """By key the records of a layer's rows: a number, and a source that counts by it."""
    columns = {column.name for column in made.spec.columns}
    if made.spec.origin or not {RECORD, SOURCES} <= columns:
        return {}
    cells = zip(made.frame[made.spec.key], made.frame[RECORD], made.frame[SOURCES], strict=True)
    return {str(key): {(str(record), one) for one in split(sources)} for key, record, sources in cells if record}
