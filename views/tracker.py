"""The tracker of instructions: filters, table, a small map, and the ways to map and files."""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from dataclasses import replace
from functools import lru_cache
from typing import Any

from layers.about import about
from layers.claims.tracker import INSTRUCTIONS, NO_EVIDENCE, Evidence, Instruction, chosen, instructions
from layers.details import source_line, sources
from layers.files import file_url
from layers.names import names_by_id
from layers.paper.extent import over
from layers.paper.sketch import map_svg
from layers.relate import layer
from layers.text import alphabetical, moment, pick, say
from layers.view import NO_AREA, Selection, View, shown_too
from layers.vocabulary import word
from views import panel
from views.component import mount
from views.state import base_path

KEY, TOWNS = "promises", "towns"
STATUS = "status"  # the facet that the states of instructions belong to
WORDS = {
    "state": "claims_state",
    "instruction": "claims_instruction",
    "town": "claims_town",
    "due": "claims_due",
    "last": "claims_last",
    "missing": "claims_missing",
    "theme": "claims_theme",
    "all": "claims_all",
    "clear": "claims_clear",
    "none": "claims_none",
}
SIZE_MM = (120.0, 66.0)

Values = dict[str, Any]


def show(view: View, cited: dict[str, int]) -> None:
    """The whole tracker."""
    mount(KEY, _data(view, cited), KEY)


def _data(view: View, cited: dict[str, int]) -> Values:
    language = view.language
    shown = chosen(view.promise_theme, view.promise_town, view.missing, view.as_of)
    towns = tuple(dict.fromkeys(one.town for one in shown if one.town))
    named = ", ".join(_town(town, language) for town in towns)
    return {
        "language": language,
        "words": {name: say(language, key) for name, key in (WORDS | _none_yet(view)).items()},
        "title": say(language, "claims_tracker"),
        "text": say(language, "claims_tracker_text", date=moment(view.as_of or about().as_of.isoformat(), language)),
        "count": say(language, "claims_count", shown=len(shown), total=len(instructions(view.as_of))),
        "rows": [_row(one, view, cited) for one in shown],
        "filters": _filters(view),
        "map": {"src": _map(towns, language), "alt": say(language, "claims_map", towns=named)} if towns else None,
        "ways": _ways(view),
        "sources": [_source(source, number, language) for source, number in cited.items()],
    }


def _none_yet(view: View) -> dict[str, str]:
    """What is said instead of "none left" where nothing had been instructed by the date."""
    return {} if instructions(view.as_of) else {"none": "claims_none_yet"}


def _row(one: Instruction, view: View, cited: dict[str, int]) -> Values:
    language = view.language
    last = next((piece for piece in one.evidence if piece.id == one.last_evidence), None)
    none = "claims_only_moved" if one.evidence else "claims_no_evidence_row"
    return {
        "id": one.id,
        "title": pick(one.title, language),
        "theme": word("theme", one.theme, language),
        "state": one.state,
        "state_text": word("instruction_state", one.state, language),
        "town": _town(one.town, language) if one.town else say(language, "claims_no_town"),
        "town_href": _to_town(one.town, view) if one.town else "",
        "due": moment(one.due, language) if one.due else say(language, "claims_no_due"),
        "moved": say(language, "claims_moved", date=moment(one.moved_to, language)) if one.moved_to else "",
        "overdue": say(language, "claims_overdue") if one.overdue(view.as_of) else "",
        "marks": _marks(one.sources, cited),
        "last": _piece(last, language, cited) if last else {"text": say(language, none)},
        "more": say(language, "claims_evidence", count=len(one.evidence)) if len(one.evidence) > bool(last) else "",
        "evidence": [_piece(piece, language, cited) for piece in one.evidence],
    }


def _piece(piece: Evidence, language: str, cited: dict[str, int]) -> Values:
    return {
        "text": pick(piece.shows, language),
        "date": moment(piece.date, language),
        "bearing": word("evidence_bearing", piece.bearing, language),
        "marks": _marks(piece.sources, cited),
    }


def _marks(ids: tuple[str, ...], cited: dict[str, int]) -> list[int]:
    return [cited[source] for source in ids if source in cited]


def _source(source_id: str, number: int, language: str) -> Values:
    (source,) = sources((source_id,))
    return {"number": number, "text": source_line(source, language), "url": source.url}


def _filters(view: View) -> Values:
    """What can be chosen, each with how many instructions it leaves beside the other choices."""
    language = view.language
    themes = Counter(one.theme for one in chosen("", view.promise_town, view.missing, view.as_of))
    towns = Counter(one.town for one in chosen(view.promise_theme, "", view.missing, view.as_of) if one.town)
    lacking = sum(one.state == NO_EVIDENCE for one in chosen(view.promise_theme, view.promise_town, as_of=view.as_of))
    return {
        "missing": {"on": view.missing, "count": lacking},
        "theme": [
            {"id": code, "text": f"{word('theme', code, language)} ({count})", "on": code == view.promise_theme}
            for code, count in themes.items()
        ],
        "town": sorted(
            (
                {"id": town, "text": f"{_town(town, language)} ({count})", "on": town == view.promise_town}
                for town, count in towns.items()
            ),
            key=lambda option: alphabetical(str(option["text"])),
        ),
        "any": bool(view.promise_theme or view.promise_town or view.missing),
    }


def _ways(view: View) -> list[Values]:
    """To the map with the layer on, and to the files."""
    language, base = view.language, base_path()
    free = replace(view, facets=(), text="", area=NO_AREA, selected=None)
    layers = view.visible if INSTRUCTIONS in view.visible else shown_too(view, INSTRUCTIONS)
    lacking = replace(free, facets=((STATUS, (f"instruction_state.{NO_EVIDENCE}",)),))
    on_map = panel.way(replace(view, layers=layers, table=INSTRUCTIONS), "", say(language, "claims_on_map"))
    return [
        {"text": on_map["text"], "href": on_map["href"], "file": False},
        {"text": say(language, "claims_csv"), "href": file_url(base, INSTRUCTIONS, "csv", free), "file": True},
        {
            "text": say(language, "claims_csv_missing"),
            "href": file_url(base, INSTRUCTIONS, "csv", lacking),
            "file": True,
        },
        {"text": say(language, "claims_csv_evidence"), "href": file_url(base, "evidence", "csv", free), "file": True},
    ]


def _to_town(town: str, view: View) -> str:
    """The address of the town on the map."""
    return str(panel.way(replace(view, selected=Selection(TOWNS, town)), "", "")["href"])


def _town(town: str, language: str) -> str:
    return pick(names_by_id(TOWNS)[town], language)


@lru_cache(maxsize=64)
def _map(towns: tuple[str, ...], language: str) -> str:
    """The towns ringed and named on the whole country, as an image within the page."""
    points = layer(TOWNS).frame.geometry
    frame = over([(point.x, point.y) for point in points], *SIZE_MM)
    drawn = map_svg(frame, (TOWNS,), language, [Selection(TOWNS, town) for town in towns])
    return f"data:image/svg+xml;base64,{b64encode(drawn.encode()).decode('ascii')}"
