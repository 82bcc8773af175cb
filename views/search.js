// The search field: a combobox that asks the server while one types and reports what was taken.

const SVG = "http://www.w3.org/2000/svg";
const LENS = "M7 2.5A4.5 4.5 0 1 1 7 11.5 4.5 4.5 0 1 1 7 2.5M10.4 10.4 14 14";
const CROSS = "M4.2 4.2 11.8 11.8M11.8 4.2 4.2 11.8";
const PAUSE_MS = 100; // after the last key
const PATIENCE_MS = 8000; // then no answer counts as a failure
const LONGEST = 2000; // characters that the server looks at: a long list of blocks
const GROUNDS = new Set(["place", "sheet", "blocks"]); // what was read from coordinates, a sheet or codes
const FIELDS = "input, textarea, select, [contenteditable]:not([contenteditable=false])";

const fields = new WeakMap();

function make(parent, tag, attributes, text) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) node.setAttribute(name, value);
  if (text) node.textContent = text;
  parent.append(node);
  return node;
}

function drawing(parent, path, name) {
  const picture = document.createElementNS(SVG, "svg");
  const line = document.createElementNS(SVG, "path");
  picture.setAttribute("viewBox", "0 0 16 16");
  picture.setAttribute("class", name);
  picture.setAttribute("aria-hidden", "true");
  line.setAttribute("d", path);
  picture.append(line);
  parent.append(picture);
}

/** The elements, made once: what is being typed must outlast every run of the page. */
function build(root) {
  const box = make(root, "div", { class: "box", role: "search" });
  drawing(box, LENS, "lens");
  const input = make(box, "input", {
    type: "text",
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": "hits",
    "aria-haspopup": "listbox",
    "aria-keyshortcuts": "/",
    autocomplete: "off",
    autocapitalize: "off",
    autocorrect: "off",
    spellcheck: "false",
    enterkeyhint: "search",
    maxlength: LONGEST,
  });
  const clear = make(box, "button", { type: "button", class: "clear" });
  drawing(clear, CROSS, "cross");
  const popup = make(root, "div", { class: "popup" });
  const understood = make(popup, "p", { class: "understood" });
  const fault = make(popup, "p", { class: "fault" });
  const list = make(popup, "ul", { id: "hits", role: "listbox" });
  const patterns = make(popup, "dl", { class: "patterns" });
  const said = make(popup, "p", { class: "said" });
  const status = make(root, "p", { class: "unseen", role: "status" });
  return { root, box, input, clear, popup, understood, fault, list, patterns, said, status };
}

/** What the field knows: `answer` belongs to the text it carries, `wanted` means Enter came before the answer. */
function openField(root) {
  const here = {
    ...build(root),
    data: null,
    trigger: null,
    answer: null,
    failed: false,
    wanted: false,
    open: false,
    active: -1,
    asked: 0,
    pause: 0,
    request: null,
    taken: null,
    asking: false,
  };
  here.popup.hidden = true;
  here.clear.hidden = true;
  here.input.addEventListener("input", () => typed(here));
  here.input.addEventListener("keydown", (event) => pressed(here, event));
  here.clear.addEventListener("click", () => {
    reset(here);
    here.input.focus();
  });
  here.popup.addEventListener("mousedown", (event) => event.preventDefault()); // or the field would lose focus
  here.list.addEventListener("click", (event) => {
    const row = event.target.closest("[role=option]");
    if (row) take(here, here.answer.hits[Number(row.dataset.place)]);
  });
  here.box.addEventListener("focusout", (event) => {
    if (!here.root.contains(event.relatedTarget)) close(here);
  });
  // Outside a field single letters are shortcuts of the page, and it does not see that this is one.
  root.addEventListener("keydown", (event) => event.stopPropagation());
  return here;
}

const textOf = (here) => here.input.value.trim();
const answered = (here) => here.answer && here.answer.text === textOf(here) && here.answer.lang === here.data.language;

function typed(here) {
  stop(here);
  here.taken = null;
  here.wanted = false;
  here.asking = false;
  here.failed = false;
  if (!textOf(here)) return close(here);
  here.pause = setTimeout(() => ask(here), PAUSE_MS);
  draw(here);
}

/** Forget the question under way; its answer, should it come, is stale. */
function stop(here) {
  clearTimeout(here.pause);
  here.asked += 1;
  here.request?.abort();
  here.request = null;
}

async function ask(here) {
  stop(here);
  const mine = here.asked;
  const question = { text: textOf(here), lang: here.data.language };
  const request = new AbortController();
  const patience = setTimeout(() => request.abort(), PATIENCE_MS);
  Object.assign(here, { request, failed: false, open: here.root.getRootNode().activeElement === here.input });
  draw(here);
  let found = null;
  try {
    const query = new URLSearchParams({ q: question.text, lang: question.lang });
    const reply = await fetch(`${here.data.url}?${query}`, { signal: request.signal });
    if (reply.ok) found = await reply.json();
  } catch {
    found = null; // no connection, no answer in time, or one that is not the server's
  }
  clearTimeout(patience);
  if (mine !== here.asked) return;
  here.request = null;
  here.failed = !found;
  here.answer = found ? { ...found, ...question } : null;
  here.active = -1;
  if (here.wanted && found && found.hits.length && !found.choose) return take(here, found.hits[0]);
  here.wanted = false;
  draw(here);
}

const KEYS = {
  ArrowDown: (here, event) => step(here, event.altKey ? 0 : 1),
  ArrowUp: (here) => step(here, -1),
  Enter: (here) => enter(here),
  Escape: (here) => (here.open ? close(here) : reset(here)),
};

function pressed(here, event) {
  if (event.isComposing || !(event.key in KEYS)) return;
  event.preventDefault();
  KEYS[event.key](here, event);
}

/** Move to the next or last hit; past either end is the field itself. */
function step(here, by) {
  if (!textOf(here)) return;
  if (!answered(here)) return here.request ? undefined : void ask(here);
  const places = here.answer.hits.length + 1;
  if (here.open || by < 0) here.active = ((here.active + 1 + by + places) % places) - 1;
  else if (by > 0) here.active = Math.min(0, places - 2);
  here.open = true;
  draw(here);
}

function enter(here) {
  if (!textOf(here)) return;
  const { active, answer } = here;
  // Of several readings that are equally possible none is taken unasked: Enter needs a line.
  const open = answered(here) && answer.hits.length > 0;
  if (open && (active >= 0 || !answer.choose)) return take(here, answer.hits[Math.max(active, 0)]);
  here.asking = open;
  here.popup.scrollTop = 0;
  here.wanted = !answered(here);
  here.open = true;
  if (here.wanted && !here.request) return void ask(here);
  draw(here);
}

function take(here, hit) {
  stop(here);
  if (!GROUNDS.has(hit.layer)) here.input.value = hit.name; // what was read stays as it was typed
  here.taken = { selected: here.data.selected === `${hit.layer}/${hit.id}` };
  close(here);
  here.trigger("act", { do: "select", layer: hit.layer, id: hit.id });
}

function close(here) {
  if (!here.input.value) stop(here);
  Object.assign(here, { open: false, active: -1 });
  draw(here);
}

function reset(here) {
  here.input.value = "";
  Object.assign(here, { answer: null, failed: false, wanted: false, taken: null });
  close(here);
}

function draw(here) {
  const { words } = here.data;
  const known = answered(here) ? here.answer : null;
  const open = here.open && Boolean(textOf(here));
  const waiting = open && !known && !here.failed;
  const nothing = known && !known.hits.length && !known.fault;
  here.popup.hidden = !open;
  here.clear.hidden = !here.input.value;
  here.root.classList.toggle("waiting", waiting);
  // While one types on, the old hits stay, so that the list does not flicker; Enter waits for the new ones.
  if (known || here.failed || !open) drawHits(here, known);
  here.understood.textContent = known?.understood || "";
  here.understood.hidden = !known?.understood;
  const choose = known?.choose && here.asking ? words.choose : "";
  here.fault.textContent = [known?.fault, choose].filter(Boolean).join(" ");
  here.fault.hidden = !here.fault.textContent;
  const empty = here.failed ? words.failed : nothing ? `${words.nothing} ${words.hint}` : "";
  const sentence = empty || (waiting ? words.wait : "");
  here.said.textContent = sentence;
  here.said.hidden = !sentence || (waiting && here.list.children.length > 0);
  const count = known && words.count.replace("{count}", known.hits.length);
  const told = [known?.understood, known?.fault, count, choose].filter(Boolean).join(". ");
  here.status.textContent = !open || waiting ? "" : empty || told;
  here.input.setAttribute("aria-expanded", String(open && here.list.children.length > 0));
  mark(here);
}

function drawHits(here, known) {
  if (here.list.answer === known) return;
  here.list.answer = known;
  here.list.replaceChildren();
  (known?.hits || []).forEach((hit, place) => {
    const row = make(here.list, "li", { role: "option", id: `hit-${place}`, "data-place": place });
    row.dataset.layer = hit.layer;
    row.dataset.id = hit.id;
    make(row, "span", { class: "name" }, hit.name);
    make(row, "span", { class: "kind" }, hit.kind);
    if (hit.note) make(row, "span", { class: "note" }, hit.note);
  });
  here.list.hidden = !here.list.children.length;
  here.list.classList.toggle("choose", Boolean(known?.choose));
  drawPatterns(here, known?.patterns || []);
}

/** What would be understood, with examples. */
function drawPatterns(here, patterns) {
  here.patterns.replaceChildren();
  here.patterns.hidden = !patterns.length;
  if (patterns.length) make(here.patterns, "dt", { class: "head" }, here.data.words.patterns);
  for (const pattern of patterns) {
    make(here.patterns, "dt", {}, pattern.title);
    const examples = make(here.patterns, "dd", {});
    for (const text of pattern.texts) make(examples, "code", {}, text);
  }
}

function mark(here) {
  const rows = [...here.list.children];
  rows.forEach((row, place) => row.setAttribute("aria-selected", String(place === here.active)));
  if (here.active < 0) return here.input.removeAttribute("aria-activedescendant");
  here.input.setAttribute("aria-activedescendant", `hit-${here.active}`);
  rows[here.active].scrollIntoView({ block: "nearest" });
}

/** A name taken stands in the field while it is selected, and in the language in which it was taken. */
function follow(here, before) {
  if (!before || !here.taken) return;
  if (before.language !== here.data.language) return reset(here);
  if (before.selected === here.data.selected) return;
  if (here.taken.selected) return reset(here);
  here.taken.selected = true; // the first change is the answer to the taking
}

/** The slash brings the reader here from anywhere but a field. */
function hear(here, event) {
  const typing = event.composedPath()[0]?.matches?.(FIELDS);
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  here.input.focus();
  here.input.select();
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".search");
  if (!fields.has(root)) fields.set(root, openField(root));
  const here = fields.get(root);
  const before = here.data;
  Object.assign(here, { data, trigger: setTriggerValue });
  root.lang = data.language;
  here.input.setAttribute("aria-label", data.words.label);
  here.input.placeholder = data.words.placeholder;
  here.list.setAttribute("aria-label", data.words.label);
  here.clear.setAttribute("aria-label", data.words.clear);
  here.clear.title = data.words.clear;
  follow(here, before);
  draw(here);
  const slash = (event) => hear(here, event);
  const wentBack = () => reset(here); // what stood in the field belonged to the view that was left
  document.addEventListener("keydown", slash, true);
  window.addEventListener("popstate", wentBack);
  return () => {
    document.removeEventListener("keydown", slash, true);
    window.removeEventListener("popstate", wentBack);
  };
}
