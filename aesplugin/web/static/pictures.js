// Pictures that are decoded before they are shown: what is put in the page is painted at once.
// The server is asked for those that it may have to make first one at a time, and for none of a
// photo that was only passed by: it is to be free for what a key asks for.
const MOST = 6; // 7 MB each
const PASSING = 80; // ms: who stays no longer does not look at the photo
const kept = new Map(); // address → image
let coming = null; // the preview of the photo that is shown, where it was not there yet

const pictureOf = (page) => page.querySelector("[data-viewer] img");
const addressOf = (image) => new URL(image.getAttribute("src"), location.href).href;

export async function decodePictures(pages, isWanted) {
  const wanted = pages.map((page) => addressOf(pictureOf(page)));
  for (const [address, picture] of kept) if (!picture.complete && !wanted.includes(address)) drop(address);
  await decodeThumbnails(pages);
  await new Promise((resolve) => setTimeout(resolve, PASSING));
  await (coming ?? pictureOf(document))?.decode().catch(() => {}); // what is seen comes first
  for (const address of wanted) {
    if (!isWanted()) return;
    if (kept.has(address)) continue;
    const picture = new Image();
    picture.src = address;
    kept.set(address, picture);
    for (const old of [...kept.keys()].slice(0, -MOST)) drop(old);
    await picture.decode().catch(() => kept.delete(address));
  }
}

// Seen until the preview has come.
let thumbnails = [];
async function decodeThumbnails(pages) {
  thumbnails = pages.map((page) => Object.assign(new Image(), { src: addressOf(page.querySelector("[data-first]")) }));
  await Promise.allSettled(thumbnails.map((one) => one.decode()));
}

function drop(address) {
  stop(kept.get(address));
  kept.delete(address);
}

function stop(image) {
  if (!image.complete) image.removeAttribute("src");
}

// The main part of a page for this one: with the picture that is decoded, else with the thumbnail
// until a preview has come. In a page that is not shown nothing loads: it is arranged there.
export function adoptMain(page) {
  if (coming) stop(coming);
  coming = null;
  const main = page.getElementById("main");
  const place = pictureOf(page);
  const first = page.querySelector("[data-first]");
  if (!place || !first) return document.adoptNode(main);
  const address = addressOf(place);
  const given = [[place, ready(address)], ...sameInStrip(page)].filter(([, picture]) => picture);
  place.setAttribute("src", addressOf(first));
  first.remove();
  for (const [one] of given) one.removeAttribute("src");
  document.adoptNode(main);
  for (const [one, picture] of given) put(picture, one);
  if (given[0]?.[0] !== place) setTimeout(() => place.isConnected && showPreview(place, address), PASSING);
  return main;
}

// The filmstrip moves on by one: most of its pictures are those that are shown.
function sameInStrip(page) {
  const shown = new Map([...document.querySelectorAll(".filmstrip img")].map((image) => [image.src, image]));
  return [...page.querySelectorAll(".filmstrip img")].map((place) => [place, shown.get(addressOf(place))]);
}

async function showPreview(place, address) {
  const picture = (coming = Object.assign(new Image(), { src: address }));
  await picture.decode().catch(() => {});
  if (picture === coming && !place.dataset.sharp) place.src = address; // also where it cannot be had
}

function ready(address) {
  const picture = kept.get(address);
  if (!picture?.complete || !picture.naturalWidth) return null;
  kept.delete(address);
  return picture;
}

function put(picture, place) {
  for (const { name, value } of place.attributes) picture.setAttribute(name, value);
  place.replaceWith(picture);
}

// Nobody waits for what a page that was left still loads.
export function endLoading(main) {
  main.querySelectorAll("img").forEach(stop);
}

// What a page still loads waits while another is fetched: a browser asks for few things at a time,
// and a server that has to make eight previews first would keep the next page back.
export function pauseLoading(main) {
  for (const image of main.querySelectorAll("img[src]")) {
    if (image.complete) continue;
    image.dataset.paused = image.getAttribute("src");
    image.removeAttribute("src");
  }
}

export function resumeLoading(main) {
  for (const image of main.querySelectorAll("img[data-paused]")) {
    image.src = image.dataset.paused;
    delete image.dataset.paused;
  }
}
