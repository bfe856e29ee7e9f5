// A decision of the policy engine: what was asked, what it said, which statements
// decided, why, and what would change it.

import { copy, el, tag } from "./dom.js";

const WORDS = { allowed: ["Allowed", "good"], explicitDeny: ["Explicit deny", "bad"], implicitDeny: ["Implicit deny", "bad"] };

/** A decision; `state` says where its policies are, `again` offers to try it. */
export function decision(checked, state, again) {
  const [word, kind] = WORDS[checked.decision] ?? [checked.decision, ""];
  return el("div", { class: "decision" },
    el("div", { class: "asked" }, tag(word, kind), el("code", {}, checked.action),
      el("code", { class: "on" }, `on ${checked.resource}`)),
    el("ul", { class: "why" }, reasons(checked, state)),
    (checked.changes ?? []).map((change) => remedy(change, checked)),
    again && el("div", { class: "actions" }, again));
}

function reasons(checked, state) {
  const statements = checked.statements ?? [];
  if (statements.length) {
    const verb = checked.decision === "explicitDeny" ? "Denied by " : "Allowed by ";
    return statements.map((own) => el("li", {}, verb, own.sid ? `“${own.sid}”` : `statement ${own.index + 1}`, " of ", policyLink(own, checked, state), ` (${own.type})`));
  }
  const lines = checked.explanation ?? [];
  if (!lines.length) return el("li", {}, "No policy had to allow it");
  return lines.map((line) => el("li", { class: line.startsWith("  ") ? "inner" : "" }, line.trim().replace(/^./, (first) => line.startsWith("  ") ? first : first.toUpperCase())));
}

/** Where the policy of a statement is shown. */
export function policyLink(own, checked, state) {
  const target = place(own, checked, state);
  return target ? el("a", { href: target }, own.policy) : el("code", {}, own.policy);
}

function place(own, checked, state) {
  if (own.arn) return `#/policies/${encodeURIComponent(own.arn)}/${own.index}`;
  if (!state) return undefined;
  if (own.policy === "trust") {
    const role = state.roles.find((role) => role.arn === checked.resource);
    return role && `#/roles/${encodeURIComponent(role.name)}`;
  }
  const bucket = /^arn:aws:s3:::([^/]+)/.exec(checked.resource)?.[1];
  if (bucket && own.type === "resource-based policy") return `#/buckets/${encodeURIComponent(bucket)}`;
  for (const kind of ["users", "groups", "roles"]) {
    for (const identity of state[kind]) {
      const found = identity.inline.some((inline) => own.policy === `${identity.kind}_${identity.name}_${inline.name}`);
      if (found) return `#/${kind}/${encodeURIComponent(identity.name)}`;
    }
  }
  return undefined;
}

function remedy(change, checked) {
  const text = JSON.stringify(change.statement ?? change.condition, null, 2);
  const title = change.condition
    ? "No Allow outweighs a Deny. This condition takes the caller out of it"
    : `What would allow it: one more statement in the ${change.policyType}`;
  const enough = change.statement && !checked.suffices ? ", which is not enough by itself" : "";
  return el("div", { class: "remedy" }, el("header", {}, el("span", {}, title + enough), copy(text)), el("pre", { class: "code", tabindex: "0" }, text));
}

/** The last part of an ARN, which is what one calls the caller. */
export function shortName(arn) {
  if (!arn) return undefined;
  const resource = arn.split(":").slice(5).join(":");
  const parts = resource.split("/");
  return parts[0] === "assumed-role" ? parts.slice(1).join("/") : parts[parts.length - 1];
}
