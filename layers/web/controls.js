/** What stands around the map: buttons, scale bar, coordinates, credits, status line and the hint at the pointer. */
(function () {
  'use strict';

  const Atlas = (window.Atlas = window.Atlas || {});
  const { element } = Atlas.symbols;
  const { DomEvent } = L;

  /** Icons are paths, for not every font has such characters. */
  const ICONS = Object.freeze({
    zoom_in: 'M8 3V13M3 8H13',
    zoom_out: 'M3 8H13',
    home: 'M2 8.2L8 2.6L14 8.2M4 7V13.4H12V7',
    fullscreen: 'M2 6V2H6M10 2H14V6M14 10V14H10M6 14H2V10',
  });
  const SCALE_WIDTH = 90;
  const NICE_NUMBERS = [5, 3, 2, 1];
  const HINT_GAP = 14;
  const SAFE_LINK = /^(https?:\/\/|\/(?!\/))/;

  /** Words used until those of the page's language arrive. */
  const words = {
    map: 'Map',
    home: 'Whole country',
    fullscreen: 'Full screen',
    zoom_in: 'Zoom in',
    zoom_out: 'Zoom out',
    failed: 'A layer could not be loaded',
    loading: 'Loading',
    km: 'km',
    m: 'm',
    north: 'N',
    south: 'S',
    east: 'E',
    west: 'W',
  };
  const state = { map: null, lang: 'en', buttons: {}, pointer: null, failed: new Map(), waiting: new Set() };

  /** Put all controls on the map. `actions` are functions by button name. */
  function open(map, actions, credits) {
    state.map = map;
    if (map.zoomControl) map.zoomControl.remove();
    if (map.attributionControl) map.attributionControl.remove();
    corner('topleft', (node) => fill(node, ['zoom_in', 'zoom_out'], actions), 'atlas-bar');
    corner('topleft', (node) => fill(node, ['home', 'fullscreen'], actions), 'atlas-bar');
    state.scale = corner('bottomleft', () => {}, 'atlas-scale');
    state.status = corner('bottomleft', (node) => node.setAttribute('role', 'status'), 'atlas-status');
    corner('bottomright', (node) => addCredits(node, credits), 'atlas-credits');
    state.place = corner('bottomright', (node) => node.setAttribute('aria-hidden', 'true'), 'atlas-coordinates');
    state.hint = L.DomUtil.create('div', 'atlas-hint', map.getContainer());
    state.hint.setAttribute('role', 'tooltip');
    map.on('mousemove', (event) => showPlace(event.latlng)).on('moveend', () => showPlace(map.getCenter()));
    map.on('moveend resize', showScale).on('movestart zoomstart', hideHint);
    speak(state.lang, {});
  }

  function corner(position, make, className) {
    const node = L.DomUtil.create('div', className);
    make(node);
    DomEvent.disableClickPropagation(node);
    const control = L.control({ position });
    control.onAdd = () => node;
    control.addTo(state.map);
    return node;
  }

  function fill(bar, names, actions) {
    for (const name of names) {
      const button = L.DomUtil.create('button', 'atlas-button', bar);
      button.type = 'button';
      button.hidden = name === 'fullscreen' && !document.fullscreenEnabled;
      const icon = element('svg', { viewBox: '0 0 16 16', width: 16, height: 16, 'aria-hidden': 'true' });
      icon.appendChild(element('path', { d: ICONS[name] }));
      button.appendChild(icon);
      button.addEventListener('click', actions[name]);
      state.buttons[name] = button;
    }
  }

  /** Credits as text; an entry may be a text or {text, url}. */
  function addCredits(node, credits) {
    credits.forEach((credit, order) => {
      const { text, url } = typeof credit === 'string' ? { text: credit } : credit;
      if (order) node.append(' · ');
      if (!url || !SAFE_LINK.test(url)) return node.append(text);
      const link = L.DomUtil.create('a', '', node);
      Object.assign(link, { href: url, target: '_blank', rel: 'noopener noreferrer', textContent: text });
    });
  }

  /** Say everything in another language; missing words keep their last wording. */
  function speak(lang, texts) {
    Object.assign(words, texts);
    state.lang = lang;
    document.documentElement.lang = lang;
    state.map.getContainer().setAttribute('role', 'region');
    state.map.getContainer().setAttribute('aria-label', words.map);
    for (const [name, button] of Object.entries(state.buttons)) {
      button.setAttribute('aria-label', words[name]);
      button.title = words[name];
    }
    showStatus();
    if (!state.map._loaded) return;
    showScale();
    showPlace(state.pointer || state.map.getCenter());
  }

  function showPlace({ lat, lng }) {
    const number = new Intl.NumberFormat(state.lang, { minimumFractionDigits: 4, maximumFractionDigits: 4 });
    const [ns, ew] = [lat < 0 ? words.south : words.north, lng < 0 ? words.west : words.east];
    state.pointer = { lat, lng };
    const separator = number.format(0.5).includes(',') ? '; ' : ', ';
    const [northing, easting] = [`${number.format(Math.abs(lat))}° ${ns}`, `${number.format(Math.abs(lng))}° ${ew}`];
    state.place.textContent = `WGS 84 · ${northing}${separator}${easting}`;
  }

  /** A metric scale bar, true in the middle of the map. */
  function showScale() {
    const { map } = state;
    const middle = map.getSize().y / 2;
    const [left, right] = [0, SCALE_WIDTH].map((x) => map.containerPointToLatLng([x, middle]));
    const metres = map.distance(left, right);
    if (!(metres > 0)) return;
    const power = 10 ** Math.floor(Math.log10(metres));
    const round = power * NICE_NUMBERS.find((nice) => nice * power <= metres);
    state.scale.style.width = `${Math.round((SCALE_WIDTH * round) / metres)}px`;
    state.scale.textContent = round >= 1000 ? `${round / 1000} ${words.km}` : `${round} ${words.m}`;
  }

  /** Tell that a layer is being loaded, has failed (its name) or is there. */
  function report(id, status, name) {
    state.waiting.delete(id);
    state.failed.delete(id);
    if (status === 'waiting') state.waiting.add(id);
    if (status === 'failed') state.failed.set(id, name);
    showStatus();
  }

  function showStatus() {
    const names = [...new Set(state.failed.values())].filter(Boolean).join(', ');
    const failed = names ? `${words.failed}: ${names}` : words.failed;
    state.status.textContent = state.failed.size ? failed : state.waiting.size ? words.loading : '';
    state.status.classList.toggle('atlas-status-failed', state.failed.size > 0);
  }

  /** Show a text near a container point, on the side that has room. */
  function showHint(text, at) {
    const { hint, map } = state;
    if (!text) return;
    hint.textContent = text;
    hint.classList.add('atlas-hint-shown');
    const size = map.getSize();
    const x = at.x + HINT_GAP + hint.offsetWidth > size.x ? at.x - HINT_GAP - hint.offsetWidth : at.x + HINT_GAP;
    const y = at.y + HINT_GAP + hint.offsetHeight > size.y ? at.y - HINT_GAP - hint.offsetHeight : at.y + HINT_GAP;
    hint.style.transform = `translate(${Math.round(Math.max(2, x))}px, ${Math.round(Math.max(2, y))}px)`;
  }

  function hideHint() {
    state.hint.classList.remove('atlas-hint-shown');
  }

  /** Name a marker at the pointer, and when the keyboard reaches it. */
  function attachHint(marker, text) {
    const node = marker.getElement();
    const show = () => {
      const [symbol, frame] = [node.getBoundingClientRect(), state.map.getContainer().getBoundingClientRect()];
      showHint(text, { x: symbol.right - frame.left - HINT_GAP + 4, y: symbol.bottom - frame.top - HINT_GAP + 4 });
    };
    marker.on('mouseover', show).on('mouseout', hideHint);
    node.addEventListener('focus', () => node.matches(':focus-visible') && show());
    node.addEventListener('blur', hideHint);
  }

  /** Name a path at the pointer. */
  function followHint(path) {
    path.on('mousemove', (event) => showHint(path.hint, event.containerPoint)).on('mouseout', hideHint);
  }

  Atlas.controls = { open, report, speak };
  Atlas.hint = { attach: attachHint, follow: followHint, hide: hideHint };
})();
