/**
 * Backgrounds from elsewhere: raster tiles above the quiet backdrop, which stays below them for when they fail to come.
 *
 * No tile is asked for unless the page names a background. The page makes its groups anew at every change; tiles that
 * are still wanted afterwards stay as they are.
 */
(function () {
  'use strict';

  const Atlas = (window.Atlas = window.Atlas || {});
  const wanted = new Map(); // group -> options
  const shown = new Map(); // key -> {o, layer}
  const keyOf = ({ id, url }) => `${id} ${url}`;

  /**
   * Show tiles as long as the group is on the map.
   * @param {L.FeatureGroup} group
   * @param {{id: string, url: string, attribution?: string, maxZoom?: number, failed?: string, opacity?: number}} o
   *   failed: the sentence for the status line when tiles cannot be loaded
   */
  Atlas.background = function (group, o) {
    const on = () => {
      wanted.set(group, o);
      settle();
    };
    Atlas.follow(group, on, () => {
      wanted.delete(group);
      queueMicrotask(settle);
    });
  };

  function settle() {
    const keys = new Set([...wanted.values()].map(keyOf));
    for (const [key, { o, layer }] of shown) {
      if (keys.has(key)) continue;
      layer.remove();
      shown.delete(key);
      Atlas.controls.say(paneOf(o).id, '');
    }
    for (const o of wanted.values()) {
      Atlas.panes.dress({ ...paneOf(o), opacity: o.opacity });
      if (!shown.has(keyOf(o))) shown.set(keyOf(o), { o, layer: tilesOf(o) });
    }
    credit();
  }

  const paneOf = ({ id }) => ({ id: `background_${id}`, layer: id });

  function tilesOf(o) {
    const { map } = Atlas.panes;
    const layer = L.tileLayer(o.url, {
      pane: Atlas.panes.of(paneOf(o), 'tiles'),
      maxZoom: map.getMaxZoom(),
      maxNativeZoom: o.maxZoom || map.getMaxZoom(),
      crossOrigin: 'anonymous', // so that a picture of the map may hold them
    });
    let failures = 0;
    layer.on('loading', () => (failures = 0));
    layer.on('tileerror', () => {
      failures += 1;
      Atlas.controls.say(paneOf(o).id, o.failed || '');
    });
    layer.on('load', () => failures || Atlas.controls.say(paneOf(o).id, ''));
    return layer.addTo(map);
  }

  /** Name the givers of what is on the map now, and tell the style sheet that the ground is coloured. */
  function credit() {
    const texts = [...shown.values()].map(({ o }) => o.attribution).filter(Boolean);
    Atlas.controls.credit(texts);
    Atlas.panes.map.getContainer().classList.toggle('atlas-tiled', shown.size > 0);
  }

  function state() {
    return [...shown.values()].map(({ o }) => ({ id: o.id, url: o.url }));
  }

  Atlas.tiles = { state };
})();
