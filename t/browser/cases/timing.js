'use strict';
// Timing-Allow-Origin: the details of Resource Timing.

module.exports = [
    {
        name: 'of a fetch',
        script: async () => {
            const url = api('/timing/file/text.txt');
            return await read(url) === 'blocked' ? 'blocked' : timed(url);
        },
        view: 'timed',
        wire: ['GET 200'],
    },
    {
        name: 'of an image with CORS',
        page: 'B',
        script: async () => {
            const url = api('/timing/file/red.png');
            return await image(url, 'anonymous') ? timed(url) : 'blocked';
        },
        view: 'timed',
        wire: ['GET 200'],
    },
    {
        name: 'of an image without CORS, under *',
        page: 'X',
        script: async () => {
            const url = api('/any/file/red.png');
            await image(url);
            return timed(url);
        },
        view: 'timed',
        control: 'hidden',
        wire: ['GET 200 from -'],
    },
    {
        name: 'of an image without CORS, under a list',
        refused: true,
        script: async () => {
            const url = api('/timing/file/red.png');
            await image(url);
            return timed(url);
        },
        view: 'hidden',
        control: 'timed',
        wire: ['GET 200 from -'],
    },
    {
        name: 'where CorsTimingAllowOrigin is off',
        refused: true,
        script: async () => {
            const url = api('/list/file/text.txt');
            return await read(url) === 'blocked' ? 'blocked' : timed(url);
        },
        view: 'hidden',
        control: 'timed',
        wire: ['GET 200'],
    },
];
