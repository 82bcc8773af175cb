"""The Blocks screen in words: what was understood, what is inferred, what a set touches and what was refused."""

from __future__ import annotations

from math import isnan

from geo.blocks import parse
from geo.errors import BlockCodeError
from layers.block_choice import CODES, FEATURE, KEPT, LAYER, RING, BlockSource
from layers.block_desk import BlockSet
from layers.block_touch import Touch
from layers.legend import called
from layers.names import names_by_id
from layers.reach import POSSIBLY, YES
from layers.relate import layer
from layers.related import Relation
from layers.spec import LANGUAGES, Words, layer_spec
from layers.text import distance, number, pick, say
from layers.view import PLACE, Selection, View

SHORT, EXAMPLE = "M-42-85-(10е-5в-2)", "M-42-85-(10е-5в-2,3,4)"
RULES = {"any": "blocks_rule_any", "whole": "blocks_rule_whole", "centre": "blocks_rule_centre"}
PARTS = {  # of a code, as geo.errors.BlockCodeError names them, with the sentence that says what may stand there
    "sheet row": "blocks_bad_row",
    "sheet column": "blocks_bad_zone",
    "sheet number": "blocks_bad_sheet",
    "ten-minute part": "blocks_bad_ten",
    "five-minute quarter": "blocks_bad_five",
    "block number": "blocks_bad_number",
    "sheet": "blocks_bad_start",
    "size of a part": "blocks_bad_size",
}
LONGEST_VALUE = 40  # characters of a wrong value that a sentence repeats
NAMED_PARTS = 8  # of a set that is not connected


def fault_of_codes(text: str, language: str) -> str:
    """Why a text is no list of codes, with what would be understood; nothing where it is one."""
    try:
        parse(text)
    except BlockCodeError as error:
        hint = say(language, "blocks_accepted", example=EXAMPLE, short=SHORT)
        value = str(error.value)[:LONGEST_VALUE]
        key = PARTS.get(error.part)
        told = say(language, key, code=error.code, value=value) if key else ""
        return f"{told or say(language, 'blocks_bad_spelling', code=error.code)} {hint}"
    return ""


def source_name(source: BlockSource, language: str) -> str:
    """Where the set comes from."""
    if source.kind in (CODES, KEPT):
        return say(language, "blocks_from_codes")
    if source.kind == RING:
        return say(language, "blocks_from_ring")
    if source.kind == LAYER:
        return say(language, "blocks_from_layer", layer=pick(layer_spec(source.layer).title, language))
    if source.kind == FEATURE and source.layer == PLACE:
        return say(language, "blocks_from_place", place=source.id)
    return called(Selection(source.layer, source.id), language) or source.id


def rule_in_words(view: View, language: str) -> str:
    """Which blocks of an area count."""
    if view.cover.percent:
        return say(language, "blocks_rule_share", percent=view.cover.percent)
    return say(language, RULES[view.cover.rule])


def level_note(found: BlockSet, language: str) -> str:
    """That the last level of the numbering is inferred, and what would change."""
    if found.given == "places":
        return say(language, "blocks_note_places")
    if not found.doubt_km:
        return say(language, "blocks_note_whole")
    return say(language, "blocks_note_codes", km=number(found.doubt_km, language, 1))


def caution(found: BlockSet) -> Words:
    """What a file says of itself: the inferred level, and the datum of the grid that is not published."""
    return {one: f"{level_note(found, one)} {say(one, 'blocks_note_datum')}" for one in LANGUAGES}


def file_title(view: View) -> Words:
    """The title of a file, with the source."""
    return {one: say(one, "blocks_file_title", source=source_name(view.blocks, one)) for one in LANGUAGES}


def contiguity(part_sizes: tuple[int, ...], language: str) -> str:
    """Whether blocks are one area connected by shared sides, else how large its parts are."""
    sizes = [number(size, language) for size in part_sizes]
    if len(sizes) == 1:
        return say(language, "blocks_one_part")
    more = ", …" if len(sizes) > NAMED_PARTS else ""
    return say(
        language, "blocks_parts", count=number(len(sizes), language), sizes=", ".join(sizes[:NAMED_PARTS]) + more
    )


def relation(one: Touch, language: str) -> Relation:
    """A touched feature as a list shows it: how it touches, on what that rests, and whether it is only possible."""
    name = pick(names_by_id(one.layer).get(one.id, {}), language) or one.id
    doubt = say(language, "blocks_possibly") if one.within == POSSIBLY else ""
    reach, why = _of_licence(one, language) if one.shared is not None else _of_place(one, language)
    return Relation(one.layer, one.id, name, reach, "computed", why, doubt, one.low_km)


def _of_licence(one: Touch, language: str) -> tuple[str, str]:
    why = say(language, "blocks_by_code" if one.within == YES else "blocks_by_reading")
    if one.shared:
        return say(language, "blocks_shared", count=number(one.shared, language)), why
    return (say(language, "blocks_adjoins") if one.within == YES else ""), why


def _of_place(one: Touch, language: str) -> tuple[str, str]:
    if one.within == YES:
        return say(language, "blocks_touches"), ""
    if not isnan(one.high_km):
        return say(language, "kilometres", distance=distance(one.low_km, one.high_km, language)), ""
    row = layer(one.layer).row(one.id)
    placed = row is not None and row["geometry"] is not None
    return "", say(language, "blocks_no_accuracy" if placed else "blocks_at_town")
