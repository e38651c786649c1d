import { describe, expect, it } from 'vitest';
import { ConnectionTracker, MAX_LINGERING, MAX_OPEN } from '../../src/tcp/tracker.js';
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

  it('finishes closed connections as others close after them, and forgets nobody', () => {
    let finished = 0;
    const tracker = new ConnectionTracker({
      opened: () => undefined,
      spent: () => undefined,
      finished: () => {
        finished += 1;
      },
    });
    const count = MAX_LINGERING * 3;
    for (let i = 0; i < count; i += 1) {
      tracker.segment(segmentOf('client', { flags: 'S', clientPort: 1024 + (i % 60_000), seq: i }, i));
      tracker.segment(segmentOf('server', { flags: 'R.', clientPort: 1024 + (i % 60_000), ack: i + 1 }, i));
    }
    expect(finished).toBe(count - MAX_LINGERING);
    tracker.segment(segmentOf('client', { clientPort: 1024, seq: 1, ack: 1 }, count));
    expect(tracker.lateSegments).toBe(1);
    tracker.finish();
    expect(finished).toBe(count);
    expect(tracker.streams).toBe(count);
  });

  it('gives up the connections longest idle where more are open at once than memory is allowed for', () => {
    const given: number[] = [];
    const tracker = new ConnectionTracker({
      opened: () => undefined,
      spent: () => undefined,
      finished: (connection, evicted) => {
        if (evicted) given.push(connection.stream);
      },
    });
    const count = MAX_OPEN + MAX_LINGERING + 3;
    const second = 1e9;
    const open = (i: number): void => {
      const ports = { clientPort: i & 0xffff, serverPort: 80 + (i >> 16), at: i };
      tracker.segment(segmentOf('client', { ...ports, flags: 'S' }, i));
      tracker.segment(segmentOf('server', { ...ports, flags: 'SA', seq: 0, ack: 1 }, i));
    };
    for (let i = 0; i < count - 3; i += 1) open(i);
    // All but the second go on talking.
    for (let i = 0; i < 4; i += 1)
      if (i !== 1) tracker.segment(segmentOf('client', { clientPort: i, seq: 1, ack: 1, at: 60 * second }, count + i));
    for (let i = count - 3; i < count; i += 1)
      tracker.segment(
        segmentOf('client', { flags: 'S', clientPort: i & 0xffff, serverPort: 80 + (i >> 16), at: 61 * second }, i),
      );
    expect(given).toEqual([1, 4, 5]);
    expect(tracker.evicted).toBe(3);
    tracker.segment(segmentOf('client', { clientPort: 1, seq: 1, ack: 1, at: 62 * second }, 1));
    expect(tracker.lateSegments).toBe(1);
  });

  it('gives up first what nobody answered, however new: a flood of SYNs pushes nothing else out', () => {
    const given: number[] = [];
    const tracker = new ConnectionTracker({
      opened: () => undefined,
      spent: () => undefined,
      finished: (connection, evicted) => {
        if (evicted) given.push(connection.stream);
      },
    });
    for (let i = 0; i < MAX_OPEN + MAX_LINGERING + 500; i += 1) {
      const ports = { clientPort: i & 0xffff, serverPort: 80 + (i >> 16), at: i };
      tracker.segment(segmentOf('client', { ...ports, flags: 'S' }, i));
      // The first twenty are at work.
      if (i < 20) tracker.segment(segmentOf('server', { ...ports, flags: 'SA', seq: 0, ack: 1 }, i));
    }
    expect(given).toEqual(Array.from({ length: 500 }, (_, i) => i + 20));
  });
});
