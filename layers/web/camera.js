/** The picture: the map as it stands, with title, legend, scale, north, coordinate system and sources, as a PNG. */
(function () {
  'use strict';

  const Atlas = (window.Atlas = window.Atlas || {});
  const SHARPNESS = 2; // pixels of the picture for one of the map
  const PAPER = Object.freeze({ ground: '#FFFFFF', ink: '#1D2733', note: '#4A5662', line: '#DDE3E8' });
  const EDGE = 16;
  const TITLE = Object.freeze({ size: 20, height: 44 });
  const ROW = Object.freeze({ height: 21, swatchWidth: 26, swatchHeight: 18, size: 13, column: 230 });
  const FOOT = Object.freeze({ size: 11, height: 15 });
  const MARK = 34; // px of the corner that holds the arrow to the north

  const SYSTEM = 'WGS 84 (EPSG:4326) · Web Mercator (EPSG:3857)';
  const OWN_IMAGE = /^(data:image\/|\/(?!\/))/; // never one of another host

  const state = { given: {} };

  /**
   * What a picture says beside the map, all as text.
   * @param {L.FeatureGroup} _
   * @param {{title: string, lines?: string[], legend?: Array<{swatch: string, title: string, count?: string}>,
   *          date?: string, words?: Object<string, string>}} o  lines: filters, date of the data, sources and credits;
   *   swatch: data address or path of an image; date: for the file's name
   */
  Atlas.picture = function (_, o) {
    state.given = o;
  };

  /** Draw the picture and hand it to the reader as a file. */
  async function take() {
    Atlas.hint.hide();
    const canvas = await compose();
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, 'image/png'));
    if (!blob) return Atlas.controls.say('picture', Atlas.controls.words.picture_failed);
    const link = document.createElement('a');
    link.href = URL.createObjectURL(blob);
    link.download = `atlas-${state.given.date || new Date().toISOString().slice(0, 10)}.png`;
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    Atlas.controls.say('picture', '');
  }

  async function compose() {
    const { map } = Atlas.panes;
    const { x: width, y: height } = map.getSize();
    const legend = await Promise.all((state.given.legend || []).map(withImage));
    const ctx = document.createElement('canvas').getContext('2d');
    const sheet = { ctx, width: width + 2 * EDGE, columns: columnsOf(ctx, legend, width) };
    const rows = Math.ceil(legend.length / sheet.columns);
    const lines = [SYSTEM, ...(state.given.lines || []), Atlas.controls.tileCredits()].filter(Boolean);
    const foot = lines.flatMap((line) => wrapped(ctx, line, width));
    const legendHeight = rows ? rows * ROW.height + EDGE / 2 : 0;
    ctx.canvas.width = SHARPNESS * sheet.width;
    ctx.canvas.height = SHARPNESS * (TITLE.height + height + EDGE + legendHeight + foot.length * FOOT.height + EDGE);
    ctx.scale(SHARPNESS, SHARPNESS);
    ctx.fillStyle = PAPER.ground;
    ctx.fillRect(0, 0, ctx.canvas.width, ctx.canvas.height);
    write(ctx, state.given.title || Atlas.controls.words.map, EDGE, TITLE.height / 2, TITLE.size, 700);
    paintMap(sheet, map, width, height);
    const below = TITLE.height + height + EDGE;
    legend.forEach((row, order) => paintRow(sheet, row, order, rows, below));
    foot.forEach((line, order) => {
      const y = below + legendHeight + (order + 0.5) * FOOT.height;
      write(ctx, line, EDGE, y, FOOT.size, 400, PAPER.note);
    });
    return ctx.canvas;
  }

  function paintMap({ ctx }, map, width, height) {
    ctx.save();
    ctx.translate(EDGE, TITLE.height);
    ctx.beginPath();
    ctx.rect(0, 0, width, height);
    ctx.clip();
    ctx.fillStyle = getComputedStyle(map.getContainer()).backgroundColor;
    ctx.fillRect(0, 0, width, height);
    Atlas.canvas.paintMap(ctx, map);
    ctx.globalAlpha = 1;
    paintDivider(ctx, width, height);
    paintScale(ctx, height);
    paintNorth(ctx, width);
    ctx.restore();
    ctx.strokeStyle = PAPER.line;
    ctx.lineWidth = 1;
    ctx.strokeRect(EDGE - 0.5, TITLE.height - 0.5, width + 1, height + 1);
  }

  function paintDivider(ctx, width, height) {
    const swipe = Atlas.swiper.state();
    if (!swipe) return;
    ctx.fillStyle = PAPER.ink;
    ctx.fillRect((width * swipe.at) / 100 - 1, 0, 2, height);
  }

  function paintScale(ctx, height) {
    const { width, text } = Atlas.controls.scale();
    const [left, base] = [EDGE / 2, height - EDGE / 2];
    ctx.fillStyle = 'rgba(255, 255, 255, 0.8)';
    ctx.fillRect(left - 3, base - 20, width + 6, 24);
    ctx.strokeStyle = PAPER.ink;
    ctx.lineWidth = 1.5;
    ctx.beginPath();
    for (const [x, y] of [
      [0, -6],
      [0, 0],
      [width, 0],
      [width, -6],
    ])
      ctx.lineTo(left + x, base + y);
    ctx.stroke();
    write(ctx, text, left + 4, base - 10, FOOT.size, 500);
  }

  /** An arrow to the north: the map's projection keeps it upright everywhere. */
  function paintNorth(ctx, width) {
    const [x, y] = [width - MARK / 2 - EDGE / 2, EDGE / 2 + MARK];
    ctx.fillStyle = 'rgba(255, 255, 255, 0.8)';
    ctx.fillRect(x - MARK / 2, EDGE / 2, MARK, MARK + 18);
    ctx.fillStyle = PAPER.ink;
    ctx.fill(new Path2D(`M${x} ${y - MARK + 4}L${x + 8} ${y - 4}L${x} ${y - 10}L${x - 8} ${y - 4}Z`));
    ctx.textAlign = 'center';
    write(ctx, Atlas.controls.words.arrow, x, y + 6, FOOT.size + 1, 700);
    ctx.textAlign = 'left';
  }

  function paintRow({ ctx, columns, width }, { image, title, count }, order, rows, top) {
    const [column, row] = [Math.floor(order / rows), order % rows];
    const x = EDGE + (column * (width - 2 * EDGE)) / columns;
    const y = top + (row + 0.5) * ROW.height;
    if (image) ctx.drawImage(image, x, y - ROW.swatchHeight / 2, ROW.swatchWidth, ROW.swatchHeight);
    const room = (width - 2 * EDGE) / columns - ROW.swatchWidth - 3 * EDGE;
    const [text] = wrapped(ctx, title, room, ROW.size);
    write(ctx, text, x + ROW.swatchWidth + 8, y, ROW.size, 400);
    const end = x + ROW.swatchWidth + 8 + ctx.measureText(text).width + 6;
    if (count) write(ctx, String(count), end, y, ROW.size, 400, PAPER.note);
  }

  /** As many columns as the longest title leaves room for. */
  function columnsOf(ctx, legend, width) {
    ctx.font = fontOf(ROW.size);
    const longest = Math.max(0, ...legend.map(({ title, count }) => ctx.measureText(`${title} ${count || ''}`).width));
    return Math.max(1, Math.floor(width / (longest + ROW.swatchWidth + 3 * EDGE)));
  }

  function write(ctx, text, x, y, size, weight, colour = PAPER.ink) {
    Object.assign(ctx, { font: fontOf(size, weight), fillStyle: colour, textBaseline: 'middle' });
    ctx.fillText(text, x, y);
  }

  const fontOf = (size, weight = 400) => `${weight} ${size}px ${Atlas.labels.FAMILY}`;

  /** A text cut into lines that fit the width. */
  function wrapped(ctx, text, width, size = FOOT.size) {
    ctx.font = fontOf(size);
    const lines = [''];
    for (const word of text.split(' ')) {
      const longer = `${lines[lines.length - 1]} ${word}`.trim();
      if (ctx.measureText(longer).width <= width || !lines[lines.length - 1]) lines[lines.length - 1] = longer;
      else lines.push(word);
    }
    return lines;
  }

  /** A legend row with its swatch as an image; a swatch that cannot be read is left out. */
  async function withImage(row) {
    const image = new Image();
    image.src = OWN_IMAGE.test(row.swatch || '') ? row.swatch : 'data:,';
    const read = await image.decode().then(
      () => true,
      () => false
    );
    return { ...row, image: read ? image : null };
  }

  Atlas.camera = { take };
})();
