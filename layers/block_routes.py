"""Where the Blocks screen fetches from: the map's shapes, the table's rows, and files to save."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from layers.block_files import FORMS, file_bytes, file_name, map_payload, table_payload
from layers.errors import SHOWN
from layers.query import from_query
from layers.refusals import fault_in_words
from layers.saved import Saved, saved
from layers.view import View
from layers.visitors.routes import for_visitor
from layers.wire import Payload

Fresh = Callable[[Request, Payload | None, str], Response]


def block_routes(base: str, fresh: Fresh) -> list[Route]:
    """The routes below ``base``; ``fresh`` answers with a payload if the digest asked for is its own."""

    def serve(make: Callable[[View], Payload]) -> Callable[[Request], Response]:
        def answer(request: Request) -> Response:
            view, broken = from_query(request.query_params)
            try:
                found = None if broken else make(view)
                return fresh(request, found, request.path_params["digest"])
            except SHOWN as error:
                return PlainTextResponse(fault_in_words(error, view.language), 404)

        return answer

    return [
        Route(f"{base}/api/blocks/map/{{digest}}", for_visitor(serve(map_payload))),
        Route(f"{base}/api/blocks/table/{{digest}}", for_visitor(serve(table_payload))),
        Route(f"{base}/api/blocks/file/{{name}}", for_visitor(_file)),
    ]


def _file(request: Request) -> Response:
    """A file to save; what it holds is said by the parameters, the ending of its name says the format."""
    form = request.path_params["name"].rpartition(".")[2]

    def make(view: View) -> Saved | None:
        return Saved(file_bytes(form, view), form, file_name(form, view)) if form in FORMS else None

    return saved(request, make, dated=False)
