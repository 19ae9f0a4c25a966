'use strict';
// Starts a browser with a profile of its own.
const puppeteer = require('puppeteer-core');

const browsers = {
    chromium: {
        executablePath: '/usr/bin/chromium',
        headless: true,
        args: [
            // Its own sandbox is not to be had in most containers.
            '--no-sandbox',
            '--disable-dev-shm-usage',
            '--disable-gpu',
            '--enable-unsafe-swiftshader',
            '--disable-quic',
            '--no-first-run',
            '--disable-background-networking',
            '--disable-component-update',
            '--disable-sync',
            '--no-proxy-server',
            '--autoplay-policy=no-user-gesture-required',
        ],
    },
    firefox: {
        browser: 'firefox',
        executablePath: '/usr/bin/firefox-esr',
        // Without a display it has no WebGL: run.sh gives it Xvfb.
        headless: false,
        // For its console, where messages about CORS are: see console.js.
        args: ['--remote-allow-system-access'],
        env: { ...process.env, LIBGL_ALWAYS_SOFTWARE: '1' },
        extraPrefsFirefox: {
            'network.proxy.type': 0,
            'webgl.force-enabled': true,
            // What users have; the profile of the protocol takes all cookies.
            'network.cookie.cookieBehavior': 5,
        },
    },
};

async function launch(name) {
    return puppeteer.launch({ ...browsers[name], acceptInsecureCerts: true });
}

module.exports = launch;
