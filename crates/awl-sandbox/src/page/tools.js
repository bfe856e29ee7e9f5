// What can be done here: a call tried without being made, and the codes of MFA
// devices.

import { act } from "./wire.js";
import { el, empty, facts, head, put, svg, tag } from "./dom.js";
import { decision } from "./decisions.js";

const form = { principal: "", action: "", resource: "", mfa: false, context: "" };

/** Fills the form in from elsewhere. */
export function prepare(values) {
  Object.assign(form, { resource: "", context: "", mfa: false, action: form.action }, values);
}

/** The form. */
export function showTry(main, shared) {
  const { state } = shared;
  const lead = "Decided by the engine that decides on real requests, with the policies as they are now. Nothing is called.";
  if (!state.acts) return readOnly(main, "Try a call");
  const callers = [...state.users, ...state.roles];
  // A session is tried as its role.
  const role = /:assumed-role\/([^/]+)\//.exec(form.principal ?? "");
  if (role) form.principal = state.roles.find((own) => own.name === role[1])?.arn ?? "";
  if (!callers.some((own) => own.arn === form.principal)) form.principal = callers[0]?.arn ?? "";
  const select = el("select", { id: "try-principal", required: true }, [["Users", state.users], ["Roles", state.roles]].map(([label, list]) =>
    list.length ? el("optgroup", { label }, list.map((own) => el("option", { value: own.arn, selected: own.arn === form.principal }, own.name))) : undefined));
  const action = el("input", { id: "try-action", required: true, value: form.action, placeholder: "s3:GetObject", autocomplete: "off", spellcheck: "false", "aria-describedby": "try-action-hint" });
  const resource = el("input", { id: "try-resource", value: form.resource, placeholder: "*", autocomplete: "off", spellcheck: "false", "aria-describedby": "try-resource-hint" });
  const mfa = el("input", { id: "try-mfa", type: "checkbox", checked: form.mfa });
  const context = el("textarea", { id: "try-context", spellcheck: "false", placeholder: "aws:SourceIp = 203.0.113.7\naws:RequestTag/team = blue", "aria-describedby": "try-context-hint", value: form.context });
  const answer = el("div", { class: "body", "aria-live": "polite" }, el("p", { class: "soft" }, "The decision appears here, with the statements that decide."));
  const submit = async (event) => {
    event?.preventDefault();
    Object.assign(form, { principal: select.value, action: action.value, resource: resource.value, mfa: mfa.checked, context: context.value });
    try {
      const keys = parse(form.context);
      if (form.mfa) Object.assign(keys, { "aws:MultiFactorAuthPresent": "true", "aws:MultiFactorAuthAge": "10" });
      const found = await act("try", { principal: form.principal, action: form.action, resource: form.resource, context: keys });
      const all = Object.entries(found.context);
      put(answer, decision(found.checked, shared.state), el("details", { class: "context" }, el("summary", {}, `${all.length} condition keys`),
        facts(all.map(([key, values]) => [key, values.join(", ") || "(empty)"]))));
    } catch (error) {
      put(answer, el("p", { class: "message" }, error.message));
    }
  };
  const field = (id, label, input, hint, wide) => el("div", { class: wide ? "field wide" : "field" }, el("label", { for: id }, label), input, hint && el("p", { class: "hint", id: `${id}-hint` }, hint));
  put(main, head("Try a call", lead), el("div", { class: "two" },
    el("form", { class: "card", onsubmit: submit }, el("div", { class: "body form" },
      field("try-principal", "Who calls", select, undefined, true),
      field("try-action", "Action", action, "A service and a name, as policies write it."),
      field("try-resource", "Resource", resource, "An ARN, or * for none in particular."),
      field("try-context", "Condition keys", context, "One a line; commas separate several values.", true),
      el("div", { class: "field check" }, mfa, el("label", { for: "try-mfa" }, "Signed in with MFA")),
      el("div", { class: "field" }, el("button", { class: "primary", type: "submit" }, "Decide")))),
    el("section", { class: "card" }, el("header", {}, el("h2", {}, "Decision")), answer)));
  if (form.action && form.principal) submit();
}

function parse(text) {
  const keys = {};
  for (const line of text.split("\n").map((own) => own.trim()).filter(Boolean)) {
    const [, key, value] = /^([^=]+?)\s*=\s*(.*)$/.exec(line) ?? [];
    if (!key) throw new Error(`${line}: expected a key, = and a value`);
    const values = value.split(",").map((own) => own.trim());
    keys[key] = values.length > 1 ? values : values[0];
  }
  return keys;
}

function readOnly(main, title) {
  put(main, head(title), el("div", { class: "card" }, empty("This page was opened for looking only", "The address of awl sandbox console opens one that can do this.")));
}

/** The devices, with their codes where somebody wants them. */
export function showDevices(main, shared) {
  const { state } = shared;
  const cards = state.devices.map((own) => device(own, state.acts));
  put(main, head("MFA devices", "Virtual devices, whose seeds the sandbox has itself: their codes can be read here, without a telephone."),
    cards.length ? el("div", { class: "grid" }, cards) : el("div", { class: "card" }, empty("No MFA devices", "A command makes one:",
      "awl iam create-virtual-mfa-device --virtual-mfa-device-name phone \\\n  --outfile qr.png --bootstrap-method QRCodePNG --profile sandbox")));
}

function device(own, acts) {
  const shown = el("div", {});
  const ask = async () => {
    try {
      draw(await act("code", { serial: own.serial }));
    } catch (error) {
      put(shown, el("p", { class: "message" }, error.message));
    }
  };
  const qr = { open: false };
  const draw = (found) => {
    const bar = el("progress", { class: "until", max: 60, value: found.seconds, "aria-label": "How long the code is good" });
    const left = el("p", { class: "soft" });
    let seconds = found.seconds;
    const tick = () => {
      bar.value = seconds;
      left.textContent = found.usable ? `good for ${seconds} more seconds` : `good in ${seconds - 60} seconds: the one before was used`;
    };
    tick();
    const timer = setInterval(() => {
      seconds -= 1;
      if (!shown.isConnected) clearInterval(timer);
      else if (seconds <= 0) { clearInterval(timer); ask(); } else tick();
    }, 1000);
    put(shown, el("p", { class: "digits" }, found.code), own.enabled ? undefined : el("p", { class: "digits" }, found.next), bar,
      own.enabled ? left : el("p", { class: "soft" }, "To enable a device, IAM takes two codes in a row."),
      found.qr && el("details", { class: "context", open: qr.open, ontoggle: (event) => { qr.open = event.currentTarget.open; } }, el("summary", {}, "QR code for an app"),
        svg("svg", { class: "qr", viewBox: `0 0 ${found.qr.size} ${found.qr.size}`, role: "img", "aria-label": "QR code of the device", "shape-rendering": "crispEdges" }, svg("path", { d: found.qr.path, fill: "#000" }))));
  };
  if (acts) put(shown, el("button", { type: "button", onclick: ask }, "Show its code"));
  const name = own.serial.split("/").pop();
  return el("section", { class: "card" }, el("header", {}, el("h2", {}, name), own.enabled ? tag("enabled", "good") : tag("not enabled", "warn")),
    el("div", { class: "body stack" }, facts([["User", own.user ? el("a", { href: `#/users/${encodeURIComponent(own.user)}` }, own.user) : "nobody yet"], ["Serial number", el("code", {}, own.serial)]]), shown));
}
