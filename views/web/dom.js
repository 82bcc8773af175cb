// What the components of ours share: building elements, bringing drawn ones up to date, and reporting acts.
// Every value is set as text, attribute or property, never as markup.

const SVG = "http://www.w3.org/2000/svg";
const HANDLERS = ["onclick", "onchange", "oninput", "onkeydown", "ontoggle", "onwheel"];
const PROPERTIES = ["checked", "indeterminate", "value", "disabled", "hidden", "open"];
const FOCUSABLE = "button:enabled, input:enabled, summary, a[href]";
const ANSWER_MS = 1500; // an act that changes nothing brings no new data, so the next one waits no longer than this

/** Icons are paths in a box of 16, for not every font has such characters. */
const ICONS = Object.freeze({
  settings:
    "M2 5H8.2M11.8 5H14M2 11H4.2M7.8 11H14" +
    "M11.8 5A1.8 1.8 0 1 1 8.2 5 1.8 1.8 0 1 1 11.8 5M7.8 11A1.8 1.8 0 1 1 4.2 11 1.8 1.8 0 1 1 7.8 11",
  raise: "M8 13V3.5M3.8 7.5 8 3.2 12.2 7.5",
  lower: "M8 3V12.5M3.8 8.5 8 12.8 12.2 8.5",
  clear: "M4.2 4.2 11.8 11.8M11.8 4.2 4.2 11.8",
  unfold: "M6 3.5 10.5 8 6 12.5",
  download: "M8 2.2V10M4.8 7 8 10.2 11.2 7M2.5 11.5V13.8H13.5V11.5",
  up: "M4.5 9.8 8 6.2 11.5 9.8",
  down: "M4.5 6.2 8 9.8 11.5 6.2",
});

/** An element; `on...` are functions, known properties are set as such, all else are attributes. */
function h(tag, options, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(options || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (PROPERTIES.includes(name)) continue;
    if (HANDLERS.includes(name)) node[name] = value;
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  // Last, because a range has its bounds and a list its options only now.
  for (const name of PROPERTIES) if (options && options[name] !== undefined) node[name] = options[name];
  return node;
}

function icon(name) {
  const drawing = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  const attributes = { class: "icon", viewBox: "0 0 16 16", width: "16", height: "16", "aria-hidden": "true" };
  for (const [attribute, value] of Object.entries(attributes)) drawing.setAttribute(attribute, value);
  path.setAttribute("d", ICONS[name]);
  drawing.append(path);
  return drawing;
}

/** A button that shows an icon; its words are its name and its hint. */
function iconButton(name, words, options) {
  const button = { type: "button", class: "icon-button", title: words, "aria-label": words, ...options };
  return h("button", button, icon(name));
}

function swatchImage(address) {
  return h("img", { class: "swatch", src: address, alt: "" });
}

/** A sentence with {names} replaced. */
function fill(sentence, values) {
  return String(sentence || "").replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
}

/** Numbers as the language writes them; browsers that know no Kazakh numbers would write English ones. */
function numbersIn(language, options) {
  return new Intl.NumberFormat(language === "kk" ? "ru" : language, options);
}

function percentText(language, percent) {
  return numbersIn(language, { style: "percent" }).format(percent / 100);
}

const keyOf = (node) => (node.nodeType === 1 ? node.getAttribute("data-key") : null);

/**
 * Make `old` look like `fresh` while keeping every element that both have, and with it focus, scroll position and
 * what is being typed or dragged. Children are the same when their data-key is, without one when their kind is.
 */
function patch(old, fresh) {
  if (old.nodeType !== 1) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  if (!old.held) patchAttributes(old, fresh);
  for (const name of HANDLERS) if (old[name] || fresh[name]) old[name] = fresh[name];
  patchChildren(old, fresh);
  for (const name of PROPERTIES) {
    if (!(name in fresh) || (name === "value" && (old.held || old.nodeName === "LI"))) continue;
    if (old[name] !== fresh[name]) old[name] = fresh[name];
  }
}

function patchAttributes(old, fresh) {
  const skipped = ["value", "open", "hidden", "disabled", "checked"]; // set as properties
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && !skipped.includes(name)) old.removeAttribute(name);
  }
  for (const { name, value } of [...fresh.attributes]) {
    if (old.getAttribute(name) !== value && !skipped.includes(name)) old.setAttribute(name, value);
  }
}

function patchChildren(old, fresh) {
  const wanted = [...fresh.childNodes];
  const same = (a, b) => a.nodeName === b.nodeName && keyOf(a) === keyOf(b);
  let place = old.firstChild;
  for (const child of wanted) {
    let found = place;
    while (found && !same(found, child)) found = found.nextSibling;
    if (!found) {
      old.insertBefore(child, place);
      continue;
    }
    if (found !== place && keyOf(child) === null) {
      while (place !== found) place = removed(place); // unkeyed ones keep their order: what lies between is gone
    } else if (found !== place) {
      old.insertBefore(found, place);
    }
    if (found === place) place = place.nextSibling;
    patch(found, child);
  }
  while (place) place = removed(place);
}

function removed(node) {
  const next = node.nextSibling;
  node.remove();
  return next;
}

/** Bring a component's root up to date; focus returns to where it was, or stays in the part whose control went. */
function redraw(root, content) {
  const active = root.getRootNode().activeElement;
  const parts = [];
  for (let node = active; node && root.contains(node); node = node.parentElement) parts.push(node);
  const fresh = h("div", null, ...content);
  patchChildren(root, fresh);
  if (!parts.length) return;
  if (active.isConnected && !active.disabled) return void active.focus({ preventScroll: true });
  for (const part of parts.slice(1)) {
    const next = part.isConnected && part.querySelector(FOCUSABLE);
    if (next) return void next.focus({ preventScroll: true });
  }
}

/** Keys pressed in a component are its own: outside, single letters are shortcuts of the page. */
function keepKeys(root) {
  root.addEventListener("keydown", (event) => event.stopPropagation());
}

/** One reporter a component: acts go out one by one, each after the answer to the one before. */
function reporter(draw) {
  const mail = { queue: [], waiting: 0, trigger: null };

  function next() {
    clearTimeout(mail.waiting);
    mail.waiting = 0;
    const act = mail.queue.shift();
    if (!act) return draw();
    mail.waiting = setTimeout(next, ANSWER_MS);
    mail.trigger("act", act);
  }

  return {
    /** New data came, which answers the act that was under way. */
    answered(trigger) {
      mail.trigger = trigger;
      next();
    },
    /** Streamlit keeps only the last of several triggers, so a second act waits; a newer value replaces an older. */
    send(act) {
      const setting = ["opacity", "radius", "text"].includes(act.do);
      const before = mail.queue.findIndex((one) => setting && one.do === act.do && one.id === act.id);
      if (before >= 0) mail.queue.splice(before, 1);
      mail.queue.push(act);
      if (!mail.waiting) next();
    },
  };
}
