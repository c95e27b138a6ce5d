// Selecting in the gallery: by mouse, finger and key, and the bar that tells how many.
import { gridAt, gridMove } from "./grid.js";
import { toast } from "./net.js";
import { groupSelected } from "./regroup.js";
import { all, clear, count, isComing, isSelected, ofGallery, place, selected, step, toggle, upTo } from "./selection.js";
import { number, t } from "./texts.js";

const LONG = 400; // ms a finger rests on a tile, before the browser shows a menu
const FAR = 10; // px: then it scrolls
const MOST_COMPARED = 9;
let isPressed = false; // long: the click that ends it opens nothing

export function startSelect() {
  document.addEventListener("click", onClick, { capture: true });
  document.addEventListener("pointerdown", onPress);
  document.addEventListener("contextmenu", (event) => isPressed && event.preventDefault());
  document.addEventListener("aes:selection", paint);
  document.addEventListener("aes:tiles", paint);
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id === "results") attach();
  });
  attach();
}

function attach() {
  if (!document.getElementById("results")) return;
  ofGallery(grid()?.dataset.query ?? "nothing=");
  paint();
}

// The photos that a key decides about: none where nothing is selected here.
export const subjects = () => (grid() ? selected() : []);

const grid = () => document.querySelector("[data-grid]");
const tileOf = (target) => target.closest?.("[data-grid] .cell")?.querySelector(".tile");
const placeOf = (tile) => Number(tile.dataset.index);

function onClick(event) {
  const tile = tileOf(event.target);
  if (!tile) return;
  const isCheck = event.target.closest(".check");
  const isSelecting = isCheck || event.ctrlKey || event.metaKey || event.shiftKey;
  if (isPressed || isSelecting) event.preventDefault();
  if (isPressed) isPressed = false;
  else if (isSelecting && !isComing()) choose(tile, event.shiftKey);
}

function choose(tile, isRange) {
  if (isRange) upTo(placeOf(tile));
  else toggle(placeOf(tile));
  tile.focus({ preventScroll: true });
}

// A finger that rests on a tile selects it.
function onPress(event) {
  const tile = tileOf(event.target);
  isPressed = false;
  if (!tile || event.pointerType !== "touch" || event.target.closest(".check")) return;
  const ends = new AbortController();
  const timer = setTimeout(() => {
    ends.abort();
    isPressed = true;
    if (!isComing()) choose(tile, false);
  }, LONG);
  ends.signal.addEventListener("abort", () => clearTimeout(timer));
  const isFar = (moved) => Math.hypot(moved.clientX - event.clientX, moved.clientY - event.clientY) > FAR;
  const { signal } = ends;
  document.addEventListener("pointermove", (moved) => isFar(moved) && ends.abort(), { signal });
  for (const name of ["pointerup", "pointercancel"]) document.addEventListener(name, () => ends.abort(), { signal });
}

// Whether a key selects.
export function selectByKey(event, key) {
  if (!grid()) return false;
  const isAll = (event.ctrlKey || event.metaKey) && key === "a";
  if (isAll) all(Number(grid().dataset.total));
  else if (event.ctrlKey || event.metaKey || event.altKey) return false;
  else if (key === " " && document.activeElement?.matches("[data-grid] .tile")) toggle(gridAt());
  else if (key.startsWith("Arrow") && event.shiftKey) stretch(key);
  else if (key === "Escape" && count()) clear();
  else if (key === "g") compare();
  else if (key === "j") groupSelected(selected());
  else return false;
  return true;
}

function stretch(key) {
  const here = gridAt();
  gridMove(key);
  step(here, gridAt());
}

function compare() {
  const photos = selected();
  if (photos.length < 2 || photos.length > MOST_COMPARED) {
    return toast(t("Select 2 to {most} photos to compare them: {n} selected", { most: MOST_COMPARED, n: photos.length ? number(photos.length) : t("none") }));
  }
  location.assign(`/compare?photos=${photos.join(",")}`);
}

function paint() {
  if (!document.getElementById("selection")) return;
  for (const tile of grid()?.querySelectorAll(".tile") ?? []) {
    place(placeOf(tile), tile.dataset.photo);
    const isChosen = isSelected(tile.dataset.photo);
    tile.toggleAttribute("data-selected", isChosen);
    tile.parentElement.querySelector(".check").setAttribute("aria-pressed", String(isChosen));
    if (isChosen) tile.setAttribute("aria-describedby", "selected-word");
    else tile.removeAttribute("aria-describedby");
  }
  showBar();
}

// The count stands in a live region, which is there before it has anything to tell.
function showBar() {
  const many = count();
  document.body.classList.toggle("selecting", many > 0 || isComing());
  document.getElementById("selection").hidden = !many && !isComing();
  const told = isComing() ? t("Selecting…") : many ? t("{n} selected", { n: number(many) }) : "";
  const [heard, seen] = [document.getElementById("selected-count"), document.querySelector("#selection .how-many")];
  if (heard.textContent !== told) heard.textContent = seen.textContent = told;
  const canCompare = many >= 2 && many <= MOST_COMPARED;
  document.querySelector('#selection [data-key="g"]').setAttribute("aria-disabled", String(!canCompare));
}
