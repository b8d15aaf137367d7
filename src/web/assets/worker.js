// Keeps the player page and its parts, so that a card that starts while the server is away has something to
// start with. Frames and manifests are kept by the page itself.
(function () {
  'use strict';

  var SHELL = 'mingping-shell', MOST = 40;

  self.addEventListener('install', function () { self.skipWaiting(); });
  self.addEventListener('activate', function (event) { event.waitUntil(self.clients.claim()); });

  function ours(url) {
    return url.origin === self.location.origin &&
      (/^\/screens\/[^/]+\/player$/.test(url.pathname) || url.pathname.indexOf('/assets/') === 0);
  }

  async function fromServer(request) {
    var cache = await caches.open(SHELL);
    try {
      var answer = await fetch(request);
      if (answer.status >= 500) throw new Error(String(answer.status));
      if (answer.ok) {
        await cache.put(request, answer.clone());
        var keys = await cache.keys();
        for (var n = 0; n < keys.length - MOST; n++) await cache.delete(keys[n]);
      }
      return answer;
    } catch (error) {
      var kept = await cache.match(request);
      if (kept) return kept;
      throw error;
    }
  }

  self.addEventListener('fetch', function (event) {
    if (event.request.method === 'GET' && ours(new URL(event.request.url))) event.respondWith(fromServer(event.request));
  });
}());
