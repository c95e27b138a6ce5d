// Keys that wait for a page on its way, in the tab's storage: they belong to one tab. The browser
// copies that storage to a tab that this one opens and to a duplicate of it. So a page that is left
// notes that there: without the note a later page is another tab's, whose own page takes the keys.
// What was left has a name and is taken once, for a page may be copied while it is loaded anew.
import { meta } from "./net.js";
import { newId } from "./queue.js";

const KEPT = `aes:turn:${meta("catalog")}`;
const OVER = `aes:turned:${meta("catalog")}:`;
const MOST_OVER = 50; // names
let name; // of what waits on this page
let letGo = () => {};

addEventListener("pagehide", () => {
  const kept = name && keptTyped();
  if (kept) store({ ...kept, isLeft: true });
  letGo(); // a page that the browser keeps asleep holds nothing
});

export function keepTyped(coming) {
  if (!name && coming.typed.length) hold();
  store({ name, user: meta("user"), ...coming });
}

// The lock ends with the page, however it ends.
function hold() {
  name = newId();
  const held = new Promise((resolve) => (letGo = resolve));
  navigator.locks?.request(KEPT + name, () => held).catch(() => {}); // forbidden
}

// What an earlier page of this tab kept for this person, if anything.
export function keptTyped() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEPT));
    return kept?.user === meta("user") ? kept : null;
  } catch {
    return null;
  }
}

// For the next page, which tells of it.
export function keepUntaken() {
  const kept = keptTyped();
  if (kept) store({ ...kept, to: null });
}

function store(coming) {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(coming));
  } catch {
    // no storage: leaving is warned of
  }
}

// What waited here is taken or told of.
export function endTyped() {
  try {
    sessionStorage.removeItem(KEPT);
  } catch {
    // none there
  }
  if (name) end(name);
  name = undefined;
  letGo();
}

// Whether what was kept is this page's from now on: it was left in this tab, and no page had it yet.
export const claimTyped = (kept) => Boolean(kept.isLeft) && end(kept.name);

// Whether the page of what was kept is gone without having been left: it crashed, or the browser
// did. Not known without locks (plain http from another machine).
export async function isLost(kept) {
  if (kept.isLeft || ended().some((key) => key.endsWith(`:${kept.name}`))) return false;
  try {
    return await navigator.locks.request(KEPT + kept.name, { ifAvailable: true }, (lock) => lock !== null);
  } catch {
    return false;
  }
}

// True the first time.
function end(one) {
  const before = ended();
  if (before.some((key) => key.endsWith(`:${one}`))) return false;
  try {
    localStorage.setItem(`${OVER}${String(Date.now()).padStart(15, "0")}:${one}`, "");
    for (const key of before.slice(0, -MOST_OVER)) localStorage.removeItem(key);
  } catch {
    // no room or no storage
  }
  return true;
}

function ended() {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(OVER)).sort();
  } catch {
    return [];
  }
}
