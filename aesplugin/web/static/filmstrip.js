// The photo's neighbours below it: the one that is shown stands in the middle where there are enough
// on both sides. A click on another goes on to it in place, as do the arrows at the photo's sides.
import { isTurning, turn } from "./turn.js";

export function startFilmstrip() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-turn]");
    const isPlain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    if (!link || !isPlain || isTurning()) return; // left to the browser
    event.preventDefault();
    if (!link.matches('[aria-current="true"]')) turn(link.href);
  });
  document.addEventListener("aes:tiles", centre);
  addEventListener("resize", centre);
  centre();
}

function centre() {
  const strip = document.querySelector(".filmstrip");
  const current = strip?.querySelector('[aria-current="true"]');
  if (current) strip.scrollLeft = current.offsetLeft - (strip.clientWidth - current.clientWidth) / 2;
}
