// A better crop and a straightened horizon, before and after: C asks for the crop, which is drawn
// on the photo, then shows the photo as it would be, then as it is.
import { toast } from "./net.js";
import { language, t } from "./texts.js";

export function startCrops() {
  document.body.addEventListener("htmx:afterSwap", ({ detail }) => detail.target.closest?.("#crop") && drawCrop());
  addEventListener("resize", fit);
}

export function nextCrop() {
  const ask = document.querySelector("[data-crop]");
  if (ask) return ask.click();
  const box = document.querySelector(".photo-page [data-viewer]");
  if (!box || !(cropBox() || turnBy())) return;
  const isDrawn = outline() && !outline().hasAttribute("hidden");
  if (box.classList.contains("shows-after")) showBefore(box);
  else if (cropBox() && !isDrawn) drawCrop();
  else showAfter(box);
}

const outline = () => document.querySelector("[data-overlay]");
const cropBox = () => document.querySelector("[data-crop-box]")?.dataset.cropBox.split(",").map(Number);
const turnBy = () => Number(document.querySelector(".photo-page")?.dataset.turnBy ?? 0); // degrees clockwise

function drawCrop() {
  if (!cropBox() || !outline()) return;
  const [left, top, width, height] = cropBox().map((share) => share * 1000);
  const [right, bottom] = [left + width, top + height];
  outline().innerHTML =
    `<path class="outside" fill-rule="evenodd" d="M0 0H1000V1000H0Z M${left} ${top}H${right}V${bottom}H${left}Z"/>` +
    `<rect class="edge" x="${left}" y="${top}" width="${width}" height="${height}"/>`;
  outline().removeAttribute("hidden");
  fit();
}

function showBefore(box) {
  box.classList.remove("shows-after");
  toast(t("The photo as it is"));
}

function showAfter(box) {
  const image = box.querySelector("img");
  if (!image.complete || !image.naturalWidth) return;
  box.querySelector("canvas.after")?.remove();
  box.append(after(image, cropBox() ?? [0, 0, 1, 1], turnBy()));
  outline()?.setAttribute("hidden", "");
  box.classList.add("shows-after");
  const changes = [cropBox() && t("cropped"), turnBy() && t("turned by {n}°", { n: Math.abs(turnBy()).toLocaleString(language) })].filter(Boolean);
  toast(t("After: {changes}", { changes: changes.join(", ") }));
}

// Turned about the middle of the crop, which is made as much smaller as keeps it within the photo.
function after(image, [left, top, width, height], degrees) {
  const [wide, high] = [width * image.naturalWidth, height * image.naturalHeight];
  const angle = (degrees * Math.PI) / 180;
  const [sin, cos] = [Math.abs(Math.sin(angle)), Math.cos(angle)];
  const scale = Math.min(wide / (wide * cos + high * sin), high / (wide * sin + high * cos));
  const canvas = Object.assign(document.createElement("canvas"), { className: "after" });
  canvas.width = Math.round(wide * scale);
  canvas.height = Math.round(high * scale);
  canvas.setAttribute("aria-hidden", "true");
  const context = canvas.getContext("2d");
  context.translate(canvas.width / 2, canvas.height / 2);
  context.rotate(angle);
  context.drawImage(image, -left * image.naturalWidth - wide / 2, -top * image.naturalHeight - high / 2);
  return canvas;
}

// The outline lies exactly on the fitted picture, not on the box around it.
function fit() {
  const box = outline()?.parentElement;
  const image = box?.querySelector("img");
  if (!image?.naturalWidth) return;
  const scale = Math.min(box.clientWidth / image.naturalWidth, box.clientHeight / image.naturalHeight);
  const [width, height] = [image.naturalWidth * scale, image.naturalHeight * scale];
  Object.assign(outline().style, {
    width: `${width}px`,
    height: `${height}px`,
    left: `${(box.clientWidth - width) / 2}px`,
    top: `${(box.clientHeight - height) / 2}px`,
  });
}
