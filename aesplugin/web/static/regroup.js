// Splitting a burst and joining it with the next one by hand; selected photos as one burst.
import { isList } from "./burst_list.js";
import { regroups } from "./grouping.js";
import { regroup } from "./marks.js";
import { toast } from "./net.js";
import { plural, t } from "./texts.js";
import { isTurning, turn } from "./turn.js";

const page = () => document.querySelector(".burst[data-burst]");
const frames = () => [...document.querySelectorAll(".burst .frame")];
const photoOf = ({ dataset }) => dataset.photo;

export function startRegroup() {
  document.addEventListener("click", ({ target }) => {
    if (target.closest("[data-split]")) splitHere();
    if (target.closest("[data-join]")) joinNext();
  });
  document.addEventListener("aes:settled", showNew);
}

// The list, and a burst that was not left because the server did not answer for long.
function showNew({ detail: { step, result } }) {
  if (!regroups(step) || result?.error) return;
  if (isList()) location.reload();
  else if (page() && !isTurning()) turn(location.href);
}

// The current frame and those after it are a burst of their own.
export function splitHere() {
  if (!page() || isSeries()) return;
  const all = frames();
  const at = all.findIndex((frame) => frame.classList.contains("current"));
  if (at < 1) return toast(t("Go to the frame with which the next burst begins: it is split there"), { bad: true });
  const left = all.length - at;
  const shown = at > 1 ? all[0] : left > 1 ? all[at] : null; // one photo alone is no burst
  toast(t("Split: {n} and {rest}", { n: at, rest: left }));
  make(all.slice(at).map(photoOf), shown ? addressOf(photoOf(shown)) : neighbour());
}

function neighbour() {
  const link = page().querySelector("[data-next-group]") ?? page().querySelector("[data-previous-group]");
  return link?.href ?? page().dataset.back;
}

export function joinNext() {
  if (!page() || isSeries()) return;
  const next = page().querySelector("[data-join]")?.dataset.join.split(" ");
  if (!next) return toast(t("This is the last one: no burst follows"));
  const own = frames().map(photoOf);
  toast(t("Joined: {n} and {rest}", { n: own.length, rest: next.length }));
  make([...own, ...next], addressOf(own[0]));
}

export function groupSelected(photos) {
  if (photos.length < 2) return toast(t("Select 2 or more photos to make them one burst"));
  toast(plural("One burst: {n} photo", "One burst: {n} photos", photos.length));
  regroup(photos, "", location.pathname + location.search);
}

function isSeries() {
  const { series } = page().dataset;
  if (series) toast(t("A series stays as it is: its frames belong together, to be merged"), { bad: true });
  return Boolean(series);
}

function make(photos, to) {
  regroup(photos, page().dataset.where.slice(0, 300), to);
  turn(to);
}

// The server finds the group that the photo is in by then.
const addressOf = (photo) => `/group/burst-${photo.slice(0, 10)}?${page().dataset.query}`;
