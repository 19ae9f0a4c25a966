'use strict';
// What went over the wire: the requests of a case, from the access log.
//
// A request is told as "[SERVER ]METHOD STATUS[ +cookie][ +authorization] from
// ORIGIN", a preflight with what it asks for: "OPTIONS>PUT 204 from A".  No
// server means the API, a protocol the API over TLS; no Origin is "-".
const fs = require('fs');

class Wire {
    // servers: port to name; origins: Origin to name.
    constructor(file, servers, origins) {
        this.file = file;
        this.servers = servers;
        this.origins = origins;
        this.descriptor = fs.openSync(file, 'r');
        this.rest = '';
        this.at = 0;
        this.byToken = new Map();
    }

    update() {
        const part = Buffer.alloc(65536);
        let size;
        while ((size = fs.readSync(this.descriptor, part, 0, part.length,
            this.at)) > 0) {
            this.at += size;
            this.rest += part.toString('latin1', 0, size);
        }
        const lines = this.rest.split('\n');
        this.rest = lines.pop();
        for (const line of lines) this.add(line);
    }

    add(line) {
        const [time, port, protocol, method, status, origin, asked, cookie,
            authorization, url] = line.split('\t');
        const token = (url.match(/[?&]t=(\w+)/) || [])[1];
        if (!token) return;
        const names = { api: '', tls: `${protocol} ` };
        const server = this.servers[port];
        const text = (server in names ? names[server] : `${server} `) + method
            + (asked === '-' ? '' : `>${asked}`) + ` ${status}`
            + (cookie.includes(`${token}=`) ? ' +cookie' : '')
            + (authorization === '-' ? '' : ' +authorization')
            + ` from ${this.origins[origin] || origin}`;
        if (!this.byToken.has(token)) this.byToken.set(token, []);
        this.byToken.get(token).push({ time: Number(time), text });
    }

    // The requests so far, in the order in which they began.
    of(token) {
        this.update();
        const found = this.byToken.get(token) || [];
        return [...found].sort((a, b) => a.time - b.time)
            .map((request) => request.text);
    }

    // The same, once there are so many.  httpd writes its log after the
    // response, and so after the page has seen it.
    async waitFor(token, count) {
        const end = Date.now() + 10000;
        while (this.of(token).length < count && Date.now() < end)
            await new Promise((resolve) => setTimeout(resolve, 10));
        return this.of(token);
    }
}

module.exports = Wire;
