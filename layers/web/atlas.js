/**
 * Atlas: the browser side of the map. folium loads Leaflet and these scripts once for each frame; afterwards elements
 * call this API, each with the group it belongs to and one argument of plain JSON:
 *
 *   Atlas.start(map, options)      once, from the base map
 *   Atlas.language(group, {lang, texts})
 *   Atlas.layer(group, o)          draw a layer that is fetched by URL
 *   Atlas.place(group, o), Atlas.plot(group, o)       a bare position; the outline of a map sheet or of licence blocks
 *   Atlas.shape(group, o)          the outline of the spatial filter
 *   Atlas.background(group, o)     tiles above the quiet backdrop; Atlas.swipe(group, o): a divider between two layers
 *   Atlas.move(group, o), Atlas.fit(group, o), Atlas.reveal(group, o)      move once for each nonce
 *   Atlas.picture(group, o)        what a downloaded picture says beside the map
 *   Atlas.decode(text)             the argument from base64
 *   Atlas.tell(act)                what the reader did, to the page
 *   Atlas.state()                  what is on the map, for tests
 *
 * Served data are only ever set as text or attributes of elements made here, never parsed as markup.
 */
(function () {
  'use strict';

  const Atlas = (window.Atlas = window.Atlas || {});
  const HERE = document.currentScript.src;
  const CACHED_FILES = 60;
  const SLOW_MS = 600;
  const HOME_PADDING = [6, 6];
  const WORLD = Object.freeze([[-85, -180], [85, 180]]); // an address knows no position beyond it
  const REVEAL_PAD = 0.15;
  const FONT_NAME = 'Atlas Sans';
  const FONT_STYLES = ['normal', 'italic'];

  const EMPTY_DATA = Object.freeze({ features: [] });

  const files = new Map();
  const state = { map: null, home: null, held: null, moving: false, nonces: new Set(), mounts: 0 };

  /** The JSON value in a base64 text (UTF-8 below). */
  Atlas.decode = function (text) {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes));
  };

  /**
   * Set up the map: style, panes, controls, home extent. Nothing here depends on data or language.
   * @param {L.Map} map
   * @param {{home: number[][], maxZoom?: number, fonts?: string[], credits?: Array<string|{text: string, url: string}>,
   *          systems: {script: string, data: string}, texts?: Object<string, string>}} options  home: [[south, west], [north, east]]; fonts: upright, italic
   */
  Atlas.start = function (map, options) {
    state.map = map;
    state.home = L.latLngBounds(options.home);
    state.mounts += 1;
    Object.assign(map.options, { zoomSnap: 0.25, zoomDelta: 1, wheelPxPerZoomLevel: 90 });
    map.setMinZoom(options.minZoom || 0).setMaxZoom(options.maxZoom || map.getMaxZoom()).setMaxBounds(WORLD);
    linkStyle();
    Atlas.stage.open(map);
    const toggle = () =>
      document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen();
    const zoom = (by) => () => map.setZoom(map.getZoom() + by);
    const tools = { measure: Atlas.measure.toggle, shape: Atlas.outline.toggle };
    const further = { swipe: Atlas.swiper.toggle, picture: Atlas.camera.take };
    const actions = { home: () => hold(state.home), fullscreen: toggle, zoom_in: zoom(1), zoom_out: zoom(-1) };
    Atlas.channel.open(map);
    Atlas.controls.open(map, { ...actions, ...tools, ...further }, options.credits || [], options.systems);
    Atlas.panel.open(map);
    Atlas.swiper.open(map);
    Atlas.ask.open(map);
    if (options.texts) Atlas.controls.speak('en', options.texts);
    map.on('movestart', () => state.moving || (state.held = null));
    map.on('resize', () => state.held && hold(state.held));
    hold(state.home);
    loadFonts(options.fonts || []);
  };

  /**
   * Words of the controls.
   * @param {L.FeatureGroup} group
   * @param {{lang: string, texts: Object<string, string>}} o  texts: those of controls.js by name; those left out keep
   *   their last wording
   */
  Atlas.language = function (group, { lang, texts }) {
    Atlas.controls.speak(lang, texts || {});
    Atlas.stage.refresh();
  };

  /**
   * Draw a layer in its group, as long as the group is on the map.
   * @param {L.FeatureGroup} group  made by the element; its clicks reach streamlit-folium as {layer, id}
   * @param {{id: string, kind: string, url: string, lang?: string, opacity?: number, order?: number,
   *          selected?: ?string, title?: string, layer?: string, shape?: string, prefix?: string, km?: number,
   *          accuracy?: number, doubt?: string, datings?: ?Object<string, string>}} o
   *   order: 0 is the top-most layer, none keeps the height of its kind; opacity: 0 draws nothing
   *   kind: town, area, deposit, gas, plant, zone, plain, blocks, badges (of `layer`, drawn as `shape`: zone, area, plant),
   *   doubt: what to say of features that are only possibly within the radius (`maybe` in the served data)
   *   datings: at a chosen date, what to say of a feature by its `dating`, and of `some` of several; where what has no
   *   date is marked with a dash, on lines at `dash`
   *   radius (`km` around `selected`, which may be off by `accuracy` km), or a part of the backdrop: countries, country, lakes, graticule, places, labels
   */
  Atlas.layer = function (group, o) {
    const layer = { opacity: 1, selected: null, lang: 'en', ...o };
    const off = () => {
      Atlas.stage.remove(group);
      Atlas.controls.report(layer.id, 'gone');
    };
    Atlas.follow(group, () => show(group, layer), off);
  };

  /** Run `on` whenever a group comes on the map and `off` when it leaves. */
  Atlas.follow = function (group, on, off) {
    group.on('add', on);
    group.on('remove', off);
    // The element may add its group before or after this call.
    queueMicrotask(() => {
      forgetRemovedGroups();
      if (state.map.hasLayer(group)) on();
    });
  };

  /** A cross-hair at a bare position: {lat, lon, label, km?, lang?}. */
  Atlas.place = function (group, o) {
    drawOwn(group, { id: 'place', kind: 'place', ...o });
  };

  /** The outline of a map sheet or of licence blocks: {polygons: [[[[lon, lat], ...], ...]], lat, lon, label}. */
  Atlas.plot = function (group, o) {
    drawOwn(group, { id: 'plot', kind: 'plot', ...o });
  };

  /** The outline of the spatial filter: {ring: [[lon, lat], ...]} or {bounds: [[south, west], [north, east]]}. */
  Atlas.shape = function (group, o) {
    drawOwn(group, { id: 'shape', kind: 'shape', ...o });
  };

  /** Centre the map once for each nonce; without a position it goes home. */
  Atlas.move = function (group, { nonce, lat, lon, zoom }) {
    if (isKnown(nonce)) return;
    if (lat === undefined || lat === null) return hold(state.home);
    state.held = null;
    state.map.setView([lat, lon], zoom, { animate: false });
  };

  /** Move once for each nonce, and only if the bounds are not wholly in view or the map is farther than `zoom`. */
  Atlas.reveal = function (group, { nonce, bounds, zoom = 0 }) {
    if (isKnown(nonce)) return;
    const { map } = state;
    const wanted = L.latLngBounds(bounds);
    if (map.getBounds().contains(wanted) && map.getZoom() >= zoom) return;
    const target = Math.min(map.getBoundsZoom(wanted.pad(REVEAL_PAD)), Math.max(map.getZoom(), zoom));
    state.held = null;
    map.setView(wanted.getCenter(), target, { animate: false });
  };

  /** Show [[south, west], [north, east]] once for each nonce. */
  Atlas.fit = function (group, { nonce, bounds }) {
    if (!isKnown(nonce)) hold(L.latLngBounds(bounds));
  };

  /** What is on the map as plain data: layers, labels, view; `frame` differs after the frame was mounted anew. */
  Atlas.state = function () {
    const { map, mounts } = state;
    const layers = {};
    for (const { o, drawing, markers } of Atlas.stage.drawings.values()) {
      const { kind, url, selected, order, opacity, accuracy } = o;
      layers[o.id] = {
        kind,
        url,
        selected,
        order,
        opacity,
        accuracy,
        features: drawing.count,
        ids: drawing.ids,
        maybe: drawing.maybe,
        marks: [...markers.keys()],
      };
    }
    const { lat, lng } = map.getCenter();
    const view = { center: { lat, lon: lng }, zoom: map.getZoom() };
    const { place, plot, shape } = Object.fromEntries([...Atlas.stage.drawings.values()].map(({ o }) => [o.kind, o]));
    const chosen = { place: place || null, plot: plot || null, shape: shape ? shape.ring || shape.bounds : null };
    const tools = { mode: Atlas.sketch.mode(), measured: Atlas.measure.measured(), swipe: Atlas.swiper.state() };
    const frame = { mounts, frame: performance.timeOrigin };
    return {
      layers,
      labels: Atlas.stage.shown,
      ...view,
      background: Atlas.tiles.state(),
      ...chosen,
      ...tools,
      ...frame,
    };
  };

  function isKnown(nonce) {
    const known = state.nonces.has(nonce);
    state.nonces.add(nonce);
    return known;
  }

  /** Fit an extent and keep it fitted while the frame changes its size, until the reader moves the map. */
  function hold(bounds) {
    state.moving = true;
    state.map.fitBounds(bounds, { padding: HOME_PADDING, animate: false });
    state.moving = false;
    state.held = bounds;
  }

  function drawOwn(group, given) {
    const o = { opacity: 1, selected: null, lang: document.documentElement.lang, ...given };
    const on = () => {
      if (!Atlas.stage.drawings.has(group)) Atlas.stage.add(group, o, counted(Atlas.layers.drawing(EMPTY_DATA, o)));
    };
    Atlas.follow(group, on, () => Atlas.stage.remove(group));
  }

  async function show(group, o) {
    const wanted = () => state.map.hasLayer(group) && !Atlas.stage.drawings.has(group);
    const slow = setTimeout(() => wanted() && Atlas.controls.report(o.id, 'waiting'), SLOW_MS);
    try {
      const data = await load(o.url);
      if (!wanted()) return;
      Atlas.stage.add(group, o, counted(Atlas.layers.drawing(data, o), data));
      Atlas.controls.report(o.id, 'shown');
    } catch (error) {
      console.warn(`Layer ${o.id}:`, error);
      if (wanted()) Atlas.controls.report(o.id, 'failed', o.title);
    } finally {
      clearTimeout(slow);
    }
  }

  function counted(drawing, data = EMPTY_DATA) {
    const ids = data.features.map((feature) => feature.properties.id).filter((id) => id !== undefined);
    const maybe = data.features.filter((feature) => feature.properties.maybe).map((feature) => feature.properties.id);
    return { ...drawing, count: data.features.length, ids, maybe };
  }

  /** A file by URL, fetched once; the least recently used ones are dropped, and failures are not kept. */
  function load(url) {
    const file = files.get(url) || fetchJson(url);
    files.delete(url);
    files.set(url, file);
    file.catch(() => files.get(url) === file && files.delete(url));
    for (const oldest of files.keys()) {
      if (files.size <= CACHED_FILES) break;
      files.delete(oldest);
    }
    return file;
  }

  async function fetchJson(url) {
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(`${answer.status} for ${url}`);
    return answer.json();
  }

  /** streamlit-folium lists every group it ever added in window.feature_group and never shortens the list. */
  function forgetRemovedGroups() {
    const groups = window.feature_group;
    if (Array.isArray(groups)) window.feature_group = groups.filter((group) => state.map.hasLayer(group));
  }

  function linkStyle() {
    const link = document.createElement('link');
    link.rel = 'stylesheet';
    link.href = new URL('map.css', HERE).href;
    link.addEventListener('load', () => state.map.invalidateSize() && Atlas.stage.refresh());
    document.head.appendChild(link);
  }

  async function loadFonts(urls) {
    const faces = urls.map((url, k) => {
      const source = `url("${new URL(url, document.baseURI).href}")`;
      return new FontFace(FONT_NAME, source, { weight: '200 900', style: FONT_STYLES[k] });
    });
    faces.forEach((face) => document.fonts.add(face));
    // Without the fonts the map stays readable in the reader's own sans-serif.
    await Promise.allSettled(faces.map((face) => face.load()));
    Atlas.stage.refresh();
  }
})();
