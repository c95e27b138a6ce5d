// A window onto any number of photos: only the rows near the screen are in the page.
import { asUser } from "./net.js";

const AHEAD = 1.5; // screens kept above and below
let grid = null;

export function startGrid() {
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id === "results") attach();
  });
  addEventListener("resize", () => grid?.layout());
  addEventListener("scroll", () => grid?.soon(), { passive: true });
  attach();
}

function attach() {
  const root = document.querySelector("[data-grid]");
  grid = root ? new Grid(root) : null;
  if (!grid) return;
  const wanted = /^#t(\d+)$/.exec(location.hash);
  if (wanted) grid.focus(Number(wanted[1]));
}

export function gridMove(key) {
  grid?.move(key);
}

// The place of the tile that has or had the focus.
export function gridAt() {
  return grid.at;
}

// The photo that has the focus, else the first one in the window where one has scrolled; null at
// the top.
export function gridPlace() {
  const focused = document.activeElement?.closest?.(".tile");
  const below = document.querySelector(".bar").getBoundingClientRect().bottom;
  const isShown = (tile) => tile.getBoundingClientRect().top >= below;
  const tile = focused ?? (scrollY > 0 && [...document.querySelectorAll("[data-grid] .tile")].find(isShown));
  if (!tile) return null;
  return { photo: tile.dataset.photo, index: Number(tile.dataset.index), isFocused: tile === focused };
}

export function gridGo(index, { isFocused }) {
  grid?.focus(index, { isFocused });
}

export function gridFocus() {
  grid?.focus(grid.at);
}

class Grid {
  constructor(root) {
    this.root = root;
    this.total = Number(root.dataset.total);
    this.chunks = new Map();
    this.at = 0;
    this.first = root.querySelector(".chunk");
    root.addEventListener("focusin", (event) => {
      const tile = event.target.closest(".tile");
      if (tile) this.at = Number(tile.dataset.index);
    });
    root.classList.add("windowed");
    this.layout();
  }

  // Columns and sizes follow from the width; chunks are whole rows.
  layout() {
    const style = getComputedStyle(this.root);
    const least = parseFloat(style.getPropertyValue("--tile"));
    const gap = parseFloat(style.getPropertyValue("--gap"));
    const width = this.root.clientWidth;
    const columns = Math.max(2, Math.floor((width + gap) / (least + gap)));
    const row = ((width - gap * (columns - 1)) / columns) * 0.75 + parseFloat(style.getPropertyValue("--info")) + gap;
    if (columns === this.columns && Math.abs(row - this.row) < 0.5) return;
    this.columns = columns;
    this.row = row;
    this.rows = Math.max(2, Math.ceil(60 / columns));
    this.size = this.rows * columns;
    this.root.style.height = `${Math.ceil(this.total / columns) * row}px`;
    this.root.style.setProperty("--columns", columns);
    for (const chunk of this.chunks.values()) chunk.remove();
    this.chunks.clear();
    this.adopt();
    this.update();
  }

  // The page came with its first tiles: use them where they fill a chunk.
  adopt() {
    const first = this.first;
    this.first = null;
    if (!first) return;
    const have = first.children.length;
    if (have < Math.min(this.size, this.total)) return first.remove();
    while (first.children.length > this.size) first.lastElementChild.remove();
    this.place(first, 0);
  }

  place(chunk, number) {
    chunk.style.transform = `translateY(${number * this.rows * this.row}px)`;
    this.chunks.set(number, chunk);
  }

  soon() {
    this.waiting ??= requestAnimationFrame(() => {
      this.waiting = null;
      this.update();
    });
  }

  update() {
    const top = -this.root.getBoundingClientRect().top;
    const height = this.rows * this.row;
    const last = Math.max(0, Math.ceil(this.total / this.size) - 1);
    const from = Math.max(0, Math.floor((top - AHEAD * innerHeight) / height));
    const to = Math.min(last, Math.floor((top + (1 + AHEAD) * innerHeight) / height));
    for (const [number, chunk] of this.chunks) {
      const far = number < from || number > to;
      if (far && !chunk.contains(document.activeElement)) {
        chunk.remove();
        this.chunks.delete(number);
      }
    }
    for (let number = from; number <= to; number++) if (!this.chunks.has(number)) this.load(number);
  }

  load(number) {
    const chunk = document.createElement("div");
    chunk.className = "chunk";
    this.place(chunk, number);
    this.root.append(chunk);
    const address = `/tiles?${this.root.dataset.query}&offset=${number * this.size}&limit=${this.size}`;
    const askedAt = performance.now();
    chunk.ready = fetch(address, { headers: asUser() })
      .then((answer) => (answer.ok ? answer.text() : Promise.reject(new Error(answer.status))))
      .then((html) => {
        chunk.innerHTML = html;
        document.dispatchEvent(new CustomEvent("aes:tiles", { detail: askedAt }));
      })
      .catch(() => {
        chunk.remove();
        this.chunks.delete(number);
      });
  }

  move(key) {
    const focused = document.activeElement?.closest?.(".tile");
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -this.columns, ArrowDown: this.columns }[key];
    const to = focused ? this.at + step : this.at;
    if (to >= 0 && to < this.total) this.focus(to);
  }

  async focus(index, { isFocused = true } = {}) {
    this.at = index;
    const number = Math.floor(index / this.size);
    if (!this.chunks.has(number)) this.load(number);
    await this.chunks.get(number)?.ready;
    const tile = document.getElementById(`t${index}`);
    if (!tile) return;
    if (isFocused) tile.focus({ preventScroll: true });
    tile.scrollIntoView({ block: "nearest" });
  }
}
