// The left column: legend, filters, background and how to read the map. Built on web/dom, web/legend, web/filters.

const columns = new WeakMap();

function howToRead(here) {
  const { words, key, absent } = here.data;
  const rows = key.map((row) => h("li", null, swatchImage(row.swatch), h("span", null, row.text)));
  return h(
    "section",
    { class: "key", "data-key": "key" },
    h("h3", null, words.how_to_read),
    h("ul", null, ...rows),
    absent ? h("p", { class: "note" }, absent) : null,
  );
}

function openColumn(root) {
  const here = { data: null, state: { unfolded: new Set(), opened: new Map(), found: new Map(), typing: 0 } };
  here.draw = () => {
    root.lang = here.data.language;
    const title = h("h2", { class: "unseen" }, here.data.words.layers);
    redraw(root, [title, ...legendGroups(here), filters(here), backgrounds(here), howToRead(here)].filter(Boolean));
  };
  here.mail = reporter(here.draw);
  keepKeys(root);
  here.send = here.mail.send;
  return here;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".controls");
  if (!columns.has(root)) columns.set(root, openColumn(root));
  const here = columns.get(root);
  here.data = data;
  here.mail.answered(setTriggerValue);
}
