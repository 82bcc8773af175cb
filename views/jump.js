// The bar at the foot of a narrow screen: the ways through one long page.

const DRAWINGS = {
  map: "M2.5 4 6 2.5 10 4 13.5 2.5V12L10 13.5 6 12 2.5 13.5ZM6 2.5V12M10 4V13.5",
  card: "M3.5 2.5H12.5V13.5H3.5ZM6 5.8H10M6 8H10M6 10.2H8.6",
  layers: "M8 2.5 14 6 8 9.5 2 6ZM2.6 9.4 8 12.8 13.4 9.4",
  table: "M2.5 3H13.5V13H2.5ZM2.5 6.4H13.5M2.5 9.7H13.5M6.4 6.4V13",
  chart: "M2.5 2.5V13.5H13.5M5 5H10.5M5 8H13M5 11H8",
  check: "M2.5 2.5H13.5V13.5H2.5ZM5 8.2 7.2 10.4 11.2 5.8",
  list: "M2.5 4H3M2.5 8H3M2.5 12H3M5.5 4H13.5M5.5 8H13.5M5.5 12H13.5",
  sliders: "M2.5 4.5H13.5M2.5 11.5H13.5M6 2.5V6.5M10 9.5V13.5",
};
const SVG = "http://www.w3.org/2000/svg";

function drawn(path) {
  const made = document.createElementNS(SVG, "svg");
  made.setAttribute("viewBox", "0 0 16 16");
  made.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", path);
  made.append(line);
  return made;
}

/** Go to a part of the page, for the eye and for the keyboard. */
function goTo(key) {
  const part = document.querySelector(`.st-key-${key}`);
  if (!part) return;
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  part.scrollIntoView({ block: "start", behavior: still ? "auto" : "smooth" });
  part.tabIndex = -1;
  part.focus({ preventScroll: true });
}

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".jump");
  const bar = document.createElement("nav");
  bar.setAttribute("aria-label", data.label);
  for (const { to, text, drawing } of data.parts) {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.to = to;
    const words = document.createElement("span");
    words.textContent = text;
    button.append(drawn(DRAWINGS[drawing]), words);
    button.addEventListener("click", () => goTo(to));
    bar.append(button);
  }
  root.lang = data.language;
  root.classList.toggle("phone", data.phone);
  root.replaceChildren(bar);
}
