'use strict';
// Makes the images, the video, the sound and the font that the cases load:
//
//   node media.js DIRECTORY
const fs = require('fs');
const path = require('path');
const zlib = require('zlib');

// A PNG of one colour, [red, green, blue, alpha].
function png(width, height, colour) {
    const line = Buffer.from([0, ...Array(width).fill(colour).flat()]);
    const head = Buffer.from([0, 0, 0, width, 0, 0, 0, height, 8, 6, 0, 0, 0]);
    const chunk = (name, data) => {
        const body = Buffer.concat([Buffer.from(name), data]);
        return Buffer.concat([u32(data.length), body, u32(crc(body))]);
    };
    return Buffer.concat([
        Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]),
        chunk('IHDR', head),
        chunk('IDAT', zlib.deflateSync(
            Buffer.concat(Array(height).fill(line)))),
        chunk('IEND', Buffer.alloc(0)),
    ]);
}

function crc(data) {
    let value = ~0;
    for (const byte of data) {
        value ^= byte;
        for (let bit = 0; bit < 8; bit++)
            value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
    }
    return ~value >>> 0;
}

// A WebM of one frame, which is red: the container, and in it 16 times 16
// pixels in VP8, as a browser encodes a canvas of one colour.
function webm() {
    const element = (id, ...parts) => {
        const body = Buffer.concat(parts.map((part) =>
            typeof part === 'number' ? Buffer.from([part])
                : Buffer.from(part)));
        const size = Buffer.alloc(4);
        size.writeUInt32BE(body.length | 0x10000000);
        return Buffer.concat([Buffer.from(id, 'hex'), size, body]);
    };
    const frame = Buffer.from('3002009d012a1000100000c01225a00274ba01f801f8000'
        + '4680000fefa2197ff779ab0d377f5adfff5a39fae89feb473ff595800', 'hex');
    const duration = Buffer.alloc(8);
    duration.writeDoubleBE(100);
    return Buffer.concat([
        element('1a45dfa3', element('4286', 1), element('42f7', 1),
            element('42f2', 4), element('42f3', 8), element('4282', 'webm'),
            element('4287', 2), element('4285', 2)),
        element('18538067',
            element('1549a966', element('2ad7b1', [0x0f, 0x42, 0x40]),
                element('4489', duration), element('4d80', 'media.js'),
                element('5741', 'media.js')),
            element('1654ae6b', element('ae', element('d7', 1),
                element('73c5', 1), element('83', 1), element('86', 'V_VP8'),
                element('e0', element('b0', 16), element('ba', 16)))),
            element('1f43b675', element('e7', 0),
                element('a3', [0x81, 0, 0, 0x80], frame))),
    ]);
}

// A tenth of a second of silence.
function wav() {
    const rate = 8000, size = rate / 10;
    const head = Buffer.alloc(44);
    head.write('RIFF', 0);
    head.writeUInt32LE(36 + size, 4);
    head.write('WAVEfmt ', 8);
    head.writeUInt32LE(16, 16);
    head.writeUInt16LE(1, 20);
    head.writeUInt16LE(1, 22);
    head.writeUInt32LE(rate, 24);
    head.writeUInt32LE(rate, 28);
    head.writeUInt16LE(1, 32);
    head.writeUInt16LE(8, 34);
    head.write('data', 36);
    head.writeUInt32LE(size, 40);
    return Buffer.concat([head, Buffer.alloc(size, 128)]);
}

const u16 = (...values) => Buffer.concat(values.map((value) => {
    const two = Buffer.alloc(2);
    two.writeUInt16BE(value & 0xffff);
    return two;
}));
const u32 = (...values) => Buffer.concat(values.map((value) => {
    const four = Buffer.alloc(4);
    four.writeUInt32BE(value >>> 0);
    return four;
}));
const join = (...parts) => Buffer.concat(parts);

// A TrueType font with one letter, "A": a box of three times the font's size,
// so that the width of a text tells whether the font is in use.
function font() {
    const width = 3000;
    const glyph = join(u16(1, 0, 0, width, 500), u16(3), u16(0),
        Buffer.from([1, 1, 1, 1]), u16(0, width, 0, -width),
        u16(0, 0, 500, 0), u16(0));
    const cmap = join(u16(0, 1, 3, 1), u32(12),
        u16(4, 32, 0, 4, 4, 1, 0), u16(65, 0xffff), u16(0),
        u16(65, 0xffff), u16(1 - 65, 1), u16(0, 0));
    const texts = ['Box', 'Regular', 'Box', 'Box', '1', 'Box'];
    const name = (() => {
        let at = 0;
        const records = [], strings = [];
        texts.forEach((text, id) => {
            const wide = Buffer.from(text, 'utf16le').swap16();
            records.push(u16(3, 1, 0x409, id + 1, wide.length, at));
            strings.push(wide);
            at += wide.length;
        });
        return join(u16(0, texts.length, 6 + 12 * texts.length), ...records,
            ...strings);
    })();
    const os2 = join(u16(4, width, 400, 5, 0), u16(...Array(10).fill(0)),
        u16(0), Buffer.alloc(10), u32(1, 0, 0, 0), Buffer.from('NONE'),
        u16(0x40, 65, 65, 800, -200, 0, 800, 200), u32(1, 0),
        u16(400, 500, 0, 65, 1));
    const tables = {
        'OS/2': os2,
        cmap,
        glyf: join(glyph, Buffer.alloc(glyph.length % 4 ? 2 : 0)),
        head: join(u32(0x10000, 0x10000, 0, 0x5f0f3cf5), u16(3, 1000),
            u32(0, 0, 0, 0), u16(0, 0, width, 500, 0, 8, 2, 0, 0)),
        hhea: join(u32(0x10000), u16(800, -200, 0, width, 0, 0, width, 1, 0,
            0, 0, 0, 0, 0, 0, 2)),
        hmtx: u16(width, 0, width, 0),
        loca: u16(0, 0, Math.ceil(glyph.length / 4) * 2),
        maxp: join(u32(0x10000), u16(2, 4, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0,
            0)),
        name,
        post: u32(0x30000, 0, 0, 0, 0, 0, 0, 0),
    };
    const names = Object.keys(tables);
    const directory = [], bodies = [];
    let at = 12 + 16 * names.length;
    for (const tag of names) {
        const data = tables[tag];
        const padded = join(data, Buffer.alloc((4 - data.length % 4) % 4));
        let sum = 0;
        for (let i = 0; i < padded.length; i += 4)
            sum = (sum + padded.readUInt32BE(i)) >>> 0;
        directory.push(Buffer.from(tag), u32(sum, at, data.length));
        bodies.push(padded);
        at += padded.length;
    }
    const range = 2 ** Math.floor(Math.log2(names.length)) * 16;
    return join(u32(0x10000), u16(names.length, range, Math.log2(range / 16),
        names.length * 16 - range), ...directory, ...bodies);
}

const directory = process.argv[2];
const files = {
    'red.png': png(4, 4, [255, 0, 0, 255]),
    'clear.png': png(100, 100, [0, 0, 0, 0]),
    'red.webm': webm(),
    'silence.wav': wav(),
    'box.ttf': font(),
};
for (const [name, data] of Object.entries(files))
    fs.writeFileSync(path.join(directory, name), data);
