// Elements are made one by one, and texts are only ever texts: what somebody has
// called a user or an object cannot become markup.

const SVG = "http://www.w3.org/2000/svg";

/** An element: `el("a", { class: "x", href: "#/y", onclick: f }, "text", child)`. */
export function el(name, attributes, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/** The same of SVG. */
export function svg(name, attributes, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

function fill(element, attributes, children) {
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "value" || key === "checked") element[key] = value;
    else element.setAttribute(key, value === true ? "" : String(value));
  }
  append(element, children);
  return element;
}

function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === undefined || child === null || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
}

/** Replaces what an element holds. */
export function put(element, ...children) {
  element.replaceChildren();
  append(element, children);
  return element;
}

const ICONS = {
  requests: "M2 8h3l2-5 3 10 2-5h2",
  users: "M8 8a2.7 2.7 0 1 0 0-5.4A2.7 2.7 0 0 0 8 8zM2.8 14a5.2 5.2 0 0 1 10.4 0",
  groups: "M5.6 7.6a2.3 2.3 0 1 0 0-4.6 2.3 2.3 0 0 0 0 4.6zM1.6 13.4a4 4 0 0 1 8 0M10.6 3.3a2.3 2.3 0 0 1 0 4.2M11.6 9.7a4 4 0 0 1 2.8 3.7",
  roles: "M8 1.8l5 2v3.8c0 3.2-2 5.4-5 6.6-3-1.2-5-3.4-5-6.6V3.8zM5.8 8l1.6 1.6 3-3.2",
  policies: "M4 1.8h5.5L12.5 5v9.2H4zM9.3 1.8V5h3.2M6.2 8h4M6.2 11h4",
  devices: "M5 1.8h6v12.4H5zM7.3 12h1.4",
  sessions: "M8 14.2A6.2 6.2 0 1 0 8 1.8a6.2 6.2 0 0 0 0 12.4zM8 4.6V8l2.4 1.6",
  instances: "M2 3h12v4H2zM2 9h12v4H2zM4.5 5h.1M4.5 11h.1",
  buckets: "M2.4 4.2h11.2l-1.4 9a1 1 0 0 1-1 .8H4.8a1 1 0 0 1-1-.8zM2 4.2C2 3 4.7 2 8 2s6 1 6 2.2",
  limits: "M2.2 12.4a6.4 6.4 0 1 1 11.6 0M8 9.6l2.8-3.4",
  try: "M4.5 2.8v10.4l8-5.2z",
};

/** The picture of a section. */
export function icon(name) {
  const path = svg("path", { d: ICONS[name] ?? "" });
  return svg("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" }, path);
}

const MARKS = { good: "M3 7.4l2.8 2.8L11 4.6", bad: "M3.6 3.6l6.8 6.8M10.4 3.6l-6.8 6.8", warn: "M7 3v4.4M7 10.8v.1", plain: "M3 7h8" };

/** How something went, at a glance; the words for it stand elsewhere. */
export function mark(kind) {
  return svg("svg", { class: `mark ${kind}`, viewBox: "0 0 14 14", "aria-hidden": "true" }, svg("path", { d: MARKS[kind] }));
}

export function tag(text, kind, title) {
  return el("span", { class: `tag ${kind ?? ""}`, title }, text);
}

/** The head of a section: its title, a sentence, and what can be done there. */
export function head(title, lead, tools, crumb) {
  return el("div", { class: "head" }, crumb && el("span", { class: "crumb" }, crumb), el("h1", {}, title),
    tools && el("div", { class: "tools" }, tools), lead && el("p", { class: "lead" }, lead));
}

/** A card with a title. */
export function card(title, tools, ...body) {
  return el("section", { class: "card" },
    el("header", {}, el("h2", {}, title), tools && el("div", { class: "tools" }, tools)), body);
}

/** What there is to say where there is nothing; `command` would change that. */
export function empty(title, text, command) {
  return el("div", { class: "empty" }, el("strong", {}, title), text, command && el("div", {}, el("pre", { class: "code" }, command)));
}

/** Pairs of names and values; those without a value are left out. */
export function facts(pairs) {
  const known = pairs.filter(([, value]) => value !== undefined && value !== null && value !== "");
  return el("dl", { class: "facts" }, known.map(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]));
}

/** A table: columns are pairs of a title and what a row has there. */
export function table(label, columns, rows) {
  return el("table", { class: "table", "aria-label": label },
    el("thead", {}, el("tr", {}, columns.map(([title]) => el("th", { scope: "col" }, title)))),
    el("tbody", {}, rows.map((row) => el("tr", {}, columns.map(([title, cell]) =>
      el("td", { "data-label": title }, wrap(cell(row))))))));
}

function wrap(content) {
  const lone = content instanceof Node;
  return lone ? content : el("span", {}, content ?? "–");
}

/** A button that puts a text where it can be pasted from. */
export function copy(text, label = "Copy") {
  const button = el("button", { type: "button", class: "small", onclick: async () => {
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Not allowed";
    }
    setTimeout(() => { button.textContent = label; }, 1500);
  } }, label);
  return button;
}

/** A time of day, of another day its date too. */
export function clock(iso) {
  const time = new Date(iso);
  const today = time.toDateString() === new Date().toDateString();
  const digits = time.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
  return today ? digits : `${time.toLocaleDateString([], { month: "short", day: "numeric" })} ${digits}`;
}

/** A moment as somebody says it. */
export function when(iso) {
  if (!iso) return "never";
  const seconds = Math.max(0, (Date.now() - new Date(iso)) / 1000);
  const [count, unit] = seconds < 60 ? [0, ""] : seconds < 3600 ? [seconds / 60, "minute"]
    : seconds < 86400 ? [seconds / 3600, "hour"] : [seconds / 86400, "day"];
  const whole = Math.floor(count);
  const text = unit === "" ? "just now" : `${whole} ${unit}${whole === 1 ? "" : "s"} ago`;
  return el("time", { datetime: iso, title: new Date(iso).toLocaleString() }, text);
}
