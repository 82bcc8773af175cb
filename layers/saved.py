"""A file to take away, as the server answers it: what its address asks for is understood, made, or refused in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from layers.errors import SHOWN, BusyError
from layers.query import from_query, of_others
from layers.refusals import fault_in_words, repeated
from layers.text import say
from layers.view import View

MEDIA: Mapping[str, str] = {
    "geojson": "application/geo+json",
    "gpkg": "application/geopackage+sqlite3",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
    "kml": "application/vnd.google-earth.kml+xml",
    "gpx": "application/gpx+xml",
    "pdf": "application/pdf",
    "md": "text/markdown; charset=utf-8",
    "svg": "image/svg+xml",
}
BUSY_S = 60


class Saved(NamedTuple):
    """The bytes of a file in one of MEDIA and the name it is saved under; without a name it is a part of a page."""

    body: bytes | str
    form: str
    name: str = ""


def saved(request: Request, make: Callable[[View], Saved | None], dated: bool = True) -> Response:
    """The answer to a request for a file that ``make`` makes of a view: None where there is no such file.

    ``dated`` is whether the file can be of a date: one that cannot would tell of all dates without a word, so an
    address with ``asof`` is refused, as is one that names a layer which is not the visitor's and would be left out.
    """
    view, broken = from_query(request.query_params)
    broken = tuple(dict.fromkeys((*broken, *repeated(request.query_params.multi_items()))))
    if broken:
        return PlainTextResponse(say(view.language, "file_not_understood", names=", ".join(broken)), 400)
    if of_others(request.query_params):
        return PlainTextResponse(say(view.language, "file_of_others"), 404)
    if view.as_of and not dated:
        return PlainTextResponse(say(view.language, "file_no_date"), 400)
    try:
        made = make(view)
    except BusyError as error:
        return PlainTextResponse(fault_in_words(error, view.language), 503, {"Retry-After": str(BUSY_S)})
    except SHOWN as error:
        return PlainTextResponse(fault_in_words(error, view.language), 404)
    return _answer(made) if made else PlainTextResponse(say(view.language, "file_none"), 404)


def _answer(made: Saved) -> Response:
    headers = {"Cache-Control": "no-store"}
    if made.name:
        headers["Content-Disposition"] = f'attachment; filename="{made.name}"'
    return Response(made.body, media_type=MEDIA[made.form], headers=headers)
