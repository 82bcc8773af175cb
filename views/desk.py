"""The left column of the Blocks screen: where the blocks come from, by which rule, and what is shown of them."""

from __future__ import annotations

import streamlit as st

from layers.block_choice import (
    CODES,
    FEATURE,
    KEPT,
    LAYER,
    LICENCE_YEARS,
    MOST_SHARE,
    MOST_TENGE,
    NO_SOURCE,
    codes_of_source,
)
from layers.block_desk import BlockSet, area_count, has_blocks
from layers.block_words import EXAMPLE, RULES, fault_of_codes
from layers.errors import SHOWN
from layers.legend import called, is_readable
from layers.names import names_by_id
from layers.spec import catalogue, layer_spec
from layers.text import alphabetical, markdown, number, pick, say
from layers.view import View
from views import upload
from views.actions import run

CODES_KEY, LAYER_KEY, FOR_KEY, OWN_KEY = "desk_codes", "desk_layer", "desk_for", "desk_own"
RULE_KEY, SHARE_KEY, SOUTH_KEY, YEAR_KEY, INDEX_KEY = "desk_rule", "desk_share", "desk_south", "desk_year", "desk_index"
WHOLE = ""  # of the features: all areas of the layer
MOST_LISTED = 2000  # features in a menu
CODES_HEIGHT = 104


def show(view: View, found: BlockSet | None) -> None:
    """The whole column."""
    language = view.language
    _follow(view)
    st.markdown(f"## {markdown(say(language, 'blocks_title'))}")
    st.caption(markdown(say(language, "blocks_intro")))
    _codes(view, found)
    _layer(view)
    _selected(view)
    st.caption(markdown(say(language, "blocks_draw_hint", tool=say(language, "blocks_draw"))))
    with st.container(key="upload_slot"):
        upload.show(view, "own_blocks")
    if view.blocks.kind:
        st.button(say(language, "blocks_clear"), key="desk_clear", on_click=lambda: run({"do": "blocks", "kind": ""}))
    _rule(view, found)
    _shown(view)
    _layers(view)


def _follow(view: View) -> None:
    """Fields show the source of the view when something else has changed it, and keep what is typed until then.

    They do so as new fields: an event that the browser sent before it knew would bring an old value back into the same
    one, which would then look like the reader's choice.
    """
    state = st.session_state
    if state.get(FOR_KEY) != view.blocks:
        own = state.get(OWN_KEY)
        for field in (CODES_KEY, LAYER_KEY):
            if field != own:
                state[f"{field}_turn"] = state.get(f"{field}_turn", 0) + 1
    state[FOR_KEY], state[OWN_KEY] = view.blocks, ""


def _key(field: str) -> str:
    """The key of a field as it stands now."""
    return f"{field}_{st.session_state.get(f'{field}_turn', 0)}"


def _take(field: str, key: str, act: dict[str, str]) -> None:
    """A field asks for another source, which it then shows already; one that is shown no more has nothing to say.

    Streamlit also calls back for a field that is gone, when the browser has not heard of that.
    """
    if key == _key(field):
        st.session_state[OWN_KEY] = field
        run({"do": "blocks", **act})


def _codes(view: View, found: BlockSet | None) -> None:
    language, state, key = view.language, st.session_state, _key(CODES_KEY)

    def take() -> None:
        _take(CODES_KEY, key, {"kind": CODES, "text": state[key]})

    if key not in state:
        state[key] = (codes_of_source(view.blocks) or "") if view.blocks.kind in (CODES, KEPT) else ""
    label, shown = say(language, "blocks_codes"), say(language, "blocks_codes_show")
    text = st.text_area(label, key=key, height=CODES_HEIGHT, on_change=take, placeholder=EXAMPLE)
    st.button(shown, key="desk_take", on_click=take)
    if wrong := fault_of_codes(text, language):
        st.error(markdown(wrong))
    elif found is not None and view.blocks.kind in (CODES, KEPT):
        st.caption(markdown(say(language, "blocks_understood", count=number(len(found.blocks), language))))
    if view.blocks.kind == KEPT:
        st.info(markdown(say(language, "blocks_too_long")))


def _choices() -> list[str]:
    """The layers of the legend whose features have places; a visitor's own are among them."""
    return [
        spec.id
        for spec in catalogue().values()
        if spec.legend and ((spec.geometry and spec.geometry.type != "none") or spec.operation == "filter")
    ]


def _layer(view: View) -> None:
    language, state, key = view.language, st.session_state, _key(LAYER_KEY)

    def take() -> None:
        chosen = state[key]
        if chosen and is_readable(chosen) and area_count(chosen):
            _take(LAYER_KEY, key, {"kind": LAYER, "layer": chosen})

    if key not in state:
        state[key] = view.blocks.layer if view.blocks.layer in _choices() else WHOLE
    none = say(language, "blocks_layer_none")
    chosen = st.selectbox(
        say(language, "blocks_layer"),
        [WHOLE, *_choices()],
        key=key,
        format_func=lambda one: pick(layer_spec(one).title, language) if one else none,
        on_change=take,
    )
    if not chosen:
        return
    try:
        _feature(view, chosen)
    except SHOWN as error:
        title = pick(layer_spec(chosen).title, language)
        st.error(markdown(say(language, "blocks_broken_layer", layer=title, reason=error)))


def _feature(view: View, layer_id: str) -> None:
    """One feature of the chosen layer, or all its areas."""
    language, state = view.language, st.session_state
    named = names_by_id(layer_id)
    listed = sorted([*named][:MOST_LISTED], key=lambda one: alphabetical(pick(named[one], language) or one))
    here = view.blocks if view.blocks.layer == layer_id else NO_SOURCE
    whole = [WHOLE] if area_count(layer_id) else []
    options = [*whole, *([here.id] if here.id and here.id not in listed else []), *listed]
    turn = _key(LAYER_KEY)
    key = f"{turn}_{layer_id}"
    if key not in state:
        state[key] = here.id if here.kind == FEATURE and here.id in options else WHOLE if whole else None

    def take() -> None:
        chosen = state[key]
        if chosen is not None:
            _take(LAYER_KEY, turn, {"kind": FEATURE if chosen else LAYER, "layer": layer_id, "id": chosen})

    st.selectbox(
        say(language, "blocks_feature"),
        options,
        key=key,
        index=0 if whole else None,
        placeholder="…",
        format_func=lambda one: (
            (pick(named.get(one, {}), language) or one) if one else say(language, "blocks_feature_all")
        ),
        on_change=take,
    )
    if len(named) > MOST_LISTED:
        st.caption(markdown(say(language, "blocks_menu_cut", most=number(MOST_LISTED, language))))


def _selected(view: View) -> None:
    """What was clicked on the map can be the source."""
    chosen = view.selected
    if chosen is None:
        return
    try:
        name = called(chosen, view.language) if has_blocks(chosen) else ""
    except SHOWN:
        return
    if name and (view.blocks.layer, view.blocks.id) != (chosen.layer, chosen.id):
        act = {"do": "blocks", "kind": FEATURE, "layer": chosen.layer, "id": chosen.id}
        words = markdown(say(view.language, "blocks_of_selected", name=name))
        st.button(words, key="desk_selected", on_click=lambda: run(act))


def _rule(view: View, found: BlockSet | None) -> None:
    language, state = view.language, st.session_state
    off = found is not None and not found.ruled
    state[RULE_KEY], state[SHARE_KEY] = view.cover.rule, view.cover.percent

    def take() -> None:
        share = f":{state[SHARE_KEY]}" if state[RULE_KEY] == "any" and state.get(SHARE_KEY) else ""
        run({"do": "cover", "rule": f"{state[RULE_KEY]}{share}"})

    words = {rule: say(language, key) for rule, key in RULES.items()}
    st.radio(
        say(language, "blocks_rule"),
        list(words),
        key=RULE_KEY,
        format_func=words.__getitem__,
        on_change=take,
        disabled=off,
    )
    if view.cover.rule == "any":
        st.slider(say(language, "blocks_share"), 0, MOST_SHARE, key=SHARE_KEY, on_change=take, disabled=off)
    if off:
        st.caption(markdown(say(language, "blocks_rule_off")))


def _shown(view: View) -> None:
    """The other reading, the year of the licence, the index."""
    language, state = view.language, st.session_state
    state[SOUTH_KEY], state[YEAR_KEY], state[INDEX_KEY] = (
        view.counted_south,
        view.licence_year,
        view.index_tenge or None,
    )
    st.toggle(
        say(language, "blocks_south"), key=SOUTH_KEY, on_change=lambda: run({"do": "south", "on": state[SOUTH_KEY]})
    )
    st.segmented_control(
        say(language, "blocks_year"),
        list(range(LICENCE_YEARS[0], LICENCE_YEARS[1] + 1)),
        key=YEAR_KEY,
        required=True,
        on_change=lambda: run({"do": "year", "year": state[YEAR_KEY]}),
    )
    st.number_input(
        say(language, "blocks_index"),
        1,
        MOST_TENGE,
        value=None,
        step=1,
        key=INDEX_KEY,
        on_change=lambda: run({"do": "index", "tenge": state[INDEX_KEY]}),
    )
    st.caption(markdown(say(language, "blocks_index_hint")))


def _layers(view: View) -> None:
    """Which layers the map shows beside the blocks."""
    with st.expander(say(view.language, "blocks_layers")):
        for spec in catalogue().values():
            if spec.legend:
                key = f"desk_show_{spec.id}"
                st.session_state[key] = spec.id in view.visible
                st.checkbox(
                    markdown(pick(spec.title, view.language)),
                    key=key,
                    on_change=lambda layer_id=spec.id: run({"do": "toggle", "id": layer_id}),
                )
