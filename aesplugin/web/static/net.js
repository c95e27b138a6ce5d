// Requests that change something carry the page's token; see web/guard.py.
const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";

export const user = () => meta("user");

// One after the other: who presses X and Ctrl-Z quickly must get them in that order.
let line = Promise.resolve();

export function send(method, address, body) {
  const answer = line.then(() => request(method, address, body));
  line = answer.catch(() => {});
  return answer;
}

async function request(method, address, body) {
  const answer = await fetch(address, {
    method,
    headers: { "content-type": "application/json", "x-csrf-token": meta("csrf") },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(said.error ?? `the server answered ${answer.status}`);
  return said;
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
