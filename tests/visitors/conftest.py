"""Visitors with folders of their own, layers taken in this process, and an atlas that answers over HTTP."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import uvicorn
from starlette.applications import Starlette

from layers.intake import slots
from layers.intake.found import Answers
from layers.intake.worker import UPLOAD, verdict_of
from layers.routes import routes
from layers.visitors import store
from layers.visitors.adopt import adopt
from layers.visitors.routes import FILE_HEADER
from layers.visitors.whose import COOKIE, HEADER, folder_name, new_token

PATIENCE_S = 60.0
LOOK_S = 0.05
Take = Callable[..., Path]


@pytest.fixture
def uploads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of all visitors, for one test."""
    folder = tmp_path / "uploads"
    monkeypatch.setenv(store.ROOT_ENVIRONMENT, str(folder))
    monkeypatch.setattr(store, "keep_swept", lambda: None)  # it would go on after the test
    own = tmp_path / "slots"
    own.mkdir()
    monkeypatch.setattr(slots, "folder", lambda: own)
    return folder


@pytest.fixture
def take(uploads: Path, tmp_path: Path) -> Take:
    """Take some bytes as a layer of a visitor, as the desk does, but in this process."""

    def taken(token: str, data: bytes | str, file: str = "мой файл.csv", **answers: Any) -> Path:
        folder = store.begin(folder_name(token), file)
        work = tmp_path / f"work-{folder.name}"
        work.mkdir()
        (work / UPLOAD).write_bytes(data.encode() if isinstance(data, str) else data)
        verdict = verdict_of(work, Answers(**answers), Path(file).stem)
        assert verdict.exit_code == 0, verdict.reason
        adopt(folder, work / "0.parquet", verdict.layers[0], file)
        now = time.time()
        store.write_state(folder, store.State(file, now, now, store.READY, verdict.as_json()))
        return folder

    return taken


def geojson(*features: tuple[dict[str, Any], dict[str, Any]]) -> str:
    """A file of (properties, geometry)."""
    made = [{"type": "Feature", "properties": given, "geometry": shape} for given, shape in features]
    return json.dumps({"type": "FeatureCollection", "features": made})


def point(lon: float, lat: float) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [lon, lat]}


@dataclass
class Answered:
    """What the server said."""

    status: int
    body: bytes
    headers: dict[str, str]

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Guest:
    """One visitor's browser, which sends its token as header, as cookie or not at all."""

    port: int
    token: str = field(default_factory=new_token)

    def ask(
        self, method: str, path: str, body: Any = None, by: str = "header", headers: dict[str, str] | None = None
    ) -> Answered:
        given = {"header": {HEADER: self.token}, "cookie": {"Cookie": f"{COOKIE}={self.token}"}, "": {}}[by]
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        try:
            line.request(method, path, body, given | (headers or {}))
            answer = line.getresponse()
            return Answered(answer.status, answer.read(), {name.lower(): text for name, text in answer.getheaders()})
        finally:
            line.close()

    def get(self, path: str, by: str = "cookie") -> Answered:
        return self.ask("GET", path, by=by)

    def send(self, data: bytes | str, file: str = "file.geojson") -> Answered:
        body = data.encode() if isinstance(data, str) else data
        return self.ask("POST", "/api/uploads", body, headers={FILE_HEADER: quote(file)})

    def answer(self, upload: str, given: Any) -> Answered:
        return self.ask("POST", f"/api/uploads/{upload}", given if isinstance(given, bytes) else json.dumps(given))

    def until(self, upload: str, *steps: str) -> dict[str, Any]:
        """What is told of a file once it is at one of these steps."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            told: dict[str, Any] = self.get(f"/api/uploads/{upload}").json
            if told["step"] in steps:
                return told
            threading.Event().wait(LOOK_S)
        raise AssertionError(f"{upload} never was {steps}: {told}")

    def ready(self, data: bytes | str, file: str = "file.geojson") -> dict[str, Any]:
        """Send a file that needs no answer, and wait until it is a layer."""
        sent = self.send(data, file)
        assert sent.status == 200, sent.body
        told = self.until(sent.json["id"], store.READY, store.ASKS, store.REJECTED)
        assert told["step"] == store.READY, told
        return told


@pytest.fixture(scope="session")
def port() -> Iterator[int]:
    """Where one atlas without its page is served; what it serves is on the disk, where each test has a folder."""
    config = uvicorn.Config(Starlette(routes=routes("")), port=0, log_level="critical", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        threading.Event().wait(LOOK_S)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join(PATIENCE_S)


@pytest.fixture
def guest(uploads: Path, port: int) -> Callable[[], Guest]:
    """Visitors of one served atlas."""
    return lambda: Guest(port)
