/**
 * Labels: one greedy pass, most important first. Each takes the cheapest spot that covers nothing hard.
 *
 * A label that had to leave its symbol gets a thin leader line. Texts are set as text and measured with the font that
 * is loaded at that moment, so the pass runs again when the fonts arrive.
 */
(function () {
  'use strict';

  const Atlas = (window.Atlas = window.Atlas || {});
  const { box, clamp } = Atlas.board;
  const FAMILY = '"Atlas Sans", "Source Sans 3", "Source Sans Pro", sans-serif';
  const NARROW = 500; // px of map width below which letters are a little smaller
  const LEADER_RINGS = [9, 18, 28, 40];
  const LEADER_RINGS_NARROW = [9, 16, 26];
  const LEADER_DIRECTIONS = 16;
  const LEADER_COST = 5;
  const STRANGER = { gap: 7, cost: 5 }; // a label on a leader line should not stand close to another symbol
  const OVER = { cost: 6, step: 0.6 }; // a leader line that has to run over other symbols, and each point on them
  const LATTICE_STEP = 12; // px between the spots tried for a name that lies over its country
  const LATTICE_COST = 0.3;
  const MAX_COST = 24; // dearer spots stay unlabelled: the text would lie along a line or over many deposits
  const DIAGONAL = 0.75;
  const PAD = 1.5;

  /** Text styles; colours and halo are in map.css under the same names. */
  const STYLES = Object.freeze({
    selected: { weight: 750, size: 14.5, gap: 3 },
    town: { weight: 650, size: 12.5, gap: 3, leader: true },
    capital: { weight: 600, size: 12, gap: 3 },
    city: { weight: 450, size: 11.5, gap: 3 },
    area: { weight: 500, size: 11, gap: 2 },
    deposit: { weight: 500, size: 11, gap: 2 },
    country: { weight: 500, size: 10.5, spacing: 0.22, capitals: true },
    own: { weight: 600, size: 13, spacing: 0.36, capitals: true },
    sea: { weight: 400, size: 12, italic: true, wrap: true },
    degree: { weight: 400, size: 9.5 },
  });

  const canvas = document.createElement('canvas').getContext('2d');

  function fontOf(style, narrow) {
    const size = style.size - (narrow && style.size > 11 ? 1 : 0);
    return { size, css: `${style.italic ? 'italic ' : ''}${style.weight} ${size}px ${FAMILY}` };
  }

  function measure(label, narrow) {
    const style = STYLES[label.style];
    const font = fontOf(style, narrow);
    const text = style.capitals ? label.text.toLocaleUpperCase(label.lang) : label.text;
    const lines = style.wrap ? text.split(' ') : [text];
    canvas.font = font.css;
    const widths = lines.map((line) => canvas.measureText(line).width + (style.spacing || 0) * font.size * line.length);
    const height = Math.round(font.size * (lines.length > 1 ? 1.15 * lines.length : 1)) + 1;
    return {
      ...label,
      narrow,
      lines,
      font,
      spacing: style.spacing,
      width: Math.max(...widths),
      height,
      gap: style.gap || 0,
    };
  }

  /** The eight spots around a symbol, in order of preference: right, above, below, left, diagonals. */
  function near(label) {
    const { width: w, height: h } = label;
    const r = label.radius + label.gap;
    const d = r * DIAGONAL;
    const corners = [
      [r, -h / 2],
      [-w / 2, -r - h],
      [-w / 2, r],
      [-r - w, -h / 2],
    ];
    corners.push([d, -d - h + 2], [d, d - 2], [-d - w, -d - h + 2], [-d - w, d - 2]);
    return corners.map(([dx, dy], order) => ({ dx, dy, cost: order * 0.5 }));
  }

  /** Spots further off, for labels that may have a leader line. */
  function far(label) {
    const spots = [];
    for (const ring of label.narrow ? LEADER_RINGS_NARROW : LEADER_RINGS) {
      for (let k = 0; k < LEADER_DIRECTIONS; k++) {
        const angle = (2 * Math.PI * k) / LEADER_DIRECTIONS;
        const x = Math.cos(angle) * (label.radius + ring + label.width / 2);
        const y = Math.sin(angle) * (label.radius + ring + label.height / 2);
        spots.push({ dx: x - label.width / 2, dy: y - label.height / 2, cost: LEADER_COST + ring / 6, leader: true });
      }
    }
    return spots;
  }

  /** Spots of a name that lies over its country or sea: a lattice around its point, nearest first. */
  function over(label) {
    const spots = [];
    for (let i = -label.lattice; i <= label.lattice; i++) {
      for (let j = -label.lattice; j <= label.lattice; j++) {
        const dx = i * LATTICE_STEP - label.width / 2;
        const dy = j * LATTICE_STEP - label.height / 2;
        spots.push({ dx, dy, cost: Math.hypot(i, j) * LATTICE_COST });
      }
    }
    return spots.sort((a, b) => a.cost - b.cost);
  }

  function spotsOf(label) {
    if (label.lattice !== undefined) return over(label);
    return STYLES[label.style].leader ? [...near(label), ...far(label)] : near(label);
  }

  /** Where the leader line starts at the symbol and ends at the text. */
  function leaderOf(label, shape) {
    const end = { x: clamp(label.at.x, shape.x0 + 2, shape.x1 - 2), y: clamp(label.at.y, shape.y0 + 1, shape.y1 - 1) };
    const length = Math.hypot(end.x - label.at.x, end.y - label.at.y) || 1;
    const start = label.radius / length;
    return {
      from: { x: label.at.x + (end.x - label.at.x) * start, y: label.at.y + (end.y - label.at.y) * start },
      to: end,
      style: label.style,
    };
  }

  function grown(shape, by) {
    return { ...shape, x0: shape.x0 - by, y0: shape.y0 - by, x1: shape.x1 + by, y1: shape.y1 + by };
  }

  /** Dearer over symbols, out of the question over names and other leader lines. */
  function costOfLeader(board, label, shape, leader) {
    const ends = [leader.from, leader.to, label.owner];
    const crossed = board.crossings(...ends);
    leader.over = crossed > 0;
    if (leader.over && board.crossings(...ends, true)) return Infinity;
    const stranger = board.hits(grown(shape, STRANGER.gap)) ? STRANGER.cost : 0;
    return stranger + (leader.over ? OVER.cost + OVER.step * crossed : 0);
  }

  function bestSpot(board, label) {
    let best = null;
    for (const spot of spotsOf(label)) {
      if (best && spot.cost >= best.cost) continue;
      const x = label.at.x + spot.dx;
      const y = label.at.y + spot.dy;
      const shape = box(x - PAD, y - PAD / 2, label.width + 2 * PAD, label.height + PAD, label.owner);
      const cost = spot.cost + board.cost(shape);
      if (cost > MAX_COST || (best && cost >= best.cost) || !board.inside(shape)) continue;
      if (board.hits(shape) || (label.fits && !label.fits(shape))) continue;
      const leader = spot.leader ? leaderOf(label, shape) : null;
      const total = cost + (leader ? costOfLeader(board, label, shape, leader) : 0);
      if (total < (best ? best.cost : Infinity)) best = { x, y, shape, cost: total, leader };
    }
    return best;
  }

  /** The selected label is always shown: where nothing is free, it covers what is there. */
  function insist(board, label) {
    for (const spot of near(label)) {
      const x = label.at.x + spot.dx;
      const y = label.at.y + spot.dy;
      const shape = box(x, y, label.width, label.height, label.owner);
      if (board.inside(shape)) return { x, y, shape, leader: null };
    }
    return null;
  }

  /**
   * Choose spots for label requests {text, style, rank, at, radius, owner, kept, lattice?, fits?, lang}.
   * Returns those that found room with x, y (upper left, container px) and their leader line or null.
   */
  function placeLabels(board, requests) {
    const narrow = board.size.x < NARROW;
    const placed = [];
    for (const request of [...requests].sort((a, b) => b.rank - a.rank)) {
      const label = measure(request, narrow);
      const spot = bestSpot(board, label) || (label.style === 'selected' ? insist(board, label) : null);
      if (!spot) continue;
      board.block({ ...spot.shape, owner: undefined });
      if (spot.leader) board.blockLine(spot.leader.from, spot.leader.to);
      placed.push({ ...label, ...spot });
    }
    return placed;
  }

  /** A label as an element whose upper left corner stands at the given layer point. */
  function drawLabel(label, point) {
    const node = document.createElement('div');
    node.className = `atlas-label atlas-label-${label.style}`;
    node.textContent = label.lines.join('\n');
    node.style.font = label.font.css;
    node.style.width = label.lines.length > 1 ? `${Math.ceil(label.width)}px` : '';
    if (label.spacing) node.style.letterSpacing = `${label.spacing}em`;
    L.DomUtil.setPosition(node, point);
    return node;
  }

  Atlas.labels = { FAMILY, drawLabel, placeLabels };
})();
