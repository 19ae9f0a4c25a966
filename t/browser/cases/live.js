'use strict';
// EventSource, and WebSocket handshakes under CorsEnforce.

// What an EventSource gets: its first event, or "blocked".
const events = `(path, withCredentials) => new Promise((resolve) => {
    const source = new EventSource(api(path), { withCredentials });
    source.onmessage = (event) => {
        source.close();
        resolve(event.data);
    };
    source.onerror = () => {
        const closed = source.readyState === EventSource.CLOSED;
        source.close();
        resolve(closed ? 'blocked' : 'tries again');
    };
})`;

// The first message of a WebSocket, once it has closed in good order.
const socket = `(path) => new Promise((resolve) => {
    const one = new WebSocket(at(env.socket, path));
    let text = 'blocked';
    one.onmessage = (event) => {
        text = event.data;
        one.close();
    };
    one.onclose = () => resolve(text);
})`;

module.exports = [
    {
        name: 'EventSource',
        script: new Function(`return (${events})('/list/events', false)`),
        view: 'event none',
        wire: ['GET 200'],
    },
    {
        name: 'EventSource with credentials',
        script: new Function(`document.cookie = env.token + '=1';
            return (${events})('/cred/events', true)`),
        view: 'event cookie',
        wire: ['GET 200 +cookie'],
    },
    {
        name: 'EventSource of a refused origin',
        page: 'X',
        refused: true,
        script: new Function(`return (${events})('/list/events', false)`),
        view: 'blocked',
        control: 'event none',
        wire: ['GET 200'],
    },
    {
        name: 'EventSource with credentials that are not allowed',
        page: 'B',
        refused: true,
        script: new Function(`document.cookie = env.token + '=1';
            return (${events})('/cred/events', true)`),
        view: 'blocked',
        control: 'event cookie',
        wire: ['GET 200 +cookie'],
    },
    {
        // Without a policy it opens too, but the backend hears of no verdict.
        name: 'WebSocket under CorsEnforce',
        script: new Function(`return (${socket})('/enforce/socket')`),
        view: 'verdict granted',
        control: 'verdict none',
        wire: ['GET 101'],
    },
    {
        name: 'WebSocket under CorsEnforce, of a refused origin',
        page: 'X',
        refused: true,
        script: new Function(`return (${socket})('/enforce/socket')`),
        view: 'blocked',
        control: 'verdict none',
        wire: ['GET 403'],
    },
    {
        name: 'WebSocket under CorsEnforce, of a sandboxed frame',
        page: 'null',
        refused: true,
        script: new Function(`return (${socket})('/enforce/socket')`),
        view: 'blocked',
        control: 'verdict none',
        wire: ['GET 403'],
    },
];
