"""What several tests do on Explore: find its parts, act in them, and say what they show."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Frame, Locator, Page, expect

SHOWN = "({layers}) => Object.fromEntries(Object.entries(layers).filter(([id]) => !id.startsWith('backdrop_')))"


def row(page: Page, layer: str) -> Locator:
    """The legend's row of a layer."""
    return page.locator(f'.controls [data-layer="{layer}"]')


def switch(page: Page, layer: str) -> Locator:
    """The box that shows and hides a layer."""
    return row(page, layer).locator("input[type=checkbox]")


def option(page: Page, facet: str, code: str) -> Locator:
    """The box of one option of a facet, its list unfolded."""
    listed = page.locator(f'.controls details[data-facet="{facet}"]')
    if listed.get_attribute("open") is None:
        listed.locator("summary").click()
    return listed.locator(f'[data-code="{code}"] input')


def chips(page: Page) -> Locator:
    """The filters in use, each with a button that clears it."""
    return page.locator(".controls .chip")


def title(page: Page, text: str) -> Locator:
    """The title of the details, once it is this."""
    found = page.locator(".st-key-details h2")
    expect(found).to_have_text(text)
    return found


def role(page: Page, name: str) -> Locator:
    """One of the roles or languages of the top bar."""
    return page.locator(".st-key-top").get_by_role("radio", name=name, exact=True)


def table_row(page: Page, key: str) -> Locator:
    """A row of the table by its feature's id."""
    return page.locator(f'.table tr[data-id="{key}"]')


def expect_rows(page: Page, count: int) -> None:
    """The table has that many rows, those outside its box counted."""
    expect(page.locator(".table table[role=grid]")).to_have_attribute("aria-rowcount", str(count + 1))


def counted(text: str) -> list[int]:
    """The whole numbers of a text such as "12 of 1,408"; of a range such as "9–12" the last."""
    whole = re.sub(r"[\d,\u202f\u00a0]+–", "", text)
    return [int(re.sub(r"\D", "", found)) for found in re.findall(r"\d[\d,\u202f\u00a0]*", whole)]


def legend(page: Page) -> dict[str, tuple[bool, str]]:
    """For each layer of the legend whether it is on and what its count says."""
    rows: list[list[Any]] = page.locator(".controls [data-layer]").evaluate_all(
        "rows => rows.map(row => [row.dataset.layer, row.querySelector('input').checked,"
        " row.querySelector('.count').textContent])"
    )
    return {layer: (on, count) for layer, on, count in rows}


def expect_count(page: Page, layer: str, *numbers: int) -> None:
    """The legend says so many (at most, where it gives a range), or so many of so many, for a layer."""
    written = r"\D+".join(f"{number:,}" for number in numbers)
    expect(row(page, layer).locator(".count")).to_have_text(re.compile(rf"^\D*([\d,]+–)?{written}\D*$"))


def on_map(frame: Frame) -> dict[str, dict[str, Any]]:
    """The map's layers by id, without the backdrop."""
    shown: dict[str, dict[str, Any]] = frame.evaluate(f"({SHOWN})(Atlas.state())")
    return shown


def wait_layers(frame: Frame, layers: list[str]) -> None:
    """Wait until the map shows exactly these layers, top-most first."""
    frame.wait_for_function(
        f"""wanted => {{
            const shown = Object.entries(({SHOWN})(Atlas.state()))
                .filter(([, layer]) => layer.kind !== 'badges' && layer.kind !== 'radius')
                .sort(([, a], [, b]) => a.order - b.order).map(([id]) => id);
            return JSON.stringify(shown) === JSON.stringify(wanted);
        }}""",
        arg=layers,
    )


def wait_ids(frame: Frame, layer: str, ids: set[str]) -> None:
    """Wait until the map shows exactly these features of a layer, in any order."""
    frame.wait_for_function(
        "([layer, ids]) => JSON.stringify([...(Atlas.state().layers[layer]?.ids ?? ['?'])].sort()) === ids",
        arg=[layer, json.dumps(sorted(ids), ensure_ascii=False, separators=(",", ":"))],
    )


def parameters(url: str) -> dict[str, str]:
    """The parameters of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def wait_parameter(page: Page, name: str, pattern: str) -> str:
    """The value of a URL parameter once it matches; an absent one is an empty text."""
    page.wait_for_url(lambda url: re.fullmatch(pattern, parameters(url).get(name, "")) is not None)
    return parameters(page.url).get(name, "")


@contextmanager
def requests(page: Page, part: str) -> Iterator[list[str]]:
    """The addresses with this part that are asked for meanwhile."""
    asked: list[str] = []

    def note(request: Any) -> None:
        if part in request.url:
            asked.append(request.url)

    page.on("request", note)
    yield asked
    page.remove_listener("request", note)
