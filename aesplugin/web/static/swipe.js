// A photo follows one finger sideways. Drawn far enough it goes and its neighbour comes, as with an
// arrow key; else it springs back. What is decided after that is of the neighbour, also where that
// is still on its way.
import { press } from "./keys.js";
import { isStacked } from "./survey.js";

const SLOP = 10; // px, until it is clear where a finger goes
const STEEP = 0.8; // height over width: more is scrolling
const FAR = 0.22; // of the photo's width
const FLICK = { far: 30, fast: 0.4 }; // px and px/ms
const STIFF = 4; // times less far where there is no neighbour
const KEYS = { "choice:pick": "p", "choice:reject": "x", favorite: "f" }; // of what _marks.html sets
let gone = null; // {sheet, from}: what was drawn away, and where its neighbour comes from

export function startSwiping() {
  document.addEventListener("aes:tiles", come);
  document.addEventListener("aes:stayed", stay);
  document.addEventListener("click", decide, { capture: true });
}

// Of a photo's page all that is shown of it moves, of a frame its picture.
export function swipe(box, first) {
  const sheet = box.closest(".stage") ?? box;
  let isSwipe; // unknown at first
  let by = 0; // px to the right
  return {
    to([finger]) {
      by = finger.clientX - first.clientX;
      isSwipe ??= isSideways(by, finger.clientY - first.clientY);
      if (isSwipe && !gone) draw(sheet, hasNeighbour(box, by) ? by : by / STIFF);
    },
    end({ timeStamp }) {
      const isFlick = Math.abs(by) > FLICK.far && Math.abs(by) / (timeStamp - first.timeStamp) > FLICK.fast;
      const isFar = isFlick || Math.abs(by) > FAR * sheet.clientWidth;
      if (!gone) release(sheet);
      if (isSwipe && isFar && hasNeighbour(box, by)) turn(box, sheet, by);
    },
    cancel: () => gone || release(sheet),
    isOurs: () => isSwipe === true,
  };
}

// Undefined until it is clear.
function isSideways(x, y) {
  return Math.hypot(x, y) < SLOP ? undefined : Math.abs(y) < STEEP * Math.abs(x);
}

function hasNeighbour(box, by) {
  const page = box.closest(".photo-page");
  if (page) return Boolean(by < 0 ? page.dataset.after : page.dataset.before);
  if (box.closest(".held")) return true;
  const frame = box.closest(".frame");
  return isStacked() && Boolean(by < 0 ? frame.nextElementSibling : frame.previousElementSibling);
}

function draw(sheet, by) {
  sheet.classList.add("drawn");
  sheet.style.setProperty("--drawn", `${by}px`);
}

function release(sheet) {
  sheet.classList.remove("drawn");
  sheet.style.removeProperty("--drawn");
}

function turn(box, sheet, by) {
  const key = by < 0 ? "ArrowRight" : "ArrowLeft";
  const frame = box.closest(".frame");
  if (frame) return turnFrame(frame, key);
  gone ??= { sheet, from: by < 0 ? "right" : "left" };
  sheet.dataset.gone = gone.from;
  press(key);
}

// The next frame comes to where this one was, so that both are compared at one place.
function turnFrame(frame, key) {
  const isHeld = frame.closest(".held") !== null;
  if (!isHeld) frame.focus({ preventScroll: true }); // arrows go on from it
  const { top } = frame.getBoundingClientRect();
  press(key);
  if (!isHeld) scrollBy(0, document.querySelector(".frame.current").getBoundingClientRect().top - top);
}

function come() {
  const sheet = document.querySelector(".photo-page .stage");
  if (gone && sheet && sheet !== gone.sheet) sheet.dataset.from = gone.from;
  gone = null;
}

// The neighbour does not come.
function stay() {
  if (gone) delete gone.sheet.dataset.gone;
  gone = null;
}

// The photo that the buttons stand for is not seen any more: they do what their keys do, which wait.
function decide(event) {
  const { mark } = (gone && event.target.closest(".photo-page [data-mark]")?.dataset) || {};
  if (!mark) return;
  event.stopPropagation();
  press(KEYS[mark] ?? mark.replace("stars:", ""));
}
