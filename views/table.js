// The table under the map: a tab a layer, its rows, and what can be taken away. Built on web/dom, web/rows, web/sheet.

const tables = new WeakMap();
const TAB_EDGE = 28; // faded edge of the strip of tabs

function openTable(root) {
  const here = { data: null, made: null, shown: "", failed: "", loading: "", sorts: new Map(), menu: false };
  const column = (name) => here.sorts.set(here.tab, nextSort(here.sorts.get(here.tab), name));
  here.sheet = openSheet({
    select: (id) => {
      here.data.selected = here.told = id; // shown at once, and no reason to scroll
      showTable(here);
      here.send({ do: "select", layer: here.tab, id });
    },
    sort: (name) => {
      column(name);
      showTable(here);
    },
  });
  here.top = h("div", { class: "top" });
  here.words = h("div", { class: "words" });
  here.panel = h("div", { role: "tabpanel", id: "rows" }, here.sheet.box, here.words);
  here.draw = () => showTable(here);
  here.mail = reporter(here.draw);
  here.send = here.mail.send;
  root.append(here.top, here.panel);
  keepKeys(root);
  closeOutside(here, root);
  here.top.addEventListener("scroll", () => fadeStrip(here), { capture: true, passive: true });
  new ResizeObserver(() => fadeStrip(here)).observe(here.top);
  document.fonts?.ready.then(() => {
    here.sheet.widths = null;
    fitSheet(here.sheet);
  });
  return here;
}

function showTable(here) {
  const { data, sheet } = here;
  const url = data.url;
  here.tab = (data.tabs.find((tab) => tab.on) || data.tabs[0] || { id: "" }).id;
  if (url && url !== here.shown && url !== here.loading && url !== here.failed) load(here, url);
  const ready = Boolean(here.made) && !data.empty && here.failed !== url && here.madeFor === here.tab;
  redraw(here.top, [tabList(here), tableNote(here, ready), downloads(here)].filter(Boolean));
  redraw(here.words, [sayInWords(here, ready)].filter(Boolean));
  if (here.stripAt !== here.tab) showTab(here);
  sheet.box.hidden = !ready;
  here.panel.setAttribute("aria-busy", here.loading ? "true" : "false");
  here.panel.setAttribute("aria-labelledby", `tab-${here.tab}`);
  fadeStrip(here);
  if (ready) fillTable(here);
}

/** Bring the chosen tab into the strip without moving the page. */
function showTab(here) {
  const strip = here.top.querySelector(".strip");
  const tab = strip.querySelector('[aria-selected="true"]');
  here.stripAt = here.tab;
  if (!tab) return;
  const [box, seen] = [tab.getBoundingClientRect(), strip.getBoundingClientRect()];
  if (box.left < seen.left || box.right > seen.right - TAB_EDGE) strip.scrollLeft += box.left - seen.left - TAB_EDGE;
}

/** The strip fades at an edge behind which there are more tabs. */
function fadeStrip(here) {
  const strip = here.top.querySelector(".strip");
  if (!strip) return;
  const hidden = strip.scrollWidth - strip.clientWidth - strip.scrollLeft;
  strip.style.setProperty("--before", `${Math.min(TAB_EDGE, strip.scrollLeft)}px`);
  strip.style.setProperty("--after", `${Math.min(TAB_EDGE, Math.max(0, hidden))}px`);
}

/** A wheel that turns only up and down moves the strip sideways while there is more of it. */
function turnStrip(event) {
  const strip = event.currentTarget;
  const before = strip.scrollLeft;
  if (Math.abs(event.deltaY) <= Math.abs(event.deltaX)) return;
  strip.scrollLeft += event.deltaY;
  if (strip.scrollLeft !== before) event.preventDefault();
}

function fillTable(here) {
  const { data, sheet, made } = here;
  const sort = here.sorts.get(here.tab) || null;
  const how = JSON.stringify([data.language, sort]);
  const fresh = here.filled !== made || here.how !== how;
  sheet.most = data.rows_shown; // a table that stands alone has room for more
  if (fresh) {
    const rows = sorted(made, sort, data.language);
    const label = (data.tabs.find((tab) => tab.on) || { title: "" }).title;
    fillSheet(sheet, { made, rows, sort, selected: data.selected, language: data.language, words: data.words, label });
    Object.assign(here, { filled: made, how });
  }
  sheet.selected = data.selected;
  const elsewhere = data.selected && (data.selected !== here.told || fresh);
  here.told = data.selected;
  if (elsewhere) showSelected(sheet);
  else drawRows(sheet);
}

function load(here, url) {
  here.loading = url;
  here.failed = "";
  const tab = here.tab;
  const done = (changes) => {
    if (here.data.url !== url) return; // another table was chosen meanwhile
    Object.assign(here, { loading: "" }, changes);
    showTable(here);
  };
  rowsAt(url).then(
    (made) => {
      if (here.madeFor !== tab) here.sheet.box.scrollTop = 0;
      done({ made, madeFor: tab, shown: url });
    },
    () => done({ made: null, shown: "", failed: url }),
  );
}

function tabList(here) {
  const { tabs } = here.data;
  const step = (event) => {
    const turn = { ArrowRight: 1, ArrowLeft: -1, Home: -tabs.length, End: tabs.length }[event.key];
    if (!turn) return;
    event.preventDefault();
    const all = [...event.currentTarget.querySelectorAll('[role="tab"]')];
    const place = all.indexOf(event.target.closest('[role="tab"]')) + turn;
    const next = all[Math.abs(turn) === 1 ? (place + all.length) % all.length : turn < 0 ? 0 : all.length - 1];
    next.focus(); // and the strip scrolls to it
  };
  const list = tabs.map((tab) =>
    h(
      "button",
      {
        type: "button",
        role: "tab",
        id: `tab-${tab.id}`,
        "aria-selected": tab.id === here.tab ? "true" : "false",
        "aria-controls": "rows",
        tabindex: tab.id === here.tab ? "0" : "-1",
        "data-layer": tab.id,
        "data-key": tab.id,
        onclick: () => tab.id !== here.tab && here.send({ do: "table", id: tab.id }),
      },
      tab.title,
      " ",
      h("span", { class: "count" }, tab.count),
    ),
  );
  const strip = { class: "strip", role: "tablist", "data-key": "tabs", onkeydown: step, onwheel: turnStrip };
  return h("div", strip, ...list);
}

function tableNote(here, ready) {
  const { data, made, loading } = here;
  const count = made ? numbersIn(data.language).format(made.rows.length) : "";
  const rows = data.words.rows || "";
  const counted = rows.includes("{") ? fill(rows, { count }) : `${count} ${rows}`;
  const text = loading ? data.words.loading : ready ? data.note || counted : "";
  return h("span", { class: "table-note", role: "status", "data-key": "note" }, text);
}

/** What stands where the rows would: nothing chosen, everything filtered away, still loading, or failed. */
function sayInWords(here, ready) {
  const { data, failed, loading } = here;
  const { words } = data;
  if (ready) return null;
  if (!data.tabs.length) return h("p", null, words.none);
  if (data.empty) {
    const clear = { type: "button", class: "link", onclick: () => here.send({ do: "clear", what: data.empty.what }) };
    return h("p", null, data.empty.text, " ", h("button", clear, data.empty.clear || words.clear));
  }
  if (failed && failed === data.url) {
    const again = h("button", { type: "button", class: "link", onclick: () => load(here, data.url) }, words.retry);
    return h("p", { role: "alert" }, words.failed, " ", words.retry ? again : null);
  }
  return loading ? h("p", null, words.loading) : null;
}

function downloads(here) {
  const { data, menu } = here;
  if (!data.downloads || !data.downloads.length) return null;
  const button = h(
    "button",
    {
      type: "button",
      class: "download",
      "aria-expanded": menu ? "true" : "false",
      "aria-controls": "downloads",
      onclick: () => openMenu(here, !here.menu),
    },
    icon("download"),
    h("span", null, data.words.download),
  );
  const links = data.downloads.map((one) => h("li", null, downloadLink(here, one)));
  const list = h("ul", { id: "downloads", class: "menu", hidden: !menu }, ...links);
  const keys = (event) => {
    const all = [...event.currentTarget.querySelectorAll("a")];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape" && here.menu) {
      openMenu(here, false);
      event.currentTarget.querySelector(".download").focus();
    } else if (step) {
      event.preventDefault();
      if (!here.menu) openMenu(here, true);
      const place = all.indexOf(event.target.closest("a"));
      all[(place + step + all.length) % all.length].focus();
    }
  };
  return h("div", { class: "downloads", "data-key": "downloads", onkeydown: keys }, button, list);
}

function downloadLink(here, { format, href }) {
  return h("a", { href, download: true, onclick: () => openMenu(here, false) }, h("b", null, format));
}

function openMenu(here, open) {
  here.menu = open;
  showTable(here);
}

function closeOutside(here, root) {
  const inside = (event) => event.composedPath().some((node) => node.classList?.contains("downloads"));
  root.addEventListener("focusout", (event) => {
    if (here.menu && event.relatedTarget && !event.relatedTarget.closest(".downloads")) openMenu(here, false);
  });
  document.addEventListener("pointerdown", (event) => {
    if (here.menu && root.isConnected && !inside(event)) openMenu(here, false);
  });
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".table");
  if (!tables.has(root)) tables.set(root, openTable(root));
  const here = tables.get(root);
  here.data = data;
  root.lang = data.language;
  here.mail.answered(setTriggerValue);
}
