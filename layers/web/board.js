/**
 * The board: what already stands on the map, in container pixels, and where symbols find room on it.
 *
 * Hard obstacles (circles, symbols, controls, labels) may not be covered. Soft ones (points along gas lines, deposits)
 * only cost. Both lie in a grid of square cells, so that a pass over some hundred symbols stays at a few milliseconds.
 */
(function () {
  'use strict';

  const Atlas = (window.Atlas = window.Atlas || {});
  const CELL = 48;
  const DIRECTIONS = 16;
  const RING_STEP = 4;
  const REACH = 40; // px that a symbol may move away: further off its leader line would mislead
  const REACH_NARROW = 34;
  const NARROW = 500; // px of map width
  const GAP = 1;
  const RING = 6; // px around a selected symbol
  const RIM = 1.5; // a town circle's own rim
  const LEADER_FROM = 3; // a symbol that moved less needs no leader line
  const LINE_STEP = 5;
  const LEADER_STEP = 3;
  const LEADER_RADIUS = 1;
  const LEADER_ROOT = 3; // steps: far out towns lie so near to each other that their lines begin as one
  const RIGHT_COST = 1.5; // names stand to the right of their symbols, so others go elsewhere first
  const NAME_ROOM = { width: 62, height: 14, cost: 4 }; // kept free beside a town while there is a choice
  const SCATTER_COST = 2.5; // of covering a deposit
  const FORETOLD_COST = 1.5;
  const CROSSING_COST = 6;
  const EDGE = 2;
  const CLEARANCE = 2; // px between a name on clear ground and a line

  /** A circle that takes part in collisions; `owner` is ignored when it asks for room itself. */
  function disc(x, y, r, owner) {
    return { x0: x - r, y0: y - r, x1: x + r, y1: y + r, x, y, r, owner };
  }

  /** A rectangle by its upper left corner. */
  function box(x, y, width, height, owner) {
    return { x0: x, y0: y, x1: x + width, y1: y + height, x: x + width / 2, y: y + height / 2, r: 0, owner };
  }

  const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

  function touch(a, b) {
    if (a.x0 >= b.x1 || a.x1 <= b.x0 || a.y0 >= b.y1 || a.y1 <= b.y0) return false;
    if (a.r && b.r) return Math.hypot(a.x - b.x, a.y - b.y) < a.r + b.r;
    if (!a.r && !b.r) return true;
    const [round, square] = a.r ? [a, b] : [b, a];
    const dx = round.x - clamp(round.x, square.x0, square.x1);
    const dy = round.y - clamp(round.y, square.y0, square.y1);
    return Math.hypot(dx, dy) < round.r;
  }

  /** Points from a to b about `step` px apart. */
  function along(a, b, step) {
    const count = Math.max(1, Math.round(Math.hypot(b.x - a.x, b.y - a.y) / step));
    const at = (k) => ({ x: a.x + ((b.x - a.x) * k) / count, y: a.y + ((b.y - a.y) * k) / count });
    return Array.from({ length: count + 1 }, (_, k) => at(k));
  }

  class Board {
    /** An empty board for a map of `size` ({x, y} in px). */
    constructor(size) {
      this.size = size;
      this.hard = new Map();
      this.soft = new Map();
      this.rooms = new Map();
      this.lines = [];
      this.rings = [];
    }

    block(shape) {
      for (const key of this.cells(shape)) push(this.hard, key, shape);
    }

    /** Take back what was blocked. */
    free(shapes) {
      for (const shape of shapes) {
        for (const key of this.cells(shape)) {
          const list = this.hard.get(key);
          list.splice(list.indexOf(shape), 1);
        }
      }
    }

    /** Ask symbols to keep out of a shape; labels may stand there. */
    reserve(shape) {
      for (const key of this.cells(shape)) push(this.rooms, key, shape);
    }

    isReserved(shape) {
      for (const key of this.cells(shape)) {
        if ((this.rooms.get(key) || []).some((room) => touch(shape, room))) return true;
      }
      return false;
    }

    /** Make a point cost `weight` to whoever covers it. */
    mark(x, y, weight) {
      push(this.soft, this.key(Math.floor(x / CELL), Math.floor(y / CELL)), { x, y, weight });
    }

    /** Make a line of container points cost `weight` for each step along it. */
    markLine(points, weight) {
      const view = L.bounds([0, 0], this.size);
      for (let i = 1; i < points.length; i++) {
        const part = L.LineUtil.clipSegment(points[i - 1], points[i], view);
        if (!part) continue;
        this.lines.push(part);
        for (const { x, y } of along(...part, LINE_STEP)) this.mark(x, y, weight);
      }
    }

    /** Keep names that want clear ground off a ring of container points, its inside too. */
    bar(ring) {
      this.rings.push(ring);
      ring.forEach((point, i) => this.lines.push([point, ring[(i + 1) % ring.length]]));
    }

    /** Whether nothing at all lies below the shape: no obstacle, nothing that costs, no line, no barred ring. */
    isClear(shape) {
      if (this.hits(shape) || this.cost(shape)) return false;
      const around = L.bounds([shape.x0 - CLEARANCE, shape.y0 - CLEARANCE], [shape.x1 + CLEARANCE, shape.y1 + CLEARANCE]);
      if (this.lines.some(([a, b]) => L.LineUtil.clipSegment(a, b, around))) return false;
      return !this.rings.some((ring) => encloses(ring, shape));
    }

    /** Whether the shape would cover an obstacle that is not its owner's; symbols may be let through. */
    hits(shape, pastSymbols = false) {
      for (const key of this.cells(shape)) {
        for (const other of this.hard.get(key) || []) {
          if (pastSymbols && other.r > LEADER_RADIUS && !misleads(other, shape.root)) continue;
          if ((!shape.owner || other.owner !== shape.owner) && touch(shape, other)) return true;
        }
      }
      return false;
    }

    /** What the shape would cost by covering soft obstacles. */
    cost(shape) {
      let sum = 0;
      for (const key of this.cells(shape)) {
        for (const point of this.soft.get(key) || []) {
          if (point.x > shape.x0 && point.x < shape.x1 && point.y > shape.y0 && point.y < shape.y1) sum += point.weight;
        }
      }
      return sum;
    }

    /** The obstacle that a leader line is, so that no other crosses it. */
    stroke(a, b) {
      return along(a, b, LEADER_STEP)
        .slice(LEADER_ROOT)
        .map(({ x, y }) => disc(x, y, LEADER_RADIUS));
    }

    /** At how many points a leader line from a to b would run over obstacles that are not its owner's. */
    crossings(a, b, owner, pastSymbols = false) {
      const points = along(a, b, LEADER_STEP).slice(pastSymbols ? LEADER_ROOT : 0);
      return points.filter(({ x, y }) => this.hits({ ...disc(x, y, 0.8, owner), root: a }, pastSymbols)).length;
    }

    inside(shape) {
      return shape.x0 >= EDGE && shape.y0 >= EDGE && shape.x1 <= this.size.x - EDGE && shape.y1 <= this.size.y - EDGE;
    }

    key(column, row) {
      return column * 4096 + row;
    }

    *cells(shape) {
      for (let column = Math.floor(shape.x0 / CELL); column <= Math.floor(shape.x1 / CELL); column++) {
        for (let row = Math.floor(shape.y0 / CELL); row <= Math.floor(shape.y1 / CELL); row++) {
          yield this.key(column, row);
        }
      }
    }
  }

  /** Whether a leader line over a symbol would seem to name it; those that lie on its own root cannot be avoided. */
  function misleads({ named, x, y, r }, root) {
    return named && Math.hypot(x - root.x, y - root.y) > r + LEADER_STEP * LEADER_ROOT;
  }

  /** Even-odd rule for the middle of a shape. */
  function encloses(ring, { x, y }) {
    let inside = false;
    ring.forEach((a, i) => {
      const b = ring[(i + 1) % ring.length];
      if (a.y > y !== b.y > y && x < ((b.x - a.x) * (y - a.y)) / (b.y - a.y) + a.x) inside = !inside;
    });
    return inside;
  }

  function push(grid, key, value) {
    const list = grid.get(key);
    if (list) list.push(value);
    else grid.set(key, [value]);
  }

  /**
   * Find a place for each mark and write it to `mark.spot` (container px): those that stand fixed before the others,
   * then the most important first.
   *
   * Modes: "fixed" stands on its point whatever lies there; "free" may move away with a leader line; "beside" has no
   * point of its own and stands at its town's circle (`mark.beside` px) towards `mark.angle`; "scatter" (deposits)
   * may overlap its like and moves only when a symbol would hide it.
   */
  function placeMarks(board, marks) {
    const ordered = [...marks].sort((a, b) => b.rank - a.rank);
    for (const mark of ordered.filter((one) => one.mode === 'fixed')) {
      settle(board, mark, mark.at);
      if (mark.label) board.reserve(roomForName(mark));
    }
    for (const mark of ordered.filter((one) => one.mode !== 'fixed')) {
      settle(board, mark, mark.mode === 'scatter' ? scattered(board, mark) : roomFor(board, mark));
    }
  }

  /** Make the points of marks that are placed later cost a little, so that early labels leave them alone. */
  function foretell(board, marks) {
    for (const { mode, at, radius } of marks) {
      if (mode !== 'free') continue;
      for (const side of [-0.7, 0, 0.7]) board.mark(at.x + side * radius, at.y, FORETOLD_COST);
    }
  }

  function roomForName({ at, radius }) {
    return box(at.x + radius + 2, at.y - NAME_ROOM.height / 2, NAME_ROOM.width, NAME_ROOM.height);
  }

  function settle(board, mark, spot) {
    mark.spot = spot;
    const moved = Math.hypot(spot.x - mark.at.x, spot.y - mark.at.y);
    mark.leader = moved > (mark.beside ? mark.beside + mark.radius : 0) + LEADER_FROM;
    if (mark.mode === 'scatter' && !moved) board.mark(spot.x, spot.y, SCATTER_COST);
    else {
      const named = mark.mode === 'fixed' && Boolean(mark.label);
      board.block({ ...disc(spot.x, spot.y, mark.radius + (mark.selected ? RING : 0), mark.key), named });
    }
  }

  function scattered(board, mark) {
    const covered = board.hits(disc(mark.at.x, mark.at.y, 1.5, mark.key));
    return covered && mark.movable ? roomFor(board, mark) : mark.at;
  }

  function roomFor(board, mark) {
    const start = mark.beside ? mark.beside + mark.radius + GAP + RIM : 0;
    const reach = board.size.x < NARROW ? REACH_NARROW : REACH;
    for (let away = start; away <= start + reach; away += RING_STEP) {
      const best = bestOnRing(board, mark, away);
      if (best) return best;
    }
    return mark.beside ? onRing(mark, start, mark.angle) : mark.at;
  }

  function bestOnRing(board, mark, away) {
    let best = null;
    for (let k = 0; k < (away ? DIRECTIONS : 1); k++) {
      const angle = (2 * Math.PI * k) / DIRECTIONS;
      const spot = onRing(mark, away, angle);
      const shape = disc(spot.x, spot.y, mark.radius + GAP, mark.key);
      if (board.hits(shape) || (away && !board.inside(shape))) continue;
      const cost =
        wishOf(board, mark, angle, spot) + board.cost(shape) + (board.isReserved(shape) ? NAME_ROOM.cost : 0);
      if (!best || cost < best.cost) best = { cost, spot };
    }
    return best && best.spot;
  }

  /** What a direction costs by itself: badges keep to their side, with a clear leader line; others leave the right. */
  function wishOf(board, mark, angle, spot) {
    if (!mark.beside) return RIGHT_COST * Math.cos(angle);
    const rim = onRing(mark, mark.beside + RIM + LEADER_FROM, angle);
    return 3 * turn(angle, mark.angle) + (board.crossings(rim, spot, mark.key) ? CROSSING_COST : 0);
  }

  function onRing(mark, away, angle) {
    return L.point(mark.at.x + away * Math.cos(angle), mark.at.y + away * Math.sin(angle));
  }

  function turn(a, b) {
    return Math.abs(Math.atan2(Math.sin(a - b), Math.cos(a - b)));
  }

  Atlas.board = { Board, box, clamp, disc, foretell, placeMarks };
})();
