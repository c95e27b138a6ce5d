// The chosen photos side by side; the way back is to where they were chosen.
import { kept } from "./selection.js";

export function startCompare() {
  const page = document.querySelector(".compare");
  if (!page) return;
  page.dataset.back = address();
  page.querySelector("[data-to-gallery]").href = page.dataset.back;
}

// The gallery in which this tab chose them; any other where they were not chosen there.
function address() {
  const before = kept();
  const photos = new URLSearchParams(location.search).get("photos")?.split(",") ?? [];
  if (!photos.every((photo) => before?.photos.includes(photo))) return "/";
  const query = new URLSearchParams(before.gallery);
  for (const name of ["as_of", "scored_by"]) query.delete(name); // what came meanwhile counts
  return `/?${query}#t${before.at}`; // the arrows go on from there
}
