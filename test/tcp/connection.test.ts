import { describe, expect, it } from 'vitest';
import { CLOCK_STEP_NS } from '../../src/facts/capture.js';
import { MAX_CLOSE_SEGMENTS } from '../../src/facts/close.js';
import { LARGE_SEGMENT } from '../../src/facts/connection.js';
import { CAPTURE_STRIDE } from '../../src/facts/packet-reference.js';
import type { SegmentOptions } from './segments.js';
import { track } from './segments.js';

type Line = readonly ['client' | 'server', SegmentOptions];

const handshake: readonly Line[] = [
  ['client', { flags: 'S', seq: 99, at: 0 }],
  ['server', { flags: 'S.', seq: 899, ack: 100, at: 60_000 }],
  ['client', { seq: 100, ack: 900, at: 986_000 }],
];

/** Seed incident: the six lines that tcpdump printed, to the microsecond. */
const seed: readonly Line[] = [
  ['client', { flags: 'S', seq: 3514370013, at: 0 }],
  ['server', { flags: 'S.', seq: 1747571872, ack: 3514370014, at: 60_000 }],
  ['client', { flags: '.', seq: 3514370014, ack: 1747571873, at: 986_000 }],
  ['client', { flags: 'P.', seq: 3514370014, ack: 1747571873, data: 'x'.repeat(1245), at: 1_133_000 }],
  ['server', { flags: 'R', seq: 1747571873, window: 0, ipId: 0, at: 1_278_000 }],
  ['client', { flags: 'R', seq: 3514370014, window: 0, ipId: 0, at: 1_284_000 }],
];

describe('the ends of a connection', () => {
  it('the seed incident gives the figures on which its verdict rests', () => {
    const [{ facts }] = track(...seed);
    expect(facts.handshake).toMatchObject({ kind: 'complete', synToSynAckNs: 60_000, synAckToAckNs: 926_000 });
    const [server, client] = facts.close.segments;
    expect(facts.close).toMatchObject({ kind: 'rst', resetBy: 'server', segmentCount: 2 });
    expect(server).toMatchObject({
      from: 'server',
      sequence: 1,
      acknowledgement: null,
      deltaSequence: 0,
      sincePeerNs: 145_000,
      peerPacket: 4,
      answers: 4,
    });
    expect(client).toMatchObject({
      from: 'client',
      sequence: 1,
      deltaSequence: -1245,
      sincePeerNs: 6_000,
      answers: null,
    });
  });

  it('a reset whose sequence number an unanswered ACK explains is told apart', () => {
    const [{ facts }] = track(
      ...handshake,
      ['client', { flags: 'P.', seq: 100, ack: 900, data: 'hello' }],
      ['server', { seq: 900, ack: 100 }],
      ['client', { flags: 'R', seq: 100, at: 2e6 }],
    );
    expect(facts.close.segments[0]).toMatchObject({ deltaSequence: -5, answers: 5 });
  });

  it('the acknowledgement of a FIN is the other side’s first that covers it', () => {
    const [{ facts }] = track(
      ...handshake,
      ['server', { flags: 'F.', seq: 900, ack: 100, at: 1e6 }],
      ['client', { flags: 'P.', seq: 100, ack: 900, data: 'GET', at: 2e6 }],
      ['client', { seq: 103, ack: 901, at: 3e6 }],
      ['client', { flags: 'F.', seq: 103, ack: 901, at: 4e6 }],
    );
    expect(facts.close.segments).toMatchObject([
      { kind: 'fin', from: 'server', acknowledgedPacket: 6, acknowledgedNs: 3e6 },
      { kind: 'fin', from: 'client', acknowledgedPacket: null, acknowledgedNs: null },
    ]);
  });

  it('life after a reset is seen', () => {
    const [{ facts, second }] = track(
      ...handshake,
      ['client', { flags: 'P.', seq: 100, ack: 900, data: 'hello' }],
      ['server', { flags: 'R', seq: 900 }],
      ['server', { flags: 'P.', seq: 900, ack: 105, data: 'answer', at: 5e6 }],
    );
    expect(facts.close.segments[0]).toMatchObject({ kind: 'rst', lifeAfter: 6 });
    expect(second).toBe('answer[rst]');
  });

  it('an ACK that was captured behind the reset, or says nothing new, is no life after it', () => {
    for (const late of [
      { seq: 900, ack: 105, at: 5500 },
      { seq: 900, ack: 100, at: 9e6 },
    ]) {
      const [{ facts }] = track(
        ...handshake.map(([from, options]) => [from, { ...options, at: 1000 }] as const),
        ['client', { flags: 'P.', seq: 100, ack: 900, data: 'hello', at: 4000 }],
        ['server', { flags: 'R.', seq: 900, ack: 105, at: 5000 }],
        ['server', late],
      );
      expect(facts.close.segments[0]).toMatchObject({ kind: 'rst', lifeAfter: null });
    }
  });

  it('a SYN-ACK that is sent again after a reset in its sender’s name is life after it', () => {
    const [{ facts }] = track(
      ...handshake.map(([from, options]) => [from, { ...options, at: 1000 }] as const),
      ['client', { flags: 'P.', seq: 100, ack: 900, data: 'hello', at: 4000 }],
      ['server', { flags: 'R', seq: 900, at: 5000 }],
      ['server', { flags: 'S.', seq: 899, ack: 100, at: 9e6 }],
    );
    expect(facts.close.segments[0]).toMatchObject({ kind: 'rst', lifeAfter: 6 });
  });

  it('the other end’s capture of the same packets brings nothing new', () => {
    const other = CAPTURE_STRIDE;
    const [{ facts, first }] = track(
      ...handshake,
      ['client', { flags: 'P.', seq: 100, ack: 900, data: 'hello', at: 2e6, packet: 4 }],
      ['client', { flags: 'P.', seq: 100, ack: 900, data: 'hello', at: 5e6, packet: other + 4 }],
      ['server', { flags: 'R.', seq: 900, ack: 105, at: 6e6, packet: other + 5 }],
      ['server', { flags: 'R.', seq: 900, ack: 105, at: 9e6, packet: 5 }],
      ['server', { seq: 900, ack: 105, at: 9.1e6, packet: 6 }],
    );
    expect(first).toBe('hello[rst]');
    expect(facts.close).toMatchObject({ kind: 'rst', segmentCount: 1 });
    expect(facts.client).toMatchObject({ retransmissions: 0, duplicates: 1 });
  });

  it('FINs from both sides make an orderly close, and a late reset does not change it', () => {
    const [{ facts }] = track(
      ...handshake,
      ['server', { flags: 'F.', seq: 900, ack: 100 }],
      ['client', { flags: 'F.', seq: 100, ack: 901 }],
      ['server', { flags: 'R', seq: 901 }],
    );
    expect(facts.close).toMatchObject({ kind: 'fin', resetBy: 'server', segmentCount: 3 });
  });

  it('a repeated FIN counts once', () => {
    const [{ facts }] = track(
      ...handshake,
      ['server', { flags: 'F.', seq: 900, ack: 100 }],
      ['server', { flags: 'F.', seq: 900, ack: 100, at: 1e9 }],
    );
    expect(facts.close).toMatchObject({ kind: 'fin', segmentCount: 1 });
  });

  it('a request that crosses the FIN of the server leaves its figures', () => {
    const [{ facts }] = track(
      ...handshake,
      ['server', { flags: 'F.', seq: 900, ack: 100 }],
      ['client', { flags: 'P.', seq: 100, ack: 900, data: 'GET' }],
      ['server', { flags: 'R', seq: 900, at: 3e6 }],
    );
    expect(facts.close.segments[1]).toMatchObject({ kind: 'rst', deltaSequence: -1, answers: 5 });
  });
});

describe('what a side sent', () => {
  it('keeps streams apart, counts retransmissions, reordering and keep-alive probes', () => {
    const [{ facts, first, second }] = track(
      ...handshake,
      ['client', { seq: 100, ack: 900, data: 'abc' }],
      ['client', { seq: 100, ack: 900, data: 'abc', at: 1e8 }],
      ['client', { seq: 106, ack: 900, data: 'ghi' }],
      ['client', { seq: 103, ack: 900, data: 'def' }],
      ['client', { seq: 108, ack: 900, data: 'i', at: 9e9 }],
      ['server', { seq: 900, ack: 109, data: 'ok' }],
    );
    expect(first).toBe('abcdefghi[capture-ended]');
    expect(second).toBe('ok[capture-ended]');
    expect(facts.client).toMatchObject({ retransmissions: 1, outOfOrder: 1, payloadBytes: 13, lostBytes: 0 });
  });

  it('counts a packet captured twice, and does not take it for a retransmission', () => {
    const [{ facts }] = track(
      ...handshake,
      ['client', { seq: 100, ack: 900, data: 'abc', ipId: 7, at: 2e6 }],
      ['client', { seq: 100, ack: 900, data: 'abc', ipId: 7, at: 2e6 + 900, ttl: 63 }],
    );
    expect(facts.client).toMatchObject({ packets: 4, duplicates: 1, retransmissions: 0 });
  });

  it('counts copies that come behind other packets of the same side', () => {
    const [{ facts, first }] = track(
      ...handshake,
      ['client', { seq: 100, ack: 900, data: 'abc', ipId: 7, at: 2e6 }],
      ['client', { seq: 103, ack: 900, data: 'def', ipId: 8, at: 2e6 + 10 }],
      ['client', { seq: 100, ack: 900, data: 'abc', ipId: 7, at: 2e6 + 900, ttl: 63 }],
      ['client', { seq: 103, ack: 900, data: 'def', ipId: 8, at: 2e6 + 910, ttl: 63 }],
    );
    expect(first).toBe('abcdef[capture-ended]');
    expect(facts.client).toMatchObject({ duplicates: 2, retransmissions: 0, ttl: 64, ttlVaries: false });
  });

  it('knows them by another way of arriving where IP IDs are not counted', () => {
    const both = (way: { readonly ttl?: number; readonly depth?: number }) =>
      track(
        ...handshake.map(([from, options]) => [from, { ...options, ipId: 0 }] as const),
        ['client', { seq: 100, ack: 900, data: 'abc', ipId: 0, at: 2e6 }],
        ['client', { seq: 103, ack: 900, data: 'def', ipId: 0, at: 2e6 + 10 }],
        ['client', { seq: 100, ack: 900, data: 'abc', ipId: 0, at: 2e6 + 900, ...way }],
      )[0].facts.client;
    expect(both({ ttl: 63 })).toMatchObject({ duplicates: 1, retransmissions: 0 });
    expect(both({ depth: 84 })).toMatchObject({ duplicates: 1, retransmissions: 0 });
    expect(both({})).toMatchObject({ duplicates: 0, retransmissions: 1 });
  });

  it('knows them by their timestamps, however late they come, where its SYN has a copy', () => {
    const again = (timestamp: number, times: number) =>
      track(
        ...handshake.flatMap(([from, options]) =>
          Array.from({ length: times }, () => [from, { ...options, ipId: 0, timestamp: 5 }] as const),
        ),
        ['client', { seq: 100, ack: 900, data: 'abc', ipId: 0, timestamp: 6, at: 2e6 }],
        ['client', { seq: 103, ack: 900, data: 'def', ipId: 0, timestamp: 9, at: 5e6 }],
        ['client', { seq: 100, ack: 900, data: 'abc', ipId: 0, timestamp, at: 8e6 }],
      )[0].facts.client.retransmissions;
    expect(again(6, 2)).toBe(0);
    expect(again(12, 2)).toBe(1);
    // What was sent again overtook it.
    expect(again(6, 1)).toBe(1);
    expect(again(9, 1)).toBe(1);
  });

  it('knows them by a SYN that was captured twice, where nothing else tells', () => {
    const capturedTwice = (twice: boolean) =>
      track(
        ...handshake.flatMap(([from, options]) => {
          const one = [from, { ...options, ipId: 0, timestamp: 5, at: from === 'client' ? 1000 : 2000 }] as const;
          return twice ? [one, one] : [one];
        }),
        ['client', { seq: 100, ack: 900, data: 'abc', ipId: 0, timestamp: 6, at: 2e6 }],
        ['client', { seq: 103, ack: 900, data: 'def', ipId: 0, timestamp: 6, at: 2e6 + 10 }],
        ['client', { seq: 100, ack: 900, data: 'abc', ipId: 0, timestamp: 6, at: 2e6 + 20 }],
        ['client', { seq: 103, ack: 900, data: 'def', ipId: 0, timestamp: 6, at: 2e6 + 30 }],
      )[0].facts.client.retransmissions;
    expect(capturedTwice(true)).toBe(0);
    expect(capturedTwice(false)).toBe(2);
  });

  it('knows them behind a whole batch of other packets', () => {
    const batch = (at: number, from: number) =>
      Array.from(
        { length: 64 },
        (_, index) =>
          [
            'client',
            { seq: 100 + 3 * (from + index), ack: 900, data: 'abc', ipId: 7 + from + index, at: at + index },
          ] as const,
      );
    const [{ facts }] = track(...handshake, ...batch(2e6, 0), ...batch(2e6 + 100, 64), ...batch(2e6 + 200, 0));
    expect(facts.client).toMatchObject({ duplicates: 64, retransmissions: 0 });
  });

  it('does not take for a copy what is sent again, with a later IP ID, nor what fills a hole', () => {
    const [{ facts, first }] = track(
      ...handshake,
      ['client', { seq: 100, ack: 900, data: 'abc', ipId: 7, at: 2e6 }],
      ['client', { seq: 106, ack: 900, data: 'ghi', ipId: 9, at: 2e6 + 10 }],
      ['client', { seq: 103, ack: 900, data: 'def', ipId: 8, at: 2e6 + 20 }],
      ['client', { seq: 100, ack: 900, data: 'abc', ipId: 10, at: 2e6 + 900, ttl: 63 }],
    );
    expect(first).toBe('abcdefghi[capture-ended]');
    expect(facts.client).toMatchObject({ duplicates: 0, outOfOrder: 1, retransmissions: 1 });
  });

  it('takes a SYN twice within a millisecond for one, also without IP ID', () => {
    const [{ facts }] = track(
      ['client', { flags: 'S', seq: 99, ipId: 0, at: 1000 }],
      ['client', { flags: 'S', seq: 99, ipId: 0, at: 1500 }],
      ['server', { flags: 'S.', seq: 899, ack: 100, ipId: 0, at: 2000 }],
      ['server', { flags: 'S.', seq: 899, ack: 100, ipId: 0, at: 2100 }],
    );
    expect(facts.handshake).toMatchObject({ synRetransmissions: 0, synAckRetransmissions: 0, synToSynAckNs: 1000 });
  });

  it('has a baseline of TTL and link-layer address to which its resets do not belong', () => {
    const [{ facts }] = track(...handshake, ['server', { flags: 'R', seq: 900, ttl: 61, mac: 0xbad }]);
    expect(facts.server).toMatchObject({ ttl: 64, ttlVaries: false, mac: 0x5e, macVaries: false });
    expect(facts.close.segments[0]).toMatchObject({ ttl: 61, mac: 0xbad });
  });

  it('counts across a wrap of the sequence numbers', () => {
    const [{ facts, first }] = track(
      ['client', { flags: 'S', seq: 0xfffffffd }],
      ['server', { flags: 'S.', seq: 899, ack: 0xfffffffe }],
      ['client', { seq: 0xfffffffe, ack: 900, data: 'abcd' }],
      ['client', { seq: 2, ack: 900, data: 'ef' }],
      ['client', { flags: 'R', seq: 4 }],
    );
    expect(first).toBe('abcdef[rst]');
    expect(facts.close.segments[0]).toMatchObject({ sequence: 7, deltaSequence: 0 });
  });

  it('takes data in the SYN (RFC 7413)', () => {
    const [{ first }] = track(['client', { flags: 'S', seq: 10, data: 'GET' }], ['client', { seq: 14, data: ' /' }]);
    expect(first).toBe('GET /[capture-ended]');
  });

  it('ignores a segment that lies outside any window, and says so', () => {
    const [{ facts, first }] = track(
      ...handshake,
      ['client', { seq: 0x60000000, ack: 900, data: 'wild' }],
      ['client', { seq: 100, ack: 900, data: 'abc' }],
    );
    expect(first).toBe('abc[capture-ended]');
    expect(facts.anomalies).toEqual([{ name: 'tcp-out-of-window', from: null, packet: 4, count: 1 }]);
  });
});

describe('the same packets in two captures', () => {
  /** Each line once more in another capture, so much later. */
  const twice = (lines: readonly Line[], laterNs: number): Line[] =>
    lines
      .flatMap(([from, options], at): Line[] => {
        const atNs = options.at ?? at * 1e6;
        return [
          [from, { ...options, at: atNs, packet: at + 1 }],
          [from, { ...options, at: atNs + laterNs, packet: CAPTURE_STRIDE + at + 1 }],
        ];
      })
      .sort(([, one], [, other]) => (one.at ?? 0) - (other.at ?? 0));

  it.each([0, 30_000, 3_000_000])('are one connection, seen first at one point, %i ns apart', (laterNs) => {
    const [{ facts }] = track(...twice(seed, laterNs));
    expect(facts.guards.severalPoints).toBe(false);
    expect(facts.client).toMatchObject({ packets: 8, duplicates: 4, duplicatesElsewhere: 4 });
    const { close } = track(...seed)[0].facts;
    const told = facts.close.segments.map(({ packet, deltaSequence, answers }) => [packet, deltaSequence, answers]);
    expect(told).toEqual(close.segments.map(({ packet, deltaSequence, answers }) => [packet, deltaSequence, answers]));
  });

  it('leave equal resets of one capture what they are: two', () => {
    const resets: Line[] = [
      ['server', { flags: 'R', seq: 900, window: 0, ipId: 0, at: 2e6 }],
      ['server', { flags: 'R', seq: 900, window: 0, ipId: 0, at: 2.028e6 }],
    ];
    const plain = handshake.map(([from, options]): Line => [from, { ...options, ipId: 0 }]);
    const [{ facts }] = track(...twice([...plain, ...resets], 30_000));
    expect(facts.close.segments.map(({ packet }) => packet)).toEqual([4, 5]);
  });

  it('leave what was sent again in the millisecond of its stamp a retransmission', () => {
    const [{ facts }] = track(
      ...twice(
        [
          ...handshake.map(([from, options]): Line => [from, { ...options, ipId: 0, timestamp: 5 }]),
          ['client', { seq: 100, ack: 900, data: 'abc', ipId: 0, timestamp: 6, at: 2e6 }],
          ['client', { seq: 103, ack: 900, data: 'def', ipId: 0, timestamp: 6, at: 2.1e6 }],
          ['client', { seq: 100, ack: 900, data: 'abc', ipId: 0, timestamp: 6, at: 2.9e6 }],
        ],
        30_000,
      ),
    );
    expect(facts.client).toMatchObject({ retransmissions: 1, duplicates: 5, duplicatesElsewhere: 5 });
  });

  it('seen first here and there, they are of several points', () => {
    const [{ facts }] = track(
      ['client', { flags: 'S', seq: 99, at: 0, packet: 1 }],
      ['client', { flags: 'S', seq: 99, at: 1000, packet: CAPTURE_STRIDE + 1 }],
      ['server', { flags: 'S.', seq: 899, ack: 100, at: 2000, packet: CAPTURE_STRIDE + 2 }],
      ['server', { flags: 'S.', seq: 899, ack: 100, at: 3000, packet: 2 }],
    );
    expect(facts.guards.severalPoints).toBe(true);
  });
});

describe('captures of both ends', () => {
  /** Seen at the far end: another capture, two hops on. */
  const far = (from: Line[0], options: SegmentOptions, packet: number): Line => [
    from,
    { ...options, packet: CAPTURE_STRIDE + packet, ttl: (options.ttl ?? 64) - 2, mac: 0xfa },
  ];
  const opened: readonly Line[] = [
    ['client', { flags: 'S', seq: 99, at: 0, packet: 1, ipId: 7 }],
    far('client', { flags: 'S', seq: 99, at: 1e6, ipId: 7 }, 1),
    ['server', { flags: 'S.', seq: 899, ack: 100, at: 3e6, packet: 2, ttl: 62, ipId: 0 }],
    far('server', { flags: 'S.', seq: 899, ack: 100, at: 2e6, ipId: 0 }, 2),
    ['client', { seq: 100, ack: 900, at: 4e6, packet: 3, ipId: 8 }],
    far('client', { seq: 100, ack: 900, at: 5e6, ipId: 8 }, 3),
  ];
  const inOrder = (...lines: readonly Line[]): Line[] =>
    [...lines].sort(([, one], [, other]) => (one.at ?? 0) - (other.at ?? 0));

  it('count what was sent again once, wherever the last segment before it was captured', () => {
    const data = { seq: 100, ack: 900, data: 'abc' };
    const [{ facts }] = track(
      ...inOrder(
        ...opened,
        ['client', { ...data, at: 10e6, packet: 4, ipId: 9 }],
        // Lost on the way, and sent again: the far end sees it once.
        ['client', { ...data, at: 210e6, packet: 5, ipId: 10 }],
        far('client', { ...data, at: 211e6, ipId: 10 }, 4),
        // The far end's acknowledgement is lost: it sees it again, too.
        ['client', { ...data, at: 610e6, packet: 6, ipId: 11 }],
        far('client', { ...data, at: 611e6, ipId: 11 }, 5),
      ),
    );
    expect(facts.client).toMatchObject({ retransmissions: 2, duplicates: 4, duplicatesElsewhere: 4 });
  });

  it('see a SYN-ACK again behind a reset that the other end alone had', () => {
    const [{ facts }] = track(
      ...inOrder(
        ['client', { flags: 'S', seq: 99, at: 0, packet: 1 }],
        ['server', { flags: 'S.', seq: 899, ack: 100, at: 3e6, packet: 2, ttl: 63, ipId: 0 }],
        ['client', { seq: 100, ack: 900, at: 4e6, packet: 3 }],
        ['server', { flags: 'R', seq: 900, at: 5e6, packet: CAPTURE_STRIDE + 1, ttl: 255, ipId: 0, mac: 0xfa }],
        ['server', { flags: 'R', seq: 900, at: 6e6, packet: 4, ttl: 254, ipId: 0, mac: 0xfb }],
        ['server', { flags: 'S.', seq: 899, ack: 100, at: 1003e6, packet: 5, ttl: 63, ipId: 0 }],
      ),
    );
    expect(facts.handshake.synAckRetransmissions).toBe(1);
    // It is told as it came where its sender is known by more.
    expect(facts.close.segments).toMatchObject([{ packet: 4, atNs: 6e6, ttl: 254, mac: 0xfb, lifeAfter: 5 }]);
    expect(facts.server).toMatchObject({ ttl: 63, ttlVaries: false });
  });

  it('hold the distance of a reset against that of segments at the same end', () => {
    const reset = { flags: 'R', seq: 900, window: 0, ipId: 0, ttl: 255 };
    const request = { seq: 100, ack: 900, data: 'GET', ipId: 9 };
    const from = (...lines: readonly Line[]) => track(...inOrder(...opened, ...lines))[0].facts;
    const near = from(
      ['client', { ...request, at: 10e6, packet: 4 }],
      ['server', { ...reset, at: 11e6, packet: 5, mac: 0xaa }],
    );
    expect(near.server).toMatchObject({ ttl: 62, ttlVaries: false, mac: 0x5e, macVaries: false });
    expect(
      from(far('client', { ...request, at: 10e6 }, 4), far('server', { ...reset, at: 11e6 }, 5)).server,
    ).toMatchObject({ ttl: 62, ttlVaries: false, mac: 0xfa, macVaries: false });
    expect(from().server).toMatchObject({ ttl: 62, mac: 0xfa });
    expect(from().client).toMatchObject({ ttl: 64, mac: 0xc1 });
  });

  it('have equal resets of one end, and their copies, in whatever order they come', () => {
    const reset = { flags: 'R', seq: 900, window: 0, ipId: 0 };
    const lines = (times: readonly number[]): Line[] => [
      ['server', { ...reset, at: times[0], packet: 5, ttl: 62 }],
      ['server', { ...reset, at: times[1], packet: 6, ttl: 62 }],
      far('server', { ...reset, at: times[2] }, 5),
      far('server', { ...reset, at: times[3] }, 6),
    ];
    for (const times of [
      [12e6, 12.1e6, 11e6, 11.1e6],
      [11.02e6, 11.12e6, 11e6, 11.1e6],
      [11e6, 15e6, 11.02e6, 15.02e6],
    ])
      expect(track(...inOrder(...opened, ...lines(times)))[0].facts.close.segments).toHaveLength(2);
  });

  it('show that a SYN came to a server from elsewhere than its client sent it', () => {
    const answer = { flags: 'S.', seq: 899, ack: 100, ipId: 0 };
    const reset = { flags: 'R', seq: 100, window: 0, ipId: 0 };
    const translated: readonly Line[] = [
      ['client', { flags: 'S', seq: 99, at: 0, packet: 1, ttl: 62 }],
      ['server', { ...answer, at: 1e5, packet: 2 }],
      far('server', { ...answer, at: 2e6 }, 1),
      far('client', { ...reset, at: 2.1e6, ttl: 66 }, 2),
      ['client', { ...reset, at: 4e6, packet: 3, ttl: 62 }],
    ];
    const [{ facts }] = track(...translated);
    expect(facts.handshake.synElsewhere).toBe(true);
    expect(facts.close.segments).toMatchObject([{ packet: 3, ttl: 62 }]);
    const asked: Line = far('client', { flags: 'S', seq: 99, at: 1e5, ttl: 66 }, 0);
    expect(track(...inOrder(...translated, asked))[0].facts.handshake.synElsewhere).toBe(false);
    expect(track(...seed)[0].facts.handshake.synElsewhere).toBe(false);
  });
});

describe('a clock that runs behind the first packet', () => {
  it('does not hide the handshake', () => {
    const [{ facts }] = track(
      ['client', { flags: 'S', seq: 99, at: -5e9 }],
      ['server', { flags: 'S.', seq: 899, ack: 100, at: -4e9 }],
      ['client', { seq: 100, ack: 900, at: -3e9 }],
    );
    expect(facts).toMatchObject({ startNs: -5e9, endNs: -3e9, handshake: { kind: 'complete', synAckToAckNs: 1e9 } });
  });
});

describe('idle periods', () => {
  it('end with payload or FIN, not with pure ACKs or keep-alive probes', () => {
    const [{ facts }] = track(
      ...handshake,
      ['client', { seq: 100, ack: 900, data: 'abc', at: 1e9 }],
      ['server', { seq: 900, ack: 103, data: 'ok', at: 1.1e9 }],
      ['client', { seq: 103, ack: 902, at: 3e9 }],
      ['client', { seq: 102, ack: 902, data: 'c', at: 4e9 }],
      ['server', { flags: 'F.', seq: 902, ack: 103, at: 6.1e9 }],
      ['client', { flags: 'F.', seq: 103, ack: 903, at: 6.2e9 }],
      ['server', { flags: 'R', seq: 903, at: 9e9 }],
    );
    expect(facts.idlePeriodCount).toBe(1);
    expect(facts.idlePeriods).toEqual([
      { startNs: 1.1e9, durationNs: 5e9, after: 'server', endedBy: 'server-fin', packet: 8 },
    ]);
  });
});

describe('an idle period ended by payload or a reset', () => {
  it('is told by the side that ended it', () => {
    const [{ facts }] = track(
      ...handshake,
      ['client', { seq: 100, ack: 900, data: 'abc', at: 1e9 }],
      ['server', { seq: 900, ack: 103, data: 'ok', at: 9e9 }],
      ['client', { flags: 'R', seq: 103, at: 19e9 }],
    );
    expect(facts.idlePeriods).toEqual([
      { startNs: 1e9, durationNs: 8e9, after: 'client', endedBy: 'server-payload', packet: 5 },
      { startNs: 9e9, durationNs: 10e9, after: 'server', endedBy: 'client-rst', packet: 6 },
    ]);
  });

  it('is payload’s, though the segment that ends it bears a FIN as well', () => {
    const [{ facts }] = track(
      ...handshake,
      ['client', { seq: 100, ack: 900, data: 'abc', at: 1e9 }],
      ['server', { flags: 'F.', seq: 900, ack: 103, data: 'bye', at: 9e9 }],
    );
    expect(facts.idlePeriods.map(({ endedBy }) => endedBy)).toEqual(['server-payload']);
  });
});

describe('a connection in an object that another one used', () => {
  const fresh: readonly Line[] = [
    ['client', { flags: 'S', seq: 5099, at: 90e9 }],
    ['server', { flags: 'S.', seq: 5899, ack: 5100, at: 90e9 + 60_000 }],
    ['client', { seq: 5100, ack: 5900, at: 90e9 + 986_000 }],
    ['client', { flags: 'P.', seq: 5100, ack: 5900, data: 'GET', at: 91e9 }],
    ['server', { flags: 'P.', seq: 5900, ack: 5103, data: 'ok', at: 91.1e9 }],
  ];
  /** All that a connection may leave behind. */
  const messy: readonly Line[] = [
    ['client', { flags: 'S', seq: 99, at: 0, mss: 2, packet: 101 }],
    ['client', { flags: 'S', seq: 99, at: 5e8, packet: 102 }],
    ['server', { flags: 'S.', seq: 899, ack: 100, at: 1e9, mss: 2, packet: 103 }],
    ['server', { flags: 'S.', seq: 899, ack: 100, at: 2e9, packet: 104 }],
    ['client', { seq: 100, ack: 900, at: 2.1e9, packet: 105 }],
    ['client', { seq: 100, ack: 900, data: 'x'.repeat(LARGE_SEGMENT), at: 3e9, packet: 106 }],
    ['client', { seq: 100, ack: 900, data: 'x'.repeat(LARGE_SEGMENT), at: 4e9, packet: 107 }],
    ['client', { seq: 100, ack: 900, data: 'x'.repeat(LARGE_SEGMENT), at: 5e9, packet: 108 }],
    ['client', { seq: 9000, ack: 900, data: 'x', length: 5, at: 5.1e9, packet: 109 }],
    ['client', { seq: 8000, ack: 900, data: 'x', at: 5.2e9, packet: 110 }],
    ['client', { seq: 0x60000000, ack: 900, at: 5.3e9, packet: 111 }],
    ['server', { seq: 900, ack: 100, window: 0, ttl: 60, mac: 3, ipId: 0, at: 6e9, packet: 112 }],
    ['server', { seq: 900, ack: 100, at: 7e9, sack: [50, 60], packet: 113 }],
    ['server', { seq: 900, ack: 100, window: 0, at: 8e9, packet: 114 }],
    ['server', { flags: 'F.', seq: 900, ack: 100, at: 20e9, packet: 115 }],
    ['client', { flags: 'R', seq: 9005, at: 19e9, packet: 116 }],
  ];

  it('has nothing of that one', () => {
    const alone = track(
      ...fresh.map(([from, options], at): Line => [from, { packet: at + 1, ipId: at + 1, ...options }]),
    )[0];
    const [first, second] = track(
      ...messy,
      ...fresh.map(([from, options], at): Line => [from, { packet: at + 1, ipId: at + 1, ...options }]),
    );
    expect(first.facts.close.kind).toBe('rst');
    expect({ ...second.facts, stream: 0 }).toEqual(alone.facts);
    expect([second.first, second.second]).toEqual(['GET[capture-ended]', 'ok[capture-ended]']);
  });
});

describe('figures of a connection', () => {
  const request: Line = ['client', { flags: 'P.', seq: 100, ack: 900, data: 'hello', at: 2e6 }];

  it('begin and end with its first and last packet', () => {
    const [{ facts }] = track(...handshake, request);
    expect(facts).toMatchObject({ firstPacket: 1, lastPacket: 4, startNs: 0, endNs: 2e6 });
  });

  it('know a clock that stepped back by more than packets change places', () => {
    const back = (ns: number) =>
      track(
        ...handshake,
        ['client', { seq: 100, ack: 900, data: 'a', at: 50e9 }],
        ['server', { seq: 900, ack: 101, at: 50e9 - ns }],
      )[0].facts.guards.clockStepped;
    expect([back(0), back(CLOCK_STEP_NS), back(CLOCK_STEP_NS + 1)]).toEqual([false, false, true]);
  });

  it('know that the snap length cut a segment', () => {
    const cut = (length: number) =>
      track(...handshake, ['client', { seq: 100, ack: 900, data: 'hello', length, at: 2e6 }])[0].facts.guards.snapped;
    expect([cut(5), cut(6)]).toEqual([false, true]);
  });

  it('count segments that are larger than the other side takes: they were merged, or will be split', () => {
    const oversized = (mss: number) =>
      track(handshake[0], ['server', { flags: 'S.', seq: 899, ack: 100, at: 60_000, mss }], handshake[2], request)[0]
        .facts.client.oversized;
    expect([oversized(-1), oversized(5), oversized(4)]).toEqual([0, 0, 1]);
  });

  it('have the times of the first and the last payload of a side', () => {
    const [{ facts }] = track(
      ...handshake,
      request,
      ['client', { seq: 105, ack: 900, data: 'x', at: 3e6 }],
      ['client', { seq: 106, ack: 900, data: 'y', at: 4e6 }],
    );
    expect(facts.client).toMatchObject({ firstPayloadNs: 2e6, lastPayloadNs: 4e6 });
    expect(facts.server).toMatchObject({ firstPayloadNs: null, lastPayloadNs: null });
  });

  it('have the first segment that is large', () => {
    const firstLarge = (length: number) =>
      track(
        ...handshake,
        request,
        ['client', { seq: 105, ack: 900, data: 'x'.repeat(length), at: 3e6 }],
        ['client', { seq: 105 + length, ack: 900, data: 'x'.repeat(LARGE_SEGMENT), at: 4e6 }],
      )[0].facts.client.firstLarge;
    expect([firstLarge(LARGE_SEGMENT - 1), firstLarge(LARGE_SEGMENT)]).toEqual([5 + LARGE_SEGMENT, 6]);
  });

  it('name the first of the segments outside any window', () => {
    const wild = (at: number): Line => ['client', { seq: 0x60000000, ack: 900, data: 'wild', at }];
    const [{ facts }] = track(...handshake, wild(2e6), wild(3e9));
    expect(facts.anomalies).toEqual([{ name: 'tcp-out-of-window', from: null, packet: 4, count: 2 }]);
  });

  it('count all resets, and keep the first', () => {
    const resets = Array.from(
      { length: MAX_CLOSE_SEGMENTS + 3 },
      (_, at): Line => ['server', { flags: 'R', seq: 900, at: (at + 1) * 1e9 }],
    );
    const { close } = track(...handshake, ...resets)[0].facts;
    expect(close.segmentCount).toBe(MAX_CLOSE_SEGMENTS + 3);
    expect(close.segments.map(({ packet }) => packet)).toEqual(
      Array.from({ length: MAX_CLOSE_SEGMENTS }, (_, at) => at + 4),
    );
  });
});

describe('a side’s first bytes, where the capture missed them', () => {
  const late = (...opened: readonly Line[]) =>
    track(
      ...opened,
      ['client', { seq: 110, ack: 900, data: 'llo', at: 2e9 }],
      ['server', { seq: 900, ack: 113, data: 'ok', at: 3e9 }],
    )[0];

  it('are known to be missing by its SYN, and as well by the SYN-ACK alone', () => {
    expect(late(handshake[0]).first).toBe('[gap 10]llo[capture-ended]');
    expect(late(handshake[1]).second).toBe('[gap 10]llo[capture-ended]');
  });
});

describe('both sides open at once (RFC 9293 §3.5)', () => {
  const syns: readonly Line[] = [
    ['client', { flags: 'S', seq: 99, at: 0 }],
    ['server', { flags: 'S', seq: 899, at: 1_000_000 }],
    ['client', { flags: 'S.', seq: 99, ack: 900, at: 10_000_000 }],
  ];

  it('the handshake is complete: each SYN-ACK answers the other’s SYN', () => {
    const [{ facts }] = track(
      ...syns,
      ['server', { flags: 'S.', seq: 899, ack: 100, at: 11_000_000 }],
      ['client', { flags: 'P.', seq: 100, ack: 900, data: 'hello', at: 12_000_000 }],
    );
    expect(facts.handshake).toMatchObject({
      kind: 'complete',
      syn: { from: 'client' },
      synAck: { from: 'server' },
      synToSynAckNs: 11_000_000,
      synAckToAckNs: 1_000_000,
    });
    expect(facts).toMatchObject({ clientBasis: 'syn', client: { endpoint: { port: 50_000 } } });
  });

  it('it is partial while one answer is missing', () => {
    expect(track(...syns)[0].facts.handshake).toMatchObject({ kind: 'partial', synAck: null });
  });
});

describe('who is the client', () => {
  it('is the receiver of a SYN-ACK when the SYN was not captured', () => {
    const [{ facts }] = track(['server', { flags: 'S.', seq: 899, ack: 100 }], ['client', { seq: 100, ack: 900 }]);
    expect(facts).toMatchObject({
      clientBasis: 'syn-ack',
      client: { endpoint: { address: '10.0.0.1', port: 50_000 } },
      guards: { midStream: false },
    });
  });

  it('is told by the ports when the capture starts later', () => {
    const [{ facts }] = track(['server', { seq: 900, ack: 100, data: 'x' }]);
    expect(facts).toMatchObject({
      clientBasis: 'port',
      server: { endpoint: { address: '10.0.1.43', port: 80 } },
      guards: { midStream: true },
    });
  });

  it('is on the port that clients are given where the other is a known service', () => {
    const [{ facts }] = track(['server', { seq: 900, ack: 100, serverPort: 5432 }]);
    expect(facts).toMatchObject({ clientBasis: 'port', server: { endpoint: { port: 5432 } } });
  });

  it('is not told by a high port beside one of no known service', () => {
    const [{ facts }] = track(['client', { seq: 100, ack: 900, clientPort: 27_584, serverPort: 50_051 }]);
    expect(facts).toMatchObject({ clientBasis: 'first-packet', server: { endpoint: { port: 50_051 } } });
  });

  it('is the first to speak when nothing else tells', () => {
    const [{ facts }] = track(['server', { seq: 900, ack: 100, serverPort: 40_000 }]);
    expect(facts).toMatchObject({ clientBasis: 'first-packet', client: { endpoint: { port: 40_000 } } });
  });

  it('one direction missing is remarked, with the bytes that were acknowledged', () => {
    const [{ facts }] = track(
      ['client', { flags: 'S', seq: 99 }],
      ['client', { seq: 100, ack: 900 }],
      ['client', { seq: 100, ack: 900, data: 'GET /' }],
      ['client', { seq: 105, ack: 1400 }],
    );
    expect(facts.guards.oneSided).toBe(true);
    expect(facts.server).toMatchObject({ packets: 0, lostBytes: 500 });
  });

  it('bytes of a side are known to be missing where its SYN-ACK is missing as well', () => {
    const [syn, , ack] = handshake;
    const request: Line = ['client', { flags: 'P.', seq: 100, ack: 900, data: 'x'.repeat(50), at: 2e6 }];
    const end: Line = ['server', { flags: 'F.', seq: 1248, ack: 150, at: 3e9 }];
    const [{ facts }] = track(syn, ack, request, ['server', { seq: 900, ack: 150, at: 3e6 }], end);
    expect(facts.server.lostBytes).toBe(348);
    expect(track(syn, ack, request, end)[0].facts.server.lostBytes).toBe(348);
    // Without the first acknowledgement nobody knows where its bytes begin.
    expect(track(syn, ['client', { seq: 150, ack: 1248, at: 2e9 }], end)[0].facts.server.lostBytes).toBe(0);
  });
});
