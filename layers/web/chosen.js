/** What the reader has chosen beside a feature: a bare position with its radius, and the shape that filters. */
(function () {
  'use strict';

  const Atlas = (window.Atlas = window.Atlas || {});
  const { PALETTE } = Atlas.symbols;
  const { RANK, markOf } = Atlas.points;

  /** A cross-hair with its label and, with `km`, the dotted geodesic circle around it. */
  function place(_, o) {
    const feature = {
      properties: { id: 'place', n: { [o.lang]: o.label } },
      geometry: { type: 'Point', coordinates: [o.lon, o.lat] },
    };
    const label = { text: o.label, style: 'selected', rank: RANK.selected, early: true };
    const extra = { pane: 'badge', mode: 'fixed', silent: true, rank: RANK.selected, label, sign: 'place' };
    const circle = o.km ? Atlas.layers.circle(o, { lat: o.lat, lng: o.lon }, o.km) : null;
    return {
      ...(circle ? Atlas.layers.ringed(circle) : {}),
      marks: () => [markOf(o, [feature], Atlas.symbols.cross(), 1, extra)],
    };
  }

  /** The outline of the spatial filter, its edges straight on the map as the filter reads them: a ring of [lon, lat]. */
  function shape(_, o) {
    const ring = o.ring.map(([lon, lat]) => [lat, lon]);
    const outline = L.polygon(ring, { ...Atlas.panes.on(o, 'filter'), interactive: false, ...STYLE });
    return Atlas.layers.ringed(outline);
  }

  /** The outline of a map sheet or of licence blocks: polygons of rings of [lon, lat], its name inside. */
  function plot(_, o) {
    const rings = o.polygons.map((polygon) => polygon.map((ring) => ring.map(([lon, lat]) => [lat, lon])));
    const outline = L.polygon(rings, { ...Atlas.panes.on(o, 'filter'), interactive: false, ...STYLE, ...PLOT });
    const feature = {
      properties: { id: 'plot', n: { [o.lang]: o.label } },
      geometry: { type: 'Point', coordinates: [o.lon, o.lat] },
    };
    const label = { text: o.label, style: 'selected', rank: RANK.selected, early: true };
    const extra = { pane: 'badge', mode: 'fixed', silent: true, rank: RANK.selected, label, sign: 'plot' };
    return {
      paths: [outline],
      bars: rings.map(([outer]) => outer.map((at) => L.latLng(at))),
      marks: () => [markOf(o, [feature], Atlas.symbols.spot(), 1, extra)],
    };
  }

  const PLOT = Object.freeze({ weight: 2, dashArray: null, fillOpacity: 0.06 });
  const STYLE = Object.freeze({
    color: PALETTE.ink,
    weight: 1.6,
    opacity: 0.85,
    dashArray: '7 4',
    fillColor: PALETTE.ink,
    fillOpacity: 0.03,
  });

  Atlas.chosen = { KINDS: { place, plot, shape }, STYLE };
})();
