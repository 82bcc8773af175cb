"""What visitors' layers may take of the server's memory: beyond a bound everything that is remembered is forgotten.

The caches of the atlas keep results by entry and content, whoever they are for, and none of them can let go of one
entry's results alone. So the layers that were answered from are counted, and when they are too much, all caches are
cleared at once: that costs the next readers a few seconds, and a full memory would cost them the server.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

MB = 1_000_000
MOST_BYTES = 4_000 * MB
GROWTH = 8  # bytes in memory for each of a layer's uncompressed GeoParquet: cells, shapes, index, and what is drawn
MOST_OF_ONE_BYTES = MOST_BYTES // GROWTH // 2  # of one visitor's layers together, as uncompressed GeoParquet
PAUSE_S = 60.0  # between two clearings: visitors who take turns must not have every answer made anew

_lock = threading.Lock()
_held: dict[Path, int] = {}
_cleared = [float("-inf")]


def note(weights: Mapping[Path, int]) -> None:
    """These layers (folder and bytes of their data) are answered from now: forget the others where all are too much."""
    with _lock:
        _held.update(weights)
        for folder in [folder for folder in _held if not folder.is_dir()]:
            del _held[folder]  # removed; what is remembered of it goes with the next clearing
        enough = sum(_held.values()) * GROWTH <= MOST_BYTES or not _held.keys() - weights.keys()
        if enough or time.monotonic() - _cleared[0] < PAUSE_S:
            return
        _cleared[0] = time.monotonic()
        _held.clear()
        _held.update(weights)
    forget()


def forget() -> None:
    """Clear every cache of the layers."""
    for clear in _caches():
        clear()


def _caches() -> Iterator[Callable[[], None]]:
    for name, module in [*sys.modules.items()]:
        if name.startswith("layers."):
            yield from (one.cache_clear for one in vars(module).values() if hasattr(one, "cache_clear"))
