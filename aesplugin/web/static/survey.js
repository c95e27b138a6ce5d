// Frames side by side, as large as the window allows, and the current one's reason in full.
const LEAST = 110; // px: lower pictures are scrolled instead
const NARROW = "(max-width: 820px), (max-height: 480px)"; // the page scrolls there; see photo.css
let isScrolled = false; // with a finger

export function startSurvey() {
  addEventListener("resize", lay);
  for (const name of ["aes:tiles", "aes:decision", "aes:current"]) document.addEventListener(name, tellCurrent);
  document.addEventListener("aes:tiles", lay);
  document.addEventListener("pointercancel", ({ pointerType }) => (isScrolled = pointerType === "touch"));
  document.addEventListener("pointerdown", () => (isScrolled = false));
  document.addEventListener("scroll", follow, { passive: true });
  lay();
  tellCurrent();
}

function lay() {
  const box = document.querySelector(".frames");
  const frames = [...(box?.querySelectorAll(".frame") ?? [])];
  if (!frames.length) return;
  const shapes = frames.map(shapeOf);
  const caption = frames[0].querySelector(".under").offsetHeight;
  const isNarrow = matchMedia(NARROW).matches;
  const { columns, row } = isNarrow ? stacked(box) : filled(box, shapes, caption);
  frames.forEach((frame, n) => (frame.querySelector(".viewer").style.aspectRatio = isNarrow ? shapes[n] : ""));
  box.style.gridTemplateColumns = `repeat(${columns}, minmax(0, 1fr))`;
  box.style.gridAutoRows = row;
}

// Width over height.
function shapeOf(frame) {
  const image = frame.querySelector(".viewer img");
  return Number(image.getAttribute("width")) / Number(image.getAttribute("height")) || 1.5;
}

// The number of columns with which the pictures are largest.
function filled(box, shapes, caption) {
  const style = getComputedStyle(box);
  const gap = parseFloat(style.rowGap);
  const room = { width: box.clientWidth - 2 * parseFloat(style.paddingLeft), height: box.clientHeight - 2 * parseFloat(style.paddingTop) };
  let best = { area: -1 };
  for (let columns = 1; columns <= shapes.length; columns++) {
    const rows = Math.ceil(shapes.length / columns);
    const width = (room.width - gap * (columns - 1)) / columns;
    const free = (room.height - gap * (rows - 1)) / rows - caption;
    const height = Math.max(free, LEAST);
    const area = shapes.reduce((sum, shape) => sum + Math.min(width, height * shape) ** 2 / shape, 0);
    const isBetter = free >= LEAST || best.free < free || best.area < 0;
    if (isBetter && area > best.area) best = { area, columns, free };
  }
  return { columns: best.columns, row: best.free >= LEAST ? "minmax(0, 1fr)" : `${LEAST + caption}px` };
}

// One below the other, or two, each as high as its picture is at that width.
const stacked = (box) => ({ columns: box.clientWidth < 560 ? 1 : 2, row: "auto" });

export function isStacked() {
  const [one, other] = document.querySelectorAll(".frame");
  return Boolean(other) && one.offsetLeft === other.offsetLeft;
}

// Who scrolls with a finger decides about what is seen: the first frame at the top of the page, the
// last one at its end.
function follow() {
  if (!isScrolled || !isStacked() || document.querySelector(".held")) return;
  const page = document.documentElement;
  const line = innerHeight * Math.min(1, scrollY / Math.max(1, page.scrollHeight - innerHeight));
  const far = (frame) => {
    const { top, bottom } = frame.getBoundingClientRect();
    return Math.abs((top + bottom) / 2 - line);
  };
  const seen = [...document.querySelectorAll(".frame")].reduce((one, other) => (far(other) < far(one) ? other : one));
  if (!seen.matches(".current")) seen.focus({ preventScroll: true }); // it is the current one by that
}

function tellCurrent() {
  const line = document.querySelector("[data-of-current]");
  const frame = document.querySelector(".frame.current");
  if (!line || !frame) return;
  const why = frame.querySelector(frame.dataset.choice === "none" ? ".proposal" : ".decided").textContent;
  const words = [frame.querySelector(".name").textContent, why].filter(Boolean).join(". ");
  if (line.textContent !== words) line.textContent = words;
}
