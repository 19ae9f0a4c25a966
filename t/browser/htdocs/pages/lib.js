'use strict';
// What the scripts of the cases share.  The runner sets env: the origins of
// the servers, the token of the case.

// A URL, with the token of the case, by which the log finds its requests.
// Parameters with a list for a value are repeated.
function at(origin, path, params) {
    const url = new URL(origin + path);
    url.searchParams.set('t', env.token);
    for (const [name, value] of Object.entries(params || {}))
        for (const one of [].concat(value))
            url.searchParams.append(name, one);
    return url.href;
}
const api = (path, params) => at(env.api, path, params);
const other = (path, params) => at(env.other, path, params);

// A URL that redirects to another.
const go = (from, path, status, to) =>
    `${at(from, path, { status })}&to=${to}`;

// What fetch() lets a script see: status and body, or "blocked".
async function read(url, init) {
    try {
        const response = await fetch(url, init);
        return `${response.status} ${(await response.text()).trim()}`.trim();
    } catch (error) {
        return 'blocked';
    }
}

// The same, and the values of response headers.
async function readHeaders(names, url, init) {
    try {
        const response = await fetch(url, init);
        return Object.fromEntries(names.map(
            (name) => [name, response.headers.get(name)]));
    } catch (error) {
        return 'blocked';
    }
}

// The same of XMLHttpRequest.
function xhr(method, url, options = {}) {
    return new Promise((resolve) => {
        const request = new XMLHttpRequest();
        request.open(method, url, true, options.user, options.password);
        request.withCredentials = Boolean(options.credentials);
        for (const [name, value] of Object.entries(options.headers || {}))
            request.setRequestHeader(name, value);
        if (options.progress) request.upload.onprogress = () => {};
        request.onerror = () => resolve('blocked');
        request.onload = () => resolve(options.all
            ? request.getAllResponseHeaders()
            : `${request.status} ${request.responseText.trim()}`.trim());
        request.send(options.body || null);
    });
}

// The type of the first of some events.
function first(target, ...types) {
    return new Promise((resolve) => {
        for (const type of types)
            target.addEventListener(type, () => resolve(type), { once: true });
    });
}

// An element in the document, and whether it loads.
function load(name, attributes, types = ['load', 'error']) {
    const element = document.createElement(name);
    const done = first(element, ...types);
    Object.assign(element, attributes);
    document.head.append(element);
    return done.then((type) => type === 'error' ? 'blocked' : 'loaded');
}

function image(url, crossOrigin) {
    return new Promise((resolve) => {
        const element = new Image();
        if (crossOrigin !== undefined) element.crossOrigin = crossOrigin;
        element.onload = () => resolve(element);
        element.onerror = () => resolve(null);
        element.src = url;
    });
}

// A pixel of what is drawn on a canvas, or the error of reading it.
function pixel(source) {
    const context = document.createElement('canvas').getContext('2d');
    context.drawImage(source, 0, 0);
    try {
        return [...context.getImageData(1, 1, 1, 1).data];
    } catch (error) {
        return error.name;
    }
}

// What Resource Timing has of a URL, once it has been loaded.
function resource(url) {
    return new Promise((resolve) => {
        new PerformanceObserver((list, observer) => {
            for (const entry of list.getEntriesByName(url)) {
                observer.disconnect();
                resolve(entry);
            }
        }).observe({ type: 'resource', buffered: true });
    });
}

// The details are zero for a page that may not see them.
const timed = async (url) =>
    (await resource(url)).requestStart > 0 ? 'timed' : 'hidden';
