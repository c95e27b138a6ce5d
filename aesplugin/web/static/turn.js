// On to the neighbouring photo or burst in place. While a page loads, keys still go to the photo
// that is being left; here they wait, and are of what they come to. The tab's storage keeps them
// with its address: a page that is loaded anew meanwhile goes on to it and takes them there.
import { meta, toast } from "./net.js";
import { findViewers } from "./viewer.js";

const KEPT = `aes:turn:${meta("catalog")}`;
const LEAVING = 3000; // ms, at most
const typed = [];
let isComing = false;
let isHandedOn = false; // to a page that is loaded: it takes the keys
let isUnloading = false;
let from, to;
let shown = location.pathname;

// Whether a key has to wait for what is on its way.
export function waits(event) {
  if (!isComing || isBrowsers(event)) return false;
  event.preventDefault();
  const { key, ctrlKey, metaKey, shiftKey, altKey } = event;
  typed.push({ key, ctrlKey, metaKey, shiftKey, altKey });
  keep();
  return true;
}

// The browser's own: to reload, go back, close the tab.
function isBrowsers({ key, ctrlKey, metaKey, altKey }) {
  const isModified = altKey || ((ctrlKey || metaKey) && !/^[yz]$/i.test(key));
  return isModified || /^(F\d+|Shift|Control|Alt|Meta)$/.test(key);
}

// Shows the page at an address, with the keys that were typed meanwhile, in order.
export async function turn(address) {
  isComing = true;
  from = here();
  to = new URL(address, location.href).href;
  keep();
  const askedAt = performance.now();
  const next = await load();
  if (!next && isUnloading) await left(); // the browser broke it off: the next page goes on to it
  isComing = false;
  if (!next) return stay();
  if (!isOurs(next)) {
    isHandedOn = true;
    return location.assign(to); // another kind of page: it says itself what is wrong
  }
  show(next, askedAt);
  take();
}

function isOurs(page) {
  const isSame = (name) => page.querySelector(`meta[name="${name}"]`)?.content === meta(name);
  return page.getElementById("main") && isSame("user") && isSame("catalog");
}

// Holds only where the person stays on the page after all.
async function left() {
  await new Promise((resolve) => setTimeout(resolve, LEAVING));
  isUnloading = false;
}

function take() {
  while (typed.length && !isComing) {
    document.body.dispatchEvent(new KeyboardEvent("keydown", { ...typed.shift(), bubbles: true, cancelable: true }));
  }
  if (!isComing) forget();
}

async function load() {
  window.aesTab.claim();
  try {
    const answer = await fetch(to, { headers: { accept: "text/html" } });
    if (answer.status >= 500) return null;
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    return null;
  }
}

function show(next, askedAt) {
  const main = document.getElementById("main");
  const fresh = document.adoptNode(next.getElementById("main"));
  main.replaceWith(fresh);
  document.body.className = next.body.className;
  document.title = next.title;
  history.pushState(null, "", to);
  shown = location.pathname;
  scrollTo(0, 0);
  findViewers();
  window.htmx.process(fresh);
  document.dispatchEvent(new CustomEvent("aes:tiles", { detail: askedAt })); // what waits to be sent is shown on it
}

// Keys meant for a photo that nobody saw must not land on another.
function stay() {
  toast(`The server does not answer: still on this photo${untaken("; ")}`, { bad: true });
  forget();
}

function untaken(before) {
  const lost = typed.splice(0).length;
  return lost ? `${before}${lost} ${lost === 1 ? "key" : "keys"} typed for it not taken` : "";
}

const here = () => location.href.split("#")[0];

function keep() {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify({ user: meta("user"), from, to, typed }));
  } catch {
    // no storage: leaving is warned of
  }
}

function forget() {
  try {
    sessionStorage.removeItem(KEPT);
  } catch {
    // none there
  }
}

function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT));
  } catch {
    return null;
  }
}

// What an earlier page of this tab was going to when it was left.
function resume() {
  const before = kept();
  if (!before || before.user !== meta("user")) return;
  typed.push(...before.typed);
  const isReloaded = performance.getEntriesByType("navigation")[0]?.type === "reload";
  if (before.to === here() && document.querySelector("main [data-photo]")) return take();
  if (before.from === here() || (isReloaded && before.to !== here())) return turn(before.to);
  forget();
  const lost = untaken("");
  if (lost) toast(`The photo that was on its way is not this one: ${lost}`, { bad: true });
}

// Back and forward in the browser's history load the page anew; so does a page that the browser
// kept asleep, for it missed what was decided since.
export function startTurning() {
  addEventListener("popstate", () => {
    if (location.pathname !== shown) location.reload();
  });
  addEventListener("pageshow", (event) => event.persisted && location.reload());
  addEventListener("beforeunload", (event) => {
    isUnloading = true;
    if (typed.length && !isHandedOn) event.preventDefault();
  });
  resume();
}
