"""Words on the screens: no English is left in Kazakh and Russian, and date and limits of the data are said."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from string import Formatter

import pytest
from playwright.sync_api import Frame, Page, expect

from layers.about import about
from layers.facets import facet, facets
from layers.roles import roles
from layers.spec import ROOT, catalogue, read_toml
from layers.text import LOCALE, day, say
from layers.vocabulary import vocabulary
from tests.browser.conftest import Visit
from tests.browser.screen import role, switch, title, wait_parameter
from tests.browser.test_map import wait_count

pytestmark = pytest.mark.browser
Start = Callable[..., Visit]
FULL = "&layers=towns,deposits,prospecting_areas&sel=towns/ridder&commodity=copper&q=%D0%B0&table=deposits"
LETTERS = 3  # a sentence with fewer letters beside its placeholders says nothing about its language

# Every text and spoken attribute of the page, in shadow roots too, but what stands in its source's language: those
# parts are marked so, and columns of the table say so in their heads.
WORDS = """foreign => {
    const found = new Set();
    const add = text => text.trim() && found.add(text.trim().replace(/\\s+/g, ' '));
    const isForeign = cell => cell.closest('table')?.querySelectorAll('th[aria-sort]')[cell.cellIndex]
        ?.querySelector('.unit')?.textContent.includes(foreign);
    const read = node => {
        if (node.nodeType === 1) {
            if (node.matches('script, style, .foreign, .sources')) return;
            if (node.matches('tr[data-id] > *') && isForeign(node)) return;
            for (const name of ['title', 'aria-label', 'placeholder', 'alt', 'aria-valuetext'])
                add(node.getAttribute(name) || '');
            if (node.shadowRoot) read(node.shadowRoot);
        }
        let run = '';  // a text may be cut into several nodes
        for (const child of node.childNodes) {
            if (child.nodeType === 3 || child.nodeName === 'WBR') run += child.textContent;
            else [, run] = [add(run), ''];
            if (child.nodeType === 1) read(child);
        }
        add(run);
    };
    read(document.body);
    return [...found];
}"""


def words(page: Page | Frame, language: str) -> set[str]:
    """All that a page or frame says by itself."""
    return set(page.evaluate(WORDS, say(language, "source_language")))


def titles() -> Iterator[Mapping[str, str]]:
    """Titles and words of layers, columns, categories, facets and roles, by language."""
    for spec in catalogue().values():
        yield from (spec.title, spec.caution, *(column.title for column in spec.columns))
    for path in (ROOT / "layers" / "vocabulary").glob("*.toml"):
        yield from vocabulary(path.stem).values()
    yield from (facet(name).title for name in facets())
    yield from (one.title for one in roles().values())


def english(language: str) -> tuple[set[str], list[re.Pattern[str]]]:
    """Texts that only English has, and patterns of its sentences with placeholders."""
    own = read_toml(LOCALE / f"{language}.toml")
    texts, patterns = set(), []
    for key, text in read_toml(LOCALE / "en.toml").items():
        parts = list(Formatter().parse(text))
        if own[key] == text:
            continue
        if all(name is None for _, name, *_ in parts):
            texts.add(text)
        elif sum(map(str.isalpha, "".join(f"{literal}{forms or ''}" for literal, _, forms, _ in parts))) >= LETTERS:
            gaps = [f"({forms})" if forms else "" if name is None else ".+" for _, name, forms, _ in parts]
            literals = [re.escape(literal) for literal, *_ in parts]
            patterns.append(re.compile("".join(map("".join, zip(literals, gaps, strict=True)))))
    texts |= {each["en"] for each in titles() if each.get("en") and each["en"] != each[language]}
    return {text for text in texts if len(text) >= LETTERS}, patterns


def left_in_english(said: set[str], language: str) -> list[str]:
    """What a screen says in English although its language has words of its own for it."""
    texts, patterns = english(language)
    return sorted(text for text in said if text in texts or any(each.fullmatch(text) for each in patterns))


def test_the_check_itself_finds_english() -> None:
    said = {"Layers", "Data as of 1 May 2026", "Deposits", "copper", "Clear: Text", "7 rows", "Ridder", "WGS 84"}
    assert left_in_english(said, "kk") == sorted(said - {"Ridder", "WGS 84"})
    assert left_in_english({"Қабаттар", "Кен орындары", "Ridder"}, "kk") == []


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_no_english_word_of_the_interface_is_left(atlas: str, visit: Start, language: str) -> None:
    here = visit(atlas)
    page = here.page
    for query in ("", FULL):
        here.open(f"/?lang={language}{query}")
        frame = here.map()
        frame.wait_for_function("'towns' in Atlas.state().layers")
        expect(page.locator(".table tbody tr[data-id]").first).to_be_visible()
        page.locator('.controls [data-layer="towns"] button').click()
        frame.locator("button[data-name=measure]").click()
        assert left_in_english(words(page, language), language) == [], query
        assert left_in_english(words(frame, language), language) == [], query
        expect(page.locator("html")).to_have_attribute("lang", language)
        assert frame.locator("html").get_attribute("lang") == language
    assert page.title() == say(language, "brand")
    for screen in ("country", "sources"):
        here.open(f"/{screen}?lang={language}")
        expect(page.locator(".panel h2")).to_be_visible()
        assert left_in_english(words(page, language), language) == [], screen
        expect(page.locator("html")).to_have_attribute("lang", language)
    assert here.faults == []


def test_the_language_of_the_page_is_the_one_chosen_and_first_the_browsers(atlas: str, visit: Start) -> None:
    here = visit(atlas, locale="kk-KZ")
    here.open()
    expect(here.page.locator("html")).to_have_attribute("lang", "kk")
    for name, language in (("Eng", "en"), ("Рус", "ru"), ("Қаз", "kk")):
        role(here.page, name).click()
        wait_parameter(here.page, "lang", language)
        expect(here.page.locator("html")).to_have_attribute("lang", language)
        title(here.page, say(language, "choose_title"))


SPOKEN = """() => {
    window.spoken = [];
    const write = CanvasRenderingContext2D.prototype.fillText;
    CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
        window.spoken.push(text);
        return write.call(this, text, ...rest);
    };
}"""


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_date_of_the_data_and_what_is_not_in_the_atlas_are_said(atlas: str, visit: Start, language: str) -> None:
    here = visit(atlas)
    here.open(f"/?lang={language}")
    as_of = say(language, "as_of", date=day(about().as_of, language))
    absent = say(language, "not_in_atlas")
    frame = here.map()
    wait_count(frame, "towns", 27)
    expect(here.page.locator(".st-key-details").get_by_text(as_of)).to_be_visible()
    expect(here.page.locator(".controls").get_by_text(absent)).to_be_visible()
    links = here.page.locator(".table .downloads a").evaluate_all("all => all.map(link => link.href)")
    spoken = {}
    for form in ("geojson", "csv"):
        href = next(link for link in links if f".{form}" in link)
        with urllib.request.urlopen(href, timeout=30) as answer:
            spoken[form] = answer.read().decode("utf-8-sig")
    assert json.loads(spoken["geojson"])["atlas"]["as_of"] == about().as_of.isoformat()
    assert about().as_of.isoformat() in spoken["csv"].splitlines()[1]
    frame.evaluate(SPOKEN)
    switch(here.page, "plants").click()
    frame.wait_for_function("!('plants' in Atlas.state().layers)")
    with here.page.expect_download():
        frame.locator("button[data-name=picture]").click()
    picture = " ".join(frame.evaluate("window.spoken"))
    assert as_of in picture
    assert absent in picture
    assert say(language, "picture_credits", credits="").strip() in picture
    assert here.left_host == []


def test_the_date_stays_on_the_screen_when_something_is_selected(atlas: str, visit: Start) -> None:
    here = visit(atlas)
    here.open("/?lang=en&sel=towns/ridder")
    title(here.page, "Ridder")
    expect(here.page.get_by_text(say("en", "as_of", date=day(about().as_of, "en")))).to_have_count(1)
