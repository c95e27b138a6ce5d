// One frame is held, large, at the left; beside it stands one other at a time, its challenger, which
// is the current frame: the one that arrows change and that decisions are about. What is held is
// told by the page alone (class "held"), so that another burst begins without.
import { toast } from "./net.js";
import { t } from "./texts.js";

// Whether a key is about holding.
export function holdByKey({ target }, key, makeCurrent) {
  const frames = document.querySelector(".frames");
  const isHeld = frames?.classList.contains("held");
  if (key === "h" && frames?.children.length > 1) {
    if (isHeld) release(frames);
    else hold(frames, frames.querySelector(".frame.current"), makeCurrent);
  } else if (isHeld && key === "Escape") release(frames);
  else if (isHeld && key === "Enter" && !target.matches("a, button")) {
    hold(frames, frames.querySelector(".frame.current"), makeCurrent);
  } else return false;
  return true;
}

// The frames among which arrows move.
export const challengers = () => [...document.querySelectorAll(".frame:not(.champion)")];

// The current frame, while another is held.
export const challenger = () => document.querySelector(".frames.held .frame.current");

function hold(frames, champion, makeCurrent) {
  const all = [...frames.querySelectorAll(".frame")];
  const at = all.indexOf(champion);
  for (const frame of all) frame.classList.toggle("champion", frame === champion);
  show(frames, true);
  makeCurrent(all[at + 1] ?? all[at - 1]);
  toast(t("{photo} is held; arrows change the other one", { photo: nameOf(champion) }));
}

function release(frames) {
  frames.querySelector(".champion").classList.remove("champion");
  show(frames, false);
  toast(t("No frame is held any more"));
}

function show(frames, isHeld) {
  frames.classList.toggle("held", isHeld);
  const page = frames.closest(".burst");
  page.querySelector("[data-hold]")?.setAttribute("aria-pressed", String(isHeld));
  const buttons = page.querySelector(".while-held");
  if (buttons) buttons.hidden = !isHeld;
  redraw();
}

// What was hidden has no size until it shows.
export const redraw = () => dispatchEvent(new Event("resize"));

const nameOf = (frame) => frame.querySelector(".viewer img").alt;
