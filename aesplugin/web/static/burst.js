// Working through bursts: keep one frame and reject the rest, then on to the next undecided one.
import { changeOf } from "./history.js";
import { keepSome } from "./marks.js";
import { meta, toast, user } from "./net.js";
import { waiting } from "./queue.js";
import { isOpen, standing } from "./standing.js";
import { number, plural, t } from "./texts.js";
import { turn } from "./turn.js";

// What this tab showed last of each burst, and when: whether anything is left to decide. The list of
// a page that was asked for before our steps were stored does not know it yet, nor does one that is
// loaded anew while they wait. A list that knows them knows more: what was decided elsewhere.
const HOME = `aes:bursts:${meta("catalog")}:${user()}`;
const shown = new Map(); // burst → {left, at}
let storedAt = -1; // when the last step was stored and none waited
let wanted; // the photo that an undo brings back into view

export function startBurst() {
  recall();
  document.addEventListener("click", (event) => event.target.closest("[data-keep]") && keepThis());
  document.addEventListener("aes:decision", tellPlace);
  document.addEventListener("aes:settled", () => (storedAt = waiting().length ? storedAt : performance.now()));
  document.addEventListener("aes:tiles", ({ detail: askedAt }) => {
    if (askedAt > storedAt) for (const [burst, { at }] of shown) if (at < storedAt) shown.delete(burst);
    tellPlace();
    comeBack();
  });
  document.addEventListener("aes:turned-back", ({ detail }) => bringBack(detail));
  tellPlace();
}

function recall() {
  try {
    const kept = waiting().length ? JSON.parse(sessionStorage.getItem(HOME) ?? "[]") : [];
    for (const [burst, left] of kept) shown.set(burst, { left, at: 0 });
  } catch {
    // no storage
  }
}

function note(burst, left) {
  if (shown.get(burst)?.left === left) return;
  shown.set(burst, { left, at: performance.now() });
  try {
    sessionStorage.setItem(HOME, JSON.stringify([...shown].map(([one, known]) => [one, known.left])));
  } catch {
    // no room or no storage: known until the page is left
  }
}

const page = () => document.querySelector(".burst[data-burst]");
const frames = () => [...document.querySelectorAll(".burst [data-photo]")];
const isLeft = () => !page().dataset.series && frames().some(isOpen);

// The current frame, or the one that is held, is picked; those that the person picked or loves stay;
// the others are rejected.
export function keepThis() {
  const current = document.querySelector(".burst .frame.champion") ?? document.querySelector(".burst .frame.current");
  if (!current || !page()) return;
  const { series } = page().dataset;
  if (series) return toast(t("Nothing rejected: these frames belong together, to be merged"), { bad: true });
  const isPicked = standing(current.dataset.photo).choice === "pick";
  const rest = frames().filter((frame) => frame !== current && isOpen(frame));
  if (isPicked && !rest.length) return toast(t("This burst is decided already") + goOn());
  const picks = isPicked ? [] : [unitOf(current)];
  keepSome(picks, rest.map(unitOf), page().dataset.where.slice(0, 300));
  const kept = frames().filter(({ dataset }) => standing(dataset.photo).choice !== "reject").length;
  toast(t("{n} kept, {more} rejected", { n: number(kept), more: number(rest.length) }) + goOn());
}

const unitOf = ({ dataset }) => dataset.files.split("+");

// To the next undecided burst; in words, where there is none, for the end of what is told.
export function goOn() {
  const [next] = ahead();
  if (next) turn(`/group/${next}?${page().dataset.query}`);
  else return `. ${isLeft() ? t("No other undecided burst is left") : t("No undecided burst is left")}`;
  return "";
}

function ahead() {
  const listed = page().dataset.ahead.split(" ").filter(Boolean);
  return listed.filter((burst) => shown.get(burst)?.left !== false);
}

function tellPlace() {
  const told = page()?.querySelector("[data-place]");
  if (!told) return;
  note(page().dataset.burst, isLeft());
  const decided = page().dataset.ahead.split(" ").filter(Boolean).length - ahead().length;
  const left = Number(page().dataset.others) - decided + Number(isLeft());
  const words = t("{place}, {n} undecided", { place: told.dataset.place, n: left ? number(left) : t("none") });
  if (told.textContent !== words) told.textContent = words;
}

// Undo and redo show what they changed: back to the burst that the step was made on.
function bringBack({ what, step }) {
  const { at, now, to } = changeOf(step) ?? {};
  if (to && page()) return turn([what === "undo" ? at : to].find(isOfBursts) ?? location.href);
  if (!at?.startsWith("/group/") || !page()) return;
  wanted = (now.find(({ choice }) => choice === "pick") ?? now[0])?.photo;
  if (at.split("?")[0] === location.pathname) comeBack();
  else turn(at);
}

const isOfBursts = (address) => /^\/groups?[/?]/.test(address);

function comeBack() {
  const frame = wanted && document.querySelector(`.burst .frame[data-photo="${wanted}"]`);
  wanted = undefined;
  frame?.focus({ preventScroll: true });
}
