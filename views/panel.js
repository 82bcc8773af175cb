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
  for (const number of numbers || []) {
    const source = sources.get(number);
    if (!source) continue;
    const mark = isWebAddress(source.url)
      ? link(parent, "mark", String(number), source.url)
      : make(parent, "a", "mark", String(number));
    if (!isWebAddress(source.url)) {
      mark.href = "#";
      mark.addEventListener("click", (event) => {
        event.preventDefault();
        parent.getRootNode().querySelector(`[data-source="${number}"]`)?.scrollIntoView({ block: "nearest" });
      });
    }
    mark.title = source.text;
    mark.setAttribute("aria-label", source.text);
  }
}

function factRow(list, fact, context) {
  const row = make(list, "div", "fact");
  make(row, "dt", "", fact.label);
  const value = make(row, "dd", fact.value ? "" : "empty");
  make(value, "span", fact.foreign ? "foreign" : "", fact.value || context.words.empty);
  if (fact.foreign) value.firstChild.title = context.words.foreign;
  value.append(" ");
  marks(value, fact.marks, context.sources);
}

const kinds = {
  title(root, block) {
    make(root, "h2", "", block.text);
    for (const line of block.lines || []) make(root, "p", "sub", line);
  },
  heading(root, block) {
    make(root, "h3", "", block.text);
    if (block.note) make(root, "p", "sub", block.note);
  },
  note(root, block) {
    make(root, "p", block.tone || "note", block.text);
  },
  facts(root, block, context) {
    const target = block.summary ? make(root, "details", "more") : root;
    if (block.summary) make(target, "summary", "", block.summary);
    const list = make(target, "dl", "facts");
    for (const fact of block.rows) factRow(list, fact, context);
  },
  entries(root, block, context) {
    const target = block.folded ? make(root, "details", "more") : root;
    if (block.folded) make(target, "summary", "", block.folded);
    const list = make(target, "ul", "entries");
    for (const entry of block.rows) {
      const row = make(list, "li");
      row.dataset.id = entry.id;
      make(row, "span", "lead", entry.lead);
      const rest = make(row, "span", "rest");
      entry.rest.forEach((part, place) => {
        if (place) rest.append(" · ");
        const node = make(rest, "span", part.foreign ? "foreign" : "", part.text);
        if (part.foreign) node.title = context.words.foreign;
      });
      row.append(" ");
      marks(row, entry.marks, context.sources);
    }
  },
  links(root, block, context) {
    const list = make(root, "ul", "links");
    for (const item of block.rows) {
      const row = make(list, "li", item.basis);
      const anchor = make(row, "a", "", item.text);
      anchor.href = item.href;
      anchor.dataset.select = `${item.layer}/${item.id}`;
      anchor.addEventListener("click", (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
        event.preventDefault();
        context.select({ layer: item.layer, id: item.id });
      });
      make(row, "span", "reach", item.reach);
    }
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

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const root = parentElement.querySelector(".panel");
  root.textContent = "";
  root.lang = data.language;
  const listed = data.blocks.filter((block) => block.kind === "sources").flatMap((block) => block.rows);
  const context = {
    words: data.words,
    sources: new Map(listed.map((source) => [source.number, source])),
    select: (chosen) => setTriggerValue("select", chosen),
  };
  for (const block of data.blocks) kinds[block.kind](root, block, context);
}
