"""A set of blocks as bytes: for the map, for the table, and as files to take away."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import lru_cache
from urllib.parse import urlencode

import geopandas as gpd
import orjson
import shapely

from geo.blocks import outline
from geo.crs import WGS84
from layers.about import about
from layers.block_desk import BlockSet, block_set
from layers.block_layer import BLOCKS, OTHER_READING, SIDES, block_layer, only_north
from layers.block_query import block_query
from layers.block_words import caution, file_title, rule_in_words, source_name
from layers.columns import split
from layers.errors import WordedError
from layers.export import write
from layers.files import making
from layers.relate import layer
from layers.schema import Layer
from layers.spec import catalogue
from layers.statement import statement, with_own
from layers.tabulate import rows_of
from layers.view import View
from layers.wire import Payload, collection, packed

MOST_DRAWN = 5000  # blocks that the map and the table show one by one: no licence has as many
FORMS = ("csv", "gpkg", "geojson", "kml")
CODE_SOURCE = "subsoil-code-2017"  # the law that divides the country into blocks


def found_in(view: View) -> BlockSet:
    """The set of a view; WordedError where there is none."""
    found = block_set(view.blocks, view.cover)
    if found is None:
        raise WordedError("blocks_nothing")
    return found


def map_payload(view: View) -> Payload:
    """What the map draws, GeoJSON: the outline, with ``counted_south`` that of the other reading, and each block."""
    return _map(found_in(view), view.counted_south)


@lru_cache(maxsize=16)
def _map(found: BlockSet, counted_south: bool) -> Payload:
    shapes: list[shapely.Geometry] = [found.outline]
    told: list[dict[str, object]] = [{"id": "outline", "part": "outline"}]
    if counted_south:
        shapes.append(outline(found.mirrored))
        told.append({"id": "south", "part": "south"})
    if len(found.blocks) <= MOST_DRAWN:
        shapes += [shapely.box(*block.bounds) for block in found.blocks]
        told += [{"id": block.code, "part": "block"} for block in found.blocks]
    return packed(collection(gpd.GeoSeries(shapes, crs=WGS84), told), len(told))


def table_payload(view: View) -> Payload:
    """What the table shows: code, sides and area of each block, with ``counted_south`` also the other reading."""
    return _table(found_in(view), view.counted_south, view.language)


@lru_cache(maxsize=16)
def _table(found: BlockSet, counted_south: bool, language: str) -> Payload:
    made = only_north(block_layer(found, counted_south, {}, {}, (), MOST_DRAWN))
    shown = Layer(replace(made.spec, name={}), made.frame)  # the first column is called by its title
    columns = (*SIDES, "area_km2", "part", *(OTHER_READING if counted_south else ()))
    return packed(orjson.dumps(rows_of(shown, language, columns), default=str), len(shown.frame))


def map_url(base: str, view: View) -> str:
    """Where the map's GeoJSON is served."""
    return f"{base}/api/blocks/map/{map_payload(view).digest}?{_asked(view)}"


def table_url(base: str, view: View) -> str:
    """Where the table's rows are served."""
    return f"{base}/api/blocks/table/{table_payload(view).digest}?{_asked(view)}"


def file_url(base: str, form: str, view: View) -> str:
    """Where the set is served as a file."""
    return f"{base}/api/blocks/file/{file_name(form, view)}?{_asked(view)}"


def file_name(form: str, view: View) -> str:
    """The name under which a set is saved: how many blocks, which ones as a short digest, the data date."""
    found = found_in(view)
    digest = hashlib.blake2b(f"{found.formatted} {view.counted_south}".encode(), digest_size=3).hexdigest()
    return f"{BLOCKS}-{len(found.blocks)}-{digest}-{about().as_of.isoformat()}.{form}"


def file_bytes(form: str, view: View) -> bytes:
    """The file itself, one of FORMS; a CSV holds each code once, the others a feature for each block and reading."""
    found = found_in(view)
    made = block_layer(found, view.counted_south, file_title(view), caution(found), _sources(view))
    made = only_north(made) if form == "csv" else made
    told = [source_name(view.blocks, view.language)]
    told += [rule_in_words(view, view.language)] if found.ruled else []
    said = with_own(statement(made, view.language, told), {view.blocks.layer}, view.language)
    said |= {"codes": found.formatted}
    with making() as folder:
        out = folder / f"{BLOCKS}.{form}"
        write(made, form, view.language, out, said)
        return out.read_bytes()


def _sources(view: View) -> tuple[str, ...]:
    """The law on blocks, and the sources of the feature or layer from which the set was made."""
    if view.blocks.layer not in catalogue():
        return (CODE_SOURCE,)
    made = layer(view.blocks.layer)
    row = made.row(view.blocks.id) if view.blocks.id else None
    own = split(row.get("sources", "")) if row is not None else []
    return tuple(dict.fromkeys((CODE_SOURCE, *own, *made.spec.sources)))


def _asked(view: View) -> str:
    """The parameters on which map, table and files depend."""
    kept = {name: text for name, text in block_query(view).items() if name in ("blocks", "rule", "south")}
    return urlencode({"lang": view.language, **kept})
