// Running jobs and files by state, as the server tells them.
import { send, toast } from "./net.js";

export function startProgress() {
  const page = document.querySelector("[data-progress]");
  if (!page) return;
  const source = new EventSource("/api/v1/jobs/events");
  source.addEventListener("progress", (event) => {
    const said = JSON.parse(event.data);
    if (said.states) showStates(page, said.states);
    showJobs(said.jobs);
  });
  page.querySelector("[data-score-folder]")?.addEventListener("submit", start);
}

function showStates(page, states) {
  for (const [state, number] of Object.entries(states)) {
    const item = page.querySelector(`[data-state="${state}"]`);
    if (!item) continue;
    item.querySelector("strong").textContent = number.toLocaleString("en");
    item.classList.toggle("zero", !number);
  }
}

function showJobs(jobs) {
  const box = document.getElementById("jobs");
  box.replaceChildren(...jobs.map(row));
  if (!jobs.length) box.textContent = "Nothing runs.";
}

function row(job) {
  const line = document.createElement("div");
  line.className = `job ${job.state}`;
  const label = document.createElement("span");
  label.textContent = `${job.label}: ${job.error ?? job.state}`;
  const bar = document.createElement("progress");
  bar.setAttribute("aria-label", job.label);
  bar.max = Math.max(1, job.total);
  if (job.state !== "waiting") bar.value = job.done;
  const count = document.createElement("span");
  count.className = "numbers";
  count.textContent = `${job.done} of ${job.total}` + (job.failed ? `, ${job.failed} failed` : "");
  line.append(label, bar, count);
  if (job.state === "running" || job.state === "waiting") line.append(stopButton(job));
  if (job.problems.length) line.append(problems(job));
  return line;
}

function problems(job) {
  const list = document.createElement("ul");
  const more = job.failed - job.problems.length;
  const said = more > 0 ? [...job.problems, `and ${more.toLocaleString("en")} more`] : job.problems;
  list.className = "problems";
  list.append(
    ...said.map((text) => {
      const item = document.createElement("li");
      item.textContent = text;
      return item;
    }),
  );
  return list;
}

function stopButton(job) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Stop";
  button.addEventListener("click", () => send("DELETE", `/api/v1/jobs/${job.id}`));
  return button;
}

async function start(event) {
  event.preventDefault();
  try {
    await send("POST", "/api/v1/jobs", { paths: [new FormData(event.target).get("folder")] });
  } catch (error) {
    toast(error.message, { bad: true });
  }
}
