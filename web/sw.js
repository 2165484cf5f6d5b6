// Keeps the pages' shell on the phone: opening a link again costs no data. One version is one set of files, so two never
// mix. Links, tokens and the consultation are never stored. tests/web/stamp.py writes VERSION when the shell changes.

const VERSION = "865a18913829";
const CACHE = `hilo-${VERSION}`;

/** What a navigation shows, by the first part of its path; the key names no token. @type {Record<string, string>} */
const PAGES = { join: "/join/shell", console: "/console/shell" };

const worker = /** @type {WorkerScope} */ (/** @type {unknown} */ (self));

worker.addEventListener("install", (event) => /** @type {Lasting} */ (event).waitUntil(install()));
worker.addEventListener("activate", (event) => /** @type {Lasting} */ (event).waitUntil(dropOthers()));
worker.addEventListener("message", (event) => {
  if (/** @type {MessageEvent} */ (event).data === "activate") void worker.skipWaiting();
});
worker.addEventListener("fetch", (event) => {
  const { request, respondWith } = /** @type {Fetching} */ (event);
  const key = keyOf(request);
  if (key) respondWith.call(event, fromCacheFirst(key, request));
});

/** The set of files is read from the page itself: what it names in its head is what it loads. */
async function install() {
  const cache = await caches.open(CACHE);
  // On the first visit the page has just loaded all this: take it from the browser's own cache, without the network.
  const mode = worker.registration.active ? "no-cache" : "force-cache";
  for (const name of await openPages()) {
    const page = await fetch(PAGES[name], { cache: mode });
    if (!page.ok) throw new Error(`${PAGES[name]}: ${page.status}`);
    await cache.put(PAGES[name], page.clone());
    const files = [...(await page.text()).matchAll(/(?:href|src)="(\/static\/[^"]+)"/g)].map((match) => match[1]);
    await cache.addAll(files.map((file) => new Request(file, { cache: mode })));
  }
}

/** Only the pages that are used on this device: a patient's phone does not fetch the physician's. */
async function openPages() {
  const clients = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  const names = clients.map((client) => new URL(client.url).pathname.split("/")[1]);
  return [...new Set(names)].filter((name) => name in PAGES);
}

async function dropOthers() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("hilo-") && name !== CACHE).map((name) => caches.delete(name)));
}

/** @param {Request} request @returns {string | null} null: not the shell's, the network answers as if we were not here */
function keyOf(request) {
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return null;
  if (request.mode === "navigate") return PAGES[url.pathname.split("/")[1]] || null;
  return url.pathname.startsWith("/static/") ? url.pathname : null;
}

/** @param {string} key @param {Request} request */
async function fromCacheFirst(key, request) {
  const cache = await caches.open(CACHE);
  const stored = await cache.match(key);
  if (stored) return stored;
  const fresh = await fetch(request);
  if (fresh.ok && key.startsWith("/static/")) await cache.put(key, fresh.clone());
  return fresh;
}
