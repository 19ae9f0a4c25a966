'use strict';
// What a browser gives no way to observe, and why.

const both = {
    // Tried with a page that --ip-address-space-overrides makes public.
    'CorsAllowPrivateNetwork': 'the header is not in the programs any more: '
        + 'Chromium asks its user, and where that check is switched off its '
        + 'preflights are as all others',
    'what sendBeacon() is answered': 'no script sees it; the case counts '
        + 'what goes over the wire',
    'a positive WebSocket case that turns red without a policy': 'handshakes '
        + 'need no CORS; the case looks at the verdict that the backend hears',
    'how long an answer without Max-Age is kept': 'five seconds: the time '
        + 'that the test takes would decide',
    'the caps of Max-Age': 'hours',
};

module.exports = {
    chromium: {
        ...both,
        'the password of XMLHttpRequest.open()': 'not sent to other origins; '
            + 'the case holds it to that',
        'the cache over TLS': 'nothing is kept of a server whose certificate '
            + 'it cannot check; the cases of the cache are over http',
    },
    firefox: {
        ...both,
        'a refused preload by its event': 'there is a load event all the '
            + 'same; the case looks at the fetch after it',
        'the method in the console': 'the message has the reason and the name '
            + 'of the header, never the method',
        'one cache entry for a navigation and a fetch under *': 'what is got '
            + 'without credentials is kept apart',
        'the origin null in the preflight after a redirect': 'Firefox names '
            + 'the page there, and sends null with the request alone',
    },
};
