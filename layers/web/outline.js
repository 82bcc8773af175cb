/** Drawing the shape of the spatial filter: a rectangle or a polygon, reported to the page when it is closed. */
(function () {
  'use strict';

  const Atlas = (window.Atlas = window.Atlas || {});
  const PANE = Object.freeze({ id: 'outline' });
  const MOST_VERTICES = 60;
  const DECIMALS = 4;

  const state = { on: false, kind: 'rectangle', layer: null, count: 0, turning: false };

  function toggle() {
    if (state.on) return close();
    state.on = true;
    state.layer = L.layerGroup().addTo(Atlas.panes.map);
    Atlas.controls.press('shape', true);
    begin(state.kind);
    Atlas.panel.show('shape', describe);
  }

  function begin(kind) {
    state.kind = kind;
    const rectangle = kind === 'rectangle';
    const tool = { mode: kind, most: rectangle ? 2 : MOST_VERTICES, drag: rectangle, change: draw, done, cancelled };
    Atlas.sketch.begin(tool);
  }

  /** The reader turns to the other kind: the sketch begins anew, the box stays. */
  function turn(kind) {
    state.turning = true;
    begin(kind);
    state.turning = false;
    Atlas.panel.refresh('shape');
  }

  function cancelled() {
    if (!state.turning) close();
  }

  function close() {
    if (!state.on) return;
    state.on = false;
    if (Atlas.sketch.mode() === state.kind) Atlas.sketch.cancel();
    state.layer.remove();
    Atlas.panel.hide('shape');
    Atlas.controls.press('shape', false);
  }

  /** Corners of what has been set, as [lat, lng]. */
  function corners(points) {
    if (state.kind === 'polygon' || points.length < 2) return points.map(({ lat, lng }) => [lat, lng]);
    const box = L.latLngBounds(points);
    const [south, west, north, east] = [box.getSouth(), box.getWest(), box.getNorth(), box.getEast()];
    return [
      [south, west],
      [north, west],
      [north, east],
      [south, east],
    ];
  }

  function draw(points, hover) {
    state.layer.clearLayers();
    const ring = corners(hover ? [...points, hover] : points);
    const style = { ...Atlas.chosen.STYLE, ...Atlas.panes.on(PANE, 'sketch'), interactive: false };
    if (points.length) state.layer.addLayer(L.polygon(ring, style));
    for (const at of points)
      state.layer.addLayer(L.circleMarker(at, { ...style, radius: 3, dashArray: null, fillOpacity: 1 }));
    if (points.length === state.count) return;
    state.count = points.length;
    Atlas.panel.refresh('shape');
  }

  function done(points) {
    const rounded = corners(points).map((at) => at.map((degrees) => Number(degrees.toFixed(DECIMALS))));
    const ring = rounded.map(([lat, lng]) => [lng, lat]);
    const distinct = new Set(ring.map(String)).size;
    close();
    if (distinct >= 3) Atlas.tell({ do: 'shape', ring });
  }

  function describe() {
    const { words } = Atlas.controls;
    const kinds = ['rectangle', 'polygon'].map((kind) => ({
      name: kind,
      text: words[kind],
      pressed: state.kind === kind,
      act: () => turn(kind),
    }));
    const end = { name: 'done', text: words.done, act: Atlas.sketch.finish, disabled: state.count < 3 };
    const stop = { name: 'close', text: words.cancel, act: close };
    const hint = state.kind === 'polygon' ? words.sketch_hint : words.rectangle_hint;
    return { title: words.shape, hint, buttons: [...kinds, ...(state.kind === 'polygon' ? [end] : []), stop] };
  }

  Atlas.outline = { toggle };
})();
