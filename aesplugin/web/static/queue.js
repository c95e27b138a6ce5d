// Steps on their way to the server: each is kept in the browser's storage until the server has
// confirmed it, so that neither speed nor a lost connection nor closing the page loses one.
// They are sent in order, always from the first that is not confirmed; each has an id, and the
// server takes an id once. So a resend, or a second tab that sends the same, changes nothing twice.
import { meta, post, toast } from "./net.js";
import { plural, t } from "./texts.js";

const HOME = `aes:step:${meta("catalog")}:`;
const LAST = `aes:last:${meta("catalog")}`; // when any tab had a step confirmed
const MOST_STEPS = 100; // a request; the server takes 200
const MOST_KEPT_ALIVE = 30_000; // bytes: browsers let 64 KiB outlive a page
const WAITS = [500, 1000, 2000, 5000, 10_000]; // ms until the next try
const HOPELESS = new Set([400, 413, 422]); // the same request can never succeed
const TOLD_AFTER = 1500; // ms
const LONGEST = 60_000; // ms: then a server that stands still, or a dead line, is asked again

const store = storage();
const unkept = new Map(); // where the storage is full or forbidden
const settled = new Map(); // id → what waits for the answer in this page
let sending = false;
let single = false; // after a refusal: one by one, so that one bad step stops no other
let tries = 0;
let timer, soon, problem;

export function startQueue() {
  for (const name of ["online", "pageshow", "focus"]) addEventListener(name, () => waiting().length && flush());
  addEventListener("pagehide", leave);
  addEventListener("beforeunload", (event) => unkept.size && event.preventDefault());
  document.querySelector("[data-discard]")?.addEventListener("click", discard);
  addEventListener("storage", share);
  if (waiting().length) flush();
  else if (isOutdated()) elsewhere();
}

// Whether another tab had a step confirmed after this page was asked for: it may not hold it.
function isOutdated() {
  return Number(store?.getItem(LAST) ?? 0) >= performance.timeOrigin;
}

// Another tab keeps a step, or has it confirmed: pages of the same photos show it.
function share({ key, oldValue, newValue }) {
  if (!key?.startsWith(HOME)) return;
  const step = parsed(newValue ?? oldValue);
  if (step) document.dispatchEvent(new CustomEvent("aes:others", { detail: { step, isNew: newValue !== null } }));
  clearTimeout(soon);
  soon = setTimeout(() => (settled.size && !waiting().length ? flush() : tell()), 200);
}

// A step has an id of its own, from `newId`. The promise holds the server's answer to it, or null
// where that is not known: it was discarded, or another tab sent it.
export function add(step) {
  const key = HOME + nextTime() + ":" + step.id;
  try {
    store.setItem(key, JSON.stringify(step));
  } catch {
    unkept.set(key, step);
  }
  const answer = new Promise((resolve) => settled.set(step.id, resolve));
  flush();
  return answer;
}

// What the server has not confirmed, the first first.
export function waiting() {
  const found = [...unkept];
  for (const key of Object.keys(store ?? {})) if (key.startsWith(HOME)) found.push([key, read(key)]);
  return found.filter(([, step]) => step).sort(([one], [other]) => (one < other ? -1 : 1));
}

function read(key) {
  const step = parsed(store.getItem(key));
  if (!step) store.removeItem(key);
  return step;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function drop(key) {
  unkept.delete(key);
  store?.removeItem(key);
}

function storage() {
  try {
    return window.localStorage;
  } catch {
    return null; // switched off in the browser
  }
}

// Later than everything that waits, also where the clock was set back.
let last = 0;
function nextTime() {
  const newest = waiting().at(-1)?.[0].slice(HOME.length).split(":")[0] ?? 0;
  last = Math.max(Date.now() * 1000, last + 1, Number(newest) + 1);
  return String(last).padStart(17, "0");
}

export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export async function flush() {
  if (sending) return;
  sending = true;
  clearTimeout(timer);
  const late = setTimeout(tell, TOLD_AFTER);
  try {
    for (let batch = head(); batch.length; batch = head()) await deliver(batch);
    problem = undefined;
    single = false;
    tries = 0;
    if (settled.size) elsewhere();
  } catch (error) {
    problem = error.message;
    timer = setTimeout(flush, WAITS[Math.min(tries++, WAITS.length - 1)]);
  }
  clearTimeout(late);
  sending = false;
  tell();
}

// Another tab sent them, or forgot them: what stands now is not known here.
function elsewhere() {
  for (const resolve of settled.values()) resolve(null);
  settled.clear();
  document.dispatchEvent(new CustomEvent("aes:elsewhere"));
}

function head() {
  return waiting().slice(0, single ? 1 : MOST_STEPS);
}

async function deliver(batch) {
  const answer = await send(batch.map(([, step]) => step));
  if (answer.ok) {
    const { steps } = await answer.json();
    batch.forEach(([key, step], index) => settle(key, step, steps[index]));
    return;
  }
  const reason = (await answer.json().catch(() => ({}))).error ?? t("the server answered {status}", { status: answer.status });
  if (!HOPELESS.has(answer.status)) throw new Error(reason);
  if (batch.length > 1) single = true;
  else settle(...batch[0], { decisions: [], line: "", error: reason });
}

function send(steps) {
  return post("/api/v1/steps", { steps }, {
    keepalive: JSON.stringify(steps).length < MOST_KEPT_ALIVE,
    signal: AbortSignal.timeout(LONGEST),
  });
}

function settle(key, step, result) {
  try {
    store?.setItem(LAST, Date.now());
  } catch {
    // no room: the page shows it when it is asked for again
  }
  drop(key);
  settled.get(step.id)?.(result);
  settled.delete(step.id);
  document.dispatchEvent(new CustomEvent("aes:settled", { detail: { step, result } }));
}

// What the request in flight does not hold goes along in one of its own: nobody waits for it.
function leave() {
  const steps = waiting().slice(0, MOST_STEPS).map(([, step]) => step);
  if (steps.length && JSON.stringify(steps).length < MOST_KEPT_ALIVE) send(steps).catch(() => {});
}

function tell() {
  const number = waiting().length;
  const box = document.getElementById("waiting");
  box.hidden = !number;
  if (!number) return;
  const kept = unkept.size ? t("and this browser cannot keep them: leave the page open") : t("kept in this browser");
  const many = plural("{n} decision waits for the server", "{n} decisions wait for the server", number);
  box.querySelector("[data-text]").textContent =
    `${many}, ${kept}.` + (problem ? ` ${t("Last try: {problem}.", { problem })}` : "");
  box.querySelector("[data-discard]").hidden = !problem;
}

function discard() {
  const found = waiting();
  if (!confirm(plural("Forget {n} decision that the server has not stored?", "Forget {n} decisions that the server has not stored?", found.length))) return;
  for (const [key, step] of found.reverse()) settle(key, step, null);
  toast(t("Forgotten"));
  problem = undefined;
  tell();
}
