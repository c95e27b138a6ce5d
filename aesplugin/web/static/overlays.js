// What the eye misses, marked over the photo: where light or shadow has no detail left, and what is
// sharp, worked out here from the picture that is shown; and the faces, where the page has any.
import { t } from "./texts.js";

const LONGEST = 1600; // px
const BLOWN = 251; // of 255, in all three channels
const BLOCKED = 4;
const SHARP = 14; // of 255: how far a pixel stands out from its neighbours
const RED = [255, 40, 40];
const BLUE = [60, 110, 255];
const GREEN = [60, 255, 90];
const KINDS = [
  { name: t("Overlay"), says: "" },
  { name: t("Clipping"), says: t("Red: highlights without detail. Blue: shadows without detail."), mark: clipping },
  { name: t("Focus"), says: t("Green: what is in focus."), mark: peaking },
  { name: t("Faces"), says: t("Green: eyes open. Red, dashed: closed. White, dotted: unclear or turned away."), areFaces: true },
];
let kind = 0;

export function startOverlays() {
  document.addEventListener("aes:tiles", show);
}

export function nextOverlay() {
  if (!document.querySelector(".photo-page [data-viewer]")) return;
  kind = (kind + 1) % KINDS.length;
  if (KINDS[kind].areFaces && !faceBoxes()) kind = 0;
  show();
}

const faceBoxes = () => document.querySelector("[data-face-boxes]");

function show() {
  const { name, areFaces } = KINDS[kind];
  const says = areFaces && !faceBoxes() ? t("No faces to mark in this photo.") : KINDS[kind].says;
  faceBoxes()?.toggleAttribute("hidden", !areFaces);
  const button = document.querySelector("[data-overlay-name]");
  if (!button) return;
  button.textContent = name;
  button.parentElement.setAttribute("aria-pressed", String(kind > 0));
  const legend = document.querySelector("[data-legend]");
  legend.textContent = says;
  legend.hidden = !says;
  requestAnimationFrame(() => setTimeout(drawOver)); // the photo itself is painted first
}

function drawOver() {
  const box = document.querySelector(".photo-page [data-viewer]");
  const image = box?.querySelector("img");
  let canvas = box?.querySelector("canvas[data-layer]");
  const isDrawn = Boolean(KINDS[kind].mark);
  if (!image || (!canvas && !isDrawn)) return;
  if (!canvas) {
    canvas = box.insertBefore(document.createElement("canvas"), image.nextSibling);
    canvas.dataset.layer = "";
    canvas.setAttribute("aria-hidden", "true");
    canvas.style.cssText = image.style.cssText; // zoomed as it is
    image.addEventListener("load", drawOver);
  }
  canvas.hidden = !isDrawn;
  if (isDrawn && image.complete && image.naturalWidth) mark(image, canvas);
}

function mark(image, canvas) {
  const scale = Math.min(1, LONGEST / Math.max(image.naturalWidth, image.naturalHeight));
  canvas.width = Math.round(image.naturalWidth * scale);
  canvas.height = Math.round(image.naturalHeight * scale);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  const pixels = context.getImageData(0, 0, canvas.width, canvas.height);
  const marks = context.createImageData(pixels);
  KINDS[kind].mark(pixels, marks.data);
  context.putImageData(marks, 0, 0);
  canvas.dataset.kind = KINDS[kind].name;
}

function clipping({ data }, marks) {
  for (let at = 0; at < data.length; at += 4) {
    const [red, green, blue] = [data[at], data[at + 1], data[at + 2]];
    if (red >= BLOWN && green >= BLOWN && blue >= BLOWN) paint(marks, at, RED);
    else if (red <= BLOCKED && green <= BLOCKED && blue <= BLOCKED) paint(marks, at, BLUE);
  }
}

// A pixel of an edge stands out from the mean of the four around it; in blur it does not.
function peaking({ data, width, height }, marks) {
  const row = 4 * width;
  for (let y = 1; y < height - 1; y++) {
    for (let at = y * row + 4; at < (y + 1) * row - 4; at += 4) {
      const around = light(data, at - 4) + light(data, at + 4) + light(data, at - row) + light(data, at + row);
      if (Math.abs(light(data, at) - around / 4) > SHARP) paint(marks, at, GREEN);
    }
  }
}

const light = (data, at) => 0.3 * data[at] + 0.6 * data[at + 1] + 0.1 * data[at + 2];

function paint(marks, at, [red, green, blue]) {
  marks[at] = red;
  marks[at + 1] = green;
  marks[at + 2] = blue;
  marks[at + 3] = 255;
}
