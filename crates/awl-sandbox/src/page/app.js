// The frame: which section is shown, and keeping it up to date.

import * as wire from "./wire.js";
import { el, icon, put } from "./dom.js";
import * as requests from "./requests.js";
import * as principals from "./principals.js";
import * as policies from "./policies.js";
import * as resources from "./resources.js";
import * as tools from "./tools.js";

const main = document.getElementById("main");
const shared = { state: undefined, tryCall };

const SECTIONS = [
  ["Activity", ["requests", "Requests", () => requests.count()]],
  ["Identity", ["users", "Users"], ["groups", "Groups"], ["roles", "Roles"], ["policies", "Policies"], ["devices", "MFA devices"], ["sessions", "Sessions"]],
  ["Resources", ["instances", "Instances"], ["buckets", "Buckets"], ["limits", "Limits and faults"]],
  ["Tools", ["try", "Try a call", () => ""]],
];

function place() {
  const [section, ...rest] = location.hash.replace(/^#\/?/, "").split("/");
  const known = SECTIONS.some(([, ...own]) => own.some(([name]) => name === section));
  let parts = rest;
  try {
    parts = rest.map(decodeURIComponent);
  } catch {
    parts = [];
  }
  return known ? [section, ...parts] : ["requests"];
}

/** Draws the section that the address names. */
function draw() {
  const { state } = shared;
  if (!state) return;
  const [section, name, more] = place();
  frame(section);
  switch (section) {
    case "users": case "groups": case "roles": principals.show(main, shared, section, name); break;
    case "policies": policies.show(main, state, name, more); break;
    case "devices": tools.showDevices(main, shared); break;
    case "sessions": principals.showSessions(main, shared); break;
    case "instances": case "buckets": case "limits": resources.show(main, state, section, name); break;
    case "try": tools.showTry(main, shared); break;
    default: requests.show(main, shared, name);
  }
}

/** Names the section and counts what is in each; its links stay, since one of
    them may have the focus. */
function frame(section) {
  const { state } = shared;
  const nav = document.getElementById("nav");
  if (!nav.firstChild) put(nav, SECTIONS.map(([title, ...own]) => [el("h2", {}, title), own.map(([name, label]) =>
    el("a", { href: `#/${name}`, "data-section": name }, icon(name), el("span", {}, label), el("span", { class: "count" })))]));
  for (const [name, , count] of SECTIONS.flatMap(([, ...own]) => own)) {
    const link = nav.querySelector(`[data-section="${name}"]`);
    link.lastChild.textContent = String(count ? count() : state[name]?.length ?? 0);
    const isCurrent = name === section;
    if (isCurrent === link.hasAttribute("aria-current")) continue;
    link.toggleAttribute("aria-current", isCurrent);
    if (!isCurrent) continue;
    link.setAttribute("aria-current", "page");
    nav.scrollLeft = link.offsetLeft - (nav.clientWidth - link.offsetWidth) / 2;
  }
  put(document.getElementById("account"), state.alias ? `${state.alias} · ${state.account}` : state.account);
}

function tryCall(values) {
  tools.prepare(values);
  location.hash = "#/try";
}

function live(kind, text) {
  const element = document.getElementById("live");
  if (element.dataset.state === kind && element.lastChild.textContent === text) return;
  element.dataset.state = kind;
  element.lastChild.textContent = text;
}

/** What somebody sees who has no token. */
function gate(title, text) {
  live("lost", "Not connected");
  shared.state = undefined;
  put(document.getElementById("nav"));
  put(document.getElementById("account"));
  put(main, el("div", { class: "card gate" }, el("h1", {}, title), el("p", {}, text),
    el("pre", { class: "code" }, "awl sandbox console"), el("p", { class: "soft" }, "It prints the address that opens this page.")));
}

const sleep = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

/** Follows the sandbox for as long as the page is open. */
async function follow() {
  let after = 0;
  let wait = 500;
  let stale = true;
  for (;;) {
    try {
      if (stale) {
        const first = !shared.state;
        shared.state = await wire.state();
        stale = false;
        if (first || !isBusy()) draw();
      }
      const found = await wire.news(after, shared.state.version);
      live("live", "Live");
      wait = 500;
      after = found.sequence;
      stale = found.version !== shared.state.version;
      if (found.entries.length) requests.take(found.entries, shared);
      frame(place()[0]);
      // Many requests at once are drawn at once.
      await sleep(120);
    } catch (error) {
      if (error.status === 401) {
        gate("This page has lost its sandbox", "Another one runs here now: each start has a token of its own.");
        return;
      }
      if (!error.status && !(error instanceof TypeError)) console.error(error);
      live("lost", error.status === 503 ? "Too many pages are open" : "Reconnecting");
      stale = true;
      await sleep(wait);
      wait = Math.min(wait * 2, 8000);
    }
  }
}

/** Whether somebody is in the middle of something that drawing anew would undo. */
function isBusy() {
  const [section] = place();
  return section === "requests" || section === "try" || section === "devices" && document.querySelector(".digits");
}

const THEMES = { "": "Theme: as the system", light: "Theme: light", dark: "Theme: dark" };

function theme(value) {
  if (value) document.documentElement.dataset.theme = value;
  else delete document.documentElement.dataset.theme;
  const button = document.getElementById("theme");
  button.textContent = { "": "Auto", light: "Light", dark: "Dark" }[value];
  button.setAttribute("aria-label", THEMES[value]);
  button.title = THEMES[value];
}

// Without a place in the address, which names the section.
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});

const kept = localStorage.getItem("awl-console-theme") ?? "";
theme(kept in THEMES ? kept : "");
document.getElementById("theme").addEventListener("click", () => {
  const order = Object.keys(THEMES);
  const next = order[(order.indexOf(document.documentElement.dataset.theme ?? "") + 1) % order.length];
  localStorage.setItem("awl-console-theme", next);
  theme(next);
});

addEventListener("hashchange", () => {
  if (/^#token=/.test(location.hash)) {
    wire.takeToken();
    location.reload();
    return;
  }
  draw();
  scrollTo(0, 0);
  main.focus({ preventScroll: true });
});

if (wire.takeToken()) {
  put(main, el("p", { class: "soft" }, "Asking the sandbox"));
  follow();
} else {
  gate("This page needs a key", "The console shows what a sandbox holds only to who has its address whole, with the token at its end.");
}
