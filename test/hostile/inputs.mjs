/**
 * Captures made to cost as much as possible: each writes itself to a file, and says what the report
 * of it must say, or must not be without.
 */
import { truncateSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { ACK, CaptureWriter, PSH, RST, SYN, Talk } from './capture-writer.mjs';

/** @typedef {{ name: string, write: (file: string) => void, keyLog?: (file: string) => void, exit?: number, says?: RegExp }} Hostile */

const REQUEST = 'GET /a HTTP/1.1\r\nHost: a.example\r\n\r\n';
/** Fields whose values are taken apart somewhere, and what makes an expression try every split of it. */
const FIELDS = [
  ...['Location', 'Set-Cookie', 'Cookie', 'Forwarded', 'X-Forwarded-For', 'Via', 'User-Agent', 'Keep-Alive'],
  ...['Connection', 'Transfer-Encoding', 'Content-Type', 'Upgrade', 'Referer', 'Alt-Svc', 'Server', 'Retry-After'],
  ...['Sec-WebSocket-Extensions', 'Authorization', 'X-Request-Id', 'Content-Location', 'Strict-Transport-Security'],
];
const TEASERS = ['a', ' ', ',', '=', ';', '.', '-', '/', 'a ', 'a,', 'a=a;', '%61', 'http://'];
const RESPONSE = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** @type {readonly Hostile[]} */
export const HOSTILE = [
  {
    name: 'half-open connections, a million (SYN flood)',
    write: withCapture((writer) => {
      for (let number = 0; number < 1_000_000; number += 1) new Talk(writer, number).send(0, SYN);
    }),
  },
  {
    name: 'half-open connections from random addresses, a million',
    write: withCapture((writer) => {
      const server = { target: 0xc0a80001, targetPort: 80 };
      let bits = 1;
      for (let number = 0; number < 1_000_000; number += 1) {
        bits = (Math.imul(bits, 1_664_525) + 1_013_904_223) | 0;
        writer.segment({ source: bits, sourcePort: 1024 + (number & 0x7fff), ...server }, SYN, bits, 0);
      }
    }),
  },
  {
    name: 'addresses and ports that share a simple hash, 300,000 connections',
    write: withCapture((writer) => {
      // The sum, and the exclusive or, of the address and the port is the same for all.
      for (let number = 0; number < 300_000; number += 1) {
        const port = number & 0xffff;
        const source = 0x0a000000 ^ (number >>> 16) ^ port;
        writer.segment({ source, sourcePort: port ^ 0x5555, target: 0xc0a80001 ^ port, targetPort: 80 }, SYN, 1, 0);
      }
    }),
  },
  {
    name: 'one byte a segment, a million of them',
    write: withCapture((writer) => {
      const talk = new Talk(writer, 1).open();
      const text = Buffer.from(REQUEST.repeat(30_000).slice(0, 1_000_000), 'latin1');
      for (let at = 0; at < text.length; at += 1) talk.send(0, PSH | ACK, text.subarray(at, at + 1));
    }),
  },
  {
    name: 'segments that overlap, out of order, by the hundred thousand',
    write: withCapture((writer) => {
      const talk = new Talk(writer, 1).open();
      const data = Buffer.alloc(1000, 'x');
      const base = talk.next[0] + 1;
      for (let number = 0; number < 300_000; number += 1) {
        const offset = (number * 7919) % 900_000;
        writer.segment(talk.paths[0], PSH | ACK, base + offset, talk.next[1], data);
      }
    }),
  },
  {
    name: 'holes without end: every second byte, 300,000 pieces',
    write: withCapture((writer) => {
      const talk = new Talk(writer, 1).open();
      const base = talk.next[0] + 1;
      for (let number = 0; number < 300_000; number += 1)
        writer.segment(talk.paths[0], PSH | ACK, base + number * 2, talk.next[1], 'x');
    }),
  },
  {
    name: 'holes from the far end to the near one, 100,000 pieces',
    write: withCapture((writer) => {
      const talk = new Talk(writer, 1).open();
      const base = talk.next[0] + 1;
      for (let number = 100_000; number > 0; number -= 1)
        writer.segment(talk.paths[0], PSH | ACK, base + number * 2, talk.next[1], 'x');
    }),
  },
  {
    name: 'a header section without end, 100 MB',
    write: withCapture((writer) => {
      const talk = new Talk(writer, 1).open();
      talk.send(0, PSH | ACK, 'GET / HTTP/1.1\r\nHost: a\r\n');
      const line = Buffer.from(`X-Filler: ${'y'.repeat(1448)}\r\n`, 'latin1');
      for (let number = 0; number < 70_000; number += 1) talk.send(0, PSH | ACK, line);
    }),
  },
  {
    name: 'a line without end, 100 MB',
    write: withCapture((writer) => {
      const talk = new Talk(writer, 1).open();
      talk.send(0, PSH | ACK, 'GET /');
      const more = Buffer.alloc(1460, 'a');
      for (let number = 0; number < 70_000; number += 1) talk.send(0, PSH | ACK, more);
    }),
  },
  {
    name: 'header lines of three bytes, 30 million',
    write: withCapture((writer) => {
      const talk = new Talk(writer, 1).open();
      talk.send(0, PSH | ACK, 'GET / HTTP/1.1\r\n');
      const lines = Buffer.from('a:\n'.repeat(480), 'latin1');
      for (let number = 0; number < 60_000; number += 1) talk.send(0, PSH | ACK, lines);
    }),
  },
  {
    name: 'requests that nobody answers, two million in one connection',
    write: withCapture((writer) => {
      const talk = new Talk(writer, 1).open();
      const many = Buffer.from('GET / HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(50), 'latin1');
      for (let number = 0; number < 40_000; number += 1) talk.send(0, PSH | ACK, many);
    }),
  },
  {
    name: 'a different host in each of 300,000 requests',
    write: withCapture((writer) => {
      const talk = new Talk(writer, 1).open();
      for (let number = 0; number < 300_000; number += 1) {
        talk.send(
          0,
          PSH | ACK,
          `GET /${number} HTTP/1.1\r\nHost: h${number}.example\r\nUser-Agent: u${number}\r\n\r\n`,
        );
        talk.send(1, PSH | ACK, RESPONSE);
      }
    }),
  },
  {
    name: 'a reset for each of 200,000 requests',
    write: withCapture((writer) => {
      for (let number = 0; number < 200_000; number += 1) {
        const talk = new Talk(writer, number).open();
        talk.send(0, PSH | ACK, `GET /${number} HTTP/1.1\r\nHost: a.example\r\n\r\n`);
        talk.send(1, RST | ACK);
      }
    }),
    says: /rst-after-request/,
  },
  {
    name: 'servers without number: 200,000 ports answer',
    write: withCapture((writer) => {
      for (let number = 0; number < 200_000; number += 1) {
        const path = {
          source: 0x0a000001,
          sourcePort: 40_000,
          target: 0xc0a80000 + (number >>> 12),
          targetPort: 1 + (number & 0xfff),
        };
        const back = {
          source: path.target,
          sourcePort: path.targetPort,
          target: path.source,
          targetPort: path.sourcePort,
        };
        writer.segment(path, SYN, 1, 0);
        writer.segment(back, SYN | ACK, 1, 2);
        writer.segment(path, PSH | ACK, 2, 2, REQUEST);
        writer.segment(back, PSH | ACK, 2, 2 + REQUEST.length, RESPONSE);
      }
    }),
  },
  {
    name: 'a chunk of 2^63 bytes, and sizes without end',
    write: withCapture((writer) => {
      for (const size of [
        '7FFFFFFFFFFFFFFF',
        'FFFFFFFFFFFFFFFFFFFF',
        '0'.repeat(1_000_000),
        '-1',
        '1;'.padEnd(1_000_000, 'x'),
      ]) {
        const talk = new Talk(writer, size.length).open();
        talk.send(0, PSH | ACK, REQUEST);
        talk.stream(1, Buffer.from(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${size}\r\n`, 'latin1'));
        talk.close();
      }
    }),
  },
  {
    name: 'chunks of one byte, five million',
    write: withCapture((writer) => {
      const talk = new Talk(writer, 1).open();
      talk.send(0, PSH | ACK, REQUEST);
      talk.send(1, PSH | ACK, 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
      const chunks = Buffer.from('1\r\nx\r\n'.repeat(240), 'latin1');
      for (let number = 0; number < 21_000; number += 1) talk.send(1, PSH | ACK, chunks);
    }),
  },
  {
    name: 'HPACK: a few bytes that stand for gigabytes',
    write: withCapture((writer) => {
      const talk = h2(writer);
      // One entry of 4,000 bytes, then a block of 16,000 references to it, a hundred times.
      const entry = Buffer.concat([
        Buffer.of(0x40, 1),
        Buffer.from('a'),
        Buffer.of(0x7f, 0xa1, 0x1e),
        Buffer.alloc(4000, 'v'),
      ]);
      talk.stream(0, frame(1, 4, 1, entry));
      for (let stream = 3; stream < 400; stream += 2) talk.stream(0, frame(1, 4, stream, Buffer.alloc(16_000, 0xbe)));
    }),
  },
  {
    name: 'CONTINUATION without end, 60 MB',
    write: withCapture((writer) => {
      const talk = h2(writer);
      talk.stream(0, frame(1, 0, 1, Buffer.alloc(0)));
      const more = frame(9, 0, 1, Buffer.alloc(16_000, 0x00));
      for (let number = 0; number < 3_700; number += 1) talk.stream(0, more);
    }),
  },
  {
    name: 'CONTINUATION of no bytes, five million',
    write: withCapture((writer) => {
      const talk = h2(writer);
      talk.stream(0, frame(1, 0, 1, Buffer.alloc(0)));
      const many = Buffer.concat(Array.from({ length: 160 }, () => frame(9, 0, 1, Buffer.alloc(0))));
      for (let number = 0; number < 31_000; number += 1) talk.send(0, PSH | ACK, many);
    }),
  },
  {
    name: 'streams that are reset at once, a million (rapid reset)',
    write: withCapture((writer) => {
      const talk = h2(writer);
      const block = Buffer.of(0x82, 0x84, 0x86, 0x41, 1, 0x61);
      for (let stream = 1; stream < 2_000_000; stream += 2)
        talk.send(
          0,
          PSH | ACK,
          Buffer.concat([frame(1, 5, stream, block), frame(3, 0, stream, Buffer.of(0, 0, 0, 8))]),
        );
    }),
  },
  {
    name: 'PING and SETTINGS, five million frames',
    write: withCapture((writer) => {
      const talk = h2(writer);
      const many = Buffer.concat(
        Array.from({ length: 60 }, () =>
          Buffer.concat([frame(6, 0, 0, Buffer.alloc(8)), frame(4, 0, 0, Buffer.alloc(0))]),
        ),
      );
      for (let number = 0; number < 42_000; number += 1) talk.send(0, PSH | ACK, many);
    }),
  },
  {
    name: 'a WebSocket frame of 2^63 bytes, and five million small ones',
    write: withCapture((writer) => {
      for (let number = 0; number < 2; number += 1) {
        const talk = new Talk(writer, number).open();
        talk.send(
          0,
          PSH | ACK,
          'GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n',
        );
        talk.send(
          1,
          PSH | ACK,
          'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
        );
        if (number === 0) talk.send(1, PSH | ACK, Buffer.from('827fffffffffffffffff0000', 'hex'));
        const many = Buffer.alloc(1400, Buffer.of(0x89, 0));
        for (let turn = 0; turn < 7_000; turn += 1) talk.send(1, PSH | ACK, many);
      }
    }),
  },
  {
    name: 'TLS: a certificate message of 16 MB, in records of one byte',
    write: withCapture((writer) => {
      const talk = new Talk(writer, 1, 443).open();
      const head = Buffer.of(0x0b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfc, 0xff, 0xff, 0xf9);
      talk.send(1, PSH | ACK, Buffer.concat([Buffer.of(0x16, 3, 3, 0, head.length), head]));
      const records = Buffer.alloc(1440, Buffer.of(0x16, 3, 3, 0, 1, 0));
      for (let turn = 0; turn < 40_000; turn += 1) talk.send(1, PSH | ACK, records);
    }),
  },
  {
    name: 'TLS: a certificate message of 16 MB: 100,000 certificates, in full records, on ten connections',
    write: withCapture((writer) => {
      const one = Buffer.concat([Buffer.of(0, 0, 164, 0x30, 0x81, 0xa1), Buffer.alloc(161, 0x30)]);
      const list = Buffer.concat(Array.from({ length: 100_000 }, () => one));
      const message = Buffer.concat([uint24(0x0b, list.length + 3), uint24(null, list.length), list]);
      for (let number = 0; number < 10; number += 1) {
        const talk = new Talk(writer, number, 443).open();
        talk.stream(0, clientHello());
        for (let at = 0; at < message.length; at += 16_384) {
          const piece = message.subarray(at, at + 16_384);
          talk.stream(1, Buffer.concat([Buffer.of(0x16, 3, 3, piece.length >> 8, piece.length & 0xff), piece]));
        }
      }
    }),
  },
  {
    name: 'fields that expressions go back and forth on, 2,730 of 60,000 characters',
    write: withCapture((writer) => {
      const lines = FIELDS.flatMap((field) => TEASERS.map((teaser) => [field, teaser.repeat(60_000 / teaser.length)]));
      for (const [at, [field, value]] of Array.from({ length: 10 }, () => lines)
        .flat()
        .entries()) {
        const talk = new Talk(writer, at).open();
        const head = `Host: a.example\r\n${field}: ${value}!\r\n`;
        talk.stream(
          0,
          Buffer.from(`GET /${value.slice(0, 30_000).replaceAll(/\s/g, '+')} HTTP/1.1\r\n${head}\r\n`, 'latin1'),
        );
        talk.stream(1, Buffer.from(`HTTP/1.1 302 Found\r\n${head}Content-Length: 0\r\n\r\n`, 'latin1'));
        talk.close();
      }
    }),
  },
  {
    name: 'TLS: handshakes begun, 200,000',
    write: withCapture((writer) => {
      const hello = clientHello();
      for (let number = 0; number < 200_000; number += 1)
        new Talk(writer, number, 443).open().send(0, PSH | ACK, hello);
    }),
  },
  {
    name: 'a key log of 200 MB',
    write: withCapture((writer) => new Talk(writer, 1, 443).open().send(0, PSH | ACK, clientHello())),
    keyLog: (file) => {
      const lines = [];
      for (let number = 0; number < 1_000_000; number += 1)
        lines.push(`CLIENT_RANDOM ${number.toString(16).padStart(64, '0')} ${'ab'.repeat(48)}\n`);
      writeFileSync(file, lines.join(''));
    },
  },
  {
    name: 'a key log of 2 GB',
    write: withCapture((writer) => new Talk(writer, 1, 443).open().send(0, PSH | ACK, clientHello())),
    keyLog: (file) => {
      writeFileSync(file, `CLIENT_RANDOM ${'7'.repeat(64)} ${'ab'.repeat(48)}\n`);
      truncateSync(file, 2 ** 31);
    },
    exit: 2,
    says: /larger than 256 MB/,
  },
  {
    name: 'a gzip bomb: 4 GB of zeros behind a capture, ten times packed in 4 MB',
    write: (file) => {
      const zeros = gzipSync(Buffer.alloc(1 << 28), { level: 9 });
      const head = gzipSync(
        Buffer.from('d4c3b2a1020004000000000000000000000004000100000000000000000000000000000000000000', 'hex'),
      );
      writeFileSync(file, Buffer.concat([head, ...Array.from({ length: 16 }, () => zeros)]));
    },
    exit: 2,
    says: /300 times its size/,
  },
  {
    name: 'pcapng: a block of 4 GB',
    write: (file) => writeFileSync(file, Buffer.concat([section(), block(6, Buffer.alloc(100), 0xfffffffc)])),
    exit: 2,
    says: /block/,
  },
  {
    name: 'pcapng: sections, three million',
    write: (file) => writeFileSync(file, Buffer.concat(Array.from({ length: 3_000_000 }, section))),
  },
  {
    name: 'pcapng: interfaces, three million',
    exit: 2,
    says: /65,536 interfaces/,
    write: (file) =>
      writeFileSync(
        file,
        Buffer.concat([
          section(),
          ...Array.from({ length: 3_000_000 }, () => block(1, Buffer.of(1, 0, 0, 0, 0, 0, 0, 0))),
        ]),
      ),
  },
  {
    name: 'pcapng: options, ten million in one block',
    exit: 2,
    says: /16,777,216/,
    write: (file) =>
      writeFileSync(
        file,
        Buffer.concat([
          section(),
          block(1, Buffer.concat([Buffer.of(1, 0, 0, 0, 0, 0, 0, 0), Buffer.alloc(40_000_000, Buffer.of(2, 0, 0, 0))])),
        ]),
      ),
  },
  {
    name: 'pcapng: names for addresses, two million',
    write: (file) => {
      const blocks = [section()];
      for (let number = 0; number < 2_000_000; number += 1) {
        const name = `host-${number}`.padEnd(15, 'x');
        blocks.push(
          block(
            4,
            Buffer.concat([
              Buffer.of(1, 0, 20, 0),
              Buffer.of(10, number >> 16, number >> 8, number),
              Buffer.from(`${name}\0`, 'latin1'),
              Buffer.alloc(4),
            ]),
          ),
        );
      }
      writeFileSync(file, Buffer.concat(blocks));
    },
  },
  {
    name: 'pcap: a snap length of 4 GB and a packet as long',
    write: (file) =>
      writeFileSync(
        file,
        Buffer.from(
          `d4c3b2a1020004000000000000000000ffffffff010000000000000000000000ffffffffffffffff${'00'.repeat(64)}`,
          'hex',
        ),
      ),
    exit: 2,
    says: /length/,
  },
  {
    name: 'IP fragments that never come together, 500,000',
    write: withCapture((writer) => {
      for (let number = 0; number < 500_000; number += 1) {
        const packet = Buffer.alloc(16 + 14 + 20 + 64);
        packet.writeUInt32LE(1_700_000_000, 0);
        packet.writeUInt32LE(98, 8);
        packet.writeUInt32LE(98, 12);
        packet.writeUInt16BE(0x0800, 28);
        packet[30] = 0x45;
        packet.writeUInt16BE(84, 32);
        packet.writeUInt16BE(number & 0xffff, 34);
        packet.writeUInt16BE(0x2000 | (number % 100), 36);
        packet[38] = 64;
        packet[39] = 6;
        packet.writeUInt32BE(0x0a000000 + (number >>> 8), 42);
        packet.writeUInt32BE(0xc0a80001, 46);
        writer.put(packet);
      }
    }),
  },
];

/** @param {(writer: CaptureWriter) => void} fill @returns {(file: string) => void} */
function withCapture(fill) {
  return (file) => {
    const writer = new CaptureWriter(file);
    fill(writer);
    writer.close();
  };
}

/** A connection that has begun to speak HTTP/2. @param {CaptureWriter} writer */
function h2(writer) {
  const talk = new Talk(writer, 1).open();
  talk.send(
    0,
    PSH | ACK,
    Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1'), frame(4, 0, 0, Buffer.alloc(0))]),
  );
  talk.send(1, PSH | ACK, frame(4, 0, 0, Buffer.alloc(0)));
  return talk;
}

/** RFC 9113 §4.1. @param {number} type @param {number} flags @param {number} stream @param {Buffer} payload */
function frame(type, flags, stream, payload) {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** A ClientHello for a.example. */
function clientHello() {
  const name = Buffer.from('a.example', 'latin1');
  const extension = Buffer.concat([Buffer.of(0, 0, 0, name.length + 5, 0, name.length + 3, 0, 0, name.length), name]);
  const body = Buffer.concat([
    Buffer.of(3, 3),
    Buffer.alloc(32, 7),
    Buffer.of(0, 0, 2, 0x13, 1, 1, 0, 0, extension.length),
    extension,
  ]);
  const message = Buffer.concat([Buffer.of(1, 0, 0, body.length), body]);
  return Buffer.concat([Buffer.of(0x16, 3, 1, 0, message.length), message]);
}

/** A byte, if any, and three bytes of length. @param {number | null} byte @param {number} length */
function uint24(byte, length) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(length);
  bytes[0] = byte ?? 0;
  return byte === null ? bytes.subarray(1) : bytes;
}

function section() {
  return block(0x0a0d0d0a, Buffer.from('4d3c2b1a01000000ffffffffffffffff', 'hex'));
}

/** A pcapng block; `length` may lie. @param {number} type @param {Buffer} body @param {number} [length] */
function block(type, body, length = body.length + 12) {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(type, 0);
  head.writeUInt32LE(length >>> 0, 4);
  return Buffer.concat([head, body, head.subarray(4)]);
}
