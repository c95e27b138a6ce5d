// A person's word on photos: shown at once on everything that stands for the photo, and queued.
import { toast, user } from "./net.js";
import { add, waiting } from "./queue.js";

const SAID = { pick: "Picked", reject: "Rejected", none: "Cleared" };

export function startMarks() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-mark]");
    if (!button) return;
    const home = button.closest("[data-photo]");
    const [field, value] = button.dataset.mark.split(":");
    mark(home.dataset.photo, toggled(home, field, value));
  });
  document.addEventListener("aes:settled", (event) => settled(event.detail));
  document.body.addEventListener("htmx:afterSwap", showWaiting);
  document.addEventListener("aes:tiles", showWaiting);
  showWaiting();
}

// Pressing the same again takes it back.
function toggled(home, field, value) {
  if (field === "favorite") return { favorite: home.dataset.favorite !== "1" };
  if (field === "stars") return { stars: home.dataset.stars === value ? 0 : Number(value) };
  return { choice: home.dataset.choice === value ? "none" : value };
}

export function favoriteOf(photo) {
  return document.querySelector(`[data-photo="${photo}"]`)?.dataset.favorite === "1";
}

export function mark(photo, change) {
  foresee({ photos: [photo], ...change });
  toast(describe(change));
  const photos = change.choice === undefined ? [photo] : filesOf(photo);
  return add({ do: "decide", user: user(), photos, ...change });
}

// RAW and JPEG are picked and rejected together, where the page knows them.
function filesOf(photo) {
  return document.querySelector(`[data-photo="${photo}"]`)?.dataset.files?.split("+") ?? [photo];
}

// Proposals as they are shown; see accept.js.
export function acceptAll(picks, rejects, where) {
  const step = { do: "accept", user: user(), picks, rejects, where };
  foresee(step);
  return add(step);
}

export const undo = () => add({ do: "undo", user: user() });
export const redo = () => add({ do: "redo", user: user() });

// A page, or a part of it, may have been made before the server had the last steps.
function showWaiting() {
  for (const [, step] of waiting()) if (step.user === user()) foresee(step);
}

// What will stand of the photos once the server has the step, without asking it.
function foresee(step) {
  for (const photo of step.photos ?? []) change(photo, step);
  for (const [choice, units] of [["pick", step.picks], ["reject", step.rejects]]) {
    for (const photo of (units ?? []).flat()) {
      const isKept = choice === "reject" && isLoved(photo);
      if (standing(photo)?.choice === "none" && !isKept) change(photo, { choice });
    }
  }
}

function change(photo, word) {
  const now = standing(photo);
  if (!now) return;
  show({
    ...now,
    choice: word.choice ?? now.choice,
    stars: word.stars ?? now.stars,
    favorite: word.favorite ?? now.favorite,
  });
}

export function standing(photo) {
  const home = document.querySelector(`[data-photo="${photo}"]`);
  if (!home) return null;
  const { choice, stars, favorite } = home.dataset;
  return { photo, choice, stars: Number(stars), favorite: favorite === "1" };
}

// Four or five stars, or a favourite: no proposal rejects it.
export function isLoved(photo) {
  const now = standing(photo);
  return now !== null && (now.favorite || now.stars >= 4);
}

// The server's word, where no later step of ours is on its way.
function settled({ step, result }) {
  if (!result) return;
  if (result.error) refused(step, result.error);
  if (step.user === user()) result.decisions.forEach(show);
  showWaiting();
  if (result.line) toast(result.line);
}

async function refused(step, reason) {
  toast(`Not stored: ${reason}`, { bad: true });
  for (const photo of [step.photos, step.picks, step.rejects].flat(2)) {
    if (!photo || !standing(photo)) continue;
    const address = `/api/v1/photos/${photo}?user=${encodeURIComponent(step.user)}`;
    const known = await fetch(address).then((answer) => (answer.ok ? answer.json() : {}), () => ({}));
    show(known.decision ?? { photo, choice: "none", stars: 0, favorite: false });
  }
  showWaiting();
}

function show(decision) {
  for (const home of document.querySelectorAll(`[data-photo="${decision.photo}"]`)) {
    home.dataset.choice = decision.choice;
    home.dataset.stars = decision.stars ?? 0;
    home.dataset.favorite = decision.favorite ? "1" : "0";
    for (const button of home.querySelectorAll("[data-mark]")) press(button, home);
    const said = home.querySelector(".said");
    if (said) said.textContent = inWords(decision);
  }
  document.dispatchEvent(new CustomEvent("aes:decision", { detail: decision }));
}

function press(button, home) {
  const [field, value] = button.dataset.mark.split(":");
  const on =
    field === "favorite"
      ? home.dataset.favorite === "1"
      : field === "stars"
        ? Number(home.dataset.stars) >= Number(value)
        : home.dataset.choice === value;
  button.setAttribute("aria-pressed", String(on));
}

function inWords(decision) {
  let words = decision.choice === "none" ? "" : `, ${decision.choice}`;
  if (decision.stars) words += `, ${decision.stars} stars`;
  if (decision.favorite) words += ", favourite";
  return words;
}

function describe(change) {
  if (change.choice !== undefined) return SAID[change.choice];
  if (change.stars !== undefined) return change.stars ? "★".repeat(change.stars) : "Stars taken away";
  return change.favorite ? "Favourite" : "No favourite any more";
}
