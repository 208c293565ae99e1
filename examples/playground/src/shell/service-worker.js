// The service worker: keeps all files of one build for when there is no network. The build fills in the version and the list.

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
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== location.origin) return;
  // What has a hash in its name is the same in each build that has it; of the rest, the server may have a newer one.
  const isHashed = /\/(assets|workers)\//.test(pathname);
  event.respondWith(
    isHashed
      ? kept(request).then((response) => response ?? fetch(request))
      : fetch(request).catch(async () => (await kept(request)) ?? Response.error()),
  );
});

async function kept(request) {
  const cache = await caches.open(CACHE);
  return cache.match(request, { ignoreSearch: true });
}
