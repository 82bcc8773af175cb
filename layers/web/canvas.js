/**
 * Painting the map on a canvas: what stands in its panes is SVG, text and tiles, so shapes are drawn from their own
 * attributes and computed styles, and letters with the font that the page has loaded.
 */
(function () {
  'use strict';

  const Atlas = (window.Atlas = window.Atlas || {});
  const SHAPES = 'path, circle, rect, line, text';
  const HALO = 3; // px of white around names

  /** Draw all panes of the map from the bottom up; `ctx` is scaled so that one unit is a css pixel of the map. */
  function paintMap(ctx, map) {
    const frame = map.getContainer().getBoundingClientRect();
    const nodes = [...map.getPane('mapPane').children].filter((node) => node.childNodes.length);
    const height = (node) => Number(getComputedStyle(node).zIndex) || 0;
    for (const pane of nodes.sort((a, b) => height(a) - height(b))) {
      ctx.save();
      clipTo(ctx, pane, frame);
      paintNode(ctx, pane, frame, 1);
      ctx.restore();
    }
  }

  /** Follow the clip-path that the swipe has set: a rectangle in the pane's own pixels. */
  function clipTo(ctx, pane, frame) {
    const numbers = (pane.style.clipPath.match(/-?[\d.]+(?=px)/g) || []).map(Number);
    if (numbers.length !== 8) return;
    const origin = pane.getBoundingClientRect();
    const [x0, y0, x1, , , y1] = numbers;
    ctx.beginPath();
    ctx.rect(origin.left - frame.left + x0, origin.top - frame.top + y0, x1 - x0, y1 - y0);
    ctx.clip();
  }

  function paintNode(ctx, node, frame, above) {
    const style = getComputedStyle(node);
    const alpha = above * Number(style.opacity);
    if (style.display === 'none' || style.visibility === 'hidden' || !alpha) return;
    if (node instanceof SVGSVGElement) paintSvg(ctx, node, frame, alpha);
    else if (node instanceof HTMLImageElement) paintTile(ctx, node, frame, alpha);
    else if (node.children.length) ordered(node).forEach((child) => paintNode(ctx, child, frame, alpha));
    else if (node.textContent) paintText(ctx, node, style, frame, alpha);
  }

  /** Children as they lie over each other: Leaflet gives its markers a z-index. */
  function ordered(node) {
    const depth = (child) => Number(child.style.zIndex) || 0;
    return [...node.children].sort((a, b) => depth(a) - depth(b));
  }

  function paintTile(ctx, image, frame, alpha) {
    if (!image.complete || !image.naturalWidth) return;
    const { left, top, width, height } = image.getBoundingClientRect();
    ctx.globalAlpha = alpha;
    ctx.drawImage(image, left - frame.left, top - frame.top, width, height);
  }

  function paintSvg(ctx, svg, frame, alpha) {
    const place = svg.getBoundingClientRect();
    const view = svg.viewBox.baseVal;
    const scale = view && view.width ? place.width / view.width : 1;
    const [x, y] = view && view.width ? [view.x, view.y] : [0, 0];
    ctx.save();
    ctx.translate(place.left - frame.left, place.top - frame.top);
    ctx.scale(scale, scale);
    ctx.translate(-x, -y);
    for (const shape of svg.querySelectorAll(SHAPES)) paintShape(ctx, shape, alpha);
    ctx.restore();
  }

  function paintShape(ctx, shape, above) {
    const style = getComputedStyle(shape);
    const alpha = above * Number(style.opacity);
    if (shape.tagName === 'text') return paintLetters(ctx, shape, style, alpha);
    const path = pathOf(shape);
    if (style.fill !== 'none' && shape.tagName !== 'line') {
      ctx.globalAlpha = alpha * Number(style.fillOpacity);
      ctx.fillStyle = style.fill;
      ctx.fill(path, style.fillRule);
    }
    const width = parseFloat(style.strokeWidth);
    if (style.stroke === 'none' || !width) return;
    ctx.globalAlpha = alpha * Number(style.strokeOpacity);
    Object.assign(ctx, { strokeStyle: style.stroke, lineWidth: width });
    Object.assign(ctx, { lineCap: style.strokeLinecap, lineJoin: style.strokeLinejoin });
    ctx.setLineDash((style.strokeDasharray.match(/[\d.]+/g) || []).map(Number));
    ctx.stroke(path);
    ctx.setLineDash([]);
  }

  function pathOf(shape) {
    const value = (name) => Number(shape.getAttribute(name)) || 0;
    if (shape.tagName === 'path') return new Path2D(shape.getAttribute('d') || '');
    const path = new Path2D();
    if (shape.tagName === 'circle') path.arc(value('cx'), value('cy'), value('r'), 0, 2 * Math.PI);
    else if (shape.tagName === 'rect')
      path.roundRect(value('x'), value('y'), value('width'), value('height'), value('rx'));
    else {
      path.moveTo(value('x1'), value('y1'));
      path.lineTo(value('x2'), value('y2'));
    }
    return path;
  }

  const fontOf = ({ fontStyle, fontWeight, fontSize, fontFamily }) =>
    `${fontStyle} ${fontWeight} ${fontSize} ${fontFamily}`;

  /** Letters within a symbol. */
  function paintLetters(ctx, shape, style, alpha) {
    Object.assign(ctx, { globalAlpha: alpha, fillStyle: style.fill, font: fontOf(style) });
    Object.assign(ctx, { textAlign: 'center', textBaseline: 'alphabetic' });
    ctx.fillText(shape.textContent, Number(shape.getAttribute('x')), Number(shape.getAttribute('y')));
  }

  /** A name on the map, with a halo where it has one. */
  function paintText(ctx, node, style, frame, alpha) {
    const { left, top, width, height } = node.getBoundingClientRect();
    const lines = node.textContent.split('\n');
    const step = height / lines.length;
    const centred = style.textAlign === 'center';
    Object.assign(ctx, { globalAlpha: alpha, font: fontOf(style), fillStyle: style.color, lineJoin: 'round' });
    Object.assign(ctx, { textAlign: centred ? 'center' : 'left', textBaseline: 'middle' });
    ctx.letterSpacing = style.letterSpacing === 'normal' ? '0px' : style.letterSpacing;
    lines.forEach((line, order) => {
      const x = left - frame.left + (centred ? width / 2 : 0);
      const y = top - frame.top + (order + 0.5) * step;
      if (style.textShadow !== 'none') {
        Object.assign(ctx, { strokeStyle: '#FFFFFF', lineWidth: HALO });
        ctx.strokeText(line, x, y);
      }
      ctx.fillText(line, x, y);
    });
    ctx.letterSpacing = '0px';
  }

  Atlas.canvas = { paintMap };
})();
