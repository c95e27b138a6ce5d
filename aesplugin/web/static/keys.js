// The keyboard for everything. A key means the same on every page.
import { favoriteOf, mark, redo, undo } from "./marks.js";
import { gridMove, gridFocus } from "./grid.js";
import { turn, waits } from "./turn.js";
import { zoomAll } from "./viewer.js";

const CHOICES = { p: "pick", x: "reject", u: "none" };

export function startKeys() {
  document.addEventListener("keydown", onKey);
  document.addEventListener("focusin", (event) => {
    const frame = event.target.closest(".frame");
    if (frame) makeCurrent(frame);
  });
  const help = document.getElementById("help");
  document.querySelector("[data-help]")?.addEventListener("click", () => help.showModal());
}

function onKey(event) {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (typing(event.target) || waits(event)) return;
  if ((event.ctrlKey || event.metaKey) && key === "z") return act(event, event.shiftKey ? redo : undo);
  if (event.ctrlKey && key === "y") return act(event, redo);
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.getElementById("help").open) return;
  if (key === "?") return act(event, () => document.getElementById("help").showModal());
  if (key === "z") return act(event, zoomAll);
  if (key === "c") return act(event, () => document.querySelector("[data-crop]")?.click());
  if (key === "a") return act(event, () => document.querySelector(".burst [data-accept]")?.click());
  if (key === "n") return act(event, nextGroup);
  if (key === "Escape") return act(event, back);
  if (key.startsWith("Arrow")) return move(event, key);
  const photo = current();
  if (!photo) return;
  if (key in CHOICES) return act(event, () => mark(photo, { choice: CHOICES[key] }));
  if (key >= "0" && key <= "5") return act(event, () => mark(photo, { stars: Number(key) }));
  if (key === "f") return act(event, () => mark(photo, { favorite: !favoriteOf(photo) }));
}

function act(event, what) {
  event.preventDefault();
  what();
}

function typing(target) {
  if (target.matches("textarea, select")) return true;
  return target.matches("input") && !["checkbox", "radio", "button"].includes(target.type);
}

// The photo a decision is about: the focused tile or frame, else the page's own.
function current() {
  const focused = document.activeElement?.closest?.("[data-photo]");
  const chosen = focused ?? document.querySelector(".frame.current, .photo-page");
  return chosen?.dataset.photo;
}

function move(event, key) {
  const page = document.querySelector(".photo-page");
  if (page) {
    const to = key === "ArrowLeft" ? page.dataset.before : key === "ArrowRight" ? page.dataset.after : null;
    if (to) act(event, () => turn(to));
    return;
  }
  const frames = [...document.querySelectorAll(".frame")];
  if (frames.length) return act(event, () => moveFrame(frames, key));
  const proposed = [...document.querySelectorAll(".proposals .tile")];
  if (proposed.length) return act(event, () => moveProposal(proposed, key));
  if (document.querySelector("[data-grid]")) act(event, () => gridMove(key));
}

function nextGroup() {
  const link = document.querySelector("[data-next-group]");
  if (link) turn(link.href);
}

function moveFrame(frames, key) {
  const at = frames.findIndex((frame) => frame.classList.contains("current"));
  const step = key === "ArrowLeft" || key === "ArrowUp" ? -1 : 1;
  const next = frames[Math.min(frames.length - 1, Math.max(0, at + step))];
  selectFrame(next);
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
}

export function selectFrame(frame) {
  makeCurrent(frame);
  frame.focus({ preventScroll: true });
  frame.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function back() {
  const page = document.querySelector("[data-back]");
  if (document.body.classList.contains("zoomed")) zoomAll();
  else if (page) location.assign(page.dataset.back);
  else gridFocus();
}
