"""What the atlas serves beside the Streamlit page: layers, backdrop, our scripts and the vendored ones."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from layers import backdrop, vendor
from layers.block_routes import block_routes
from layers.errors import SHOWN, UnknownNameError
from layers.export import FORMATS
from layers.files import AROUND, around_bytes, around_name, file_bytes, file_name, table_payload
from layers.passport.routes import passport_routes
from layers.query import from_query, sieve_query
from layers.readout import readout
from layers.relate import layer
from layers.saved import Saved, saved
from layers.screening.routes import screening_routes
from layers.search_routes import search_routes
from layers.sieve import Sieve, drawn, sieve_of
from layers.site.routes import site_routes
from layers.spec import VISITORS_PREFIX, layer_spec
from layers.symbols import SWATCHES
from layers.view import DEFAULT_RADIUS_KM, View
from layers.visitors.routes import for_visitor, upload_routes
from layers.wire import PARTS, Payload, packed, payload

FOREVER = "public, max-age=31536000, immutable"
OWN = "no-store"  # a visitor's layer is in no cache that another could look into
WEB = Path(__file__).parent / "web"
WEB_SUFFIXES = (".js", ".css")
READOUT = "readout.json"  # made from geo, for the coordinates at the pointer
BUNDLE = "map.js"  # the geodesics and our scripts in one file: the frame loads its scripts one after the other
SCRIPTS = (
    "numbers.js",
    "geodesy.js",
    "symbols.js",
    "board.js",
    "seating.js",
    "labels.js",
    "panes.js",
    "markers.js",
    "stage.js",
    "points.js",
    "mass.js",
    "layers.js",
    "backdrop.js",
    "blocks.js",
    "chosen.js",
    "tiles.js",
    "grid.js",
    "readout.js",
    "controls.js",
    "panel.js",
    "channel.js",
    "sketch.js",
    "measure.js",
    "outline.js",
    "ask.js",
    "swiper.js",
    "canvas.js",
    "camera.js",
    "atlas.js",
)
GEOJSON = "application/geo+json"
WHOLE = View()


def routes(base: str) -> list[BaseRoute]:
    """The routes below ``base`` (server.baseUrlPath with its leading slash, or an empty text).

    Streamlit puts its own base path before its own routes only, so ours carry it themselves.
    """
    return [
        Route(f"{base}/api/layers/{{layer}}/{{digest}}", for_visitor(_layer)),
        Route(f"{base}/api/layers/{{layer}}/{{digest}}/{{part}}", for_visitor(_layer)),
        Route(f"{base}/api/table/{{layer}}/{{digest}}", for_visitor(_table)),
        Route(f"{base}/api/export/{{name}}", for_visitor(_export)),
        *upload_routes(base),
        Route(f"{base}/api/swatch/{{version}}/{{name}}", _swatch),
        *search_routes(base),
        *block_routes(base, _fresh),
        *screening_routes(base),
        *passport_routes(base),
        *site_routes(base),
        Route(f"{base}/api/backdrop/{{name}}/{{digest}}", _backdrop),
        Route(f"{base}/api/web/{{version}}/{{name}}", _web),
        Route(f"{base}/api/vendor/{{path:path}}", _vendored),
        Route(f"{base}/api/{{path:path}}", _nothing),  # else Streamlit answers with its page, as if all were well
    ]


def layer_url(base: str, layer_id: str, part: str = "features", view: View = WHOLE) -> str:
    """Where the present content of a layer (or its badges) is served, with what a view's filter keeps of it."""
    sieve = _dateless(layer_id, drawn(sieve_of(view)))
    end = "" if part == "features" else f"/{part}"
    # Only what decides what is drawn, so that the address does not change with what does not.
    asked_for = replace(view, area=sieve.area, sure=sieve.sure, as_of=sieve.as_of)
    asked_for = replace(asked_for, radius_km=sieve.radius_km or DEFAULT_RADIUS_KM)
    asked = f"?{urlencode(sieve_query(asked_for))}" if sieve.names else ""
    return f"{base}/api/layers/{layer_id}/{payload(layer_id, part, sieve).digest}{end}{asked}"


def _dateless(layer_id: str, sieve: Sieve) -> Sieve:
    """The filter without the date where that changes nothing: the entry has none, nor what its rows are filtered by."""
    return sieve if sieve.facets or layer(layer_id).spec.dated else replace(sieve, as_of="")


def backdrop_url(base: str, name: str) -> str:
    """Where a part of the backdrop is served."""
    return f"{base}/api/backdrop/{name}/{backdrop_payload(name).digest}"


def web_url(base: str, name: str) -> str:
    """Where one of our own scripts or style sheets is served."""
    return f"{base}/api/web/{web_version()}/{name}"


def swatch_url(base: str, *names: str) -> str:
    """Where the first of these legend drawings that exists is served."""
    found = next((name for name in names if (SWATCHES / f"{name}.svg").is_file()), "plain")
    return f"{base}/api/swatch/{web_version()}/{found}.svg"


def vendor_url(base: str, path: str) -> str:
    """Where a file of a front-end package is served."""
    return f"{base}/api/vendor/{path}"


@lru_cache(maxsize=32)
def backdrop_payload(name: str) -> Payload:
    """A part of the prepared backdrop; read once, for it is made at set-up and never at run time."""
    if name not in backdrop.NAMES:
        raise UnknownNameError("backdrop part", name, backdrop.NAMES)
    return packed((backdrop.FOLDER / f"{name}.json").read_bytes(), 0)


@lru_cache(maxsize=1)
def web_version() -> str:
    """Digest of our scripts and style sheets together, and of what is made for them."""
    files = sorted(path for path in (*WEB.iterdir(), *SWATCHES.iterdir()) if path.suffix in (*WEB_SUFFIXES, ".svg"))
    return hashlib.blake2b(b"".join(path.read_bytes() for path in files) + readout(), digest_size=8).hexdigest()


def _nothing(request: Request) -> Response:
    return PlainTextResponse("There is no such address.", 404)


def _layer(request: Request) -> Response:
    given = request.path_params
    part = given.get("part", "features")
    try:
        known = part in PARTS and layer_spec(given["layer"]).legend
        sieve = drawn(sieve_of(from_query(request.query_params)[0]))
        found = payload(given["layer"], part, sieve) if known else None
    except SHOWN as error:
        return PlainTextResponse(str(error), status_code=404)
    return _fresh(request, found, given["digest"])


def _table(request: Request) -> Response:
    layer_id, digest = request.path_params["layer"], request.path_params["digest"]
    view, _ = from_query(request.query_params)
    try:
        found = table_payload(layer_id, view) if _is_public(layer_id) else None
    except SHOWN as error:
        return PlainTextResponse(str(error), status_code=404)
    return _fresh(request, found, digest)


def _is_public(layer_id: str) -> bool:
    """Whether a layer has a table on a screen: those of the legend, and the tables."""
    spec = layer_spec(layer_id)
    return spec.legend or spec.kind == "table"


def _export(request: Request) -> Response:
    """A file to save; what it holds is said by the parameters, its name only names it: <layer>[-...].<format>.

    The layer ``around`` is all that lies within the radius of the selection.
    """
    name = request.path_params["name"]
    layer_id, form = name.split("-")[0].split(".")[0], name.rpartition(".")[2]

    def make(view: View) -> Saved | None:
        if form not in FORMATS:
            return None
        if layer_id == AROUND:
            return Saved(around_bytes(form, view), form, around_name(form, view))
        if not _is_public(layer_id):
            return None
        return Saved(file_bytes(layer_id, form, view), form, file_name(layer_id, form, view))

    return saved(request, make)


def _swatch(request: Request) -> Response:
    return _file(request, SWATCHES, request.path_params["name"], (".svg",))


def _backdrop(request: Request) -> Response:
    try:
        return _fresh(request, backdrop_payload(request.path_params["name"]), request.path_params["digest"])
    except SHOWN as error:
        return PlainTextResponse(str(error), status_code=404)


def _fresh(request: Request, found: Payload | None, digest: str) -> Response:
    if found is None or found.digest != digest:
        return PlainTextResponse("This version of the layer is not served any more: load the page again.", 404)
    kept = OWN if VISITORS_PREFIX in str(request.url) else FOREVER  # also where a filter looks at such a layer
    return _packed(request, found.body, GEOJSON, {"ETag": f'"{digest}"', "Cache-Control": kept})


def _packed(request: Request, body: bytes, media: str, headers: dict[str, str]) -> Response:
    """Gzipped bytes as they are to a client that takes them so, else unpacked."""
    headers = {"Cache-Control": FOREVER, "Vary": "Accept-Encoding"} | headers
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(gzip.decompress(body), media_type=media, headers=headers)
    return Response(body, media_type=media, headers=headers | {"Content-Encoding": "gzip"})


def _web(request: Request) -> Response:
    name = request.path_params["name"]
    if name == BUNDLE:
        return _packed(request, _bundle(), "text/javascript", {})
    if name == READOUT:
        return _packed(request, gzip.compress(readout(), mtime=0), "application/json", {})
    return _file(request, WEB, name, WEB_SUFFIXES)


@lru_cache(maxsize=1)
def _bundle() -> bytes:
    files = (vendor.FOLDER / vendor.GEODESIC_JS, *(WEB / name for name in SCRIPTS))
    return gzip.compress(b"\n".join(path.read_bytes() for path in files), mtime=0)


def _vendored(request: Request) -> Response:
    return _file(request, vendor.FOLDER, request.path_params["path"], vendor.SUFFIXES)


def _file(request: Request, folder: Path, name: str, suffixes: tuple[str, ...]) -> Response:
    """A file below the folder; the path is resolved first, so that nothing above it can be reached."""
    try:
        path = (folder / name).resolve()
        served = path.is_relative_to(folder.resolve()) and path.suffix in suffixes and path.is_file()
    except (ValueError, OSError):  # a name that no file system takes
        served = False
    if not served:
        return PlainTextResponse("There is no such file.", status_code=404)
    media = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return _packed(request, _zipped(path), media, {})


@lru_cache(maxsize=64)
def _zipped(path: Path) -> bytes:
    return gzip.compress(path.read_bytes(), mtime=0)
