"""The left column of the Screening screen: what for, of which candidates, what they must have, what weighs how much."""

from __future__ import annotations

from functools import partial

import streamlit as st

from layers.block_layer import BLOCKS
from layers.screening.candidates import COMMODITIES, sources_of_candidates
from layers.screening.choice import (
    ACCURACY,
    COMMODITY,
    GAS,
    MOST_SEED,
    MOST_WEIGHT,
    PLANT,
    STATUS,
    TOWN,
    Need,
    need_of,
    need_text,
    needs_of_text,
)
from layers.screening.desk import source_of, states_of, weights_of
from layers.screening.profiles import book, profile
from layers.screening.words import code_in_words, need_in_words
from layers.spec import layer_spec
from layers.text import markdown, pick, say
from layers.view import View
from layers.vocabulary import vocabulary
from views.actions import run
from views.fields import field

NEAR_KM = {GAS: (10, 25, 50, 100, 200), PLANT: (10, 25, 50, 100), ACCURACY: (1, 5, 10)}
TOWNS = tuple(need_of(TOWN, km, people) for people in (50_000, 100_000) for km in (25, 50, 100))
ANY = ""
WEIGHT_STEP = 5


def show(view: View) -> None:
    """The whole column."""
    language = view.language
    st.markdown(f"## {markdown(say(language, 'screening_title'))}")
    st.caption(markdown(say(language, "screening_intro")))
    _profile(view)
    _filters(view)
    _weights(view)


def _profile(view: View) -> None:
    language, chosen = view.language, profile(view.screening.profile)
    titles = {one.id: pick(one.title, language) for one in book().profiles.values()}
    _select(say(language, "screening_profile"), titles, "screen_profile", chosen.id, "s_profile")
    st.caption(markdown(pick(chosen.about, language)))
    layers = {one: pick(layer_spec(one).title, language) for one in sources_of_candidates()}
    layers[BLOCKS] = say(language, "blocks_title")
    _select(say(language, "screening_from"), layers, "screen_from", source_of(view.screening), "s_from")


def _select(label: str, titles: dict[str, str], key: str, chosen: str, do: str) -> None:
    """One of a few; choosing is an action of that name."""
    asks = field(key, chosen, lambda one: run({"do": do, "id": one}))
    st.selectbox(label, list(titles), format_func=titles.__getitem__, **asks)


def _filters(view: View) -> None:
    language, asked = view.language, {one.kind: one for one in view.screening.needs}
    st.markdown(f"### {markdown(say(language, 'screening_filters'))}")
    for kind, label in ((GAS, "screening_need_gas"), (TOWN, "screening_need_town"), (PLANT, "screening_need_plant")):
        _distance(say(language, label), kind, asked.get(kind), language)
    states = {code: code_in_words(STATUS, code, language) for code in states_of(source_of(view.screening))}
    if states:
        _codes(say(language, "screening_need_status"), STATUS, states, asked.get(STATUS), language)
    known = {code: code_in_words(COMMODITY, code, language) for code in vocabulary(COMMODITIES)}
    _codes(say(language, "screening_need_commodity"), COMMODITY, known, asked.get(COMMODITY), language)
    _distance(say(language, "screening_need_accuracy"), ACCURACY, asked.get(ACCURACY), language)
    asks = field("screen_sure", view.sure, lambda on: run({"do": "sure", "on": on}))
    st.checkbox(say(language, "screening_sure"), **asks)
    if view.screening.needs:
        st.button(say(language, "screening_clear"), key="screen_clear", on_click=lambda: run({"do": "s_needs"}))


def _distance(label: str, kind: str, asked: Need | None, language: str) -> None:
    """Within so many kilometres, or not asked for; a figure of the address stands among the usual ones."""
    offered = TOWNS if kind == TOWN else tuple(need_of(kind, km) for km in NEAR_KM[kind])
    every = offered if asked is None or asked in offered else (*offered, asked)
    titles = {ANY: say(language, "screening_any")} | {need_text(one): need_in_words(one, language) for one in every}

    def take(chosen: str) -> None:
        (need,) = needs_of_text(chosen) if chosen else (None,)
        run({"do": "s_need", "kind": kind, "km": need and need.km, "people": need and need.people})

    asks = field(f"screen_{kind}", need_text(asked) if asked else ANY, take)
    st.selectbox(label, list(titles), format_func=titles.__getitem__, **asks)


def _codes(label: str, kind: str, titles: dict[str, str], asked: Need | None, language: str) -> None:
    chosen = [code for code in asked.codes if code in titles] if asked else []
    asks = field(f"screen_{kind}", chosen, lambda codes: run({"do": "s_need", "kind": kind, "codes": codes}))
    hint = say(language, "screening_choose")
    st.multiselect(label, list(titles), format_func=titles.__getitem__, placeholder=hint, select_all=False, **asks)


def _weights(view: View) -> None:
    """A slider for each criterion; zero takes it out."""
    language, chosen = view.language, profile(view.screening.profile)
    st.markdown(f"### {markdown(say(language, 'screening_weights'))}")
    st.caption(markdown(pick(book().judgement, language)))
    for part, weight in zip(chosen.parts, weights_of(view.screening), strict=True):
        step = WEIGHT_STEP if int(weight) % WEIGHT_STEP == 0 else 1
        asks = field(f"screen_weight_{part.criterion}", int(weight), partial(_take_weight, part.criterion))
        st.slider(pick(book().criteria[part.criterion].title, language), 0, MOST_WEIGHT, step=step, **asks)
    if view.screening.weights:
        st.button(say(language, "screening_weights_reset"), key="screen_own", on_click=lambda: run({"do": "s_weights"}))
    _seed(view)


def _take_weight(criterion: str, weight: int) -> None:
    run({"do": "s_weight", "criterion": criterion, "weight": weight})


def _seed(view: View) -> None:
    asks = field("screen_seed", view.screening.seed, lambda seed: run({"do": "s_seed", "seed": seed}))
    st.number_input(say(view.language, "screening_seed"), 0, MOST_SEED, **asks)
