"""What the server answers beside the page: layers and files by address, and nothing else."""

from __future__ import annotations

import gzip
import json
import urllib.error
import urllib.request

import pytest

from layers.routes import layer_url, web_url

pytestmark = pytest.mark.browser


def ask(address: str, encoding: str = "identity") -> tuple[int, bytes, dict[str, str]]:
    """Status, body as sent and headers of an address."""
    request = urllib.request.Request(address, headers={"Accept-Encoding": encoding})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read(), dict(answer.headers)
    except urllib.error.HTTPError as error:
        return error.code, error.read(), dict(error.headers)


def test_a_layer_comes_packed_to_who_takes_it_so_and_plain_to_others(atlas: str) -> None:
    address = atlas + layer_url("", "towns")
    status, packed, headers = ask(address, "gzip")
    assert (status, headers["content-encoding"]) == (200, "gzip")
    assert "immutable" in headers["cache-control"]
    _, plain, _ = ask(address)
    assert gzip.decompress(packed) == plain
    assert len(json.loads(plain)["features"]) == 27


def test_badges_have_an_address_of_their_own(atlas: str) -> None:
    _, body, _ = ask(atlas + layer_url("", "industrial_zones", "badges"))
    counts = {feature["properties"]["id"]: feature["properties"]["count"] for feature in json.loads(body)["features"]}
    assert counts["balkhash"] == 2
    assert sum(counts.values()) == 14  # the fifteenth names no town


@pytest.mark.parametrize(
    "path",
    [
        "/api/layers/towns/0000",
        "/api/layers/nowhere/0000",
        "/api/layers/towns/0000/secrets",
        "/api/backdrop/nothing/0000",
        "/api/web/0/package.json",
        "/api/vendor/..%2f..%2fapp.py",
        "/api/vendor/%2e%2e/%2e%2e/requirements.txt",
        "/api/vendor/leaflet",
    ],
)
def test_what_is_not_served_is_refused_in_a_sentence(atlas: str, path: str) -> None:
    status, body, _ = ask(atlas + path)
    assert status in (400, 404)  # the server itself refuses a path that climbs, before our route sees it
    assert b"import" not in body
    assert b"Traceback" not in body


def test_our_scripts_are_served(atlas: str) -> None:
    status, body, headers = ask(atlas + web_url("", "map.js"))
    assert status == 200
    assert "javascript" in headers["content-type"]
    assert b"Atlas.layer" in body
