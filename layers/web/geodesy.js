/** Lengths, areas and shapes on the ellipsoid, bands of a position error, and whether a label lies in its country. */
(function () {
  'use strict';

  const Atlas = (window.Atlas = window.Atlas || {});
  const RADIANS = Math.PI / 180;
  const A = 6378137; // WGS 84 semi-major axis in metres
  const CIRCLE_POINTS = 180;
  const CURVE_STEP = 20000; // metres between drawn points of a geodesic
  const CURVE_MOST = 400;
  const BAND_STEP_DEGREES = 0.5; // within it the scale of the map changes by less than 1 %
  const TILE = 256;
  const BAND_OPACITY = 0.16;
  const LABEL_PARTS = [0, 1, 0.5, 0.25, 0.75];

  // C. F. F. Karney, "Algorithms for geodesics", Journal of Geodesy 87, 2013; the same earth as on the server.
  const earth = () => window.geodesic.Geodesic.WGS84;

  /** The point `metres` away from (lat, lon) along an azimuth, degrees in and out; longitudes run on beyond 180. */
  function direct(lat, lon, azimuth, metres) {
    const { STANDARD, LONG_UNROLL } = window.geodesic.Geodesic;
    const { lat2, lon2 } = earth().Direct(lat, lon, azimuth, metres, STANDARD | LONG_UNROLL);
    return [lat2, lon2];
  }

  /** Metres from a to b, each {lat, lng}. */
  function distance(a, b) {
    return earth().Inverse(a.lat, a.lng, b.lat, b.lng).s12;
  }

  /** Points along the geodesic from a to b, both included, near enough to each other to be drawn as a curve. */
  function curve(a, b) {
    const { STANDARD, LONG_UNROLL } = window.geodesic.Geodesic;
    const line = earth().InverseLine(a.lat, a.lng, b.lat, b.lng);
    const count = Math.min(CURVE_MOST, Math.max(1, Math.ceil(line.s13 / CURVE_STEP)));
    return Array.from({ length: count + 1 }, (_, k) => {
      const { lat2, lon2 } = line.Position((line.s13 * k) / count, STANDARD | LONG_UNROLL);
      return L.latLng(lat2, lon2);
    });
  }

  /** Square metres within a ring of {lat, lng} with geodesic edges, whichever way it runs. */
  function surface(ring) {
    const polygon = earth().Polygon(false);
    for (const { lat, lng } of ring) polygon.AddPoint(lat, lng);
    return Math.abs(polygon.Compute(false, true).area);
  }

  /** Ring of [lat, lon] at `km` kilometres around a point. */
  function circle(lat, lon, km) {
    return Array.from({ length: CIRCLE_POINTS }, (_, k) => direct(lat, lon, (360 * k) / CIRCLE_POINTS, km * 1000));
  }

  /** Pixels that a kilometre takes on a Web Mercator map at a latitude. */
  function pixelsPerKm(lat, zoom) {
    return (TILE * 2 ** zoom * 1000) / (2 * Math.PI * A * Math.cos(lat * RADIANS));
  }

  /** Cut a line into pieces short enough to have one scale each. */
  function pieces(vertices) {
    const cut = [];
    for (let i = 1; i < vertices.length; i++) {
      const [a, b] = [vertices[i - 1], vertices[i]];
      const count = Math.max(1, Math.ceil(Math.abs(b.lat - a.lat) / BAND_STEP_DEGREES));
      const at = (k) => L.latLng(a.lat + ((b.lat - a.lat) * k) / count, a.lng + ((b.lng - a.lng) * k) / count);
      for (let k = 0; k < count; k++) cut.push([at(k), at(k + 1)]);
    }
    return cut;
  }

  /**
   * The band within `km` kilometres of a drawn line of the drawing `o`. Its pieces are opaque and the pane is translucent,
   * so that overlaps do not add up.
   */
  function band(o, lines, km) {
    const pane = Atlas.panes.on(o, 'band');
    Atlas.panes.veil(o, 'band', BAND_OPACITY);
    const style = { ...pane, interactive: false, color: Atlas.symbols.PALETTE.gas, lineCap: 'round' };
    const paths = lines.flatMap(pieces).map((piece) => L.polyline(piece, style));
    const width = (path, zoom) => 2 * km * pixelsPerKm(path.getLatLngs()[0].lat, zoom);
    return { paths, restyle: (zoom) => paths.forEach((path) => path.setStyle({ weight: width(path, zoom) })) };
  }

  const boxes = new WeakMap();

  function boxOf(ring) {
    if (!boxes.has(ring)) boxes.set(ring, L.bounds(ring));
    return boxes.get(ring);
  }

  /** Even-odd rule. Plain indices: this runs over every vertex of a country some hundred times in a pass. */
  function inRing(ring, lon, lat) {
    if (!boxOf(ring).contains([lon, lat])) return false;
    let inside = false;
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const y = ring[i][1];
      const v = ring[j][1];
      if (y > lat === v > lat) continue;
      const x = ring[i][0];
      if (lon < ((ring[j][0] - x) * (lat - y)) / (v - y) + x) inside = !inside;
    }
    return inside;
  }

  function inPolygons(geometry, lon, lat) {
    const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
    return polygons.some(
      ([outer, ...holes]) => inRing(outer, lon, lat) && !holes.some((hole) => inRing(hole, lon, lat))
    );
  }

  /**
   * A test whether a label's box (container px) lies within the land around its anchor point.
   * Null where the anchor is on no known land.
   */
  function within(scene, anchor) {
    const land = scene.lands.find((one) => inPolygons(one, anchor.lng, anchor.lat));
    if (!land) return null;
    return ({ x0, x1, y0, y1 }) =>
      [y0, y1].every((y) =>
        LABEL_PARTS.every((part) => {
          const { lat, lng } = scene.map.containerPointToLatLng([x0 + (x1 - x0) * part, y]);
          return inPolygons(land, lng, lat);
        })
      );
  }

  Atlas.geodesy = { band, circle, curve, direct, distance, pixelsPerKm, surface, within };
})();
