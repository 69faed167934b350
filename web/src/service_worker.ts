// Keeps the shell of the page, so that it opens without a network: what was written waits in the outbox, and drafts
// are there. The network goes first, so a page is never older than its server; what the server says over its
// API is never kept.

declare const SHELL_VERSION: string;

// The part of the service worker's world that is used here; TypeScript's own list of it excludes the page's.
interface ExtendableEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface FetchEvent extends ExtendableEvent {
  request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface WorkerScope {
  addEventListener(type: 'install' | 'activate', listener: (event: ExtendableEvent) => void): void;
  addEventListener(type: 'fetch', listener: (event: FetchEvent) => void): void;
  skipWaiting(): Promise<void>;
}
const scope = self as unknown as WorkerScope;

const cacheName = `shell-${SHELL_VERSION}`;
const shell = ['/', '/assets/app.js', '/assets/chunk.js', '/assets/style.css', '/favicon.svg', '/assets/de.js'];
const patience = 4000; // ms, then what is kept will do

scope.addEventListener('install', (event) => {
  event.waitUntil(caches.open(cacheName).then((cache) => cache.addAll(shell)).then(() => scope.skipWaiting()));
});

scope.addEventListener('activate', (event) => {
  const clear = async () => {
    for (const key of await caches.keys()) if (key !== cacheName) await caches.delete(key);
  };
  event.waitUntil(clear());
});

scope.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== location.origin) return;
  const isPage = request.mode === 'navigate' && (url.pathname === '/' || url.pathname.startsWith('/r/'));
  const path = isPage ? '/' : url.pathname;
  if (isPage || shell.includes(path)) event.respondWith(answer(request, path));
});

async function answer(request: Request, path: string): Promise<Response> {
  const kept = await (await caches.open(cacheName)).match(path);
  const fresh = fetch(request);
  if (!kept) return fresh;
  const late = new Promise<Response>((resolve) => setTimeout(() => resolve(kept.clone()), patience));
  return Promise.race([fresh, late]).then(
    (response) => (response.status >= 500 ? kept : response),
    () => kept,
  );
}
