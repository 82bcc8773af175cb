/**
 * What each kind of layer draws. A kind turns served GeoJSON into a drawing, which is plain data for the stage:
 *
 *   paths     Leaflet paths that stand on their own (lines, outlines, backdrop)
 *   lines     their vertices, where labels should avoid them
 *   bars      rings that the country's own name keeps off: drawn shapes and circles
 *   marks     (scene) => point symbols at this zoom, already grouped, not yet placed
 *   labels    (scene) => labels without a symbol
 *   restyle   (zoom) => new widths and patterns
 *   towns     points of the towns; lands: polygons that a country's name should not leave
 */
(function () {
  'use strict';

  const Atlas = (window.Atlas = window.Atlas || {});
  const { PALETTE } = Atlas.symbols;
  const { PLACE_RANK, datingOf, doubtOf, latLng, markOf, nameOf, pointOf } = Atlas.points;

  const HIT_WIDTH = 13; // px within which a line takes the pointer
  const PALE = Object.freeze({ line: 0.5, fill: 0.1 }); // opacities of what is only possibly within the radius
  const RING_APART = 3; // px from which the circles of the radius can be told from each other

  /** Polygon outlines; they are clicked like the symbols that stand on them. */
  function outlines(data, o, colours) {
    const style = { ...colours, weight: 1.2, fillOpacity: 0.25 };
    return data.features
      .filter((one) => /Polygon/.test(one.geometry && one.geometry.type))
      .map((feature) => {
        const levels = feature.geometry.type === 'Polygon' ? 1 : 2;
        const polygon = L.polygon(L.GeoJSON.coordsToLatLngs(feature.geometry.coordinates, levels), {
          ...style,
          ...(feature.properties.maybe ? { opacity: PALE.line, fillOpacity: PALE.fill } : {}),
          ...Atlas.panes.on(o, 'outline'),
          bubblingMouseEvents: false,
        });
        return named(polygon, o, feature);
      });
  }

  /** Make a path answer clicks and the pointer with its feature. */
  function named(path, o, feature) {
    path.toGeoJSON = () => Atlas.stage.answer(o.id, [String(feature.properties.id)]);
    path.hint = [nameOf(feature, o.lang), doubtOf(feature, o), datingOf([feature], o)].filter(Boolean).join(' – ');
    return path;
  }

  const opacityOf = (feature) => (feature.properties.maybe ? PALE.line : 1);

  /** Lines that are only possibly within the radius have a question mark where they come nearest. */
  function questions(data, o) {
    return data.features
      .filter((one) => one.properties.ask)
      .map((one) => {
        const extra = { pane: 'badge', mode: 'fixed', latlng: latLng(one.properties.ask), radius: 0, sign: 'ask' };
        return markOf(o, [one], Atlas.symbols.spot(), 1, extra);
      });
  }

  /** Lines without a date of their own have a dash at their middle. */
  function dashes(data, o) {
    return data.features
      .filter((one) => one.properties.dash)
      .map((one) => {
        const { id, part, dash } = one.properties;
        const own = { key: `${o.id}/${id}/${part || 0}/dash`, latlng: latLng(dash), sign: 'dash', doubt: '' };
        return markOf(o, [one], Atlas.symbols.spot(), 1, { pane: 'badge', mode: 'fixed', radius: 0, ...own });
      });
  }

  const signs = (data, o) => [...questions(data, o), ...dashes(data, o)];

  function area(data, o) {
    const paths = outlines(data, o, { color: PALETTE.geology, fillColor: PALETTE.areaFill });
    return { ...Atlas.points.KINDS.area(data, o), paths };
  }

  function verticesOf(feature) {
    const { type, coordinates } = feature.geometry;
    if (type === 'LineString') return [coordinates.map(latLng)];
    return type === 'MultiLineString' ? coordinates.map((part) => part.map(latLng)) : [];
  }

  function gasPaths(feature, o) {
    const style = (zoom) =>
      Atlas.symbols.gasLine(feature.properties.status, zoom, feature.properties.id === o.selected);
    const vertices = verticesOf(feature);
    const quiet = { interactive: false, lineCap: 'butt' };
    const casing = L.polyline(vertices, {
      ...quiet,
      ...Atlas.panes.on(o, 'casing'),
      color: PALETTE.paper,
      opacity: 0.8,
    });
    const look = { color: PALETTE.gas, opacity: opacityOf(feature) };
    const line = L.polyline(vertices, { ...quiet, ...Atlas.panes.on(o, 'line'), ...look });
    // A thin line is hard to hit: an invisible wide one takes the pointer.
    const hit = L.polyline(vertices, {
      ...Atlas.panes.on(o, 'line'),
      weight: HIT_WIDTH,
      opacity: 0,
      bubblingMouseEvents: false,
    });
    const restyle = (zoom) => {
      const { weight, casing: under, dashArray } = style(zoom);
      casing.setStyle({ weight: under });
      line.setStyle({ weight, dashArray });
    };
    return { paths: [casing, line, named(hit, o, feature)], restyle };
  }

  function gas(data, o) {
    const chosen = data.features.find((one) => one.properties.id === o.selected);
    const rest = data.features.filter((one) => one !== chosen && verticesOf(one).length);
    const parts = [...rest, ...(chosen ? [chosen] : [])].map((one) => gasPaths(one, o));
    const band =
      chosen && chosen.properties.acc ? Atlas.geodesy.band(o, verticesOf(chosen), chosen.properties.acc) : null;
    return {
      paths: [...(band ? band.paths : []), ...parts.flatMap((part) => part.paths)],
      lines: data.features.flatMap(verticesOf),
      marks: () => signs(data, o),
      restyle: (zoom) => [...parts, ...(band ? [band] : [])].forEach((part) => part.restyle(zoom)),
    };
  }

  /** A layer without a symbol of its own, zones that do have a position, and what readers bring. */
  function plain(data, o) {
    const colour = o.colour ? PALETTE[o.colour] : o.kind === 'zone' ? PALETTE.industry : PALETTE.other;
    const each = (some) => eachPlain(some, o, colour);
    return Atlas.mass.isMany(data) ? Atlas.mass.draw(data, o, colour, { named, chosen: each }) : each(data);
  }

  function eachPlain(data, o, colour) {
    const square = o.kind === 'zone';
    const lines = data.features.filter((one) => /LineString/.test(one.geometry && one.geometry.type));
    const style = { color: colour, weight: 1.6, bubblingMouseEvents: false };
    const drawn = lines.map((one) =>
      named(L.polyline(verticesOf(one), { ...style, opacity: opacityOf(one), ...Atlas.panes.on(o, 'line') }), o, one)
    );
    const mark = (feature) => {
      const { hollow } = feature.properties;
      const extra = {
        pane: 'plant',
        mode: 'scatter',
        movable: true,
        rank: PLACE_RANK.scatter,
        focus: true,
        sign: `${hollow}`,
      };
      const symbol = o.colour ? Atlas.symbols.own(colour, hollow) : Atlas.symbols.point(square, hollow);
      return markOf(o, [feature], symbol, 1, extra);
    };
    return {
      paths: [...outlines(data, o, { color: colour, fillColor: colour }), ...drawn],
      lines: lines.flatMap(verticesOf),
      marks: () => [...data.features.filter(pointOf).map(mark), ...signs(data, o)],
    };
  }

  /** A dotted geodesic circle. */
  function circle(o, { lat, lng }, km) {
    return L.polygon(Atlas.geodesy.circle(lat, lng, km), {
      ...Atlas.panes.on(o, 'radius'),
      interactive: false,
      color: PALETTE.ink,
      weight: 1.2,
      opacity: 0.6,
      dashArray: '1 4',
      fillColor: PALETTE.ink,
      fillOpacity: 0.035,
    });
  }

  /** A polygon of ours with the ground that the country's name leaves to it. */
  const ringed = (polygon) => ({ paths: [polygon], bars: polygon.getLatLngs() });

  /** Thin dashed circles as far inside and outside the radius as its centre may be off, where they can be told apart. */
  function doubtRings(o, { lat, lng }) {
    const style = { ...Atlas.panes.on(o, 'radius'), interactive: false, fill: false, color: PALETTE.ink, weight: 0.8 };
    const rings = [o.km - o.accuracy, o.km + o.accuracy]
      .filter((km) => o.accuracy && km > 0)
      .map((km) => L.polygon(Atlas.geodesy.circle(lat, lng, km), { ...style, dashArray: '5 4' }));
    const apart = (zoom) => o.accuracy * Atlas.geodesy.pixelsPerKm(lat, zoom) >= RING_APART;
    return { rings, restyle: (zoom) => rings.forEach((ring) => ring.setStyle({ opacity: apart(zoom) ? 0.55 : 0 })) };
  }

  /** The radius around the selected feature. */
  function radius(data, o) {
    const feature = data.features.find((one) => String(one.properties.id) === String(o.selected));
    const centre = feature && pointOf(feature);
    if (!centre) return {};
    const drawn = ringed(circle(o, centre, o.km));
    const { rings, restyle } = doubtRings(o, centre);
    return { ...drawn, paths: [...drawn.paths, ...rings], restyle };
  }

  const KINDS = { ...Atlas.points.KINDS, area, gas, plain, zone: plain, radius };

  const EMPTY = Object.freeze({
    paths: [],
    lines: [],
    bars: [],
    lands: [],
    towns: [],
    marks: () => [],
    labels: () => [],
    restyle: () => {},
  });

  /** Paths of the ground never change: they are built once for each loaded file. */
  const lasting = new WeakMap();

  /** The drawing of a layer; an unknown kind is drawn plainly. */
  function drawing(data, o) {
    if (lasting.has(data)) return lasting.get(data);
    const others = [Atlas.backdrop, Atlas.blocks, Atlas.chosen].map((part) => part.KINDS[o.kind]);
    const make = KINDS[o.kind] || others.find(Boolean) || plain;
    const made = { ...EMPTY, ...make(data, o) };
    if (made.lasting) lasting.set(data, made);
    return made;
  }

  Atlas.layers = { EMPTY, circle, drawing, ringed };
})();
