import { describe, expect, it } from 'vitest';
import type { SegmentView } from '../../src/net/segment.js';
import type { TrackedConnection } from '../../src/tcp/connection.js';
import { LINGERING, SETTLED, SETTLED_WHOLE, type Wait } from '../../src/tcp/lingering.js';
import { BUCKETS, type Share, WHOLE } from '../../src/tcp/share.js';
import { ConnectionTracker, MAX_OPEN, PUT_AWAY_EVERY } from '../../src/tcp/tracker.js';
import { segmentOf, track } from './segments.js';

describe('connections, numbered as tcp.stream', () => {
  it('both directions of one pair of endpoints are one connection', () => {
    const all = track(
      ['client', { flags: 'S', seq: 100 }],
      ['server', { flags: 'S.', seq: 900, ack: 101 }],
      ['client', { seq: 101, ack: 901 }],
    );
    expect(all).toHaveLength(1);
    expect(all[0].facts.handshake.kind).toBe('complete');
    expect(all[0].facts.clientBasis).toBe('syn');
  });

  it('a SYN with another sequence number on the same endpoints is a new connection', () => {
    const all = track(['client', { flags: 'S', seq: 100 }], ['client', { flags: 'S', seq: 200 }]);
    expect(all.map((one) => one.facts.stream)).toEqual([0, 1]);
  });

  it('a SYN with the same sequence number is a retransmission', () => {
    const [only, ...rest] = track(['client', { flags: 'S', seq: 100 }], ['client', { flags: 'S', seq: 100, at: 1e9 }]);
    expect(rest).toEqual([]);
    expect(only.facts.handshake.synRetransmissions).toBe(1);
  });

  it('a SYN repeated after it was refused is the same connection, as Wireshark has it', () => {
    const [only, ...rest] = track(
      ['client', { flags: 'S', seq: 100 }],
      ['server', { flags: 'R.', seq: 0, ack: 101 }],
      ['client', { flags: 'S', seq: 100, at: 1e9 }],
    );
    expect(rest).toEqual([]);
    expect(only.facts).toMatchObject({
      close: { kind: 'rst', resetBy: 'server' },
      handshake: { synRetransmissions: 1 },
    });
  });

  it('segments after both FINs still belong to the connection', () => {
    const all = track(
      ['client', { flags: 'S', seq: 100 }],
      ['server', { flags: 'F.', seq: 900, ack: 101 }],
      ['client', { flags: 'F.', seq: 101, ack: 901 }],
      ['server', { seq: 901, ack: 102 }],
    );
    expect(all).toHaveLength(1);
    expect(all[0].facts.server.packets).toBe(2);
  });

  it('a clock that is set back amid a connection is remarked, also where its own segments do not show it', () => {
    const minute = 60e9;
    const all = track(
      ['client', { flags: 'S', seq: 100, at: minute }],
      ['client', { flags: 'S', seq: 100, clientPort: 50_001, at: minute + 4e9 }],
      ['client', { flags: 'S', seq: 100, clientPort: 50_002, at: minute + 2e9 }],
      ['server', { flags: 'S.', seq: 900, ack: 101, at: minute + 3e9 }],
    );
    expect(all.map(({ facts }) => facts.guards.clockStepped)).toEqual([true, false, false]);
  });

  it.each([
    ['what another interface saw earlier, and was written later, sets no clock back', 1, [false, false, false]],
    ['a clock that is set back is so on the interface of the latest packet', 0, [true, true, false]],
  ])('%s', (_name, interfaceIndex, stepped) => {
    const all = track(
      ['client', { flags: 'S', seq: 100, at: 1e9 }],
      ['client', { flags: 'S', seq: 100, clientPort: 50_001, at: 2e9 }],
      ['client', { flags: 'S', seq: 100, clientPort: 50_002, at: 1.8e9, interfaceIndex }],
      ['server', { flags: 'S.', seq: 900, ack: 101, at: 2.1e9 }],
      ['server', { flags: 'S.', seq: 900, ack: 101, clientPort: 50_001, at: 2.2e9 }],
    );
    expect(all.map(({ facts }) => facts.guards.clockStepped)).toEqual(stepped);
  });

  it('a segment quoted by an ICMP error uses up a number, which its connection then bears', () => {
    const streams: number[] = [];
    const tracker = new ConnectionTracker({
      opened: () => undefined,
      spent: () => undefined,
      finished: (connection) => streams.push(connection.stream),
    });
    const quoted = {
      ...segmentOf('client', {}, 1),
      icmpFamily: 4 as const,
      sender0: 1,
      sender1: 0,
      sender2: 0,
      sender3: 0,
      icmpType: 3,
      icmpCode: 3,
      mtu: -1,
      numbered: true,
    };
    tracker.quoted(quoted);
    tracker.segment(segmentOf('client', { flags: 'S', clientPort: 50_001 }, 2));
    tracker.segment(segmentOf('client', { flags: 'S' }, 3));
    tracker.finish();
    expect(streams).toEqual([0, 1]);
    expect(tracker.streams).toBe(2);
  });

  it('a segment quoted with its ports alone uses up no number', () => {
    const tracker = new ConnectionTracker({
      opened: () => undefined,
      spent: () => undefined,
      finished: () => undefined,
    });
    const icmp = {
      icmpFamily: 4 as const,
      sender0: 1,
      sender1: 0,
      sender2: 0,
      sender3: 0,
      icmpType: 3,
      icmpCode: 3,
      mtu: -1,
    };
    tracker.quoted({ ...segmentOf('client', {}, 1), ...icmp, numbered: false });
    expect(tracker.streams).toBe(0);
  });

  it.each<[string, boolean, Partial<SegmentView>, boolean[], Partial<SegmentView>?]>([
    ['of several captures', true, {}, [false, true]],
    ['of one that shows which way packets go', false, { direction: 'inbound' }, [false, true]],
    ['of one at several interfaces', false, { interfaceIndex: 1 }, [false, true]],
    ['of one at a second interface', false, {}, [false, true], { interfaceIndex: 1 }],
    ['of one at a single interface', false, {}, [false, false]],
  ])('a connection behind a translator of addresses, %s', (_, isOfSeveral, first, images, second = first) => {
    const found: boolean[] = [];
    const tracker = new ConnectionTracker(
      { opened: () => undefined, spent: () => undefined, finished: ({ isImage }) => found.push(isImage) },
      undefined,
      isOfSeveral,
    );
    const [seq, ack] = [3_000_000_000, 2_000_000_000];
    for (const [at, clientPort] of [50_000, 61_000].entries()) {
      const seen = at === 0 ? first : second;
      tracker.segment({ ...segmentOf('client', { flags: 'S', seq, clientPort }, 1 + 4 * at), ...seen });
      tracker.segment({
        ...segmentOf('server', { flags: 'S.', seq: ack, ack: seq + 1, clientPort }, 2 + 4 * at),
        ...seen,
      });
    }
    tracker.finish();
    expect(found).toEqual(images);
  });

  it.each<[string, Partial<SegmentView>, boolean[]]>([
    ['on all devices', { direction: 'inbound' }, [false, true]],
    ['at a single interface', {}, [false, false]],
    ['whose SYN is another', { direction: 'inbound', ipId: 7 }, [false, false]],
  ])('a refusal behind a translator of addresses, %s', (_, seen, images) => {
    const found: boolean[] = [];
    const tracker = new ConnectionTracker({
      opened: () => undefined,
      spent: () => undefined,
      finished: ({ isImage }) => found.push(isImage),
    });
    const seq = 3_000_000_000;
    const ports = [50_000, 61_000];
    for (const [at, clientPort] of ports.entries())
      tracker.segment({
        ...segmentOf('client', { flags: 'S', seq, clientPort, ipId: 77 }, 1 + at),
        ...(at === 0 ? { direction: seen.direction ?? null } : seen),
      });
    for (const clientPort of ports.reverse())
      tracker.segment({ ...segmentOf('server', { flags: 'R.', seq: 0, ack: seq + 1, clientPort }, 5), ...seen });
    tracker.finish();
    expect(found).toEqual(images);
  });

  it('an ICMP error is tied to the connection that it quotes', () => {
    const unreachables: unknown[] = [];
    const tracker = new ConnectionTracker({
      opened: () => undefined,
      spent: () => undefined,
      finished: (connection) => unreachables.push(...connection.unreachables),
    });
    tracker.segment(segmentOf('client', { flags: 'S' }, 1));
    tracker.quoted({
      ...segmentOf('client', {}, 2),
      icmpFamily: 4,
      sender0: 0x0a0000fe,
      sender1: 0,
      sender2: 0,
      sender3: 0,
      icmpType: 3,
      icmpCode: 4,
      mtu: 1400,
      numbered: true,
    });
    tracker.finish();
    expect(unreachables).toEqual([
      { packet: 2, atNs: 2000, sender: '10.0.0.254', type: 3, code: 4, mtu: 1400, quoted: 'client' },
    ]);
  });

  it('a SYN with the number of a connection long put away begins none', () => {
    const streams: number[] = [];
    const tracker = trackerOf((connection) => streams.push(connection.stream));
    tracker.segment(segmentOf('client', { flags: 'S', seq: 0, at: 0 }, 0));
    tracker.segment(segmentOf('server', { flags: 'R.', ack: 1, at: 0 }, 1));
    for (let i = 2; i <= LINGERING.segments + PUT_AWAY_EVERY + 1; i += 1)
      tracker.segment(segmentOf('client', { clientPort: 9, at: LINGERING.ns }, i));
    tracker.segment(segmentOf('client', { flags: 'S', seq: 0, at: LINGERING.ns }, 0));
    expect(streams).toEqual([0]);
    expect([tracker.streams, tracker.lateSegments]).toEqual([2, 1]);
    tracker.segment(segmentOf('client', { flags: 'S', seq: 1, at: LINGERING.ns }, 0));
    expect([tracker.streams, tracker.lateSegments]).toEqual([3, 1]);
  });

  it('a SYN behind resets alone begins a connection', () => {
    const all = track(['server', { flags: 'R', seq: 7 }], ['client', { flags: 'S', seq: 100 }]);
    expect(all.map((one) => [one.facts.stream, one.facts.clientBasis])).toEqual([
      [0, 'port'],
      [1, 'syn'],
    ]);
  });

  it('keeps a closed connection while segments may be late: for so many of the capture, and so long', () => {
    const isKept = (segments: number, ns: number): boolean => {
      const tracker = trackerOf(() => undefined);
      tracker.segment(segmentOf('client', { flags: 'S', at: 0 }, 0));
      tracker.segment(segmentOf('server', { flags: 'R.', ack: 1, at: 0 }, 1));
      for (let i = 0; i < segments - 1; i += 1) tracker.segment(segmentOf('client', { clientPort: 9, at: ns }, i + 2));
      tracker.segment(segmentOf('client', { flags: 'R', seq: 1, at: ns }, segments + 1));
      return tracker.lateSegments === 0;
    };
    expect(isKept(LINGERING.segments - 1, LINGERING.ns)).toBe(true);
    expect(isKept(LINGERING.segments + PUT_AWAY_EVERY, LINGERING.ns - 1)).toBe(true);
    expect(isKept(LINGERING.segments + PUT_AWAY_EVERY, LINGERING.ns)).toBe(false);
    // A clock that steps back makes nothing younger.
    expect(isKept(2 * LINGERING.segments, -1000)).toBe(true);
  });

  describe('keeps it less long where each side has acknowledged the other’s end', () => {
    /** Segments before the last ACK, which acknowledges `lastAck`. */
    const close = (tracker: ConnectionTracker, lastAck: number, start = 1): void => {
      tracker.segment(segmentOf('client', { flags: 'S', at: 0 }, 0));
      tracker.segment(segmentOf('server', { flags: 'S.', ack: 1, at: 0 }, 1));
      tracker.segment(segmentOf('client', { flags: 'F.', seq: start, ack: 1, at: 0 }, 2));
      tracker.segment(segmentOf('server', { flags: 'F.', seq: 1, ack: start + 1, at: 0 }, 3));
      tracker.segment(segmentOf('client', { flags: '.', seq: start + 1, ack: lastAck, at: 0 }, 4));
    };
    /** Whether a reset still finds the connection, so many segments and nanoseconds after it was closed. */
    const isKept = (tracker: ConnectionTracker, segments: number, ns: number): boolean => {
      for (let i = 0; i < segments - 1; i += 1) tracker.segment(segmentOf('client', { clientPort: 9, at: ns }, i + 5));
      tracker.segment(segmentOf('client', { flags: 'R', seq: 2, at: ns }, segments + 4));
      return tracker.lateSegments === 0;
    };
    const waits = (begin: () => ConnectionTracker, { segments, ns }: Wait): void => {
      expect(isKept(begin(), segments - 1, ns)).toBe(true);
      expect(isKept(begin(), segments + PUT_AWAY_EVERY, ns - 1)).toBe(true);
      expect(isKept(begin(), segments + PUT_AWAY_EVERY, ns)).toBe(false);
    };
    const closed = (tracker: ConnectionTracker, lastAck: number, start?: number): ConnectionTracker => {
      close(tracker, lastAck, start);
      return tracker;
    };

    it('by segments alone where nothing of it is missing', () => {
      const begin = (): ConnectionTracker =>
        closed(
          trackerOf(() => undefined),
          2,
        );
      expect(isKept(begin(), SETTLED_WHOLE.segments - 1, SETTLED_WHOLE.ns)).toBe(true);
      expect(isKept(begin(), SETTLED_WHOLE.segments + PUT_AWAY_EVERY, SETTLED_WHOLE.ns)).toBe(false);
    });

    it('but not at once where the last end is not acknowledged', () => {
      expect(
        isKept(
          closed(
            trackerOf(() => undefined),
            1,
          ),
          SETTLED.segments + PUT_AWAY_EVERY,
          SETTLED.ns,
        ),
      ).toBe(true);
    });

    it('longer where bytes that were acknowledged may yet be captured', () => {
      waits(
        () =>
          closed(
            trackerOf(() => undefined),
            2,
            9,
          ),
        SETTLED,
      );
    });

    it('longer where several captures are read, each of which may have it', () => {
      waits(
        () =>
          closed(
            trackerOf(() => undefined, true),
            2,
          ),
        SETTLED,
      );
    });

    it('longer where packets come twice', () => {
      waits(() => {
        const tracker = trackerOf(() => undefined);
        for (const mac of [1, 2]) tracker.segment(segmentOf('client', { flags: 'S', at: 0, mac }, 0));
        return closed(tracker, 2);
      }, SETTLED);
    });
  });

  it('finishes closed connections as others close after them, and forgets nobody', () => {
    let finished = 0;
    const tracker = trackerOf(() => {
      finished += 1;
    });
    const count = 4 * LINGERING.segments;
    for (let i = 0; i < count; i += 1) {
      tracker.segment(segmentOf('client', { flags: 'S', clientPort: 1024 + i, seq: i, at: i }, i));
      tracker.segment(segmentOf('server', { flags: 'R.', clientPort: 1024 + i, ack: i + 1, at: i }, i));
    }
    expect(count - finished).toBeGreaterThanOrEqual(LINGERING.segments / 2);
    expect(count - finished).toBeLessThan(LINGERING.segments);
    tracker.segment(segmentOf('client', { clientPort: 1024, seq: 1, ack: 1 }, count));
    expect(tracker.lateSegments).toBe(1);
    tracker.finish();
    expect(finished).toBe(count);
    expect(tracker.streams).toBe(count);
  });

  it('gives up the connections longest idle where more are open at once in a bucket than memory is allowed for', () => {
    const given: number[] = [];
    const ours = portsOfOneBucket(MAX_OPEN + 3);
    const tracker = trackerOf((connection, evicted) => {
      if (evicted) given.push(connection.stream);
    });
    const second = 1e9;
    const send = (at: number, flags: string, ns: number): void =>
      tracker.segment(segmentOf('client', { ...ours[at], flags, seq: flags === 'S' ? 0 : 1, at: ns }, at));
    for (let at = 0; at < MAX_OPEN; at += 1) {
      send(at, 'S', at);
      tracker.segment(segmentOf('server', { ...ours[at], flags: 'S.', ack: 1, at }, at));
    }
    // All but the second go on talking.
    for (const at of [0, 2, 3]) send(at, '.', 60 * second);
    for (let at = MAX_OPEN; at < MAX_OPEN + 3; at += 1) send(at, 'S', 61 * second);
    expect(given).toEqual([1, 4, 5]);
    expect(tracker.evicted).toBe(3);
    send(1, '.', 62 * second);
    expect(tracker.lateSegments).toBe(1);
  });

  it('gives up first what nobody answered, however new: a flood of SYNs pushes nothing else out', () => {
    const given: number[] = [];
    const tracker = trackerOf((connection, evicted) => {
      if (evicted) given.push(connection.stream);
    });
    for (const [at, ports] of portsOfOneBucket(MAX_OPEN + 500).entries()) {
      tracker.segment(segmentOf('client', { ...ports, flags: 'S', at }, at));
      // The first twenty are at work.
      if (at < 20) tracker.segment(segmentOf('server', { ...ports, flags: 'S.', ack: 1, at }, at));
    }
    expect(given).toEqual(Array.from({ length: 500 }, (_, at) => at + 20));
  });
});

describe('shares of a capture', () => {
  /** Connections with resets, repetitions, reused ports and quoted segments, of many endpoints. */
  function capture(take: ConnectionTracker): void {
    for (let i = 0; i < 3000; i += 1) {
      const clientPort = 1024 + ((i * 7919) % 500);
      const from = i % 3 === 0 ? 'server' : 'client';
      const flags = i % 5 === 0 ? 'S' : i % 7 === 0 ? 'R.' : i % 11 === 0 ? 'F.' : '.';
      take.segment(segmentOf(from, { flags, clientPort, seq: (i * 31) % 17, ack: i % 13 }, i));
      if (i % 13 === 0)
        take.quoted({
          ...segmentOf('client', { clientPort: 1024 + ((i * 31) % 900) }, i),
          ...{ icmpFamily: 4 as const, sender0: 1, sender1: 0, sender2: 0, sender3: 0 },
          ...{ icmpType: 3, icmpCode: 1, mtu: -1, numbered: true },
        });
    }
    take.finish();
  }

  it('give each connection the number and the segments that it has in the whole', () => {
    const seenBy = (share: Share): string[] => {
      const seen: string[] = [];
      const tracker = new ConnectionTracker(
        {
          opened: () => undefined,
          spent: () => undefined,
          finished: (one) =>
            seen.push(
              `${one.stream} ${one.firstPort} ${one.first.packets} ${one.second.packets} ${one.unreachables.length}`,
            ),
        },
        share,
      );
      capture(tracker);
      return seen.sort();
    };
    const whole = seenBy(WHOLE);
    expect(whole.length).toBeGreaterThan(500);
    for (const count of [2, 3, BUCKETS]) {
      const parts = Array.from({ length: count }, (_, index) => seenBy({ index, count }));
      expect(parts.flat().sort()).toEqual(whole);
      expect(parts.filter((part) => part.length > 0).length).toBe(count);
    }
  });
});

function trackerOf(
  finished: (connection: TrackedConnection, evicted: boolean) => void,
  isOfSeveral = false,
): ConnectionTracker {
  return new ConnectionTracker({ opened: () => undefined, spent: () => undefined, finished }, WHOLE, isOfSeveral);
}

/** Pairs of ports, so many, whose connections fall into the first bucket. */
function portsOfOneBucket(count: number): readonly { readonly clientPort: number; readonly serverPort: number }[] {
  const ports: { clientPort: number; serverPort: number }[] = [];
  const tracker = new ConnectionTracker(
    {
      opened: ({ firstPort, secondPort }) => ports.push({ clientPort: firstPort, serverPort: secondPort }),
      spent: () => undefined,
      finished: () => undefined,
    },
    { index: 0, count: BUCKETS },
  );
  for (let i = 0; ports.length < count; i += 1)
    tracker.segment(segmentOf('client', { flags: 'S', clientPort: i & 0xffff, serverPort: 80 + (i >> 16) }, i));
  return ports;
}
