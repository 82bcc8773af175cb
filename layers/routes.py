"""What the atlas serves beside the Streamlit page: layers, backdrop, our scripts and the vendored ones."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from functools import lru_cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from layers import backdrop, vendor
from layers.errors import SHOWN, UnknownNameError
from layers.spec import layer_spec
from layers.wire import PARTS, Payload, packed, payload

FOREVER = "public, max-age=31536000, immutable"
WEB = Path(__file__).parent / "web"
WEB_SUFFIXES = (".js", ".css")
BUNDLE = "map.js"  # our scripts in one file: the frame loads its scripts one after the other
SCRIPTS = (
    "geodesy.js",
    "symbols.js",
    "board.js",
    "labels.js",
    "stage.js",
    "points.js",
    "layers.js",
    "backdrop.js",
    "controls.js",
    "atlas.js",
)
GEOJSON = "application/geo+json"


def routes(base: str) -> list[BaseRoute]:
    """The routes below ``base`` (server.baseUrlPath with its leading slash, or an empty text).

    Streamlit puts its own base path before its own routes only, so ours carry it themselves.
    """
    return [
        Route(f"{base}/api/layers/{{layer}}/{{digest}}", _layer),
        Route(f"{base}/api/layers/{{layer}}/{{digest}}/{{part}}", _layer),
        Route(f"{base}/api/backdrop/{{name}}/{{digest}}", _backdrop),
        Route(f"{base}/api/web/{{version}}/{{name}}", _web),
        Route(f"{base}/api/vendor/{{path:path}}", _vendored),
    ]


def layer_url(base: str, layer_id: str, part: str = "features") -> str:
    """Where the present content of a layer (or its badges) is served."""
    end = "" if part == "features" else f"/{part}"
    return f"{base}/api/layers/{layer_id}/{payload(layer_id, part).digest}{end}"


def backdrop_url(base: str, name: str) -> str:
    """Where a part of the backdrop is served."""
    return f"{base}/api/backdrop/{name}/{backdrop_payload(name).digest}"


def web_url(base: str, name: str) -> str:
    """Where one of our own scripts or style sheets is served."""
    return f"{base}/api/web/{web_version()}/{name}"


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
    """Digest of our scripts and style sheets together."""
    files = sorted(path for path in WEB.iterdir() if path.suffix in WEB_SUFFIXES)
    return hashlib.blake2b(b"".join(path.read_bytes() for path in files), digest_size=8).hexdigest()


def _layer(request: Request) -> Response:
    given = request.path_params
    part = given.get("part", "features")
    try:
        known = part in PARTS and layer_spec(given["layer"]).legend
        found = payload(given["layer"], part) if known else None
    except SHOWN as error:
        return PlainTextResponse(str(error), status_code=404)
    return _fresh(request, found, given["digest"])


def _backdrop(request: Request) -> Response:
    try:
        return _fresh(request, backdrop_payload(request.path_params["name"]), request.path_params["digest"])
    except SHOWN as error:
        return PlainTextResponse(str(error), status_code=404)


def _fresh(request: Request, found: Payload | None, digest: str) -> Response:
    if found is None or found.digest != digest:
        return PlainTextResponse("This version of the layer is not served any more: load the page again.", 404)
    return _packed(request, found.body, GEOJSON, {"ETag": f'"{digest}"'})


def _packed(request: Request, body: bytes, media: str, headers: dict[str, str]) -> Response:
    """Gzipped bytes as they are to a client that takes them so, else unpacked."""
    headers |= {"Cache-Control": FOREVER, "Vary": "Accept-Encoding"}
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(gzip.decompress(body), media_type=media, headers=headers)
    return Response(body, media_type=media, headers=headers | {"Content-Encoding": "gzip"})


def _web(request: Request) -> Response:
    name = request.path_params["name"]
    if name == BUNDLE:
        return _packed(request, _bundle(), "text/javascript", {})
    return _file(request, WEB, name, WEB_SUFFIXES)


@lru_cache(maxsize=1)
def _bundle() -> bytes:
    return gzip.compress(b"\n".join((WEB / name).read_bytes() for name in SCRIPTS), mtime=0)


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
