'use strict';
// Revalidation, ranges, and the browser's own cache.

module.exports = [
    {
        name: '304: what was kept stays readable',
        script: async () => [
            await read(api('/list/asked/text.txt')),
            await read(api('/list/asked/text.txt')),
        ],
        view: ['200 text', '200 text'],
        control: ['blocked', 'blocked'],
        wire: ['GET 200', 'GET 304'],
    },
    {
        name: '304 that the page has asked for',
        script: async () => {
            const url = api('/star/file/text.txt');
            const first = await readHeaders(['ETag'], url);
            if (first === 'blocked') return first;
            return read(url, { cache: 'no-store',
                headers: { 'If-None-Match': first.ETag } });
        },
        view: '304',
        wire: ['GET 200', 'OPTIONS>GET 204', 'GET 304'],
    },
    {
        name: '304 with credentials',
        script: async () => [
            await read(api('/cred/asked/text.txt'),
                { credentials: 'include' }),
            await read(api('/cred/asked/text.txt'),
                { credentials: 'include' }),
        ],
        view: ['200 text', '200 text'],
        control: ['blocked', 'blocked'],
        wire: ['GET 200', 'GET 304'],
    },
    {
        name: '206 and Content-Range, which * exposes',
        script: async () => {
            try {
                const answer = await fetch(api('/credstar/file/digits.txt'),
                    { headers: { Range: 'bytes=2-4' },
                        credentials: 'include' });
                return [answer.status, answer.headers.get('Content-Range'),
                    await answer.text()];
            } catch (error) {
                return 'blocked';
            }
        },
        view: [206, 'bytes 2-4/11', '234'],
        wire: ['GET 206'],
    },
    {
        name: '416',
        script: async () => (await read(api('/list/file/digits.txt'),
            { headers: { Range: 'bytes=50-60' } })).slice(0, 3),
        view: '416',
        control: 'blo',
        wire: ['GET 416'],
    },
    {
        name: 'two origins: what one has kept does not spoil the other',
        steps: [
            { script: () => read(api('/list/cached/text.txt')) },
            { page: 'B', script: () => read(api('/list/cached/text.txt')) },
        ],
        view: ['200 text', '200 text'],
        control: ['blocked', 'blocked'],
        wire: ['GET 200', 'GET 200 from B'],
    },
    {
        name: 'what an allowed origin has kept is not shown to a refused one',
        refused: true,
        steps: [
            { script: () => read(api('/list/cached/text.txt')) },
            { page: 'X', script: () => read(api('/list/cached/text.txt')) },
        ],
        view: ['200 text', 'blocked'],
        control: ['200 text', '200 text'],
        wire: ['GET 200', 'GET 200 from X'],
    },
    {
        name: 'what a refused origin has kept does not spoil an allowed one',
        steps: [
            { page: 'X', script: () => read(api('/list/cached/text.txt')) },
            { script: () => read(api('/list/cached/text.txt')) },
        ],
        view: ['blocked', '200 text'],
        control: ['blocked', 'blocked'],
        wire: ['GET 200 from X', 'GET 200 from A'],
    },
    {
        name: 'two origins: what the other revalidates',
        steps: [
            { script: () => read(api('/list/asked/text.txt')) },
            { page: 'B', script: () => read(api('/list/asked/text.txt')) },
        ],
        view: ['200 text', '200 text'],
        control: ['blocked', 'blocked'],
        wire: ['GET 200', 'GET 304 from B'],
    },
    {
        // With credentials: Firefox keeps what it has got without them apart.
        name: 'a navigation, which has no Origin, and then a fetch',
        visit: (env) => `${env.api}/cred/cached/text.txt?t=${env.token}`,
        script: () => read(api('/cred/cached/text.txt'),
            { credentials: 'include' }),
        view: '200 text',
        wire: ['GET 200 from -', 'GET 200'],
    },
    {
        name: 'an image without CORS, and then one with it',
        script: async () => {
            const url = api('/list/cached/red.png');
            await image(url);
            return await image(url, 'anonymous') ? 'loaded' : 'blocked';
        },
        view: 'loaded',
        wire: ['GET 200 from -', 'GET 200'],
    },
    {
        name: 'a navigation, and then a fetch under *',
        visit: (env) => `${env.api}/any/cached/text.txt?t=${env.token}`,
        script: () => read(api('/any/cached/text.txt')),
        view: '200 text',
        // One request serves both, but for what the case above says.
        wire: { chromium: ['GET 200 from -'],
            firefox: ['GET 200 from -', 'GET 200'] },
    },
    {
        name: 'two origins under *: one request serves both',
        steps: [
            { script: () => read(api('/any/cached/text.txt')) },
            { page: 'B', script: () => read(api('/any/cached/text.txt')) },
        ],
        view: ['200 text', '200 text'],
        control: ['blocked', 'blocked'],
        wire: ['GET 200'],
    },
];
