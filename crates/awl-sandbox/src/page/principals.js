// Users, groups and roles; devices and sessions.

import { card, el, empty, facts, head, put, table, tag, when } from "./dom.js";
import { arnOf, documentCard, policyHref, tags } from "./policies.js";
import { shortName } from "./decisions.js";

const TITLES = { users: "Users", groups: "Groups", roles: "Roles" };
const href = (kind, name) => `#/${kind}/${encodeURIComponent(name)}`;

/** A section of users, groups or roles, or one of them. */
export function show(main, shared, kind, name) {
  const { state } = shared;
  const found = name !== undefined && state[kind].find((own) => own.name === name);
  if (found) return one(main, shared, kind, found);
  const policies = (own) => own.attached.length + own.inline.length;
  const devices = (own) => state.devices.filter((device) => device.user === own.name);
  const columns = {
    users: [["MFA", (own) => devices(own).length ? tag("on", "good") : tag("off")],
      ["Access keys", (own) => String(own.keys.filter((key) => key.active).length)],
      ["Last used", (own) => when(own.keys.map((key) => key.lastUsed).filter(Boolean).sort().pop())],
      ["Groups", (own) => own.groups.join(", ") || "none"]],
    groups: [["Members", (own) => own.members.join(", ") || "none"]],
    roles: [["Last used", (own) => when(own.lastUsed)], ["Longest session", (own) => span(own.longestSession)]],
  }[kind];
  const all = [["Name", (own) => el("a", { href: href(kind, own.name) }, own.name)], ...columns,
    ["Policies", (own) => String(policies(own))], ["Boundary", (own) => own.boundary ? shortName(own.boundary) : "none"]];
  const command = { users: "awl iam create-user --user-name ana --profile sandbox",
    groups: "awl iam create-group --group-name developers --profile sandbox",
    roles: "awl iam create-role --role-name ops --assume-role-policy-document file://trust.json --profile sandbox" }[kind];
  const rows = state[kind];
  put(main, head(TITLES[kind]), el("div", { class: "card" }, rows.length ? table(TITLES[kind], all, rows)
    : empty(`No ${kind}`, "A command makes one:", command)));
}

function span(seconds) {
  return seconds % 3600 === 0 ? `${seconds / 3600} h` : `${Math.round(seconds / 60)} min`;
}

function one(main, shared, kind, own) {
  const { state } = shared;
  const devices = state.devices.filter((device) => device.user === own.name);
  const tools = [el("a", { class: "button", href: `#/requests/${encodeURIComponent(own.arn)}` }, "Requests")];
  if (kind !== "groups" && state.acts) {
    tools.push(el("button", { type: "button", onclick: () => shared.tryCall({ principal: own.arn }) }, "Try a call"));
  }
  const links = (to, names) => names?.length ? el("span", {}, names.map((name, place) => [place ? ", " : "", el("a", { href: href(to, name) }, name)])) : undefined;
  const about = facts([["ARN", arnOf(own.arn)], ["Id", el("code", {}, own.id)], ["Description", own.description], ["Created", when(own.created)],
    ["Boundary", own.boundary && el("a", { href: policyHref(own.boundary) }, shortName(own.boundary))],
    ["Groups", links("groups", own.groups)], ["Members", links("users", own.members)],
    ["Longest session", own.longestSession && span(own.longestSession)], ["Tags", tags(own.tags)]]);
  const cards = [card("About", undefined, el("div", { class: "body" }, about))];
  if (kind === "users") {
    cards.push(card("Access keys", undefined, own.keys.length ? table("Access keys", [
      ["Id", (key) => el("code", {}, key.id)], ["State", (key) => key.active ? tag("active", "good") : tag("inactive")],
      ["Created", (key) => when(key.created)], ["Last used", (key) => when(key.lastUsed)],
      ["For", (key) => key.lastService ? `${key.lastService} in ${key.lastRegion}` : "nothing"]], own.keys)
      : none("None: the user signs nothing by itself.")));
    cards.push(card("MFA devices", undefined, devices.length ? table("MFA devices", deviceColumns(), devices) : none("None.")));
  }
  if (own.trust) cards.push(documentCard("Who may assume it", own.trust));
  cards.push(card("Policies", undefined, bound(own, state)));
  for (const inline of own.inline) cards.push(documentCard(inline.name, inline, undefined, tag("inline")));
  put(main, head(own.name, undefined, tools, el("a", { href: `#/${kind}` }, TITLES[kind])), el("div", { class: "stack" }, cards));
}

const none = (text) => el("p", { class: "none" }, text);

/** The policies that bind somebody, and by what. */
function bound(own, state) {
  const rows = own.attached.map((arn) => [arn, shortName(arn), "attached"]);
  own.inline.forEach((inline) => rows.push([undefined, inline.name, "inline, below"]));
  for (const name of own.groups ?? []) {
    const group = state.groups.find((known) => known.name === name);
    group?.attached.forEach((arn) => rows.push([arn, shortName(arn), "of the group ", name]));
    group?.inline.forEach((inline) => rows.push([undefined, inline.name, "inline, of the group ", name]));
  }
  if (!rows.length) return none("None: nothing is allowed.");
  return table("Policies", [["Name", ([arn, name]) => arn ? el("a", { href: policyHref(arn) }, name) : name],
    ["How", ([, , how, group]) => group ? el("span", {}, how, el("a", { href: href("groups", group) }, group)) : how]], rows);
}

function deviceColumns() {
  return [["Device", (own) => el("a", { href: "#/devices" }, own.serial)], ["User", (own) => own.user ? el("a", { href: href("users", own.user) }, own.user) : "nobody"],
    ["Enabled", (own) => own.enabled ? when(own.enabled) : tag("not yet", "warn")]];
}

/** The sessions that requests were made in. */
export function showSessions(main, shared) {
  const rows = shared.state.sessions;
  put(main, head("Sessions", "Temporary credentials that requests were signed with. The sandbox keeps no list of others: all there is to know of a session is sealed in its token."),
    el("div", { class: "card" }, rows.length ? table("Sessions", [["Caller", (own) => el("a", { href: `#/requests/${encodeURIComponent(own.principal)}` }, shortName(own.principal))],
      ["Access key", (own) => el("code", {}, own.key)], ["Requests", (own) => String(own.requests)], ["Last used", (own) => when(own.lastUsed)]], rows)
      : empty("No sessions yet", "Assume a role, or ask for a session:", "awl sts get-session-token --profile sandbox")));
}
