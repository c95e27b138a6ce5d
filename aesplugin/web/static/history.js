// What Ctrl-Z and Ctrl-Shift-Z mean on this page, by name: the steps that it came with and those
// that this browser's tabs made since. A step that another device made meanwhile was never seen
// here and is none of them, however long an undo waits for the server.
import { meta } from "./net.js";

const HOME = `aes:past:${meta("catalog")}:`;
const MOST_KEPT = 60; // steps
const MOST_PHOTOS = 50; // of a step that is kept beyond this page
const MOST_NAMES = 200; // the server takes no more

const changes = new Map(); // id of a step → {was, now, isIdle, at, to}: what the page at that address showed before and after
const needless = new Map(); // id of a step → the step, which stored nothing: it stood so already
let past = []; // names of steps that stand, the last last
let undone = []; // of those taken back, the next to be made again last

export function startHistory() {
  past = JSON.parse(meta("steps") || "[]");
  undone = JSON.parse(meta("taken-back") || "[]").reverse();
}

// Keeps what a step changes of what is shown, also for the next page and other tabs. One that splits
// or joins bursts leads `to` another page.
export function keep(id, was, now, to) {
  const isIdle = was.length > 0 && was.every((one, index) => isSame(one, now[index]));
  const change = { was, now, isIdle, at: location.pathname + location.search, to };
  changes.set(id, change);
  if (was.length > MOST_PHOTOS) return;
  try {
    localStorage.setItem(`${HOME}${String(Date.now()).padStart(15, "0")}:${id}`, JSON.stringify(change));
    for (const key of kept().slice(0, -MOST_KEPT)) localStorage.removeItem(key);
  } catch {
    // no room or no storage: known until the page is left
  }
}

// The step that an undo or redo is about, as it changed the page; undefined where that is not known.
export function changeOf(id) {
  if (!changes.has(id)) {
    const key = kept().find((one) => one.endsWith(`:${id}`));
    if (key) changes.set(id, JSON.parse(localStorage.getItem(key)));
  }
  return changes.get(id);
}

// What the next undo takes back: the last step. Of a word that says what stood already only the
// server knows whether it stored anything; the step before it is named as well.
export function nextUndo() {
  const at = past.findLastIndex((name) => !changeOf(name)?.isIdle);
  return past.slice(Math.max(at, 0)).reverse().slice(-MOST_NAMES);
}

// The step that the next undo would be about, where it stored nothing; it is forgotten with that.
// What the page showed before it was not so any more: nothing can be taken back, and an earlier
// step is not what the person means.
export function forgetNeedless() {
  const at = past.findLastIndex((name) => !changeOf(name)?.isIdle);
  const step = needless.get(past[at]);
  if (step) past = past.slice(0, at);
  return step;
}

// Which of the steps that an undo named stored nothing.
export const needlessOf = (names) => needless.get(names?.at(-1));

export function nextRedo() {
  return undone.slice(-1);
}

// A step was made here or in another tab, or has waited since an earlier page.
export function made(step) {
  if (step.do === "undo" || step.do === "redo") return step.of?.length && turned(step);
  if (past.includes(step.id) || undone.includes(step.id)) return;
  past.push(step.id);
  if (!changeOf(step.id)?.isIdle) undone = [];
}

function turned({ do: what, of }) {
  const isMeant = (name) => !of.includes(name);
  past = past.filter(isMeant);
  undone = undone.filter(isMeant);
  (what === "undo" ? undone : past).push(of.at(-1));
}

// The server's word on a step; null where it was forgotten instead of sent.
export function taken(step, result) {
  const isNothing = !result || result.error || result.run === null;
  if (step.do === "undo" || step.do === "redo") return isNothing && step.of?.length && unmade(step, result);
  if (result && !result.error && isNothing && !changeOf(step.id)?.isIdle) needless.set(step.id, step);
  else if (isNothing) past = past.filter((name) => name !== step.id);
  else if (changeOf(step.id)) changes.get(step.id).isIdle = false;
}

// Taken back by another device before, or never stored: no redo brings it back. One that was
// not even asked for stands as it did.
function unmade({ do: what, of }, result) {
  const name = of.at(-1);
  undone = undone.filter((one) => one !== name);
  if (what === "redo") past = past.filter((one) => one !== name);
  if (!result) (what === "undo" ? past : undone).push(name);
}

function kept() {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(HOME)).sort();
  } catch {
    return [];
  }
}

const isSame = (one, other) => JSON.stringify(one) === JSON.stringify(other);
