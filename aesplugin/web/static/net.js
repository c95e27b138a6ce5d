// Requests that change something carry the page's token; see web/guard.py.
import { language, t } from "./texts.js";

export const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";

export const user = () => meta("user");

// For requests whose answer depends on the person: the cookie may be another tab's.
export const asUser = () => ({ "x-aes-user": encodeURIComponent(user()) });

// `body` is sent as JSON; a file is JSON already.
export async function send(method, address, body) {
  const headers = { "content-type": "application/json" };
  const sent = body === undefined || body instanceof Blob ? body : JSON.stringify(body);
  const answer = await withToken(address, { method, headers, body: sent });
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(said.error ?? t("the server answered {status}", { status: answer.status }));
  return said;
}

// To the page's own catalog, for another may be served at this address now.
export async function post(address, value, options = {}) {
  const headers = { "content-type": "application/json", "x-aes-catalog": meta("catalog"), ...asUser() };
  return withToken(address, { method: "POST", headers, body: JSON.stringify(value), ...options });
}

// With the token as of now: the server may have been started anew since the page was made.
async function withToken(address, options, isAgain = false) {
  const headers = { ...options.headers, "x-csrf-token": meta("csrf"), "x-aes-language": language };
  let answer;
  try {
    answer = await fetch(address, { ...options, headers });
  } catch {
    throw new Error(t("the server does not answer"));
  }
  if (answer.status === 403 && !isAgain && (await renewToken())) return withToken(address, options, true);
  return answer;
}

// A server that was started anew has another token; true where there is one.
async function renewToken() {
  try {
    const answer = await fetch("/csrf");
    const { csrf } = await answer.json();
    if (!csrf || csrf === meta("csrf")) return false;
    document.querySelector('meta[name="csrf"]').content = csrf;
    return true;
  } catch {
    return false;
  }
}

let timer;
export function toast(text, { bad = false } = {}) {
  const box = document.getElementById("toast");
  box.textContent = text;
  box.classList.toggle("bad", bad);
  box.hidden = false;
  clearTimeout(timer);
  timer = setTimeout(() => (box.hidden = true), bad ? 8000 : 2600);
}
