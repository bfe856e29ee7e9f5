// What the page asks of the sandbox. The token stands behind the # of the address
// that was opened; it is kept for this tab alone, and taken out of the address.

const KEY = "awl-console-token";
const BASE = "/_awl/console";

/** Takes the token out of the address, if it is there. */
export function takeToken() {
  const found = /^#token=([A-Za-z0-9_-]+)$/.exec(location.hash);
  if (found) {
    sessionStorage.setItem(KEY, found[1]);
    history.replaceState(null, "", `${location.pathname}#/requests`);
  }
  return Boolean(sessionStorage.getItem(KEY));
}

export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function ask(path, options) {
  const token = sessionStorage.getItem(KEY) ?? "";
  const answer = await fetch(BASE + path, { ...options, headers: { Authorization: `Bearer ${token}` }, cache: "no-store", credentials: "omit" });
  const text = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(answer.status, text.message ?? `the sandbox answers ${answer.status}`);
  return text;
}

/** Everything that the sandbox holds. */
export const state = () => ask("/data/state");

/** The requests after a number, as soon as there are some or the state is another. */
export const news = (after, version) => ask(`/data/news?after=${after}&version=${version}`);

/** Has something done. */
export const act = (what, parameters) => ask(`/act/${what}`, { method: "POST", body: JSON.stringify(parameters) });
