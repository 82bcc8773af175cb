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
  const { occupy, settle } = Atlas.seating;
  const FAMILY = '"Atlas Sans", "Source Sans 3", "Source Sans Pro", sans-serif';
  const NARROW = 500; // px of map width below which letters are a little smaller
  const LEADER_RINGS = [9, 18, 28, 40];
  const LEADER_RINGS_NARROW = [9, 16, 26];
  const LEADER_DIRECTIONS = 16;
  const LEADER_COST = 5;
  const STRANGER = { gap: 7, cost: 5 }; // a label on a leader line should not stand close to another symbol
  const OVER = { cost: 6, step: 0.6 }; // a leader line that has to run over other symbols, and each point on them
  // Where nothing nearer is free, for those who must have their name.
  const OUTER_RINGS = [36, 54, 70, 88];
  const OUTER_DIRECTIONS = 24;
  const OUTER_MAX_COST = 120;
  const SMALLER = 1.5; // px off the letters of a name that finds no room otherwise
  const LATTICE_STEP = 12; // px between the spots tried for a name that lies over its country
  const LATTICE_COST = 0.3;
  const MAX_COST = 24; // dearer spots stay unlabelled: the text would lie along a line or over many deposits
  const DIAGONAL = 0.75;
  const PAD = 1.5;

  /** Text styles; colours and halo are in map.css under the same names. */
  const STYLES = Object.freeze({
    selected: { weight: 750, size: 14.5, gap: 3 },
    town: { weight: 650, size: 12.5, gap: 3, leader: true, must: true },
    capital: { weight: 600, size: 12, gap: 3, leader: true, must: true },
    city: { weight: 450, size: 11.5, gap: 3 },
    area: { weight: 500, size: 11, gap: 2 },
    deposit: { weight: 500, size: 11, gap: 2 },
    block: { weight: 500, size: 10.5, wrap: true },
    country: { weight: 500, size: 10.5, spacing: 0.22, capitals: true },
    own: { weight: 600, size: 13, spacing: 0.36, capitals: true, tighter: 'small' },
    small: { weight: 600, size: 12, spacing: 0.18, capitals: true, like: 'own' }, // the country's own name where room is short
    sea: { weight: 400, size: 12, italic: true, wrap: true },
    degree: { weight: 400, size: 9.5 },
  });

  const canvas = document.createElement('canvas').getContext('2d');

  function fontOf(style, narrow, less) {
    const size = style.size - (narrow && style.size > 11 ? 1 : 0) - less;
    return { size, css: `${style.italic ? 'italic ' : ''}${style.weight} ${size}px ${FAMILY}` };
  }

  function measure(label, narrow, less = 0) {
    const style = STYLES[label.style];
    const font = fontOf(style, narrow, less);
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
      must: style.must || false,
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
  function far(label, rings, directions) {
    const spots = [];
    for (const ring of rings) {
      for (let k = 0; k < directions; k++) {
        const angle = (2 * Math.PI * k) / directions;
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

  /** Spots all over the window for a name that stands anywhere in its country, those nearest to its point first. */
  function across(label, size) {
    const spots = [];
    const home = { x: clamp(label.at.x, 0, size.x), y: clamp(label.at.y, 0, size.y) };
    for (let x = 0; x + label.width < size.x; x += LATTICE_STEP) {
      for (let y = 0; y + label.height < size.y; y += LATTICE_STEP) {
        const away = Math.hypot(x + label.width / 2 - home.x, y + label.height / 2 - home.y);
        spots.push({ dx: x - label.at.x, dy: y - label.at.y, cost: away / Math.hypot(size.x, size.y) });
      }
    }
    return spots.sort((a, b) => a.cost - b.cost);
  }

  function spotsOf(label, size) {
    if (label.anywhere) return across(label, size);
    if (label.lattice !== undefined) return over(label);
    if (!STYLES[label.style].leader) return near(label);
    return [...near(label), ...far(label, label.narrow ? LEADER_RINGS_NARROW : LEADER_RINGS, LEADER_DIRECTIONS)];
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

  /** What a spot would cost a label, with its place and leader line; null where the label cannot stand there. */
  function valued(board, label, spot, maxCost) {
    const x = label.at.x + spot.dx;
    const y = label.at.y + spot.dy;
    const shape = box(x - PAD, y - PAD / 2, label.width + 2 * PAD, label.height + PAD, label.owner);
    const cost = spot.cost + board.cost(shape);
    if (cost > maxCost || !board.inside(shape)) return null;
    if (label.anywhere ? !board.isClear(shape) : board.hits(shape)) return null;
    if (label.fits && !label.fits(shape)) return null;
    const leader = spot.leader ? leaderOf(label, shape) : null;
    const total = cost + (leader ? costOfLeader(board, label, shape, leader) : 0);
    return total < Infinity ? { ...label, x, y, shape, cost: total, leader } : null;
  }

  function bestSpot(board, label) {
    let best = null;
    for (const spot of spotsOf(label, board.size)) {
      if (best && spot.cost >= best.cost) continue;
      const found = valued(board, label, spot, MAX_COST);
      if (found && (!best || found.cost < best.cost)) best = found;
    }
    if (best || !STYLES[label.style].tighter) return best;
    return bestSpot(board, measure({ ...label, style: STYLES[label.style].tighter }, label.narrow));
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

  /** A list that is made when it is first asked for. */
  function lazy(make) {
    let made = null;
    return () => (made = made || make());
  }

  /**
   * All that a label may take beside what stands on the board, in lists with the best first: the usual spots, those
   * further off for names that must be there, the same in smaller letters, at last what covers something.
   */
  function choicesOf(board, label) {
    const by = (one, spots, maxCost) =>
      lazy(() =>
        spots(one)
          .map((spot) => valued(board, one, spot, maxCost))
          .filter(Boolean)
          .sort((a, b) => a.cost - b.cost)
      );
    const usual = by(label, spotsOf, MAX_COST);
    if (label.style === 'selected') return [usual, () => [{ ...label, ...insist(board, label), anyway: true }]];
    if (!label.must) return [usual];
    const outer = (one) => [...near(one), ...far(one, OUTER_RINGS, OUTER_DIRECTIONS)];
    const [whole, small] = [label, measure(label, label.narrow, SMALLER)];
    return [usual, by(whole, outer, OUTER_MAX_COST), by(small, outer, OUTER_MAX_COST)];
  }

  /**
   * Choose spots for label requests {text, style, rank, at, radius, owner, kept, lattice?, anywhere?, fits?, lang}.
   * Returns those that found room with x, y (upper left, container px) and their leader line or null.
   *
   * Names that must be there come before all lower ones.
   */
  function placeLabels(board, requests) {
    const narrow = board.size.x < NARROW;
    const labels = requests.map((one) => measure(one, narrow)).sort((a, b) => b.rank - a.rank);
    const end = labels.findLastIndex((one) => one.must || one.style === 'selected') + 1;
    const named = labels.slice(0, end);
    for (const label of named) label.choices = choicesOf(board, label);
    const placed = settle(board, named);
    for (const label of placed) occupy(board, label);
    for (const label of labels.slice(end)) {
      const found = bestSpot(board, label);
      if (!found) continue;
      occupy(board, found);
      placed.push(found);
    }
    return placed;
  }

  /** A label as an element whose upper left corner stands at the given layer point. */
  function drawLabel(label, point) {
    const node = document.createElement('div');
    node.className = `atlas-label atlas-label-${STYLES[label.style].like || label.style}`;
    node.textContent = label.lines.join('\n');
    node.style.font = label.font.css;
    node.style.width = label.lines.length > 1 ? `${Math.ceil(label.width)}px` : '';
    if (label.spacing) node.style.letterSpacing = `${label.spacing}em`;
    L.DomUtil.setPosition(node, point);
    return node;
  }

  Atlas.labels = { FAMILY, drawLabel, placeLabels };
})();
