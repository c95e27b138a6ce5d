// On to the neighbouring photo or burst in place. While a page loads, keys still go to the photo
// that is being left; here they wait, and are of what they come to. The tab's storage keeps them
// with its address: a page that is loaded anew meanwhile goes on to it and takes them there. Where
// the person goes elsewhere meanwhile (back, by a link) they are of no page, and that is told.
import { meta, toast } from "./net.js";
import { findViewers } from "./viewer.js";

const KEPT = `aes:turn:${meta("catalog")}`;
const LEAVING = 3000; // ms, at most
const LONGEST = 60_000; // ms: then the page does not come
const typed = [];
let isComing = false;
let isHandedOn = false; // to a page that is loaded: it takes the keys
let isUnloading = false;
let isAway = false; // what the address names is not what is shown: it is being loaded
let turns = 0;
let at, to; // the page that is or was left, and the one that is on its way
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
  if (!isUnloading) at = here();
  to = new URL(address, location.href).href;
  keep();
  if (isAway) return handOn(); // instead of what is being loaded
  const mine = ++turns;
  const askedAt = performance.now();
  const next = await load();
  if (!next && isUnloading) await left(); // the browser broke it off: the next page goes on to it
  if (mine !== turns) return; // the person went elsewhere
  isComing = false;
  if (!next) return stay();
  if (!isOurs(next)) return handOn(); // another kind of page: it says itself what is wrong
  show(next, askedAt);
  take();
}

function handOn() {
  isHandedOn = true;
  location.assign(to);
}

function isOurs(page) {
  const isSame = (name) => page.querySelector(`meta[name="${name}"]`)?.content === meta(name);
  return page.getElementById("main") && isSame("user") && isSame("catalog");
}

// Holds only where the person stays on the page after all.
const left = () => new Promise((resolve) => setTimeout(resolve, LEAVING));

function take() {
  while (typed.length && !isComing) {
    document.body.dispatchEvent(new KeyboardEvent("keydown", { ...typed.shift(), bubbles: true, cancelable: true }));
  }
  if (!isComing) forget();
}

async function load() {
  try {
    window.aesTab.claim();
    const answer = await fetch(to, { headers: { accept: "text/html" }, signal: AbortSignal.timeout(LONGEST) });
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
  document.getElementById("main").hidden = false;
  toast(`The server does not answer: still on this photo${untaken("; ")}`, { bad: true });
  forget();
}

// The person goes elsewhere; the page that is loaded tells it too, for this one is gone soon.
function drop() {
  turns++;
  isComing = false;
  const before = kept();
  if (before) store({ ...before, to: null });
  tellUntaken();
}

function tellUntaken() {
  const lost = untaken("");
  if (lost) toast(`The photo that was on its way is not this one: ${lost}`, { bad: true });
}

function untaken(before) {
  const lost = typed.splice(0).length;
  return lost ? `${before}${lost} ${lost === 1 ? "key" : "keys"} typed for it not taken` : "";
}

const here = () => location.href.split("#")[0];
const isHere = (address) => address !== null && new URL(address).pathname === location.pathname;
const keep = () => store({ user: meta("user"), at, to, typed });

function store(coming) {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(coming));
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

// What an earlier page of this tab was going to when it was left. Only for keys that were typed
// for it does a page that is loaded anew go on to it, and unseen: a key that is typed on a photo
// that is seen is of that photo.
function resume() {
  const before = kept();
  if (!before || before.user !== meta("user")) return;
  typed.push(...before.typed);
  if (isHere(before.to) && document.querySelector("main [data-photo]")) return take();
  const isReloaded = performance.getEntriesByType("navigation")[0]?.type === "reload";
  if (typed.length && before.to !== null && isReloaded && before.at === here()) {
    document.getElementById("main").hidden = true;
    return turn(before.to);
  }
  forget();
  tellUntaken();
}

// Back and forward in the browser's history load the page anew; so does a page that the browser
// kept asleep, for it missed what was decided since.
export function startTurning() {
  addEventListener("popstate", () => {
    isAway = location.pathname !== shown;
    if (!isAway) return;
    if (isComing && isHere(to)) handOver();
    else drop();
    location.reload();
  });
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    typed.length = 0; // the page that was shown since has told of them
    drop();
    location.reload();
  });
  addEventListener("beforeunload", (event) => {
    leave();
    if (typed.length && !isHandedOn) event.preventDefault();
  });
  resume();
}

// To the page that is loaded now, which is the one that was on its way.
function handOver() {
  turns++;
  isHandedOn = true;
}

// What is loaded anew is the page that is left, also where a turn still comes to another.
function leave() {
  isUnloading = true;
  setTimeout(() => (isUnloading = false), LEAVING); // the person may stay after all
  at = here();
  if (isComing) keep();
}
