// The date alone, for a screen without the column of filters. Built on web/dom, web/legend and web/asof.

const bars = new WeakMap();

function openBar(root) {
  const here = { data: null };
  here.draw = () => {
    root.lang = here.data.language;
    redraw(root, [asOf(here)]);
  };
  here.mail = reporter(here.draw);
  here.send = here.mail.send;
  root.classList.add("controls"); // drawn as in that column
  return here;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".asof");
  if (!bars.has(root)) bars.set(root, openBar(root));
  const here = bars.get(root);
  here.data = data;
  here.mail.answered(setTriggerValue);
}
