// Photos for a client: those that are selected, else all that the gallery shows; and the choices
// that come back.
import { asUser, post, send, toast } from "./net.js";
import { listOf } from "./progress.js";
import { newId } from "./queue.js";
import { MOST, selected } from "./selection.js";
import { number, plural, t } from "./texts.js";

export function startSharing() {
  const dialog = document.getElementById("share");
  if (!dialog) return;
  document.querySelector("[data-share]").addEventListener("click", () => open(dialog));
  dialog.querySelector("[data-share-photos]").addEventListener("submit", (event) => sent(event, share));
  dialog.querySelector("[data-share-read]").addEventListener("submit", (event) => sent(event, read));
}

const grid = () => document.querySelector("[data-grid]");

function open(dialog) {
  const photos = selected();
  const total = photos.length || Number(grid()?.dataset.total ?? 0);
  const what = photos.length
    ? plural("{n} photo selected", "{n} photos selected", total)
    : plural("{n} photo that matches the filters", "{n} photos that match the filters", total);
  dialog.querySelector("[data-share-what]").textContent = what;
  dialog.querySelector("[data-share-photos] .primary").disabled = !total || total > MOST;
  if (total > MOST) toast(t("The page shares at most {most} photos at once: narrow the filters", { most: number(MOST) }), { bad: true });
  dialog.querySelector("[data-share-told]").replaceChildren();
  dialog.showModal();
}

// One at a time, however often the button is pressed.
async function sent(event, what) {
  event.preventDefault();
  const form = event.target;
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    await what(new FormData(form));
  } catch (error) {
    tell([error.message], { bad: true });
  } finally {
    button.disabled = false;
  }
}

async function share(form) {
  const photos = selected();
  const wanted = photos.length ? photos : await shown();
  await send("POST", "/api/v1/shares", {
    photos: wanted,
    title: form.get("title"),
    form: form.get("form"),
    scores: form.has("scores"),
  });
  location.assign("/progress");
}

async function shown() {
  const answer = await fetch(`/hashes?${grid().dataset.query}&limit=${MOST}`, { headers: asUser() });
  if (!answer.ok) throw new Error(t("the server answered {status}", { status: answer.status }));
  return (await answer.json()).photos;
}

async function read(form) {
  const user = form.get("user").trim();
  const address = `/api/v1/shares/choices${user ? `?user=${encodeURIComponent(user)}` : ""}`;
  const said = await send("POST", address, form.get("file"));
  const skipped = said.unknown.map((name) => t("{photo} is not in this catalog: skipped", { photo: name }));
  tell([said.line, ...skipped, ...said.comments]);
  if (said.run !== null) box().append(undoButton(said));
}

const box = () => document.querySelector("[data-share-told]");

function tell(lines, { bad = false } = {}) {
  box().replaceChildren(listOf(lines, bad ? "problems" : ""));
}

function undoButton({ user, run }) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = t("Undo");
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      const step = { id: newId(), do: "undo", user, of: [run] };
      const answer = await post("/api/v1/steps", { steps: [step] });
      const [done] = (await answer.json()).steps;
      tell([done.error ?? done.line], { bad: Boolean(done.error) });
    } catch (error) {
      tell([error.message], { bad: true });
    }
  });
  return button;
}
