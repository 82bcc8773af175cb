// The legend: a group of rows a heading; a row is switch, symbol, name and count, and unfolds into its settings.

const LONG_END = 20; // letters of a name's last word and its count together that fit beside the settings

function legendGroups(here) {
  const { data } = here;
  return data.groups.map((group) =>
    h(
      "section",
      { class: "group", "data-group": group.id, "data-key": `group ${group.id}` },
      groupHeading(here, group),
      h("ul", { class: "rows" }, ...group.rows.map((row) => legendRow(here, row))),
    ),
  );
}

function groupHeading(here, group) {
  const label = fill(here.data.words.show_group, { group: group.title });
  const box = h("input", {
    type: "checkbox",
    class: "box small",
    checked: group.on === "all",
    indeterminate: group.on === "some",
    "aria-label": label.includes(group.title) ? label : `${group.title}: ${label}`,
    onchange: (event) => {
      const on = event.target.checked;
      group.on = on ? "all" : "none";
      for (const row of group.rows) row.on = on;
      here.send({ do: "group", id: group.id, on });
      here.draw();
    },
  });
  return h("h3", null, h("label", null, box, h("span", null, group.title)));
}

function legendRow(here, row) {
  const open = here.state.unfolded.has(row.id);
  const parts = [h("div", { class: "row" }, rowSwitch(here, row), settingsButton(here, row, open))];
  if (row.fault) parts.push(h("p", { class: "fault", "data-key": "fault" }, row.fault));
  else if (row.on && row.note) parts.push(h("p", { class: "note", "data-key": "note" }, row.note));
  if (open) parts.push(settings(here, row));
  return h("li", { class: row.on ? "on" : "off", "data-layer": row.id, "data-key": row.id }, ...parts);
}

function rowSwitch(here, row) {
  const box = h("input", {
    type: "checkbox",
    class: "box",
    checked: row.on,
    onchange: (event) => {
      row.on = event.target.checked; // shown at once; the answer brings the rest
      here.send({ do: "toggle", id: row.id });
    },
  });
  const count = row.filtered ? fill(here.data.words.of, { count: row.count, total: row.total }) : row.count;
  return h("label", { class: "switch" }, box, swatchImage(row.swatch), nameAndCount(row.title, count));
}

/** The count stays beside the name's last word, unless both together are too long. */
function nameAndCount(title, count) {
  const cut = title.lastIndexOf(" ") + 1;
  const number = h("span", { class: "count" }, count);
  if (title.length - cut + count.length > LONG_END) return h("span", { class: "name" }, title, " ", number);
  const end = h("span", { class: "together" }, title.slice(cut), " ", number);
  return h("span", { class: "name" }, title.slice(0, cut), end);
}

function settingsButton(here, row, open) {
  const { words, language } = here.data;
  const faded = row.opacity < 100;
  const label = `${row.title}: ${words.settings}`;
  return h(
    "button",
    {
      type: "button",
      class: faded ? "icon-button unfold faded" : "icon-button unfold",
      title: label,
      "aria-label": faded ? `${label}, ${percentText(language, row.opacity)}` : label,
      "aria-expanded": open ? "true" : "false",
      onclick: () => {
        if (!here.state.unfolded.delete(row.id)) here.state.unfolded.add(row.id);
        here.draw();
      },
    },
    faded ? h("span", { class: "faded-by" }, percentText(language, row.opacity)) : icon("settings"),
  );
}

function settings(here, row) {
  const { words } = here.data;
  const [top, bottom] = [!row.on || row.order <= 1, !row.on || row.last];
  const move = (name, label, by, off) =>
    iconButton(name, `${label}: ${row.title}`, {
      disabled: off,
      "data-key": name,
      onclick: () => here.send({ do: "move", id: row.id, by }),
    });
  return h(
    "div",
    { class: "settings", "data-key": "settings", role: "group", "aria-label": row.title },
    slider(here, {
      id: `opacity-${row.id}`,
      label: words.opacity,
      range: { min: 0, max: 100, step: 5 },
      value: row.opacity,
      shown: (value) => percentText(here.data.language, value),
      report: (percent) => {
        row.opacity = percent;
        here.send({ do: "opacity", id: row.id, percent });
      },
      beside: [move("raise", words.raise, -1, top), move("lower", words.lower, 1, bottom)],
    }),
  );
}

/** A range with its number; it reports when it is let go. `held` keeps new data from moving it under the finger. */
function slider(here, { id, label, range, value, shown, report, beside }) {
  const number = h("output", { class: "number", for: id }, shown(value));
  const input = h("input", {
    type: "range",
    id,
    ...range,
    value: String(value),
    style: `--part:${(value - range.min) / (range.max - range.min)}`,
    "aria-valuetext": shown(value),
    oninput: (event) => {
      const now = event.target;
      now.held = true;
      now.style.setProperty("--part", (now.value - range.min) / (range.max - range.min));
      now.setAttribute("aria-valuetext", shown(Number(now.value)));
      now.closest(".slider").querySelector("output").textContent = shown(Number(now.value));
    },
    onchange: (event) => {
      event.target.held = false;
      report(Number(event.target.value));
    },
  });
  const head = h("div", { class: "slider-head" }, h("label", { for: id }, label), number);
  return h("div", { class: "slider" }, head, h("div", { class: "slider-body" }, input, ...(beside || [])));
}
