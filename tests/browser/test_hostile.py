"""Hostile values in data, titles and names of a layer: nothing runs, nothing breaks, the text shows literally."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from urllib.parse import urlencode

import pytest

from tests.browser.conftest import Visit, running
from tests.browser.screen import row
from tests.browser.test_map import columns

pytestmark = pytest.mark.browser

VALUES = [
    "{{7*191}}",
    "{% for x in [1] %}x{% endfor %}",
    "кв. {#5",
    "{{ self.__init__.__globals__ }}",
    "${7*191}",
    "`+alert(1)+`",
    "</script><script>window.__ran=1</script>",
    '<img src=x onerror="window.__ran=1">',
    "<svg onload=window.__ran=1>",
    "javascript:window.__ran=1",
    "[a](javascript:window.__ran=1)",
    "![a](http://example.org/a.png)",
    "'; window.__ran=1; //",
    '"; window.__ran=1; //',
    "\\u003cimg src=x onerror=window.__ran=1\\u003e",
    "&lt;b&gt;&amp;",
    "line\u2028separator\u2029end",
    "NaN",
    "9007199254740993",
    "=1+1",
    "**bold** _it_ $x^2$ :red[red] :smile: :material/search:",
    "%s %(a)s {0} {a}",
    "../../etc/passwd?x=1&sel=a/b#c",
    "\u202eevil\u0000"[:5],
    "A" * 100_000,
]
TITLE = "{{7*191}} <img src=x onerror=window.__ran=1> :red[x] $a$ ![b](http://example.org/b.png)"


def head(title: str) -> str:
    """The catalogue entry, its title hostile too."""
    words = json.dumps(title, ensure_ascii=False)
    return f"""
id = "hostile"
kind = "file"
group = "geology"
order = 25
legend = true
shown = true
file = "hostile.csv"
name = {{ en = "name" }}
sources = ["atlas-compilation"]
facts = ["value"]

[title]
en = {words}
ru = {words}
kk = {words}

[geometry]
type = "point"
lon = "lon"
lat = "lat"

[style]
symbol = "plain"
"""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An atlas with a layer whose ids, names, values and title are hostile."""
    base = tmp_path_factory.mktemp("hostile")
    for folder in ("catalogue", "data", "vocabulary"):
        (base / folder).mkdir()
    declared = columns(id="text", name="text", value="text", lon="lon", lat="lat")
    text = head(TITLE)
    (base / "catalogue" / "hostile.toml").write_text(text + declared, encoding="utf-8")
    with (base / "data" / "hostile.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "name", "value", "lon", "lat"])
        for number, value in enumerate(VALUES):
            rows.writerow([f"{number}{value[:150]}", value, value, 52 + number, 45])
    with running({"ATLAS_EXTRA": str(base)}) as address:
        yield address


def test_the_map_draws_all_hostile_features_and_nothing_runs(hostile: str, visit: Callable[..., Visit]) -> None:
    here = visit(hostile)
    here.open("/?lang=en")
    frame = here.map()
    frame.wait_for_function(f"Atlas.state().layers.hostile?.features === {len(VALUES)}")
    assert len(VALUES) == 25
    assert row(here.page, "hostile").locator(".name").inner_text() == f"{TITLE} {len(VALUES)}"
    for place in (here.page.main_frame, frame):
        assert place.evaluate("window.__ran") is None
        assert "1337" not in place.content()
    assert here.left_host == []
    assert here.faults == []


@pytest.mark.parametrize("number", range(len(VALUES)))
def test_a_hostile_value_shows_literally_in_the_details(hostile: str, visit: Callable[..., Visit], number: int) -> None:
    here = visit(hostile)
    value = VALUES[number]
    key = f"{number}{value[:150]}"
    here.open("/?" + urlencode({"lang": "en", "sel": f"hostile/{key}"}))
    title = here.page.locator(".st-key-details h2")
    title.wait_for()
    here.page.wait_for_function(
        "expected => [...document.querySelectorAll('.st-key-details *')].some(node => "
        "node.shadowRoot?.querySelector('h2')?.textContent === expected "
        "|| (node.tagName === 'H2' && node.textContent === expected))",
        arg=value,
    )
    frame = here.map()
    frame.wait_for_function(f"Atlas.state().layers.hostile?.features === {len(VALUES)}")
    assert frame.evaluate("Atlas.state().layers.hostile.selected") == key
    for place in (here.page.main_frame, frame):
        assert place.evaluate("window.__ran") is None
    assert here.left_host == []
    assert here.faults == []
