// Running jobs and files by state, as the server tells them.
import { follow } from "./events.js";
import { send, toast } from "./net.js";
import { number, t } from "./texts.js";

const STATES = {
  waiting: t("waiting"),
  running: t("running"),
  paused: t("paused"),
  done: t("done"),
  failed: t("failed"),
  cancelled: t("cancelled"),
};

export function startProgress() {
  const page = document.querySelector("[data-progress]");
  if (!page) return;
  follow((said) => {
    if (said.states) showStates(page, said.states);
    showJobs(said.jobs);
  });
  page.querySelector("[data-score-folder]")?.addEventListener("submit", start);
}

function showStates(page, states) {
  for (const [state, count] of Object.entries(states)) {
    const item = page.querySelector(`[data-state="${state}"]`);
    if (!item) continue;
    item.querySelector("strong").textContent = number(count);
    item.classList.toggle("zero", !count);
  }
}

function showJobs(jobs) {
  const box = document.getElementById("jobs");
  const focused = box.contains(document.activeElement) && document.activeElement.dataset.key;
  if (!jobs.length) return (box.textContent = t("No jobs are running."));
  box.replaceChildren(...jobs.map((job) => kept(box, job) ?? row(job)));
  if (focused && document.activeElement.dataset.key !== focused) keepFocus(box, focused);
}

// A row stays as long as its buttons do: one that is replaced loses the click that is on its way.
function kept(box, job) {
  const line = box.querySelector(`[data-job="${job.id}"]`);
  if (line?.dataset.like !== like(job)) return null;
  update(line, job);
  return line;
}

const like = (job) => `${job.state} ${job.problems.length} ${job.failed > job.problems.length ? job.failed : 0}`;

// "Pause" has become "Continue".
function keepFocus(box, key) {
  const same = box.querySelector(`[data-key="${key}"]`);
  (same ?? box.querySelector(`[data-key^="${key.split(" ")[0]} "]`))?.focus();
}

function row(job) {
  const line = document.createElement("div");
  line.className = `job ${job.state}`;
  line.dataset.job = job.id;
  line.dataset.like = like(job);
  const bar = document.createElement("progress");
  bar.setAttribute("aria-label", job.label);
  const count = document.createElement("span");
  count.className = "numbers";
  line.append(document.createElement("span"), bar, count, ...buttons(job));
  if (job.state === "done" && job.link) line.append(download(job));
  if (job.problems.length) line.append(problems(job));
  update(line, job);
  return line;
}

function update(line, job) {
  const [label, bar, count] = line.children;
  label.textContent = job.state === "interrupted" ? interrupted(job) : `${job.label}: ${job.error ?? STATES[job.state]}`;
  bar.max = Math.max(1, job.total);
  if (job.state !== "waiting") bar.value = job.done;
  count.textContent = [t("{n} of {total}", { n: number(job.done), total: number(job.total) }), job.failed && t("{n} failed", { n: number(job.failed) }), job.time_left].filter(Boolean).join(", ");
}

function download(job) {
  const link = document.createElement("a");
  link.href = job.link;
  link.download = "";
  link.textContent = t("Download");
  return link;
}

function problems(job) {
  const more = job.failed - job.problems.length;
  const said = more > 0 ? [...job.problems, t("and {n} more", { n: number(more) })] : job.problems;
  return listOf(said, "problems");
}

export function listOf(lines, className) {
  const list = document.createElement("ul");
  list.className = className;
  list.append(
    ...lines.map((text) => {
      const item = document.createElement("li");
      item.textContent = text;
      return item;
    }),
  );
  return list;
}

// A job that the end of the server interrupted; how far it was may not be known.
export function interrupted(job) {
  const [folder, left] = [job.label, job.total - job.done];
  if (left <= 0) return t("Scoring of {folder} was interrupted", { folder });
  return t("Scoring of {folder} was interrupted with {n} left", { folder, n: number(left) });
}

function buttons(job) {
  const address = `/api/v1/jobs/${job.id}`;
  const isStopped = job.state === "paused" || job.state === "interrupted";
  const isActive = job.state === "running" || job.state === "waiting";
  if (!isStopped && !isActive) return [];
  const found = [button(t("Stop"), job, "DELETE", address)];
  if (isStopped) found.unshift(button(t("Continue"), job, "POST", `${address}/resume`));
  else if (job.kind === "score") found.unshift(button(t("Pause"), job, "POST", `${address}/pause`));
  return found;
}

function button(text, job, method, address) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.dataset.key = `${job.id} ${text}`;
  made.setAttribute("aria-label", `${text}: ${job.label}`);
  made.addEventListener("click", () => send(method, address).catch((error) => toast(error.message, { bad: true })));
  return made;
}

async function start(event) {
  event.preventDefault();
  try {
    await send("POST", "/api/v1/jobs", { paths: [new FormData(event.target).get("folder")] });
  } catch (error) {
    toast(error.message, { bad: true });
  }
}
