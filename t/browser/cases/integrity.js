'use strict';
// Subresource Integrity.  A browser checks what it may read, and nothing else:
// so it takes CORS.  Right, wrong, and right but without crossorigin.

module.exports = [
    {
        name: '<script integrity>',
        script: async () => {
            const one = (a, integrity, crossOrigin) => load('script', {
                crossOrigin, integrity,
                src: api('/list/file/script.js', { a }) });
            return [
                await one('1', env.integrity.script, 'anonymous'),
                await one('2', env.integrity.style, 'anonymous'),
                await one('3', env.integrity.script, null),
            ];
        },
        view: ['loaded', 'blocked', 'blocked'],
        control: ['blocked', 'blocked', 'blocked'],
        wire: ['GET 200', 'GET 200', 'GET 200 from -'],
    },
    {
        name: '<script integrity> of a refused origin',
        page: 'X',
        refused: true,
        script: () => load('script', { crossOrigin: 'anonymous',
            integrity: env.integrity.script,
            src: api('/list/file/script.js') }),
        view: 'blocked',
        control: 'loaded',
        wire: ['GET 200'],
    },
    {
        name: '<link rel=stylesheet integrity>',
        script: async () => {
            const one = (a, integrity, crossOrigin) => load('link', {
                rel: 'stylesheet', crossOrigin, integrity,
                href: api('/list/file/style.css', { a }) });
            return [
                await one('1', env.integrity.style, 'anonymous'),
                await one('2', env.integrity.script, 'anonymous'),
                await one('3', env.integrity.style, null),
            ];
        },
        view: ['loaded', 'blocked', 'blocked'],
        control: ['blocked', 'blocked', 'blocked'],
        wire: ['GET 200', 'GET 200', 'GET 200 from -'],
    },
    {
        name: '<script type=module integrity>',
        script: async () => {
            const one = (a, integrity) => load('script', { type: 'module',
                integrity, src: api('/list/file/script.js', { a }) });
            return [
                await one('1', env.integrity.script),
                await one('2', env.integrity.style),
            ];
        },
        view: ['loaded', 'blocked'],
        control: ['blocked', 'blocked'],
        wire: ['GET 200', 'GET 200'],
    },
    {
        name: 'fetch with integrity',
        script: async () => [
            await read(api('/list/file/style.css', { a: '1' }),
                { integrity: env.integrity.style }),
            await read(api('/list/file/style.css', { a: '2' }),
                { integrity: env.integrity.script }),
        ],
        view: ['200 #styled { width: 77px }', 'blocked'],
        control: ['blocked', 'blocked'],
        wire: ['GET 200', 'GET 200'],
    },
];
