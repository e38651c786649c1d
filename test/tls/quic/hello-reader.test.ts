import { describe, expect, it } from 'vitest';
import { MAX_OPENED, MAX_PIECES, QuicHelloReader } from '../../../src/tls/quic/hello-reader.js';
import { crypto, initialPacket, RFC_9001_FRAME } from './seal.js';

const HELLO = RFC_9001_FRAME.subarray(4);

function told(...datagrams: readonly Uint8Array[]): string[] {
  const names: string[] = [];
  const reader = new QuicHelloReader(({ facts }) => names.push(`${facts.serverNames} ${facts.alpn}`));
  for (const datagram of datagrams) reader.datagram(datagram, 0, datagram.length);
  return names;
}

describe('the hello of a QUIC connection', () => {
  it('tells its server name and protocols once', () => {
    const packet = initialPacket({ frames: RFC_9001_FRAME });
    expect(told(packet, packet)).toEqual(['example.com alpn']);
  });

  it('in pieces, in any order, over several packets', () => {
    const [one, two, three] = [HELLO.subarray(0, 40), HELLO.subarray(40, 50), HELLO.subarray(50)];
    const ping = Buffer.of(1, 0, 0);
    const frames = Buffer.concat([crypto(50, three), ping, crypto(0, one)]);
    expect(told(initialPacket({ frames, packetNumber: 0 }))).toEqual([]);
    expect(
      told(
        initialPacket({ frames, packetNumber: 0 }),
        initialPacket({ frames: Buffer.concat([Buffer.from('0200000000', 'hex'), crypto(40, two)]), packetNumber: 1 }),
      ),
    ).toEqual(['example.com alpn']);
  });

  it('is found however often a piece of it is repeated before the rest comes', () => {
    const repeated = Array.from({ length: 2 * MAX_PIECES }, (_, packetNumber) =>
      initialPacket({ frames: crypto(0, HELLO.subarray(0, 40)), packetNumber }),
    );
    const rest = initialPacket({ frames: crypto(40, HELLO.subarray(40)), packetNumber: 999 });
    expect(told(...repeated, rest)).toEqual(['example.com alpn']);
  });

  it('is given up where it comes in more pieces than any client makes', () => {
    const pieces = (length: number) =>
      Array.from({ length }, (_, at) =>
        initialPacket({ frames: crypto(at, HELLO.subarray(at, at + 1)), packetNumber: at }),
      );
    const rest = (at: number) => initialPacket({ frames: crypto(at, HELLO.subarray(at)), packetNumber: 999 });
    expect(told(...pieces(MAX_PIECES - 1), rest(MAX_PIECES - 1))).toEqual(['example.com alpn']);
    expect(told(...pieces(MAX_PIECES), rest(MAX_PIECES))).toEqual([]);
  });

  it('of two connections is two', () => {
    const other = Buffer.from('0102030405060708', 'hex');
    expect(
      told(initialPacket({ frames: RFC_9001_FRAME }), initialPacket({ frames: RFC_9001_FRAME, connectionId: other })),
    ).toHaveLength(2);
  });

  it('that does not open, or is none, tells nothing', () => {
    const packet = initialPacket({ frames: RFC_9001_FRAME });
    packet[700] = (packet[700] ?? 0) ^ 1;
    expect(told(packet)).toEqual([]);
    expect(told(initialPacket({ frames: crypto(0, Buffer.from('0200000400000000', 'hex')) }))).toEqual([]);
    expect(told(initialPacket({ frames: Buffer.from('1c00', 'hex') }))).toEqual([]);
  });

  it('is not looked for without end', () => {
    const names: unknown[] = [];
    const reader = new QuicHelloReader((hello) => names.push(hello));
    const junk = Buffer.alloc(10);
    for (let index = 0; index < MAX_OPENED; index += 1) reader.datagram(junk, 0, junk.length);
    const packet = initialPacket({ frames: RFC_9001_FRAME });
    reader.datagram(packet, 0, packet.length);
    expect(names).toEqual([]);
  });
});
