// Theme, profile, and the tokens htmx sends along.
import { asUser, toast } from "./net.js";
import { t } from "./texts.js";

export function startForms() {
  document.querySelector("[data-theme-switch]")?.addEventListener("click", switchTheme);
  document.querySelector("[data-language]")?.addEventListener("change", ({ target }) => speak(target.value));
  document.querySelector("[data-send-on-change]")?.addEventListener("change", (event) => event.currentTarget.requestSubmit());
  document.querySelector("[data-csrf-form]")?.addEventListener("submit", sendForm);
  document.getElementById("profile-name")?.addEventListener("focus", listProfiles, { once: true });
  document.body.addEventListener("htmx:configRequest", (event) => {
    event.detail.headers["x-csrf-token"] = document.querySelector('meta[name="csrf"]').content;
    Object.assign(event.detail.headers, asUser());
    if (event.detail.elt.matches("[data-filters]")) dropEmpty(event.detail.parameters);
  });
  document.body.addEventListener("htmx:responseError", (event) => {
    let text = t("the server answered {status}", { status: event.detail.xhr.status });
    try {
      text = JSON.parse(event.detail.xhr.responseText).error;
    } catch {
      // not ours: the status says enough
    }
    toast(text, { bad: true });
  });
}

function switchTheme() {
  const root = document.documentElement;
  const dark = root.dataset.theme
    ? root.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  try {
    localStorage.setItem("theme", root.dataset.theme);
  } catch {
    // no storage: until the page is left
  }
}

// Kept by the browser for all its tabs; each page that is loaded from now on is in it.
function speak(code) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `aes_language=${code}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
  location.reload();
}

async function sendForm(event) {
  event.preventDefault();
  const form = event.target;
  const answer = await fetch(form.action, {
    method: "POST",
    headers: { "x-csrf-token": document.querySelector('meta[name="csrf"]').content },
    body: new URLSearchParams(new FormData(form)),
  });
  if (answer.ok) {
    window.aesTab.take((await answer.json()).name);
    location.reload();
  } else toast(t("This name cannot be used"), { bad: true });
}

async function listProfiles() {
  const answer = await fetch("/api/v1/users");
  if (!answer.ok) return;
  const options = (await answer.json()).map((name) => {
    const option = document.createElement("option");
    option.value = name;
    return option;
  });
  document.getElementById("profiles").replaceChildren(...options);
}

function dropEmpty(parameters) {
  const usual = parameters.q ? "match" : "score";
  for (const [name, value] of Object.entries(parameters)) {
    if (value === "" || (name === "order" && value === usual)) delete parameters[name];
    if (name === "shown" && value === "assessed") delete parameters[name];
    if (name === "strictness" && Number(value) === 0.5) delete parameters[name];
  }
}
