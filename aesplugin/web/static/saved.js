// Saved filters: which of them the gallery shows, and what is saved.
export function startSaved() {
  document.body.addEventListener("htmx:configRequest", ({ detail }) => {
    if (detail.elt.matches("[data-saving] form")) detail.parameters.query = shown();
  });
  document.body.addEventListener("htmx:afterSettle", mark);
  mark();
}

// The query of the gallery, also where no photo matches.
const shown = () => document.querySelector("[data-grid]")?.dataset.query ?? location.search.slice(1);

function mark() {
  const now = lasting(shown());
  for (const link of document.querySelectorAll("[data-saved]")) {
    if (lasting(link.dataset.saved) === now) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

// Without the moment as of which decisions or scores count.
function lasting(query) {
  const found = new URLSearchParams(query);
  for (const name of ["as_of", "scored_by"]) found.delete(name);
  found.sort();
  return found.toString();
}
