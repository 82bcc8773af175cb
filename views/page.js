// The page as a whole: its language for screen readers, and a history of choices rather than of map moves.

const MOVES = ["at"]; // parameters that follow the map wherever it is dragged
const FOLLOWING = "view:"; // a spatial filter that follows it too
const LINKS = '[data-testid="stPageLink"] a'; // between the screens
const LEAVING_MS = 10000; // a map that is still there then is not being left after all
const MAP_FRAME = 'iframe[title*="streamlit_folium"]';

/** An address without what only tells where the map is. */
function choices(address) {
  const url = new URL(address, document.baseURI);
  for (const name of MOVES) url.searchParams.delete(name);
  if ((url.searchParams.get("in") || "").startsWith(FOLLOWING)) url.searchParams.set("in", FOLLOWING);
  return url.pathname + url.search;
}

/** A step that only moved the map, or only filled in what the page had chosen itself, replaces the last one. */
function keepHistoryShort() {
  if (window.history.atlas) return;
  const push = window.history.pushState.bind(window.history);
  window.history.atlas = true;
  window.history.pushState = (state, unused, address) => {
    const same = address && choices(address) === choices(window.location.href);
    if (same) window.history.replaceState(state, unused, address);
    else push(state, unused, address);
  };
}

/** The map's frame is titled after the package that made it; screen readers are told what it shows, whenever it comes. */
function nameMap(words) {
  const name = () => {
    const frame = document.querySelector(MAP_FRAME);
    if (frame && frame.getAttribute("aria-label") !== words.map) frame.setAttribute("aria-label", words.map);
  };
  window.atlasFrames?.disconnect();
  window.atlasFrames = new MutationObserver(name);
  window.atlasFrames.observe(document.body, { childList: true, subtree: true });
  name();
}

/**
 * A map that is being left says no more: its reports carry the screen they belong to, and Streamlit answers one that
 * comes while the next screen is under way by emptying that screen.
 */
function hushLeftMap() {
  const here = () => window.location.pathname;
  if (!window.atlasPlace) {
    const leave = () => document.querySelector(MAP_FRAME)?.contentWindow.Atlas?.channel?.hush(LEAVING_MS);
    const follow = (event) => {
      const inPlace = !(event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
      const link = event.target.closest?.(LINKS);
      if (inPlace && link && link.pathname !== here()) leave();
    };
    const goBack = () => {
      if (here() !== window.atlasPlace) leave();
      window.atlasPlace = here();
    };
    window.addEventListener("click", follow, true);
    window.addEventListener("popstate", goBack);
  }
  window.atlasPlace = here();
}

export default function ({ data }) {
  document.documentElement.lang = data.language;
  keepHistoryShort();
  hushLeftMap();
  nameMap(data.words);
}
