// Pages of this site that are fetched, to be shown in place of the one that is open.
import { meta } from "./net.js";

// What the server has at an address; null where it does not answer, or says that it cannot.
export async function fetched(address, options) {
  try {
    const answer = await fetch(address, options);
    if (answer.status >= 500) return null;
    return { status: answer.status, page: new DOMParser().parseFromString(await answer.text(), "text/html") };
  } catch {
    return null;
  }
}

// Of this person, this catalog and in this language: not a sign-in, an error of a proxy, another program's page.
export function isOurs(page) {
  const isSame = (name) => page.querySelector(`meta[name="${name}"]`)?.content === meta(name);
  return page.getElementById("main") && isSame("user") && isSame("catalog") && page.documentElement.lang === document.documentElement.lang;
}
