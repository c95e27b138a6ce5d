// The keyboard for everything. A key means the same on every page.
import { keepThis } from "./burst.js";
import { isInList, isList, moveInList, openNext } from "./burst_list.js";
import { focusFind } from "./find.js";
import { areFavorites, mark, markAll, redo, undo } from "./marks.js";
import { nextCrop } from "./crops.js";
import { gridMove, gridFocus } from "./grid.js";
import { challenger, challengers, holdByKey, redraw } from "./hold.js";
import { isOfMenu, toMenu } from "./menu.js";
import { toast } from "./net.js";
import { joinNext, splitHere } from "./regroup.js";
import { selectByKey, subjects } from "./select.js";
import { isOfSelection } from "./selection.js";
import { nextOverlay } from "./overlays.js";
import { t } from "./texts.js";
import { isOfNext, turn } from "./turn.js";
import { zoomAll, zoomStep } from "./viewer.js";

const CHOICES = { p: "pick", x: "reject", u: "none" };
const GOES_ON = /^[ajks]$/; // to the next burst: held down, they would decide what nobody has seen

export function startKeys() {
  document.addEventListener("keydown", onKey);
  document.addEventListener("click", pressKey);
  document.addEventListener("focusin", (event) => {
    const frame = event.target.closest(".frame");
    if (frame && !frame.classList.contains("champion")) makeCurrent(frame);
  });
  const help = document.getElementById("help");
  document.querySelector("[data-help]")?.addEventListener("click", () => help.showModal());
}

function onKey(event) {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (typing(event.target)) return;
  if (event.repeat && GOES_ON.test(key)) return event.preventDefault();
  if (isOfNext(event) || isOfSelection(event)) return;
  if ((event.ctrlKey || event.metaKey) && key === "z") return act(event, event.shiftKey ? redo : undo);
  if (event.ctrlKey && key === "y") return act(event, redo);
  if (document.querySelector("dialog[open]")) return;
  if (isOfMenu(event, key)) return;
  if (selectByKey(event, key)) return event.preventDefault();
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (key === "?") return act(event, () => document.getElementById("help").showModal());
  if (key === "/") return act(event, focusFind);
  if (key === "m") return act(event, toMenu);
  if (key === "z") return act(event, zoomAll);
  if (key === "+" || key === "=") return act(event, () => zoomStep(1));
  if (key === "-") return act(event, () => zoomStep(-1));
  if (key === "o") return act(event, nextOverlay);
  if (key === "c") return act(event, nextCrop);
  if (key === "a") return act(event, () => document.querySelector(".burst [data-accept]")?.click());
  if (key === "k") return act(event, keepThis);
  if (key === "s") return act(event, splitHere);
  if (key === "j") return act(event, joinNext);
  if (key === "n") return act(event, () => toGroup("next"));
  if (key === "b") return act(event, () => toGroup("previous"));
  if (holdByKey(event, key, selectFrame)) return event.preventDefault();
  if (key === "Escape") return act(event, back);
  if (key === "Enter" && isList() && isInList(event.target)) return act(event, () => turn(event.target.href));
  if (key.startsWith("Arrow")) return move(event, key);
  const photos = subjects();
  if (!photos.length && current()) photos.push(current());
  if (!photos.length) return;
  if (key in CHOICES) return act(event, () => decide(photos, { choice: CHOICES[key] }));
  if (key >= "0" && key <= "5") return act(event, () => decide(photos, { stars: Number(key) }));
  if (key === "f") return act(event, () => decide(photos, { favorite: !areFavorites(photos) }));
}

const decide = (photos, change) => (photos.length > 1 ? markAll(photos, change) : mark(photos[0], change));

// A button for each key, for those without a keyboard.
function pressKey(event) {
  const button = event.target.closest("[data-key]");
  if (button) press(button.dataset.key, { ctrlKey: button.matches("[data-with-ctrl]") });
}

export function press(key, modifiers = {}) {
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key, ...modifiers, bubbles: true, cancelable: true }));
}

function act(event, what) {
  event.preventDefault();
  what();
}

function typing(target) {
  if (target.matches("textarea, select")) return true;
  return target.matches("input") && !["checkbox", "radio", "button"].includes(target.type);
}

// The photo a decision is about: the focused tile or frame, else the page's own. Beside a frame that
// is held, its challenger.
function current() {
  const page = document.querySelector(".photo-page"); // of it also where a neighbour has the focus
  const focused = page ?? challenger() ?? document.activeElement?.closest?.("[data-photo]");
  const chosen = focused ?? document.querySelector(".frame.current");
  return chosen?.dataset.photo;
}

function move(event, key) {
  const page = document.querySelector(".photo-page");
  if (page) {
    const to = key === "ArrowLeft" ? page.dataset.before : key === "ArrowRight" ? page.dataset.after : null;
    if (to) act(event, () => turn(to));
    return;
  }
  const frames = challengers();
  if (frames.length) return act(event, () => moveFrame(frames, key));
  const proposed = [...document.querySelectorAll(".proposals .tile")];
  if (proposed.length) return act(event, () => moveProposal(proposed, key));
  if (document.querySelector(".group-list a")) return act(event, () => moveInList(key));
  if (document.querySelector("[data-grid]")) act(event, () => gridMove(key));
}

function toGroup(which) {
  if (which === "next" && isList()) return openNext();
  const link = document.querySelector(`[data-${which}-group]`);
  if (link) turn(link.href);
  else if (document.querySelector(".burst[data-burst]")) toast(which === "next" ? t("This is the last one") : t("This is the first one"));
}

// Left and right in order, up and down by rows, each round the ends: no frame of eight is more
// than two keys away.
function moveFrame(frames, key) {
  const at = frames.findIndex((frame) => frame.classList.contains("current"));
  const columns = frames.filter((frame) => frame.offsetTop === frames[0].offsetTop).length;
  const step = key === "ArrowLeft" || key === "ArrowUp" ? -1 : 1;
  const isRow = (key === "ArrowUp" || key === "ArrowDown") && !challenger();
  selectFrame(frames[isRow ? acrossRows(at, step, frames.length, columns) : wrapped(at + step, frames.length)]);
}

const wrapped = (at, count) => (at + count) % count;

// The frame in the next row, or the last one where that row is shorter; round from the last row.
function acrossRows(at, step, count, columns) {
  if (columns >= count) return wrapped(at + step, count);
  const rows = Math.ceil(count / columns);
  const row = wrapped(Math.floor(at / columns) + step, rows);
  return Math.min(row * columns + (at % columns), count - 1);
}

// Up and down go to the nearest tile of the next row, across the headings between.
function moveProposal(tiles, key) {
  const at = tiles.indexOf(document.activeElement);
  if (at < 0) return tiles[0].focus();
  const here = tiles[at].getBoundingClientRect();
  const ahead = key === "ArrowRight" || key === "ArrowDown";
  const rest = ahead ? tiles.slice(at + 1) : tiles.slice(0, at).reverse();
  const sideways = key === "ArrowLeft" || key === "ArrowRight";
  const next = rest.find((tile) => {
    const box = tile.getBoundingClientRect();
    if (sideways) return true;
    return (ahead ? box.top > here.top + 8 : box.top < here.top - 8) && Math.abs(box.left - here.left) < 8;
  });
  (next ?? tiles[at]).focus();
}

// The frame one clicks or tabs to is the one the arrows go on from.
function makeCurrent(frame) {
  for (const other of document.querySelectorAll(".frame")) {
    other.classList.toggle("current", other === frame);
    other.setAttribute("aria-current", String(other === frame));
  }
  frame.dispatchEvent(new CustomEvent("aes:current", { bubbles: true }));
}

export function selectFrame(frame) {
  makeCurrent(frame);
  if (challenger()) redraw();
  frame.focus({ preventScroll: true });
  frame.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function back() {
  const page = document.querySelector("[data-back]");
  if (document.body.classList.contains("zoomed")) zoomAll();
  else if (page) location.assign(page.dataset.back);
  else gridFocus();
}
