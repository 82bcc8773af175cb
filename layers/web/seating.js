/**
 * Who of the names sits where: each has its choices, the best first, and makes room for one that would go missing.
 */
(function () {
  'use strict';

  const Atlas = (window.Atlas = window.Atlas || {});
  const EXCHANGES = 8; // names that may be asked to move for one that found no room
  const EXCHANGE_DEPTH = 3;
  const ROUNDS = 2;
  const STARTS = 3;
  const DEAR = 8; // cost from which a spot is worth a second look

  /** What a settled label takes from others: its text's box and its leader line. */
  function takenBy(board, { shape, leader }) {
    return [{ ...shape, owner: undefined }, ...(leader ? board.stroke(leader.from, leader.to) : [])];
  }

  function occupy(board, label) {
    label.taken = takenBy(board, label);
    for (const one of label.taken) board.block(one);
  }

  /** Place labels one after the other; those that must be named and found no room are returned. */
  function attempt(names, placed, labels) {
    return labels.filter((label) => !enter(names, placed, label) && label.must);
  }

  /** Let a label take the best of its choices that no other name covers; `names` is a board with names alone. */
  function enter(names, placed, label) {
    const isFree = ({ anyway, shape, leader, owner }) =>
      shape && (anyway || !(names.hits(shape) || (leader && names.crossings(leader.from, leader.to, owner, true))));
    let found = null;
    for (const choices of label.choices) if ((found = choices().find(isFree))) break;
    if (!found) return false;
    occupy(names, found);
    placed.set(label, found);
    return true;
  }

  function leave(names, placed, label) {
    const found = placed.get(label);
    names.free(found.taken);
    placed.delete(label);
    return found;
  }

  /**
   * Make room for a name that must not be missing: one near it goes elsewhere, for which another may have to as well.
   * Returns whether that succeeded; if not, all is as before.
   */
  function exchange(names, placed, label, depth, keep = []) {
    for (const other of neighbours(placed, label, keep)) {
      const found = leave(names, placed, other);
      if (enter(names, placed, label)) {
        const further = () => depth > 1 && exchange(names, placed, other, depth - 1, [...keep, label]);
        if (enter(names, placed, other) || further()) return true;
        leave(names, placed, label);
      }
      occupy(names, found);
      placed.set(other, found);
    }
    return false;
  }

  /** Placed names that may move for a label: those whose text or symbol is nearest to its symbol. */
  function neighbours(placed, { at }, keep) {
    const away = (x, y) => Math.hypot(x - at.x, y - at.y);
    return [...placed]
      .filter(([one]) => one.must && !keep.includes(one))
      .map(([one, { shape }]) => ({ one, far: Math.min(away(one.at.x, one.at.y), away(shape.x, shape.y)) }))
      .sort((a, b) => a.far - b.far)
      .slice(0, EXCHANGES)
      .map(({ one }) => one);
  }

  /** After exchanges some names stand further off than they have to: the farthest choose anew first. */
  function polish(names, placed) {
    const dear = [...placed].filter(([, { cost }]) => cost > DEAR).sort(([, a], [, b]) => b.cost - a.cost);
    for (const [label, before] of dear) {
      leave(names, placed, label);
      if (enter(names, placed, label)) continue;
      occupy(names, before);
      placed.set(label, before);
    }
  }

  /** Place labels in their order; where one that must be there is missing, its neighbours make room. */
  function search(names, labels) {
    const placed = new Map();
    let missed = attempt(names, placed, labels);
    for (let round = 0; missed.length && round < ROUNDS; round++) {
      missed = missed.filter((label) => !exchange(names, placed, label, EXCHANGE_DEPTH));
      polish(names, placed);
    }
    return { placed, missed };
  }

  /** The best of some searches: each lets those choose first that the last one left out. */
  function settle(board, labels) {
    let best = null;
    let order = labels;
    for (let start = 0; start < STARTS && (!best || best.missed.length); start++) {
      const found = search(new Atlas.board.Board(board.size), order);
      if (!best || found.missed.length < best.missed.length) best = found;
      order = [...found.missed, ...labels.filter((one) => !found.missed.includes(one))];
    }
    return [...best.placed.values()];
  }

  Atlas.seating = { occupy, settle };
})();
