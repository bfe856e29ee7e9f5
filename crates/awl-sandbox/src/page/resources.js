// What other services hold, and how the sandbox is told to behave: each a list of
// records, shown by the names that they come with.

import { card, el, empty, facts, head, put, table, tag, when } from "./dom.js";
import { documentCard } from "./policies.js";

const SECTIONS = {
  instances: ["Instances", undefined, "No instances", "A command starts one:", "awl ec2 run-instances --image-id ami-12345678 --profile sandbox"],
  buckets: ["Buckets", undefined, "No buckets", "A command makes one:", "awl s3 mb s3://photos --profile sandbox"],
  limits: ["Limits and faults", "What requests meet beside policies: rate limits, and errors on purpose.", "No limits or faults are set", "", undefined],
};

/** A section. */
export function show(main, state, name, which) {
  if (name === "buckets") return showBuckets(main, state, which);
  const [title, lead, nothing, text, command] = SECTIONS[name];
  const rows = state[name] ?? [];
  const isSaid = (key) => rows.some((row) => row[key] !== null && row[key] !== undefined && row[key] !== "");
  const keys = [...new Set(rows.flatMap(Object.keys))].filter(isSaid);
  const columns = keys.map((key) => [label(key), (row) => cell(row[key])]);
  put(main, head(title, lead), el("div", { class: "card" }, rows.length ? table(title, columns, rows) : empty(nothing, text, command)));
}

function label(key) {
  const words = key.replace(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`);
  return words[0].toUpperCase() + words.slice(1);
}

const STATES = { running: "good", available: "good", stopped: "", terminated: "", pending: "warn", stopping: "warn" };

function cell(value) {
  if (value === null || value === undefined || value === "") return "–";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value)) return value.length ? el("span", { class: "tags" }, value.map((own) => tag(typeof own === "object" ? `${own.Key} = ${own.Value}` : String(own)))) : "–";
  if (typeof value === "object") return Object.entries(value).map(([key, own]) => `${key}: ${own}`).join(", ");
  const text = String(value);
  return Object.hasOwn(STATES, text) ? tag(text, STATES[text]) : el("span", { class: text.length < 24 ? "short" : "" }, text);
}

function showBuckets(main, state, which) {
  const found = which !== undefined && state.buckets.find((own) => own.name === which);
  if (found) {
    put(main, head(found.name, undefined, undefined, el("a", { href: "#/buckets" }, "Buckets")), el("div", { class: "stack" },
      card("About", undefined, el("div", { class: "body" }, facts([["ARN", el("code", {}, `arn:aws:s3:::${found.name}`)], ["Region", found.region], ["Created", when(found.created)],
        ["Versioning", found.versioning || "never on"], ["Configurations", found.configurations.join(", ")]]))),
      found.policy ? documentCard("Bucket policy", found.policy) : card("Bucket policy", undefined, el("p", { class: "none" }, "None: the callers' own policies decide."))));
    return;
  }
  const [title, , nothing, text, command] = SECTIONS.buckets;
  const columns = [["Name", (own) => el("a", { href: `#/buckets/${encodeURIComponent(own.name)}` }, own.name)], ["Region", (own) => own.region],
    ["Created", (own) => when(own.created)], ["Versioning", (own) => own.versioning || "never on"], ["Policy", (own) => own.policy ? tag("yes", "accent") : "none"]];
  put(main, head(title), el("div", { class: "card" }, state.buckets.length ? table(title, columns, state.buckets) : empty(nothing, text, command)));
}
