// The neighbouring photos before a key asks for them: two in the direction of travel, one behind.
// Their pages and pictures are fetched while nothing else is to be done.
import { asUser } from "./net.js";
import { fetched, isOurs } from "./pages.js";
import { decodePictures } from "./pictures.js";

const RENEWED = 20_000; // ms, then a page is fetched anew
const USED = 30_000; // ms, at most: later the neighbours may be others
const LONGEST = 10_000; // ms
const MOST_RENEWALS = 10; // without a turn: nobody is there
const pages = new Map(); // address → {askedAt, coming: a promise of the page or null, page}
let going = "after"; // or "before": where the person goes
let round = 0;
let renewals = 0;
let timer;

export function startAhead() {
  // What another tab decided is known of the photos that are shown, and of no others.
  document.addEventListener("aes:others", ({ detail }) => detail.isNew || forget());
  document.addEventListener("aes:elsewhere", forget);
  document.addEventListener("visibilitychange", look);
  look();
}

// What was fetched for an address, and when it was asked for. Given once: what is shown changes.
export function pageAhead(address) {
  const found = pages.get(address);
  pages.delete(address);
  return found && isYounger(found, USED) ? found : null;
}

// After each turn, from the photo that was left.
export function lookAhead(left) {
  const isBack = left?.dataset.before && absolute(left.dataset.before) === location.href;
  going = isBack ? "before" : "after";
  renewals = 0;
  look();
}

function look() {
  const mine = ++round;
  clearTimeout(timer);
  if (document.hidden || navigator.connection?.saveData) return;
  whenIdle(() => fetchAll(() => mine === round));
}

const whenIdle = (what) =>
  window.requestIdleCallback ? requestIdleCallback(what, { timeout: 300 }) : setTimeout(what, 50);

// Ends where it is no longer wanted: the pages are given away then.
async function fetchAll(isWanted) {
  const shown = document.querySelector(".photo-page");
  if (!shown) return;
  const behind = going === "after" ? "before" : "after";
  const wanted = [shown.dataset[going]];
  const next = await photoPage(wanted[0]);
  if (!isWanted()) return;
  wanted.push(next?.querySelector(".photo-page").dataset[going], shown.dataset[behind]);
  const found = [next];
  for (const address of wanted.slice(1)) {
    found.push(await photoPage(address));
    if (!isWanted()) return;
  }
  keepOnly(wanted);
  await decodePictures(found.filter(Boolean), isWanted);
  if (isWanted() && renewals++ < MOST_RENEWALS) timer = setTimeout(look, RENEWED);
}

// The page that is kept, or is fetched now; null where the address leads to no photo of ours.
async function photoPage(address) {
  if (!address) return null;
  const key = absolute(address);
  const old = pages.get(key);
  if (old && isYounger(old, RENEWED)) return old.coming;
  const made = { askedAt: performance.now(), coming: asked(key), page: null };
  if (!old) pages.set(key, made);
  made.page = await made.coming;
  if (pages.get(key) !== (old ?? made)) return null; // given away, or forgotten
  if (made.page) pages.set(key, made);
  else pages.delete(key);
  return made.page;
}

async function asked(address) {
  const headers = { accept: "text/html", purpose: "prefetch", ...asUser() };
  const found = await fetched(address, { headers, signal: AbortSignal.timeout(LONGEST) });
  const isPhoto = found?.status === 200 && isOurs(found.page) && found.page.querySelector(".photo-page [data-viewer] img");
  return isPhoto ? found.page : null;
}

function keepOnly(addresses) {
  const wanted = new Set(addresses.filter(Boolean).map(absolute));
  for (const key of pages.keys()) if (!wanted.has(key)) pages.delete(key);
}

function forget() {
  pages.clear();
  look();
}

const absolute = (address) => new URL(address, location.href).href;
const isYounger = ({ askedAt }, milliseconds) => performance.now() - askedAt < milliseconds;
