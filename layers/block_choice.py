"""What a reader asks of the Blocks screen: where the blocks come from and by which rule an area covers them."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import Literal, get_args

from geo.block_cover import Rule
from geo.blocks import format_codes, parse

Kind = Literal["", "codes", "kept", "ring", "feature", "layer"]
NOWHERE, CODES, KEPT, RING, FEATURE, LAYER = get_args(Kind)
LONGEST_IN_LINK = 1500
"""Characters of a list of codes in an address: browsers and mail programs cut what is much longer."""
LICENCE_YEARS = (1, 6)  # of an exploration licence: the law read gives amounts for these
MOST_TENGE = 1_000_000  # of the monthly calculation index
LEAST_SHARE, MOST_SHARE = 0, 99  # percent
MOST_KEPT_LISTS, MOST_KEPT_CHARACTERS = 64, 20_000_000


@dataclass(frozen=True)
class BlockSource:
    """Where a set of blocks comes from.

    CODES: ``text`` is a list of codes as `geo.blocks.format_codes` writes it; KEPT: it is the name under which `keep`
    holds a list that is too long for an address; RING: ``ring`` are the (lon, lat) vertices of a drawn shape in WGS 84
    degrees, open; FEATURE: ``layer`` and ``id`` name one feature, or a bare position; LAYER: ``layer`` names all areas
    of one.
    """

    kind: Kind = ""
    text: str = ""
    ring: tuple[tuple[float, float], ...] = ()
    layer: str = ""
    id: str = ""


@dataclass(frozen=True)
class CoverRule:
    """By which rule an area covers blocks: see `geo.block_cover.cover`; the share is in whole percents of a block."""

    rule: Rule = "any"
    percent: int = 0


NO_SOURCE, FIRST_RULE = BlockSource(), CoverRule()

_kept: OrderedDict[str, str] = OrderedDict()
_lock = Lock()


def source_of_codes(text: str) -> BlockSource:
    """The source that a list of codes is, in whatever spelling; one too long for an address is kept here.

    BlockCodeError where the text is not understood; NO_SOURCE where it names no block.
    """
    codes = format_codes(parse(text))
    if not codes:
        return NO_SOURCE
    return BlockSource(CODES, codes) if len(codes) <= LONGEST_IN_LINK else BlockSource(KEPT, keep(codes))


def codes_of_source(source: BlockSource) -> str | None:
    """The list of codes behind a source of CODES or KEPT; None where it is kept no more."""
    if source.kind == CODES:
        return source.text
    with _lock:
        if source.text in _kept:
            _kept.move_to_end(source.text)
        return _kept.get(source.text)


def keep(codes: str) -> str:
    """Keep a list of codes under a name made of its content; those asked for longest ago make room."""
    name = hashlib.blake2b(codes.encode(), digest_size=16).hexdigest()
    with _lock:
        _kept[name] = codes
        _kept.move_to_end(name)
        while len(_kept) > 1 and (len(_kept) > MOST_KEPT_LISTS or sum(map(len, _kept.values())) > MOST_KEPT_CHARACTERS):
            _kept.popitem(last=False)
    return name


def rule_text(cover: CoverRule) -> str:
    """A rule as an address writes it: ``whole``, ``centre`` or ``any`` with its share in percents."""
    return f"{cover.rule}:{cover.percent}" if cover.percent else cover.rule


def rule_of_text(text: str) -> CoverRule:
    """The rule that an address writes; ValueError for what is none."""
    rule, colon, percent = text.partition(":")
    share = int(percent) if colon else 0
    known: dict[str, Rule] = {one: one for one in get_args(Rule)}
    if rule not in known or not LEAST_SHARE <= share <= MOST_SHARE or (colon and rule != "any"):
        raise ValueError(text)
    return CoverRule(known[rule], share)
