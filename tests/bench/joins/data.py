"""The data of the joins: random but always the same, as GeoParquet in longitude and latitude and projected.

Features lie evenly over the box of Kazakhstan. A polygon has 20 vertices at even angles and uneven distances, its
radius is 0.3 to 3 km. Rows come in the order of a Hilbert curve, as `id` counts them from 0; files are zstd with a
covering bbox. The folder is named after this module's text: another text makes other data.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[3]
LCC = "+proj=lcc +lat_1=42.4339 +lat_2=53.7787 +lat_0=48 +lon_0=67 +datum=WGS84 +units=m +no_defs"
"""The conic in which planar engines measure; no single plane does noticeably better for the country."""
FOLDER = ROOT / ".bench" / "data"
BOX = (47.0, 41.0, 87.0, 55.0)
"""West, south, east and north in degrees."""
SEEDS = {"towns": 1, "points": 2, "polygons": 3, "others": 4}
CORNERS = 20
RADIUS_KM = 0.3, 3.0
DEEPEST = 0.6
"""The vertex closest to the centre, as a part of the radius."""
DEGREE_KM = 111.2
ROWS_OF_A_GROUP = 20_000


def file(name: str, projected: bool, folder: Path | None = None) -> Path:
    """The GeoParquet file of a data set such as "polygons-1000", written when it is not there."""
    below = folder or FOLDER / sha256(Path(__file__).read_bytes()).hexdigest()[:12]
    path = below / f"{name}{'.lcc' if projected else ''}.parquet"
    if not path.exists():
        below.mkdir(parents=True, exist_ok=True)
        frame = ordered(features(name))
        partial = path.with_suffix(".partial")
        (frame.to_crs(LCC) if projected else frame).to_parquet(
            partial, write_covering_bbox=True, compression="zstd", row_group_size=ROWS_OF_A_GROUP
        )
        partial.rename(path)
    return path


def features(name: str) -> NDArray[np.object_]:
    """Geometries of a data set, in the order they were drawn by lot."""
    kind, _, count = name.partition("-")
    lots = np.random.default_rng([SEEDS[kind], int(count)])
    west, south, east, north = BOX
    lon, lat = lots.uniform(west, east, int(count)), lots.uniform(south, north, int(count))
    return shapely.points(lon, lat) if kind in ("towns", "points") else stars(lots, lon, lat)


def stars(lots: np.random.Generator, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.object_]:
    """Polygons around centres in degrees, whose outline goes in and out."""
    radius = lots.uniform(*RADIUS_KM, len(lon))
    reach = radius[:, None] * lots.uniform(DEEPEST, 1.0, (len(lon), CORNERS)) / DEGREE_KM
    angle = np.arange(CORNERS) * 2 * np.pi / CORNERS
    x = lon[:, None] + reach * np.cos(angle) / np.cos(np.radians(lat))[:, None]
    ring = np.stack([x, lat[:, None] + reach * np.sin(angle)], axis=-1)
    return shapely.polygons(np.concatenate([ring, ring[:, :1]], axis=1))


def ordered(geometries: NDArray[np.object_]) -> gpd.GeoDataFrame:
    """A frame in the order of the Hilbert curve, with the row numbers as `id`."""
    series = gpd.GeoSeries(geometries, crs="EPSG:4326")
    order = np.argsort(series.hilbert_distance(total_bounds=BOX).to_numpy(), kind="stable")
    return gpd.GeoDataFrame({"id": np.arange(len(order))}, geometry=geometries[order], crs=series.crs)
