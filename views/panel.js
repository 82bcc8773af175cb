// Draws a list of blocks as text; every value arrives as data and is set as text, never as markup.

// A long run without a space makes the browser shape the rest of it anew for every line: give it places to break.
const BREAK_AFTER = 100;

function setText(node, text) {
  const runs = text.match(new RegExp(`\\S{1,${BREAK_AFTER}}|\\s+`, "g")) || [];
  let length = 0;
  for (const run of runs) {
    if (length >= BREAK_AFTER) node.append(document.createElement("wbr"));
    length = /\s/.test(run) ? 0 : run.length;
    node.append(run);
  }
}

const make = (parent, tag, className, text) => {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text) setText(node, text);
  parent.append(node);
  return node;
};

const SVG = "http://www.w3.org/2000/svg";
const SAFE_IMAGE = /^(data:image\/|\/(?!\/))/; // drawn here or served by us
const STOPS = "a, summary";
const NEAR = new Set(["links", "around"]); // blocks of what lies near

const isWebAddress = (url) => /^https?:\/\//.test(url || "");

function link(parent, className, text, url) {
  const node = make(parent, "a", className, text);
  node.href = url;
  node.target = "_blank";
  node.rel = "noopener noreferrer";
  return node;
}

// A source mark opens the source's page; one without an address leads to its line in the list below.
function marks(parent, numbers, sources) {
  const known = (numbers || []).filter((number) => sources.has(number));
  const row = known.length ? make(parent, "span", "marks") : null;
  for (const number of known) {
    const source = sources.get(number);
    const mark = isWebAddress(source.url) ? link(row, "mark", "", source.url) : make(row, "a", "mark");
    make(mark, "span", "", String(number));
    if (!isWebAddress(source.url)) {
      mark.href = "#";
      mark.addEventListener("click", (event) => {
        event.preventDefault();
        const here = parent.getRootNode().querySelector(`[data-source="${number}"]`);
        if (here) here.scrollIntoView({ block: "nearest" });
        else window.dispatchEvent(new CustomEvent("atlas-source", { detail: number }));
      });
    }
    mark.title = source.text;
    mark.setAttribute("aria-label", `${number}: ${source.text}`);
  }
}

/** Text that stands in its source's language, whichever that is: no language is claimed for it. */
function foreignText(parent, text, isForeign) {
  const node = make(parent, "span", isForeign ? "foreign" : "", text);
  if (isForeign) node.lang = "";
  return node;
}

/** A word after foreign text, once a fact; the hint says what it means. */
function foreignTag(parent, words) {
  const tag = make(parent, "span", "tag", words.original);
  tag.title = words.foreign;
}

function factRow(list, fact, context) {
  const row = make(list, "div", "fact");
  make(row, "dt", "", fact.label);
  const value = make(row, "dd", fact.value ? "" : "empty");
  foreignText(value, fact.value || context.words.empty, fact.foreign);
  if (fact.foreign) foreignTag(value, context.words);
  value.append(" ");
  marks(value, fact.marks, context.sources);
}

function swatch(parent, address) {
  if (!SAFE_IMAGE.test(address || "")) return;
  const image = make(parent, "img", "swatch");
  image.src = address;
  image.alt = "";
}

/** A link that selects; with a modifier key it opens what it names in a tab of its own, as any link. */
function selecting(parent, item, context) {
  const anchor = make(parent, "a", "", item.text);
  anchor.href = item.href;
  anchor.dataset.select = `${item.layer}/${item.id}`;
  anchor.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    context.act({ do: "select", layer: item.layer, id: item.id });
  });
}

function folded(root, summary, context) {
  if (!summary) return root;
  const details = make(root, "details", "more");
  details.open = context.opened.has(summary);
  // At the click and not at the toggle event, which comes later: a panel drawn anew in between would close the fold.
  make(details, "summary", "", summary).addEventListener("click", () => {
    context.opened[details.open ? "delete" : "add"](summary);
  });
  return details;
}

const kinds = {
  title(root, block, context) {
    const head = make(root, "div", "named");
    make(head, "h2", "", block.text);
    if (block.close) {
      const button = make(head, "button", "close", "×");
      button.type = "button";
      button.title = block.close;
      button.setAttribute("aria-label", block.close);
      button.addEventListener("click", () => context.act({ do: "deselect" }));
    }
    for (const line of block.lines || []) make(root, "p", "sub", line);
  },
  heading(root, block) {
    make(root, "h3", "", block.text);
    if (block.note) make(root, "p", "sub", block.note);
  },
  note(root, block) {
    make(root, "p", block.tone || "note", block.text);
  },
  way(root, block) {
    const anchor = make(make(root, "p", "way"), "a", "", block.text);
    anchor.href = block.href;
  },
  ways(root, block) {
    const row = make(root, "div", "ways");
    for (const item of block.rows) kinds[item.kind](row, item);
  },
  copy(root, block) {
    const place = make(root, "p", "way");
    const button = make(place, "button", "copy", block.text);
    button.type = "button";
    const said = make(place, "span", "copied");
    said.setAttribute("role", "status");
    button.addEventListener("click", () => copyAddress(place, () => setText(said, block.done)));
  },
  key(root, block) {
    const list = make(root, "ul", "key");
    for (const item of block.rows) {
      const row = make(list, "li");
      swatch(row, item.swatch);
      make(row, "span", "", item.text);
    }
  },
  facts(root, block, context) {
    const target = folded(root, block.summary, context);
    const list = make(target, "dl", "facts");
    for (const fact of block.rows) factRow(list, fact, context);
  },
  entries(root, block, context) {
    const target = folded(root, block.folded, context);
    const list = make(target, "ul", "entries");
    for (const entry of block.rows) {
      const row = make(list, "li");
      row.dataset.id = entry.id;
      const lead = foreignText(row, entry.lead, entry.lead_foreign);
      lead.classList.add("lead");
      if (entry.lead_foreign) foreignTag(row, context.words);
      const rest = make(row, "span", "rest");
      entry.rest.forEach((part, place) => {
        if (place) rest.append(" · ");
        foreignText(rest, part.text, part.foreign);
      });
      if (entry.rest.some((part) => part.foreign)) foreignTag(row, context.words);
      row.append(" ");
      marks(row, entry.marks, context.sources);
      if (entry.way) inline(row, entry.way);
    }
  },
  /** A figure with how its statements stand to each other, as a mark and in words. */
  state(root, block) {
    if (block.note) make(root, "p", "sub", block.note);
    make(root, "h3", "figure", block.title);
    const told = make(root, "p", `standing ${block.mark}`);
    make(told, "span", "sign").setAttribute("aria-hidden", "true");
    make(told, "span", "", block.text);
  },
  index(root, block) {
    const list = make(root, "ul", "index");
    for (const item of block.rows) {
      const row = make(list, "li");
      inline(row, item);
      if (item.note) make(row, "span", "rest", item.note);
    }
  },
  links(root, block, context) {
    linkList(root, block.rows, context);
  },
  around(root, block, context) {
    const target = folded(root, block.summary, context);
    if (target === root || target.open) return aroundList(target, block, context);
    target.addEventListener("toggle", () => target.childElementCount > 1 || aroundList(target, block, context));
  },
  sources(root, block) {
    const list = make(root, "ol", "sources");
    for (const source of block.rows) {
      const row = make(list, "li");
      row.value = source.number;
      row.dataset.source = source.number;
      if (isWebAddress(source.url)) link(row, "", source.text, source.url);
      else make(row, "span", "", source.text);
    }
  },
};

/** A link within a line. */
function inline(parent, item) {
  parent.append(" ");
  const anchor = make(parent, "a", "beside", item.text);
  anchor.href = item.href;
}

/** The page's address to the clipboard; where a browser forbids that, as a field to copy from. */
function copyAddress(place, done) {
  const address = window.location.href;
  const show = () => {
    const field = place.querySelector("input") || make(place, "input", "address");
    Object.assign(field, { value: address, readOnly: true });
    field.setAttribute("aria-label", place.textContent);
    field.focus();
    field.select();
  };
  place.querySelector(".copied").textContent = "";
  if (!navigator.clipboard) show();
  else navigator.clipboard.writeText(address).then(done, show);
}

/** The switch of the order, the files and the rows; of a fold only when it is first opened. */
function aroundList(target, block, context) {
  if (block.note) make(target, "p", "sub", block.note);
  const bar = make(target, "div", "bar");
  const order = make(bar, "div", "orders");
  order.setAttribute("role", "radiogroup");
  order.setAttribute("aria-label", block.words.order);
  const body = make(target, "div", "found");
  const draw = () => drawAround(block, context, order, body);
  for (const one of block.orders) {
    const label = make(order, "label");
    const input = make(label, "input");
    Object.assign(input, { type: "radio", name: "around-order", value: one.id });
    make(label, "span", "", one.title);
    input.addEventListener("change", () => {
      context.kept.order = one.id;
      draw();
    });
  }
  fileMenu(bar, block);
  draw();
}

/** The rows in the chosen order; by layer the layer is named once. */
function drawAround(block, context, order, body) {
  const chosen = block.orders.find((one) => one.id === context.kept.order) || block.orders[0];
  for (const input of order.querySelectorAll("input")) input.checked = input.value === chosen.id;
  let last = "";
  const rows = chosen.places.map((place) => {
    const item = block.rows[place];
    const note = chosen.id === "layer" && item.layer === last ? "" : item.note;
    last = item.layer;
    return { ...item, note };
  });
  const few = rows.length > block.most && !context.kept.all;
  body.replaceChildren();
  linkList(body, few ? rows.slice(0, block.most) : rows, context);
  if (!few) return;
  const button = make(body, "button", "all", block.words.all);
  button.type = "button";
  button.addEventListener("click", () => {
    context.kept.all = true;
    drawAround(block, context, order, body);
  });
}

/** The same rows as files. */
function fileMenu(bar, block) {
  const menu = make(bar, "details", "files");
  make(menu, "summary", "", block.words.files);
  const list = make(menu, "div", "list");
  for (const { format, href } of block.files) {
    const anchor = make(list, "a", "", format);
    anchor.href = href;
    anchor.setAttribute("download", "");
  }
}

function linkList(root, items, context) {
  const list = make(root, "ul", items.some((item) => item.swatch) ? "links drawn" : "links");
  for (const item of items) {
    const row = make(list, "li", item.basis);
    swatch(row, item.swatch);
    const name = make(row, "span", "name");
    selecting(name, item, context);
    if (item.note) make(name, "span", "under", item.note);
    if (item.reach) make(row, "span", "reach", item.reach);
    if (!item.why && !item.doubt) continue;
    const why = make(row, "span", "why");
    if (item.doubt) make(why, "span", "doubt", item.doubt);
    if (item.doubt && item.why) why.append("; ");
    setText(why, item.why || "");
  }
}

/**
 * The parts of a panel, as ranges of blocks: its head, what is known, what lies near, what comes after that, its foot.
 * Where there is room the near things stand beside the others; the role decides what comes before and after them.
 */
function parts(blocks) {
  const kind = (place) => blocks[place]?.kind;
  const back = (place) => {
    while (kind(place - 1) === "heading" || blocks[place - 1]?.tone === "caution") place -= 1;
    return place;
  };
  const end = blocks.length;
  const start = orEnd(blocks.findIndex((block) => block.kind !== "title"), end);
  const lastOf = (kinds_) => blocks.findLastIndex((block) => kinds_.includes(block.kind));
  const foot = lastOf(["sources"]) > lastOf(["facts", "entries", ...NEAR]) ? back(lastOf(["sources"])) : end;
  const first = blocks.findIndex((block) => NEAR.has(block.kind));
  if (first < 0 || kind(lastOf(["facts"])) === undefined) {
    return { head: [0, start], known: [start, foot], foot: [foot, end] };
  }
  let near = first;
  while (near > start && kind(near - 1) === "heading") near -= 1;
  let after = first;
  while (after < foot && (NEAR.has(kind(after)) || (kind(after) === "note" && !blocks[after].tone))) after += 1;
  return { head: [0, start], known: [start, near], near: [near, after], after: [after, foot], foot: [foot, end] };
}

const orEnd = (place, end) => (place < 0 ? end : place);

/** Where the keyboard is in the panel, and under which title. */
function reading(root) {
  const active = root.getRootNode().activeElement;
  if (!root.contains(active)) return null;
  return { title: root.querySelector("h2")?.textContent, place: [...root.querySelectorAll(STOPS)].indexOf(active) };
}

/** Go on at the same place; what was chosen in the panel is its new subject, so then at its title. */
function readOn(root, before) {
  const title = root.querySelector("h2");
  if (!before || !title) return;
  title.tabIndex = -1;
  const same = title.textContent === before.title && root.querySelectorAll(STOPS)[before.place];
  (same || title).focus({ preventScroll: true });
}

/** Another part of the page asks for the line of a source: the panel that lists it shows it. */
window.addEventListener("atlas-source", ({ detail }) => {
  for (const root of panels) if (!root.isConnected) panels.delete(root);
  for (const root of panels) root.querySelector(`[data-source="${detail}"]`)?.scrollIntoView({ block: "center" });
});

const panels = new Set();
const opened = new WeakMap(); // which folds a reader opened, by panel
const choices = new WeakMap(); // how a reader wants what lies around: its order, and whether all of it, by panel

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const root = parentElement.querySelector(".panel");
  if (!opened.has(root)) opened.set(root, new Set());
  if (!choices.has(root)) choices.set(root, {});
  panels.add(root);
  const before = reading(root);
  const listed = [...(data.cited || []), ...data.blocks.filter((block) => block.kind === "sources").flatMap((block) => block.rows)];
  const context = {
    words: data.words,
    sources: new Map(listed.map((source) => [source.number, source])),
    opened: opened.get(root),
    kept: choices.get(root),
    act: (act) => setTriggerValue("act", act),
  };
  root.textContent = "";
  root.lang = data.language;
  const body = make(root, "div", "body");
  for (const [name, [from, to]] of Object.entries(parts(data.blocks))) {
    if (from === to) continue;
    const part = make(body, "div", `part ${name}`);
    for (const block of data.blocks.slice(from, to)) kinds[block.kind]?.(part, block, context);
  }
  readOn(root, before);
}
