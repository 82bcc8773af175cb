/**
 * Licence blocks: the outline of a set, always; its blocks and what they are called, when they are large enough; and,
 * on demand, the outline of the same codes with the last level counted from the south, dashed.
 *
 * A block is one minute by one minute: at 49 degrees north 12 by 18 px at zoom 10, 48 by 74 at zoom 12.
 */
(function () {
  'use strict';

  const Atlas = (window.Atlas = window.Atlas || {});
  const { PALETTE } = Atlas.symbols;

  const MINUTES = 60; // of a degree
  const TILE = 256; // px of the world's width at zoom 0
  const GRID = 5; // px of a block's width from which its sides are drawn
  const NUMBER = 26; // px from which a block shows its number
  const CODE = 66; // px from which it shows its code
  const CODE_LINE = 11; // px of the height of a line of it
  const RANK = 40; // below the names of places
  const ROUND = 1e-6; // minutes: coordinates are rounded

  /** Width of a block in px. */
  const widthAt = (zoom) => (TILE * 2 ** zoom) / (360 * MINUTES);
  const minute = (degrees) => Math.floor(degrees * MINUTES + ROUND);
  const cellOf = ({ lat, lng }) => `${minute(lng)}/${minute(lat)}`;
  const ringsOf = ({ type, coordinates }) =>
    L.GeoJSON.coordsToLatLngs(coordinates, type === 'Polygon' ? 1 : 2);

  /** Each block by the minutes of its south-western corner. */
  function cells(data) {
    const found = new Map();
    for (const { geometry, properties } of data.features) {
      if (properties.part !== 'block') continue;
      const bounds = L.latLngBounds(geometry.coordinates[0].map(([lng, lat]) => [lat, lng]));
      found.set(cellOf(bounds.getCenter()), { code: String(properties.id), bounds });
    }
    return found;
  }

  /** "M-42-85-(10е-5в-2)" in two lines, or its last number. */
  const inLines = (code) => code.replace('-(', '- (');
  const numberOf = (code) => code.slice(code.lastIndexOf('-') + 1, -1);

  function labels(found, o, { map, size, zoom }) {
    const width = widthAt(zoom);
    if (width < NUMBER) return [];
    const view = map.getBounds();
    const wanted = [];
    for (const { code, bounds } of found.values()) {
      if (!view.intersects(bounds)) continue;
      const at = map.latLngToContainerPoint(bounds.getCenter());
      const text = width < CODE ? numberOf(code) : inLines(code);
      const inside = ({ x0, x1, y0, y1 }) => x1 - x0 <= width && y1 - y0 <= 2 * width + CODE_LINE;
      if (at.x < 0 || at.y < 0 || at.x > size.x || at.y > size.y) continue;
      wanted.push({ text, style: 'block', rank: RANK, at, radius: 0, lattice: 0, lang: o.lang, fits: inside });
    }
    return wanted;
  }

  function blocks(data, o) {
    const found = cells(data);
    const part = (name) => data.features.find((one) => one.properties.part === name);
    const still = { interactive: false, smoothFactor: 0.5 };
    const grid = L.polyline(
      [...found.values()].map(({ bounds }) => [
        bounds.getSouthWest(),
        bounds.getNorthWest(),
        bounds.getNorthEast(),
        bounds.getSouthEast(),
        bounds.getSouthWest(),
      ]),
      { ...still, ...Atlas.panes.on(o, 'outline'), color: PALETTE.town, weight: 0.7 }
    );
    const outline = L.polygon(ringsOf(part('outline').geometry), {
      ...Atlas.panes.on(o, 'outline'),
      color: PALETTE.town,
      weight: 2,
      fillColor: PALETTE.townFill,
      fillOpacity: 0.12,
      smoothFactor: 0.5,
    });
    // Before the hint is shown: it names the block below the pointer.
    outline.hint = o.title;
    outline.on('mousemove', ({ latlng }) => {
      outline.hint = (found.get(cellOf(latlng)) || { code: o.title }).code;
    });
    outline.toGeoJSON = () => ({ type: 'Feature', geometry: null, properties: {} });
    const dashed = { ...still, ...Atlas.panes.on(o, 'filter'), color: PALETTE.ink, weight: 1.6, dashArray: '6 4', fill: false };
    const south = part('south') ? [L.polygon(ringsOf(part('south').geometry), dashed)] : [];
    return {
      paths: [outline, grid, ...south],
      labels: (scene) => labels(found, o, scene),
      restyle: (zoom) => grid.setStyle({ opacity: widthAt(zoom) < GRID ? 0 : 0.65 }),
    };
  }

  Atlas.blocks = { KINDS: { blocks } };
})();
