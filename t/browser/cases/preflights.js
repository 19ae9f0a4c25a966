'use strict';
// How long a browser keeps the answer to a preflight, and what it covers.

module.exports = [
    {
        name: 'Max-Age 600: asked once',
        script: async () => [
            await read(api('/age/echo'), { method: 'PUT' }),
            await read(api('/age/echo'), { method: 'PUT' }),
        ],
        view: ['200 PUT', '200 PUT'],
        control: ['blocked', 'blocked'],
        wire: ['OPTIONS>PUT 204', 'PUT 200', 'PUT 200'],
    },
    {
        name: 'Max-Age 600: kept for longer than the five seconds without it',
        script: async () => {
            const seen = [await read(api('/age/echo'), { method: 'PUT' })];
            if (seen[0] !== 'blocked')
                await new Promise((resolve) => setTimeout(resolve, 5500));
            return [...seen, await read(api('/age/echo'), { method: 'PUT' })];
        },
        view: ['200 PUT', '200 PUT'],
        control: ['blocked', 'blocked'],
        wire: ['OPTIONS>PUT 204', 'PUT 200', 'PUT 200'],
    },
    {
        name: 'Max-Age 0: asked each time',
        script: async () => [
            await read(api('/list/echo'), { method: 'PUT' }),
            await read(api('/list/echo'), { method: 'PUT' }),
        ],
        view: ['200 PUT', '200 PUT'],
        control: ['blocked', 'blocked'],
        wire: ['OPTIONS>PUT 204', 'PUT 200', 'OPTIONS>PUT 204', 'PUT 200'],
    },
    {
        name: 'the answer covers all that is listed',
        script: async () => [
            await read(api('/age/echo'),
                { method: 'PUT', headers: { 'X-One': '1' } }),
            await read(api('/age/echo'),
                { method: 'DELETE', headers: { 'X-Two': '1' } }),
        ],
        view: ['200 PUT', '200 DELETE'],
        control: ['blocked', 'blocked'],
        wire: ['OPTIONS>PUT 204', 'PUT 200', 'DELETE 200'],
    },
    {
        name: 'what * is spelled out to covers what was asked for',
        script: async () => [
            await read(api('/agestar/echo'), { method: 'PUT',
                headers: { 'X-One': '1' }, credentials: 'include' }),
            await read(api('/agestar/echo'), { method: 'PUT',
                headers: { 'X-One': '2' }, credentials: 'include' }),
            await read(api('/agestar/echo'), { method: 'DELETE',
                headers: { 'X-Two': '1' }, credentials: 'include' }),
        ],
        view: ['200 PUT', '200 PUT', '200 DELETE'],
        control: ['blocked', 'blocked', 'blocked'],
        wire: ['OPTIONS>PUT 204', 'PUT 200', 'PUT 200', 'OPTIONS>DELETE 204',
            'DELETE 200'],
    },
    {
        name: 'the answer is for one URL',
        script: async () => [
            await read(api('/age/echo'), { method: 'PUT' }),
            await read(api('/age/echo', { a: 'b' }), { method: 'PUT' }),
        ],
        view: ['200 PUT', '200 PUT'],
        control: ['blocked', 'blocked'],
        wire: ['OPTIONS>PUT 204', 'PUT 200', 'OPTIONS>PUT 204', 'PUT 200'],
    },
    {
        name: 'what is kept does not cover what is not listed',
        refused: true,
        script: async () => [
            await read(api('/age/echo'), { method: 'PUT' }),
            await read(api('/age/echo'),
                { method: 'PUT', headers: { 'X-Bad': '1' } }),
        ],
        view: ['200 PUT', 'blocked'],
        control: ['200 PUT', '200 PUT'],
        wire: ['OPTIONS>PUT 204', 'PUT 200', 'OPTIONS>PUT 403'],
    },
    {
        name: 'a refusal is not kept',
        refused: true,
        script: async () => [
            await read(api('/age/echo'), { method: 'PATCH' }),
            await read(api('/age/echo'), { method: 'PATCH' }),
        ],
        view: ['blocked', 'blocked'],
        control: ['200 PATCH', '200 PATCH'],
        wire: ['OPTIONS>PATCH 403', 'OPTIONS>PATCH 403'],
    },
    {
        name: 'where a rule of the server redirects',
        script: () => read(api('/list/moved'), { method: 'PUT' }),
        view: '200 PUT',
        wire: ['OPTIONS>PUT 204', 'PUT 307', 'OPTIONS>PUT 204', 'PUT 200'],
    },
    {
        // The redirect itself is made before the .htaccess is known, and has
        // the headers that the virtual host calls for: here none.
        name: 'where a rule of the server redirects before the .htaccess',
        refused: true,
        script: () => read(api('/dir/htaccess/moved'), { method: 'PUT' }),
        view: 'blocked',
        control: '200 PUT',
        wire: ['OPTIONS>PUT 204', 'PUT 307'],
    },
];
