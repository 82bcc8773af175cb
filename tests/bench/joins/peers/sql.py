"""Words of SQL that SedonaDB and DuckDB share."""

from __future__ import annotations

from typing import Any

DEGREE_KM = 110.9
"""Less than the shortest degree of latitude between 41 and 56 degrees north."""
PLANE_ERROR = 1.03
"""The plane may take for near what lies farther, by well under 3 %."""


def join(condition: str, left: str = "lefts", right: str = "rights") -> str:
    """Row numbers l and r of the pairs for which a condition on t and p holds."""
    return f"SELECT t.id AS l, p.id AS r FROM {left} AS t JOIN {right} AS p ON {condition}"


def within(task: dict[str, Any]) -> str:
    """The condition that t and p are near, in metres of the plane."""
    return f"ST_DWithin(t.geometry, p.geometry, {task['max_km'] * 1000})"


def boxes_first(task: dict[str, Any], project: str) -> str:
    """Near rows of a file in degrees: boxes of the covering column first, so that only what they let by is projected.

    `project` is the expression that takes the column geometry into the plane. Both engines are slower when the boxes
    give row numbers only, when pairs of the boxes are measured without a spatial join, and when all is projected.
    """
    reach = task["max_km"] * PLANE_ERROR / DEGREE_KM
    return f"""
WITH degrees AS (SELECT id, geometry, ST_X(geometry) AS x, ST_Y(geometry) AS y FROM '{task["left"]}'),
boxes AS (SELECT x, y, {reach} / cos(radians(y + {reach})) AS width FROM degrees),
near AS (
    SELECT DISTINCT f.id, f.geometry FROM '{task["right"]}' AS f JOIN boxes ON f.bbox['xmin'] <= x + width
    AND f.bbox['xmax'] >= x - width AND f.bbox['ymin'] <= y + {reach} AND f.bbox['ymax'] >= y - {reach}
),
lefts AS (SELECT id, {project} AS geometry FROM degrees),
rights AS (SELECT id, {project} AS geometry FROM near)
{join(within(task))}"""
