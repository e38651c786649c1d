import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { beginsWithClientHello } from '../../src/tls/client-hello-start.js';
import { clientHello, handshakeRecord } from './build-hello.js';

describe('a ClientHello amid an unknown protocol', () => {
  const hello = handshakeRecord(1, clientHello());

  it('is known by its first eleven bytes', () => {
    for (let length = 0; length <= hello.length; length += 1) {
      expect(beginsWithClientHello(hello, 0, length)).toBe(length >= 11);
    }
  });

  it('is told from other messages and from what only begins so', () => {
    expect(beginsWithClientHello(handshakeRecord(2, clientHello()), 0, hello.length)).toBe(false);
    for (const [at, value] of [
      [0, 0x17],
      [1, 2],
      [2, 9],
      [3, 0xff],
      [5, 2],
      [6, 9],
      [9, 7],
      [10, 9],
    ] as const) {
      const changed = Buffer.from(hello);
      changed[at] = value;
      expect(beginsWithClientHello(changed, 0, changed.length), `byte ${at}`).toBe(false);
    }
  });

  it('is not seen in anything else', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => !beginsWithClientHello(bytes, 0, bytes.length)));
  });
});
