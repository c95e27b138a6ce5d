
"use strict";
// The client's choices: shown on every photo, kept in this browser, saved as a file. No network.
(() => {
  const body = document.body;
  const photos = [...document.querySelectorAll(".photo")];
  const view = document.querySelector(".view");
  const find = (name, within = view) => within.querySelector(`.${name}`);
  const footer = document.querySelector("footer");
  const key = `aesplugin:share:${body.dataset.share}`;
  const said = new Map(); // by the photo's content hash: those of chosen, stars and comment that the client touched
  const nothing = { chosen: false, stars: 0, comment: "" };
  let current = -1;
  let isUnsaved = false;

  const of = (photo) => ({ ...nothing, ...said.get(photo.dataset.photo) });

  function change(photo, values) {
    said.set(photo.dataset.photo, { ...said.get(photo.dataset.photo), ...values });
    isUnsaved = !keep();
    show(photo);
    count();
    if (photo === photos[current]) showTools(photo);
  }

  // False where the browser keeps nothing for files that are opened from a disk.
  function keep() {
    try {
      localStorage.setItem(key, JSON.stringify([...said]));
      return true;
    } catch {
      return false;
    }
  }

  function remember() {
    try {
      const known = new Set(photos.map((photo) => photo.dataset.photo));
      for (const [hash, { chosen, stars, comment }] of JSON.parse(localStorage.getItem(key) ?? "[]")) {
        const values = {};
        if (typeof chosen === "boolean") values.chosen = chosen;
        if (Number.isInteger(stars) && stars >= 0 && stars <= 5) values.stars = stars;
        if (typeof comment === "string") values.comment = comment;
        if (known.has(hash) && Object.keys(values).length) said.set(hash, values);
      }
    } catch {
      // nothing kept, or nothing of ours
    }
  }

  function show(photo) {
    const { chosen, stars, comment } = of(photo);
    find("heart", photo).setAttribute("aria-pressed", chosen);
    find("said", photo).textContent = "★".repeat(stars) + (comment ? " ✎" : "");
  }

  function count() {
    const number = photos.filter((photo) => of(photo).chosen).length;
    find("status", footer).textContent = `${number} of ${photos.length} chosen`;
    const isOnly = find("only", footer).getAttribute("aria-pressed") === "true";
    for (const photo of photos) photo.hidden = isOnly && !of(photo).chosen;
    document.querySelector(".none").hidden = !isOnly || number > 0;
  }

  function source(photo) {
    if (photo.dataset.large) return photo.dataset.large;
    return `data:image/jpeg;base64,${find("data", photo).textContent.trim()}`;
  }

  function open(index) {
    current = index;
    const photo = photos[index];
    find("large").src = source(photo);
    find("large").alt = photo.dataset.name;
    find("name").textContent = photo.dataset.name;
    find("place").textContent = `${index + 1} of ${photos.length}`;
    find("previous").disabled = near(-1) < 0;
    find("next").disabled = near(1) < 0;
    showTools(photo);
    find("comment").value = of(photo).comment;
    if (!view.open) view.showModal();
    if (document.activeElement?.disabled || document.activeElement === body) find("stage").focus();
  }

  function showTools(photo) {
    const { chosen, stars } = of(photo);
    find("heart").setAttribute("aria-pressed", chosen);
    [...find("stars").children].forEach((star, index) => {
      star.classList.toggle("is-on", index < stars);
      star.setAttribute("aria-pressed", index + 1 === stars);
    });
  }

  // The next photo that is shown in this direction, or -1.
  function near(step) {
    let index = current + step;
    while (photos[index]?.hidden) index += step;
    return photos[index] ? index : -1;
  }

  function turn(step) {
    const index = near(step);
    if (index >= 0) open(index);
  }

  const choose = (photo) => change(photo, { chosen: !of(photo).chosen });
  const rate = (stars) => change(photos[current], { stars: stars === of(photos[current]).stars ? 0 : stars });

  function save() {
    const made = {
      format: body.dataset.format,
      share: body.dataset.share,
      title: body.dataset.title,
      made_at: new Date().toISOString(),
      // What was chosen and taken back is among them; of the others nothing was said.
      photos: photos.filter((photo) => said.has(photo.dataset.photo)).map((photo) => ({ photo: photo.dataset.photo, name: photo.dataset.name, ...said.get(photo.dataset.photo) })),
    };
    const link = document.createElement("a");
    const title = body.dataset.title.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "").slice(0, 60);
    link.download = `choices-${title || "photos"}.json`;
    link.href = URL.createObjectURL(new Blob([JSON.stringify(made, null, 1)], { type: "application/json" }));
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    isUnsaved = false;
    note(`Saved as ${link.download}: send this file back.`);
  }

  function note(text) {
    const box = find("note", footer);
    box.textContent = text;
    box.hidden = false;
  }

  function onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target === find("comment")) {
      if (event.key === "Enter") find("stage").focus();
      return;
    }
    if (event.key === "ArrowRight") turn(1);
    else if (event.key === "ArrowLeft") turn(-1);
    else if (event.key === " " && event.target.tagName !== "BUTTON") choose(photos[current]);
    else if (/^[1-5]$/.test(event.key)) rate(Number(event.key));
    else if (event.key === "0") change(photos[current], { stars: 0 });
    else return;
    event.preventDefault();
  }

  function swipes(stage) {
    let from = null;
    stage.addEventListener("pointerdown", (event) => (from = event.isPrimary ? event : null));
    stage.addEventListener("pointerup", (event) => {
      if (!from || event.pointerId !== from.pointerId || visualViewport?.scale > 1) return;
      const [x, y] = [event.clientX - from.clientX, event.clientY - from.clientY];
      from = null;
      if (Math.abs(x) > 40 && Math.abs(x) > 2 * Math.abs(y)) turn(x < 0 ? 1 : -1);
    });
    stage.addEventListener("pointercancel", () => (from = null));
  }

  function wire() {
    photos.forEach((photo, index) => {
      const image = photo.querySelector("img");
      const ratio = image.getAttribute("width") / image.getAttribute("height");
      if (innerWidth > 560 && ratio > 0) photo.style.flex = `${ratio} 1 ${Math.round(ratio * 220)}px`;
      find("open", photo).addEventListener("click", () => open(index));
      find("heart", photo).addEventListener("click", () => choose(photo));
      show(photo);
    });
    for (let number = 1; number <= 5; number++) {
      const star = document.createElement("button");
      star.type = "button";
      star.setAttribute("aria-label", number === 1 ? "1 star" : `${number} stars`);
      star.addEventListener("click", () => rate(number));
      find("stars").append(star);
    }
    for (const [name, step] of [["previous", -1], ["next", 1]]) {
      find(name).addEventListener("click", (event) => {
        turn(step);
        if (event.detail) find("stage").focus(); // by mouse or finger: Space means the photo again
      });
    }
    find("close").addEventListener("click", () => view.close());
    find("heart").addEventListener("click", () => choose(photos[current]));
    find("comment").addEventListener("input", (event) => change(photos[current], { comment: event.target.value.trim() }));
    view.addEventListener("keydown", onKey);
    view.addEventListener("close", () => (photos[current].hidden ? find("only", footer) : find("open", photos[current])).focus());
    swipes(find("stage"));
    find("save", footer).addEventListener("click", save);
    find("only", footer).addEventListener("click", (event) => {
      const isOn = event.currentTarget.getAttribute("aria-pressed") === "true";
      event.currentTarget.setAttribute("aria-pressed", !isOn);
      count();
    });
    addEventListener("beforeunload", (event) => isUnsaved && event.preventDefault());
  }

  remember();
  wire();
  count();
  footer.hidden = false;
  if (!keep()) note("This browser does not keep your choices: save them before you close the page.");
  document.documentElement.dataset.ready = "1";
})();
