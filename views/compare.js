// Sites side by side: a table whose columns stand under each other where there is no room. Every value is set as text.

const webAddress = (url) => /^https?:\/\//.test(url || "");

function marksOf(numbers, sources) {
  return numbers.map((number) => {
    const source = sources.get(number);
    const inside = { class: "mark", title: source.text, "aria-label": `${number}: ${source.text}` };
    if (webAddress(source.url)) {
      return h("a", { ...inside, href: source.url, target: "_blank", rel: "noopener noreferrer" }, String(number));
    }
    return h("span", { class: "mark", title: source.text }, String(number));
  });
}

function siteHead(site, words, act) {
  return h(
    "th",
    { scope: "col" },
    h("a", { class: "name", href: site.href, title: words.open }, site.name),
    h("span", { class: "kind" }, site.kind),
    site.map ? h("img", { src: site.map, alt: site.alt }) : h("span", { class: "no-map" }, site.noMap),
    h(
      "button",
      {
        type: "button",
        class: "drop",
        "aria-label": `${words.remove}: ${site.name}`,
        onclick: () => act({ do: "compare_drop", id: site.id }),
      },
      words.remove,
    ),
  );
}

function answerCell(cell, site, data, sources) {
  return h(
    "td",
    { class: cell.state, "data-state": cell.state },
    h("span", { class: "who" }, site.name),
    h("span", { class: "answer", title: cell.state === "absent" ? data.words.absent : null }, cell.text, " ", ...marksOf(cell.marks, sources)),
    cell.why ? h("span", { class: "why" }, cell.why) : null,
  );
}

function sectionRows(section, data, sources) {
  const wide = String(data.sites.length + 2);
  const head = h("tr", { class: "section" }, h("th", { colspan: wide, scope: "rowgroup" }, section.title));
  const rows = section.rows.map((row) =>
    h(
      "tr",
      { class: `row-${row.code || "none"}`, "data-key": row.key },
      h("th", { scope: "row" }, row.label),
      ...row.cells.map((cell, place) => answerCell(cell, data.sites[place], data, sources)),
      h("td", { class: "verdict" }, h("span", { class: "who" }, data.words.difference), row.verdict || "–"),
    ),
  );
  return h("tbody", {}, head, ...rows);
}

function comparedTable(data, act) {
  if (!data.sites.length) return [];
  const sources = new Map(data.sources.map((source) => [source.number, source]));
  const heads = data.sites.map((site) => siteHead(site, data.words, act));
  const corner = h("th", { scope: "col" }, data.words.question);
  const last = h("th", { scope: "col", class: "verdict" }, data.words.difference);
  const table = h(
    "table",
    { class: `of-${data.sites.length}` },
    h("caption", {}, `${data.title}. ${data.under}`),
    h("thead", {}, h("tr", {}, corner, ...heads, last)),
    ...data.sections.map((section) => sectionRows(section, data, sources)),
  );
  const box = h("div", { class: "box", tabindex: "0", role: "region", "aria-label": data.title }, table);
  const key = data.key.map((one) => h("span", {}, h("img", { src: one.src, alt: "" }), one.text));
  return [h("p", { class: "key" }, ...key), box, h("p", { class: "note" }, `– ${data.words.absent}`)];
}

function gapLists(data) {
  if (!data.sites.length) return [];
  const lists = data.sites.map((site) =>
    h("div", {}, h("h4", {}, site.name), h("ul", {}, ...site.unknown.map((line) => h("li", {}, line)))),
  );
  return [h("h3", {}, data.words.unknown_title), h("div", { class: "gaps" }, ...lists)];
}

function sourceLines(data) {
  if (!data.sources.length) return [];
  const rows = data.sources.map((source) =>
    h(
      "li",
      { value: String(source.number) },
      webAddress(source.url)
        ? h("a", { href: source.url, target: "_blank", rel: "noopener noreferrer" }, source.text)
        : h("span", {}, source.text),
    ),
  );
  return [h("details", { class: "sources" }, h("summary", {}, data.words.sources), h("ol", {}, ...rows))];
}

function presetLinks(data, act) {
  if (!data.presets.length) return [];
  const links = data.presets.map((preset) =>
    h(
      "a",
      {
        class: "preset",
        href: preset.href,
        onclick: (event) => {
          if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
          event.preventDefault();
          act({ do: "compare", ids: preset.ids });
        },
      },
      preset.text,
    ),
  );
  return [h("h3", {}, data.presetsTitle), h("div", { class: "presets" }, ...links)];
}

function choiceLists(data, act, opened) {
  if (!data.choices.length) return [];
  const folds = data.choices.map((group) => {
    const name = group.title.split(":")[0];
    const fold = h(
      "details",
      { open: opened.has(name) ? opened.get(name) : group.open && !data.sites.length },
      h("summary", {}, group.title),
    );
    fold.addEventListener("toggle", () => opened.set(name, fold.open));
    const buttons = group.rows.map((one) =>
      h("button", { type: "button", onclick: () => act({ do: "compare_add", id: one.id }) }, one.text),
    );
    fold.append(h("div", { class: "names" }, ...buttons));
    return fold;
  });
  return [h("h3", {}, data.choose), ...folds];
}

function fileLinks(data) {
  if (!data.files.length) return [];
  const links = data.files.map((file) => h("a", { href: file.href, download: true }, file.format));
  return [h("p", { class: "files" }, h("span", {}, data.filesTitle), ...links)];
}

/** Where the keyboard is, to go on at the same control, or at the one that took its place, after the next drawing. */
function keyboardIn(root) {
  const active = root.getRootNode().activeElement;
  if (!root.contains(active)) return () => {};
  const text = active.textContent;
  const place = [...root.querySelectorAll(FOCUSABLE)].indexOf(active);
  return () => {
    const stops = [...root.querySelectorAll(FOCUSABLE)];
    const same = stops.find((stop) => stop.textContent === text);
    (same || stops[Math.min(Math.max(place, 0), stops.length - 1)])?.focus({ preventScroll: true });
  };
}

const openedBy = new WeakMap();

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const root = parentElement.querySelector(".compare");
  if (!openedBy.has(root)) openedBy.set(root, new Map());
  const act = (told) => setTriggerValue("act", told);
  const before = keyboardIn(root);
  root.lang = data.language;
  if (data.rest) {
    root.replaceChildren(...gapLists(data), ...sourceLines(data));
    before();
    return;
  }
  root.replaceChildren(
    h("h2", {}, data.title),
    ...data.notes.map((line) => h("p", { class: "missing" }, line)),
    ...data.missing.map((line) => h("p", { class: "missing", role: "alert" }, line)),
    ...fileLinks(data),
    ...comparedTable(data, act),
    ...presetLinks(data, act),
    ...choiceLists(data, act, openedBy.get(root)),
  );
  before();
}
