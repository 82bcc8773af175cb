/**
 * The stage: keeps the drawings on the map, and after every move places symbols and labels anew.
 *
 * One pass: controls and lines go on the board, symbols find their places, their markers follow, labels take what room
 * is left. Markers are kept by key between passes, so that panning neither flickers nor loses the keyboard's focus.
 */
(function () {
  'use strict';

  const Atlas = (window.Atlas = window.Atlas || {});
  const { Board, box } = Atlas.board;
  const { placeLabels } = Atlas.labels;
  const { draw, element } = Atlas.symbols;

  const MARGIN = 0.25; // part of the map's size around it in which markers are kept ready for dragging
  const RENDERER_PADDING = 0.5;
  const LINE_COST = 0.7;
  const RING_GAP = 4;
  const CONTROL_GAP = 4;
  const TOO_CLOSE_TO_SPLIT = 24; // px at SPLIT_ZOOM: members of a group that near are never told apart
  const SPLIT_ZOOM = 9;
  const REFOCUS_MS = 3000;

  const stage = { map: null, drawings: new Map(), renderers: new Map(), shown: [], pending: 0, focus: null };

  /** Bind the stage to its map: panes, overlay and the passes after moves. */
  stage.open = function (map) {
    stage.map = map;
    for (const [name, z] of Object.entries(Atlas.layers.PANES)) {
      const pane = map.createPane(name);
      pane.style.zIndex = z;
      if (['leader', 'ring', 'label'].includes(name)) pane.classList.add('leaflet-zoom-hide', 'atlas-still');
    }
    map.getPane('label').setAttribute('aria-hidden', 'true');
    map.on('zoomend', stage.restyle);
    map.on('moveend resize viewreset', stage.refresh);
  };

  /** Options that put a path into a pane, with one renderer for each pane. */
  stage.on = function (pane) {
    if (!stage.renderers.has(pane)) stage.renderers.set(pane, L.svg({ pane, padding: RENDERER_PADDING }));
    return { pane, renderer: stage.renderers.get(pane) };
  };

  /** What a clicked feature tells streamlit-folium: ids only, no geometry and no names. */
  stage.answer = function (layer, ids) {
    const properties = ids.length > 1 ? { layer, id: ids[0], ids } : { layer, id: ids[0] };
    return { type: 'Feature', geometry: null, properties };
  };

  /** Show a drawing in its group. */
  stage.add = function (group, o, drawing) {
    stage.drawings.set(group, { o, drawing, group, markers: new Map() });
    for (const path of drawing.paths) {
      group.addLayer(path);
      if (path.hint) Atlas.hint.follow(path);
    }
    drawing.restyle(stage.map.getZoom());
    stage.refresh();
  };

  /** Take a group's drawing away. */
  stage.remove = function (group) {
    const kept = stage.drawings.get(group);
    if (!kept) return;
    stage.drawings.delete(group);
    for (const { marker } of kept.markers.values()) marker.remove();
    group.clearLayers();
    Atlas.hint.hide();
    stage.refresh();
  };

  stage.restyle = function () {
    for (const { drawing } of stage.drawings.values()) drawing.restyle(stage.map.getZoom());
  };

  /** Ask for a pass before the next frame; many calls make one pass. */
  stage.refresh = function () {
    if (stage.pending) return;
    stage.pending = requestAnimationFrame(() => {
      stage.pending = 0;
      pass();
    });
  };

  function pass() {
    const { map } = stage;
    const size = map.getSize();
    if (!size.x || !size.y) return;
    const scene = sceneOf(map, size);
    const board = boardOf(map, size);
    const marks = marksOf(scene);
    const labels = place(board, marks, scene);
    for (const kept of stage.drawings.values())
      syncMarkers(
        kept,
        marks.filter((mark) => mark.kept === kept)
      );
    stage.shown = labels.map((label) => label.text);
    drawLabels(labels);
    drawOverlays(marks, labels);
  }

  /**
   * Who chooses first: what stands fixed and what is selected; the names of the selected and of large towns;
   * the other symbols; the other names and the free labels.
   */
  function place(board, marks, scene) {
    const isFirst = (mark) => mark.mode === 'fixed' || mark.selected;
    const isLoud = ({ label }) => Boolean(label && label.early);
    const [first, rest] = [marks.filter(isFirst), marks.filter((mark) => !isFirst(mark))];
    Atlas.board.placeMarks(board, first);
    Atlas.board.foretell(board, rest);
    const loud = placeLabels(board, requestsOf(first.filter(isLoud), scene));
    Atlas.board.placeMarks(board, rest);
    const names = requestsOf(
      marks.filter((mark) => !first.includes(mark) || !isLoud(mark)),
      scene
    );
    const free = [...stage.drawings.values()].flatMap(({ drawing }) => drawing.labels(scene));
    return [...loud, ...placeLabels(board, [...names, ...free])];
  }

  function sceneOf(map, size) {
    const kept = [...stage.drawings.values()];
    const [lands, towns] = ['lands', 'towns'].map((part) => kept.flatMap(({ drawing }) => drawing[part]));
    return { map, size, zoom: map.getZoom(), lands, towns };
  }

  function boardOf(map, size) {
    const board = new Board(size);
    const origin = map.getContainer().getBoundingClientRect();
    for (const control of map.getContainer().querySelectorAll('.leaflet-control')) {
      const { left, top, width, height } = control.getBoundingClientRect();
      const gap = CONTROL_GAP;
      if (width) board.block(box(left - origin.left - gap, top - origin.top - gap, width + 2 * gap, height + 2 * gap));
    }
    for (const { drawing } of stage.drawings.values()) {
      for (const line of drawing.lines)
        board.markLine(
          line.map((at) => map.latLngToContainerPoint(at)),
          LINE_COST
        );
    }
    return board;
  }

  function marksOf(scene) {
    const view = L.bounds(scene.size.multiplyBy(-MARGIN), scene.size.multiplyBy(1 + MARGIN));
    const marks = [];
    for (const kept of stage.drawings.values()) {
      for (const mark of kept.drawing.marks(scene)) {
        mark.at = scene.map.latLngToContainerPoint(mark.latlng);
        if (view.contains(mark.at)) marks.push({ ...mark, kept });
      }
    }
    return marks;
  }

  /** Requests for the names of placed marks within the map. */
  function requestsOf(marks, { size }) {
    const view = L.bounds([0, 0], size);
    return marks
      .filter(({ label, opacity, spot }) => label && label.text && opacity > 0 && view.contains(spot))
      .map(({ label, spot: at, radius, selected, key: owner, opacity, kept }) => {
        const room = selected ? radius + RING_GAP : radius;
        return { ...label, at, radius: room, owner, opacity, lang: kept.o.lang };
      });
  }

  function syncMarkers(kept, marks) {
    const present = new Set(marks.map((mark) => mark.key));
    for (const key of kept.markers.keys()) if (!present.has(key)) dropMarker(kept, key);
    for (const mark of marks) {
      const sign = [mark.sign, mark.opacity, isSplit(mark), mark.name, ...mark.ids].join('|');
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
    html.style.opacity = mark.opacity;
    const iconSize = [symbol.width * scale, symbol.height * scale];
    const icon = L.divIcon({ className: 'atlas-mark', html, iconSize });
    const marker = L.marker(mark.latlng, {
      icon,
      pane: mark.pane,
      interactive: !mark.silent,
      keyboard: Boolean(mark.focus),
      bubblingMouseEvents: false,
      zIndexOffset: Math.round(-100 * mark.radius), // small symbols above large ones
    });
    marker.toGeoJSON = () => stage.answer(mark.layer, mark.ids);
    // A click on a group looks closer instead of choosing one of its members, so it must not reach the layer's group.
    if (isSplit(mark)) marker.addTo(stage.map).on('click', () => split(mark));
    else kept.group.addLayer(marker);
    if (!mark.silent) listen(marker, mark, kept.o);
    return marker;
  }

  function isSplit(mark) {
    if (!mark.spread || stage.map.getZoom() >= SPLIT_ZOOM) return false;
    const corners = [mark.spread.getSouthWest(), mark.spread.getNorthEast()].map((one) =>
      stage.map.project(one, SPLIT_ZOOM)
    );
    return corners[0].distanceTo(corners[1]) > TOO_CLOSE_TO_SPLIT;
  }

  function split(mark) {
    const zoom = Math.min(SPLIT_ZOOM, Math.max(stage.map.getZoom() + 1, stage.map.getBoundsZoom(mark.spread.pad(0.3))));
    stage.map.setView(mark.spread.getCenter(), zoom);
  }

  function listen(marker, mark, o) {
    const node = marker.getElement();
    const name = [o.title, mark.count ? `${mark.name} (${mark.count})` : mark.name].filter(Boolean).join(': ');
    Atlas.hint.attach(marker, name);
    if (!mark.focus) return;
    node.setAttribute('aria-label', name || mark.ids[0]);
    node.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      event.preventDefault();
      marker.fire('click', { latlng: marker.getLatLng(), originalEvent: event }, true);
    });
    node.addEventListener('focus', () => (stage.focus = { key: mark.key, at: Date.now() }));
    // A removed symbol loses the focus too, but its successor should get it: only a symbol that stays forgets it.
    node.addEventListener('blur', () => setTimeout(() => node.isConnected && forgetFocus(mark.key)));
    refocus(node, mark.key);
  }

  function forgetFocus(key) {
    if (stage.focus && stage.focus.key === key) stage.focus = null;
  }

  /** After a rerun of the page the same symbol is drawn anew: it keeps the focus unless the reader went elsewhere. */
  function refocus(node, key) {
    const { focus } = stage;
    const recent = focus && focus.key === key && Date.now() - focus.at < REFOCUS_MS;
    if (recent && document.hasFocus() && document.activeElement === document.body) node.focus({ preventScroll: true });
  }

  function shift(marker, mark) {
    const { width, height } = mark.symbol;
    const node = marker.getElement();
    node.style.marginLeft = `${mark.spot.x - mark.at.x - (width * mark.scale) / 2}px`;
    node.style.marginTop = `${mark.spot.y - mark.at.y - (height * mark.scale) / 2}px`;
  }

  const layerPoint = (at) => stage.map.containerPointToLayerPoint(L.point(at.x, at.y));

  function drawLabels(labels) {
    const nodes = labels.map((label) => Atlas.labels.drawLabel(label, layerPoint(label).round()));
    stage.map.getPane('label').replaceChildren(...nodes);
  }

  function drawOverlays(marks, labels) {
    const ofLabels = labels.filter((label) => label.leader).map(({ leader }) => leader);
    const ofMarks = marks
      .filter((mark) => mark.leader)
      .map((mark) => ({ from: mark.at, to: mark.spot, style: mark.pane }));
    overlay(
      'leader',
      [...ofLabels, ...ofMarks].map(({ from, to, style }) => {
        const [a, b] = [layerPoint(from), layerPoint(to)];
        return element('line', { x1: a.x, y1: a.y, x2: b.x, y2: b.y, class: `atlas-leader atlas-leader-${style}` });
      })
    );
    overlay(
      'ring',
      marks
        .filter((mark) => mark.selected)
        .map((mark) => {
          const { x, y } = layerPoint(mark.spot);
          return element('circle', { cx: x, cy: y, r: mark.radius + RING_GAP, class: 'atlas-ring' });
        })
    );
  }

  function overlay(pane, nodes) {
    const svg = element('svg', { width: 1, height: 1, class: 'atlas-overlay' });
    svg.append(...nodes);
    stage.map.getPane(pane).replaceChildren(svg);
  }

  Atlas.stage = stage;
})();
