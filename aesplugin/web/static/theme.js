// Before anything is drawn: the chosen theme, else the system's.
try {
  const kept = localStorage.getItem("theme");
  if (kept === "dark" || kept === "light") document.documentElement.dataset.theme = kept;
} catch {
  // no storage: the system's
}
