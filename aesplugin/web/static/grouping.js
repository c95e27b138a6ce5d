// Steps that change which photos are one burst: a page that was asked for before them shows others.
import { changeOf } from "./history.js";
import { waiting } from "./queue.js";
import { t } from "./texts.js";

// Whether a step splits or joins bursts, or takes that back.
export const regroups = ({ do: what, of }) => what === "group" || Boolean(of?.length && changeOf(of.at(-1))?.to);

// Whether one of them is on its way to the server.
export const areRegrouping = () => waiting().some(([, step]) => regroups(step));

// Waits until none of them is on its way; why one was refused, if one was.
export async function refusedGroups() {
  let refused = "";
  const note = ({ detail: { step, result } }) => {
    if (regroups(step) && result?.error) refused = t("Not stored: {why}", { why: result.error });
  };
  document.addEventListener("aes:settled", note);
  while (areRegrouping()) await settledOne();
  document.removeEventListener("aes:settled", note);
  return refused;
}

// Another tab may send them, too.
function settledOne() {
  const ends = new AbortController();
  return new Promise((resolve) => {
    const done = () => resolve(ends.abort());
    for (const name of ["aes:settled", "aes:elsewhere"]) document.addEventListener(name, done, { signal: ends.signal });
  });
}
