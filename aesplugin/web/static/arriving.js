// Photos that come while one looks: how far scoring is, and those that are new, when asked for.
// Nothing moves under the pointer by itself; only a gallery without photos fills on its own.
import { follow } from "./events.js";
import { interrupted } from "./progress.js";
import { gridPlace, gridGo } from "./grid.js";
import { asUser, post, send, toast } from "./net.js";
import { number, plural, t } from "./texts.js";

const WAITS = { waiting: t("Scoring waits for another job"), paused: t("Scoring is paused") };
const FAILED = t("The server does not answer: the new photos are not shown yet; press the button again");
const STOPPED = ["paused", "interrupted"];
const OFTEN = 2000; // ms between two questions how many have come
let line, button;
let asked = 0;
let progress = ""; // as it was when that was asked last
let isShowing = false;

export function startArriving() {
  line = document.querySelector("[data-arriving]");
  if (!line) return;
  button = line.querySelector("[data-arriving-show]");
  line.querySelector("[data-arriving-continue]").addEventListener("click", resume);
  button.addEventListener("click", show);
  const query = results()?.dataset.query ?? "";
  if (query.includes("scored_by=")) count();
  if (line.dataset.arriving) follow(told);
  else document.addEventListener("visibilitychange", wake);
}

// Scoring may have been started in another tab.
async function wake() {
  if (document.hidden) return;
  const answer = await fetch("/api/v1/jobs").catch(() => null);
  if (!answer?.ok || !(await answer.json()).some(isActive)) return;
  document.removeEventListener("visibilitychange", wake);
  follow(told);
}

const isActive = (job) => job.kind === "score" && ["waiting", "running", "paused"].includes(job.state);
const results = () => document.querySelector("[data-grid]");

function told({ jobs }) {
  const job = jobs.findLast(isActive) ?? jobs.find(({ state }) => state === "interrupted");
  const last = jobs.find(({ kind }) => kind === "score");
  line.querySelector("[data-arriving-text]").textContent = job ? words(job) : ended(last);
  const again = line.querySelector("[data-arriving-continue]");
  again.hidden = !STOPPED.includes(job?.state);
  again.dataset.job = job?.id;
  line.hidden = !job && !last && button.hidden;
  const now = jobs.map(({ id, done, state }) => `${id} ${done} ${state}`).join();
  if (now === progress || (job && performance.now() - asked < OFTEN)) return;
  progress = now;
  count({ isOver: !job || job.state === "interrupted" });
}

function words(job) {
  if (job.state === "interrupted") return interrupted(job);
  const some = t("{n} of {total}", { n: number(job.done), total: number(job.total) });
  if (job.state !== "running") return WAITS[job.state] + (job.total ? `: ${some}` : "");
  if (!job.total) return t("Looking for photos in {folder}", { folder: job.label });
  return [t("Scoring {some}", { some }), job.time_left].filter(Boolean).join(", ");
}

async function resume(event) {
  try {
    await send("POST", `/api/v1/jobs/${event.target.dataset.job}/resume`);
  } catch (error) {
    toast(error.message, { bad: true });
  }
}

function ended(job) {
  if (!job) return "";
  return job.state === "failed" ? `${job.label}: ${job.error}` : t("Scoring has ended");
}

// How many match the filters now.
async function count({ isOver = false } = {}) {
  asked = performance.now();
  const query = results()?.dataset.query ?? location.search.slice(1);
  const answer = await fetch(`/arrived?${query}`, { headers: asUser() }).catch(() => null);
  if (!answer?.ok) return (progress = ""); // asked again with the next news
  const { total, files } = await answer.json();
  if (document.querySelector("[data-choose]")) {
    if (total || (isOver && files)) location.reload();
    return;
  }
  const shown = Number(results()?.dataset.total ?? 0);
  const added = Math.max(0, total - shown);
  if (added && !shown) return show();
  button.hidden = !added;
  button.textContent = plural("Show {n} new photo", "Show {n} new photos", added);
  if (added) line.hidden = false;
}

// With the photo that one was at still in place.
async function show() {
  if (isShowing) return;
  isShowing = true;
  const at = gridPlace();
  try {
    if (!(await showAll())) return toast(FAILED, { bad: true });
    button.hidden = true;
    if (at) gridGo(await placeOf(at, results()?.dataset.query ?? ""), { isFocused: at.isFocused });
  } finally {
    isShowing = false;
  }
}

// Whether they came.
async function showAll() {
  const query = new URLSearchParams(results()?.dataset.query ?? location.search);
  query.delete("scored_by");
  const first = () => document.getElementById("results").firstElementChild;
  const old = first();
  await window.htmx.ajax("GET", `/?${query}`, { target: "#results", swap: "innerHTML" }).catch(() => null);
  return first() !== old;
}

// Any number may have come before it.
async function placeOf({ photo, index }, query) {
  const answer = await post(`/hashes?${query}`, { photos: [photo] }).catch(() => null);
  if (!answer?.ok) return index;
  const { places } = await answer.json();
  return places[photo] ?? index;
}
