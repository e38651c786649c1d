import { describe, expect, it } from 'vitest';
import { client, edited, server } from './edited.js';

const UPGRADE = [
  client(
    'GET /ws HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
  ),
  server('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'),
];
const KEY = Buffer.from('k3y!', 'latin1');

function frame(opcode: number, payload: Buffer, isMasked: boolean): Buffer {
  const length =
    payload.length < 126 ? Buffer.of(payload.length) : Buffer.of(126, payload.length >> 8, payload.length & 255);
  length[0] = (length[0] ?? 0) | (isMasked ? 0x80 : 0);
  const body = isMasked ? payload.map((byte, at) => byte ^ (KEY[at & 3] ?? 0)) : payload;
  return Buffer.concat([Buffer.of(0x80 | opcode), length, isMasked ? KEY : Buffer.alloc(0), body]);
}

function unmasked(payload: Buffer): Buffer {
  return payload.map((byte, at) => byte ^ (KEY[at & 3] ?? 0)) as Buffer;
}

describe('frames of WebSocket, edited', () => {
  it.each([1, 5, 1000])(
    'keep their headers, and of a Close its code, and let no payload out, in pieces of %i',
    (size) => {
      const close = Buffer.concat([Buffer.of(0x03, 0xe8), Buffer.from('geheim')]);
      const text = frame(1, Buffer.alloc(300, 'geheim'), true);
      const written = edited([...UPGRADE, client(text), server(frame(8, close, false))], {}, size);
      const sent = written.client.subarray(-text.length);
      expect(sent.subarray(0, 8).equals(text.subarray(0, 8))).toBe(true);
      expect(unmasked(sent.subarray(8)).toString('latin1')).not.toContain('geheim');
      expect(written.server.subarray(-10, -6).toString('hex')).toBe('880803e8');
      expect(written.server.toString('latin1')).not.toContain('geheim');
    },
  );

  it('let Ping and Pong stay equal, masked or not, and others different', () => {
    const [ping, pong, other] = [
      frame(9, Buffer.from('one'), true),
      frame(10, Buffer.from('one'), false),
      frame(10, Buffer.from('two'), false),
    ];
    const written = edited([...UPGRADE, client(ping), server(pong), server(other)]);
    const payloads = [
      unmasked(written.client.subarray(-3)),
      written.server.subarray(-8, -5),
      written.server.subarray(-3),
    ];
    expect(payloads[0]?.equals(payloads[1] ?? Buffer.alloc(0))).toBe(true);
    expect(payloads[1]?.equals(payloads[2] ?? Buffer.alloc(0))).toBe(false);
    expect(payloads[0]?.toString('latin1')).not.toBe('one');
  });
});
