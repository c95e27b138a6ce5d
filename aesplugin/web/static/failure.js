// Something in the page's own scripts failed: said in a line that stays, and in the console as ever.
// Runs before the others, so that it hears of one that cannot even be loaded.
const HARMLESS = /ResizeObserver loop/; // a browser's note that it will draw again
const UNREACHED = /^(Failed to fetch|NetworkError when .*|Load failed|network error)$/i; // no fault of the page
let isLeaving = false; // what was on its way is broken off then

function tellFailure() {
  const line = document.getElementById("failure");
  if (line && !isLeaving) line.hidden = false;
  else if (!line) addEventListener("DOMContentLoaded", tellFailure, { once: true });
}

addEventListener(
  "error",
  (event) => {
    const isScript = event instanceof ErrorEvent || event.target?.tagName === "SCRIPT";
    const isOurs = !event.filename || event.filename.startsWith(location.origin); // not an extension's
    if (isScript && isOurs && !HARMLESS.test(event.message)) tellFailure();
  },
  true,
);
addEventListener("unhandledrejection", (event) => {
  const { name, message } = event.reason ?? {};
  if (name !== "AbortError" && !UNREACHED.test(message)) tellFailure();
});
addEventListener("pagehide", () => (isLeaving = true));
addEventListener("pageshow", () => (isLeaving = false));
document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-failure-reload]")) location.reload();
});
