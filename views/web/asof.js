// The date of which the screen shows what held. Its last place means all dates. Needs web/dom and web/legend.

/** A slider over the months that the data tell apart, with the button that takes the date back. */
function asOf(here) {
  const { words, asof } = here.data;
  const every = asof.stops.length; // the place after the last month
  const at = asof.month ? placeOf(asof) : every;
  const told = (place) => (place < every ? asof.stops[place].text : words.asof_all);
  const report = (place) => {
    const month = place < every ? asof.stops[place].month : "";
    asof.month = month;
    asof.text = "";
    here.send({ do: "asof", month });
    here.draw();
  };
  const clear = { type: "button", class: "link", "data-asof": "all", onclick: () => report(every) };
  const parts = [
    slider(here, {
      id: "asof",
      label: words.asof,
      range: { min: 0, max: every, step: 1 },
      value: at,
      shown: (place) => (place === at && asof.text ? asof.text : told(place)),
      report,
    }),
    asof.month ? h("button", clear, words.asof_clear) : null,
    h("p", { class: "note", "data-key": "asof-note" }, asof.month ? asof.note : words.asof_hint),
  ];
  return h("div", { class: "asof", "data-key": "asof" }, ...parts.filter(Boolean));
}

/** The stop at the chosen month, or the last one before it. */
function placeOf({ stops, month }) {
  const later = stops.findIndex((stop) => stop.month > month);
  return Math.max(0, (later < 0 ? stops.length : later) - 1);
}
