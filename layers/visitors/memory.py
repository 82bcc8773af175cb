"""What visitors' layers may take of the server's memory: beyond a bound everything that is remembered is forgotten.

The caches of the atlas keep results by entry and content, whoever they are for, and none of them can let go of one
entry's results alone. So the layers that were answered from are counted, and when they are too much, all caches are
cleared at once: that costs the next readers a few seconds, and a full memory would cost them the server.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator

MB = 1_000_000
MOST_BYTES = 4_000 * MB
GROWTH = 8  # bytes in memory for each of a layer's uncompressed GeoParquet: cells, shapes, index, and what is drawn

_lock = threading.Lock()
_held: dict[str, int] = {}


def note(weights: dict[str, int]) -> None:
    """These layers (id and bytes of their data) are answered from now: forget the others where all are too much."""
    with _lock:
        _held.update(weights)
        if sum(_held.values()) * GROWTH <= MOST_BYTES or not _held.keys() - weights.keys():
            return
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
