// The bar at the foot of a narrow screen: four ways through one long page.

const PLACES = [
  ["map", "mapbox", "M2.5 4 6 2.5 10 4 13.5 2.5V12L10 13.5 6 12 2.5 13.5ZM6 2.5V12M10 4V13.5"],
  ["details", "details", "M3.5 2.5H12.5V13.5H3.5ZM6 5.8H10M6 8H10M6 10.2H8.6"],
  ["layers", "legend", "M8 2.5 14 6 8 9.5 2 6ZM2.6 9.4 8 12.8 13.4 9.4"],
  ["table", "tablebox", "M2.5 3H13.5V13H2.5ZM2.5 6.4H13.5M2.5 9.7H13.5M6.4 6.4V13"],
];
const SVG = "http://www.w3.org/2000/svg";

function drawing(path) {
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
  bar.setAttribute("aria-label", data.words.jump);
  for (const [name, key, path] of PLACES) {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.to = key;
    const words = document.createElement("span");
    words.textContent = data.words[name];
    button.append(drawing(path), words);
    button.addEventListener("click", () => goTo(key));
    bar.append(button);
  }
  root.lang = data.language;
  root.replaceChildren(bar);
}
