"""A sheet in lines: a label, what is known, and the sources behind it; the same for screen and paper."""

from __future__ import annotations

from layers.site.compare import how_town, people_in_words
from layers.site.model import GasClaim, Headcount, Near, SiteSheet, SiteTown
from layers.site.sheet import LINES, PLANTS
from layers.site.surrounding import NO_STATE
from layers.site.whichever import nearest_in_words
from layers.spec import layer_spec
from layers.text import coordinates, number, pick, say

Line = tuple[str, str, tuple[str, ...]]


def place_rows(sheet: SiteSheet) -> list[Line]:
    """How the place is known, and where it is."""
    at, language = sheet.position, sheet.language
    rows: list[Line] = [(say(language, "site_position"), at.words, ())]
    if at.lat is not None and at.lon is not None:
        label = say(language, "site_town_point" if at.kind == "via_town" else "position_of")
        rows.append((label, coordinates(at.lat, at.lon, language), ()))
    return rows


def line_rows(sheet: SiteSheet) -> list[Line]:
    """The nearest gas lines with status, year and range, and what is said of the gas supply of the towns."""
    language = sheet.language
    rows: list[Line] = []
    for layer_id, one in sheet.lines.items():
        rows += _nearest(sheet, layer_id, one)
    for layer_id, loose in sheet.unmeasured.items():
        label = say(language, "site_loose", layer=pick(layer_spec(layer_id).title, language))
        rows += [
            (label, f"{one.name}; {why_not_measured(one, sheet)}", one.sources) for one in loose if layer_id in LINES
        ]
    if not sheet.lines:
        rows.append((pick(layer_spec("gas_operating").title, language), say(language, "site_unknown"), ()))
    for layer_id in (one for one in LINES if one in sheet.rivals):
        others, title = sheet.rivals[layer_id], pick(layer_spec(layer_id).title, language)
        cited = tuple(source for one in others for source in one.sources)
        names = "; ".join(f"{one.name}, {one.relation.reach}" for one in others)
        rows.append((say(language, "site_rivals", layer=title), names, cited))
    for town in sheet.towns:
        label = say(language, "site_gas_of", town=town.name)
        if not town.gas:
            rows.append((label, say(language, "site_unknown"), ()))
        told: dict[str, tuple[str, ...]] = {}
        for claim in town.gas:  # statements that agree stand in one line
            words = claim_in_words(claim, language)
            told[words] = (*told.get(words, ()), *claim.sources)
        rows += [(label, words, cited) for words, cited in told.items()]
    return rows


def labour_rows(sheet: SiteSheet) -> list[Line]:
    """The towns with the newest population of each territory, and the people within the radius."""
    language = sheet.language
    rows: list[Line] = []
    for town in sheet.towns:
        rows.append((say(language, "site_town"), how_town(town, language), ()))
        rows += _heads(town, language)
    rows.append((say(language, "people_reach", radius=sheet.radius_km), reached_in_words(sheet), ()))
    if sheet.plant is not None:
        rows += _nearest(sheet, PLANTS, sheet.plant)
    return rows


def _nearest(sheet: SiteSheet, layer_id: str, one: Near) -> list[Line]:
    """The nearest row of a layer; and where others may be nearer, how far the nearest of them all is."""
    language, title = sheet.language, pick(layer_spec(layer_id).title, sheet.language)
    told = nearest_in_words(sheet, layer_id)
    label = say(language, "site_nearest_row" if told else "site_nearest", layer=title)
    rows: list[Line] = [(label, near_in_words(one, language), one.sources)]
    if told:
        others = (*sheet.rivals.get(layer_id, ()), *sheet.unmeasured.get(layer_id, ()))
        cited = tuple(dict.fromkeys(source for near in (one, *others) for source in near.sources))
        rows.insert(0, (say(language, "site_nearest", layer=title), told, cited))
    return rows


def why_not_measured(one: Near, sheet: SiteSheet) -> str:
    """Why it is not measured; where it names a town of the site also what its notes say, in their source's language."""
    own = one.notes and {town.id for town in sheet.towns} & {*one.named}
    notes = f"{one.notes} ({say(sheet.language, 'original')})" if own else ""
    return "; ".join(part for part in (one.relation.why, notes) if part)


def near_in_words(one: Near, language: str) -> str:
    """How far something is, what it is called, its status and the year of that."""
    year = say(language, "site_undated") if one.year is None else str(one.year)
    state = f"{one.status} ({year})" if one.status and one.status_code != NO_STATE else one.status
    return "; ".join(part for part in (one.relation.reach, one.name, state) if part)


def claim_in_words(one: GasClaim, language: str) -> str:
    """A statement about gas supply with its year, and that it is not confirmed where it is not."""
    year = say(language, "site_undated") if one.year is None else str(one.year)
    sure = "" if one.confirmed else f"; {say(language, 'site_unconfirmed')}"
    return f"{one.status} ({year}){sure}"


def head_in_words(one: Headcount, language: str) -> str:
    """A population with its year, territory and kind."""
    return f"{number(one.people, language)} ({one.year}; {one.scope}; {one.kind})"


def reached_in_words(sheet: SiteSheet) -> str:
    """People and towns within the radius as ranges, and from where that was measured."""
    found, language = sheet.reached, sheet.language
    if found is None:
        return say(language, "people_unknown")
    if found.low is None or found.high is None:
        return say(language, "site_unknown")
    people = _range(found.low, found.high, language)
    told = say(language, "people_towns", people=people, towns=_range(found.towns.low, found.towns.high, language))
    return f"{told} ({say(language, 'site_from_town')})" if found.at_town else told


def _heads(town: SiteTown, language: str) -> list[Line]:
    label = say(language, "site_population_of", town=town.name)
    rows: list[Line] = [(label, head_in_words(one, language), one.sources) for one in town.series]
    if not rows and town.people is not None:
        rows.append((label, people_in_words(town, language), town.sources))
    return rows or [(label, say(language, "site_unknown"), ())]


def _range(low: int, high: int, language: str) -> str:
    ends = [number(end, language) for end in (low, high)]
    return ends[0] if low == high else say(language, "people_range", low=ends[0], high=ends[1])
