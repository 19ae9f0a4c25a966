'use strict';
// CorsEnforce, for what is no WebSocket (see live.js).

const post = () => read(api('/enforce/echo'), { method: 'POST', body: 'a' });

module.exports = [
    {
        name: 'an allowed origin',
        script: post,
        view: '200 POST a',
        wire: ['POST 200'],
    },
    {
        name: 'a refused origin: a simple POST does not reach the handler',
        page: 'X',
        refused: true,
        script: post,
        view: 'blocked',
        control: '200 POST a',
        wire: ['POST 403'],
    },
    {
        name: 'a sandboxed frame',
        page: 'null',
        refused: true,
        script: post,
        view: 'blocked',
        control: '200 POST a',
        wire: ['POST 403'],
    },
    {
        // A navigation, which knows nothing of CORS, but has an Origin.
        name: 'a form of a refused origin',
        page: 'X',
        refused: true,
        script: async () => {
            const frame = document.createElement('iframe');
            frame.name = 'answer';
            document.body.append(frame);
            const form = document.createElement('form');
            Object.assign(form, { method: 'POST', target: 'answer',
                action: api('/enforce/echo') });
            document.body.append(form);
            const done = first(frame, 'load');
            form.submit();
            return done;
        },
        view: 'load',
        wire: ['POST 403'],
        controlWire: ['POST 200'],
    },
    {
        // The second has the Origin null in Firefox: what tells is
        // Sec-Fetch-Site.  The third shows that no list has the page.
        name: 'a page of the API itself, which no list names',
        page: 'own',
        refused: true,
        script: async () => [
            await read(api('/enforce/echo'), { method: 'POST', body: 'a' }),
            await read(api('/enforce/echo'), { method: 'POST', body: 'a',
                mode: 'same-origin', referrerPolicy: 'no-referrer' }),
            await read(other('/enforce/echo'), { method: 'POST', body: 'a' }),
        ],
        view: ['200 POST a', '200 POST a', 'blocked'],
        control: ['200 POST a', '200 POST a', '200 POST a'],
        wire: {
            chromium: ['POST 200', 'POST 200', 'other POST 403'],
            firefox: ['POST 200', 'POST 200 from null', 'other POST 403'],
        },
    },
];
