// A reader's own files: sent, read by the server, asked about, shown and removed. Built on web/dom, web/where.

const columns = new WeakMap();
const POLL_MS = 700; // between two questions of how far a file is
const BUSY = ["receiving", "reading"];
const ENCODINGS = ["UTF-8", "windows-1251", "IBM866", "KZ-1048", "KOI8-R"];
const MOST_BUSY = 2; // files of one visitor that the server reads
const OTHER = "other";

/** A request to the server as a promise of its JSON; the token goes in a header, never in an address. */
async function asked(here, method, path, body) {
  const { url, language } = here.data;
  const options = { method, body, headers: { "X-Atlas-Visitor": tokenOf(here) }, cache: "no-store" };
  const answer = await fetch(`${url}${path}?lang=${language}`, options);
  return { ok: answer.ok, ...wrapped(await answer.json()) };
}

/** The token of this visitor: another page of this browser may have been given one before. */
const tokenOf = (here) => here.token || here.data.token;

const wrapped = (value) => (Array.isArray(value) ? { files: value } : value);

/** Send files one after the other, and not more than the server reads for one visitor. */
function sendAll(here, files) {
  for (const file of files) {
    here.turn = here.turn.then(() => room(here)).then(() => new Promise((done) => send(here, file, done)));
  }
}

/** Wait until fewer than two files are read. */
async function room(here) {
  while (here.files.filter((file) => BUSY.includes(file.step)).length >= MOST_BUSY) {
    await new Promise((done) => setTimeout(done, POLL_MS));
  }
}

/** Send a file; its progress is told as it goes, and `done` is called when it was sent or not. */
function send(here, file, done) {
  const { url, language, most, words } = here.data;
  const card = { id: `sending ${here.sent++}`, file: file.name, step: "sending", part: 0 };
  here.files.push(card);
  if (file.size > most) {
    fail(here, card, words.too_large);
    return done();
  }
  const request = new XMLHttpRequest();
  request.open("POST", `${url}?lang=${language}`);
  request.setRequestHeader("X-Atlas-Visitor", tokenOf(here));
  request.setRequestHeader("X-Atlas-File", encodeURIComponent(file.name.slice(0, 120)));
  request.upload.onprogress = (event) => {
    card.part = event.total ? event.loaded / event.total : 0;
    here.draw();
  };
  request.onerror = () => fail(here, card, words.failed);
  request.onload = () => {
    const told = parsed(request.responseText);
    if (request.status !== 200 || !told) return fail(here, card, (told && told.reason) || words.failed, told !== null);
    if (told.token) here.token = told.token;
    here.files[here.files.indexOf(card)] = told;
    follow(here);
  };
  request.onloadend = done;
  card.stop = () => {
    request.abort();
    here.files = here.files.filter((one) => one !== card);
    here.draw();
  };
  request.send(file);
  here.draw();
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function fail(here, card, reason) {
  Object.assign(card, { step: "rejected", report: { reason, layers: [] }, local: true });
  here.draw();
}

/** Ask how far the files are until none is under way. */
async function follow(here) {
  here.draw();
  clearTimeout(here.timer);
  for (const one of here.files.filter((file) => BUSY.includes(file.step))) {
    const told = await asked(here, "GET", `/${one.id}`).catch(() => null);
    if (!told) continue; // the server will be asked again
    const place = here.files.findIndex((file) => file.id === one.id);
    if (place < 0) continue;
    if (told.ok) here.files[place] = told;
    else here.files.splice(place, 1);
    if (told.step === "ready") here.mail.send({ do: here.data.act, id: told.id, token: tokenOf(here) });
  }
  here.draw();
  if (here.files.some((file) => BUSY.includes(file.step))) here.timer = setTimeout(() => follow(here), POLL_MS);
}

async function answer(here, file, given) {
  const body = JSON.stringify({ ...file.answers, ...given });
  const told = await asked(here, "POST", `/${file.id}`, body).catch(() => null);
  const place = here.files.findIndex((one) => one.id === file.id);
  if (told && told.ok) here.files[place] = told;
  else here.files[place] = { ...file, fault: (told && told.reason) || here.data.words.failed };
  here.choices.delete(file.id);
  follow(here);
}

async function remove(here, file) {
  const told = file.local ? { ok: true } : await asked(here, "DELETE", `/${file.id}`).catch(() => null);
  if (told && told.ok) {
    here.files = here.files.filter((one) => one.id !== file.id);
    if (file.step === "ready") here.mail.send({ do: "own_gone", id: file.id });
  } else {
    const fault = (told && told.reason) || here.data.words.failed;
    here.files = here.files.map((one) => (one.id === file.id ? { ...one, fault } : one));
  }
  here.draw();
}

/** What is open in the first layer of a report: the file says so by what it leaves without a value. */
function question(here, file) {
  const { layers } = file.report;
  const [layer] = layers;
  if (layers.length > 1) return layerQuestion(here, file, layers);
  if (layer.crs.value === null) return systemQuestion(here, file, layer);
  return encodingQuestion(here, file, layer);
}

function layerQuestion(here, file, layers) {
  const { words } = here.data;
  const options = layers.map((layer, number) => ({
    value: number,
    text: layer.name,
    note: fill(words.features, { count: numberText(here, layer.features_in) }),
  }));
  return form(here, file, words.which_layer, options, (layer) => ({ layer }));
}

function encodingQuestion(here, file, layer) {
  const options = ENCODINGS.map((value) => ({ value, text: value, note: "" }));
  return form(here, file, here.data.words.which_encoding, options, (encoding) => ({ encoding }), layer.encoding.basis);
}

/** The systems that the numbers allow, with where the data would fall in each. */
function systemQuestion(here, file, layer) {
  const { words } = here.data;
  const { candidates, basis } = layer.crs;
  const options = candidates.map((one, number) => ({
    value: `${number}`,
    text: `${letterOf(number)}. ${one.name} (${one.code})`,
    note: [one.near, shiftText(here, one)].filter(Boolean).join(" · "),
  }));
  options.push({ value: OTHER, text: words.other_system, note: "" });
  const chosen = here.choices.get(file.id);
  const map = candidates.length
    ? whereMap(here, candidates, chosen === undefined ? -1 : Number(chosen))
    : h("p", { class: "note" }, words.no_system);
  const code = h("input", {
    class: "field",
    "data-key": "code",
    "aria-label": words.other_code,
    placeholder: words.other_code,
    inputmode: "numeric",
    maxlength: 12,
    oninput: (event) => here.codes.set(file.id, event.target.value),
    value: here.codes.get(file.id) || "",
  });
  const given = (value) => {
    if (value === OTHER) return { crs: (here.codes.get(file.id) || "").trim(), swap: false };
    const one = candidates[Number(value)];
    return { crs: one.code, swap: one.swapped };
  };
  const extra = [map, chosen === OTHER ? code : null];
  return form(here, file, words.which_system, options, given, basis, extra);
}

const letterOf = (number) => String.fromCharCode(65 + number);

const numberText = (here, value) => numbersIn(here.data.language).format(value);

function shiftText(here, { operation, accuracy_m: metres }) {
  if (!operation || !metres) return "";
  return fill(here.data.words.shift, { operation, metres: numberText(here, metres) });
}

/** A question with its answers, of which none is chosen beforehand. */
function form(here, file, title, options, given, basis = "", extra = []) {
  const { words } = here.data;
  const chosen = here.choices.get(file.id);
  const rows = options.map((option) => {
    const input = h("input", {
      type: "radio",
      class: "dot",
      name: `answer ${file.id}`,
      checked: chosen === option.value,
      onchange: () => {
        here.choices.set(file.id, option.value);
        here.draw();
      },
    });
    const note = option.note ? h("span", { class: "note" }, option.note) : null;
    return h("label", { class: "option", "data-key": `option ${option.value}` }, input, h("span", null, option.text, note));
  });
  const go = h(
    "button",
    {
      type: "button",
      class: "main",
      "data-go": file.id,
      disabled: chosen === undefined,
      onclick: () => answer(here, file, given(here.choices.get(file.id))),
    },
    words.go_on,
  );
  return h(
    "fieldset",
    { class: "question", "data-key": "question" },
    h("legend", null, title),
    basis ? h("p", { class: "note" }, spoken(basis)) : null,
    ...extra.slice(0, 1).filter(Boolean),
    h("div", { class: "options", "data-key": "options" }, ...rows),
    ...extra.slice(1).filter(Boolean),
    go,
  );
}

/** What the server says, marked with the language that it is in; words of the page are in the page's. */
const spoken = (said) => (typeof said === "string" ? said : h("span", { lang: said.lang }, said.text));

/** The report on a layer that was taken: what was dropped, mended and noticed, and where it stood. */
function reportOf(here, file) {
  const { words } = here.data;
  const [layer] = file.report.layers;
  if (!layer) return null;
  const lines = [
    ...layer.dropped.map((one) => [`${words.dropped}: ${numberText(here, one.rows)} – `, spoken(one.reason)]),
    ...layer.repaired.map((one) => [`${words.repaired}: ${numberText(here, one.rows)} – `, spoken(one.reason)]),
    ...layer.warnings.map((one) => [spoken(one)]),
  ];
  const stated = [layer.crs, layer.encoding].map((one) => [`${one.value}: `, spoken(one.basis)]);
  const told = [...stated, ...lines];
  return h(
    "details",
    { class: "report", "data-key": "report" },
    h("summary", null, lines.length ? fill(words.report_with, { count: lines.length }) : words.report),
    h("ul", null, ...told.map((line) => h("li", null, ...line))),
  );
}

function stageText(here, file) {
  const { words, language } = here.data;
  if (file.step === "sending") return fill(words.sending, { part: percentText(language, Math.round(file.part * 100)) });
  const { stage } = file;
  if (!stage) return words.reading;
  const rows = stage.rows === null ? "" : fill(words.features, { count: numberText(here, stage.rows) });
  return [words[`stage_${stage.name}`], rows].filter(Boolean).join(" · ");
}

function bodyOf(here, file) {
  const { words } = here.data;
  if (file.step === "sending" || BUSY.includes(file.step)) {
    const value = file.step === "sending" ? file.part : undefined;
    const bar = { max: 1, "aria-label": file.file, ...(value === undefined ? {} : { value }) };
    return [h("p", { class: "note" }, stageText(here, file)), h("progress", { ...bar, "data-key": `bar ${file.step}` })];
  }
  const fault = file.fault ? h("p", { class: "fault" }, spoken(file.fault)) : null;
  if (file.step === "asks") return [fault, question(here, file)];
  if (file.step === "rejected") {
    return [fault, h("p", { class: "fault" }, `${words.rejected} `, spoken(file.report.reason))];
  }
  const [layer] = file.report.layers;
  const kept = { kept: numberText(here, layer.features_kept), all: numberText(here, layer.features_in) };
  return [fault, h("p", { class: "note" }, fill(words.taken, kept)), reportOf(here, file)];
}

function cardOf(here, file) {
  const { words } = here.data;
  const out = file.stop || (() => remove(here, file));
  const button = iconButton("clear", `${words.remove}: ${file.file}`, { onclick: out, "data-remove": file.id });
  return h(
    "li",
    { class: `card ${file.step}`, "data-key": `file ${file.id}`, "data-step": file.step },
    h("div", { class: "head" }, h("span", { class: "name" }, file.file), button),
    ...bodyOf(here, file).filter(Boolean),
  );
}

function zone(here) {
  const { words } = here.data;
  const input = h("input", {
    type: "file",
    id: "own-file",
    multiple: true,
    onchange: (event) => {
      sendAll(here, [...event.target.files]);
      event.target.value = "";
    },
  });
  return h(
    "div",
    { class: "zone", "data-key": "zone" },
    h("label", { class: "pick", for: "own-file" }, h("span", null, words.add), input),
    h("details", { class: "about", "data-key": "about" }, h("summary", null, words.about), ...words.details.map((line) => h("p", { class: "note" }, line))),
  );
}

function openColumn(root) {
  const here = { data: null, files: [], choices: new Map(), codes: new Map(), outline: null, sent: 0, timer: 0, token: "", turn: Promise.resolve() };
  here.draw = () => {
    root.lang = here.data.language;
    const listed = here.files.length ? h("ul", { class: "files", "aria-live": "polite" }, ...here.files.map((file) => cardOf(here, file))) : null;
    redraw(root, [h("h3", null, here.data.words.title), zone(here), listed].filter(Boolean));
  };
  here.mail = reporter(here.draw);
  keepKeys(root);
  dropInto(root, (files) => sendAll(here, files));
  return here;
}

/** Files may be dropped on the column as well. */
function dropInto(root, take) {
  root.addEventListener("dragover", (event) => {
    event.preventDefault();
    root.classList.add("over");
  });
  root.addEventListener("dragleave", () => root.classList.remove("over"));
  root.addEventListener("drop", (event) => {
    event.preventDefault();
    root.classList.remove("over");
    take([...event.dataTransfer.files]);
  });
}

/** The files that an earlier page of this visitor sent. */
async function begin(here) {
  if (!here.data.kept) return;
  const told = await asked(here, "GET", "").catch(() => null);
  if (told && told.files) here.files = [...told.files, ...here.files];
  follow(here);
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".upload");
  const fresh = !columns.has(root);
  if (fresh) columns.set(root, openColumn(root));
  const here = columns.get(root);
  const language = here.data && here.data.language;
  here.data = data;
  here.mail.answered(setTriggerValue);
  if (fresh || language !== data.language) {
    here.files = here.files.filter((file) => file.step === "sending" || file.local);
    begin(here);
  }
}
