// Which photos of the gallery are selected, by their place in its order. The places that were not
// scrolled to are asked of the server; what is typed meanwhile waits, for it is of what is coming.
// The tab keeps the selection until the gallery shows something else: over a photo, the compared
// ones, a reload.
import { asUser, meta, post, toast, user } from "./net.js";
import { learn } from "./standing.js";
import { number, plural, t } from "./texts.js";

export const MOST = 5000; // photos: a step takes no more
const LONGEST = 60_000; // ms
const KEPT = `aes:selection:${meta("catalog")}`;

const places = new Map(); // place → photo, where known
const typed = []; // while places are asked for
let chosen = new Map(); // photo → place
let base = chosen; // without the range that is being extended
let from = null; // where that range begins and ends
let to = null;
let gallery = null; // its query; null on other pages
let coming = false;

addEventListener("pagehide", keep);
addEventListener("beforeunload", (event) => typed.length && event.preventDefault());

// Photos in the gallery's order.
export const selected = () => [...chosen].sort(([, one], [, other]) => one - other).map(([photo]) => photo);
export const isSelected = (photo) => chosen.has(photo);
export const count = () => chosen.size;
export const isComing = () => coming;

// The gallery as it is now. Another order, or another moment as of which decisions or scores count, moves the
// photos or takes some away; other filters end the selection.
export function ofGallery(query) {
  const before = gallery === null ? kept() : { gallery, photos: selected() };
  const isSame = before && filtersOf(before.gallery) === filtersOf(query);
  gallery = query;
  places.clear();
  clear();
  if (isSame && before.photos.length) recall(before.photos);
}

// Which photo stands at a place, as its tile comes.
export function place(at, photo) {
  places.set(at, photo);
}

export function toggle(at) {
  const next = new Map(chosen);
  const photo = places.get(at);
  if (!next.delete(photo)) {
    if (next.size >= MOST) return toast(tooMany());
    next.set(photo, at);
  }
  [from, to, base] = [at, at, next];
  choose(next);
}

// The range from the photo that was selected last.
export const upTo = (at) => extend(from ?? at, at);

// By an arrow with Shift, which goes on with the range that it comes from or begins another.
export function step(here, there) {
  if (here !== to) [from, base] = [here, chosen];
  return extend(from, there);
}

export function all(total) {
  if (!total) return;
  base = new Map();
  return extend(0, total - 1);
}

export function clear() {
  [from, to, base] = [null, null, new Map()];
  choose(base);
}

// Whether a key is of a selection that is still asked for.
export function isOfSelection(event) {
  const { key, ctrlKey, metaKey, shiftKey, altKey } = event;
  if (!coming || key === "Tab" || key === "Enter" || /^(F\d+|Shift|Control|Alt|Meta)$/.test(key)) return false;
  if (altKey || ((ctrlKey || metaKey) && !/^[ayz]$/i.test(key))) return false; // the browser's own
  event.preventDefault();
  typed.push({ key, ctrlKey, metaKey, shiftKey });
  return true;
}

// From one place to another, both included; as far as there is room.
async function extend(first, last) {
  const room = MOST - base.size;
  const wanted = Math.abs(last - first) + 1;
  const end = wanted > room ? first + Math.sign(last - first) * (room - 1) : last;
  const [low, high] = [Math.min(first, end), Math.max(first, end)];
  if (room < 1 || (await isKnown(low, high))) {
    const next = new Map(base);
    for (let at = low; at <= high && next.size < MOST; at++) if (places.has(at)) next.set(places.get(at), at);
    [from, to] = [first, last];
    choose(next);
    if (wanted > room) toast(tooMany());
  }
  release();
}

const tooMany = () => t("No more than {most} photos can be selected: a step takes no more", { most: number(MOST) });

async function isKnown(low, high) {
  while (low <= high && places.has(low)) low++;
  while (high > low && places.has(high)) high--;
  if (low > high) return true;
  const address = `/hashes?${gallery}&offset=${low}&limit=${high - low + 1}`;
  const found = await asked(() => fetch(address, { headers: asUser(), signal: AbortSignal.timeout(LONGEST) }));
  found?.photos.forEach((photo, index) => places.set(low + index, photo));
  return found !== null;
}

// The server's answer, or null; the keys that were meant for it are lost then, and that is told.
async function asked(request) {
  const [askedAt, query] = [performance.now(), gallery];
  coming = true;
  changed();
  const found = await request()
    .then((answer) => (answer.ok ? answer.json() : null))
    .catch(() => null);
  coming = false;
  if (query !== gallery) typed.length = 0; // the person chose another gallery meanwhile
  else if (found) learn(found.photos ?? Object.keys(found.places), found.decisions, askedAt);
  else tellLost();
  changed();
  return query === gallery ? found : null;
}

function tellLost() {
  const lost = typed.splice(0).length;
  const keys = lost ? `; ${notTaken(lost)}` : "";
  toast(t("The server does not answer: the selection is as it was") + keys, { bad: true });
}

export const notTaken = (lost) => plural("{n} key typed for it not taken", "{n} keys typed for it not taken", lost);

function release() {
  while (typed.length && !coming) {
    document.body.dispatchEvent(new KeyboardEvent("keydown", { ...typed.shift(), bubbles: true, cancelable: true }));
  }
}

function choose(next) {
  chosen = next;
  changed();
}

const changed = () => document.dispatchEvent(new CustomEvent("aes:selection"));

function filtersOf(query) {
  const found = new URLSearchParams(query);
  for (const name of ["as_of", "scored_by", "order"]) found.delete(name);
  return found.toString();
}

function keep() {
  if (gallery === null || (coming && !chosen.size)) return; // another page; or not recalled yet
  const kept = { user: user(), gallery, photos: selected(), at: to ?? Math.min(...chosen.values()) };
  try {
    if (chosen.size) sessionStorage.setItem(KEPT, JSON.stringify(kept));
    else sessionStorage.removeItem(KEPT);
  } catch {
    // no room or no storage: forgotten with the page
  }
}

// What this tab selected last, the query of its gallery, and the place to come back to there.
export function kept() {
  try {
    const found = JSON.parse(sessionStorage.getItem(KEPT));
    return found?.user === user() ? found : null;
  } catch {
    return null;
  }
}

// Those of them that the gallery shows now.
async function recall(photos) {
  const found = await asked(() => post(`/hashes?${gallery}`, { photos }, { signal: AbortSignal.timeout(LONGEST) }));
  if (found) {
    base = new Map(Object.entries(found.places));
    choose(base);
  }
  release();
}
