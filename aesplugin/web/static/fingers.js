// What fingers do on a photo: two zoom it, one moves it about. Where it is seen whole, one drawn
// sideways goes to its neighbour, as the arrow keys do. Up and down is the browser's, to scroll the
// page, and so is its own way back from the window's edges; see touch-action in touch.css.
import { startSwiping, swipe } from "./swipe.js";
import { isZoomed, viewerAt } from "./viewer.js";

const EDGE = 24; // px of the window at either side
const STILL = 10; // px: further, and it is no tap
const TWICE = 350; // ms from one tap to the next
const NEAR = 30; // px
const down = new Map(); // pointer → where this finger is, as an event
let gesture = null; // {to(fingers), end(event), cancel(), isOurs()}
let touched = null; // how the first finger came down, as long as it may be a tap
let tapped = null; // the tap before

export function startFingers() {
  document.addEventListener("pointerdown", lay);
  document.addEventListener("pointermove", draw);
  document.addEventListener("pointerup", lift);
  document.addEventListener("pointercancel", lose);
  document.addEventListener("aes:tiles", forget);
  document.addEventListener("aes:tiles", claim);
  claim();
  startSwiping();
}

// What is drawn here is nothing to the browser. It would take it for a throw else, and the tap on a
// button that follows for the finger that stops it.
function claim() {
  const own = (event) => gesture?.isOurs() && event.cancelable && event.preventDefault();
  for (const box of document.querySelectorAll(".stage, .frame [data-viewer]")) {
    box.addEventListener("touchmove", own, { passive: false });
  }
}

function lay(event) {
  const viewer = event.pointerType === "touch" && viewerUnder(event.target);
  if (!viewer || down.size === 2) return;
  down.set(event.pointerId, event);
  gesture?.cancel();
  touched = down.size === 1 && !event.target.closest("a") ? event : null;
  gesture = down.size === 2 ? pinch(viewer) : alone(viewer, event);
}

// Also where a link to the neighbour lies over the photo, for there the thumb rests.
function viewerUnder(target) {
  if (target.closest("button")) return null;
  return viewerAt(target.closest(".stage")?.querySelector("[data-viewer]") ?? target);
}

function alone(viewer, event) {
  if (isZoomed()) return pan(viewer);
  const isAtEdge = event.clientX < EDGE || event.clientX > innerWidth - EDGE;
  return isAtEdge ? null : swipe(viewer.box, event);
}

function pan(viewer) {
  const drag = viewer.hold(...down.values());
  return { to: ([finger]) => drag(finger), end() {}, cancel() {}, isOurs: () => true };
}

function pinch(viewer) {
  const [one, other] = down.values();
  const drag = viewer.hold(between(one, other));
  const end = () => viewer.settle();
  const to = ([first, second]) => drag(between(first, second), apart(first, second) / apart(one, other));
  return { to, end, cancel: end, isOurs: () => true };
}

const between = (one, other) => ({ clientX: (one.clientX + other.clientX) / 2, clientY: (one.clientY + other.clientY) / 2 });
const apart = (one, other) => Math.max(1, Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY));

function draw(event) {
  if (!down.has(event.pointerId)) return;
  down.set(event.pointerId, event);
  if (touched && apart(touched, event) > STILL) touched = null;
  gesture?.to([...down.values()]);
}

function lift(event) {
  if (!down.delete(event.pointerId)) return;
  const ended = gesture;
  const [left] = down.values();
  gesture = null;
  ended?.end(event);
  if (left && isZoomed()) gesture = pan(viewerUnder(left.target));
  if (touched) tap(event);
  touched = null;
}

// Two taps are a double click.
function tap(event) {
  const isSecond = tapped && event.timeStamp - tapped.timeStamp < TWICE && apart(tapped, event) < NEAR;
  tapped = isSecond ? null : event;
  if (isSecond) viewerUnder(event.target)?.doubled(event);
}

// The browser scrolls with it, or somebody calls.
function lose(event) {
  if (!down.delete(event.pointerId)) return;
  gesture?.cancel();
  gesture = touched = null;
}

// Another photo is shown: the fingers that lie there are of none.
function forget() {
  down.clear();
  gesture = touched = tapped = null;
}
