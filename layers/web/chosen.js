/** What the reader has chosen beside a feature: a bare position with its radius, and the shape that filters. */
(function () {
  'use strict';

  const Atlas = (window.Atlas = window.Atlas || {});
  const { PALETTE } = Atlas.symbols;
  const { RANK, markOf } = Atlas.points;
  const EDGE_DEGREES = 0.5; // an edge is straight in degrees, as the filter reads it: on the map it bends a little

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
      paths: circle ? [circle] : [],
      marks: () => [markOf(o, [feature], Atlas.symbols.cross(), 1, extra)],
    };
  }

  /** Points along an edge from a to b ([lat, lng]), without b. */
  function edge(a, b) {
    const count = Math.max(1, Math.ceil(Math.max(Math.abs(b[0] - a[0]), Math.abs(b[1] - a[1])) / EDGE_DEGREES));
    return Array.from({ length: count }, (_, k) => [0, 1].map((axis) => a[axis] + ((b[axis] - a[axis]) * k) / count));
  }

  /** A ring of [lat, lng] as it is to be drawn. */
  function bent(ring) {
    return ring.flatMap((at, order) => edge(at, ring[(order + 1) % ring.length]));
  }

  /** The outline of the spatial filter: a ring of [lon, lat], or [[south, west], [north, east]]. */
  function shape(_, o) {
    const [[south, west], [north, east]] = o.bounds || [[], []];
    const ring = o.ring ? o.ring.map(([lon, lat]) => [lat, lon]) : null;
    const corners = ring || [
      [south, west],
      [north, west],
      [north, east],
      [south, east],
    ];
    const outline = L.polygon(bent(corners), { ...Atlas.panes.on(o, 'filter'), interactive: false, ...STYLE });
    return { paths: [outline] };
  }

  const STYLE = Object.freeze({
    color: PALETTE.ink,
    weight: 1.6,
    opacity: 0.85,
    dashArray: '7 4',
    fillColor: PALETTE.ink,
    fillOpacity: 0.03,
  });

  Atlas.chosen = { KINDS: { place, shape }, STYLE, bent };
})();
