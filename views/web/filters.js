// Filters: what is chosen, what they empty, the facets, the text, the place, the radius and what it counts.

const SCROLLED_ABOVE = 8; // options; the list scrolls when there are more
const FIND_ABOVE = 12; // options; such a list gets a field of its own to find in
const QUIET_MS = 400;

function filters(here) {
  const { data } = here;
  const { words } = data;
  return h(
    "section",
    { class: "filters", "data-key": "filters" },
    h("h3", null, words.filters),
    chips(here),
    asOf(here),
    ...[...new Set(data.emptied.map((notice) => notice.what))].map((what) => emptiedNotice(here, what)),
    textFilter(here),
    h("div", { class: "facets", "data-key": "facets" }, ...data.facets.map((facet) => facetList(here, facet))),
    areaFilter(here),
    slider(here, {
      id: "radius",
      label: words.radius,
      range: { min: data.radius.min, max: data.radius.max, step: data.radius.step },
      value: data.radius.km,
      shown: (value) => numbersIn(data.language).format(value),
      report: (km) => {
        data.radius.km = km;
        here.send({ do: "radius", km });
      },
    }),
    possible(here),
  );
}

/** Whether the radius counts what may be within it too; the address says the contrary: only what surely is. */
function possible(here) {
  const { words, radius } = here.data;
  const box = h("input", {
    type: "checkbox",
    class: "box",
    id: "possible",
    checked: !radius.sure,
    "aria-describedby": "possible-note",
    onchange: (event) => {
      radius.sure = !event.target.checked;
      here.send({ do: "sure", on: radius.sure });
    },
  });
  return h(
    "div",
    { class: "possible", "data-key": "possible" },
    h("label", { class: "switch" }, box, h("span", { class: "name" }, words.possible)),
    h("p", { class: "note", id: "possible-note" }, words.possible_note),
  );
}

function chips(here) {
  const { active, words } = here.data;
  if (!active.length) return null;
  const clear = (what) => () => here.send({ do: "clear", what });
  const listed = active.map((one) =>
    h(
      "li",
      { class: "chip", "data-key": `chip ${one.what} ${one.text}` },
      h("span", null, one.text),
      iconButton("clear", `${words.clear}: ${one.text}`, { onclick: clear(one.what), "data-clear": one.what }),
    ),
  );
  const link = { type: "button", class: "link", onclick: clear("all"), "data-clear": "all" };
  const all = h("button", link, words.clear_all);
  return h("div", { class: "active", "data-key": "active" }, h("ul", { class: "chips" }, ...listed), all);
}

/** What one filter leaves nothing of, and the way to take that filter back. */
function emptiedNotice(here, what) {
  const { emptied } = here.data;
  const told = emptied.filter((notice) => notice.what === what);
  const lines = told.map((notice) => h("li", { "data-emptied": notice.layers.join(" ") }, notice.text));
  const clear = { type: "button", class: "link", onclick: () => here.send({ do: "clear", what }) };
  return h(
    "div",
    { class: "emptied", role: "status", "data-key": `emptied ${what}` },
    h("ul", null, ...lines),
    h("button", clear, told[0].clear),
  );
}

/** Typing reports after a moment of quiet, Enter at once; until then new data must not take the letters away. */
function textFilter(here) {
  const { words, text } = here.data;
  const report = (field) => {
    clearTimeout(here.state.typing);
    field.held = false;
    if (field.value === here.data.text) return;
    here.data.text = field.value;
    here.send({ do: "text", text: field.value });
  };
  const field = h("input", {
    type: "search",
    id: "text-filter",
    class: "field",
    value: text,
    placeholder: words.text_hint,
    autocomplete: "off",
    spellcheck: "false",
    oninput: (event) => {
      const typed = event.target;
      typed.held = true;
      clearTimeout(here.state.typing);
      here.state.typing = setTimeout(() => report(typed), QUIET_MS);
    },
    onkeydown: (event) => {
      if (event.key === "Enter" && !event.isComposing) report(event.target);
    },
  });
  return h("div", { class: "text", "data-key": "text" }, h("label", { for: "text-filter" }, words.text), field);
}

function facetList(here, facet) {
  const { words } = here.data;
  const { opened, found } = here.state;
  const chosen = facet.options.filter((option) => option.on).length;
  const sought = (found.get(facet.id) || "").trim().toLocaleLowerCase(here.data.language);
  const hides = (option) => sought !== "" && !option.text.toLocaleLowerCase(here.data.language).includes(sought);
  const options = facet.options.map((option) => facetOption(here, facet, option, hides(option)));
  const nothing = options.length > 0 && facet.options.every(hides);
  return h(
    "details",
    {
      class: "facet",
      "data-facet": facet.id,
      "data-key": `facet ${facet.id}`,
      open: opened.has(facet.id) ? opened.get(facet.id) : Boolean(facet.open),
      ontoggle: (event) => opened.set(facet.id, event.target.open),
    },
    h(
      "summary",
      null,
      icon("unfold"),
      h("span", { class: "name" }, facet.title),
      chosen ? h("span", { class: "chosen" }, String(chosen)) : null,
    ),
    facet.note ? h("p", { class: "note", "data-key": "note" }, facet.note) : null,
    facet.options.length > FIND_ABOVE ? findField(here, facet) : null,
    h("ul", { class: options.length > SCROLLED_ABOVE ? "options scrolled" : "options" }, ...options),
    nothing ? h("p", { class: "note", "data-key": "none" }, words.none_left) : null,
  );
}

function facetOption(here, facet, option, hidden) {
  const box = h("input", {
    type: "checkbox",
    class: "box",
    checked: option.on,
    onchange: (event) => {
      option.on = event.target.checked;
      here.send({ do: "facet", facet: facet.id, code: option.code, on: option.on });
    },
  });
  const count = h("span", { class: "count" }, option.count);
  return h(
    "li",
    {
      "data-facet": facet.id,
      "data-code": option.code,
      "data-key": option.code,
      class: option.count === "0" && !option.on ? "nothing" : null,
      hidden,
    },
    h("label", { class: "switch" }, box, h("span", { class: "name" }, option.text), " ", count),
  );
}

function findField(here, facet) {
  const { words } = here.data;
  const label = `${words.options}: ${facet.title}`;
  return h("input", {
    type: "search",
    class: "field find",
    placeholder: words.options,
    "aria-label": label,
    autocomplete: "off",
    spellcheck: "false",
    value: here.state.found.get(facet.id) || "",
    oninput: (event) => {
      here.state.found.set(facet.id, event.target.value);
      here.draw();
    },
  });
}

function areaFilter(here) {
  const { words, area } = here.data;
  const rows = [
    areaChoice(here, "", words.area_none),
    areaChoice(here, "view", words.area_view),
    areaChoice(here, "radius", words.area_radius, !area.radius_possible && area.kind !== "radius"),
  ];
  if (area.kind === "shape") rows.push(areaChoice(here, "shape", words.area_shape));
  const impossible = area.radius_possible ? "" : words.area_radius_off;
  const drawn = area.kind === "shape" ? "" : words.area_shape_hint;
  const notes = [impossible, drawn].filter(Boolean);
  return h(
    "fieldset",
    { class: "choice", "data-key": "area" },
    h("legend", null, words.area),
    h("ul", null, ...rows),
    ...notes.map((note) => h("p", { class: "note", "data-key": note }, note)),
  );
}

function areaChoice(here, kind, text, disabled) {
  const { area } = here.data;
  const on = (area.kind || "") === kind;
  const report = () => {
    area.kind = kind;
    here.send({ do: "area", kind: kind || "none" });
  };
  return h(
    "li",
    { "data-area": kind || "none", "data-key": kind || "none" },
    radio("area", on, text, report, { disabled: Boolean(disabled) }),
  );
}

/** One of several; the browser's own arrow keys move among those of the same name. */
function radio(name, on, text, report, options, note) {
  const dot = h("input", { type: "radio", class: "dot", name, checked: on, onchange: report, ...options });
  const aside = note ? h("span", { class: "aside" }, note) : null;
  return h("label", { class: "switch" }, dot, h("span", { class: "name" }, text, aside ? " " : null, aside));
}

function backgrounds(here) {
  const { words, backgrounds: listed } = here.data;
  if (!listed || !listed.length) return null;
  const choose = (chosen) => {
    for (const one of listed) one.on = one === chosen;
    here.send({ do: "background", id: chosen.id });
  };
  const rows = listed.map((one) =>
    h(
      "li",
      { "data-background": one.id, "data-key": one.id },
      radio("background", one.on, one.title, () => choose(one), {}, one.note),
    ),
  );
  const list = h("div", { role: "radiogroup", "aria-label": words.background }, h("ul", null, ...rows));
  return h("section", { class: "choice", "data-key": "background" }, h("h3", null, words.background), list);
}
