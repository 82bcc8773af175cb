/** Small boxes at the map's upper right that belong to a tool: lines of text, buttons and choices. */
(function () {
  'use strict';

  const Atlas = (window.Atlas = window.Atlas || {});
  const panel = { stack: null, boxes: new Map() };

  function open(map) {
    const stack = L.DomUtil.create('div', 'atlas-panels');
    L.DomEvent.disableClickPropagation(stack);
    L.DomEvent.disableScrollPropagation(stack);
    stack.addEventListener('click', (event) => event.stopPropagation()); // a button may be gone by the time of asking
    const control = L.control({ position: 'topright' });
    control.onAdd = () => stack;
    control.addTo(map);
    panel.stack = stack;
  }

  /**
   * Show a tool's box.
   * @param {string} name
   * @param {function(): {title: string, lines?: Array<{label?: string, text: string}>, hint?: string,
   *   choices?: object[], buttons?: object[], compact?: boolean}} describe  asked anew at every refresh
   */
  function show(name, describe) {
    const node = L.DomUtil.create('div', 'atlas-panel', panel.stack);
    node.setAttribute('role', 'group');
    hide(name);
    panel.boxes.set(name, { node, describe });
    refresh(name);
  }

  function hide(name) {
    const box = panel.boxes.get(name);
    if (!box) return;
    box.node.remove();
    panel.boxes.delete(name);
    Atlas.stage.refresh();
  }

  /** Write one box again, or all; what had the keyboard's focus keeps it. */
  function refresh(name) {
    for (const [own, box] of panel.boxes) {
      if (name && own !== name) continue;
      const { activeElement } = document;
      const focused = box.node.contains(activeElement) ? activeElement.dataset.name : null;
      write(box.node, box.describe());
      if (focused) box.node.querySelector(`[data-name="${focused}"]`)?.focus();
    }
    Atlas.stage.refresh();
  }

  function write(node, { title, lines = [], hint, choices = [], buttons = [], compact = false }) {
    node.replaceChildren();
    node.classList.toggle('atlas-panel-compact', compact); // one row on a phone, its button a cross
    node.setAttribute('aria-label', title);
    add('div', 'atlas-panel-title', node, title);
    const picks = add('div', 'atlas-panel-choices', node);
    for (const choice of choices) addChoice(picks, choice);
    const list = add('div', 'atlas-panel-lines', node);
    list.setAttribute('role', 'status');
    for (const { label, text } of lines) {
      const line = add('div', 'atlas-panel-line', list);
      if (label) add('span', 'atlas-panel-label', line, label);
      add('span', 'atlas-panel-value', line, text);
    }
    if (hint) add('div', 'atlas-panel-hint', node, hint);
    const row = add('div', 'atlas-panel-row', node);
    for (const one of buttons) addButton(row, one);
  }

  function add(tag, className, parent, text) {
    const node = L.DomUtil.create(tag, className, parent);
    if (text !== undefined) node.textContent = text;
    return node;
  }

  function addButton(row, { name, text, act, pressed, disabled }) {
    const button = add('button', 'atlas-panel-button', row);
    add('span', '', button, text);
    Object.assign(button, { type: 'button', disabled: Boolean(disabled) });
    button.dataset.name = name;
    if (pressed !== undefined) button.setAttribute('aria-pressed', String(pressed));
    button.addEventListener('click', act);
  }

  function addChoice(node, { name, text, options, value, act }) {
    const label = add('label', 'atlas-panel-choice', node);
    add('span', 'atlas-panel-label', label, text);
    const select = add('select', '', label);
    select.dataset.name = name;
    for (const { id, title } of options) {
      const option = add('option', '', select, title);
      option.value = id;
    }
    select.value = value || '';
    select.title = select.selectedOptions[0]?.text || ''; // a narrow map may have to shorten it
    select.addEventListener('change', () => act(select.value));
  }

  Atlas.panel = { hide, open, refresh, show };
})();
