/**
 * Sketching: points set on the map by pointer, touch or keyboard, for the tools that measure and outline.
 *
 * Click adds a point, a double click or Enter ends, Backspace takes the last point back, Escape cancels. With the
 * keyboard the arrow keys move the map below a cross-hair, Enter adds the point under it, and Enter on the same spot ends.
 */
(function () {
  'use strict';

  const Atlas = (window.Atlas = window.Atlas || {});
  const SAME_SPOT = 5; // px
  const DOUBLE_MS = 500;
  const SAME_TAP_MS = 40;
  const DRAGGED = 8; // px
  const LAST_CLICK_MS = 400; // the click that ends a drag may come after the sketch is done

  const state = {
    tool: null,
    points: [],
    hover: null,
    keyboard: false,
    added: 0,
    repeated: false,
    press: null,
    aim: null,
    left: 0,
  };

  /**
   * Begin; another sketch that is under way is cancelled.
   * @param {{mode: string, most?: number, drag?: boolean, change: function(L.LatLng[], ?L.LatLng),
   *          done: function(L.LatLng[]), cancelled: function()}} tool  drag: two corners may be set by one drag
   */
  function begin(tool) {
    cancel();
    const { map } = Atlas.panes;
    Object.assign(state, { tool, points: [], hover: null, keyboard: false, press: null });
    map.doubleClickZoom.disable();
    if (tool.drag) map.dragging.disable();
    map.on(EVENTS);
    const box = map.getContainer();
    box.classList.add('atlas-sketching');
    box.addEventListener('keydown', onKey, true);
    box.focus({ preventScroll: true });
    Atlas.hint.hide();
    changed();
  }

  /** Leave the mode without a result. */
  function cancel() {
    const { tool } = state;
    if (!tool) return;
    leave();
    tool.cancelled();
  }

  /** End with what has been set. */
  function finish() {
    const { tool, points } = state;
    leave();
    tool.done(points);
  }

  function leave() {
    const { map } = Atlas.panes;
    Object.assign(state, { tool: null, left: Date.now() });
    map.off(EVENTS);
    map.doubleClickZoom.enable();
    map.dragging.enable();
    map.getContainer().classList.remove('atlas-sketching');
    map.getContainer().removeEventListener('keydown', onKey, true);
    if (state.aim) state.aim.remove();
    state.aim = null;
  }

  function undo() {
    state.points = state.points.slice(0, -1);
    changed();
  }

  function changed() {
    state.tool.change(state.points, state.hover);
  }

  function add(latlng) {
    state.points = [...state.points, latlng];
    state.added = Date.now();
    if (state.points.length >= (state.tool.most || Infinity)) return finish();
    changed();
  }

  const pixels = (latlng) => Atlas.panes.map.latLngToContainerPoint(latlng);
  const isLast = (latlng) =>
    state.points.length > 0 && pixels(state.points[state.points.length - 1]).distanceTo(pixels(latlng)) < SAME_SPOT;

  const EVENTS = {
    click({ latlng }) {
      showAim(false);
      state.repeated = isLast(latlng) && Date.now() - state.added < DOUBLE_MS;
      if (!state.repeated) add(latlng);
    },
    dblclick({ latlng }) {
      // Leaflet also takes a tap soon after one on a button for the second of two: that one has just set its point.
      const second = state.repeated || Date.now() - state.added > SAME_TAP_MS;
      if (second && isLast(latlng)) finish();
    },
    mousemove({ latlng, originalEvent }) {
      if (state.keyboard && !originalEvent.movementX && !originalEvent.movementY) return;
      showAim(false);
      hover(latlng);
    },
    move() {
      if (state.keyboard) hover(Atlas.panes.map.getCenter());
    },
    mousedown({ latlng }) {
      state.press = state.tool.drag && !state.points.length ? latlng : null;
    },
    mouseup({ latlng }) {
      const { press } = state;
      state.press = null;
      if (!press || pixels(press).distanceTo(pixels(latlng)) < DRAGGED) return;
      state.points = [press];
      add(latlng);
    },
  };

  function hover(latlng) {
    state.hover = latlng;
    const points = state.press ? [state.press] : state.points;
    state.tool.change(points, latlng);
  }

  function onKey(event) {
    if (event.key === 'Escape') cancel();
    else if (/^(BUTTON|SELECT|INPUT)$/.test(event.target.tagName)) return;
    else if (event.key === 'Enter') enter();
    else if (event.key === 'Backspace') undo();
    else {
      if (/^Arrow/.test(event.key)) showAim(true);
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  function enter() {
    const centre = Atlas.panes.map.getCenter();
    if (!state.keyboard && state.points.length) return finish();
    showAim(true);
    if (isLast(centre)) finish();
    else add(centre);
  }

  /** The cross-hair in the middle of the map, as long as the keyboard is used. */
  function showAim(on) {
    state.keyboard = on;
    if (!on && state.aim) state.aim.remove();
    if (on && state.tool) {
      state.aim = state.aim || L.DomUtil.create('div', 'atlas-aim');
      Atlas.panes.map.getContainer().append(state.aim);
      return;
    }
    state.aim = null;
  }

  const mode = () => (state.tool ? state.tool.mode : null);

  /** Whether a click belongs to a sketch: one that is under way, or has just ended. */
  const busy = () => Boolean(state.tool) || Date.now() - state.left < LAST_CLICK_MS;

  Atlas.sketch = { begin, busy, cancel, finish, mode, undo };
})();
