/**
 * The coordinates at the pointer in the system that the reader chooses; where nothing hovers, those of the last tap or
 * of the map's centre. Shifts and projections are proj4's, by definitions that come from the server; both are loaded
 * when a system first needs them.
 */
(function () {
  'use strict';

  const Atlas = (window.Atlas = window.Atlas || {});
  const REMEMBERED = 'atlas-coordinate-system';
  const ZONED = new Set(['gk6', 'gk3', 'utm']);
  const NAMED = Object.freeze({ wgs84: 'WGS 84', dms: 'WGS 84 ° \u2032 \u2033', utm: 'UTM' }); // the same in all languages
  const KINDS = ['wgs84', 'dms', 'pulkovo', 'gk6', 'gk3', 'utm', 'sheet', 'block'];
  const PLAIN = new Set(['wgs84', 'dms']); // what needs no shift of datum and no grid

  const state = { map: null, at: null, pixel: null, from: 'centre', kind: 'wgs84', source: null, data: null, asked: null };
  const hovers = window.matchMedia('(hover: hover)');

  /** Fill the control; `source` says where proj4 and the definitions are served: {script, data}. */
  function open(map, node, source) {
    Object.assign(state, { map, source, kind: remembered() });
    const box = L.DomUtil.create('div', 'atlas-readout', node);
    state.select = L.DomUtil.create('select', '', box);
    for (const kind of KINDS) {
      const option = L.DomUtil.create('option', '', state.select);
      option.value = kind;
    }
    state.select.value = state.kind;
    state.select.addEventListener('change', () => choose(state.select.value));
    state.value = L.DomUtil.create('span', 'atlas-readout-value', box);
    state.origin = L.DomUtil.create('span', 'atlas-readout-origin', box);
    map.on('mousemove click', ({ latlng, containerPoint }) => point(latlng, containerPoint));
    map.on('mouseout', () => (state.pixel = null)).on('moveend', moved);
  }

  function point(latlng, pixel) {
    Object.assign(state, { at: latlng, pixel: hovers.matches ? pixel : null, from: 'tap' });
    show();
  }

  /** The map moved below a resting pointer, or there is none: then its centre is told. */
  function moved() {
    const { map, pixel } = state;
    Object.assign(state, pixel ? { at: map.containerPointToLatLng(pixel) } : { at: map.getCenter(), from: 'centre' });
    show();
  }

  function remembered() {
    try {
      const kind = sessionStorage.getItem(REMEMBERED);
      return KINDS.includes(kind) ? kind : 'wgs84';
    } catch {
      return 'wgs84'; // a browser that keeps nothing
    }
  }

  function choose(kind) {
    state.kind = kind;
    try {
      sessionStorage.setItem(REMEMBERED, kind);
    } catch {
      // not kept then
    }
    show();
  }

  /** Write everything again, as in another language. */
  function refresh() {
    const { words } = Atlas.controls;
    for (const option of state.select.options) option.textContent = NAMED[option.value] || words[option.value] || '';
    state.select.setAttribute('aria-label', words.system);
    state.select.title = words.system;
    if (!state.at && state.map._loaded) state.at = state.map.getCenter();
    show();
  }

  function show() {
    if (!state.at) return;
    const { words } = Atlas.controls;
    state.origin.textContent = hovers.matches ? '' : words[state.from];
    state.value.textContent = PLAIN.has(state.kind) || state.data ? tell(state.kind, state.at) : '\u2026';
    if (PLAIN.has(state.kind) || state.data) return;
    load().then(show, (error) => {
      console.warn('Coordinate systems:', error);
      state.asked = null;
      state.value.textContent = words.failed;
    });
  }

  function load() {
    state.asked =
      state.asked ||
      Promise.all([script(state.source.script), json(state.source.data)]).then(([, data]) => {
        state.data = data;
      });
    return state.asked;
  }

  async function json(url) {
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(`${answer.status} for ${url}`);
    return answer.json();
  }

  function script(url) {
    return new Promise((done, failed) => {
      const node = document.createElement('script');
      node.src = url;
      node.addEventListener('load', done);
      node.addEventListener('error', () => failed(new Error(url)));
      document.head.appendChild(node);
    });
  }

  /** Easting and northing, or longitude and latitude, by a definition of proj4. */
  const project = (definition, { lat, lng }) => window.proj4(definition, [lng, lat]);

  function pulkovo(at) {
    const [lng, lat] = project(state.data.pulkovo, at);
    return { lng, lat };
  }

  /** The zone in whose strip a position lies on the zone's own datum, with metres there; null outside all zones. */
  function metres(kind, at) {
    const { lng } = kind === 'utm' ? at : pulkovo(at);
    const [, south, , north] = state.data.grid.bounds_min;
    const zone = state.data[kind].find(({ west, east }) => west <= lng && lng < east);
    if (!zone || at.lat * 60 < south || at.lat * 60 > north) return null;
    const [x, y] = project(zone.proj4, at);
    return { zone: zone.zone, code: zone.code, x, y };
  }

  /** A position in a system, as text. */
  function tell(kind, at) {
    const { words } = Atlas.controls;
    const { numbers } = Atlas;
    const lang = document.documentElement.lang;
    if (kind === 'wgs84') return numbers.position(at, lang, words);
    if (kind === 'dms') return numbers.sexagesimal(at, lang, words);
    if (kind === 'pulkovo') return numbers.position(pulkovo(at), lang, words);
    if (!ZONED.has(kind)) return tellGrid(kind, at, words);
    const found = metres(kind, at);
    if (!found) return words.beyond;
    const [x, y] = [found.x, found.y].map((value) => numbers.write(value, 0, lang));
    return filled(kind === 'utm' ? words.utm_metres : words.gk_metres, { zone: found.zone, x, y });
  }

  function tellGrid(kind, at, words) {
    const { grid } = state.data;
    if (kind === 'sheet') return Atlas.grid.sheet(grid, pulkovo(at)) || words.beyond;
    const code = Atlas.grid.block(grid, at);
    return code ? filled(words.block_doubt, { code }) : words.beyond;
  }

  const filled = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_, name) => values[name]);

  Atlas.readout = { load, metres, open, pulkovo, refresh, tell };
})();
