'use strict';
// Redirects.  Once one has led from one foreign origin to another, browsers
// send "null" for the origin.

module.exports = [
    {
        name: 'within the API',
        script: () => read(go(env.api, '/list/go', 302, api('/list/echo'))),
        view: '200 GET',
        wire: ['GET 302', 'GET 200'],
    },
    {
        name: 'to another origin, which lets everybody in',
        script: () => read(go(env.api, '/list/go', 302, other('/any/echo'))),
        view: '200 GET',
        wire: ['GET 302', 'other GET 200 from null'],
    },
    {
        name: 'to another origin, which lists null',
        script: () => xhr('GET',
            go(env.api, '/list/go', 301, other('/null/echo'))),
        view: '200 GET',
        wire: ['GET 301', 'other GET 200 from null'],
    },
    {
        name: 'to another origin, which lists the page alone',
        refused: true,
        script: () => read(go(env.api, '/list/go', 302, other('/list/echo'))),
        view: 'blocked',
        control: '200 GET',
        wire: ['GET 302', 'other GET 200 from null'],
    },
    {
        name: 'a redirect that is refused itself',
        refused: true,
        page: 'X',
        script: () => read(go(env.api, '/list/go', 302, api('/any/echo'))),
        view: 'blocked',
        control: '200 GET',
        wire: ['GET 302'],
    },
    {
        name: 'after a preflight, within the API',
        script: () => read(go(env.api, '/list/go', 307, api('/list/echo')),
            { method: 'PUT' }),
        view: '200 PUT',
        wire: ['OPTIONS>PUT 204', 'PUT 307', 'OPTIONS>PUT 204', 'PUT 200'],
    },
    {
        name: 'after a preflight, to another origin',
        script: () => read(go(env.api, '/list/go', 308, other('/any/echo')),
            { method: 'PUT', headers: { 'X-One': '1' } }),
        view: '200 PUT',
        // Firefox names the page in the second preflight, against the
        // standard.
        wire: {
            chromium: ['OPTIONS>PUT 204', 'PUT 308',
                'other OPTIONS>PUT 204 from null', 'other PUT 200 from null'],
            firefox: ['OPTIONS>PUT 204', 'PUT 308',
                'other OPTIONS>PUT 204', 'other PUT 200 from null'],
        },
    },
    {
        name: 'after a preflight, to what is refused there',
        refused: true,
        script: () => read(go(env.api, '/list/go', 307, other('/any/echo')),
            { method: 'DELETE' }),
        view: 'blocked',
        control: '200 DELETE',
        wire: {
            chromium: ['OPTIONS>DELETE 204', 'DELETE 307',
                'other OPTIONS>DELETE 403 from null'],
            firefox: ['OPTIONS>DELETE 204', 'DELETE 307',
                'other OPTIONS>DELETE 403'],
        },
    },
    {
        name: 'from the page\'s own origin to the API',
        script: () => read(go(env.pages.A, '/go', 302, api('/list/echo'))),
        view: '200 GET',
        wire: ['page GET 302 from -', 'GET 200'],
    },
    {
        name: 'from a refused page\'s own origin to the API',
        page: 'X',
        refused: true,
        script: () => read(go(env.pages.X, '/go', 302, api('/list/echo'))),
        view: 'blocked',
        control: '200 GET',
        wire: ['page GET 302 from -', 'GET 200'],
    },
    {
        name: 'from the page\'s own origin, preflighted there',
        script: () => read(go(env.pages.A, '/go', 307, api('/list/echo')),
            { method: 'DELETE' }),
        view: '200 DELETE',
        wire: ['page DELETE 307', 'OPTIONS>DELETE 204', 'DELETE 200'],
    },
    {
        name: 'a POST that becomes a GET',
        script: () => read(go(env.api, '/list/go', 303, api('/list/echo')),
            { method: 'POST', body: 'a' }),
        view: '200 GET',
        wire: ['POST 303', 'GET 200'],
    },
    {
        name: 'with credentials, within the API',
        script: () => {
            document.cookie = `${env.token}=1`;
            return read(go(env.api, '/cred/go', 302, api('/cred/echo')),
                { credentials: 'include' });
        },
        view: '200 GET',
        wire: ['GET 302 +cookie', 'GET 200 +cookie'],
    },
    {
        name: 'with credentials, to another origin, where it is null',
        refused: true,
        script: () => {
            document.cookie = `${env.token}=1`;
            return read(go(env.api, '/cred/go', 302, other('/null/echo')),
                { credentials: 'include' });
        },
        view: 'blocked',
        control: '200 GET',
        wire: ['GET 302 +cookie', 'other GET 200 +cookie from null'],
    },
];
