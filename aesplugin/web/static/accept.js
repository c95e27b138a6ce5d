// Accepting proposals: exactly those that the page shows, whatever was decided since it was made.
import { toast } from "./net.js";
import { acceptAll, isLoved, standing } from "./marks.js";

export function startAccept() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-accept]");
    if (button) accept(button);
  });
  document.addEventListener("aes:decision", () => document.querySelectorAll("[data-accept]").forEach(label));
}

async function accept(button) {
  const [picks, rejects] = open(button);
  if (!picks.length && !rejects.length) return toast("Nothing is left to accept");
  const { confirm: question, then, where } = button.dataset;
  if (question && !confirm(question)) return;
  const answer = acceptAll(picks, rejects, where.slice(0, 300));
  toast(`${counted(picks, "pick")}, ${counted(rejects, "reject")} accepted`);
  if (then && (await answer)?.error === null) location.assign(then);
}

// A person's own word on a photo stays, and holds for the files that share its fate.
function open(button) {
  const { picks, rejects } = button.dataset;
  return [
    unitsOf(picks).filter(([shown]) => !isDecided(shown)),
    unitsOf(rejects).filter(([shown]) => !isDecided(shown) && !isLoved(shown)),
  ];
}

function unitsOf(text) {
  return text
    .split(" ")
    .filter(Boolean)
    .map((unit) => unit.split("+"));
}

function isDecided(photo) {
  return (standing(photo)?.choice ?? "none") !== "none";
}

function label(button) {
  const told = button.querySelector("[data-counts]");
  if (!told) return;
  const [picks, rejects] = open(button);
  told.textContent = `${counted(picks, "pick")} and ${counted(rejects, "reject")}`;
}

function counted(units, word) {
  return `${units.length} ${word}${units.length === 1 ? "" : "s"}`;
}
