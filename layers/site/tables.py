"""A comparison as plain tables: side by side, one line an answer, what is not known, sources, about the file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

import pandas as pd

from layers.about import about
from layers.compare_query import key_of
from layers.details import Source, sources
from layers.site.cells import ABSENT, AT_TOWN, KNOWN, UNKNOWN, Cell, labelled
from layers.site.compare import Comparison
from layers.site.model import SiteSheet
from layers.site.sheet import cited_by_sheet
from layers.spec import layer_spec
from layers.text import moment, pick, say
from layers.vocabulary import word

STATES = {KNOWN: "site_state_known", UNKNOWN: "site_unknown", AT_TOWN: "site_from_town", ABSENT: "site_absent"}
SECTIONS = ("place", "gas", "labour", "around", "facts", "gaps")
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # with which a cell begins that a spreadsheet would run


def answer(cell: Cell, language: str) -> str:
    """What stands in a cell: its words, else why there are none."""
    return cell.words or say(language, STATES[cell.state])


def side_by_side(found: Comparison) -> pd.DataFrame:
    """One row a question; for each site its answer in words and, where it is a number, its low and high end."""
    language = found.sites[0].language
    rows = []
    for row in found.rows:
        told: dict[str, object] = {
            say(language, "site_section"): say(language, f"site_section_{row.section}"),
            say(language, "site_question"): row.label,
            say(language, "site_unit"): word("unit", row.unit, language) if row.unit else "",
        }
        for name, cell in zip(labelled(found.sites), row.cells, strict=True):
            told[name] = answer(cell, language)
            told[f"{name}: {say(language, 'site_low')}"] = cell.low
            told[f"{name}: {say(language, 'site_high')}"] = cell.high
        told[say(language, "site_difference")] = row.verdict
        rows.append(told)
    return pd.DataFrame(rows)


def answers(found: Comparison) -> pd.DataFrame:
    """One row an answer, with its numbers, on what they rest, and the ids of the sources."""
    language = found.sites[0].language
    rows = []
    for row in found.rows:
        for name, site, cell in zip(labelled(found.sites), found.sites, row.cells, strict=True):
            told = {
                "site_name": name,
                "site_id": key_of(site.selected),
                "site_key": row.key,
                "site_question": row.label,
                "site_answer": cell.words,
                "site_state": say(language, STATES[cell.state]),
                "site_value": cell.value,
                "site_low": cell.low,
                "site_high": cell.high,
                "site_at_town": cell.town_value,
                "site_unit": word("unit", row.unit, language) if row.unit else "",
                "site_basis": cell.why,
                "sources": "; ".join(cell.sources),
            }
            rows.append({say(language, key): value for key, value in told.items()})
    return pd.DataFrame(rows)


def gaps(found: Comparison) -> pd.DataFrame:
    """What is not known of each site."""
    language = found.sites[0].language
    heads = [say(language, key) for key in ("site_name", "site_unknown_title")]
    rows = [
        (name, one.words) for name, site in zip(labelled(found.sites), found.sites, strict=True) for one in site.unknown
    ]
    return pd.DataFrame(rows, columns=heads)


def source_table(sites: Sequence[SiteSheet]) -> pd.DataFrame:
    """The sources behind all of it, in the columns of the table of sources; codes and dates in the reader's words."""
    spec, language = layer_spec("sources"), sites[0].language
    ids = tuple(dict.fromkeys(source for one in sites for source in cited_by_sheet(one)))
    names = [field.name for field in fields(Source)]
    heads = [pick(spec.column(name).title, language) for name in names]
    rows = [[_worded(one, name, language) for name in names] for one in sources(ids)]
    return pd.DataFrame(rows, columns=heads)


def _worded(source: Source, name: str, language: str) -> str:
    told = str(getattr(source, name))
    if name in ("licence", "title_kind"):
        return word(name, told, language) if told else ""
    return moment(told, language) if name == "date" and told else told


def told_about(sites: Sequence[SiteSheet], title: str) -> list[tuple[str, str]]:
    """What a file says of itself, as pairs of heading and text."""
    language, own = sites[0].language, any(not one.ours for one in sites)
    cautions = dict.fromkeys(one.caution for one in sites if one.caution)
    ends = [say(language, key) for key in ("own_caution", "own_licence")] if own else []
    return [
        (say(language, "about_title"), title),
        (say(language, "site_not_offer_title"), say(language, "site_not_offer")),
        (say(language, "data_date"), about().as_of.isoformat()),
        (say(language, "site_radius"), str(sites[0].radius_km)),
        (say(language, "site_method_title"), say(language, "site_method")),
        (say(language, "about_licence"), about().licence),
        (say(language, "about_credits"), " · ".join(credit.text for credit in about().credits)),
        (say(language, "about_caution"), " ".join([*cautions, *ends])),
    ]


def harmless(value: object) -> object:
    """A cell of a CSV: a text that a spreadsheet would run as a formula begins with an apostrophe."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
