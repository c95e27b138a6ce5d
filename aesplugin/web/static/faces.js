// The row of faces over a burst: a click shows that face at 100 %, and each other frame at its own.
import { zoomAll } from "./viewer.js";

export function startFaces() {
  document.addEventListener("click", ({ target }) => {
    const face = target.closest("[data-face]");
    if (face) lookAt(face);
  });
  document.addEventListener("aes:current", ({ target }) => follow(target));
}

function lookAt(face) {
  const { of } = face.closest("[data-of]").dataset;
  const frame = document.querySelector(`.frame[data-photo="${of}"]`);
  frame.querySelector("[data-viewer]").dataset.focus = face.dataset.face;
  frame.focus({ preventScroll: true }); // it is the current one by that
  frame.scrollIntoView({ block: "nearest" });
  if (document.body.classList.contains("zoomed")) zoomAll();
  zoomAll();
}

// The faces of the current frame are marked and in view.
function follow(frame) {
  for (const one of document.querySelectorAll(".face-row [data-of]")) {
    const isOf = one.dataset.of === frame.dataset.photo;
    one.classList.toggle("current", isOf);
    if (isOf) one.parentElement.scrollLeft = one.offsetLeft - (one.parentElement.clientWidth - one.offsetWidth) / 2;
  }
}
