/**
 * Point symbols: which marks a layer has at a zoom, what they look like, how they are grouped and named.
 *
 * A mark is plain data for the stage: {key, layer, ids, latlng, symbol, scale, radius, mode, rank, pane, label, ...};
 * `sign` tells whether a mark looks as it did before, `spread` the bounds of a group, `label` the wish for a name.
 */
(function () {
  'use strict';

  const Atlas = (window.Atlas = window.Atlas || {});
  const { ZOOM } = Atlas.symbols;

  /** Labels are placed in this order; within a rank the more populous comes first. */
  const RANK = Object.freeze({
    selected: 1e6,
    town: 5000,
    capital: 5060,
    place: 3000,
    area: 2000,
    deposit: 1500,
    country: 900,
    sea: 800,
    own: 100,
    degree: 10,
  });
  const PLACE_RANK = Object.freeze({ zone: 700, area: 600, plant: 800, other: 500, scatter: 100 });
  const LARGE_TOWN = 100000; // its name finds room before the symbols around it
  const AREA_NAME_ZOOM = 6.2;
  const DEPOSIT_LETTERS_ZOOM = 7;
  const DEPOSIT_NAME_ZOOM = 9;
  const DEPOSIT_FOCUS_ZOOM = 6;
  const NARROW = 500; // px of map width
  const CROWDED_REACH = 1.5;
  const DEPOSIT_REACH = 9; // px; only where it is crowded
  const NAMES_IN_GROUP = 4;
  const WITH_CHIP = 1.2; // a chip makes a symbol wider
  const DOUBT_ROOM = 5; // px that the sign of doubt takes beyond its symbol
  const BADGE_ANGLES = { zone: -0.75 * Math.PI, area: 0.75 * Math.PI, plant: 0.5 * Math.PI };
  const LANGUAGES = ['en', 'ru', 'kk'];
  const LONGEST_NAME = 80; // letters; the browser would measure a longer one for every label spot, the details show it whole

  /** The name in the language, else in another one, else nothing; shortened, because a map is no place to read on. */
  function nameOf(feature, lang) {
    const names = feature.properties.n || {};
    const code = [lang, ...LANGUAGES, ...Object.keys(names)].find((one) => names[one]);
    const name = code ? String(names[code]) : '';
    return name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name;
  }

  /** What a name says in addition where a feature is only possibly within the radius. */
  const doubtOf = (feature, o) => (feature.properties.maybe ? o.doubt || '?' : '');

  /** What a name says in addition at a chosen date: which features have no date of their own, or one less exact. */
  function datingOf(features, o) {
    const words = o.datings;
    if (!words) return '';
    const undated = ({ properties: { dating, undated: rows } }) => rows || (dating === 'undated' ? 1 : 0);
    const count = features.reduce((sum, one) => sum + undated(one), 0);
    const [{ properties: first }] = features;
    if (features.length === 1 && !first.undated) return words[first.dating] || '';
    return count ? words.some.replace('{count}', count) : '';
  }

  const latLng = ([lon, lat]) => L.latLng(lat, lon);

  /** The point at which a feature's symbol stands; null for lines. */
  function pointOf(feature) {
    if (feature.properties.at) return latLng(feature.properties.at);
    return feature.geometry && feature.geometry.type === 'Point' ? latLng(feature.geometry.coordinates) : null;
  }

  function markOf(o, features, symbol, scale, extra) {
    const [first] = features;
    const ids = features.map((feature) => String(feature.properties.id));
    const selected = o.selected !== null && ids.includes(o.selected);
    const names = features.slice(0, NAMES_IN_GROUP).map((feature) => nameOf(feature, o.lang));
    const mark = {
      key: `${o.id}/${ids[0]}${first.properties.part ? `/${first.properties.part}` : ''}`,
      layer: o.id,
      ids,
      selected,
      symbol,
      scale,
      name: names.join(', ') + (features.length > NAMES_IN_GROUP ? ' …' : ''),
      latlng: pointOf(first),
      radius: symbol.radius * scale * (features.length > 1 ? WITH_CHIP : 1),
      mode: 'free',
      rank: 0,
      spread: features.length > 1 ? L.latLngBounds(features.map(pointOf)) : null,
      doubt: doubtOf(first, o),
      dating: datingOf(features, o),
      ...extra,
    };
    const told = mark.doubt ? doubted(mark) : mark;
    return o.datings && features.every(isUndated) ? dateless(told) : told;
  }

  /** Whether a feature has no date of its own; of a badge, whether all of its rows have none. */
  const isUndated = ({ properties: { dating, undated, count } }) => (count ? undated === count : dating === 'undated');

  /** The mark with the sign of what has no date; names keep off it. */
  function dateless(mark) {
    const symbol = Atlas.symbols.undated(mark.symbol, mark.scale);
    return { ...mark, symbol, radius: mark.radius + (mark.doubt ? 0 : DOUBT_ROOM), sign: `${mark.sign}/undated` };
  }

  /** The mark with the sign of doubt; names keep off it. */
  function doubted(mark) {
    const symbol = Atlas.symbols.questioned(mark.symbol, mark.scale);
    return { ...mark, symbol, radius: mark.radius + DOUBT_ROOM, sign: `${mark.sign}/${mark.doubt}` };
  }

  /** Gather features nearer than `reach` px that are alike; the first of a group gives its place. */
  function grouped(features, scene, reach, alike) {
    const groups = [];
    const near = isCrowded(scene) ? CROWDED_REACH * reach : reach;
    for (const feature of features) {
      const at = scene.map.project(pointOf(feature), scene.zoom);
      const home = groups.find(
        ({ at: place, features: [first] }) =>
          place.distanceTo(at) < near && alike(first, feature) && first.properties.maybe === feature.properties.maybe
      );
      if (home) home.features.push(feature);
      else groups.push({ at, features: [feature] });
    }
    return groups.map((one) => one.features);
  }

  /** A whole country on a phone: there unlike symbols are gathered too, and from further off. */
  function isCrowded({ size, zoom }) {
    return size.x < NARROW && zoom < ZOOM.far;
  }

  function town(data, o) {
    const mark = (feature, zoom) => {
      const { id, pop, listed } = feature.properties;
      const radius = Atlas.symbols.townRadius(pop, zoom);
      const selected = id === o.selected;
      const rank = selected ? RANK.selected : RANK.town + (pop || 0) / 1000;
      const label = {
        text: nameOf(feature, o.lang),
        style: selected ? 'selected' : 'town',
        rank,
        early: selected || pop > LARGE_TOWN,
      };
      const extra = { pane: 'town', mode: 'fixed', focus: true, rank, label, sign: `${radius}/${listed}` };
      return markOf(o, [feature], Atlas.symbols.town(radius, listed !== false), 1, extra);
    };
    return {
      towns: data.features.map(pointOf),
      marks: (scene) => data.features.map((feature) => mark(feature, scene.zoom)),
    };
  }

  function area(data, o) {
    const alikeFar = (a, b) =>
      a.properties.hollow === b.properties.hollow && ![a, b].some((one) => one.properties.id === o.selected);
    const alike = (a, b) => a.properties.el === b.properties.el && alikeFar(a, b);
    const mark = (features, zoom) => {
      const { hollow } = features[0].properties;
      const elements = new Set(features.map((one) => one.properties.el));
      const el = elements.size === 1 ? [...elements][0] : '';
      const symbol = Atlas.symbols.area(el || '', hollow, features.length, zoom);
      const scale = Atlas.symbols.scale('area', zoom);
      const selected = features[0].properties.id === o.selected;
      const named = features.length === 1 && (selected || zoom >= AREA_NAME_ZOOM);
      const rank = selected ? RANK.selected : RANK.area;
      const label = named ? { text: nameOf(features[0], o.lang), style: 'area', rank, early: selected } : null;
      const sign = `${el}/${hollow}/${features.length}/${scale}`;
      return markOf(o, features, symbol, scale, { pane: 'area', rank: PLACE_RANK.area, focus: true, label, sign });
    };
    const points = data.features.filter(pointOf);
    const reach = (zoom) => Atlas.symbols.byZoom(zoom, 34, 26, 20);
    const among = (scene) => (isCrowded(scene) ? alikeFar : alike);
    return {
      marks: (scene) => grouped(points, scene, reach(scene.zoom), among(scene)).map((one) => mark(one, scene.zoom)),
    };
  }
  function deposit(data, o) {
    const alike = (a, b) =>
      a.properties.glyph === b.properties.glyph &&
      a.properties.hollow === b.properties.hollow &&
      ![a, b].some((one) => one.properties.id === o.selected);
    const mark = (features, zoom) => {
      const [feature] = features;
      const { id, el, glyph, hollow } = feature.properties;
      const scale = Atlas.symbols.scale('deposit', zoom);
      const selected = id === o.selected;
      const name = nameOf(feature, o.lang);
      const text = selected || zoom >= DEPOSIT_NAME_ZOOM ? [name, el].filter(Boolean).join(' · ') : el;
      const shown = text && (selected || zoom >= DEPOSIT_LETTERS_ZOOM);
      const extra = {
        pane: 'deposit',
        mode: 'scatter',
        movable: zoom >= ZOOM.middle,
        rank: PLACE_RANK.scatter,
        focus: zoom >= DEPOSIT_FOCUS_ZOOM,
        sign: `${glyph}/${hollow}/${scale}`,
        label: shown
          ? { text, style: 'deposit', rank: selected ? RANK.selected : RANK.deposit, early: selected }
          : null,
      };
      return markOf(o, features, Atlas.symbols.deposit(glyph, hollow), scale, extra);
    };
    const points = data.features.filter(pointOf);
    const together = (scene) =>
      isCrowded(scene) ? grouped(points, scene, DEPOSIT_REACH, alike) : points.map((feature) => [feature]);
    return { marks: (scene) => together(scene).map((one) => mark(one, scene.zoom)) };
  }

  function plant(data, o) {
    const mark = (features, zoom) => {
      const scale = Atlas.symbols.scale('plant', zoom);
      const extra = { pane: 'plant', rank: PLACE_RANK.plant, focus: true, sign: String(scale) };
      return markOf(o, features, Atlas.symbols.plant(features.length), scale, extra);
    };
    const points = data.features.filter(pointOf);
    const reach = (zoom) => Atlas.symbols.byZoom(zoom, 26, 18, 10);
    const alike = (...pair) => !pair.some((one) => one.properties.id === o.selected);
    return { marks: (scene) => grouped(points, scene, reach(scene.zoom), alike).map((one) => mark(one, scene.zoom)) };
  }

  /** Rows without a position, counted at their town; neighbours merge while they would touch. */
  function badges(data, o) {
    const layer = o.layer || o.id;
    const mark = (features, zoom) => {
      const count = features.reduce((sum, one) => sum + one.properties.count, 0);
      const symbol = Atlas.symbols.badge(count, o.shape);
      const scale = Atlas.symbols.scale('badge', zoom);
      const ids = features.map((one) => `${o.prefix || 'badge:'}${one.properties.id}`);
      const extra = {
        layer,
        ids,
        key: `${o.id}/${ids[0]}`,
        radius: symbol.radius * scale,
        selected: ids.includes(o.selected),
        pane: 'badge',
        focus: true,
        mode: 'beside',
        beside: Atlas.symbols.townRadius(features[0].properties.pop, zoom),
        angle: BADGE_ANGLES[o.shape] || 0,
        rank: PLACE_RANK[o.shape] || PLACE_RANK.other,
        count,
        sign: `${count}/${scale}`,
      };
      return markOf(o, features, symbol, scale, extra);
    };
    const ordered = [...data.features].sort((a, b) => (b.properties.pop || 0) - (a.properties.pop || 0));
    const reach = (zoom) => Atlas.symbols.byZoom(zoom, 30, 24, 15);
    return {
      marks: (scene) => grouped(ordered, scene, reach(scene.zoom), () => true).map((one) => mark(one, scene.zoom)),
    };
  }

  const KINDS = { town, area, deposit, plant, badges };

  Atlas.points = { KINDS, PLACE_RANK, RANK, datingOf, doubtOf, latLng, markOf, nameOf, pointOf };
})();
