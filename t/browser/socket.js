'use strict';
// A WebSocket server of the least kind: it says what mod_cors has told it of
// the handshake, and closes when the page does.
//
//   node socket.js PORT
const http = require('http');
const crypto = require('crypto');

const server = http.createServer((request, response) => {
    response.writeHead(426);
    response.end();
});

server.on('upgrade', (request, socket) => {
    const key = request.headers['sec-websocket-key'];
    const accept = crypto.createHash('sha1')
        .update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
    const text = `verdict ${request.headers['x-cors-verdict'] || 'none'}`;
    socket.on('error', () => socket.destroy());
    socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n'
        + `Connection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
    socket.write(Buffer.concat([Buffer.from([0x81, text.length]),
        Buffer.from(text)]));
    // The first frame that comes is the page's close: answer it in kind.
    socket.once('data', () => socket.end(Buffer.from([0x88, 0])));
});

server.listen(Number(process.argv[2]), '127.0.0.1');
