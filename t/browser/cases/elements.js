'use strict';
// What elements and style sheets load with CORS.

module.exports = [
    {
        name: '@font-face',
        script: async () => {
            const style = document.createElement('style');
            style.textContent = `@font-face { font-family: box;
                src: url(${api('/list/file/box.ttf')}) }`;
            document.head.append(style);
            try {
                await document.fonts.load('20px box', 'A');
            } catch (error) {
                return 'blocked';
            }
            const text = document.createElement('span');
            text.style.font = '20px box, sans-serif';
            text.textContent = 'A';
            document.body.append(text);
            return text.getBoundingClientRect().width;
        },
        view: 60,
        wire: ['GET 200'],
    },
    {
        name: '@font-face of a refused origin',
        page: 'X',
        refused: true,
        script: async () => {
            const style = document.createElement('style');
            style.textContent = `@font-face { font-family: box;
                src: url(${api('/list/file/box.ttf')}) }`;
            document.head.append(style);
            try {
                await document.fonts.load('20px box', 'A');
            } catch (error) {
                return 'blocked';
            }
            return 'loaded';
        },
        view: 'blocked',
        control: 'loaded',
        wire: ['GET 200'],
    },
    {
        name: 'FontFace',
        script: () => new FontFace('box', `url(${api('/any/file/box.ttf')})`)
            .load().then(() => 'loaded', () => 'blocked'),
        view: 'loaded',
        wire: ['GET 200'],
    },
    {
        name: '<img crossorigin>',
        script: async () => await image(api('/list/file/red.png'),
            'anonymous') ? 'loaded' : 'blocked',
        view: 'loaded',
        wire: ['GET 200'],
    },
    {
        name: '<img crossorigin> of a refused origin',
        page: 'X',
        refused: true,
        script: async () => await image(api('/list/file/red.png'),
            'anonymous') ? 'loaded' : 'blocked',
        view: 'blocked',
        control: 'loaded',
        wire: ['GET 200'],
    },
    {
        name: '<img crossorigin=use-credentials>',
        script: async () => {
            document.cookie = `${env.token}=1`;
            return await image(api('/cred/file/red.png'), 'use-credentials')
                ? 'loaded' : 'blocked';
        },
        view: 'loaded',
        wire: ['GET 200 +cookie'],
    },
    {
        name: '<img crossorigin=use-credentials>, which are not allowed',
        refused: true,
        script: async () => {
            document.cookie = `${env.token}=1`;
            return await image(api('/list/file/red.png'), 'use-credentials')
                ? 'loaded' : 'blocked';
        },
        view: 'blocked',
        control: 'loaded',
        wire: ['GET 200 +cookie'],
    },
    {
        name: 'an image that is drawn on a canvas and read back',
        script: async () => {
            const red = await image(api('/list/file/red.png'), 'anonymous');
            return red ? pixel(red) : 'blocked';
        },
        view: [255, 0, 0, 255],
        wire: ['GET 200'],
    },
    {
        name: 'an image that is drawn on a canvas, of a sandboxed frame',
        page: 'null',
        refused: true,
        script: async () => {
            const red = await image(api('/list/file/red.png'), 'anonymous');
            return red ? pixel(red) : 'blocked';
        },
        view: 'blocked',
        control: [255, 0, 0, 255],
        wire: ['GET 200'],
    },
    {
        name: 'a canvas is spoilt by an image without crossorigin alone',
        script: async () => {
            const plain = await image(api('/list/file/red.png', { a: '1' }));
            const red = await image(api('/list/file/red.png'), 'anonymous');
            return [pixel(plain), red ? pixel(red) : 'blocked'];
        },
        view: ['SecurityError', [255, 0, 0, 255]],
        control: ['SecurityError', 'blocked'],
        wire: ['GET 200 from -', 'GET 200'],
    },
    {
        name: 'createImageBitmap of a fetched image',
        script: async () => {
            try {
                const answer = await fetch(api('/list/file/red.png'));
                return (await createImageBitmap(await answer.blob())).width;
            } catch (error) {
                return 'blocked';
            }
        },
        view: 4,
        wire: ['GET 200'],
    },
    ...[
        { name: 'a WebGL texture', view: [255, 0, 0, 255] },
        { name: 'a WebGL texture of a refused origin', page: 'X',
            refused: true, view: 'blocked', control: [255, 0, 0, 255] },
    ].map((one) => ({
        ...one,
        script: async () => {
            const gl = document.createElement('canvas').getContext('webgl');
            if (!gl) return 'no WebGL';
            const red = await image(api('/list/file/red.png'), 'anonymous');
            if (!red) return 'blocked';
            const texture = gl.createTexture();
            gl.bindTexture(gl.TEXTURE_2D, texture);
            gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA,
                gl.UNSIGNED_BYTE, red);
            gl.bindFramebuffer(gl.FRAMEBUFFER, gl.createFramebuffer());
            gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0,
                gl.TEXTURE_2D, texture, 0);
            const pixel = new Uint8Array(4);
            gl.readPixels(1, 1, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel);
            return [...pixel];
        },
        wire: ['GET 200'],
    })),
    // The text stands at the left if the shape of the clear image is used, and
    // beside the box if not.  A document waits for its images to load.
    ...[
        { name: 'shape-outside', view: 0, control: 100 },
        { name: 'shape-outside of a refused origin', page: 'X',
            refused: true, view: 100, control: 0 },
    ].map((one) => ({
        ...one,
        script: async () => {
            const frame = document.createElement('iframe');
            frame.srcdoc = `<!DOCTYPE html><body style="margin: 0">
                <div style="float: left; width: 100px; height: 100px;
                    shape-outside: url(${api('/list/file/clear.png')
                        .replace('&', '&amp;')})"></div><b>text</b>`;
            const done = first(frame, 'load');
            document.body.append(frame);
            await done;
            return frame.contentDocument.querySelector('b')
                .getBoundingClientRect().left;
        },
        wire: ['GET 200'],
    })),
    // Nothing but the colours on the screen tells of a mask.  Resource Timing
    // has a status of what CORS has let in, and 0 of what it has not.
    ...[
        { name: 'mask-image', view: 200, control: 0 },
        { name: 'mask-image of a refused origin', page: 'X', refused: true,
            view: 0, control: 200 },
    ].map((one) => ({
        ...one,
        script: async () => {
            const url = api('/list/file/red.png');
            const box = document.createElement('div');
            box.style = `width: 9px; height: 9px; background: red;
                mask-image: url("${url}")`;
            document.body.append(box);
            return (await resource(url)).responseStatus;
        },
        wire: ['GET 200'],
    })),
    {
        name: '<script type=module>',
        script: () => load('script',
            { type: 'module', src: api('/list/file/module.mjs') }),
        view: 'loaded',
        wire: ['GET 200'],
    },
    {
        name: '<script type=module> of a refused origin',
        page: 'X',
        refused: true,
        script: () => load('script',
            { type: 'module', src: api('/list/file/module.mjs') }),
        view: 'blocked',
        control: 'loaded',
        wire: ['GET 200'],
    },
    {
        name: 'import()',
        script: () => import(api('/list/file/module.mjs'))
            .then((module) => module.default, () => 'blocked'),
        view: 'module',
        wire: ['GET 200'],
    },
    {
        name: 'import() in a sandboxed frame',
        page: 'null',
        refused: true,
        script: () => import(api('/list/file/module.mjs'))
            .then((module) => module.default, () => 'blocked'),
        view: 'blocked',
        control: 'module',
        wire: ['GET 200'],
    },
    {
        name: '<script crossorigin>',
        script: () => load('script',
            { crossOrigin: 'anonymous', src: api('/list/file/script.js') }),
        view: 'loaded',
        wire: ['GET 200'],
    },
    {
        name: '<script crossorigin> of a refused origin',
        page: 'X',
        refused: true,
        script: () => load('script',
            { crossOrigin: 'anonymous', src: api('/list/file/script.js') }),
        view: 'blocked',
        control: 'loaded',
        wire: ['GET 200'],
    },
    {
        name: '<link rel=stylesheet crossorigin>, whose rules are readable',
        script: async () => {
            const done = await load('link', { rel: 'stylesheet',
                crossOrigin: 'anonymous', href: api('/list/file/style.css') });
            return done === 'blocked' ? done
                : document.styleSheets[0].cssRules[0].selectorText;
        },
        view: '#styled',
        wire: ['GET 200'],
    },
    // Whether a preload has come in the fetch after it tells: Firefox has a
    // load event for one that is blocked too.
    {
        name: '<link rel=preload crossorigin>, which serves the fetch too',
        script: async () => {
            const url = api('/list/cached/text.txt');
            await load('link', { rel: 'preload', as: 'fetch',
                crossOrigin: 'anonymous', href: url });
            return read(url);
        },
        view: '200 text',
        wire: ['GET 200'],
    },
    {
        name: '<link rel=preload crossorigin> of a refused origin',
        page: 'X',
        refused: true,
        script: async () => {
            const url = api('/list/cached/text.txt');
            await load('link', { rel: 'preload', as: 'fetch',
                crossOrigin: 'anonymous', href: url });
            return read(url);
        },
        view: 'blocked',
        control: '200 text',
        wire: ['GET 200'],
    },
    {
        name: '<link rel=modulepreload>, which serves the import too',
        script: async () => {
            const url = api('/list/cached/module.mjs');
            await load('link', { rel: 'modulepreload', href: url });
            return import(url)
                .then((module) => module.default, () => 'blocked');
        },
        view: 'module',
        wire: ['GET 200'],
    },
];
