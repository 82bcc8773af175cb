"""The reader moves the date of which the screen shows what held."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from layers.asof_query import with_as_of
from layers.view import View


def as_of(view: View, act: Mapping[str, Any]) -> View:
    """Another month, written YYYY-MM; nothing for all dates. ValueError for what is neither."""
    month = str(act["month"])
    return with_as_of(view, month) if month else replace(view, as_of="")
