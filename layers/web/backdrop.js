/** The backdrop: land, water and graticule as paths; large cities as rings; names of countries and seas. */
(function () {
  'use strict';

  const Atlas = (window.Atlas = window.Atlas || {});
  const { PALETTE } = Atlas.symbols;
  const { RANK, markOf, nameOf, pointOf } = Atlas.points;

  const HOME_COUNTRY = 'KZ';
  const ABROAD_ZOOMS_LATER = 2.5;
  const CITY_ZOOMS = [
    [300000, 3],
    [180000, 4.2],
    [0, 5.5],
  ];
  const LAKE_NAME_ZOOM = 6;
  const SEA_LONGITUDE = 55; // west of it lies the Caspian, wide enough for its name at any zoom
  const OWN_NAME_ZOOM = 6;
  const SAME_PLACE_DEGREES = 0.07; // about 8 km: a large city that is a town of ours too

  function placeZoom(properties) {
    if (properties.rank === 'capital') return 0;
    const zoom = CITY_ZOOMS.find(([people]) => (properties.pop || 0) > people || people === 0)[1];
    return properties.cc && properties.cc !== HOME_COUNTRY ? zoom + ABROAD_ZOOMS_LATER : zoom;
  }

  function isTownOfOurs(feature, scene) {
    const [lon, lat] = feature.geometry.coordinates;
    return scene.towns.some(
      (one) => Math.abs(one.lat - lat) < SAME_PLACE_DEGREES && Math.abs(one.lng - lon) < 1.5 * SAME_PLACE_DEGREES
    );
  }

  function places(data, o) {
    const mark = (feature) => {
      const { pop, rank } = feature.properties;
      const capital = rank === 'capital';
      const label = {
        text: nameOf(feature, o.lang),
        style: capital ? 'capital' : 'city',
        rank: capital ? RANK.capital : RANK.place + (pop || 0) / 1e4,
      };
      const extra = { pane: 'place', mode: 'fixed', silent: true, label, sign: String(rank) };
      return markOf(o, [feature], Atlas.symbols.place(rank), 1, extra);
    };
    const shown = (scene) => (one) => placeZoom(one.properties) <= scene.zoom && !isTownOfOurs(one, scene);
    return { marks: (scene) => data.features.filter(shown(scene)).map(mark) };
  }

  function ground(pane, style) {
    return (data, o) => {
      const layer = L.geoJSON(data, { ...Atlas.panes.on(o, pane), interactive: false, style });
      return { paths: [layer], lands: pane === 'water' ? [] : data.features.map((one) => one.geometry), lasting: true };
    };
  }

  function country(data, o) {
    const rim = { color: PALETTE.paper, weight: 5, opacity: 0.9, fillColor: PALETTE.country, fillOpacity: 1 };
    const below = ground('country', rim)(data, o);
    const line = ground('country', { color: PALETTE.countryLine, weight: 1.3, fill: false })(data, o);
    return { ...below, paths: [...below.paths, ...line.paths] };
  }

  function graticule(data, o) {
    const style = { color: PALETTE.graticule, weight: 0.5, opacity: 0.22 };
    const labels = (scene) => data.features.map((one) => degree(one.geometry.coordinates, scene)).filter(Boolean);
    return { ...ground('graticule', style)(data, o), lands: [], labels };
  }

  /** Degrees of a meridian at the top of the map, of a parallel at its right side. */
  function degree(coordinates, { map, size }) {
    const [lon, lat] = coordinates[0];
    const [lastLon, lastLat] = coordinates[coordinates.length - 1];
    const { x, y } = map.latLngToContainerPoint([lat, lon]);
    const common = { style: 'degree', rank: RANK.degree, radius: 0, lattice: 0 };
    if (lon === lastLon) return { ...common, text: `${lon}°`, at: { x: x + 12, y: 9 } };
    return lat === lastLat ? { ...common, text: `${lat}°`, at: { x: size.x - 14, y: y - 7 } } : null;
  }

  function labels(data, o) {
    const make = (feature, scene) => {
      const { kind } = feature.properties;
      const anchor = pointOf(feature);
      const at = scene.map.latLngToContainerPoint(anchor);
      const text = nameOf(feature, o.lang);
      const common = { text, at, rank: RANK[kind], style: kind, radius: 0, lang: o.lang };
      if (kind === 'sea') return { ...common, lattice: 1 };
      const fits = Atlas.geodesy.within(scene, anchor);
      return { ...common, fits, ...(kind === 'own' ? { anywhere: true } : { lattice: 7 }) };
    };
    const shown =
      (zoom) =>
      ({ properties, geometry }) => {
        if (properties.kind === 'own') return zoom < OWN_NAME_ZOOM;
        return properties.kind !== 'sea' || geometry.coordinates[0] < SEA_LONGITUDE || zoom >= LAKE_NAME_ZOOM;
      };
    return { labels: (scene) => data.features.filter(shown(scene.zoom)).map((one) => make(one, scene)) };
  }

  const KINDS = {
    country,
    graticule,
    labels,
    places,
    countries: ground('land', { color: PALETTE.landLine, weight: 0.7, fillColor: PALETTE.land, fillOpacity: 1 }),
    lakes: ground('water', { stroke: false, fillColor: PALETTE.water, fillOpacity: 1 }),
  };

  Atlas.backdrop = { KINDS };
})();
