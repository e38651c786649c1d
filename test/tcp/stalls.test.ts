import { describe, expect, it } from 'vitest';
import { MAX_RESENDS } from '../../src/facts/connection.js';
import { TCP_OPTION } from '../../src/facts/segment-evidence.js';
import { type SegmentOptions, track } from './segments.js';

type Line = readonly ['client' | 'server', SegmentOptions];

const S = 1_000_000_000;
const handshake: readonly Line[] = [
  ['client', { flags: 'S', seq: 99, at: 0 }],
  ['server', { flags: 'S.', seq: 899, ack: 100, at: 60_000 }],
  ['client', { seq: 100, ack: 900, at: 986_000 }],
];
const small = 'x'.repeat(100);
const large = 'y'.repeat(1400);

describe('a segment that is sent again', () => {
  it('is told with its size, how often, and that nobody acknowledged it', () => {
    const [one] = track(
      ...handshake,
      ['client', { seq: 100, ack: 900, data: small, at: S }],
      ['server', { seq: 900, ack: 200, at: 1.01 * S }],
      ['client', { seq: 200, ack: 900, data: large, at: 1.02 * S }],
      ['client', { seq: 200, ack: 900, data: large, at: 1.22 * S }],
      ['client', { seq: 200, ack: 900, data: large, at: 1.62 * S }],
      ['client', { seq: 200, ack: 900, data: large, at: 2.42 * S }],
    );
    expect(one?.facts.client).toMatchObject({
      retransmissions: 3,
      resends: [1.22, 1.62, 2.42].map((seconds) => ({ atNs: seconds * S, sequence: 101 })),
      firstLarge: 101,
      repeated: {
        sequence: 101,
        length: 1400,
        longest: 1400,
        times: 3,
        firstPacket: 7,
        firstNs: 1.22 * S,
        lastPacket: 9,
        lastNs: 2.42 * S,
        acknowledged: false,
      },
    });
    expect(one?.facts.server).toMatchObject({ repeated: null, firstLarge: null });
  });

  it('is told as acknowledged when the acknowledgement comes at last; once is not told', () => {
    const [one] = track(
      ...handshake,
      ['client', { seq: 100, ack: 900, data: small, at: S }],
      ['client', { seq: 100, ack: 900, data: small, at: 1.2 * S }],
      ['client', { seq: 100, ack: 900, data: small, at: 1.6 * S }],
      ['server', { seq: 900, ack: 200, data: small, at: 1.7 * S }],
      ['server', { seq: 900, ack: 200, data: small, at: 1.9 * S }],
    );
    expect(one?.facts.client.repeated).toMatchObject({ times: 2, acknowledged: true });
    expect(one?.facts.server.repeated).toBeNull();
  });
});

describe('what was sent again, more often than is kept', () => {
  it('is told of the first times and the last', () => {
    const again = Array.from(
      { length: MAX_RESENDS + 9 },
      (_, at): Line => ['client', { seq: 100, ack: 900, data: small, at: (at + 2) * S }],
    );
    const [one] = track(...handshake, ['client', { seq: 100, ack: 900, data: small, at: S }], ...again);
    const { resends, retransmissions } = one?.facts.client ?? { resends: [], retransmissions: 0 };
    expect(retransmissions).toBe(MAX_RESENDS + 9);
    expect(resends.map(({ atNs }) => atNs / S)).toEqual([
      ...Array.from({ length: MAX_RESENDS - 1 }, (_, at) => at + 2),
      MAX_RESENDS + 10,
    ]);
    expect(one?.facts.server.resends).toEqual([]);
  });
});

describe('a closed window', () => {
  it('is told with the longest time it was closed, and what opened it', () => {
    const [one] = track(
      ...handshake,
      ['server', { seq: 900, ack: 100, data: small, at: S }],
      ['client', { seq: 100, ack: 1000, window: 0, at: 1.1 * S }],
      ['client', { seq: 100, ack: 1000, window: 0, at: 1.5 * S }],
      ['client', { seq: 100, ack: 1000, window: 500, at: 2.1 * S }],
      ['client', { seq: 100, ack: 1000, window: 0, at: 3 * S }],
      ['client', { seq: 100, ack: 1000, window: 500, at: 3.2 * S }],
    );
    expect(one?.facts.client).toMatchObject({
      zeroWindows: 3,
      windowClosure: { packet: 5, startNs: 1.1 * S, durationNs: S, openedBy: 7 },
    });
    expect(one?.facts.server.windowClosure).toBeNull();
  });

  it('stays closed to the end; a closing side closes its window without harm', () => {
    const [one] = track(
      ...handshake,
      ['client', { seq: 100, ack: 900, window: 0, at: S }],
      ['server', { seq: 900, ack: 100, at: 5 * S }],
      ['server', { flags: 'F.', seq: 900, ack: 100, window: 0, at: 6 * S }],
    );
    expect(one?.facts.client.windowClosure).toMatchObject({ packet: 4, durationNs: 5 * S, openedBy: null });
    expect(one?.facts.server.windowClosure).toBeNull();
  });
});

describe('whether what is sent again had arrived', () => {
  /** What of it the client acknowledges with, and the first block of its SACK. */
  const needless = (ack: number, sack: readonly [number, number]): unknown => {
    const [one] = track(
      ...handshake,
      ['server', { seq: 900, ack: 100, data: small, at: S }],
      ['server', { seq: 900, ack: 100, data: small, at: 2 * S }],
      ['client', { seq: 100, ack, sack, at: 2 * S + 1000 }],
    );
    const server = one?.facts.server;
    return { retransmissions: server?.retransmissions, needless: server?.needless };
  };
  const end = 900 + small.length;

  it('had arrived where the other side says by D-SACK that it came twice', () => {
    expect(needless(end, [900, end])).toEqual({ retransmissions: 1, needless: 1 });
  });

  it('may have been lost where the block lies above what is acknowledged', () => {
    expect(needless(900, [end, end + 100])).toEqual({ retransmissions: 1, needless: 0 });
  });

  it('of what arrived behind a hole, the longest block shorter than a large segment is told', () => {
    const behind = (...blocks: readonly (readonly [number, number])[]): number | undefined =>
      track(
        ...handshake,
        ['server', { seq: 900, ack: 100, data: small, at: S }],
        ...blocks.map((sack, at): ['client', SegmentOptions] => [
          'client',
          { seq: 100, ack: 900, sack, at: 2 * S + at },
        ]),
      )[0]?.facts.server.shortBehind;
    expect(behind([3000, 3300], [3000, 3100], [6000, 7200])).toBe(300);
    expect(behind([6000, 7199])).toBe(1199);
    expect(behind([6000, 7200], [800, 900], [900, 1000])).toBe(0);
  });

  describe('where the snap length cut the options', () => {
    /** The acknowledgement, whose options are missing in part, and what is missing of the client's other segments. */
    const hidden = (
      acknowledgement: SegmentOptions,
      others: number,
      options: { readonly seen?: number; readonly inSyn?: number; readonly copies?: boolean } = {},
    ): unknown => {
      const { seen = 0, inSyn = 0, copies = false } = options;
      const plain: SegmentOptions = { options: seen, unseenOptions: others };
      const lines: readonly Line[] = [
        ['client', { flags: 'S', seq: 99, at: 0, unseenOptions: inSyn }],
        ['server', { flags: 'S.', seq: 899, ack: 100, at: 60_000 }],
        ['client', { seq: 100, ack: 900, ...plain, at: 986_000 }],
        ['client', { seq: 100, ack: 900, data: 'q', ...plain, at: 987_000 }],
        ['server', { seq: 900, ack: 101, data: small, at: S }],
        ['server', { seq: 900, ack: 101, data: small, at: 2 * S }],
        ['client', { seq: 101, ack: end, options: seen, at: 2 * S + 1000, ...acknowledgement }],
      ];
      const twice = lines.flatMap(([from, line], at): Line[] => {
        const one: Line = [from, { ...line, ipId: at + 1 }];
        return copies ? [one, [from, { ...line, ipId: at + 1, at: (line.at ?? 0) + 1000 }]] : [one];
      });
      return track(...twice)[0]?.facts.server.needless;
    };

    it.each([
      ['all of them', 24, 12, 0],
      ['what stands behind the timestamps', 12, 0, TCP_OPTION.timestamps],
      ['all of them, where no other segment had any', 12, 0, 0],
      ['what stands behind two seen bytes', 10, 0, 0],
      ['what stands behind MPTCP’s', 24, 12, TCP_OPTION.timestamps],
    ])('had arrived where a SACK was among %s, and nothing is missing', (_, unseenOptions, others, seen) => {
      expect(hidden({ unseenOptions }, others, { seen })).toBe(1);
    });

    it('is known by the options of most segments, whatever the handshake had', () => {
      expect(hidden({ unseenOptions: 22 }, 12, { inSyn: 20 })).toBe(1);
    });

    it.each([
      ['timestamps', 12, 0],
      ['MPTCP’s or TCP-AO’s beside timestamps that are hidden', 28, 0],
      ['MPTCP’s or TCP-AO’s behind timestamps that are seen', 12, TCP_OPTION.timestamps],
    ])('may have been lost where all of them have %s', (_, unseenOptions, seen) => {
      expect(hidden({ unseenOptions }, unseenOptions, { seen })).toBe(0);
      expect(hidden({ unseenOptions }, unseenOptions, { seen, copies: true })).toBe(0);
    });

    it('may have been lost where less is missing beside that than a block', () => {
      expect(hidden({ unseenOptions: 9 }, 0)).toBe(0);
      expect(hidden({ unseenOptions: 21 }, 12)).toBe(0);
    });

    it('may have been lost where bytes of its own may explain more options', () => {
      expect(hidden({ unseenOptions: 28, data: 'q' }, 12)).toBe(0);
    });

    it('may have been lost where bytes are missing still', () => {
      expect(hidden({ ack: 900, unseenOptions: 24 }, 12)).toBe(0);
    });
  });
});

describe('a segment that fills a hole', () => {
  /** The hole's segment comes so much later than the one behind it; the handshake took a millisecond. */
  const filled = (laterNs: number, lines: readonly Line[] = handshake): unknown => {
    const [one] = track(
      ...lines,
      ['server', { seq: 1000, ack: 100, data: small, at: S }],
      ['server', { seq: 900, ack: 100, data: small, at: S + laterNs }],
    );
    const server = one?.facts.server;
    return { outOfOrder: server?.outOfOrder, refills: server?.refills };
  };

  it('was lost before where it comes a handshake’s time later, and 3 ms at least', () => {
    expect(filled(20_000_000)).toEqual({ outOfOrder: 1, refills: 1 });
    const far: readonly Line[] = handshake.map(([from, options]) => [from, { ...options, at: (options.at ?? 0) * 50 }]);
    expect(filled(20_000_000, far)).toEqual({ outOfOrder: 1, refills: 0 });
    expect(filled(50_000_000, far)).toEqual({ outOfOrder: 1, refills: 1 });
  });

  it('was overtaken where it comes sooner', () => {
    expect(filled(2_900_000)).toEqual({ outOfOrder: 1, refills: 0 });
  });

  it('is not judged where the handshake was not seen', () => {
    expect(filled(20_000_000, [['server', { seq: 800, ack: 100, data: small, at: S / 2 }]])).toEqual({
      outOfOrder: 1,
      refills: 0,
    });
  });
});

describe('the first segment that was lost', () => {
  const server = (...lines: readonly Line[]) => track(...handshake, ...lines)[0]?.facts.server;

  it('is the first that is sent again, or comes late', () => {
    const sent: Line = ['server', { seq: 900, ack: 100, data: small, at: S }];
    expect(server(sent)?.firstAgain).toBeNull();
    const resent = server(
      sent,
      ['server', { seq: 900, ack: 100, data: small, at: 1.3 * S }],
      ['server', { seq: 900, ack: 100, data: small, at: 1.9 * S }],
    );
    expect(resent?.firstAgain?.atNs).toBe(1.3 * S);
    const late = server(
      ['server', { seq: 1000, ack: 100, data: small, at: S }],
      ['server', { seq: 900, ack: 100, data: small, at: 1.5 * S }],
    );
    expect(late?.firstAgain?.atNs).toBe(1.5 * S);
  });

  it('is none that was only overtaken', () => {
    const overtaken = server(
      ['server', { seq: 1000, ack: 100, data: small, at: S }],
      ['server', { seq: 900, ack: 100, data: small, at: S + 1_000_000 }],
    );
    expect(overtaken?.firstAgain).toBeNull();
  });
});

describe('bytes that were seen before', () => {
  const again = (copy: SegmentOptions): unknown => {
    const [one] = track(
      ...handshake,
      ['server', { seq: 900, ack: 100, data: small, at: S, ipId: 65_535, timestamp: 500 }],
      ['server', { seq: 1000, ack: 100, data: small, at: S + 1000, ipId: 1, timestamp: 500 }],
      ['server', { seq: 900, ack: 100, data: small, at: S + 20_000_000, ...copy }],
    );
    const server = one?.facts.server;
    return { retransmissions: server?.retransmissions, duplicates: server?.duplicates };
  };

  it('passed another capture point where they bear the same IP ID', () => {
    expect(again({ ipId: 65_535, timestamp: 500 })).toEqual({ retransmissions: 0, duplicates: 1 });
  });

  it('are sent again where IP ID or timestamp are later, or tell nothing', () => {
    expect(again({ ipId: 9, timestamp: 520 })).toEqual({ retransmissions: 1, duplicates: 0 });
    expect(again({ ipId: 65_535, timestamp: 520 })).toEqual({ retransmissions: 1, duplicates: 0 });
    expect(again({ ipId: 65_534, timestamp: 500 })).toEqual({ retransmissions: 1, duplicates: 0 });
    expect(again({ ipId: 0, timestamp: 500 })).toEqual({ retransmissions: 1, duplicates: 0 });
  });

  it('so do SYN and SYN-ACK', () => {
    const syn: SegmentOptions = { flags: 'S', seq: 99, ipId: 7, timestamp: 40 };
    const synAck: SegmentOptions = { flags: 'S.', seq: 899, ack: 100, ipId: 0, timestamp: 90 };
    const [one] = track(
      ['client', { ...syn, at: 0 }],
      ['client', { ...syn, at: 8_000_000 }],
      ['server', { ...synAck, at: 8_100_000 }],
      ['server', { ...synAck, at: 16_000_000 }],
      ['client', { seq: 100, ack: 900, at: 16_100_000, ipId: 8, timestamp: 56 }],
    );
    expect(one?.facts.handshake).toMatchObject({ synRetransmissions: 0, synAckRetransmissions: 0 });
    const [other] = track(
      ['client', { ...syn, at: 0 }],
      ['client', { ...syn, ipId: 8, timestamp: 1040, at: S }],
      ['server', { ...synAck, at: S + 100_000 }],
      ['server', { ...synAck, timestamp: 1090, at: 2 * S }],
    );
    expect(other?.facts.handshake).toMatchObject({ synRetransmissions: 1, synAckRetransmissions: 1 });
  });
});
