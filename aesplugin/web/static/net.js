// Requests that change something carry the page's token; see web/guard.py.
export const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";

export const user = () => meta("user");

// For requests whose answer depends on the person: the cookie may be another tab's.
export const asUser = () => ({ "x-aes-user": encodeURIComponent(user()) });

export async function send(method, address, body) {
  const answer = await fetch(address, {
    method,
    headers: { "content-type": "application/json", "x-csrf-token": meta("csrf") },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(said.error ?? `the server answered ${answer.status}`);
  return said;
}

// To the page's own catalog, for another may be served at this address now; and with the token as
// of now: the server may have been started anew since the page was made.
export async function post(address, value, options = {}, isAgain = false) {
  const body = JSON.stringify(value);
  let answer;
  try {
    answer = await fetch(address, {
      method: "POST",
      headers: { "content-type": "application/json", "x-csrf-token": meta("csrf"), "x-aes-catalog": meta("catalog") },
      body,
      ...options,
    });
  } catch {
    throw new Error("the server does not answer");
  }
  if (answer.status === 403 && !isAgain && (await renewToken())) return post(address, value, options, true);
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
