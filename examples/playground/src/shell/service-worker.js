// The service worker: keeps all files of one build, and answers from them. The build fills in the version and the list.

const CACHE = `lowrank-playground-${'%VERSION%'}`;
const FILES = '%FILES%';

addEventListener('install', (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(['./', ...FILES])));
});

// Only now no page uses the files of an older build any more.
addEventListener('activate', (event) => {
  event.waitUntil(
    caches.keys().then((names) => {
      const old = names.filter((name) => name.startsWith('lowrank-playground-') && name !== CACHE);
      return Promise.all(old.map((name) => caches.delete(name)));
    }),
  );
});

addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || new URL(request.url).origin !== location.origin) return;
  event.respondWith(
    caches
      .open(CACHE)
      .then((cache) => cache.match(request, { ignoreSearch: true }))
      .then((kept) => kept ?? fetch(request)),
  );
});
