// The pages by keyboard: M goes to their names at the top, arrows go along them, Enter opens one.
let from = null; // what had the focus before

const links = () => [...document.querySelectorAll("header nav a")];

export function toMenu() {
  if (!links().includes(document.activeElement)) from = document.activeElement;
  (links().find((link) => link.matches("[aria-current]")) ?? links()[0]).focus();
}

// Whether a key is of the menu, where that has the focus.
export function isOfMenu(event, key) {
  const all = links();
  const at = all.indexOf(event.target);
  if (at < 0 || event.ctrlKey || event.metaKey || event.altKey) return false;
  if (key === "Escape") from?.isConnected && from !== document.body ? from.focus() : event.target.blur();
  else if (key === "ArrowRight" || key === "ArrowDown") all[(at + 1) % all.length].focus();
  else if (key === "ArrowLeft" || key === "ArrowUp") all.at(at - 1).focus();
  else return false;
  event.preventDefault();
  return true;
}
