// Photos fitted or at 100 %; all viewers of a page share one zoom and one place.
const viewers = [];
let zoom = null; // null: fitted; else {x, y} as shares of the picture, and a level

export function startViewers() {
  findViewers();
  document.addEventListener("dblclick", (event) => {
    const viewer = viewers.find((one) => one.box.contains(event.target));
    if (viewer) zoomAll(viewer.placeOf(event));
  });
  addEventListener("resize", draw);
  document.body.addEventListener("htmx:afterSwap", showCrop);
}

// Those of the page as it is now, fitted.
export function findViewers() {
  zoom = null;
  viewers.splice(0, viewers.length, ...[...document.querySelectorAll("[data-viewer]")].map((box) => new Viewer(box)));
}

export function zoomAll(place) {
  zoom = zoom ? null : { x: place?.x ?? 0.5, y: place?.y ?? 0.5, level: 1 };
  document.body.classList.toggle("zoomed", zoom !== null);
  for (const viewer of viewers) viewer.sharpen();
  draw();
}

function draw() {
  for (const viewer of viewers) viewer.draw();
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
      this.full = { width: this.sharp.naturalWidth, height: this.sharp.naturalHeight };
      this.draw();
    };
    this.sharp.src = this.box.dataset.full;
  }

  draw() {
    const style = this.image.style;
    this.box.classList.toggle("at-full", zoom !== null);
    if (!zoom) {
      style.width = style.height = style.transform = "";
      return;
    }
    const size = this.full ?? { width: this.image.naturalWidth, height: this.image.naturalHeight };
    const scale = zoom.level / devicePixelRatio;
    const [width, height] = [size.width * scale, size.height * scale];
    style.width = `${width}px`;
    style.height = `${height}px`;
    const left = place(this.box.clientWidth, width, zoom.x);
    const top = place(this.box.clientHeight, height, zoom.y);
    style.transform = `translate(${left}px, ${top}px)`;
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
    zoom.level = Math.min(4, Math.max(0.25, zoom.level * (event.deltaY < 0 ? 1.15 : 1 / 1.15)));
    draw();
  }
}

// Where a picture begins so that the share `at` of it stands in the middle, edges kept in view.
function place(room, size, at) {
  if (size <= room) return (room - size) / 2;
  return Math.min(0, Math.max(room - size, room / 2 - at * size));
}

const clamp = (value) => Math.min(1, Math.max(0, value));

function showCrop() {
  const found = document.querySelector("[data-crop-box]");
  const overlay = document.querySelector("[data-overlay]");
  if (!found || !overlay) return;
  const [left, top, width, height] = found.dataset.cropBox.split(",").map((n) => Number(n) * 1000);
  const [right, bottom] = [left + width, top + height];
  overlay.innerHTML =
    `<path class="outside" fill-rule="evenodd" d="M0 0H1000V1000H0Z M${left} ${top}H${right}V${bottom}H${left}Z"/>` +
    `<rect class="edge" x="${left}" y="${top}" width="${width}" height="${height}"/>`;
  overlay.removeAttribute("hidden");
  fit(overlay);
  addEventListener("resize", () => fit(overlay));
}

// The overlay lies exactly on the fitted picture, not on the box around it.
function fit(overlay) {
  const image = overlay.parentElement.querySelector("img");
  const box = overlay.parentElement;
  const scale = Math.min(box.clientWidth / image.naturalWidth, box.clientHeight / image.naturalHeight);
  const [width, height] = [image.naturalWidth * scale, image.naturalHeight * scale];
  Object.assign(overlay.style, {
    width: `${width}px`,
    height: `${height}px`,
    left: `${(box.clientWidth - width) / 2}px`,
    top: `${(box.clientHeight - height) / 2}px`,
  });
}
