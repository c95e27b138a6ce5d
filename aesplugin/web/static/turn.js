// On to the neighbouring photo or burst in place. While a page loads, keys still go to the photo
// that is being left; here they wait, and are of what they come to.
import { meta, toast } from "./net.js";
import { findViewers } from "./viewer.js";

const typed = [];
let isComing = false;
let shown = location.pathname;

// Whether a key has to wait for what is on its way.
export function waits(event) {
  if (!isComing) return false;
  event.preventDefault();
  typed.push(event);
  return true;
}

// Shows the page at `to`; `again` takes the keys that were typed meanwhile, in order.
export async function turn(to, again) {
  isComing = true;
  const next = await load(to);
  isComing = false;
  if (!next) return stay();
  if (!next.getElementById("main") || next.querySelector('meta[name="user"]')?.content !== meta("user")) {
    return location.assign(to); // another kind of page: it says itself what is wrong
  }
  show(next, to);
  while (typed.length && !isComing) again(typed.shift());
}

async function load(to) {
  window.aesTab.claim();
  try {
    const answer = await fetch(to, { headers: { accept: "text/html" } });
    if (answer.status >= 500) return null;
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    return null;
  }
}

function show(next, to) {
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
  document.dispatchEvent(new CustomEvent("aes:tiles")); // what waits to be sent is shown on it
}

// Keys meant for a photo that nobody saw must not land on another.
function stay() {
  const lost = typed.splice(0).length;
  const keys = lost ? `; ${lost} ${lost === 1 ? "key" : "keys"} typed for it not taken` : "";
  toast(`The server does not answer: still on this photo${keys}`, { bad: true });
}

// Back and forward in the browser's history load the page anew.
export function startTurning() {
  addEventListener("popstate", () => {
    if (location.pathname !== shown) location.reload();
  });
}
