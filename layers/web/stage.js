/**
 * The stage: keeps the drawings on the map, and after every move places symbols and labels anew.
 *
 * One pass: controls and lines go on the board, symbols find their places, their markers follow, labels take what room
 * is left.
 */
(function () {
  'use strict';

  const Atlas = (window.Atlas = window.Atlas || {});
  const { Board, box } = Atlas.board;
  const { placeLabels } = Atlas.labels;
  const { element } = Atlas.symbols;

  const MARGIN = 0.25; // part of the map's size around it in which markers are kept ready for dragging
  const LINE_COST = 0.7;
  const RING_GAP = 4;
  const DOT = 1.4;
  const CONTROL_GAP = 4;

  const stage = { map: null, drawings: new Map(), shown: [], pending: 0 };

  /** Bind the stage to its map: panes and the passes after moves. */
  stage.open = function (map) {
    stage.map = map;
    Atlas.panes.open(map);
    map.on('zoomend', stage.restyle);
    map.on('moveend resize viewreset', stage.refresh);
  };

  /** What a clicked feature tells streamlit-folium: ids only, no geometry and no names. */
  stage.answer = function (layer, ids) {
    const properties = ids.length > 1 ? { layer, id: ids[0], ids } : { layer, id: ids[0] };
    return { type: 'Feature', geometry: null, properties };
  };

  /** Show a drawing in its group; what is wholly transparent is not drawn, so that nobody can click it. */
  stage.add = function (group, o, made) {
    const drawing = o.opacity === 0 ? { ...made, ...Atlas.layers.EMPTY } : made;
    Atlas.panes.dress(o);
    stage.drawings.set(group, { o, drawing, group, markers: new Map() });
    // Who asks first for room depends on the view, not on whose file came first.
    stage.drawings = new Map([...stage.drawings].sort(([, a], [, b]) => rankOf(a.o) - rankOf(b.o) || compare(a.o.id, b.o.id)));
    for (const path of drawing.paths) {
      group.addLayer(path);
      if (path.hint) Atlas.hint.follow(path);
    }
    drawing.restyle(stage.map.getZoom());
    stage.refresh();
  };

  const rankOf = ({ order = Infinity }) => Math.min(order, Number.MAX_SAFE_INTEGER);
  const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

  /** Take a group's drawing away. */
  stage.remove = function (group) {
    const kept = stage.drawings.get(group);
    if (!kept) return;
    stage.drawings.delete(group);
    for (const { marker } of kept.markers.values()) marker.remove();
    group.clearLayers();
    Atlas.panes.clear(kept.o);
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
    for (const kept of stage.drawings.values()) {
      const own = marks.filter((mark) => mark.kept === kept);
      const names = labels.filter((label) => label.kept === kept);
      Atlas.markers.sync(kept, own);
      Atlas.panes.clear(kept.o);
      if (names.length) drawNames(kept, names);
      drawOverlays(kept, own, names);
    }
    Atlas.markers.rove();
    stage.shown = labels.map((label) => label.text);
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
    const free = [...stage.drawings.values()].flatMap((kept) =>
      kept.drawing.labels(scene).map((label) => ({ ...label, kept }))
    );
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
      for (const ring of drawing.bars) board.bar(ring.map((at) => map.latLngToContainerPoint(at)));
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
      .filter(({ label, spot }) => label && label.text && view.contains(spot))
      .map(({ label, spot: at, radius, selected, key: owner, kept }) => {
        const room = selected ? radius + RING_GAP : radius;
        return { ...label, at, radius: room, owner, kept, lang: kept.o.lang };
      });
  }

  const layerPoint = (at) => stage.map.containerPointToLayerPoint(L.point(at.x, at.y));

  function drawNames(kept, labels) {
    const nodes = labels.map((label) => Atlas.labels.drawLabel(label, layerPoint(label).round()));
    Atlas.panes.node(kept.o, 'label').replaceChildren(...nodes);
  }

  function drawOverlays(kept, marks, labels) {
    const ofLabels = labels.filter((label) => label.leader && !label.leader.over).map(({ leader }) => leader);
    const ofMarks = marks
      .filter((mark) => mark.leader)
      .map((mark) => ({ from: mark.at, to: mark.spot, style: mark.pane }));
    overlay(kept, 'leader', [...ofLabels, ...ofMarks].map(leaderLine));
    const rings = marks
      .filter((mark) => mark.selected)
      .map(({ spot, radius }) => round(spot, radius + RING_GAP, 'ring'));
    overlay(kept, 'ring', [...rings, ...labels.filter(({ leader }) => leader && leader.over).flatMap(leaderOver)]);
  }

  function leaderLine({ from, to, style }) {
    const [a, b] = [layerPoint(from), layerPoint(to)];
    return element('line', { x1: a.x, y1: a.y, x2: b.x, y2: b.y, class: `atlas-leader atlas-leader-${style}` });
  }

  /** A leader line that crosses other symbols lies above them and ends with a dot on its own. */
  function leaderOver({ at, leader }) {
    return [leaderLine({ ...leader, from: at }), round(at, DOT, `dot-${leader.style}`)];
  }

  function round(at, r, kind) {
    const { x, y } = layerPoint(at);
    return element('circle', { cx: x, cy: y, r, class: `atlas-${kind}` });
  }

  function overlay(kept, kind, nodes) {
    if (!nodes.length) return;
    const svg = element('svg', { width: 1, height: 1, class: 'atlas-overlay' });
    svg.append(...nodes);
    Atlas.panes.node(kept.o, kind).append(svg);
  }

  Atlas.stage = stage;
})();
