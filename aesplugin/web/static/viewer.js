// Photos fitted or at 100 %; all viewers of a page share one zoom and one place.
import { t } from "./texts.js";

const viewers = [];
const MOST = 4; // screen pixels for one of the photo, along a side
let zoom = null; // null: fitted; else {x, y} as shares of the picture, a level, and isOwn (see `at`)

export function startViewers() {
  findViewers();
  document.addEventListener("dblclick", (event) => {
    const viewer = viewers.find((one) => one.box.contains(event.target));
    if (viewer) zoomAll(viewer.placeOf(event));
  });
  addEventListener("resize", draw);
}

// Those of the page as it is now, fitted.
export function findViewers() {
  zoom = null;
  viewers.splice(0, viewers.length, ...[...document.querySelectorAll("[data-viewer]")].map((box) => new Viewer(box)));
}

export function zoomAll(place) {
  zoom = zoom ? null : { x: place?.x ?? 0.5, y: place?.y ?? 0.5, level: 1, isOwn: !place };
  document.body.classList.toggle("zoomed", zoom !== null);
  for (const viewer of viewers) viewer.sharpen();
  draw();
}

// From fitted to 100 %, 200 % and 400 %, and back.
export function zoomStep(direction) {
  const level = zoom ? zoom.level * 2 ** direction : 1;
  if (!viewers.length || (!zoom && direction < 0)) return;
  if (!zoom || level < 1) return zoomAll();
  zoom.level = Math.min(MOST, level);
  draw();
}

function draw() {
  for (const viewer of viewers) viewer.draw();
  for (const told of document.querySelectorAll("[data-level]")) {
    told.textContent = zoom ? `${Math.round(100 * zoom.level)} %` : t("Fit");
  }
}

class Viewer {
  constructor(box) {
    this.box = box;
    this.image = box.querySelector("img");
    this.image.addEventListener("load", () => this.draw());
    box.addEventListener("pointerdown", (event) => this.grab(event));
    box.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
  }

  // The full picture is fetched when somebody looks that closely, and not before.
  sharpen() {
    if (!zoom || this.sharp) return;
    this.sharp = new Image();
    this.sharp.onload = () => {
      this.image.src = this.sharp.src;
      this.image.dataset.sharp = "1";
      this.full = { width: this.sharp.naturalWidth, height: this.sharp.naturalHeight };
      this.draw();
    };
    this.sharp.src = this.box.dataset.full;
  }

  draw() {
    this.box.classList.toggle("at-full", zoom !== null);
    if (!zoom) return this.lay("", "", "");
    const size = this.full ?? { width: this.image.naturalWidth, height: this.image.naturalHeight };
    const scale = zoom.level / devicePixelRatio;
    const [width, height] = [size.width * scale, size.height * scale];
    const at = this.at();
    const left = place(this.box.clientWidth, width, at.x);
    const top = place(this.box.clientHeight, height, at.y);
    this.lay(`${width}px`, `${height}px`, `translate(${left}px, ${top}px)`);
  }

  // The photo, and what is drawn over it.
  lay(width, height, transform) {
    for (const one of [this.image, ...this.box.querySelectorAll("[data-layer]")]) Object.assign(one.style, { width, height, transform });
  }

  // What stands in the middle: the place that all share, or as far from this photo's own focus (its
  // main face) as that place is from the middle.
  at() {
    const focus = zoom.isOwn && this.box.dataset.focus;
    if (!focus) return zoom;
    const [x, y] = focus.split(",").map(Number);
    return { x: x + zoom.x - 0.5, y: y + zoom.y - 0.5 };
  }

  placeOf(event) {
    const rect = this.image.getBoundingClientRect();
    return {
      x: clamp((event.clientX - rect.left) / rect.width),
      y: clamp((event.clientY - rect.top) / rect.height),
    };
  }

  grab(event) {
    if (!zoom || event.button !== 0) return;
    event.preventDefault();
    this.box.setPointerCapture(event.pointerId);
    const rect = this.image.getBoundingClientRect();
    const from = { x: event.clientX, y: event.clientY, at: { ...zoom } };
    const drag = (moved) => {
      zoom.x = clamp(from.at.x - (moved.clientX - from.x) / rect.width);
      zoom.y = clamp(from.at.y - (moved.clientY - from.y) / rect.height);
      draw();
    };
    this.box.addEventListener("pointermove", drag);
    this.box.addEventListener("pointerup", () => this.box.removeEventListener("pointermove", drag), { once: true });
  }

  wheel(event) {
    if (!zoom) return;
    event.preventDefault();
    zoom.level = Math.min(MOST, Math.max(0.25, zoom.level * (event.deltaY < 0 ? 1.15 : 1 / 1.15)));
    draw();
  }
}

// Where a picture begins so that the share `at` of it stands in the middle, edges kept in view.
function place(room, size, at) {
  if (size <= room) return (room - size) / 2;
  return Math.min(0, Math.max(room - size, room / 2 - at * size));
}

const clamp = (value) => Math.min(1, Math.max(0, value));
