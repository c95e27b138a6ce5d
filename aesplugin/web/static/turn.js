// On to the neighbouring photo or burst in place. While a page loads, keys still go to the photo
// that is being left; here they wait, and are of what they come to. The tab's storage keeps them
// with its address: a page that is loaded anew meanwhile goes on to it and takes them there. Where
// the person goes elsewhere meanwhile (back, by a link) they are of no page, and that is told.
import { lookAhead, pageAhead, startAhead } from "./ahead.js";
import { toast } from "./net.js";
import { areRegrouping, refusedGroups } from "./grouping.js";
import { fetched, isOurs } from "./pages.js";
import { adoptMain, endLoading, pauseLoading, resumeLoading } from "./pictures.js";
import { notTaken } from "./selection.js";
import { ask } from "./standing.js";
import { t } from "./texts.js";
import { claimTyped, endTyped, isLost, keepTyped, keepUntaken, keptTyped } from "./typed.js";
import { findViewers } from "./viewer.js";

const LEAVING = 3000; // ms, at most
const LONGEST = 60_000; // ms: then the page does not come
const RECENT = 1000; // ms
const AWAY = t("The server does not answer: still on this page");
const UNSEEN = 1000; // ms, until a person has noticed that it does not
const typed = [];
let isComing = false;
let isHandedOn = false; // to a page that is loaded: it takes the keys
let isUnloading = false;
let isAway = false; // what the address names is not what is shown: it is being loaded
let turns = 0;
let unseenUntil = 0;
let untaken = 0; // keys that were meant for the page that did not come
let why; // it did not
let at, to; // the page that is or was left, and the one that is on its way
let shown = location.pathname;

// Whether another page is on its way; what is typed now is of that one.
export const isTurning = () => isComing || isAway || isUnloading;

// Whether a key is of what is on its way, and not of the page that is shown.
export function isOfNext(event) {
  if (isBrowsers(event)) return false;
  const isUnseen = event.timeStamp < unseenUntil;
  if (!isComing && !isUnseen) return false;
  event.preventDefault();
  if (isComing) wait(event);
  else refuse(event);
  return true;
}

function wait(event) {
  const { key, ctrlKey, metaKey, shiftKey, altKey } = event;
  typed.push({ key, ctrlKey, metaKey, shiftKey, altKey });
  keep();
}

// Who types on has not seen yet that the page does not come. An arrow does not try again either:
// the keys behind it are meant for a page further on.
function refuse(event) {
  untaken++;
  tellStay(event.timeStamp);
}

// The browser's own: to reload, go back, close the tab.
function isBrowsers({ key, ctrlKey, metaKey, altKey }) {
  const isModified = altKey || ((ctrlKey || metaKey) && !/^[yz]$/i.test(key));
  return isModified || /^(F\d+|Shift|Control|Alt|Meta)$/.test(key);
}

// Shows the page at an address, with the keys that were typed meanwhile, in order.
export function turn(address) {
  unseenUntil = 0;
  if (!isUnloading) at = here();
  to = new URL(address, location.href).href;
  const mine = ++turns;
  const ahead = isAway || isUnloading ? null : pageAhead(to);
  if (ahead?.page) arrive(ahead.page, ahead.askedAt);
  else comeTo(mine, ahead);
}

// On the photo at once, as it was fetched before the key.
function arrive(page, askedAt) {
  isComing = false;
  show(page, askedAt);
  take();
}

async function comeTo(mine, ahead) {
  isComing = true;
  keep();
  const refused = await within(LONGEST, refusedGroups());
  if (mine !== turns) return;
  if (refused) return stay(refused);
  const early = ahead && (await ahead.coming);
  if (mine !== turns) return; // the person went elsewhere
  const askedAt = early ? ahead.askedAt : performance.now();
  const next = early ?? (isAway ? await handOn() : await load()); // instead of what is being loaded
  if (mine !== turns) return;
  if (next) arrive(next, askedAt);
  else stay(AWAY);
}

// What a promise holds, or that it takes too long.
function within(wait, promise) {
  return Promise.race([promise, new Promise((resolve) => setTimeout(resolve, wait, AWAY))]);
}

// Keys wait until the page that is loaded has replaced this one; ends only where it does not come.
async function handOn() {
  isHandedOn = true;
  location.assign(to);
  await new Promise((resolve) => {
    setTimeout(resolve, LONGEST);
    window.navigation?.addEventListener("navigateerror", () => left().then(resolve), { once: true });
  });
  isHandedOn = false;
  return null;
}

// Holds only where the person stays on the page after all.
const left = () => new Promise((resolve) => setTimeout(resolve, LEAVING));

function take() {
  endTyped();
  if (!hasPhotos()) tellUntaken(); // the page says that it is gone
  while (typed.length && !isComing) {
    document.body.dispatchEvent(new KeyboardEvent("keydown", { ...typed.shift(), bubbles: true, cancelable: true }));
  }
}

// The page, or null where it did not come.
async function load() {
  const mine = turns;
  window.aesTab.claim();
  pauseLoading(document.getElementById("main"));
  const found = await fetched(to, { headers: { accept: "text/html" }, signal: AbortSignal.timeout(LONGEST) });
  const next = found?.page ?? null;
  if (!next && isUnloading) await left(); // the browser broke it off: the next page goes on to it
  if (!next || mine !== turns || isOurs(next)) return next;
  return handOn(); // another kind of page: it says itself what is wrong
}

// What was decided elsewhere since the page was asked for is asked about where that was long ago.
function show(next, askedAt) {
  const left = document.querySelector(".photo-page");
  const fresh = adoptMain(next);
  const old = document.getElementById("main");
  old.replaceWith(fresh);
  endLoading(old);
  document.body.className = next.body.className;
  document.title = next.title;
  history[to === location.href ? "replaceState" : "pushState"](null, "", to);
  shown = location.pathname;
  scrollTo(0, 0);
  findViewers();
  window.htmx.process(fresh);
  document.dispatchEvent(new CustomEvent("aes:tiles", { detail: askedAt })); // what waits to be sent is shown on it
  if (performance.now() - askedAt > RECENT) ask();
  lookAhead(left);
}

// Keys meant for a photo that nobody saw must not land on another.
function stay(reason) {
  isComing = false;
  why = reason;
  document.getElementById("main").hidden = false;
  resumeLoading(document.getElementById("main"));
  untaken = typed.splice(0).length;
  tellStay(performance.now());
  endTyped();
}

function tellStay(at) {
  unseenUntil = at + UNSEEN;
  document.dispatchEvent(new CustomEvent("aes:stayed"));
  toast(`${why}${untaken ? `; ${notTaken(untaken)}` : ""}`, { bad: true });
}

// The person goes elsewhere; the page that is loaded tells it too, for this one is gone soon.
function drop() {
  turns++;
  isComing = false;
  keepUntaken();
  tellUntaken();
}

function tellUntaken(lost = typed.splice(0).length) {
  if (lost) toast(t("The page that was on its way is not this one: {keys}", { keys: notTaken(lost) }), { bad: true });
}

const here = () => location.href.split("#")[0];
const isHere = (address) => address !== null && new URL(address).pathname === location.pathname;
const hasPhotos = () => document.querySelector("main [data-photo]") !== null;
const keep = () => keepTyped({ at, to, typed });
const comeBy = () => performance.getEntriesByType("navigation")[0]?.type;

// What an earlier page of this tab was going to when it was left. Only for keys that were typed
// for it does a page that is loaded anew go on to it, and unseen: a key that is typed on a photo
// that is seen is of that photo.
function resume() {
  const before = keptTyped();
  endTyped();
  if (!before?.typed.length) return;
  if (!claimTyped(before)) return tellLost(before);
  const isThere = isHere(before.to) && hasPhotos() && !areRegrouping();
  const goesOn = before.to !== null && comeBy() === "reload" && before.at === here();
  if (!isThere && !goesOn) return tellUntaken(before.typed.length);
  typed.push(...before.typed);
  if (isThere) return take();
  document.getElementById("main").hidden = true;
  turn(before.to);
}

// A tab that another one opens has a copy of what is kept there: that is not lost.
async function tellLost(before) {
  if (comeBy() !== "navigate" && (await isLost(before))) tellUntaken(before.typed.length);
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
  startAhead();
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
