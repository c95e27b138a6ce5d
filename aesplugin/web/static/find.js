// The search field: results follow while one types, and the order by match while there are words.
import { gridFocus } from "./grid.js";

const PAUSE = 250; // ms without a key until the results follow
let waiting = null;
let usual = "score"; // the order to go back to when nothing is searched for

export function startFind() {
  const field = document.getElementById("f-q");
  if (!field) return;
  let shown = field.value.trim();
  const follow = () => {
    clearTimeout(waiting);
    if (!field.isConnected || field.value.trim() === shown) return;
    orderFor(field.form.elements.order, field.value.trim() !== "", shown !== "");
    // One entry in the browser's history for a search, not one for each pause in typing it.
    show(field.form, { replacing: shown !== "" && field.value.trim() !== "" });
    shown = field.value.trim();
  };
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(follow, PAUSE);
  });
  field.addEventListener("change", (event) => {
    event.stopPropagation(); // on leaving the field: the form would ask once more
    follow();
  });
  field.addEventListener("search", follow); // its own button for clearing
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      event.preventDefault();
      follow();
    } else if (event.key === "Escape") {
      event.preventDefault(); // the words stay
      follow();
      field.blur();
      gridFocus();
    }
  });
}

export function focusFind() {
  const field = document.getElementById("f-q");
  field?.focus();
  field?.select();
}

function orderFor(select, searching, searched) {
  const match = select.querySelector('option[value="match"]');
  match.hidden = match.disabled = !searching;
  if (searching && !searched) {
    usual = select.value;
    select.value = "match";
  } else if (!searching && select.value === "match") select.value = usual === "match" ? "score" : usual;
}

function show(form, { replacing }) {
  form.toggleAttribute("hx-push-url", false);
  form.setAttribute(replacing ? "hx-replace-url" : "hx-push-url", "true");
  form.addEventListener(
    "htmx:afterRequest",
    () => {
      form.removeAttribute("hx-replace-url");
      form.setAttribute("hx-push-url", "true");
    },
    { once: true },
  );
  form.requestSubmit();
}
