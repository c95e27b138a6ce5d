// Photos seen whole or as large as one likes; all viewers of a page share one zoom and one place.
import { t } from "./texts.js";

const viewers = [];
const MOST = 4; // screen pixels for one of the photo, along a side
const ALMOST = 1.01; // times as large as whole: that is whole
let zoom = null; // null: fitted; else {x, y} as shares of the picture, a level, and isOwn (see `own`)

export function startViewers() {
  findViewers();
  let isByFinger = false; // a browser may report two taps as a double click, too; see fingers.js
  document.addEventListener("pointerdown", ({ pointerType }) => (isByFinger = pointerType === "touch"));
  document.addEventListener("dblclick", (event) => {
    if (!isByFinger) viewerAt(event.target)?.doubled(event);
  });
  addEventListener("resize", draw);
  addEventListener("scroll", sharpen, { capture: true, passive: true });
}

export const isZoomed = () => zoom !== null;

export const viewerAt = (target) => viewers.find((one) => one.box.contains(target));

// Those of the page as it is now, fitted.
export function findViewers() {
  zoom = null;
  viewers.splice(0, viewers.length, ...[...document.querySelectorAll("[data-viewer]")].map((box) => new Viewer(box)));
}

export function zoomAll(place) {
  look(zoom ? null : { x: place?.x ?? 0.5, y: place?.y ?? 0.5, level: 1, isOwn: !place });
}

function look(next) {
  zoom = next;
  document.body.classList.toggle("zoomed", zoom !== null);
  sharpen();
  draw();
}

function sharpen() {
  if (zoom) for (const viewer of viewers) viewer.sharpen();
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
    if (this.sharp || !this.isSeen()) return;
    this.sharp = new Image();
    this.sharp.onload = () => {
      const { width } = this.size();
      this.image.src = this.sharp.src;
      this.image.dataset.sharp = "1";
      this.full = { width: this.sharp.naturalWidth, height: this.sharp.naturalHeight };
      if (zoom?.by === this) zoom.level *= width / this.full.width; // it keeps its size under the fingers
      draw();
    };
    this.sharp.src = this.box.dataset.full;
  }

  isSeen() {
    const { top, bottom } = this.box.getBoundingClientRect();
    return top < innerHeight && bottom > 0;
  }

  // That of the full picture, as far as it is known before that has come.
  size() {
    if (this.full) return this.full;
    const [width, height] = ["width", "height"].map((side) => Number(this.image.getAttribute(side)));
    if (width && height) return { width, height };
    return { width: this.image.naturalWidth || this.box.clientWidth, height: this.image.naturalHeight || this.box.clientHeight };
  }

  // The level at which all of the photo is seen.
  whole() {
    const { width, height } = this.size();
    return Math.min(this.box.clientWidth / width, this.box.clientHeight / height) * devicePixelRatio;
  }

  // Its size on the screen.
  drawn() {
    const { width, height } = this.size();
    const scale = (zoom?.level ?? this.whole()) / devicePixelRatio;
    return { width: width * scale, height: height * scale };
  }

  draw() {
    this.box.classList.toggle("at-full", zoom !== null);
    if (!zoom) return this.lay("", "", "");
    const { width, height } = this.drawn();
    const own = this.own();
    const left = place(this.box.clientWidth, width, zoom.x + own.x);
    const top = place(this.box.clientHeight, height, zoom.y + own.y);
    this.lay(`${width}px`, `${height}px`, `translate(${left}px, ${top}px)`);
  }

  // The photo, and what is drawn over it.
  lay(width, height, transform) {
    for (const one of [this.image, ...this.box.querySelectorAll("[data-layer]")]) Object.assign(one.style, { width, height, transform });
  }

  // How far what stands in its middle is from the place that all share: as far as this photo's own
  // focus (its main face) is from the photo's middle.
  own() {
    const focus = zoom.isOwn && this.box.dataset.focus;
    if (!focus) return { x: 0, y: 0 };
    const [x, y] = focus.split(",").map(Number);
    return { x: x - 0.5, y: y - 0.5 };
  }

  // Which share of the photo lies under a point of the window.
  placeOf({ clientX, clientY }) {
    const rect = this.image.getBoundingClientRect();
    const { width, height } = this.drawn(); // of a photo seen whole the element is larger
    return {
      x: clamp((clientX - rect.left - (rect.width - width) / 2) / width),
      y: clamp((clientY - rect.top - (rect.height - height) / 2) / height),
    };
  }

  // At 100 % where one pointed, and back.
  doubled(event) {
    zoomAll(this.placeOf(event));
  }

  // What lies under a point stays under it while the point moves, and the photo grows or shrinks
  // to so many times its size: a drag and a pinch.
  hold(point) {
    const under = this.placeOf(point);
    const level = zoom?.level ?? this.whole();
    return (to, times = 1) => {
      if (!zoom && times <= 1) return;
      if (!zoom) look({ x: 0.5, y: 0.5, level, isOwn: false });
      if (times !== 1) this.grow(level * times);
      const { width, height } = this.drawn();
      const rect = this.box.getBoundingClientRect();
      const own = this.own();
      zoom.x = within(rect.width, width, under.x - (to.clientX - rect.left - rect.width / 2) / width) - own.x;
      zoom.y = within(rect.height, height, under.y - (to.clientY - rect.top - rect.height / 2) / height) - own.y;
      draw();
    };
  }

  grow(level) {
    zoom.level = Math.min(Math.max(MOST, this.whole()), Math.max(this.whole(), level));
    zoom.by = this;
  }

  // After a pinch.
  settle() {
    if (zoom && zoom.level <= ALMOST * this.whole()) zoomAll();
  }

  grab(event) {
    if (!zoom || event.button !== 0 || event.pointerType === "touch") return;
    event.preventDefault();
    this.box.setPointerCapture(event.pointerId);
    const drag = this.hold(event);
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

// The share of a picture that can stand in the middle of the room, edges kept in view.
function within(room, size, share) {
  if (size <= room) return 0.5;
  return Math.min(1 - room / 2 / size, Math.max(room / 2 / size, share));
}

const clamp = (value) => Math.min(1, Math.max(0, value));
