'use strict';
// Errors are readable: status and body.

module.exports = [
    {
        name: '401 of httpd',
        script: async () => (await read(api('/list/login'))).slice(0, 3),
        view: '401',
        control: 'blo',
        wire: ['GET 401'],
    },
    {
        name: '403 of httpd',
        script: async () => (await read(api('/list/denied'))).slice(0, 3),
        view: '403',
        control: 'blo',
        wire: ['GET 403'],
    },
    {
        name: '404 and its document',
        script: () => read(api('/list/file/none.txt')),
        view: '404 missing',
        wire: ['GET 404'],
    },
    {
        name: '500 of a script that breaks',
        script: async () => (await read(api('/list/broken'))).slice(0, 3),
        view: '500',
        control: 'blo',
        wire: ['GET 500'],
    },
    {
        name: '503 of a backend that is not there',
        script: async () => (await read(api('/list/gone'))).slice(0, 3),
        view: '503',
        control: 'blo',
        wire: ['GET 503'],
    },
    {
        name: 'the preflight of what asks for a password',
        script: async () => (await read(api('/list/login'),
            { method: 'PUT' })).slice(0, 3),
        view: '401',
        control: 'blo',
        wire: ['OPTIONS>PUT 204', 'PUT 401'],
    },
    {
        name: 'the preflight of what is denied',
        script: async () => (await read(api('/list/denied'),
            { method: 'DELETE' })).slice(0, 3),
        view: '403',
        control: 'blo',
        wire: ['OPTIONS>DELETE 204', 'DELETE 403'],
    },
    {
        name: 'the preflight of a backend that is not there',
        script: async () => (await read(api('/list/gone'),
            { method: 'PUT' })).slice(0, 3),
        view: '503',
        control: 'blo',
        wire: ['OPTIONS>PUT 204', 'PUT 503'],
    },
    ...['401', '403', '404', '410', '418', '429', '500', '503'].map(
        (status) => ({
            name: `${status} of an application`,
            script: new Function(`return xhr('GET',
                api('/list/echo', { status: '${status}' }))`),
            view: `${status} GET`,
            wire: [`GET ${status}`],
        })),
    {
        name: 'an error of an application with credentials',
        script: () => read(api('/cred/echo', { status: '500' }),
            { credentials: 'include' }),
        view: '500 GET',
        wire: ['GET 500'],
    },
];
