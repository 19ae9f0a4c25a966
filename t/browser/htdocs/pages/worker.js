'use strict';
// A service worker, which says that the answer has come through it.
async function pass(request) {
    const answer = await fetch(request);
    return new Response(`${await answer.text()} through a worker`,
        { status: answer.status });
}

self.addEventListener('fetch', (event) => {
    if (new URL(event.request.url).origin !== location.origin)
        event.respondWith(pass(event.request));
});
