"""Asking our routes without a server."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple
from urllib.parse import unquote

from starlette.routing import Router

from layers.routes import routes


class Answer(NamedTuple):
    """What a browser gets."""

    status: int
    headers: dict[str, str]
    body: bytes


def fetch(url: str, base: str = "", packed: bool = False, method: str = "GET") -> Answer:
    """The answer of our routes to an address."""
    path, _, query = url.partition("?")
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"accept-encoding", b"gzip")] if packed else []
    scope = {"type": "http", "method": method, "path": unquote(path), "root_path": ""}
    scope |= {"query_string": query.encode(), "headers": headers}
    with ThreadPoolExecutor(1) as pool:  # a thread of its own, for the browser tests leave a loop running in this one
        pool.submit(asyncio.run, Router(routes(base))(scope, receive, send)).result()
    told = {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}
    return Answer(sent[0]["status"], told, b"".join(message.get("body", b"") for message in sent[1:]))
