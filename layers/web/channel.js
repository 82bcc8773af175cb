/**
 * The way back to the page. streamlit-folium reports the feature that a clicked layer hands over, and a count of clicks;
 * an act travels as such a feature, {act, nonce}, so that a layer without nodes can report what the reader did.
 */
(function () {
  'use strict';

  const Atlas = (window.Atlas = window.Atlas || {});
  const GAP_MS = 400; // streamlit-folium waits 250 ms and reports the last click only

  const page = window.parent;
  const channel = { group: null, sent: 0, told: [], waiting: [], timer: 0, hushed: 0 };

  /** Put the empty layer on the map before streamlit-folium listens to the map's layers. */
  function open(map) {
    channel.group = L.featureGroup([]).addTo(map);
  }

  /** Tell the page an act, {do: name, ...}; several at once go one after the other, the last of a kind wins. */
  Atlas.tell = function (act) {
    channel.waiting = channel.waiting.filter((one) => one.do !== act.do).concat(act);
    if (!channel.timer) next();
  };

  function next() {
    const act = channel.waiting.shift();
    channel.timer = act ? setTimeout(next, GAP_MS) : 0;
    if (!act) return;
    channel.sent += 1;
    const properties = { act, nonce: `${performance.timeOrigin}-${channel.sent}` };
    const layer = { toGeoJSON: () => ({ type: 'Feature', geometry: null, properties }) };
    channel.told.push(act);
    channel.group.fire('click', { layer });
  }

  /** Report nothing for so long: streamlit-folium looks its page up whenever it has something to say. */
  function hush(ms) {
    window.parent = window;
    clearTimeout(channel.hushed);
    channel.hushed = setTimeout(() => (window.parent = page), ms);
  }

  Atlas.channel = { open, hush, told: channel.told };
})();
