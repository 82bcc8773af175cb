// A small map of where data would fall in each of several coordinate reference systems. Needs web/dom.

const WHERE_BOX = [240, 140]; // px, the drawing's own units
const WHERE_MARGIN = 1; // degrees around what is shown
const LEAST_MARK = 7; // px: smaller boxes are drawn so large, to be seen
const LETTER = 10; // px, height of a letter below its box

/** A drawing of the country and of a box for each candidate; the chosen one is filled. */
function whereMap(here, candidates, chosen) {
  askOutline(here);
  const view = extentOf(candidates, here.outline);
  const at = projected(view);
  const parts = (here.outline || []).map((ring) => shape("polygon", { class: "land", points: ring.map(at).join(" ") }));
  candidates.forEach((one, number) => parts.push(...markOf(one, number, number === chosen, at)));
  const box = { class: "where", viewBox: `0 0 ${WHERE_BOX.join(" ")}`, role: "img", "aria-label": here.data.words.where };
  const drawing = document.createElementNS(SVG, "svg");
  for (const [name, value] of Object.entries(box)) drawing.setAttribute(name, value);
  drawing.append(...parts);
  return drawing;
}

function markOf({ falls_in: [west, south, east, north] }, number, chosen, at) {
  const [left, top] = at([west, north]);
  const [right, bottom] = at([east, south]);
  const [width, height] = [Math.max(LEAST_MARK, right - left), Math.max(LEAST_MARK, bottom - top)];
  const [x, y] = [(left + right - width) / 2, (top + bottom - height) / 2];
  const beside = number % 2 ? y + height + LETTER : y - 3; // by turns, for zones lie side by side
  const label = shape("text", { x: x + width / 2, y: beside, "text-anchor": "middle", class: chosen ? "chosen" : "" });
  label.textContent = letterOf(number);
  return [shape("rect", { x, y, width, height, class: chosen ? "mark chosen" : "mark" }), label];
}

/** The degrees that are shown: the country, and every candidate. */
function extentOf(candidates, outline) {
  const boxes = candidates.map((one) => one.falls_in);
  for (const ring of outline || []) {
    const [lons, lats] = [ring.map((place) => place[0]), ring.map((place) => place[1])];
    boxes.push([Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)]);
  }
  const side = (pick, number) => pick(...boxes.map((box) => box[number]));
  return [
    side(Math.min, 0) - WHERE_MARGIN,
    side(Math.min, 1) - WHERE_MARGIN,
    side(Math.max, 2) + WHERE_MARGIN,
    side(Math.max, 3) + WHERE_MARGIN,
  ];
}

/** From degrees to the drawing, plate carrée with the parallels of the middle at their length. */
function projected([west, south, east, north]) {
  const narrow = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const scale = Math.min(WHERE_BOX[0] / ((east - west) * narrow), WHERE_BOX[1] / (north - south));
  const left = (WHERE_BOX[0] - (east - west) * narrow * scale) / 2;
  const top = (WHERE_BOX[1] - (north - south) * scale) / 2;
  return ([lon, lat]) => [left + (lon - west) * narrow * scale, top + (north - lat) * scale];
}

/** The country's outline, fetched once when it is first needed. */
async function askOutline(here) {
  if (here.outline !== null) return;
  here.outline = [];
  const told = await fetch(here.data.outline).catch(() => null);
  const data = told && told.ok ? await told.json() : { features: [] };
  const polygons = data.features.flatMap(({ geometry: { type, coordinates } }) =>
    type === "Polygon" ? [coordinates] : coordinates,
  );
  here.outline = polygons.map((rings) => rings[0]);
  here.draw();
}

function shape(tag, attributes) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}
