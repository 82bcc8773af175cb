"""Claims in words: the value with its unit, who said it, when, how far apart the claims are."""

from __future__ import annotations

import re

from layers.claims.groups import AT_LEAST, FELL, Group, Spread
from layers.claims.ledger import Claim
from layers.claims.sums import Beside, OwnSum
from layers.claims.units import PERCENT
from layers.columns import is_moment
from layers.details import fact_of, sources
from layers.load import load
from layers.names import names_by_id
from layers.spec import layer_spec
from layers.text import as_read, moment, number, pick, say, unit_of
from layers.vocabulary import vocabulary, word

PROGRAMME = "programme"
MOST_DECIMALS = 2
BOUNDS = {AT_LEAST: "≥ ", FELL: "≤ "}  # before an amount that is an end alone
YEARS = re.compile(r"^(\d{4})-(\d{4})$")


def title_of(group: Group, language: str) -> str:
    """What a group is about: its thing, with the town or region where it speaks of one."""
    thing = thing_of(group.thing, language)
    return f"{thing}: {subject_of(group, language)}" if group.subject else thing


def thing_of(thing: str, language: str) -> str:
    """The words of what is measured."""
    return word("claim_thing" if thing in vocabulary("claim_thing") else "indicator", thing, language)


def subject_of(group: Group, language: str) -> str:
    """The town or region that a group speaks of, or all towns and the country."""
    if group.subject_kind == "town":
        return pick(names_by_id("towns").get(group.subject, {}), language) or group.subject
    if group.subject_kind == "region":
        return word("region", group.subject, language)
    return word("subject_kind", group.subject_kind, language)


def value_of(claim: Claim, language: str) -> str:
    """The value with its unit, as published."""
    spec, row = layer_spec(claim.table), load(claim.table).row(claim.id)
    assert row is not None
    facts = (fact_of(spec, spec.column(name), row, language) for name in ("value_number", "value"))
    told = next(fact.value for fact in facts if fact.value)
    return told if row.get("reading") else as_read(told, claim.reading, language)


def is_foreign(claim: Claim, language: str) -> bool:
    """Whether the value stands in the language of its source."""
    spec, row = layer_spec(claim.table), load(claim.table).row(claim.id)
    assert row is not None
    return claim.number is None and fact_of(spec, spec.column("value"), row, language).source_text


def period_of(claim: Claim, language: str) -> str:
    """The period of which it speaks."""
    spec, row = layer_spec(claim.table), load(claim.table).row(claim.id)
    assert row is not None
    told = fact_of(spec, spec.column("period"), row, language).value
    if is_moment(told):
        return moment(told, language)
    return YEARS.sub("\\1–\\2", told) or say(language, "claims_no_period")


def speaker_of(claim: Claim, language: str) -> str:
    """Who said it: the official whom the facts name, else the publisher, else that it is not stated."""
    if claim.own:
        return say(language, "claims_calculated")
    if claim.official:
        row = load(PROGRAMME).row(claim.official)
        assert row is not None
        return str(row["value"])
    publishers = dict.fromkeys(one.publisher for one in sources(claim.sources) if one.publisher)
    return ", ".join(publishers) or say(language, "not_stated")


def date_of(claim: Claim, language: str) -> str:
    """When it was said, from the first to the last of its sources; what the atlas calculated nobody said."""
    if claim.own:
        return say(language, "claims_calculated")
    if not claim.said:
        return say(language, "claims_no_date")
    first, last = claim.said, claim.said_last or claim.said
    if last.startswith(first):  # the same date, once told less exactly
        return moment(last, language)
    return f"{moment(first, language)} – {moment(last, language)}"


def end_of(claim: Claim, language: str) -> str:
    """The amount of a claim in the measure of its group, and on which side it is open where it is told as a bound."""
    told = amount_of(claim.amount or 0.0, claim.measure, language)
    return f"{BOUNDS.get(claim.reading, '')}{told}"


def amount_of(amount: float, measure: str, language: str, sign: bool = False) -> str:
    """An amount in its measure; with ``sign`` a difference, which says which way it goes."""
    digits = next((d for d in range(MOST_DECIMALS) if round(amount, d) == round(amount, MOST_DECIMALS)), MOST_DECIMALS)
    written = number(amount, language, digits)
    plus = "+" if sign and round(amount, digits) > 0 else ""
    return f"{plus}{written} {unit_of(measure, written, language)}".strip()


def ends_of(spread: Spread, language: str) -> str:
    """Lowest to highest, nothing else."""
    low, high = (end_of(end, language) for end in (spread.low, spread.high))
    dash = "–" if (spread.high.amount or 0.0) >= 0 else "…"  # beside a minus a dash would be read as another
    return low if low == high else f"{low} {dash} {high}"


def spread_of(spread: Spread, language: str) -> str:
    """Lowest to highest with the dates of both."""
    ends = (spread.low, spread.high)
    low, high = (end_of(end, language) for end in ends)
    if low == high:
        return low
    low_date, high_date = (date_of(end, language) for end in ends)
    far = amount_of(spread.difference, _apart(spread.measure), language)
    return say(language, "claims_spread", low=low, high=high, low_date=low_date, high_date=high_date, difference=far)


def _apart(measure: str) -> str:
    """The unit of a difference."""
    return "percentage_points" if measure == PERCENT else measure


def beside_of(found: Beside, language: str) -> str:
    """The sum of our own rows and how far it is from the claims about the same time, or why that is not said."""
    measure = found.own.measure
    amount = amount_of(found.own.amount, measure, language)
    if found.own.missing:
        return say(language, "claims_sum_part", amount=amount, lacking=lacking_of(found.own, language))
    if found.from_low is None or found.from_high is None:
        return say(language, "claims_sum_alone", amount=amount)
    if not (round(found.from_low, 6) or round(found.from_high, 6)):
        return say(language, "claims_sum_equal", amount=amount)
    ends = (found.from_low, found.from_high)
    low, high = (amount_of(far, _apart(measure), language, sign=True) for far in ends)
    if low == high:
        return say(language, "claims_sum_off", amount=amount, difference=low)
    return say(language, "claims_sum_range", amount=amount, low=low, high=high)


def lacking_of(own: OwnSum, language: str) -> str:
    """How many of the rows that belong to a sum have no figure; nothing where each has one."""
    if not own.missing:
        return ""
    return say(language, "claims_lacking", missing=own.missing, total=own.rows + own.missing)


def why_of(found: Beside, language: str) -> str:
    """From which rows the sum comes and why it may differ."""
    told = say(language, f"claims_why_{found.own.why}")
    title = pick(layer_spec(found.own.layer).title, language)
    years = "–".join(str(year) for year in found.own.years) if found.own.years else ""
    rows = say(language, "claims_rows_of", layer=title, rows=found.own.rows)
    parts = (f"{rows}{f' ({years})' if years else ''}.", _apart_of(found.own, language), told)
    return " ".join(part for part in parts if part)


def _apart_of(own: OwnSum, language: str) -> str:
    """What the sum would be with the greatest of the counts that differ; nothing where none do."""
    if not own.apart or own.most is None:
        return ""
    return say(language, "claims_sum_most", rows=own.apart, most=amount_of(own.most, own.measure, language))
