// A person's word on photos: sent at once, shown on everything that stands for the photo.
import { send, toast, user } from "./net.js";

const SAID = { pick: "Picked", reject: "Rejected", none: "Cleared" };

export function startMarks() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-mark]");
    if (!button) return;
    const home = button.closest("[data-photo]");
    const [field, value] = button.dataset.mark.split(":");
    mark(home.dataset.photo, toggled(home, field, value));
  });
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

export async function mark(photo, change) {
  try {
    const address = `/api/v1/photos/${photo}/decision`;
    show(await send("PUT", address, { user: user(), ...change }));
    toast(describe(change));
  } catch (error) {
    toast(error.message, { bad: true });
  }
}

export async function markMany(photos, change) {
  try {
    const said = await send("POST", "/api/v1/decisions", { user: user(), photos, ...change });
    said.decisions.forEach(show);
    toast(`${describe(change)} (${photos.length})`);
  } catch (error) {
    toast(error.message, { bad: true });
  }
}

export async function undo() {
  try {
    const said = await send("POST", "/api/v1/undo", { user: user() });
    said.decisions.forEach(show);
    toast(said.decisions.length ? "Undone" : "Nothing to undo");
  } catch (error) {
    toast(error.message, { bad: true });
  }
}

export function show(decision) {
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
