// The list of bursts by keyboard, and how far each is decided.
import { toast } from "./net.js";
import { isOpen } from "./standing.js";
import { number, t } from "./texts.js";
import { turn } from "./turn.js";

const links = () => [...document.querySelectorAll(".group-list a")];
const photosOf = (link) => [...link.querySelectorAll("[data-photo]")];
const isLeft = (link) => !link.dataset.series && photosOf(link).some(isOpen);

export const isList = () => document.querySelector("main [data-bursts]") !== null;
export const isInList = (target) => target.closest?.(".group-list a") === target;

export function startBurstList() {
  document.addEventListener("aes:decision", ({ detail }) => {
    const thumb = document.querySelector(`.group-list [data-photo="${detail.photo}"]`);
    if (thumb) tell(thumb.closest("a"));
  });
  links().forEach(tell); // what waits to be sent is known here alone
  const ends = { "#first": 0, "#last": -1 };
  const at = document.querySelector(".group-list [data-at]") ?? links().at(ends[location.hash] ?? NaN);
  if (at && (at.dataset.at !== undefined || location.hash in ends)) focus(at);
}

function tell(link) {
  if (link.dataset.series) return;
  const photos = photosOf(link);
  const decided = photos.filter((home) => !isOpen(home)).length;
  const told = link.querySelector(".how-far");
  const isDone = decided === photos.length;
  const words = isDone ? t("decided") : decided ? t("{n} of {total} decided", { n: number(decided), total: number(photos.length) }) : "";
  told.classList.toggle("done", isDone);
  if (told.textContent !== words) told.textContent = words;
}

function focus(link) {
  link.focus({ preventScroll: true });
  link.scrollIntoView({ block: "center" });
}

// Along the list; past its ends on to the next part of it.
export function moveInList(key) {
  const all = links();
  const at = all.indexOf(document.activeElement);
  if (at < 0) return focus(all[0]);
  const step = key === "ArrowLeft" || key === "ArrowUp" ? -1 : 1;
  if (all[at + step]) return focus(all[at + step]);
  const more = document.querySelector(`[data-page="${step < 0 ? "before" : "after"}"]`);
  if (more) location.assign(`${more.href}#${step < 0 ? "last" : "first"}`);
}

// The next undecided burst from the focused one on: here, in the rest of the list, before it here.
export function openNext() {
  const all = links();
  const at = Math.max(0, all.indexOf(document.activeElement));
  const beyond = document.querySelector("[data-beyond]")?.dataset.beyond;
  const next = all.slice(at).find(isLeft)?.href ?? (beyond || all.find(isLeft)?.href);
  if (next) turn(next);
  else toast(t("No undecided burst is left"));
}
