/** Shapes on the ellipsoid: circles of a radius, bands of a position error, and whether a label lies in its country. */
(function () {
  'use strict';

  const Atlas = (window.Atlas = window.Atlas || {});
  const RADIANS = Math.PI / 180;
  const A = 6378137; // WGS 84 semi-major axis in metres
  const F = 1 / 298.257223563; // WGS 84 flattening
  const B = A * (1 - F);
  const CONVERGED = 1e-12;
  const CIRCLE_POINTS = 180;
  const BAND_STEP_DEGREES = 0.5; // within it the scale of the map changes by less than 1 %
  const TILE = 256;
  const BAND_OPACITY = 0.16;
  const LABEL_PARTS = [0, 1, 0.5, 0.25, 0.75];

  /**
   * The point `metres` away from (lat, lon) along an azimuth, degrees in and out.
   * T. Vincenty, "Direct and inverse solutions of geodesics on the ellipsoid with application of nested equations",
   * Survey Review 23 (176), 1975, equations 1-11; exact to a millimetre, far below a pixel.
   */
  function direct(lat, lon, azimuth, metres) {
    const alpha1 = azimuth * RADIANS;
    const u1 = Math.atan((1 - F) * Math.tan(lat * RADIANS));
    const [sinU, cosU] = [Math.sin(u1), Math.cos(u1)];
    const sigma1 = Math.atan2(Math.tan(u1), Math.cos(alpha1));
    const sinAlpha = cosU * Math.sin(alpha1);
    const cos2Alpha = 1 - sinAlpha * sinAlpha;
    const { sigma, cos2m } = arc(sigma1, cos2Alpha, metres);
    const [sinS, cosS] = [Math.sin(sigma), Math.cos(sigma)];
    const rest = sinU * sinS - cosU * cosS * Math.cos(alpha1);
    const phi = Math.atan2(sinU * cosS + cosU * sinS * Math.cos(alpha1), (1 - F) * Math.hypot(sinAlpha, rest));
    const lambda = Math.atan2(sinS * Math.sin(alpha1), cosU * cosS - sinU * sinS * Math.cos(alpha1));
    const c = (F / 16) * cos2Alpha * (4 + F * (4 - 3 * cos2Alpha));
    const inner = cos2m + c * cosS * (2 * cos2m * cos2m - 1);
    const dLon = lambda - (1 - c) * F * sinAlpha * (sigma + c * sinS * inner);
    return [phi / RADIANS, lon + dLon / RADIANS];
  }

  /** Angular length of the geodesic on the auxiliary sphere, by iteration. */
  function arc(sigma1, cos2Alpha, metres) {
    const u2 = (cos2Alpha * (A * A - B * B)) / (B * B);
    const a = 1 + (u2 / 16384) * (4096 + u2 * (-768 + u2 * (320 - 175 * u2)));
    const b = (u2 / 1024) * (256 + u2 * (-128 + u2 * (74 - 47 * u2)));
    let sigma = metres / (B * a);
    for (let change = 1; Math.abs(change) > CONVERGED;) {
      const cos2m = Math.cos(2 * sigma1 + sigma);
      const [sinS, square] = [Math.sin(sigma), cos2m * cos2m];
      const tail = (b / 6) * cos2m * (4 * sinS * sinS - 3) * (4 * square - 3);
      const next = metres / (B * a) + b * sinS * (cos2m + (b / 4) * (Math.cos(sigma) * (2 * square - 1) - tail));
      change = next - sigma;
      sigma = next;
    }
    return { sigma, cos2m: Math.cos(2 * sigma1 + sigma) };
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
   * The band within `km` kilometres of a drawn line. Its pieces are opaque and the pane is translucent,
   * so that overlaps do not add up.
   */
  function band(lines, km) {
    const pane = Atlas.stage.on('band');
    Atlas.stage.map.getPane('band').style.opacity = BAND_OPACITY;
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

  Atlas.geodesy = { band, circle, direct, within };
})();
