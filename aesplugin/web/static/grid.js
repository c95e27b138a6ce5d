// A window onto any number of photos: only the rows near the screen are in the page.
import { Axis, daysOf, head } from "./days.js";
import { beside, lastAt, planned } from "./layout.js";
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
  document.body.classList.remove("with-axis");
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
  const isShown = (tile) => tile.getBoundingClientRect().top >= barHeight();
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

const barHeight = () => document.querySelector(".bar").offsetHeight;

class Grid {
  constructor(root) {
    this.root = root;
    this.total = Number(root.dataset.total);
    this.days = daysOf(root);
    const side = this.days && document.querySelector("[data-axis]");
    this.axis = side && new Axis(side, (number) => this.toDay(number));
    if (side) document.body.classList.add("with-axis");
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
    if (columns === this.plan?.columns && Math.abs(row - this.row) < 0.5) return this.axis?.draw(this.plan);
    this.row = row;
    const heading = this.days ? parseFloat(style.getPropertyValue("--day")) + gap : 0;
    this.plan = planned(this.days ?? [{ count: this.total }], { columns, row, heading });
    this.root.style.height = `${this.plan.height}px`;
    this.root.style.setProperty("--columns", columns);
    for (const chunk of this.chunks.values()) chunk.remove();
    this.chunks.clear();
    this.adopt();
    this.axis?.draw(this.plan);
    this.update();
  }

  // The page came with its first tiles: use them where they fill a chunk.
  adopt() {
    const first = this.first;
    this.first = null;
    if (!first) return;
    const { count } = this.plan.chunks[0];
    if (first.children.length < count) return first.remove();
    while (first.children.length > count) first.lastElementChild.remove();
    this.place(first, 0);
    this.fill(first, 0);
  }

  place(chunk, number) {
    chunk.style.transform = `translateY(${this.plan.chunks[number].top}px)`;
    this.chunks.set(number, chunk);
  }

  fill(chunk, number) {
    if (this.days) head(chunk, this.plan.chunks[number], this.plan.sections);
  }

  soon() {
    this.waiting ??= requestAnimationFrame(() => {
      this.waiting = null;
      this.update();
    });
  }

  update() {
    const top = -this.root.getBoundingClientRect().top;
    const { chunks, sections } = this.plan;
    const from = lastAt(chunks, "top", top - AHEAD * innerHeight);
    const to = lastAt(chunks, "top", top + (1 + AHEAD) * innerHeight);
    this.axis?.show(lastAt(sections, "top", top + barHeight() + 1));
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
    const { first, count } = this.plan.chunks[number];
    const address = `/tiles?${this.root.dataset.query}&offset=${first}&limit=${count}`;
    const askedAt = performance.now();
    chunk.ready = fetch(address, { headers: asUser() })
      .then((answer) => (answer.ok ? answer.text() : Promise.reject(new Error(answer.status))))
      .then((html) => {
        chunk.innerHTML = html;
        this.fill(chunk, number);
        document.dispatchEvent(new CustomEvent("aes:tiles", { detail: askedAt }));
      })
      .catch(() => {
        chunk.remove();
        this.chunks.delete(number);
      });
  }

  move(key) {
    const focused = document.activeElement?.closest?.(".tile");
    const to = focused ? beside(this.plan, this.at, key) : this.at;
    if (to >= 0 && to < this.total) this.focus(to);
  }

  // The heading of a day goes below the bar, and the arrows go on from its first photo.
  toDay(number) {
    const { top, first } = this.plan.sections[number];
    this.at = first;
    scrollTo({ top: scrollY + this.root.getBoundingClientRect().top + top - barHeight() });
    this.update();
  }

  async focus(index, { isFocused = true } = {}) {
    this.at = index;
    const number = lastAt(this.plan.chunks, "first", index);
    if (!this.chunks.has(number)) this.load(number);
    await this.chunks.get(number)?.ready;
    const tile = document.getElementById(`t${index}`);
    if (!tile) return;
    if (isFocused) tile.focus({ preventScroll: true });
    tile.scrollIntoView({ block: "nearest" });
  }
}
