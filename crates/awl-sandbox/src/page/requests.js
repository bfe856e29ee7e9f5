// The requests, the latest first, as they come in.

import { clock, el, empty, facts, head, mark, put, tag } from "./dom.js";
import { decision, shortName } from "./decisions.js";

const MOST = 300;
const entries = [];
const view = { text: "", show: "all", paused: false, list: undefined, note: undefined };

/** Takes up requests that came in. */
export function take(fresh, shared) {
  entries.push(...fresh);
  entries.splice(0, Math.max(0, entries.length - 2 * MOST));
  if (!view.list?.isConnected) return;
  if (view.paused) {
    view.note.textContent = "Paused: more requests have come in";
    return;
  }
  // Whoever reads one is not to lose it, so that only what is new is drawn.
  const shown = fresh.filter(matches).slice(-MOST);
  if (!shown.length) return;
  if (!view.list.querySelector(".row")) view.list.replaceChildren();
  for (const entry of shown) view.list.prepend(row(entry, shared, true));
  while (view.list.children.length > MOST) view.list.lastChild.remove();
  tell();
}

/** How many there were, of which the latest are known here. */
export const count = () => entries.at(-1)?.sequence ?? 0;

/** The section; `query` is a caller to show the requests of. */
export function show(main, shared, query) {
  if (query !== undefined) view.text = query;
  const search = el("input", { type: "search", placeholder: "Filter: caller, action, resource, error", "aria-label": "Filter the requests", value: view.text,
    oninput: () => { view.text = search.value; draw(shared); } });
  const kinds = [["all", "All"], ["denied", "Denied"], ["errors", "Errors"]];
  const segments = el("div", { class: "segments", role: "group", "aria-label": "Which requests" }, kinds.map(([kind, label]) =>
    el("button", { type: "button", "aria-pressed": String(view.show === kind), onclick: (event) => {
      view.show = kind;
      for (const button of segments.children) button.setAttribute("aria-pressed", String(button === event.currentTarget));
      draw(shared);
    } }, label)));
  const pause = el("button", { type: "button", "aria-pressed": String(view.paused), onclick: () => {
    view.paused = !view.paused;
    pause.setAttribute("aria-pressed", String(view.paused));
    pause.textContent = view.paused ? "Resume" : "Pause";
    draw(shared);
  } }, view.paused ? "Resume" : "Pause");
  view.note = el("p", { class: "lead" });
  view.list = el("div", { class: "card rows", id: "requests" });
  const top = head("Requests", undefined, [search, segments, pause]);
  top.append(view.note);
  put(main, top, view.list);
  draw(shared);
}

function draw(shared) {
  const shown = entries.filter(matches).slice(-MOST).reverse();
  const nothing = entries.length
    ? empty("No request is like that", "Another filter shows others.")
    : empty("No requests yet", "They appear here as they are made. In a terminal:", "awl sts get-caller-identity --profile sandbox");
  put(view.list, shown.length ? shown.map((entry) => row(entry, shared, false)) : nothing);
  tell();
}

function tell() {
  const denied = entries.filter(isDenied).length;
  const known = count() > entries.length ? `the latest ${entries.length}` : "them";
  view.note.textContent = entries.length ? `${count()} requests since the sandbox started; of ${known}, policies denied ${denied}.` : "";
}

// Services ask of some things only to know what to show.
const isDenied = (entry) => Boolean(entry.error) && entry.checked.some((checked) => checked.decision !== "allowed");

function matches(entry) {
  if (view.show === "denied" && !isDenied(entry)) return false;
  if (view.show === "errors" && !entry.error) return false;
  const words = view.text.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return true;
  const text = [entry.service, entry.operation, entry.principal, entry.error, entry.region, entry.requestId, entry.accessKeyId,
    ...entry.checked.flatMap((checked) => [checked.action, checked.resource])].join(" ").toLowerCase();
  return words.every((word) => text.includes(word));
}

function kindOf(entry) {
  if (isDenied(entry)) return ["bad", "denied"];
  if (entry.error === "DryRunOperation") return ["good", "would be allowed"];
  if (entry.error) return ["warn", "error"];
  return ["good", "done"];
}

/** What follows the account in an ARN. */
const shortResource = (arn) => arn.split(":").slice(5).join(":") || arn;

function took(entry) {
  const micros = entry.microseconds;
  return micros < 1000 ? `${micros} µs` : micros < 1e6 ? `${(micros / 1000).toFixed(1)} ms` : `${(micros / 1e6).toFixed(2)} s`;
}

function row(entry, shared, fresh) {
  const [kind, word] = kindOf(entry);
  const resources = [...new Set(entry.checked.map((checked) => checked.resource).filter((resource) => resource !== "*"))];
  const where = resources.map(shortResource).join("  ");
  const details = el("details", { class: fresh ? "row fresh" : "row", "data-sequence": entry.sequence, ontoggle: () => {
    if (details.open && details.children.length === 1) details.append(inside(entry, shared));
  } }, el("summary", { "aria-label": `${entry.operation ?? "A request"} by ${shortName(entry.principal) ?? "somebody"}: ${word}` },
    el("time", { class: "time", datetime: entry.time, title: entry.time }, clock(entry.time)), mark(kind),
    el("span", { class: "what" }, entry.operation ?? "Unknown operation", " ", el("small", {}, entry.service ?? "")),
    el("span", { class: "who", title: entry.principal }, shortName(entry.principal) ?? el("span", { class: "soft" }, "nobody known")),
    el("span", { class: "where", title: resources.join("\n") }, where),
    el("span", { class: "status" }, tag(entry.error ?? String(entry.status), entry.error ? kind : "")),
    el("span", { class: "took" }, took(entry))));
  return details;
}

function inside(entry, shared) {
  const again = (checked) => shared.state?.acts && checked.decision !== "allowed"
    && el("button", { type: "button", class: "small", onclick: () => shared.tryCall({ principal: entry.principal, action: checked.action, resource: checked.resource }) }, "Try this call");
  const checks = entry.checked.map((checked) => decision(checked, shared.state, again(checked)));
  const reached = entry.principal ? "No policy is asked for this." : "It was refused before policies were asked: nobody knows who called.";
  const keys = Object.entries(entry.context ?? {});
  return el("div", { class: "inside" },
    el("div", {}, entry.message && !isDenied(entry) && el("p", { class: "message" }, entry.message),
      checks.length ? checks : el("p", { class: "soft" }, reached)),
    el("div", {}, facts([["Caller", entry.principal], ["Access key", code(entry.accessKeyId)], ["Region", entry.region], ["Status", entry.status],
      ["From", entry.source], ["Client", entry.userAgent], ["Time", entry.time], ["Request", code(entry.requestId)],
      ["Answer", isDenied(entry) ? entry.message : undefined]]),
    keys.length ? el("details", { class: "context" }, el("summary", {}, `${keys.length} condition keys`),
      facts(keys.map(([key, values]) => [key, values.join(", ") || "(empty)"]))) : undefined));
}

const code = (text) => text && el("code", {}, text);
