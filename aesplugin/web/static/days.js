// The days of a gallery by time: what their headings say, and the axis at the side, on which each
// day stands where its photos are, as wide as it has photos.
import { lastAt } from "./layout.js";
import { language, plural, t } from "./texts.js";

const LANGUAGE = language === "en" ? "en-GB" : language; // the page is in British English
const DAY = { weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: "UTC" };
const APART = 16; // px between two marks of the axis
const STEPS = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 };

// The days of the gallery, in its order; null where it is not by time, or where the number of photos
// has changed since the days were counted.
export function daysOf(root) {
  if (!root.dataset.days) return null;
  const days = JSON.parse(root.dataset.days).map(([iso, count]) => ({ iso, count, name: named(iso, count) }));
  const total = days.reduce((sum, { count }) => sum + count, 0);
  return total === Number(root.dataset.total) ? days : null;
}

function named(iso, count) {
  const photos = plural("{n} photo", "{n} photos", count);
  return `${iso ? dayNamed(iso) : t("Without a date")} · ${photos}`;
}

const dayNamed = (iso) => new Intl.DateTimeFormat(LANGUAGE, DAY).format(new Date(iso));

// A heading before the first tile of each day that begins in the chunk.
export function head(chunk, { first, count }, sections) {
  const cells = [...chunk.children];
  for (const section of sections.slice(lastAt(sections, "first", first))) {
    if (section.first >= first + count) return;
    cells[section.first - first]?.before(heading(section.name));
  }
}

// An item of the list of photos, since it stands in it.
function heading(name) {
  const item = document.createElement("div");
  item.className = "day";
  item.setAttribute("role", "listitem");
  const title = document.createElement("h2");
  title.textContent = name;
  item.append(title);
  return item;
}

export class Axis {
  // `go` shows the day of a number.
  constructor(nav, go) {
    this.nav = nav;
    this.go = go;
    this.at = 0;
    nav.addEventListener("keydown", (event) => this.onKey(event));
    nav.addEventListener("click", (event) => this.onClick(event));
  }

  draw({ sections, height }) {
    this.sections = sections;
    this.height = height;
    const most = Math.max(...sections.map(({ count }) => count));
    this.days = sections.map(({ name, count, top, bottom }, number) => {
      const day = document.createElement("button");
      day.type = "button";
      day.dataset.day = number;
      day.title = name;
      day.setAttribute("aria-label", name);
      day.tabIndex = -1;
      day.style.top = `${(100 * top) / height}%`;
      day.style.height = `${(100 * (bottom - top)) / height}%`;
      day.style.setProperty("--share", Math.sqrt(count / most));
      return day;
    });
    this.nav.hidden = false;
    this.nav.replaceChildren(...this.days, ...this.marks());
    this.show(Math.min(this.at, sections.length - 1));
  }

  // Years, and between them months and days, as far as there is room.
  marks() {
    const [room, taken, marks] = [this.nav.clientHeight, [], []];
    for (const level of [4, 7, 10]) {
      let before = null;
      for (const { iso, top } of this.sections) {
        const [part, y] = [iso?.slice(0, level), (top / this.height) * room];
        if (part === before || !part) continue;
        before = part;
        if (y > room - APART || taken.some((other) => Math.abs(other - y) < APART)) continue;
        taken.push(y);
        marks.push(marked(iso, level, y));
      }
    }
    return marks;
  }

  // Marks the day in view; only it is reached by Tab.
  show(number) {
    this.days[this.at]?.removeAttribute("aria-current");
    if (this.days[this.at]) this.days[this.at].tabIndex = -1;
    this.at = number;
    this.days[number].setAttribute("aria-current", "true");
    this.days[number].tabIndex = 0;
  }

  onKey(event) {
    const last = this.days.length - 1;
    const ends = { Home: 0, End: last, PageUp: this.month(-1), PageDown: this.month(1) };
    const to = ends[event.key] ?? (STEPS[event.key] && this.at + STEPS[event.key]);
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    this.choose(Math.max(0, Math.min(last, to)));
  }

  // The first day of the next month, or of the one before.
  month(step) {
    const of = (number) => this.sections[number]?.iso?.slice(0, 7);
    let to = this.at;
    while (to in this.days && of(to) === of(this.at)) to += step;
    while (step < 0 && to > 0 && of(to - 1) === of(to)) to--;
    return to;
  }

  // Where many days share a pixel, the place of the click tells more than the day that took it.
  onClick(event) {
    const box = this.nav.getBoundingClientRect();
    const isByKey = event.detail === 0;
    const y = ((event.clientY - box.top) / box.height) * this.height;
    this.choose(isByKey ? Number(event.target.dataset.day ?? this.at) : lastAt(this.sections, "top", y));
  }

  choose(number) {
    this.go(number);
    this.show(number);
    this.days[number].focus({ preventScroll: true });
  }
}

function marked(iso, level, y) {
  const mark = document.createElement("span");
  const month = new Intl.DateTimeFormat(LANGUAGE, { month: "short", timeZone: "UTC" }).format(new Date(iso));
  mark.textContent = level === 4 ? iso.slice(0, 4) : level === 7 ? month : Number(iso.slice(8));
  mark.className = level === 4 ? "year" : level === 7 ? "month" : "";
  mark.setAttribute("aria-hidden", "true");
  mark.style.top = `${y}px`;
  return mark;
}
