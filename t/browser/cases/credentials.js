'use strict';
// Cookies and HTTP authentication.  A cookie has the token of its case for a
// name, as all servers of localhost share one jar.

module.exports = [
    {
        name: 'a cookie is set and sent back',
        script: async () => {
            const cookie = `Set-Cookie:${env.token}=1`;
            const set = await read(api('/cred/echo', { header: cookie }),
                { credentials: 'include' });
            const body = await read(api('/cred/echo', { tell: 'Cookie' }),
                { credentials: 'include' });
            return [set, body === 'blocked' ? body
                : body.includes(`${env.token}=`)];
        },
        view: ['200 GET', true],
        control: ['blocked', 'blocked'],
        wire: ['GET 200', 'GET 200 +cookie'],
    },
    {
        name: 'XMLHttpRequest, a cookie is set and sent back',
        script: async () => {
            const cookie = `Set-Cookie:${env.token}=1`;
            const set = await xhr('GET', api('/cred/echo',
                { header: cookie }), { credentials: true });
            const body = await xhr('GET', api('/cred/echo',
                { tell: 'Cookie' }), { credentials: true });
            return [set, body === 'blocked' ? body
                : body.includes(`${env.token}=`)];
        },
        view: ['200 GET', true],
        control: ['blocked', 'blocked'],
        wire: ['GET 200', 'GET 200 +cookie'],
    },
    {
        name: 'a preflight has no cookie, the request has',
        script: async () => {
            document.cookie = `${env.token}=1`;
            return read(api('/cred/echo'), { method: 'PUT',
                headers: { 'X-One': '1' }, credentials: 'include' });
        },
        view: '200 PUT',
        wire: ['OPTIONS>PUT 204', 'PUT 200 +cookie'],
    },
    {
        name: 'no cookie without credentials',
        script: async () => {
            document.cookie = `${env.token}=1`;
            return read(api('/cred/echo'));
        },
        view: '200 GET',
        wire: ['GET 200'],
    },
    {
        name: 'a policy without credentials',
        refused: true,
        script: async () => {
            document.cookie = `${env.token}=1`;
            return read(api('/list/echo'), { credentials: 'include' });
        },
        view: 'blocked',
        control: '200 GET',
        wire: ['GET 200 +cookie'],
    },
    {
        name: 'an allowed origin that is not on the list of credentials',
        page: 'B',
        refused: true,
        script: () => read(api('/cred/echo'), { credentials: 'include' }),
        view: 'blocked',
        control: '200 GET',
        wire: ['GET 200'],
    },
    {
        name: 'the same without credentials',
        page: 'B',
        script: () => read(api('/cred/echo')),
        view: '200 GET',
        wire: ['GET 200'],
    },
    {
        name: 'a preflight of an origin that has no credentials',
        page: 'B',
        refused: true,
        script: () => read(api('/cred/echo'),
            { method: 'PUT', credentials: 'include' }),
        view: 'blocked',
        control: '200 PUT',
        wire: ['OPTIONS>PUT 204'],
    },
    {
        name: 'XMLHttpRequest with credentials of a refused origin',
        page: 'X',
        refused: true,
        script: () => xhr('GET', api('/cred/echo'), { credentials: true }),
        view: 'blocked',
        control: '200 GET',
        wire: ['GET 200'],
    },
    {
        name: 'HTTP authentication',
        alone: true,
        visit: (env) => `${env.api}/cred/login`
            .replace('//', '//reader:secret@'),
        script: () => read(api('/cred/login'), { credentials: 'include' }),
        view: '200 text',
        wire: ['GET 200 +authorization'],
    },
    {
        name: 'a preflight has no password, the request has',
        alone: true,
        visit: (env) => `${env.api}/credstar/login`
            .replace('//', '//reader:secret@'),
        // httpd has no PUT for files: 405 is what comes behind the password.
        script: async () => (await read(api('/credstar/login'),
            { method: 'PUT', credentials: 'include' })).slice(0, 3),
        view: '405',
        control: 'blo',
        wire: ['OPTIONS>PUT 204', 'PUT 405 +authorization'],
    },
    {
        name: 'no password without credentials',
        alone: true,
        visit: (env) => `${env.api}/cred/login`
            .replace('//', '//reader:secret@'),
        script: async () => (await read(api('/cred/login'))).slice(0, 3),
        view: '401',
        control: 'blo',
        wire: ['GET 401'],
    },
    {
        name: 'XMLHttpRequest with a password of its own',
        alone: true,
        script: async () => (await xhr('GET', api('/cred/login'), { user:
            'reader', password: 'secret', credentials: true })).slice(0, 3),
        // Chromium keeps it from other origins.
        view: { chromium: '401', firefox: '200' },
        control: 'blo',
        wire: { chromium: ['GET 401'],
            firefox: ['GET 401', 'GET 200 +authorization'] },
    },
    {
        name: 'HTTP authentication of a refused origin',
        page: 'X',
        alone: true,
        refused: true,
        visit: (env) => `${env.api}/cred/login`
            .replace('//', '//reader:secret@'),
        script: () => read(api('/cred/login'), { credentials: 'include' }),
        view: 'blocked',
        control: '200 text',
        wire: ['GET 200 +authorization'],
    },
];
