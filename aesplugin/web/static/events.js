// What the server tells about its jobs, while somebody looks: a browser keeps few connections open,
// so a hidden tab has none.
import { language } from "./texts.js";

const listeners = [];
let source = null;

export function follow(listener) {
  listeners.push(listener);
  if (listeners.length > 1) return;
  document.addEventListener("visibilitychange", listen);
  addEventListener("pageshow", listen);
  addEventListener("pagehide", hangUp);
  listen();
}

function listen() {
  if (document.hidden) return hangUp();
  if (source) return;
  source = new EventSource(`/api/v1/jobs/events?language=${language}`);
  source.addEventListener("progress", (event) => {
    const told = JSON.parse(event.data);
    for (const listener of listeners) listener(told);
  });
}

function hangUp() {
  source?.close();
  source = null;
}
