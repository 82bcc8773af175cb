/** Measuring on the ellipsoid: lengths of geodesic legs and, from three points on, the area that they enclose. */
(function () {
  'use strict';

  const Atlas = (window.Atlas = window.Atlas || {});
  const { PALETTE } = Atlas.symbols;
  const PANE = Object.freeze({ id: 'measure' });
  const AREA_FROM = 3;
  const INK = Object.freeze({ color: PALETTE.ink, weight: 2, interactive: false });

  const state = { on: false, layer: null, points: [], legs: [] };

  /** Begin, or take the measured line away. */
  function toggle() {
    if (state.on) return close();
    Object.assign(state, { on: true, points: [], legs: [], layer: L.layerGroup().addTo(Atlas.panes.map) });
    Atlas.controls.press('measure', true);
    Atlas.panel.show('measure', describe);
    begin();
  }

  function begin() {
    Atlas.sketch.begin({ mode: 'measure', change: draw, done, cancelled: close });
  }

  /** A finished line stays until the reader closes it. */
  function done(points) {
    draw(points, null);
    if (!state.legs.length) close();
    else Atlas.panel.refresh('measure');
  }

  function close() {
    if (!state.on) return;
    state.on = false;
    if (Atlas.sketch.mode() === 'measure') Atlas.sketch.cancel();
    state.layer.remove();
    state.points = [];
    state.legs = [];
    Atlas.panel.hide('measure');
    Atlas.controls.press('measure', false);
  }

  function draw(points, hover) {
    const all = hover ? [...points, hover] : points;
    state.points = points;
    state.legs = lengths(points);
    state.layer.clearLayers();
    const pairs = all.slice(1).map((at, order) => [all[order], at]);
    pairs.forEach((pair, order) => addLeg(pair, order >= points.length - 1));
    if (points.length >= AREA_FROM) addPath(Atlas.geodesy.curve(points[points.length - 1], points[0]), '2 5');
    const dot = { radius: 3.5, fillColor: PALETTE.paper, fillOpacity: 1, ...INK, ...Atlas.panes.on(PANE, 'sketch') };
    for (const at of points) state.layer.addLayer(L.circleMarker(at, dot));
    Atlas.panel.refresh('measure');
  }

  function addLeg([from, to], pending) {
    const curve = Atlas.geodesy.curve(from, to);
    addPath(curve, pending ? '6 5' : null);
    const node = document.createElement('span');
    node.className = 'atlas-label atlas-label-measure';
    node.textContent = Atlas.controls.length(Atlas.geodesy.distance(from, to));
    const icon = L.divIcon({ className: 'atlas-mark', html: node, iconSize: null });
    const middle = curve[Math.floor(curve.length / 2)];
    const at =
      curve.length % 2 ? middle : L.latLngBounds(curve.slice(curve.length / 2 - 1, curve.length / 2 + 1)).getCenter();
    state.layer.addLayer(
      L.marker(at, { icon, pane: Atlas.panes.of(PANE, 'note'), interactive: false, keyboard: false })
    );
  }

  function addPath(curve, dashArray) {
    const on = Atlas.panes.on(PANE, 'sketch');
    state.layer.addLayer(L.polyline(curve, { ...on, ...INK, color: PALETTE.paper, weight: 4.5, opacity: 0.8 }));
    state.layer.addLayer(L.polyline(curve, { ...on, ...INK, dashArray }));
  }

  const lengths = (points) => points.slice(1).map((at, order) => Atlas.geodesy.distance(points[order], at));

  /** What has been measured in metres and square metres; null before the second point. */
  function measured() {
    if (!state.legs.length) return null;
    const area = state.points.length >= AREA_FROM ? Atlas.geodesy.surface(state.points) : null;
    const length = state.legs.reduce((sum, leg) => sum + leg, 0);
    return { length, area, legs: state.legs, points: state.points.map(({ lat, lng }) => [lng, lat]) };
  }

  function describe() {
    const { words, length, area } = Atlas.controls;
    const running = Atlas.sketch.mode() === 'measure';
    const found = measured();
    const lines = [];
    if (found) lines.push({ label: words.measure_total, text: length(found.length) });
    if (found && found.legs.length > 1)
      lines.push({ label: words.measure_leg, text: length(found.legs[found.legs.length - 1]) });
    if (found && found.area !== null) lines.push({ label: words.measure_area, text: area(found.area) });
    const ends = [
      { name: 'undo', text: words.undo, act: Atlas.sketch.undo, disabled: !state.points.length },
      { name: 'done', text: words.done, act: Atlas.sketch.finish, disabled: !found },
    ];
    const stop = { name: 'close', text: running ? words.cancel : words.close, act: close };
    return {
      title: words.measure,
      lines,
      hint: running ? words.sketch_hint : '',
      buttons: running ? [...ends, stop] : [stop],
    };
  }

  Atlas.measure = { measured, toggle };
})();
