"""Promises: what was instructed and what came of it, and every official figure beside those that say otherwise."""

from __future__ import annotations

from collections.abc import Iterable

from layers.claims.groups import AGREE, DIFFER, ONE, SERIES, WORDS, Group, groups
from layers.claims.ledger import claims
from layers.claims.tracker import chosen
from layers.text import say
from layers.view import View
from layers.vocabulary import word
from views import asof, figures, jump, mover, panel, tracker
from views.state import current

FOLDED = (AGREE, WORDS, ONE)


def show() -> None:
    """The whole screen."""
    mover.forget()
    view = current()
    every = groups(view.as_of)
    cited = figures.numbered(source for one in _sources(every, view.as_of) for source in one)
    differing = [one for one in every if one.state == DIFFER]
    head = panel.title(say(view.language, "claims_title"), [say(view.language, "claims_text")])
    said = panel.heading(say(view.language, "claims_disagree", count=len(differing)))
    panel.show([head], view, key="promises_title")
    asof.show(view)
    panel.show([said, figures.ways(differing, view)], view, key="promises_panel", cited=cited)
    asked = next((one for one in every if one.id == view.claim), None)
    if asked:
        figures.section(asked, view, cited, say(view.language, "claims_this"))
        panel.show([figures.all_groups(view)], view, key="promises_back")
    tracker.show(view, cited)
    _ledger([one for one in every if one.id != view.claim], view, cited)
    panel.show(panel.source_list(tuple(cited), view), view, key="promises_sources")
    jump.show(view, jump.PROMISES)


def _sources(every: Iterable[Group], as_of: str) -> Iterable[tuple[str, ...]]:
    """Those of the instructions first, because they stand first."""
    for one in chosen(as_of=as_of):
        yield one.sources
        yield from (piece.sources for piece in one.evidence)
    for group_ in every:
        yield from (claim.sources for claim in group_.claims)


def _ledger(every: list[Group], view: View, cited: dict[str, int]) -> None:
    """Groups that disagree and those that change, drawn; the others as lines, by theme."""
    text = say(view.language, "claims_ledger_text", claims=len(claims(view.as_of)), groups=len(groups(view.as_of)))
    panel.show([panel.heading(say(view.language, "claims_ledger"), text)], view, key="ledger_panel", cited=cited)
    for state in (DIFFER, SERIES):
        for one in every:
            if one.state == state:
                figures.section(one, view, cited)
    rest = [one for one in every if one.state in FOLDED]
    blocks = []
    for theme in dict.fromkeys(one.theme for one in rest):
        lines = [figures.line(one, view, cited) for one in rest if one.theme == theme]
        blocks.append(
            {"kind": "entries", "rows": lines, "folded": f"{word('theme', theme, view.language)}: {len(lines)}"}
        )
    heads = ", ".join(say(view.language, f"claims_state_{state}").lower() for state in FOLDED)
    panel.show([panel.heading(heads), *blocks], view, key="ledger_rest", cited=cited)
