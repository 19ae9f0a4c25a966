'use strict';
// Runs all cases in one browser and prints TAP.
//
// A case (see cases/) runs in a page of some origin, twice: against the server
// with the policy, and against a control, where the opposite has to come out.
// The control of what has to be readable is a server without a policy, that of
// what has to be blocked one that allows everything.
const assert = require('assert');
const crypto = require('crypto');
const fs = require('fs');
const path = require('path');
const util = require('util');
const impossible = require('./impossible');
const launch = require('./launch');
const messages = require('./console');
const Wire = require('./wire');

const ports = JSON.parse(process.env.CORS_PORTS);
const only = process.env.ONLY && new RegExp(process.env.ONLY);
// More at a time is no faster on two processors.
const atOnce = Number(process.env.AT_ONCE || 3);
// How many cases there are, at the least.
const least = 230;

const pages = {
    A: `http://localhost:${ports.PAGE_A}`,
    B: `http://localhost:${ports.PAGE_B}`,
    X: `http://localhost:${ports.PAGE_X}`,
    sub: `http://app.localhost:${ports.PAGE_A}`,
    own: `http://localhost:${ports.API_REAL}`,
    null: 'null',
};
const servers = { [ports.PAGE_A]: 'page', [ports.PAGE_B]: 'page',
    [ports.PAGE_X]: 'page' };
for (const mode of ['REAL', 'NONE', 'ALL']) {
    servers[ports[`API_${mode}`]] = 'api';
    servers[ports[`OTHER_${mode}`]] = 'other';
    servers[ports[`TLS_${mode}`]] = 'tls';
}
const wire = new Wire(process.env.CORS_WIRE_LOG, servers,
    Object.fromEntries(Object.entries(pages).map(([k, v]) => [v, k])));

function loadCases(browser) {
    const cases = [], names = new Set();
    for (const file of fs.readdirSync(path.join(__dirname, 'cases')).sort()) {
        if (!file.endsWith('.js')) continue;
        const theme = file.replace('.js', '');
        const list = require(`./cases/${file}`);
        assert(list.length, `no case in ${file}`);
        for (const one of list) {
            const name = `${theme}: ${one.name}`;
            assert(!names.has(name), `two cases "${name}"`);
            names.add(name);
            cases.push(prepare({ ...one, name }, browser));
        }
    }
    // A list that has come out shorter than meant would pass unnoticed.
    assert(cases.length >= least, `${cases.length} cases, not ${least}`);
    return cases.filter((one) => !only || only.test(one.name));
}

const digest = (name) => 'sha384-' + crypto.createHash('sha384').update(
    fs.readFileSync(path.join(__dirname, 'htdocs/api', name)))
    .digest('base64');
const integrity = { script: digest('script.js'), style: digest('style.css') };

// Fills in what a case leaves out.
function prepare(one, browser) {
    const page = one.page || 'A';
    // Browsers differ: a value for each.
    const of = (value) =>
        value && value[browser] !== undefined ? value[browser] : value;
    const view = of(one.view);
    const control = one.control === undefined && !one.refused
        ? 'blocked' : of(one.control);
    const sent = of(one.wire);
    const from = (lines) => lines.map((line) =>
        line.includes(' from ') ? line : `${line} from ${page}`);
    assert(sent && sent.length, `${one.name}: no wire`);
    assert(view !== undefined, `${one.name}: no view`);
    assert(control !== undefined || one.controlWire,
        `${one.name}: no control`);
    // Where the script sees the same, what goes over the wire has to differ.
    assert.notDeepStrictEqual(one.controlWire ? sent : view,
        one.controlWire || control, `${one.name} cannot fail`);
    return {
        ...one, page, view, control,
        steps: one.steps || [{ page, script: one.script }],
        wire: from(sent),
        controlWire: one.controlWire && from(one.controlWire),
    };
}

// Firefox can lose a tab that it opens while another closes.
let turn = Promise.resolve();
function oneAtATime(work) {
    const done = turn.then(work);
    turn = done.catch(() => {});
    return done;
}

// Runs cases one after the other, in one page: a new process for each would be
// most of the time.  Each has a new document, URLs of its own by its token, and
// so nothing of another case's in the caches.  Only passwords hold for a whole
// server: a case that has some is "alone", in a context of its own.
class Worker {
    constructor(browser) {
        this.browser = browser;
    }

    async open() {
        if (this.page) return;
        await oneAtATime(async () => {
            this.context = await this.browser.createBrowserContext();
            this.page = await this.context.newPage();
        });
    }

    async close() {
        const context = this.context;
        this.context = this.page = null;
        if (context) await oneAtATime(() => context.close());
    }

    // One run of a case.  Returns what its script saw.
    async attempt(one, mode, token) {
        const env = {
            token,
            api: `http://localhost:${ports[`API_${mode}`]}`,
            other: `http://localhost:${ports[`OTHER_${mode}`]}`,
            secure: `https://localhost:${ports[`TLS_${mode}`]}`,
            socket: `ws://localhost:${ports[`API_${mode}`]}`,
            pages,
            integrity,
        };
        if (one.alone) await this.close();
        await this.open();
        if (one.visit) await this.page.goto(one.visit(env));
        const views = [];
        for (const step of one.steps)
            views.push(await this.step(one, step, env));
        if (one.alone) await this.close();
        return views.length > 1 ? views : views[0];
    }

    async step(one, step, env) {
        const name = step.page || one.page;
        await this.page.goto({
            null: `${pages.A}/frame.html`,
            data: `${pages.A}/data.html`,
            file: `file://${__dirname}/htdocs/pages/page.html`,
            own: `${env.api}/page.html`,
        }[name] || `${pages[name]}/page.html`);
        const frame = this.page.frames().pop();
        await frame.evaluate((values) => { window.env = values; }, env);
        const said = one.console && await messages(this.page);
        const view = await frame.evaluate(step.script);
        return said ? [view, view === 'blocked' ? await said(env.token) : null]
            : view;
    }
}

async function bounded(promise, seconds) {
    let timer;
    const late = new Promise((resolve, reject) => {
        timer = setTimeout(() => reject(new Error(
            `no result within ${seconds} seconds`)), seconds * 1000);
    });
    try {
        return await Promise.race([promise, late]);
    } finally {
        clearTimeout(timer);
    }
}

let number = 0, failures = 0;

function same(name, got, wanted, token) {
    const passed = util.isDeepStrictEqual(got, wanted);
    number++;
    console.log(`${passed ? 'ok' : 'not ok'} ${number} - ${name}`);
    if (passed) return;
    failures++;
    console.error(`# not ok ${number} - ${name}\n`
        + `#      got: ${JSON.stringify(got)}\n`
        + `# expected: ${JSON.stringify(wanted)}`);
    // What the server has logged of it.
    const url = new RegExp(`[?&]t=${token}\\b`);
    for (const line of fs.readFileSync(process.env.CORS_ERROR_LOG, 'latin1')
        .split('\n').filter((one) => token && url.test(one)))
        console.error(`#      log: ${line}`);
}

let tokens = 0;

// A case and a mode: the assertions.
async function run(worker, label, one, mode) {
    const token = `${label}${++tokens}`;
    let view;
    try {
        view = await bounded(worker.attempt(one, mode, token), 30);
    } catch (error) {
        view = `${error}`;
        await worker.close().catch(() => {});
    }
    const sent = await wire.waitFor(token, mode === 'REAL' ? one.wire.length
        : one.controlWire ? one.controlWire.length : 1);
    if (mode === 'REAL') {
        same(`${label}: ${one.name}: the script sees it`, view, one.view,
            token);
        same(`${label}: ${one.name}: on the wire`, sent, one.wire, token);
        return { one, token };
    }
    const name = `${label}: ${one.name}: otherwise ${mode === 'NONE'
        ? 'without a policy' : 'if all is allowed'}`;
    if (one.controlWire) same(name, sent, one.controlWire, token);
    else same(name, sent.length ? view : 'nothing reached the server',
        one.control, token);
    return null;
}

async function main(label) {
    const cases = loadCases(label);
    const tasks = cases.flatMap((one) =>
        [[one, 'REAL'], [one, one.refused ? 'ALL' : 'NONE']]);
    console.log(`1..${cases.length * 3 + 1}`);
    const browser = await launch(label);
    const version = await browser.version();
    const done = [];
    try {
        await Promise.all(Array.from({ length: atOnce }, async () => {
            const worker = new Worker(browser);
            while (tasks.length)
                done.push(await run(worker, label, ...tasks.shift()));
        }));
    } finally {
        await bounded(browser.close(), 20).catch(() =>
            browser.process() && browser.process().kill('SIGKILL'));
    }
    // With the browser gone nothing more can come.
    const late = done.filter((one) => one).filter(({ one, token }) =>
        wire.of(token).length > one.wire.length).map(({ one }) => one.name);
    same(`${label}: no request came later than its case`, late, []);
    const hidden = impossible[label];
    for (const [what, why] of Object.entries(hidden))
        console.log(`# not observable in ${label}: ${what}: ${why}`);
    fs.appendFileSync(process.env.CORS_SUMMARY,
        `${version}: ${cases.length} cases, ${failures} of ${number} tests `
        + `failed, ${Object.keys(hidden).length} things not observable `
        + `(impossible.js)\n`);
    process.exitCode = failures ? 1 : 0;
}

module.exports = (label) => main(label).catch((error) => {
    console.log(`Bail out! ${error.stack.replace(/\n/g, '\n# ')}`);
    process.exit(1);
});
