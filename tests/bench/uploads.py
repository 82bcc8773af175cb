"""Measure whether visitors' large files hold the atlas up: its health check meanwhile, and how long a small file waits.

Two visitors send GeoJSONs at once, a third sends a small file and asks for the towns, then a large layer's map is made.
"""

from __future__ import annotations

import http.client
import io
import json
import tempfile
import threading
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from layers.visitors.whose import HEADER, new_token
from tests.bench.report import machine
from tests.browser.conftest import ROOT, running

RESULT = ROOT / "bench" / "uploads.json"
MB = 1_000_000
SIZE_MB = 150
EVERY_S, POLL_S, LONGEST_S = 0.05, 0.3, 400.0
VERTICES = 16
QUIET_S = 5.0  # of the health check alone, before anything is sent


class Visitor:
    """One browser, as far as its requests go."""

    def __init__(self, address: str) -> None:
        """A new visitor of the atlas at that address."""
        self.host = urlsplit(address).netloc
        self.headers = {HEADER: new_token()}

    def ask(self, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
        """Status and body of one request."""
        line = http.client.HTTPConnection(self.host, timeout=LONGEST_S)
        try:
            line.request(method, path, body, self.headers)
            answer = line.getresponse()
            return answer.status, answer.read()
        finally:
            line.close()

    def taken(self, body: bytes) -> tuple[str, float]:
        """Send a file and wait until it is a layer: its id, and the seconds since it was sent whole."""
        status, said = self.ask("POST", "/api/uploads", body)
        if status != 200:
            raise RuntimeError(said.decode())
        sent, told = time.monotonic(), json.loads(said)
        while told["step"] == "reading" and time.monotonic() - sent < LONGEST_S:
            time.sleep(POLL_S)
            told = json.loads(self.ask("GET", f"/api/uploads/{told['id']}")[1])
        if told["step"] != "ready":
            raise RuntimeError(f"The file was not taken: {told}")
        return told["id"], time.monotonic() - sent


def polygons(size_mb: float, seed: int) -> bytes:
    """A GeoJSON of small polygons all over the country with a name and a kind each, at least that large."""
    made, turns = np.random.default_rng(seed), np.linspace(0, 2 * np.pi, VERTICES)
    ring = np.stack([np.cos(turns), np.sin(turns)], axis=1) / 100
    ring[-1] = ring[0]
    out, number = io.BytesIO(), 0
    out.write(b'{"type":"FeatureCollection","features":[')
    while out.tell() < size_mb * MB:
        shape = json.dumps((made.uniform((50, 42), (84, 54)) + ring).round(6).tolist())
        kind = f'"name":"place {number}","kind":"kind {number % 7}"'
        row = f'{{"type":"Feature","properties":{{{kind}}},"geometry":{{"type":"Polygon","coordinates":[{shape}]}}}}'
        out.write(f"{',' if number else ''}{row}".encode())
        number += 1
    out.write(b"]}")
    return out.getvalue()


@contextmanager
def watched(address: str) -> Iterator[list[float]]:
    """Seconds that each health check takes, one every 50 ms, until the block ends."""
    found: list[float] = []
    over = threading.Event()

    def watch() -> None:
        while not over.is_set():
            begun = time.monotonic()
            line = http.client.HTTPConnection(urlsplit(address).netloc, timeout=LONGEST_S)
            line.request("GET", "/_stcore/health")
            line.getresponse().read()
            line.close()
            found.append(time.monotonic() - begun)
            over.wait(max(0.0, EVERY_S - found[-1]))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield found
    finally:
        over.set()
        thread.join()


def together(*works: Callable[[], Any]) -> list[Any]:
    """What several works give that run at once."""
    given: list[Any] = [None] * len(works)

    def run(place: int) -> None:
        given[place] = works[place]()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if None in given:
        raise RuntimeError("One of the visitors failed, see above.")
    return given


def measured(address: str, size_mb: float) -> dict[str, dict[str, float]]:
    """All figures, in seconds, by what went on meanwhile."""
    bodies, small = [polygons(size_mb, seed) for seed in range(2)], polygons(0.01, 2)
    first, second, third = (Visitor(address) for _ in range(3))
    with watched(address) as quiet:
        alone = third.taken(small)[1]
        time.sleep(QUIET_S)

    def small_one() -> float:
        time.sleep(POLL_S * 4)  # the large ones come first
        begun = time.monotonic()
        third.ask("GET", "/api/layers/towns/any")  # the layer is made, whatever version is asked for
        third.taken(small)
        return time.monotonic() - begun

    with watched(address) as reading:
        (big, first_s), (_, second_s), waited = together(
            lambda: first.taken(bodies[0]), lambda: second.taken(bodies[1]), small_one
        )
    with watched(address) as drawing:
        begun = time.monotonic()
        first.ask("GET", f"/api/layers/{big}/any")
        drawn_s = time.monotonic() - begun
    return {
        "nothing else": told(quiet) | {"small file taken": alone},
        "two large files are sent and read": told(reading)
        | {"first taken": first_s, "second taken": second_s, "small file taken": waited},
        "the map of one is made": told(drawing) | {"made": drawn_s},
    }


def told(latencies: list[float]) -> dict[str, float]:
    """Median, 99th percentile and the longest of the health checks, and how many there were."""
    part = np.array(latencies)
    return {"median": float(np.median(part)), "p99": float(np.quantile(part, 0.99)), "max": float(part.max())} | {
        "checks": float(len(part))
    }


def main() -> None:
    """Measure once, print and write the figures with the machine."""
    parser = ArgumentParser(prog="python -m tests.bench.uploads", description=__doc__)
    parser.add_argument("--mb", type=float, default=SIZE_MB, help=f"size of a large file, {SIZE_MB} MB unless told")
    parser.add_argument("--out", type=Path, default=RESULT, help="where to write the figures")
    asked = parser.parse_args()
    described = machine("none")
    with (
        tempfile.TemporaryDirectory(prefix="atlas-bench-") as folder,
        running({"ATLAS_UPLOADS": f"{folder}/own"}) as address,
    ):
        figures = measured(address, asked.mb)
    for when, found in figures.items():
        print(f"{when}: " + ", ".join(f"{name} {value:.3f}" for name, value in found.items()))
    asked.out.parent.mkdir(exist_ok=True)
    asked.out.write_text(json.dumps({"machine": described, "seconds": figures}, indent=2) + "\n", encoding="utf-8")
    print(f"{described}\nWritten to {asked.out}")


if __name__ == "__main__":
    main()
