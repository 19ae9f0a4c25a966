'use strict';
// Workers of all kinds, and the Cache API.

// What a frame gets whose requests a service worker makes.
const through = `async (path, init) => {
    const scope = 'page.html?' + env.token;
    const registration = await navigator.serviceWorker.register('worker.js',
        { scope });
    const worker = registration.installing;
    await new Promise((resolve) => worker.addEventListener('statechange',
        () => worker.state === 'activated' && resolve()));
    const frame = document.createElement('iframe');
    frame.src = scope;
    const done = first(frame, 'load');
    document.body.append(frame);
    await done;
    const seen = await frame.contentWindow.read(api(path), init);
    await registration.unregister();
    return seen;
}`;

const worker = () => new Promise((resolve) => {
    const text = `fetch(${JSON.stringify(api('/list/echo'))})
        .then((answer) => answer.text())
        .then(postMessage, () => postMessage('blocked'))`;
    const one = new Worker(URL.createObjectURL(new Blob([text])));
    one.onmessage = (event) => resolve(event.data);
});

const cached = async () => {
    const url = api('/list/file/text.txt');
    const cache = await caches.open(env.token);
    try {
        await cache.add(url);
    } catch (error) {
        return 'blocked';
    }
    return (await (await cache.match(url)).text()).trim();
};

module.exports = [
    {
        name: 'fetch in a worker',
        script: worker,
        view: 'GET',
        wire: ['GET 200'],
    },
    {
        name: 'fetch in a worker of a refused origin',
        page: 'X',
        refused: true,
        script: worker,
        view: 'blocked',
        control: 'GET',
        wire: ['GET 200'],
    },
    {
        name: 'fetch through a service worker',
        script: new Function(`return (${through})('/list/echo')`),
        view: '200 GET through a worker',
        wire: ['GET 200'],
    },
    {
        name: 'a preflighted fetch through a service worker',
        script: new Function(`return (${through})('/list/echo',
            { method: 'PUT', headers: { 'X-One': '1' } })`),
        view: '200 PUT through a worker',
        wire: ['OPTIONS>PUT 204', 'PUT 200'],
    },
    {
        name: 'fetch through a service worker of a refused origin',
        page: 'X',
        refused: true,
        script: new Function(`return (${through})('/list/echo')`),
        view: 'blocked',
        control: '200 GET through a worker',
        wire: ['GET 200'],
    },
    {
        name: 'Cache.add()',
        script: cached,
        view: 'text',
        wire: ['GET 200'],
    },
    {
        name: 'Cache.add() of a refused origin',
        page: 'X',
        refused: true,
        script: cached,
        view: 'blocked',
        control: 'text',
        wire: ['GET 200'],
    },
];
