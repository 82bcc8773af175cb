// The sheet: a grid of rows of which only those in view are in the page; built once, brought up to date in place.

const ROW_HEIGHT = 28;
const ROWS_SHOWN = 6;
const HINT_ABOVE = 12; // letters
const ROWS_AROUND = 6; // drawn above and below the view, so that scrolling shows no gap

function openSheet(actions) {
  const head = h("tr", { "aria-rowindex": "1" });
  const body = h("tbody");
  const columns = h("colgroup");
  const grid = h("table", { role: "grid" }, columns, h("thead", null, head), body);
  const box = h("div", { class: "sheet-box", tabindex: "-1" }, grid);
  const sheet = { actions, head, body, columns, grid, box, rows: [], drawn: new Map(), active: 0, selected: "" };
  box.addEventListener("scroll", () => drawRows(sheet), { passive: true });
  box.addEventListener("keydown", (event) => moveActive(sheet, event));
  body.addEventListener("click", (event) => {
    const row = event.target.closest("tr[data-id]");
    if (!row) return;
    sheet.active = Number(row.getAttribute("aria-rowindex")) - 2;
    actions.select(row.dataset.id);
  });
  new ResizeObserver(() => fitSheet(sheet)).observe(box);
  return sheet;
}

/** Show a table: `made` is {columns, rows}, `rows` the same in their order. */
function fillSheet(sheet, { made, rows, sort, selected, language, words, label }) {
  const order = rows === sheet.rows;
  Object.assign(sheet, { made, rows, selected, language });
  if (!order) sheet.active = Math.max(0, rows.findIndex((row) => row[0] === selected));
  sheet.grid.setAttribute("aria-label", label);
  sheet.grid.setAttribute("aria-rowcount", String(rows.length + 1));
  patchChildren(sheet.head, h("tr", null, ...made.columns.map((column) => headCell(sheet, column, sort, words))));
  for (const row of sheet.drawn.values()) row.remove();
  sheet.drawn.clear();
  sheet.widths = null;
  fitSheet(sheet);
}

function headCell(sheet, column, sort, words) {
  const now = sort && sort.column === column.name ? (sort.down ? "descending" : "ascending") : "none";
  const hint = { ascending: words.sort_up, descending: words.sort_down }[now];
  const unit = column.unit ? h("span", { class: "unit" }, `, ${column.unit}`) : null;
  const button = h(
    "button",
    { type: "button", title: hint || null, onclick: () => sheet.actions.sort(column.name) },
    h("span", { class: "title" }, column.title, unit),
    now === "none" ? null : icon(now === "ascending" ? "up" : "down"),
  );
  const className = column.numeric ? "numeric" : null;
  return h("th", { scope: "col", "aria-sort": now, class: className, "data-key": column.name }, button);
}

/** Set widths and height from what the box has room for; called again when its size changes. */
function fitSheet(sheet) {
  const { box, grid, made } = sheet;
  if (!made || !box.clientWidth) return;
  const style = getComputedStyle(grid);
  const font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  if (!sheet.widths || sheet.font !== font) sheet.widths = columnWidths(made, font);
  sheet.font = font;
  const widths = spread(sheet.widths, box.clientWidth);
  sheet.shown = widths;
  patchChildren(sheet.columns, h("colgroup", null, ...widths.map((width) => h("col", { style: `width:${width}px` }))));
  grid.style.width = `${sumOf(widths)}px`;
  const bar = box.offsetHeight - box.clientHeight;
  const shown = Math.min(sheet.most || ROWS_SHOWN, Math.max(1, sheet.rows.length));
  box.style.height = `${sheet.head.offsetHeight + shown * ROW_HEIGHT + bar}px`;
  drawRows(sheet);
}

/** Put the rows in view into the page and take the others out; the two spacers keep the scroll bar true. */
function drawRows(sheet) {
  const { box, body, rows, drawn } = sheet;
  const first = Math.max(0, Math.floor(box.scrollTop / ROW_HEIGHT) - ROWS_AROUND);
  const seen = Math.ceil((box.clientHeight || ROWS_SHOWN * ROW_HEIGHT) / ROW_HEIGHT);
  const last = Math.min(rows.length, first + seen + 2 * ROWS_AROUND);
  for (const [place, row] of drawn) {
    if (place >= first && place < last) continue;
    if (row.contains(row.getRootNode().activeElement)) box.focus({ preventScroll: true }); // keys go on from here
    row.remove();
    drawn.delete(place);
  }
  if (body.firstChild === null) body.append(spacer(), spacer());
  setSpacer(body.firstChild, first);
  setSpacer(body.lastChild, rows.length - last);
  let after = body.firstChild;
  for (let place = first; place < last; place += 1) {
    if (!drawn.has(place)) {
      drawn.set(place, bodyRow(sheet, rows[place], place));
      after.after(drawn.get(place));
    }
    after = drawn.get(place);
    markRow(sheet, after, place);
  }
}

const spacer = () => h("tr", { class: "spacer", "aria-hidden": "true" }, h("td"));

function setSpacer(row, count) {
  row.hidden = count === 0;
  row.firstChild.style.height = `${count * ROW_HEIGHT}px`;
}

function bodyRow(sheet, [id, texts], place) {
  const cells = sheet.made.columns.map((column, number) => bodyCell(sheet, column, texts[number] || "", number));
  return h("tr", { "data-id": id, "aria-rowindex": String(place + 2) }, ...cells);
}

function bodyCell(sheet, column, text, number) {
  const options = { class: column.numeric ? "numeric" : null };
  if (text.length > HINT_ABOVE) options.title = text.slice(0, 1000); // it may be cut, now or in a narrower window
  if (number === 0) return h("th", { scope: "row", ...options }, text.slice(0, SHOWN_LETTERS));
  return h("td", options, text.slice(0, SHOWN_LETTERS));
}

function markRow(sheet, row, place) {
  const chosen = row.dataset.id === sheet.selected;
  row.tabIndex = place === sheet.active ? 0 : -1;
  row.setAttribute("aria-selected", chosen ? "true" : "false");
}

/** Scroll inside the box only, never the page. */
function showRow(sheet, place) {
  const { box, head } = sheet;
  const top = place * ROW_HEIGHT;
  const room = box.clientHeight - head.offsetHeight;
  if (top < box.scrollTop) box.scrollTop = top;
  else if (top + ROW_HEIGHT > box.scrollTop + room) box.scrollTop = top + ROW_HEIGHT - room;
  drawRows(sheet);
}

function showSelected(sheet) {
  const place = sheet.rows.findIndex((row) => row[0] === sheet.selected);
  if (place < 0) return;
  sheet.active = place;
  showRow(sheet, place);
}

function moveActive(sheet, event) {
  const { rows, box } = sheet;
  if (event.target.closest("thead") || !rows.length || event.altKey || event.ctrlKey || event.metaKey) return;
  const [page, all] = [sheet.most || ROWS_SHOWN, rows.length];
  const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -all, End: all };
  if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    sheet.actions.select(rows[sheet.active][0]);
  } else if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
    event.preventDefault();
    box.scrollBy({ left: event.key === "ArrowRight" ? 120 : -120 });
  } else if (event.key in steps) {
    event.preventDefault();
    sheet.active = Math.min(rows.length - 1, Math.max(0, sheet.active + steps[event.key]));
    showRow(sheet, sheet.active);
    sheet.drawn.get(sheet.active)?.focus({ preventScroll: true });
  }
}
