/**
 * Swipe: a divider, left of which one layer or background shows and right of which another; all else shows everywhere.
 *
 * Nothing is drawn twice: the panes of the chosen layers are clipped.
 */
(function () {
  'use strict';

  const Atlas = (window.Atlas = window.Atlas || {});
  const QUIET = 'quiet';
  const BACKGROUNDS = new Set([QUIET, 'street', 'satellite']);
  const SIDES = ['left', 'right'];
  const BEYOND = 20000; // px: a clipped side runs on above, below and outwards
  const STEP = 2; // percent
  const LONG_STEP = 10;
  const MIDDLE = 50;

  const state = { map: null, group: null, chosen: null, choices: [], at: MIDDLE, divider: null, handle: null, clipped: false };

  function open(map) {
    state.map = map;
    map.on('move zoom viewreset resize zoomend', clipAll);
  }

  /**
   * Set the swipe as long as the group is on the map; without both sides it is off and the choices are only remembered.
   * @param {L.FeatureGroup} group
   * @param {{left: ?string, right: ?string, choices?: Array<{id: string, title: string}>}} o  ids of layers or
   *   backgrounds
   */
  Atlas.swipe = function (group, { left = null, right = null, choices = [] }) {
    const on = () => {
      state.group = group;
      if (choices.length) state.choices = choices;
      set(left || right ? { left, right } : null);
    };
    // The page makes its groups anew at every change: only when no other follows is the swipe over.
    Atlas.follow(group, on, () => queueMicrotask(() => state.group === group && set(null)));
  };

  /** The button: on with the two top-most choices, or off; the page is told. */
  function toggle() {
    if (state.chosen) return tell(null, null);
    const [first, second] = choicesNow().map(({ id }) => id);
    if (first) tell(first, second || QUIET);
  }

  function tell(left, right) {
    set(left || right ? { left, right } : null);
    Atlas.tell({ do: 'swipe', left, right });
  }

  /** What the page offers, else the layers that are drawn. */
  function choicesNow() {
    if (state.choices.length) return state.choices;
    const drawn = [...Atlas.stage.drawings.values()].map(({ o }) => o).filter((o) => o.title && !o.layer);
    return drawn.reverse().map(({ id, title }) => ({ id, title }));
  }

  function set(chosen) {
    const was = Boolean(state.chosen);
    state.chosen = chosen;
    Atlas.controls.press('swipe', Boolean(chosen));
    if (chosen && !was) show();
    if (!chosen && was) hide();
    if (chosen && was) Atlas.panel.refresh('swipe');
    clipAll();
  }

  function show() {
    state.divider = L.DomUtil.create('div', 'atlas-divider', state.map.getContainer());
    state.handle = L.DomUtil.create('div', 'atlas-divider-handle', state.divider);
    const { handle } = state;
    Object.assign(handle, { tabIndex: 0 });
    const limits = { role: 'slider', 'aria-orientation': 'horizontal', 'aria-valuemin': 0, 'aria-valuemax': 100 };
    for (const [name, value] of Object.entries(limits)) handle.setAttribute(name, value);
    L.DomEvent.disableClickPropagation(state.divider);
    handle.addEventListener('pointerdown', grab);
    handle.addEventListener('keydown', step);
    Atlas.panel.show('swipe', describe);
    move(state.at);
  }

  function hide() {
    state.divider.remove();
    state.divider = null;
    Atlas.panel.hide('swipe');
  }

  function grab(event) {
    const { handle } = state;
    handle.setPointerCapture(event.pointerId);
    const drag = ({ clientX }) => {
      const { left, width } = state.map.getContainer().getBoundingClientRect();
      move((100 * (clientX - left)) / width);
    };
    const drop = () => handle.removeEventListener('pointermove', drag);
    handle.addEventListener('pointermove', drag);
    handle.addEventListener('pointerup', drop, { once: true });
    handle.addEventListener('pointercancel', drop, { once: true });
  }

  function step(event) {
    const by = event.shiftKey ? LONG_STEP : STEP;
    const moves = {
      ArrowLeft: state.at - by,
      ArrowDown: state.at - by,
      ArrowRight: state.at + by,
      ArrowUp: state.at + by,
      PageDown: state.at - LONG_STEP,
      PageUp: state.at + LONG_STEP,
      Home: 0,
      End: 100,
    };
    if (!(event.key in moves)) return;
    event.preventDefault();
    event.stopPropagation();
    move(moves[event.key]);
  }

  function move(percent) {
    state.at = Math.min(100, Math.max(0, percent));
    state.divider.style.left = `${state.at}%`;
    state.handle.setAttribute('aria-valuenow', String(Math.round(state.at)));
    state.handle.setAttribute('aria-valuetext', `${Math.round(state.at)} %`);
    state.handle.setAttribute('aria-label', Atlas.controls.words.swipe_divider);
    clipAll();
  }

  /** Sides on which a layer or background is to be seen. A side that names a background hides every other there. */
  function sidesOf(id, isTiles) {
    const { chosen } = state;
    if (!chosen) return SIDES;
    if (SIDES.some((side) => chosen[side] === id)) return SIDES.filter((side) => chosen[side] === id);
    return isTiles ? SIDES.filter((side) => !BACKGROUNDS.has(chosen[side])) : SIDES;
  }

  /** Whether a layer is to be seen at a container's x. */
  function shows(id, x) {
    const middle = (state.map.getSize().x * state.at) / 100;
    return sidesOf(id, false).includes(x <= middle ? 'left' : 'right');
  }

  function clipAll() {
    if (!state.map || !state.map._loaded) return;
    for (const entry of Atlas.panes.entries.values()) clip(entry);
    if (state.chosen || state.clipped) Atlas.markers.rove();
    state.clipped = Boolean(state.chosen);
  }

  /** Clip one pane to its sides; its own coordinates begin at the map pane's corner. */
  function clip({ node, layer, kind }) {
    const sides = sidesOf(layer, kind === 'tiles');
    if (sides.length === 2 || !state.map._loaded) {
      node.style.clipPath = '';
      return;
    }
    const middle = state.map.containerPointToLayerPoint([(state.map.getSize().x * state.at) / 100, 0]).x;
    const [from, to] = sides[0] === 'left' ? [-BEYOND, middle] : [middle, BEYOND];
    const box = sides.length ? [from, to] : [0, 0];
    const corner = (x, y) => `${x}px ${y}px`;
    const path = [corner(box[0], -BEYOND), corner(box[1], -BEYOND), corner(box[1], BEYOND), corner(box[0], BEYOND)];
    node.style.clipPath = `polygon(${path.join(', ')})`;
  }

  function describe() {
    const { words } = Atlas.controls;
    const choices = SIDES.map((side) => ({
      name: side,
      text: words[`swipe_${side}`],
      options: choicesNow(),
      value: state.chosen[side],
      act: (id) => {
        const { left, right } = { ...state.chosen, [side]: id };
        tell(left, right);
      },
    }));
    const close = { name: 'close', text: words.close, act: () => tell(null, null) };
    if (state.handle) state.handle.setAttribute('aria-label', words.swipe_divider);
    return { title: words.swipe, choices, buttons: [close], compact: true };
  }

  const swipeState = () => (state.chosen ? { ...state.chosen, at: state.at } : null);

  Atlas.swiper = { clip, open, shows, state: swipeState, toggle };
})();
