// The tracker of instructions: filters, a table that becomes cards where it is narrow, a small map. Built on web/dom.

const trackers = new WeakMap();
const isWebAddress = (url) => /^https?:\/\//.test(url || "");

/** A source mark opens the source's page; one without an address asks the page to show its line in the list. */
function marks(here, numbers) {
  const known = (numbers || []).filter((number) => here.sources.has(number));
  if (!known.length) return null;
  return h("span", { class: "marks" }, ...known.map((number) => mark(here.sources.get(number))));
}

function mark(source) {
  const hint = { class: "mark", title: source.text, "aria-label": `${source.number}: ${source.text}` };
  const outside = isWebAddress(source.url)
    ? { href: source.url, target: "_blank", rel: "noopener noreferrer" }
    : { href: "#", onclick: (event) => showSource(event, source.number) };
  return h("a", { ...hint, ...outside }, h("span", null, String(source.number)));
}

function showSource(event, number) {
  event.preventDefault();
  window.dispatchEvent(new CustomEvent("atlas-source", { detail: number }));
}

function piece(here, told) {
  const date = told.date ? h("span", { class: "when" }, `${told.date} · ${told.bearing}`) : null;
  return [h("span", { class: told.date ? "" : "empty" }, told.text), " ", marks(here, told.marks), date];
}

function pieces(here, row) {
  if (!row.more) return null;
  const open = here.opened.has(row.id);
  const turn = () => here.opened[open ? "delete" : "add"](row.id);
  const list = row.evidence.map((told) => h("li", null, ...piece(here, told)));
  return h("details", { open, "data-key": row.id }, h("summary", { onclick: turn }, row.more), h("ul", null, ...list));
}

function cells(here, row) {
  const { words } = here.data;
  const state = [h("span", { class: `sign ${row.state}`, "aria-hidden": "true" }), h("span", null, row.state_text)];
  const place = row.town_href ? h("a", { href: row.town_href }, row.town) : h("span", { class: "empty" }, row.town);
  const due = [h("span", null, row.due), row.moved && h("span", { class: "under" }, row.moved)];
  if (row.overdue) due.push(h("span", { class: "under late" }, row.overdue));
  const title = [h("span", null, row.title), " ", marks(here, row.marks), h("span", { class: "under" }, row.theme)];
  return [
    ["state", words.state, state],
    ["instruction", words.instruction, title],
    ["town", words.town, [place]],
    ["due", words.due, due],
    ["last", words.last, [...piece(here, row.last), pieces(here, row)]],
  ];
}

function sheet(here) {
  const { rows, words } = here.data;
  if (!rows.length) return h("p", { class: "note" }, words.none);
  const heads = ["state", "instruction", "town", "due", "last"].map((name) => h("th", { scope: "col" }, words[name]));
  const body = rows.map((row) =>
    h(
      "tr",
      { "data-id": row.id, "data-state": row.state },
      ...cells(here, row).map(([name, label, content]) => h("td", { class: name, "data-label": label }, ...content)),
    ),
  );
  return h("table", null, h("thead", null, h("tr", null, ...heads)), h("tbody", null, ...body));
}

function picker(here, name, label, options) {
  const all = h("option", { value: "" }, here.data.words.all);
  const others = options.map((one) => h("option", { value: one.id, selected: one.on }, one.text));
  const onchange = (event) => here.act({ do: `promise_${name}`, id: event.target.value });
  return h("label", { class: "pick" }, h("span", null, label), h("select", { onchange, "data-pick": name }, all, ...others));
}

function filters(here) {
  const { words, filters: chosen, count } = here.data;
  const onchange = (event) => here.act({ do: "missing", on: event.target.checked });
  const box = h("input", { type: "checkbox", checked: chosen.missing.on, onchange });
  const clear = { type: "button", class: "clear", onclick: () => here.act({ do: "promises_all" }) };
  return h(
    "div",
    { class: "filters" },
    h("label", { class: "check" }, box, h("span", null, `${words.missing} (${chosen.missing.count})`)),
    picker(here, "theme", words.theme, chosen.theme),
    picker(here, "town", words.town, chosen.town),
    h("span", { class: "count", role: "status" }, count),
    chosen.any ? h("button", clear, words.clear) : null,
  );
}

function ways(here) {
  const links = here.data.ways.map((way) => h("a", { href: way.href, download: way.file }, way.text));
  return h("p", { class: "ways" }, ...links);
}

function draw(here, root) {
  const { title, text, map, language } = here.data;
  const kept = root.getRootNode().activeElement;
  const path = kept && root.contains(kept) ? kept.dataset.pick || kept.type || "" : null;
  root.lang = language;
  const drawing = map ? h("figure", null, h("img", { src: map.src, alt: map.alt }), h("figcaption", null, map.alt)) : null;
  const head = h("div", { class: "intro" }, h("h3", null, title), h("p", { class: "note" }, text), ways(here), filters(here));
  root.replaceChildren(h("div", { class: "head" }, head, drawing), sheet(here));
  if (path === null) return;
  const again = root.querySelector(path === "checkbox" ? "input" : `[data-pick="${path}"]`) || root.querySelector("input");
  again?.focus({ preventScroll: true });
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".promises");
  if (!trackers.has(root)) trackers.set(root, { opened: new Set() });
  const here = trackers.get(root);
  here.data = data;
  here.sources = new Map(data.sources.map((source) => [source.number, source]));
  here.act = (act) => setTriggerValue("act", act);
  draw(here, root);
}
