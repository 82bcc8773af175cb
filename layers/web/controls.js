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
    tools: 'M3 4.5H13M3 8H13M3 11.5H13',
    measure: 'M1.5 10.5L10.5 1.5L14.5 5.5L5.5 14.5ZM4 8L5.6 9.6M6.2 5.8L8.6 8.2M8.4 3.6L10 5.2',
    shape: 'M3 4L12.5 2.5L13.5 11L5.5 13.5Z',
    swipe: 'M8 1.5V14.5M5.2 5.2L2.4 8L5.2 10.8M10.8 5.2L13.6 8L10.8 10.8',
    picture: 'M8 2.5V9.8M5 7L8 10L11 7M2.5 11V13.5H13.5V11',
    credits: 'M8 7.2V11.4M8 4.6V4.9M8 1.8A6.2 6.2 0 1 1 7.99 1.8',
  });
  const BARS = [
    ['zoom_in', 'zoom_out'],
    ['home', 'fullscreen', 'tools'],
    ['measure', 'shape', 'swipe', 'picture'],
  ];
  const MODES = new Set(['measure', 'shape', 'swipe']);
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
    tools: 'Tools',
    measure: 'Measure',
    measure_total: 'Length',
    measure_leg: 'Last part',
    measure_area: 'Area',
    shape: 'Filter by a shape',
    rectangle: 'Rectangle',
    polygon: 'Polygon',
    rectangle_hint: 'Set two opposite corners, or drag.',
    sketch_hint: 'Click adds a point, double click or Enter ends. With arrow keys Enter adds the centre.',
    undo: 'Undo',
    done: 'Done',
    cancel: 'Cancel',
    close: 'Close',
    swipe: 'Compare',
    swipe_left: 'Left',
    swipe_right: 'Right',
    swipe_divider: 'Divider',
    picture: 'Save as PNG',
    picture_failed: 'The picture could not be made',
    credits: 'Credits',
    km: 'km',
    m: 'm',
    km2: 'km²',
    ha: 'ha',
    north: 'N',
    arrow: 'N',
    south: 'S',
    east: 'E',
    west: 'W',
    system: 'Coordinate system',
  };
  const state = {
    map: null,
    lang: 'en',
    buttons: {},
    failed: new Map(),
    waiting: new Set(),
    said: new Map(),
  };

  /** Put all controls on the map. `actions` are functions by button name, `systems` what the coordinates need. */
  function open(map, actions, credits, systems) {
    state.map = map;
    if (map.zoomControl) map.zoomControl.remove();
    if (map.attributionControl) map.attributionControl.remove();
    const bars = BARS.map((names) => corner('topleft', (node) => fill(node, names, actions), 'atlas-bar'));
    foldTools(bars[2]);
    state.scale = corner('bottomleft', () => {}, 'atlas-scale');
    state.status = corner('bottomleft', (node) => node.setAttribute('role', 'status'), 'atlas-status');
    state.credits = corner('bottomright', (node) => foldCredits(node, credits), 'atlas-credits');
    corner('bottomright', (node) => Atlas.readout.open(map, node, systems), 'atlas-coordinates');
    state.hint = L.DomUtil.create('div', 'atlas-hint', map.getContainer());
    state.hint.setAttribute('role', 'tooltip');
    map.on('moveend resize', showScale).on('movestart zoomstart', hideHint);
    speak(state.lang, {});
  }

  function corner(position, make, className) {
    const node = L.DomUtil.create('div', className);
    make(node);
    DomEvent.disableClickPropagation(node);
    node.addEventListener('click', (event) => event.stopPropagation()); // two quick taps must not zoom the map
    const control = L.control({ position });
    control.onAdd = () => node;
    control.addTo(state.map);
    return node;
  }

  function fill(bar, names, actions) {
    for (const name of names) {
      const button = addButton(bar, name, 'atlas-button');
      button.hidden = name === 'fullscreen' && !document.fullscreenEnabled;
      if (actions[name]) button.addEventListener('click', actions[name]);
      if (MODES.has(name)) button.setAttribute('aria-pressed', 'false');
    }
  }

  function addButton(parent, name, className) {
    const button = L.DomUtil.create('button', className, parent);
    const icon = element('svg', { viewBox: '0 0 16 16', width: 16, height: 16, 'aria-hidden': 'true' });
    icon.appendChild(element('path', { d: ICONS[name] }));
    button.appendChild(icon);
    button.type = 'button';
    button.dataset.name = name;
    state.buttons[name] = button;
    return button;
  }

  /** On a narrow map the tools fold behind a button of their own. */
  function foldTools(bar) {
    const { tools } = state.buttons;
    bar.classList.add('atlas-tools');
    const unfold = (open) => {
      bar.classList.toggle('atlas-tools-open', open);
      tools.setAttribute('aria-expanded', String(open));
    };
    unfold(false);
    tools.classList.add('atlas-fold');
    tools.addEventListener('click', () => {
      unfold(!bar.classList.contains('atlas-tools-open'));
      Atlas.stage.refresh();
    });
    bar.addEventListener('click', () => unfold(false));
  }

  /** Show whether a tool is in use. */
  function press(name, on) {
    const button = state.buttons[name];
    if (button) button.setAttribute('aria-pressed', String(on));
  }

  /** On a narrow map the credits take room that is needed: a press on the map folds them behind a button. */
  function foldCredits(node, credits) {
    const list = L.DomUtil.create('div', 'atlas-credits-list', node);
    const button = addButton(node, 'credits', 'atlas-credits-fold');
    const container = state.map.getContainer();
    addCredits(list, credits);
    state.tiles = L.DomUtil.create('span', '', list);
    const unfold = (open) => {
      container.classList.toggle('atlas-credited', open);
      button.setAttribute('aria-expanded', String(open));
    };
    unfold(true);
    button.addEventListener('click', () => unfold(!container.classList.contains('atlas-credited')));
    // Not for a press on a tool's box: it stands on the credits and would move away under the pointer.
    const keeps = '.atlas-credits, .atlas-panels';
    container.addEventListener('pointerdown', ({ target }) => target.closest(keeps) || unfold(false), true);
    new ResizeObserver(() => {
      container.style.setProperty('--atlas-credits', `${node.offsetHeight}px`);
      if (state.map._loaded) Atlas.stage.refresh();
    }).observe(node);
  }

  /** Credits as text; an entry may be a text or {text, url}. */
  function addCredits(node, credits) {
    credits.forEach((credit, order) => {
      const { text, url } = typeof credit === 'string' ? { text: credit } : credit;
      if (order) node.append('\u00a0· ');
      if (!url || !SAFE_LINK.test(url)) return node.append(text);
      const link = L.DomUtil.create('a', '', node);
      Object.assign(link, { href: url, target: '_blank', rel: 'noopener noreferrer', textContent: text });
    });
  }

  /** Name whoever gave the tiles that are shown now. */
  function creditTiles(texts) {
    state.tiles.textContent = texts.map((text) => ` · ${text}`).join('');
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
    Atlas.panel.refresh();
    showScale();
    Atlas.readout.refresh();
  }

  /** A metric scale bar, true in the middle of the map. */
  function showScale() {
    const { map } = state;
    const middle = map.getSize().y / 2;
    const [left, right] = [0, SCALE_WIDTH].map((x) => map.containerPointToLatLng([x, middle]));
    const metres = Atlas.geodesy.distance(left, right);
    if (!(metres > 0)) return;
    const power = 10 ** Math.floor(Math.log10(metres));
    const round = power * NICE_NUMBERS.find((nice) => nice * power <= metres);
    state.scaleWidth = Math.round((SCALE_WIDTH * round) / metres);
    state.scale.style.width = `${state.scaleWidth}px`;
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

  /** Put a sentence into the status line under a name of its own; an empty one takes it away. */
  function say(name, sentence) {
    if ((state.said.get(name) || '') === sentence) return;
    if (sentence) state.said.set(name, sentence);
    else state.said.delete(name);
    showStatus();
  }

  function showStatus() {
    const names = [...new Set(state.failed.values())].filter(Boolean).join(', ');
    const failed = state.failed.size ? [names ? `${words.failed}: ${names}` : words.failed] : [];
    const faults = [...failed, ...state.said.values()];
    state.status.textContent = faults.length ? faults.join(' ') : state.waiting.size ? words.loading : '';
    state.status.classList.toggle('atlas-status-failed', faults.length > 0);
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

  Atlas.controls = {
    words,
    area: (square) => Atlas.numbers.area(square, state.lang, words),
    credit: creditTiles,
    length: (metres) => Atlas.numbers.length(metres, state.lang, words),
    open,
    press,
    report,
    say,
    scale: () => ({ width: state.scaleWidth, text: state.scale.textContent }),
    speak,
    tileCredits: () => state.tiles.textContent.replace(/^ · /, ''),
  };
  Atlas.hint = { attach: attachHint, follow: followHint, hide: hideHint };
})();
