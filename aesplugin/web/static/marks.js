// A person's word on photos: shown at once on everything that stands for the photo, and queued.
import { forgetNeedless, keep, made, needlessOf, nextRedo, nextUndo, startHistory, taken } from "./history.js";
import { toast, user } from "./net.js";
import { add, newId, waiting } from "./queue.js";
import { ask, foreseen, hasStored, readPage, showAll, standingOf, startSharing } from "./standing.js";
import { plural, t } from "./texts.js";

const SAID = { pick: t("Picked"), reject: t("Rejected"), none: t("Cleared") };
let isDue = false;

export function startMarks() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-mark]");
    if (!button) return;
    const home = button.closest("[data-photo]");
    const [field, value] = button.dataset.mark.split(":");
    mark(home.dataset.photo, toggled(home, field, value));
  });
  document.addEventListener("aes:settled", (event) => settled(event.detail));
  document.body.addEventListener("htmx:afterSwap", readPage);
  document.addEventListener("aes:tiles", readPage);
  startHistory();
  for (const [, step] of waiting()) if (step.user === user()) made(step);
  startSharing();
  readPage();
}

// Pressing the same again takes it back.
function toggled(home, field, value) {
  if (field === "favorite") return { favorite: home.dataset.favorite !== "1" };
  if (field === "stars") return { stars: home.dataset.stars === value ? 0 : Number(value) };
  return { choice: home.dataset.choice === value ? "none" : value };
}

export function areFavorites(photos) {
  const known = standingOf(photos);
  return known.length > 0 && known.every((one) => one.favorite);
}

export function mark(photo, change) {
  toast(describe(change));
  const photos = change.choice === undefined ? [photo] : filesOf(photo);
  return take({ do: "decide", photos, ...change });
}

// The same decision about several photos, as one step.
export function markAll(photos, change) {
  toast(`${describe(change)}: ${plural("{n} photo", "{n} photos", photos.length)}`);
  return take({ do: "decide", photos, ...change });
}

// RAW and JPEG are picked and rejected together, where the page knows them.
function filesOf(photo) {
  return document.querySelector(`[data-photo="${photo}"]`)?.dataset.files?.split("+") ?? [photo];
}

// Proposals as they are shown; see accept.js.
export const acceptAll = (picks, rejects, where) => take({ do: "accept", picks, rejects, where });

// One frame or several kept of a burst, the rest rejected; see burst.js.
export const keepSome = (picks, rejects, where) => take({ do: "keep", picks, rejects, where });

// These photos are one burst, and no others: the page at `to` shows it then; see regroup.js.
export const regroup = (photos, where, to) => take({ do: "group", photos, where }, to);

// Also where they mean nothing: said in its turn, after what waits.
export function undo() {
  const step = forgetNeedless();
  if (step) toast(stoodAlready(step));
  else turnBack("undo", nextUndo());
}

export const redo = () => turnBack("redo", nextRedo());

function turnBack(what, of) {
  take({ do: what, of });
  if (of.length) document.dispatchEvent(new CustomEvent("aes:turned-back", { detail: { what, step: of.at(-1) } }));
}

function take(said, to) {
  const step = { id: newId(), user: user(), ...said };
  if (!step.of) keep(step.id, ...(to ? [[], [], to] : foreseen(step)));
  made(step);
  const answer = add(step);
  showAll();
  return answer;
}

// The server's word, where no later step of ours is on its way.
function settled({ step, result }) {
  if (step.user === user()) taken(step, result);
  if (result?.error) toast(t("Not stored: {why}", { why: result.error }), { bad: true });
  if (result && step.user === user()) hasStored(result.decisions);
  if (!result || result.error || (step.of?.length && result.run === null)) ask(); // something else stands
  const asked = step.do === "undo" && result?.run === null && needlessOf(step.of);
  if (result?.line) toast(asked ? stoodAlready(asked) : result.line);
  if (isDue) return; // of many that came in one answer what stands is shown once
  isDue = true;
  queueMicrotask(() => {
    isDue = false;
    showAll();
  });
}

const stoodAlready = (step) => t("Nothing to undo: “{what}” was set already", { what: describe(step) });

function describe(change) {
  if (change.do === "accept") return t("Accepted");
  if (change.do === "keep") return t("Kept");
  if (change.do === "group") return t("Grouped");
  if (change.choice !== undefined) return SAID[change.choice];
  if (change.stars !== undefined) return change.stars ? "★".repeat(change.stars) : t("Stars removed");
  return change.favorite ? t("Favourite") : t("Favourite removed");
}
