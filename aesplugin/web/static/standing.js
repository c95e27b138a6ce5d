// What stands of each photo on the page: the server's word, and on it what waits to be sent.
import { changeOf, made } from "./history.js";
import { post, user } from "./net.js";
import { waiting } from "./queue.js";
import { plural, t } from "./texts.js";

const CHOICES = { pick: t("picked"), reject: t("rejected") };

const stored = new Map(); // photo → what the server said of it last
const storedAt = new Map(); // photo → when it said so in answer to a step
const known = new WeakSet(); // elements whose photo is in it as they came
const MOST_PHOTOS = 5000; // asked about at once
let changed = 0; // rises with the server's every word
let isAsking = false;
let isLate = false; // nobody looked at this tab while another one changed something
let timer;

// The page, or a new part of it, as the server made it; what waits to be sent is shown on it.
// A part that was asked for before a step was answered may not hold that step.
export function readPage({ detail: askedAt } = {}) {
  for (const home of document.querySelectorAll("[data-photo]")) {
    if (known.has(home)) continue;
    known.add(home);
    const { photo } = home.dataset;
    if (!(storedAt.get(photo) > askedAt)) stored.set(photo, read(home));
  }
  showAll();
}

export function standing(photo) {
  const home = document.querySelector(`[data-photo="${photo}"]`);
  return home && read(home);
}

function read({ dataset }) {
  const { photo, choice, stars, favorite } = dataset;
  return { photo, choice, stars: Number(stars), favorite: favorite === "1" };
}

// Four or five stars, or a favourite: no proposal rejects it.
export function isLoved(photo) {
  const now = standing(photo);
  return now !== null && (isKept(now) || isRated(photo));
}

// So rated in a sidecar, by `prefer`, or by a word on another file of the exposure: what stands of
// the photo itself does not tell it.
const isRated = (photo) => document.querySelector(`[data-photo="${photo}"][data-loved]`) !== null;

// Whether anything is left to decide of the photo that an element stands for.
export function isOpen(home) {
  const now = read(home);
  return now.choice === "none" && !isKept(now) && !home.dataset.loved;
}

const isKept = (decision) => decision.favorite || decision.stars >= 4;

// What the step would change of what is shown, or was heard of: pairs of before and after.
export function foreseen(step) {
  const shown = current();
  for (const home of document.querySelectorAll("[data-photo]")) shown.set(home.dataset.photo, read(home));
  const before = new Map(photosOf(step).filter((photo) => shown.has(photo)).map((photo) => [photo, shown.get(photo)]));
  const after = new Map(before);
  change(step, after);
  return [[...before.values()], [...after.values()]];
}

export function showAll() {
  const now = current();
  for (const home of document.querySelectorAll("[data-photo]")) {
    const decision = now.get(home.dataset.photo);
    if (decision && !isShown(home, decision)) show(home, decision);
  }
}

export function hasStored(decisions) {
  changed++;
  for (const { photo, choice, stars, favorite } of decisions) {
    stored.set(photo, { photo, choice, stars: stars ?? 0, favorite });
    storedAt.set(photo, performance.now());
  }
}

// The server's word on photos that the page may not show: `decisions`, and nothing on the others.
export function learn(photos, decisions, askedAt) {
  const said = new Map(decisions.map((one) => [one.photo, one]));
  for (const photo of photos) {
    if (storedAt.get(photo) > askedAt) continue;
    const { choice = "none", stars, favorite = false } = said.get(photo) ?? {};
    stored.set(photo, { photo, choice, stars: stars ?? 0, favorite });
  }
  showAll();
}

// What stands of photos, of those too that the page does not show but has heard of.
export function standingOf(photos) {
  const now = current();
  return photos.map((photo) => now.get(photo)).filter(Boolean);
}

function current() {
  const now = new Map(stored);
  for (const [, step] of waiting()) if (step.user === user()) change(step, now);
  return now;
}

// A step of this browser that another tab made, or no longer keeps.
export function startSharing() {
  document.addEventListener("aes:others", ({ detail }) => {
    const { step, isNew } = detail;
    if (step.user !== user()) return;
    if (isNew) made(step);
    else {
      change(step, stored);
      changed++;
      askSoon();
    }
    showAll();
  });
  document.addEventListener("aes:elsewhere", ask);
  document.addEventListener("visibilitychange", () => isLate && askSoon());
}

function askSoon(wait = 200) {
  isLate = document.hidden;
  clearTimeout(timer);
  if (!isLate) timer = setTimeout(ask, wait);
}

// Shows what the server has, in place. Asked again where it took a step meanwhile.
export async function ask() {
  if (isAsking) return askSoon();
  isAsking = true;
  const photos = [...new Set([...document.querySelectorAll("[data-photo]")].map((home) => home.dataset.photo))];
  const asked = changed;
  try {
    const answer = await post("/api/v1/steps/standing", { user: user(), photos: photos.slice(0, MOST_PHOTOS) });
    if (answer.status >= 500) askSoon(2000);
    else if (answer.ok && asked !== changed) askSoon();
    else if (answer.ok) {
      hasStored((await answer.json()).decisions);
      showAll();
    }
  } catch {
    askSoon(2000);
  }
  isAsking = false;
}

function photosOf(step) {
  return [step.photos, step.picks, step.rejects].flat(3).filter(Boolean);
}

// What stands of the photos once the server has the step, without asking it.
function change(step, now) {
  for (const photo of step.photos ?? []) say(photo, step, now);
  for (const [choice, units] of [["pick", step.picks], ["reject", step.rejects]]) {
    for (const photo of (units ?? []).flat()) {
      const old = now.get(photo);
      const isOwn = step.do === "keep" && choice === "pick"; // whatever was decided before
      if (isOwn || (old?.choice === "none" && !(choice === "reject" && isKept(old)))) say(photo, { choice }, now);
    }
  }
  const about = step.of?.length && changeOf(step.of.at(-1));
  for (const old of (step.do === "undo" ? about?.was : about?.now) ?? []) {
    if (now.has(old.photo)) now.set(old.photo, old);
  }
}

function say(photo, word, now) {
  const old = now.get(photo);
  if (!old) return;
  now.set(photo, {
    photo,
    choice: word.choice ?? old.choice,
    stars: word.stars ?? old.stars,
    favorite: word.favorite ?? old.favorite,
  });
}

function isShown({ dataset }, { choice, stars, favorite }) {
  return dataset.choice === choice && Number(dataset.stars) === stars && (dataset.favorite === "1") === favorite;
}

function show(home, decision) {
  home.dataset.choice = decision.choice;
  home.dataset.stars = decision.stars;
  home.dataset.favorite = decision.favorite ? "1" : "0";
  for (const button of home.querySelectorAll("[data-mark]")) press(button, home);
  const said = [...home.querySelectorAll(".said")].find((one) => one.closest("[data-photo]") === home);
  if (said) said.textContent = inWords(decision);
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
  let words = decision.choice === "none" ? "" : `, ${CHOICES[decision.choice]}`;
  if (decision.stars) words += `, ${plural("{n} star", "{n} stars", decision.stars)}`;
  if (decision.favorite) words += `, ${t("favourite")}`;
  return words;
}
