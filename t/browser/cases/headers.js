'use strict';
// Which response headers a script sees.

const safelisted = {
    'Cache-Control': 'no-store',
    'Content-Language': 'de',
    'Content-Type': 'text/plain',
    Expires: 'Thu, 01 Jan 2026 00:00:00 GMT',
    'Last-Modified': 'Thu, 01 Jan 2026 00:00:00 GMT',
    Pragma: 'no-cache',
};

module.exports = [
    ...Object.entries(safelisted).map(([name, value]) => ({
        name: `${name} without a word`,
        // A function of the page knows nothing of this file.
        script: new Function(`return readHeaders(['${name}'],
            api('/null/echo', ${JSON.stringify({ header: `${name}:${value}` })}
            ))`),
        view: { [name]: value },
        wire: ['GET 200'],
    })),
    {
        // httpd sends none for a CGI script.
        name: 'Content-Length without a word',
        script: () => readHeaders(['Content-Length'],
            api('/null/file/digits.txt')),
        view: { 'Content-Length': '11' },
        wire: ['GET 200'],
    },
    {
        name: 'a listed one',
        script: () => readHeaders(['X-Listed'],
            api('/list/echo', { header: 'X-Listed:1' })),
        view: { 'X-Listed': '1' },
        wire: ['GET 200'],
    },
    {
        name: 'one that is not listed',
        refused: true,
        script: () => readHeaders(['X-Other'],
            api('/list/echo', { header: 'X-Other:1' })),
        view: { 'X-Other': null },
        control: { 'X-Other': '1' },
        wire: ['GET 200'],
    },
    {
        name: 'a listed one with credentials',
        script: () => readHeaders(['X-Listed'],
            api('/cred/echo', { header: 'X-Listed:1' }),
            { credentials: 'include' }),
        view: { 'X-Listed': '1' },
        wire: ['GET 200'],
    },
    {
        // Of a CGI script there may be a Content-Length or not.
        name: 'XMLHttpRequest sees the same',
        script: async () => {
            const all = await xhr('GET', api('/list/echo', { header:
                ['X-Listed:1', 'X-Other:1'] }), { all: true });
            return all === 'blocked' ? all : all.trim().split('\r\n')
                .filter((line) => !/^content-length/.test(line)).sort();
        },
        view: ['content-type: text/plain', 'x-listed: 1'],
        wire: ['GET 200'],
    },
    {
        name: 'one that is listed in several lines of the response',
        script: () => readHeaders(['X-Listed'], api('/list/echo',
            { header: ['X-Listed:1', 'X-Listed:2'] })),
        view: { 'X-Listed': '1, 2' },
        wire: ['GET 200'],
    },
    {
        name: 'Set-Cookie, under * too, never',
        script: () => readHeaders(['Set-Cookie', 'X-Other'],
            api('/credstar/echo', { header: ['Set-Cookie:a=b', 'X-Other:1'] }),
            { credentials: 'include' }),
        view: { 'Set-Cookie': null, 'X-Other': '1' },
        wire: ['GET 200'],
    },
    {
        name: 'of an error',
        script: () => readHeaders(['X-Listed'], api('/list/echo',
            { status: '500', header: 'X-Listed:1' })),
        view: { 'X-Listed': '1' },
        wire: ['GET 500'],
    },
];
