/**
 * Panes: every layer draws into panes of its own, so that order, opacity and the swipe act on a layer as a whole.
 *
 * A pane is named by the drawing's id and a kind. The kind gives its height; a layer's order (0 = top-most) replaces it
 * among symbols and among lines and areas, each within its own range: casings stay below all lines, names above all.
 */
(function () {
  'use strict';

  const Atlas = (window.Atlas = window.Atlas || {});

  /** Heights from the bottom up, for drawings without an order; labels stand above everything. */
  const HEIGHTS = Object.freeze({
    land: 200,
    country: 205,
    water: 208,
    tiles: 209,
    graticule: 210,
    mass: 285,
    radius: 290,
    band: 292,
    casing: 300,
    line: 302,
    outline: 320,
    filter: 380,
    leader: 405,
    deposit: 410,
    place: 420,
    area: 430,
    plant: 440,
    town: 450,
    badge: 460,
    ring: 590,
    label: 600,
    sketch: 620,
    note: 625,
  });
  const LINES = new Set(['line', 'outline']);
  const SYMBOLS = new Set(['deposit', 'area', 'plant', 'town']);
  const TOP_LINE = 370;
  const TOP_SYMBOL = 578; // badges of a layer stand one above its symbols
  const DEEPEST = 55; // further layers share the lowest height of their range
  const STILL = new Set(['leader', 'ring', 'label']); // placed anew after each move, and never clicked
  const RENDERER_PADDING = 0.5;

  const panes = { map: null, entries: new Map(), looks: new Map() };

  panes.open = function (map) {
    panes.map = map;
  };

  /** Take over the order and opacity of a drawing's options. */
  panes.dress = function (o) {
    panes.looks.set(o.id, { order: o.order, opacity: o.opacity === undefined ? 1 : o.opacity });
    for (const entry of panes.entries.values()) if (entry.id === o.id) dressOne(entry);
  };

  /** The pane of a kind for a drawing, made when it is first asked for. */
  panes.of = function (o, kind) {
    const name = `${o.id}-${kind}`;
    if (!panes.entries.has(name)) {
      const entry = { id: o.id, layer: o.layer || o.id, kind, node: panes.map.createPane(name), renderer: null };
      if (STILL.has(kind)) entry.node.classList.add('leaflet-zoom-hide', 'atlas-still');
      entry.node.classList.add(`atlas-pane-${kind}`);
      if (kind === 'label') entry.node.setAttribute('aria-hidden', 'true');
      panes.entries.set(name, entry);
      dressOne(entry);
      if (Atlas.swiper) Atlas.swiper.clip(entry);
    }
    return name;
  };

  panes.node = (o, kind) => panes.map.getPane(panes.of(o, kind));

  /** Options that put a path into a pane, with one renderer for each pane. */
  panes.on = function (o, kind) {
    const pane = panes.of(o, kind);
    const entry = panes.entries.get(pane);
    const make = kind === 'mass' ? L.canvas : L.svg;
    entry.renderer = entry.renderer || make({ pane, padding: RENDERER_PADDING });
    return { pane, renderer: entry.renderer };
  };

  /** Remove what stands in a drawing's panes of names, rings and leader lines. */
  panes.clear = function (o) {
    for (const { id, kind, node } of panes.entries.values()) if (id === o.id && STILL.has(kind)) node.replaceChildren();
  };

  /** A transparency of the pane itself, below that of its layer. */
  panes.veil = function (o, kind, veil) {
    const entry = panes.entries.get(panes.of(o, kind));
    entry.veil = veil;
    dressOne(entry);
  };

  function dressOne(entry) {
    const { order, opacity } = panes.looks.get(entry.id) || { opacity: 1 };
    entry.node.style.zIndex = height(entry.kind, order);
    const shown = opacity * (entry.veil || 1);
    entry.node.style.opacity = shown < 1 ? shown : '';
  }

  function height(kind, order) {
    if (order === undefined || order === null) return HEIGHTS[kind];
    const depth = Math.min(DEEPEST, Math.max(0, order));
    if (LINES.has(kind)) return TOP_LINE - depth;
    if (SYMBOLS.has(kind)) return TOP_SYMBOL - 2 * depth;
    return kind === 'badge' ? TOP_SYMBOL + 1 - 2 * depth : HEIGHTS[kind];
  }

  Atlas.panes = panes;
})();
