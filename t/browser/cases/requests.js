'use strict';
// The kinds of request a script can make.  The scripts run in the page, where
// lib.js is.

module.exports = [
    {
        name: 'fetch, GET',
        script: () => read(api('/list/echo')),
        view: '200 GET',
        wire: ['GET 200'],
    },
    {
        name: 'fetch, HEAD',
        script: () => read(api('/list/echo'), { method: 'HEAD' }),
        view: '200',
        wire: ['HEAD 200'],
    },
    {
        name: 'fetch, a simple POST',
        script: () => read(api('/list/echo'), { method: 'POST', body: 'a' }),
        view: '200 POST a',
        wire: ['POST 200'],
    },
    {
        name: 'fetch, a POST of a form',
        script: () => read(api('/list/echo', { tell: 'Content-Type' }),
            { method: 'POST', body: new URLSearchParams('a=b') }),
        view: '200 POST Content-Type=application/x-www-form-urlencoded;'
            + 'charset=UTF-8 a=b',
        wire: ['POST 200'],
    },
    {
        name: 'XMLHttpRequest, GET',
        script: () => xhr('GET', api('/list/echo')),
        view: '200 GET',
        wire: ['GET 200'],
    },
    {
        name: 'XMLHttpRequest, HEAD',
        script: () => xhr('HEAD', api('/list/echo')),
        view: '200',
        wire: ['HEAD 200'],
    },
    {
        name: 'XMLHttpRequest, a simple POST',
        script: () => xhr('POST', api('/list/echo'), { body: 'a' }),
        view: '200 POST a',
        wire: ['POST 200'],
    },
    ...['PUT', 'DELETE', 'PATCH'].flatMap((method) => [
        {
            name: `fetch, ${method}`,
            script: {
                PUT: () => read(api('/list/echo'), { method: 'PUT' }),
                DELETE: () => read(api('/list/echo'), { method: 'DELETE' }),
                PATCH: () => read(api('/list/echo'), { method: 'PATCH' }),
            }[method],
            view: `200 ${method}`,
            wire: [`OPTIONS>${method} 204`, `${method} 200`],
        },
        {
            name: `XMLHttpRequest, ${method}`,
            script: {
                PUT: () => xhr('PUT', api('/list/echo'), { body: 'a' }),
                DELETE: () => xhr('DELETE', api('/list/echo'), { body: 'a' }),
                PATCH: () => xhr('PATCH', api('/list/echo'), { body: 'a' }),
            }[method],
            view: `200 ${method} a`,
            wire: [`OPTIONS>${method} 204`, `${method} 200`],
        },
    ]),
    {
        name: 'fetch, a header of the page\'s own',
        script: () => read(api('/list/echo', { tell: 'X-One' }),
            { headers: { 'X-One': '1' } }),
        view: '200 GET X-One=1',
        wire: ['OPTIONS>GET 204', 'GET 200'],
    },
    {
        name: 'XMLHttpRequest, headers of the page\'s own',
        script: () => xhr('GET', api('/list/echo', { tell: ['X-One',
            'X-Two'] }), { headers: { 'x-two': '2', 'x-one': '1' } }),
        view: '200 GET X-One=1 X-Two=2',
        wire: ['OPTIONS>GET 204', 'GET 200'],
    },
    {
        name: 'fetch, a POST of JSON',
        script: () => read(api('/list/echo', { tell: 'Content-Type' }),
            { method: 'POST', body: '{}',
                headers: { 'Content-Type': 'application/json' } }),
        view: '200 POST Content-Type=application/json {}',
        wire: ['OPTIONS>POST 204', 'POST 200'],
    },
    {
        name: 'fetch, Authorization of the page\'s own',
        script: () => read(api('/list/echo', { tell: 'Authorization' }),
            { headers: { Authorization: 'Bearer a' } }),
        view: '200 GET Authorization=Bearer a',
        wire: ['OPTIONS>GET 204', 'GET 200 +authorization'],
    },
    {
        name: 'XMLHttpRequest, a listener on the upload alone',
        script: () => xhr('POST', api('/list/echo'),
            { body: 'a', progress: true }),
        view: '200 POST a',
        wire: ['OPTIONS>POST 204', 'POST 200'],
    },
    {
        name: 'fetch with keepalive',
        script: () => read(api('/list/echo'),
            { method: 'PUT', keepalive: true, body: 'a' }),
        view: '200 PUT a',
        wire: ['OPTIONS>PUT 204', 'PUT 200'],
    },
    {
        // It tells its page nothing of the answer: what counts is what goes
        // over the wire.
        name: 'sendBeacon of JSON',
        script: () => navigator.sendBeacon(api('/credstar/echo'),
            new Blob(['{}'], { type: 'application/json' })),
        view: true,
        wire: ['OPTIONS>POST 204', 'POST 200'],
        controlWire: ['OPTIONS>POST 200'],
    },
    {
        name: 'sendBeacon of JSON, of a refused origin',
        page: 'X',
        refused: true,
        script: () => navigator.sendBeacon(api('/credstar/echo'),
            new Blob(['{}'], { type: 'application/json' })),
        view: true,
        wire: ['OPTIONS>POST 403'],
        controlWire: ['OPTIONS>POST 204', 'POST 200'],
    },
    {
        name: 'a stream, read as it comes',
        script: async () => {
            try {
                const answer = await fetch(api('/list/echo'));
                const { value } = await answer.body.getReader().read();
                return new TextDecoder().decode(value);
            } catch (error) {
                return 'blocked';
            }
        },
        view: 'GET',
        wire: ['GET 200'],
    },
    {
        name: 'a preflight is answered with 200 too',
        script: () => read(api('/status200/echo'), { method: 'PUT' }),
        view: '200 PUT',
        wire: ['OPTIONS>PUT 200', 'PUT 200'],
    },
    {
        name: 'a preflight that the handler answers',
        script: () => read(api('/pass/echo'), { method: 'PUT' }),
        view: '200 PUT',
        wire: ['OPTIONS>PUT 200', 'PUT 200'],
    },
    {
        name: 'a policy in a .htaccess',
        script: () => read(api('/dir/htaccess/echo.cgi'), { method: 'PUT' }),
        view: '200 PUT',
        wire: ['OPTIONS>PUT 204', 'PUT 200'],
    },
    {
        name: 'a script that sends headers of its own',
        script: () => read(api('/upstream/echo', { header: [
            'Access-Control-Allow-Origin:http://wrong.example',
            'Access-Control-Allow-Origin:*'] })),
        view: '200 GET',
        wire: ['GET 200'],
    },
    {
        name: 'no-cors: not readable, and not kept from the server',
        refused: true,
        page: 'X',
        // What such a request gives is opaque even if all is allowed; the
        // same with "cors" is what the control turns readable.
        script: async () => [
            (await fetch(api('/list/echo'), { mode: 'no-cors' })).type,
            await read(api('/list/echo')),
        ],
        view: ['opaque', 'blocked'],
        control: ['opaque', '200 GET'],
        wire: ['GET 200 from -', 'GET 200'],
    },
];
