/**
 * Layers of many features: drawn on one canvas without symbols and labels, because a browser cannot hold a node for each.
 *
 * The canvas lies below all other lines, for it takes the pointer from whatever is under it.
 */
(function () {
  'use strict';

  const Atlas = (window.Atlas = window.Atlas || {});

  const MANY = 1500; // features from which a layer is drawn so
  const DOT = 3.2; // px, radius of a point
  const PALE = 0.4; // opacity of what is only possibly within the radius

  const isMany = (data) => data.features.length > MANY;

  /** One path for a feature. */
  function pathOf(feature, style) {
    const { type, coordinates } = feature.geometry;
    const places = (levels) => L.GeoJSON.coordsToLatLngs(coordinates, levels);
    if (type === 'Point') return L.circleMarker(L.GeoJSON.coordsToLatLng(coordinates), { ...style, radius: DOT });
    if (type === 'LineString') return L.polyline(places(0), { ...style, weight: 1.6 });
    if (type === 'MultiLineString') return L.polyline(places(1), { ...style, weight: 1.6 });
    return L.polygon(places(type === 'Polygon' ? 1 : 2), style);
  }

  /** The drawing of all features; `named` makes a path answer the pointer, `chosen` draws the selected one as usual. */
  function draw(data, o, colour, { named, chosen }) {
    const on = Atlas.panes.on(o, 'mass');
    const style = { ...on, color: colour, fillColor: colour, weight: 0.8, bubblingMouseEvents: false };
    const drawable = data.features.filter((one) => one.geometry);
    const paths = drawable.map((feature) => {
      const pale = feature.properties.maybe;
      const look = { ...style, opacity: pale ? PALE : 0.9, fillOpacity: pale ? PALE / 4 : 0.3 };
      return named(pathOf(feature, look), o, feature);
    });
    const selected = drawable.filter((one) => String(one.properties.id) === String(o.selected));
    const above = selected.length ? chosen({ ...data, features: selected }, o) : { paths: [], marks: () => [] };
    return { paths: [...paths, ...above.paths], marks: above.marks };
  }

  Atlas.mass = { draw, isMany };
})();
