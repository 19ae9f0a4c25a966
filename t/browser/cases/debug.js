'use strict';
// CorsDebug: the browser's console names what is at fault.

module.exports = [
    {
        name: 'the method',
        script: () => read(api('/debug/echo'), { method: 'PATCH' }),
        view: {
            chromium: ['blocked', 'Method PATCH is not allowed by '
                + 'Access-Control-Allow-Methods in preflight response.'],
            // It never has the method itself.
            firefox: ['blocked', 'Did not find method in CORS header '
                + '‘Access-Control-Allow-Methods’'],
        },
        control: ['200 PATCH', null],
        wire: ['OPTIONS>PATCH 204'],
    },
    {
        name: 'the header',
        script: () => read(api('/debug/echo'),
            { method: 'PUT', headers: { 'X-One': '1', 'X-Bad': '1' } }),
        view: {
            chromium: ['blocked', 'Request header field x-bad is not allowed '
                + 'by Access-Control-Allow-Headers in preflight response.'],
            firefox: ['blocked', 'header ‘x-bad’ is not allowed according to '
                + 'header ‘Access-Control-Allow-Headers’ from CORS preflight '
                + 'response'],
        },
        control: ['200 PUT', null],
        wire: ['OPTIONS>PUT 204'],
    },
    {
        name: 'without it the console has no name',
        script: () => read(api('/cred/echo'), { method: 'PATCH' }),
        view: {
            chromium: ['blocked', 'Response to preflight request doesn\'t '
                + 'pass access control check: No '
                + '\'Access-Control-Allow-Origin\' header is present on the '
                + 'requested resource.'],
            firefox: ['blocked', 'CORS header '
                + '‘Access-Control-Allow-Origin’ missing'],
        },
        control: ['200 PATCH', null],
        wire: ['OPTIONS>PATCH 403'],
    },
    {
        name: 'the origin',
        page: 'X',
        script: () => read(api('/debug/echo')),
        view: {
            chromium: ['blocked', 'No \'Access-Control-Allow-Origin\' header '
                + 'is present on the requested resource.'],
            firefox: ['blocked', 'CORS header ‘Access-Control-Allow-Origin’ '
                + 'missing'],
        },
        control: ['200 GET', null],
        wire: ['GET 200'],
    },
].map((one) => ({ refused: true, console: true, ...one }));
