'use strict';
// HTTP/2 and TLS.  The wire has the protocol as the name of the server.
const http2 = (lines) => lines.map((line) => `HTTP/2.0 ${line}`);

module.exports = [
    {
        name: 'a simple request',
        script: () => read(at(env.secure, '/list/echo')),
        view: '200 GET',
        wire: ['GET 200'],
    },
    {
        name: 'a simple request of a refused origin',
        page: 'X',
        refused: true,
        script: () => read(at(env.secure, '/list/echo')),
        view: 'blocked',
        control: '200 GET',
        wire: ['GET 200'],
    },
    {
        name: 'a preflighted request',
        script: () => read(at(env.secure, '/list/echo'),
            { method: 'PUT', headers: { 'X-One': '1' }, body: 'a' }),
        view: '200 PUT a',
        wire: ['OPTIONS>PUT 204', 'PUT 200'],
    },
    {
        name: 'a preflighted request that is refused',
        refused: true,
        script: () => read(at(env.secure, '/list/echo'),
            { headers: { 'X-Bad': '1' } }),
        view: 'blocked',
        control: '200 GET',
        wire: ['OPTIONS>GET 403'],
    },
    {
        name: '* with credentials',
        script: () => readHeaders(['X-Other'],
            at(env.secure, '/credstar/echo', { header: 'X-Other:1' }),
            { method: 'DELETE', credentials: 'include' }),
        view: { 'X-Other': '1' },
        wire: ['OPTIONS>DELETE 204', 'DELETE 200'],
    },
    {
        // Chromium keeps nothing of a server whose certificate it cannot
        // check: the page asks by itself.
        name: '304',
        script: async () => {
            const url = at(env.secure, '/star/file/text.txt');
            const first = await readHeaders(['ETag'], url);
            return first === 'blocked' ? first : read(url,
                { cache: 'no-store', headers: { 'If-None-Match': first.ETag } });
        },
        view: '304',
        wire: ['GET 200', 'OPTIONS>GET 204', 'GET 304'],
    },
    {
        name: 'an error of httpd',
        script: () => read(at(env.secure, '/list/file/none.txt')),
        view: '404 missing',
        wire: ['GET 404'],
    },
    {
        name: 'a backend that is not there',
        script: async () => (await read(at(env.secure, '/list/gone')))
            .slice(0, 3),
        view: '503',
        control: 'blo',
        wire: ['GET 503'],
    },
].map((one) => ({ ...one, wire: http2(one.wire) }));
