// Policies: their text, what is suspicious in it, whom they bind.

import { card, copy, el, empty, facts, head, put, table, tag, when } from "./dom.js";
import { shortName } from "./decisions.js";

const GRAVE = { error: "bad", warning: "warn", note: "" };

/** The section, or one policy of it with a statement that is pointed at. */
export function show(main, state, arn, index) {
  const policy = arn && state.policies.find((own) => own.arn === arn);
  if (policy) return one(main, policy, Number.parseInt(index ?? "", 10));
  const worst = (own) => own.versions.find((version) => version.number === own.default)?.findings ?? [];
  const columns = [
    ["Name", (own) => el("a", { href: policyHref(own.arn) }, own.name)],
    ["Kind", (own) => tag(own.aws ? "AWS" : "Yours", own.aws ? "" : "accent")],
    ["Attached to", (own) => names(own.attachedTo) ?? "nobody"],
    ["Boundary of", (own) => names(own.boundaryOf) ?? "nobody"],
    ["Findings", (own) => levels(worst(own))],
    ["Versions", (own) => String(own.versions.length)],
  ];
  const sorted = [...state.policies].sort((one, other) => one.aws - other.aws || one.name.localeCompare(other.name));
  put(main, head("Policies", "Managed policies. Inline ones are with the users, groups and roles that have them."),
    el("div", { class: "card" }, sorted.length ? table("Policies", columns, sorted) : empty("No policies", "")));
}

export const policyHref = (arn) => `#/policies/${encodeURIComponent(arn)}`;

function names(arns) {
  return arns.length ? arns.map(shortName).join(", ") : undefined;
}

function levels(findings) {
  if (!findings.length) return "none";
  const counts = ["error", "warning", "note"].map((level) => [level, findings.filter((own) => own.level === level).length]);
  return el("span", { class: "tags" }, counts.filter(([, count]) => count).map(([level, count]) => tag(`${count} ${level}${count === 1 ? "" : "s"}`, GRAVE[level])));
}

function one(main, policy, index) {
  const versions = [...policy.versions].sort((one, other) => other.number - one.number);
  const current = versions.find((own) => own.number === policy.default);
  const others = versions.filter((own) => own !== current);
  put(main, head(policy.name, policy.description, tag(policy.aws ? "AWS" : "Yours", policy.aws ? "" : "accent"), el("a", { href: "#/policies" }, "Policies")),
    el("div", { class: "stack" },
      current && documentCard(`Version ${current.number}, the default`, current, index),
      card("About", undefined, el("div", { class: "body" }, facts([["ARN", arnOf(policy.arn)],
        ["Attached to", links(policy.attachedTo)], ["Boundary of", links(policy.boundaryOf)],
        ["Created", when(policy.created)], ["Changed", when(policy.updated)], ["Tags", tags(policy.tags)]]))),
      others.map((own) => documentCard(`Version ${own.number}`, own))));
}

/** A policy's text in a card, with its findings below. */
export function documentCard(title, document, index, note) {
  const findings = document.findings ?? [];
  return card(title, [note, copy(document.text)], policyText(document.text, index),
    findings.length ? el("ul", { class: "findings" }, findings.map((own) => el("li", {}, tag(own.level, GRAVE[own.level]), el("code", {}, own.rule),
      el("span", {}, own.message), el("span", { class: "reason" }, own.reason)))) : undefined);
}

/** A policy, laid out anew, with one of its statements pointed at. */
function policyText(text, index) {
  let policy;
  try {
    policy = JSON.parse(text);
  } catch {
    return el("pre", { class: "policy" }, text);
  }
  const frame = el("div", { class: "policy", tabindex: "0", role: "region", "aria-label": "The policy's text" });
  const line = (...parts) => frame.append(el("span", { class: "part" }, parts));
  const entries = Object.entries(policy);
  line("{");
  entries.forEach(([key, value], place) => {
    const end = place + 1 < entries.length ? "," : "";
    const isList = Array.isArray(value);
    if (key !== "Statement") {
      line("  ", json(key, true), ": ", layout(value, 1), end);
      return;
    }
    line("  ", json(key, true), isList ? ": [" : ":");
    const statements = isList ? value : [value];
    statements.forEach((statement, number) => {
      const comma = isList ? (number + 1 < statements.length ? "," : "") : end;
      const chosen = number === index;
      frame.append(el("span", { class: chosen ? "part chosen" : "part", "aria-current": chosen ? "true" : undefined }, "    ", layout(statement, 2), comma));
    });
    if (isList) line("  ]", end);
  });
  line("}");
  return frame;
}

function layout(value, depth) {
  const inner = "  ".repeat(depth + 1);
  const outer = "  ".repeat(depth);
  if (Array.isArray(value)) {
    if (!value.length) return ["[]"];
    return ["[\n", value.map((item, place) => [inner, layout(item, depth + 1), place + 1 < value.length ? ",\n" : "\n"]), outer, "]"].map(plain);
  }
  if (value && typeof value === "object") {
    const entries = Object.entries(value);
    if (!entries.length) return ["{}"];
    return ["{\n", entries.map(([key, item], place) => [inner, json(key, true), ": ",
      key === "Effect" ? el("span", { class: `effect-${item === "Deny" ? "Deny" : "Allow"}` }, JSON.stringify(item)) : layout(item, depth + 1),
      place + 1 < entries.length ? ",\n" : "\n"]), outer, "}"].map(plain);
  }
  return json(value, false);
}

const plain = (part) => part;
const json = (value, isKey) => el("span", { class: isKey ? "key" : "text" }, JSON.stringify(value));

/** An ARN that can be taken along. */
export function arnOf(arn) {
  return el("span", { class: "with-copy" }, el("code", {}, arn), copy(arn));
}

/** Users, groups and roles by their ARNs. */
export function links(arns) {
  return arns.length ? el("span", {}, arns.map((arn, place) => {
    const kind = /:(user|group|role)\//.exec(arn)?.[1];
    return [place ? ", " : "", el("a", { href: `#/${kind}s/${encodeURIComponent(shortName(arn))}` }, shortName(arn))];
  })) : undefined;
}

/** Tags, which people choose freely. */
export function tags(list) {
  return list.length ? el("span", { class: "tags" }, list.map((own) => tag(`${own.Key} = ${own.Value}`))) : undefined;
}
