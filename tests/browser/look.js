// What the tests of the look ask of a document, shadow roots included: texts, targets and what Tab can reach.
(() => {
  const GLYPH = 0.62; // of a line's height: letters without the room above and below them
  const SLACK = 1; // px
  const TARGETS = 'button, a[href], input:not([type=hidden]), select, summary, [role=tab], [role=slider], [role=option]';
  const FOCUSABLE =
    'a[href], button, input:not([type=hidden]), select, textarea, summary, iframe, [tabindex], [contenteditable=true]';

  const up = (node) => node.parentElement || (node.getRootNode() instanceof ShadowRoot ? node.getRootNode().host : null);
  const ancestors = (node) => {
    const found = [];
    for (let one = node; one; one = up(one)) found.push(one);
    return found;
  };
  const isShown = (node) => node.checkVisibility({ opacityProperty: true, visibilityProperty: true });

  function everything(root = document) {
    const found = [];
    for (const node of root.querySelectorAll('*')) {
      found.push(node);
      if (node.shadowRoot) found.push(...everything(node.shadowRoot));
    }
    return found;
  }

  const named = (node) => {
    const own = `${node.localName}${[...node.classList].slice(0, 3).map((one) => `.${one}`).join('')}`;
    const part = ancestors(node).find((one) => one !== node && (one.dataset?.testid || /st-key-|controls|panel|table/.test(one.className)));
    const where = part ? (part.dataset.testid || String(part.className).match(/st-key-\S+|\S+/)[0]) : '';
    return `${where} > ${own}`;
  };
  const said = (text) => text.trim().replace(/\s+/g, ' ').slice(0, 60);

  /** What hides a text from the eye on purpose: it is there for screen readers. */
  const isUnseen = (chain) =>
    chain.some((one) => {
      const style = getComputedStyle(one);
      return style.clipPath.startsWith('inset(50%') || (one.clientWidth <= 1 && style.overflowX === 'hidden');
    });

  const scrolls = (style, axis) => ['auto', 'scroll'].includes(style[`overflow${axis}`]);
  const cuts = (style, axis) => ['hidden', 'clip'].includes(style[`overflow${axis}`]);
  const hasHint = (chain) => chain.some((one) => one.title || one.getAttribute('aria-label'));

  /** Every text that is shown: its element, its line boxes and the elements around it. */
  function texts() {
    const found = [];
    for (const node of everything()) {
      const own = [...node.childNodes].filter((one) => one.nodeType === 3 && one.data.trim());
      if (!own.length || !isShown(node) || ['OPTION', 'STYLE', 'SCRIPT', 'TITLE', 'NOSCRIPT'].includes(node.nodeName)) continue;
      const chain = ancestors(node);
      if (isUnseen(chain)) continue;
      const rects = own.flatMap((one) => {
        const range = document.createRange();
        range.selectNodeContents(one);
        return [...range.getClientRects()].filter((rect) => rect.width > 0);
      });
      if (rects.length) found.push({ node, chain, rects, text: said(own.map((one) => one.data).join(' ')) });
    }
    return found;
  }

  /** Cut along an axis by an element around it that neither scrolls nor shortens with a hint. */
  function cutBy({ chain, rects }, axis) {
    const [from, to] = axis === 'X' ? ['left', 'right'] : ['top', 'bottom'];
    for (const [place, one] of chain.entries()) {
      const style = getComputedStyle(one);
      if (scrolls(style, axis) || one === document.body || one === document.documentElement) return null;
      if (!cuts(style, axis)) continue;
      const box = one.getBoundingClientRect();
      const trim = axis === 'Y' ? (rect) => (rect.height * (1 - GLYPH)) / 2 : () => 0;
      const out = rects.some((rect) => rect[from] + trim(rect) < box[from] - SLACK || rect[to] - trim(rect) > box[to] + SLACK);
      const shortens = axis === 'X' ? style.textOverflow === 'ellipsis' : style.webkitLineClamp !== 'none';
      if (out && !(shortens && hasHint(chain.slice(0, place + 3)))) return one;
    }
    return null;
  }

  /** Texts that stick out of their own box, are cut by one around them, or do not fit their field. */
  function clipped() {
    const faults = [];
    for (const one of texts()) {
      const { node, chain, text } = one;
      const style = getComputedStyle(node);
      // Vega places the letters of a chart itself, by its own measure of them: whether it cuts any is looked at by eye.
      if (node.ownerSVGElement?.closest('.vega-embed')) continue;
      const fits = style.display.startsWith('inline') || scrolls(style, 'X') || cuts(style, 'X');
      if (!fits && node.clientWidth && node.scrollWidth > node.clientWidth + SLACK)
        faults.push(`${named(node)} "${text}" is ${node.scrollWidth} px wide in a box of ${node.clientWidth}`);
      for (const axis of ['X', 'Y']) {
        const by = cutBy(one, axis);
        if (by) faults.push(`${named(node)} "${text}" is cut by ${named(by)}`);
      }
      if (chain.length && one.rects.some((rect) => rect.left < -SLACK || rect.right > innerWidth + SLACK) && !chain.some((c) => scrolls(getComputedStyle(c), 'X')))
        faults.push(`${named(node)} "${text}" stands out of the page`);
    }
    return [...faults, ...fields()];
  }

  /** Fields whose words do not fit them. */
  function fields() {
    const pen = document.createElement('canvas').getContext('2d');
    return everything().flatMap((node) => {
      if (!node.matches('input[type=text], input[type=search], input:not([type]), select') || !isShown(node)) return [];
      const style = getComputedStyle(node);
      const text = node.value && node.localName !== 'select' ? node.value : node.placeholder || node.selectedOptions?.[0]?.text || '';
      pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
      const arrow = node.localName === 'select' ? 18 : 0;
      const room = node.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - arrow;
      if (pen.measureText(text).width <= room + SLACK || (style.textOverflow === 'ellipsis' && node.title)) return [];
      return [`${named(node)} "${said(text)}" does not fit its field of ${Math.round(room)} px`];
    });
  }

  /** The part of a line box that is to be seen, without the room above and below its letters; null if there is none. */
  function seen(rect, chain) {
    const trim = (rect.height * (1 - GLYPH)) / 2;
    const box = { left: rect.left, right: rect.right, top: rect.top + trim, bottom: rect.bottom - trim };
    for (const one of chain) {
      const style = getComputedStyle(one);
      if (style.overflowX === 'visible' && style.overflowY === 'visible') continue;
      const by = one.getBoundingClientRect();
      box.left = Math.max(box.left, by.left);
      box.right = Math.min(box.right, by.right);
      box.top = Math.max(box.top, by.top);
      box.bottom = Math.min(box.bottom, by.bottom);
    }
    return box.right - box.left > SLACK && box.bottom - box.top > SLACK ? box : null;
  }

  /** What lies over others on purpose and hides them: fixed or sticky, with a ground of its own. */
  const coverOf = (chain) =>
    chain.find((one) => {
      const style = getComputedStyle(one);
      const lies = ['fixed', 'sticky'].includes(style.position) || (style.position === 'absolute' && Number(style.zIndex) > 0);
      return lies && !/^rgba\(.*, 0\)$|transparent/.test(style.backgroundColor);
    });

  function meets(a, b) {
    return (
      Math.min(a.right, b.right) - Math.max(a.left, b.left) > SLACK && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > SLACK
    );
  }

  /** Pairs of texts, neither within the other, that stand on the same spot. */
  function overlaps() {
    const listed = texts()
      .map((one) => ({ ...one, cover: coverOf(one.chain), boxes: one.rects.map((rect) => seen(rect, one.chain)).filter(Boolean) }))
      .flatMap((one) => one.boxes.map((box) => ({ ...one, box })))
      .sort((a, b) => a.box.top - b.box.top);
    const faults = new Set();
    listed.forEach((one, place) => {
      for (let next = place + 1; next < listed.length && listed[next].box.top < one.box.bottom; next += 1) {
        const other = listed[next];
        if (one.chain.includes(other.node) || other.chain.includes(one.node) || one.cover !== other.cover) continue;
        if (meets(one.box, other.box)) faults.add(`${named(one.node)} "${one.text}" lies on ${named(other.node)} "${other.text}"`);
      }
    });
    return [...faults];
  }

  /** On the map: names on names, and names under buttons, boxes and lines of text. */
  function labelFaults() {
    const boxOf = (node) => {
      const range = document.createRange();
      range.selectNodeContents(node);
      const rect = range.getBoundingClientRect();
      const trim = (rect.height * (1 - GLYPH)) / 2;
      return { left: rect.left, right: rect.right, top: rect.top + trim, bottom: rect.bottom - trim };
    };
    const labels = [...document.querySelectorAll('.atlas-label')].map((node) => ({ node, box: boxOf(node) }));
    const controls = [...document.querySelectorAll('.leaflet-control')].filter((node) => node.getBoundingClientRect().width);
    const faults = [];
    labels.forEach((one, place) => {
      for (const other of labels.slice(place + 1))
        if (meets(one.box, other.box)) faults.push(`the names "${one.node.textContent}" and "${other.node.textContent}" overlap`);
      for (const control of controls)
        if (meets(one.box, control.getBoundingClientRect())) faults.push(`the name "${one.node.textContent}" lies under ${control.className}`);
    });
    controls.forEach((one, place) => {
      for (const other of controls.slice(place + 1)) {
        const inside = one.contains(other) || other.contains(one);
        if (!inside && meets(one.getBoundingClientRect(), other.getBoundingClientRect()))
          faults.push(`${one.className} "${said(one.innerText)}" and ${other.className} "${said(other.innerText)}" overlap`);
      }
    });
    return faults;
  }

  /** The box in which a press counts: that of a field's label too. */
  function targetOf(node) {
    const label = node.matches('input[type=checkbox], input[type=radio]') && node.labels[0];
    return (label || node).getBoundingClientRect();
  }

  /** Targets smaller than so many pixels; in running text the distance to the next one counts instead. */
  function small(pixels, which = TARGETS) {
    const listed = everything().filter((node) => node.matches(which) && isShown(node) && !node.closest('.atlas-mark') && node.tabIndex >= -1);
    const shown = listed
      .filter((node) => !isUnseen(ancestors(node)) || (node.labels && node.labels.length))
      .map((node) => ({ node, box: targetOf(node) }))
      .filter(({ box }) => box.width > 0);
    const middle = ({ left, right, top, bottom }) => [(left + right) / 2, (top + bottom) / 2];
    const alone = ({ node, box }) => {
      if (getComputedStyle(node).display !== 'inline') return false;
      const [x, y] = middle(box);
      return shown.every((other) => {
        if (other.node === node || other.node.contains(node) || node.contains(other.node)) return true;
        const [otherX, otherY] = middle(other.box);
        return Math.hypot(x - otherX, y - otherY) >= pixels;
      });
    };
    return shown
      .filter(({ box }) => box.width < pixels - 0.5 || box.height < pixels - 0.5)
      .filter((one) => !alone(one))
      .map(({ node, box }) => `${named(node)} "${said(node.innerText || node.ariaLabel || node.id)}" is ${box.width.toFixed(1)} x ${box.height.toFixed(1)} px`);
  }

  const activeNode = () => {
    let node = document.activeElement;
    while (node && node.shadowRoot && node.shadowRoot.activeElement) node = node.shadowRoot.activeElement;
    return node;
  };

  const LOOKS = ['outlineStyle', 'outlineWidth', 'outlineColor', 'boxShadow', 'borderColor', 'backgroundColor'];
  const around = (node) => [node, ...node.querySelectorAll('th, td, label, svg'), ...ancestors(node).slice(1, 3)];
  const look = (node) => around(node).map((one) => LOOKS.map((name) => getComputedStyle(one)[name]).join()).join('|');
  const visited = new Map();

  /** Let the next press of Tab begin at the top. */
  function toTop() {
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute('tabindex');
  }

  /** Note what has the focus and how it looks; returns what it is called and whether it had been reached before. */
  function note() {
    const node = activeNode();
    if (!node || node === document.body) return { name: '', known: false };
    const known = visited.has(node);
    if (!known) visited.set(node, look(node));
    return { name: `${named(node)} "${said(node.innerText || node.ariaLabel || node.id || '')}"`, known, frame: node.localName === 'iframe' };
  }

  /** Choices of one group are one stop for Tab; arrow keys move among them. */
  function groupOf(node) {
    const around = node.role === 'radio' && node.closest('[role=radiogroup]');
    if (around) return [...around.querySelectorAll('[role=radio]')];
    if (node.type !== 'radio' || !node.name) return null;
    return [...node.getRootNode().querySelectorAll('input[type=radio]')].filter((one) => one.name === node.name && !one.disabled);
  }

  /** Controls that Tab should reach but did not. */
  function missed() {
    return everything()
      .filter((node) => node.matches(FOCUSABLE) && node.tabIndex >= 0 && !node.disabled && isShown(node) && !node.closest('[inert]'))
      .filter((node) => {
        if (node.localName === 'summary' && node.parentElement.localName !== 'details') return false;
        const group = groupOf(node);
        return !group || (node === group[0] && !group.some((one) => visited.has(one)));
      })
      .filter((node) => !visited.has(node))
      .map((node) => `${named(node)} "${said(node.innerText || node.ariaLabel || node.id || '')}"`);
  }

  /** What looks the same with the keyboard's focus as without. */
  function unmarked() {
    activeNode()?.blur(); // the tour may have come back to where it began
    const same = ([node, before]) => node.isConnected && node.localName !== 'iframe' && look(node) === before;
    return [...visited].filter(same).map(([node]) => named(node));
  }

  window.look = { clipped, overlaps, labelFaults, small, toTop, note, missed, unmarked, texts, visited };
})();
