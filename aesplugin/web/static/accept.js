// Accepting proposals: exactly those that the page shows, whatever was decided since it was made.
import { goOn } from "./burst.js";
import { toast } from "./net.js";
import { acceptAll } from "./marks.js";
import { isLoved, standing } from "./standing.js";
import { plural, t } from "./texts.js";

export function startAccept() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-accept]");
    if (button) accept(button);
  });
  document.addEventListener("aes:decision", () => document.querySelectorAll("[data-accept]").forEach(label));
}

async function accept(button) {
  const [picks, rejects] = open(button);
  const isBurst = button.closest(".burst") !== null;
  if (!picks.length && !rejects.length) return toast(t("Nothing left to accept") + (isBurst ? goOn() : ""));
  const { confirm: question, then } = button.dataset;
  const { where } = button.closest("[data-where]").dataset;
  const warning = emptied(button, picks);
  if (question && !confirm(warning ? `${warning}. ${question}` : question)) return;
  const answer = acceptAll(picks, rejects, where.slice(0, 300));
  const told = t("{what} accepted", { what: inAll(picks, rejects, "{one}, {more}") });
  toast(warning ? `${told}. ${warning}` : told + (isBurst ? goOn() : ""), { bad: Boolean(warning) });
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

// In words, where bursts would be left without a pick because the person rejected the proposed one.
function emptied(button, picks) {
  const accepted = new Set(picks.map(([shown]) => shown));
  const isKept = (photo) => accepted.has(photo) || standing(photo)?.choice === "pick";
  const refused = unitsOf(button.dataset.picks).filter(([shown]) => standing(shown)?.choice === "reject");
  const bursts = new Set(refused.map(([shown]) => burstOf(shown)).filter(Boolean));
  const left = [...bursts].filter((burst) => !photosOf(burst).some(isKept));
  if (!left.length) return "";
  return plural("A burst has no pick left: you rejected the proposed one", "{n} bursts have no pick left: you rejected the proposed one", left.length);
}

// A burst's own page shows it alone; in the cull each of its frames leads to that page.
function burstOf(photo) {
  const home = document.querySelector(`[data-photo="${photo}"]`);
  const address = home?.getAttribute("href") ?? "";
  return home?.closest(".burst") ? "shown" : address.startsWith("/group/") && address;
}

function photosOf(burst) {
  const shown = burst === "shown" ? ".burst [data-photo]" : `[data-photo][href="${CSS.escape(burst)}"]`;
  return [...document.querySelectorAll(shown)].map((home) => home.dataset.photo);
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
  told.textContent = inAll(picks, rejects, t("{one} and {more}"));
}

const inAll = (picks, rejects, form) => t(form, { one: plural("{n} pick", "{n} picks", picks.length), more: plural("{n} reject", "{n} rejects", rejects.length) });
