/**
 * Symbols of the map: the palette, the sizes by zoom and the drawings.
 *
 * A symbol is plain data, {width, height, radius, shapes}: pixels at full size, drawn around its centre.
 * Shape alone tells the layers apart, colour only helps; hollow and dashed always means an uncertain position.
 * Hues: Okabe and Ito, "Color universal design" (2008), darkened until lines and letters keep a contrast of 3 and 4.5.
 */
(function () {
  'use strict';

  const Atlas = (window.Atlas = window.Atlas || {});
  const SVG = 'http://www.w3.org/2000/svg';

  /** Zooms at which symbols change size: a country on a phone, a country on a desk, a region. */
  const ZOOM = Object.freeze({ far: 4.2, middle: 5.5, near: 7 });

  const PALETTE = Object.freeze({
    ink: '#1D2733',
    town: '#0B5A8F',
    townFill: '#2F86C1',
    townPale: '#B9D6EA',
    geology: '#00664A',
    areaFill: '#00805E',
    depositFill: '#0B8A66',
    depositPale: '#BFE3D6',
    fuel: '#2B3138',
    industry: '#8A5A00',
    gas: '#C24E00',
    power: '#9C3F74',
    place: '#6B7680',
    capital: '#3C4650',
    other: '#333D47',
    own1: '#4A3AA8',
    own2: '#0E7490',
    own3: '#7A6500',
    own4: '#6E1F45',
    land: '#EFF0EC',
    landLine: '#D3D6D2',
    country: '#FBFAF6',
    countryLine: '#8C958F',
    water: '#DAE7EE',
    graticule: '#5D7683',
    paper: '#FFFFFF',
  });

  const UNCERTAIN_DASH = '2.6 1.8';
  const LETTER_FONT = '"Atlas Sans", "Source Sans 3", sans-serif';
  const HEXAGON = 'M10 1L18.2 5.7V15.3L10 20L1.8 15.3V5.7Z';
  const WIDE_HEXAGON = 'M6.5 1.5H27.5L33 10.5L27.5 19.5H6.5L1 10.5Z';
  const BADGE_HEXAGON = 'M8.5 .8L15.4 4.7V12.4L8.5 16.3L1.6 12.4V4.7Z';
  const BOLT = 'M8.4 2.8L4.4 8.4H7.1L6.5 12.2L10.7 6.5H8Z';

  /** Outlines in a box of 12 x 12; a second path is the half that is shaded. */
  const GLYPHS = Object.freeze({
    cu: ['M6 1L11 6L6 11L1 6Z'],
    pbzn: ['M6 1L11 6L6 11L1 6Z', 'M6 1L11 6L6 11Z'],
    au: ['M6 1L11 10.4H1Z'],
    fe: ['M1.6 1.6H10.4V10.4H1.6Z'],
    cr: ['M1.6 1.6H10.4V10.4H1.6Z', 'M1.6 6H10.4V10.4H1.6Z'],
    al: ['M3 2H9L11.4 10H.6Z'],
    u: ['M6 11L1 1.6H11Z'],
    wmo: ['M4.4 1H7.6V4.4H11V7.6H7.6V11H4.4V7.6H1V4.4H4.4Z'],
    coal: ['M.6 3.4H11.4V8.6H.6Z'],
    oil: ['M6 .8C8 4 10 5.4 10 7.6A4 4 0 0 1 2 7.6C2 5.4 4 4 6 .8Z'],
    other: ['M6 1.8A4.2 4.2 0 1 1 5.99 1.8Z'],
  });
  const FUELS = new Set(['coal', 'oil']);

  /** Badges: rows without a published position, counted at their town. */
  const BADGES = Object.freeze({
    zone: { colour: PALETTE.industry, hexagon: false },
    area: { colour: PALETTE.geology, hexagon: true },
    plant: { colour: PALETTE.power, hexagon: false },
    other: { colour: PALETTE.other, hexagon: false },
  });

  /**
   * Dashes and gaps of gas lines by status at full size, drawn with butt ends: long dashes, even ones, dash and dot,
   * dots. They shrink less than the map does, so that a short line still holds a whole pattern and shows its kind.
   */
  const GAS_DASHES = Object.freeze({
    operating: null,
    construction: [17, 5],
    planned: [6, 6],
    mothballed: [14, 5, 2.5, 5],
    unknown: [2, 4.5],
  });

  /** Below each zoom: the part of the full pattern, the weight of line and casing in px. */
  const GAS_SIZES = Object.freeze([
    { below: ZOOM.far, part: 0.6, weight: 1.2, casing: 1.6 },
    { below: ZOOM.middle, part: 0.75, weight: 1.6, casing: 2 },
    { below: ZOOM.near, part: 0.9, weight: 1.8, casing: 2.4 },
    { below: 8.5, part: 1.1, weight: 2.1, casing: 2.6 },
    { below: Infinity, part: 1.4, weight: 2.5, casing: 3 },
  ]);

  function byZoom(zoom, far, middle, near) {
    if (zoom < ZOOM.far) return far;
    return zoom < ZOOM.middle ? middle : near;
  }

  /** Radius in px of a town circle whose area follows its population; 3 px is the least that can be hit. */
  function townRadius(population, zoom) {
    const factor = zoom >= ZOOM.near ? 1.35 : byZoom(zoom, 0.5, 0.86, 1.1);
    return Math.max(3, factor * Math.sqrt((population || 0) / 1000));
  }

  function town(radius, listed) {
    const size = 2 * radius + 2;
    const fill = listed ? PALETTE.townFill : PALETTE.townPale;
    const stroke = listed ? PALETTE.paper : PALETTE.town;
    const circle = { cx: size / 2, cy: size / 2, r: radius, fill, stroke, 'stroke-width': 1.3 };
    return { width: size, height: size, radius: radius + 0.5, shapes: [['circle', circle]] };
  }

  function place(rank) {
    const capital = rank === 'capital';
    const fill = capital ? PALETTE.capital : PALETTE.paper;
    const radius = capital ? 3 : 2;
    const circle = { cx: 4, cy: 4, r: radius, fill, stroke: PALETTE.place, 'stroke-width': 1.1 };
    return { width: 8, height: 8, radius: radius + 0.5, shapes: [['circle', circle]] };
  }

  function letters(text, x, y, size, fill) {
    const style = { 'font-size': size, 'font-weight': 700, 'font-family': LETTER_FONT };
    return ['text', { x, y, fill, 'text-anchor': 'middle', ...style }, text];
  }

  function chip(count, right, colour) {
    const width = count > 9 ? 14 : 10;
    const box = { x: right - 6, y: -3, width, height: 11, rx: 5.5, fill: PALETTE.paper };
    return [
      ['rect', { ...box, stroke: colour, 'stroke-width': 1 }],
      letters(String(count), right - 6 + width / 2, 5.7, 9, colour),
    ];
  }

  /**
   * Prospecting area: a hexagon with element letters (a dot where the commodity is not stated).
   * More than three letters ("Pb-Zn") get a wider hexagon; `count` above 1 adds a chip.
   */
  function area(element, hollow, count, zoom) {
    const wide = element.length > 3;
    const width = wide ? 34 : 20;
    const ink = hollow ? PALETTE.geology : PALETTE.paper;
    const outline = hollow
      ? { fill: PALETTE.paper, stroke: PALETTE.geology, 'stroke-width': 1.5, 'stroke-dasharray': UNCERTAIN_DASH }
      : { fill: PALETTE.areaFill, stroke: PALETTE.paper, 'stroke-width': 1.2 };
    const shapes = [['path', { d: wide ? WIDE_HEXAGON : HEXAGON, ...outline }]];
    // Far out the hexagon shrinks faster than letters may: they fill more of it.
    const size = { 1: 10.5, 2: byZoom(zoom, 11.5, 10.5, 10), 3: 8.2 }[element.length] || 10;
    if (element) shapes.push(letters(element, width / 2, 10.5 + size * 0.35, size, ink));
    else shapes.push(['circle', { cx: width / 2, cy: 10.5, r: 1.9, fill: ink }]);
    if (count > 1) shapes.push(...chip(count, width, PALETTE.geology));
    return { width, height: 21, radius: wide ? 13.5 : 10, shapes };
  }

  function deposit(glyph, hollow) {
    const [outline, half] = GLYPHS[glyph] || GLYPHS.other;
    const line = FUELS.has(glyph) ? PALETTE.fuel : PALETTE.geology;
    const solid = FUELS.has(glyph) ? PALETTE.fuel : PALETTE.depositFill;
    // A pale half needs a dark outline to be seen; other filled glyphs have a white one to part them from each other.
    const filled = { fill: solid, stroke: half ? line : PALETTE.paper, 'stroke-width': 0.9 };
    const style = hollow ? { fill: PALETTE.paper, stroke: line, 'stroke-width': 1.3 } : filled;
    const shapes = [['path', { d: outline, ...style }]];
    if (half) shapes.push(['path', { d: half, fill: hollow ? line : PALETTE.depositPale }]);
    return { width: 12, height: 12, radius: 6, shapes };
  }

  /** Power or heat plant; `count` above 1 adds a chip. */
  function plant(count) {
    const box = { x: 1, y: 1, width: 13, height: 13, rx: 3, fill: PALETTE.power };
    const shapes = [
      ['rect', { ...box, stroke: PALETTE.paper, 'stroke-width': 1.2 }],
      ['path', { d: BOLT, fill: PALETTE.paper }],
      ...(count > 1 ? chip(count, 15, PALETTE.power) : []),
    ];
    return { width: 15, height: 15, radius: 7.5, shapes };
  }

  /** Any other point: a square for industrial zones, a circle for layers without a symbol of their own. */
  function point(square, hollow) {
    const colour = square ? PALETTE.industry : PALETTE.other;
    const style = hollow
      ? { fill: PALETTE.paper, stroke: colour, 'stroke-width': 1.5, 'stroke-dasharray': UNCERTAIN_DASH }
      : { fill: colour, stroke: PALETTE.paper, 'stroke-width': 1.2 };
    const shape = square
      ? ['rect', { x: 1, y: 1, width: 11, height: 11, rx: 2.5, ...style }]
      : ['circle', { cx: 6.5, cy: 6.5, r: 4.8, ...style }];
    return { width: 13, height: 13, radius: 6.5, shapes: [shape] };
  }

  /** A point of the reader's own layer: a ring around a dot, which no layer of the atlas has. */
  function own(colour, hollow) {
    const ring = { cx: 6.5, cy: 6.5, r: 4.8, fill: PALETTE.paper, stroke: colour, 'stroke-width': 1.8 };
    const shapes = [
      ['circle', hollow ? { ...ring, 'stroke-dasharray': UNCERTAIN_DASH } : ring],
      ['circle', { cx: 6.5, cy: 6.5, r: 2, fill: colour }],
    ];
    return { width: 13, height: 13, radius: 6.5, shapes };
  }

  function badge(count, sign) {
    const { colour, hexagon } = BADGES[sign] || BADGES.other;
    const width = count > 9 && !hexagon ? 22 : 17;
    const style = { fill: PALETTE.paper, stroke: colour, 'stroke-width': 1.5, 'stroke-dasharray': UNCERTAIN_DASH };
    const outline = hexagon
      ? ['path', { d: BADGE_HEXAGON, ...style }]
      : ['rect', { x: 1, y: 1, width: width - 2, height: 15, rx: 3, ...style }];
    const size = count > 9 && hexagon ? 9 : 10.5;
    return { width, height: 17, radius: 8.5, shapes: [outline, letters(String(count), width / 2, 12.3, size, colour)] };
  }

  /** A bare position: a cross that leaves its middle free. */
  function cross() {
    const d = 'M11 1V8M11 14V21M1 11H8M14 11H21';
    const line = { d, fill: 'none', 'stroke-linecap': 'round' };
    const shapes = [
      ['path', { ...line, stroke: PALETTE.paper, 'stroke-width': 4.5 }],
      ['path', { ...line, stroke: PALETTE.ink, 'stroke-width': 2 }],
      ['circle', { cx: 11, cy: 11, r: 1.4, fill: PALETTE.ink }],
    ];
    return { width: 22, height: 22, radius: 9, shapes };
  }

  /** A question mark in a disc around (x, y), `size` times its full size: only possibly within the radius. */
  function question(x, y, size) {
    const at = (dx, dy) => `${x + dx * size} ${y + dy * size}`;
    const d = `M${at(-1.6, -1)}C${at(-1.6, -3.2)} ${at(1.7, -3.2)} ${at(1.7, -1.1)}C${at(1.7, 0.2)} ${at(0, 0)} ${at(0, 1.3)}`;
    const ink = PALETTE.ink;
    return [
      ['circle', { cx: x, cy: y, r: 4.8 * size, fill: PALETTE.paper, stroke: ink, 'stroke-width': 0.9 * size }],
      ['path', { d, fill: 'none', stroke: ink, 'stroke-width': 1.15 * size, 'stroke-linecap': 'round' }],
      ['circle', { cx: x, cy: y + 2.9 * size, r: 0.75 * size, fill: ink }],
    ];
  }

  /** A symbol with a question mark at its lower right, which shrinks less than the symbol that is drawn at `factor`. */
  function questioned(symbol, factor) {
    const size = 1 / Math.sqrt(factor);
    const off = symbol.radius && 0.72 * symbol.radius + 2.2 * size;
    const mark = question(symbol.width / 2 + off, symbol.height / 2 + off, size);
    return { ...symbol, shapes: [...symbol.shapes, ...mark] };
  }

  /** A symbol with a dash in a disc at its lower left: at a chosen date, it has no date of its own. */
  function undated(symbol, factor) {
    const size = 1 / Math.sqrt(factor);
    const off = symbol.radius && 0.72 * symbol.radius + 2.2 * size;
    const [x, y, ink] = [symbol.width / 2 - off, symbol.height / 2 + off, PALETTE.ink];
    const d = `M${x - 2.2 * size} ${y}H${x + 2.2 * size}`;
    const mark = [
      ['circle', { cx: x, cy: y, r: 4.2 * size, fill: PALETTE.paper, stroke: ink, 'stroke-width': 0.9 * size }],
      ['path', { d, fill: 'none', stroke: ink, 'stroke-width': 1.3 * size, 'stroke-linecap': 'round' }],
    ];
    return { ...symbol, shapes: [...symbol.shapes, ...mark] };
  }

  /** Nothing but room for a question mark or a dash, for lines. */
  const spot = () => ({ width: 10, height: 10, radius: 0, shapes: [] });

  /** Stroke of a gas line and of the white casing below it. */
  function gasLine(status, zoom, selected) {
    const size = GAS_SIZES.find(({ below }) => zoom < below);
    const pattern = status in GAS_DASHES ? GAS_DASHES[status] : GAS_DASHES.unknown;
    const dashArray = pattern && pattern.map((length) => Number((length * size.part).toFixed(1))).join(' ');
    const weight = size.weight + (selected ? 1.1 : 0);
    return { weight, casing: weight + size.casing, dashArray, color: PALETTE.gas };
  }

  /** How much a layer's symbols shrink at a zoom. */
  function scale(kind, zoom) {
    if (kind === 'area') return byZoom(zoom, 0.64, 0.84, 1);
    if (kind === 'badge') return byZoom(zoom, 0.72, 0.87, 1);
    if (kind === 'deposit') return byZoom(zoom, 0.6, 0.75, 1);
    if (kind === 'plant') return byZoom(zoom, 0.66, 0.87, 1);
    return 1;
  }

  /** An SVG element with the given attributes; `text` is set as text, never as markup. */
  function element(tag, attributes, text) {
    const node = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    if (text !== undefined) node.textContent = text;
    return node;
  }

  /** Draw a symbol at `factor` times its full size. */
  function draw(symbol, factor) {
    const { width, height, shapes } = symbol;
    const size = { width: width * factor, height: height * factor, viewBox: `0 0 ${width} ${height}` };
    const svg = element('svg', { ...size, 'aria-hidden': 'true' });
    for (const shape of shapes) svg.appendChild(element(...shape));
    return svg;
  }

  Atlas.symbols = {
    PALETTE,
    ZOOM,
    GAS_DASHES,
    area,
    badge,
    byZoom,
    cross,
    deposit,
    draw,
    element,
    gasLine,
    own,
    place,
    plant,
    point,
    questioned,
    scale,
    spot,
    town,
    townRadius,
    undated,
  };
})();
