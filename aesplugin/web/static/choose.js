// Chooses a folder to score, among those that the server may open.
import { send } from "./net.js";
import { number, plural, t } from "./texts.js";

const MOST_PHOTOS = 1000; // the server counts no further

export function startChoosing() {
  const box = document.querySelector("[data-choose]");
  if (box) new Chooser(box).open(null);
}

class Chooser {
  constructor(box) {
    this.find = (name) => box.querySelector(`[data-choose-${name}]`);
    this.trail = box.querySelector(".trail");
    this.list = box.querySelector(".folders");
    this.asked = 0;
    this.here = null;
    this.hasStarts = false; // several folders to start from
    this.find("path").addEventListener("submit", (event) => this.openTyped(event));
    this.find("start").addEventListener("click", () => this.start());
  }

  async open(path, { isChosen = false } = {}) {
    const asked = ++this.asked;
    const query = path === null ? "" : `?path=${encodeURIComponent(path)}`;
    try {
      const found = await send("GET", `/api/v1/folders${query}`);
      if (asked === this.asked) this.show(found, isChosen);
    } catch (error) {
      if (asked === this.asked) this.say(error.message, true);
    }
  }

  openTyped(event) {
    event.preventDefault();
    this.open(new FormData(event.target).get("path"), { isChosen: true });
  }

  show({ here, trail, folders, left_off: leftOff }, isChosen) {
    this.say("");
    this.here = here;
    this.hasStarts ||= here === null && folders.length > 0;
    this.find("opened").hidden = here === null && !folders.length;
    if (!here && !folders.length) this.say(t("No folder may be scored from this page yet: start it as `aesplugin serve --root DIR`, or score one with `aesplugin score DIR`."));
    this.trail.replaceChildren(...this.crumbs(trail));
    this.list.replaceChildren(...folders.map((folder) => this.row(folder)));
    this.find("cut").hidden = !leftOff;
    this.find("cut").textContent = plural("and {n} more folder; type its path", "and {n} more folders; type the path of one", leftOff);
    this.showStart(here);
    if (isChosen) this.trail.focus({ preventScroll: true }); // the button that was pressed has gone
  }

  showStart(here) {
    this.find("start").parentElement.hidden = here === null;
    if (!here) return;
    const isEmpty = here.photos === 0 && !here.has_folders;
    this.find("start").textContent = t("Score {folder}", { folder: here.name });
    this.find("start").disabled = isEmpty;
    this.find("what").textContent = isEmpty ? t("No photos and no folders in it: choose another folder.") : contents(here);
  }

  crumbs(trail) {
    const places = trail.map(({ name, path }, n) => ({ name: n ? name : path, path }));
    if (this.hasStarts && trail.length) places.unshift({ name: t("All"), path: null });
    return places.map(({ name, path }, n) => {
      const button = this.opener(name, path);
      if (n === places.length - 1) button.setAttribute("aria-current", "location");
      return button;
    });
  }

  row(folder) {
    const item = document.createElement("li");
    const button = this.opener(folder.name, folder.path);
    const note = document.createElement("span");
    note.className = "numbers";
    note.textContent = folder.problem ?? numbers(folder);
    button.disabled = folder.problem !== null;
    button.append(note);
    item.append(button);
    return item;
  }

  opener(name, path) {
    const button = document.createElement("button");
    const shown = document.createElement("span");
    button.type = "button";
    shown.textContent = name;
    button.append(shown);
    button.addEventListener("click", () => this.open(path, { isChosen: true }));
    return button;
  }

  async start() {
    this.find("start").disabled = true; // one press, one job
    try {
      await send("POST", "/api/v1/jobs", { paths: [this.here.path] });
      this.say(t("Scoring {folder}.", { folder: this.here.name }));
      const isShown = document.querySelector("[data-progress], [data-arriving]");
      if (!isShown) location.assign("/");
    } catch (error) {
      this.say(error.message, true);
    }
    this.find("start").disabled = false;
  }

  say(text, isBad = false) {
    const note = this.find("note");
    note.textContent = text;
    note.classList.toggle("bad", isBad);
  }
}

const photos = (count) => (count >= MOST_PHOTOS ? t("{n}+ photos", { n: number(MOST_PHOTOS) }) : plural("{n} photo", "{n} photos", count));

function numbers({ photos: count, has_folders: hasFolders }) {
  if (count === null) return "";
  if (count) return photos(count);
  return hasFolders ? t("folders") : t("empty");
}

function contents({ photos: count, has_folders: hasFolders }) {
  if (count === null) return "";
  const direct = count ? photos(count) : t("No photos");
  return hasFolders ? t("{photos} directly in it; its folders are scored, too.", { photos: direct }) : `${direct}.`;
}
