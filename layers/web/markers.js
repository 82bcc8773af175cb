/**
 * Markers: the nodes of placed symbols. They are kept by key between passes, so that panning neither flickers nor loses
 * the keyboard's focus.
 *
 * For the keyboard all symbols together are one stop: Tab comes to one of them and goes on, arrow keys move among them.
 */
(function () {
  'use strict';

  const Atlas = (window.Atlas = window.Atlas || {});
  const { draw } = Atlas.symbols;

  const TOO_CLOSE_TO_SPLIT = 24; // px at SPLIT_ZOOM: members of a group that near are never told apart
  const SPLIT_ZOOM = 9;
  const REFOCUS_MS = 3000;

  /** Arrow keys as directions on the screen. */
  const ARROWS = Object.freeze({ ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] });
  const ASIDE = 2; // a symbol aside of the direction counts as that much further off

  const state = { focus: null, stop: null };

  /** Make the markers of a drawing those of its placed marks. */
  function sync(kept, marks) {
    const present = new Set(marks.map((mark) => mark.key));
    for (const key of kept.markers.keys()) if (!present.has(key)) dropMarker(kept, key);
    for (const mark of marks) {
      const sign = [mark.sign, isSplit(mark), mark.name, mark.dating, ...mark.ids].join('|');
      const known = kept.markers.get(mark.key);
      if (!known || known.sign !== sign) {
        dropMarker(kept, mark.key);
        kept.markers.set(mark.key, { marker: markerOf(kept, mark), sign });
      }
      shift(kept.markers.get(mark.key).marker, mark);
    }
  }

  function dropMarker(kept, key) {
    const known = kept.markers.get(key);
    if (!known) return;
    kept.group.removeLayer(known.marker);
    known.marker.remove();
    kept.markers.delete(key);
  }

  function markerOf(kept, mark) {
    const { symbol, scale } = mark;
    const html = draw(symbol, scale);
    const iconSize = [symbol.width * scale, symbol.height * scale];
    const icon = L.divIcon({ className: 'atlas-mark', html, iconSize });
    const marker = L.marker(mark.latlng, {
      icon,
      pane: Atlas.panes.of(kept.o, mark.pane),
      interactive: !mark.silent,
      keyboard: Boolean(mark.focus),
      bubblingMouseEvents: false,
      zIndexOffset: Math.round(-100 * mark.radius), // small symbols above large ones
    });
    marker.toGeoJSON = () => Atlas.stage.answer(mark.layer, mark.ids);
    // A click on a group looks closer instead of choosing one of its members, so it must not reach the layer's group.
    if (isSplit(mark)) marker.addTo(Atlas.panes.map).on('click', () => split(mark));
    else kept.group.addLayer(marker);
    if (!mark.silent) listen(marker, mark, kept.o);
    return marker;
  }

  function isSplit(mark) {
    if (!mark.spread || Atlas.panes.map.getZoom() >= SPLIT_ZOOM) return false;
    const corners = [mark.spread.getSouthWest(), mark.spread.getNorthEast()].map((one) =>
      Atlas.panes.map.project(one, SPLIT_ZOOM)
    );
    return corners[0].distanceTo(corners[1]) > TOO_CLOSE_TO_SPLIT;
  }

  function split(mark) {
    const zoom = Math.min(
      SPLIT_ZOOM,
      Math.max(Atlas.panes.map.getZoom() + 1, Atlas.panes.map.getBoundsZoom(mark.spread.pad(0.3)))
    );
    Atlas.panes.map.setView(mark.spread.getCenter(), zoom);
  }

  function listen(marker, mark, o) {
    const node = marker.getElement();
    const named = [o.title, mark.count ? `${mark.name} (${mark.count})` : mark.name].filter(Boolean).join(': ');
    const name = [named, mark.doubt, mark.dating].filter(Boolean).join(' – ');
    Atlas.hint.attach(marker, name);
    if (!mark.focus) return;
    node.setAttribute('aria-label', withLetters(name || mark.ids[0], mark.symbol));
    node.addEventListener('keydown', (event) => {
      if (event.key in ARROWS) return go(event, marker);
      if (event.key !== 'Enter' && event.key !== ' ') return;
      event.preventDefault();
      marker.fire('click', { latlng: marker.getLatLng(), originalEvent: event }, true);
    });
    node.addEventListener('focus', () => {
      state.focus = { key: mark.key, at: Date.now() };
      state.stop = mark.key;
      rove();
    });
    // A removed symbol loses the focus too, but its successor should get it: only a symbol that stays forgets it.
    node.addEventListener('blur', () => setTimeout(() => node.isConnected && forgetFocus(mark.key)));
    refocus(node, mark.key);
  }

  /** The name that is spoken holds what is written on the symbol: an element, a count. */
  function withLetters(name, { shapes }) {
    const written = shapes.filter(([tag]) => tag === 'text').map(([, , text]) => text);
    return written.length ? `${name} – ${written.join('')}` : name;
  }

  function forgetFocus(key) {
    if (state.focus && state.focus.key === key) state.focus = null;
  }

  /** After a rerun of the page the same symbol is drawn anew: it keeps the focus unless the reader went elsewhere. */
  function refocus(node, key) {
    const { focus } = state;
    const recent = focus && focus.key === key && Date.now() - focus.at < REFOCUS_MS;
    if (recent && document.hasFocus() && document.activeElement === document.body) node.focus({ preventScroll: true });
  }

  function shift(marker, mark) {
    const { width, height } = mark.symbol;
    const node = marker.getElement();
    node.style.marginLeft = `${mark.spot.x - mark.at.x - (width * mark.scale) / 2}px`;
    node.style.marginTop = `${mark.spot.y - mark.at.y - (height * mark.scale) / 2}px`;
  }

  const placeOf = (marker) => Atlas.panes.map.latLngToContainerPoint(marker.getLatLng());

  /** The symbols that the keyboard may come to, by key. Those on the far side of a swipe are out of its reach. */
  function reachable() {
    const found = new Map();
    for (const { o, markers } of Atlas.stage.drawings.values()) {
      for (const [key, { marker }] of markers) {
        const node = marker.getElement();
        const shown = Atlas.swiper.shows(o.layer || o.id, placeOf(marker).x);
        node.style.visibility = shown ? '' : 'hidden';
        if (!marker.options.keyboard) continue;
        if (shown) found.set(key, marker);
        else node.tabIndex = -1;
      }
    }
    return found;
  }

  /** Make one symbol the stop of the Tab key: the last one that had the focus, else the one nearest the middle. */
  function rove() {
    const markers = reachable();
    const middle = Atlas.panes.map.getSize().divideBy(2);
    const distance = ([, marker]) => placeOf(marker).distanceTo(middle);
    if (!markers.has(state.stop)) {
      const nearest = [...markers].reduce((best, one) => (best && distance(best) <= distance(one) ? best : one), null);
      state.stop = nearest && nearest[0];
    }
    for (const [key, marker] of markers) marker.getElement().tabIndex = key === state.stop ? 0 : -1;
  }

  /** Move the focus to the next symbol in the direction of an arrow key; the map follows it. */
  function go(event, from) {
    event.preventDefault();
    const [x, y] = ARROWS[event.key];
    const here = placeOf(from);
    const far = (marker) => {
      const { x: dx, y: dy } = placeOf(marker).subtract(here);
      const [along, aside] = [dx * x + dy * y, Math.abs(dx * y) + Math.abs(dy * x)];
      return marker !== from && along > 0 && aside <= along ? along + ASIDE * aside : Infinity;
    };
    const [next] = [...reachable().values()].map((marker) => ({ marker, far: far(marker) })).sort((a, b) => a.far - b.far);
    if (next && next.far < Infinity) next.marker.getElement().focus();
  }

  Atlas.markers = { rove, sync };
})();
