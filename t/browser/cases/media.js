'use strict';
// Sounds, videos and their subtitles.

// A video's first frame, read back from a canvas: near red, as its colours are
// not kept exactly.
const frame = `async (crossOrigin) => {
    const video = document.createElement('video');
    if (crossOrigin) video.crossOrigin = crossOrigin;
    const done = first(video, 'loadeddata', 'error');
    Object.assign(video, { muted: true, preload: 'auto',
        src: api('/list/file/red.webm', { a: crossOrigin || 'none' }) });
    document.body.append(video);
    if (await done === 'error') return 'blocked';
    // On a busy machine the frame comes a little after the event.
    let colour;
    do {
        await new Promise((resolve) => setTimeout(resolve, 10));
        colour = pixel(video);
    } while (colour[3] === 0);
    if (typeof colour === 'string') return colour;
    return colour[0] > 200 && colour[1] < 50 && colour[2] < 50 ? 'red'
        : colour;
}`;

const audio = () => load('audio', { crossOrigin: 'anonymous',
    preload: 'auto', src: api('/list/file/silence.wav') },
['loadeddata', 'error']);

// The words, or "blocked".
const track = () => new Promise((resolve) => {
    const video = document.createElement('video');
    const words = document.createElement('track');
    video.crossOrigin = 'anonymous';
    words.onload = () => resolve(words.track.cues[0].text);
    words.onerror = () => resolve('blocked');
    words.src = api('/list/file/words.vtt');
    video.append(words);
    document.body.append(video);
    words.track.mode = 'hidden';
});

module.exports = [
    {
        name: '<audio crossorigin>',
        script: audio,
        view: 'loaded',
        wire: ['GET 206'],
    },
    {
        name: '<audio crossorigin> of a refused origin',
        page: 'X',
        refused: true,
        script: audio,
        view: 'blocked',
        control: 'loaded',
        wire: ['GET 206'],
    },
    {
        name: '<video crossorigin>, drawn on a canvas and read back',
        script: new Function(`return (${frame})('anonymous')`),
        view: 'red',
        wire: ['GET 206'],
    },
    {
        name: '<video crossorigin> of a refused origin',
        page: 'X',
        refused: true,
        script: new Function(`return (${frame})('anonymous')`),
        view: 'blocked',
        control: 'red',
        wire: ['GET 206'],
    },
    {
        name: 'a canvas is spoilt by a video without crossorigin alone',
        script: new Function(`const one = ${frame};
            return (async () => [await one(), await one('anonymous')])()`),
        view: ['SecurityError', 'red'],
        control: ['SecurityError', 'blocked'],
        wire: ['GET 206 from -', 'GET 206'],
    },
    {
        name: '<track>',
        script: track,
        view: 'words',
        wire: ['GET 200'],
    },
    {
        name: '<track> of a refused origin',
        page: 'X',
        refused: true,
        script: track,
        view: 'blocked',
        control: 'words',
        wire: ['GET 200'],
    },
];
