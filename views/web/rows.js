// Rows of a table: fetched once by address, sorted here, and how wide their columns have to be.

const KEPT = 8; // tables by address
const WIDEST = 260;
const TIGHT = 170; // a wide column may become this narrow before the box has to scroll
const NARROWEST = 56;
const LEAST_NAME = 120;
const NAME_SHARE = 0.42;
const PADDING = 20; // of a cell, both sides, with its line
const MEASURED = 400; // rows whose texts are measured
const SHOWN_LETTERS = 300; // a cell is cut long before; the browser need not shape the rest

const kept = new Map();

/** The table at an address, as a promise; what failed is asked for again next time. */
function rowsAt(url) {
  const known = kept.get(url);
  if (known) kept.delete(url); // set anew below, so that the oldest use goes first
  const asked = known || fetch(url).then(readRows);
  kept.set(url, asked);
  asked.catch(() => kept.delete(url));
  while (kept.size > KEPT) kept.delete(kept.keys().next().value);
  return asked;
}

async function readRows(answer) {
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  const { columns, rows } = await answer.json();
  return { columns, rows };
}

/** The order of the rows: by a column, what is empty last either way, and what is equal as it came. */
function sorted({ columns, rows }, sort, language) {
  const place = columns.findIndex((column) => sort && column.name === sort.column);
  if (place < 0) return rows;
  const turn = sort.down ? -1 : 1;
  const collator = new Intl.Collator(language, { numeric: true });
  const numeric = columns[place].numeric;
  const value = numeric ? (row) => row[2][place] : (row) => row[1][place];
  const empty = (cell) => cell === null || cell === undefined || cell === "";
  const compare = numeric ? (a, b) => a - b : (a, b) => collator.compare(a, b);
  return [...rows].sort((first, second) => {
    const [a, b] = [value(first), value(second)];
    if (empty(a) || empty(b)) return Number(empty(a)) - Number(empty(b));
    return turn * compare(a, b);
  });
}

/** Ascending, descending, then as the rows came. */
function nextSort(sort, column) {
  if (!sort || sort.column !== column) return { column, down: false };
  return sort.down ? null : { column, down: true };
}

/** Widths from the longest texts; a head may take two lines, so half of it counts, but never less than a word. */
function columnWidths({ columns, rows }, font) {
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = font;
  const width = (text) => pen.measureText(text.slice(0, SHOWN_LETTERS)).width;
  return columns.map((column, place) => {
    const texts = rows.map((row) => row[1][place] || "").sort((a, b) => b.length - a.length);
    const cells = Math.max(0, ...texts.slice(0, MEASURED / columns.length).map(width));
    const head = column.unit ? `${column.title}, ${column.unit}` : column.title;
    const words = Math.max(0, ...head.split(/\s+/).map(width));
    const needed = Math.max(cells, words + 14, width(head) / 2 + 22) + PADDING;
    return Math.ceil(Math.min(WIDEST, Math.max(NARROWEST, needed)));
  });
}

const sumOf = (widths) => widths.reduce((total, width) => total + width, 0);

/** The widths made larger together when the box has room to spare; wide ones made narrower when that fits them all. */
function spread(widths, room) {
  const name = Math.min(widths[0], Math.max(LEAST_NAME, room * NAME_SHARE)); // it stands still while the rest scrolls
  const listed = [name, ...widths.slice(1)];
  const sum = sumOf(listed);
  if (sum < room) return listed.map((width) => (width * room) / sum);
  const least = listed.map((width) => Math.min(width, TIGHT));
  if (sumOf(least) > room) return listed; // it scrolls either way
  const part = (room - sumOf(least)) / Math.max(1, sum - sumOf(least));
  return listed.map((width, place) => least[place] + (width - least[place]) * part);
}
