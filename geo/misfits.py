"""Why numbers are in no coordinate system of the country."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from geo.systems import Box

Floats = NDArray[np.float64]
Truths = NDArray[np.bool_]
Test = Callable[[Floats, Floats], Truths]
Fault = Literal[
    "no points",
    "degrees outside the country",
    "several zones in one file",
    "metres outside the country",
    "CS63 zone without published parameters",
    "beyond every zone",
    "no known range",
    "unknown datum",
]

EARTH: Box = (-180.0, -90.0, 180.0, 90.0)
MOST = 0.95
"""Share of the points that must be alike to say what they are."""
ZONE_M = 1e6
"""Metres of easting from one zone to the next where the zone stands before the easting."""
PREFIXES = range(8, 30)
"""Zones before the easting in the country: 8 to 15 of six degrees, 16 to 29 of three."""
LAST_ZONE = 120
"""Of three degrees, round the earth."""
WIDEST_CS63 = 7
"""Eastings of 1 to 8 million are zones west of the country, or CS63, of which three zones are registered."""
NORTHINGS = (4.4e6, 6.25e6)
"""Metres from the equator in which the country lies, CS63 included."""


def within(box: Box) -> Test:
    """A test of arrays against a box, its sides included; what is not finite is outside."""
    west, south, east, north = box

    def test(x: Floats, y: Floats) -> Truths:
        return np.asarray((x >= west) & (x <= east) & (y >= south) & (y <= north))

    return test


def misfits(x: Floats, y: Floats) -> tuple[Fault, ...]:
    """Why numbers are in no system known here."""
    if (within(EARTH)(x, y)).mean() >= MOST:
        return ("degrees outside the country",)
    low, high = NORTHINGS
    for easting, northing in ((x, y), (y, x)):
        if ((northing >= low) & (northing <= high)).mean() < MOST:
            continue
        zones = np.floor_divide(easting, ZONE_M)
        if (zones == 0).mean() >= MOST:
            return ("beyond every zone",)
        if ((zones >= 1) & (zones <= WIDEST_CS63)).mean() >= MOST:
            return ("metres outside the country", "CS63 zone without published parameters")
        if ((zones >= 1) & (zones <= LAST_ZONE)).mean() >= MOST:
            known = np.isin(zones, PREFIXES).mean() >= MOST and len(np.unique(zones)) > 1
            return ("several zones in one file",) if known else ("metres outside the country",)
    return ("no known range",)
