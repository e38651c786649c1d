import { describe, expect, it } from 'vitest';
import { clockLine, mayAgree } from '../../../src/pipeline/clocks/clock-line.js';
import { packetBounds } from '../../../src/pipeline/clocks/packet-bounds.js';
import { Sightings } from '../../../src/pipeline/clocks/sightings.js';
import { type SegmentOptions, segmentOf } from '../../tcp/segments.js';

const MS = 1_000_000;
const SECOND = 1_000_000_000;

interface Sent {
  readonly from: 'client' | 'server';
  readonly options: SegmentOptions;
  /** When it passes the client's end of the path, and the server's. */
  readonly times: readonly [number, number];
}

/** A connection of `turns` requests and answers over a way of so many milliseconds. */
function connection(delayMs: number, turns: number, clientPort = 50_000, isn = 1_000_000): Sent[] {
  const sent: Sent[] = [];
  for (let turn = 0; turn < turns; turn += 1) {
    const at = turn * SECOND;
    const [seq, ack] = [isn + turn * 10, 7_000_000 + turn * 10];
    const sentAgain = { clientPort, timestamp: turn };
    sent.push(
      { from: 'client', options: { ...sentAgain, seq, ack, data: 'request...' }, times: [at, at + delayMs * MS] },
      {
        from: 'server',
        options: { ...sentAgain, seq: ack, ack: seq + 10, data: 'answer....' },
        times: [at + 3 * delayMs * MS, at + 2 * delayMs * MS],
      },
    );
  }
  return sent;
}

/** What both ends see; the server's clock is ahead. */
function ends(
  sent: readonly Sent[],
  aheadNs: number,
  otherPort?: number,
  ttls: Readonly<Record<Sent['from'], readonly [number, number]>> = { client: [64, 64], server: [64, 64] },
): [Sightings, Sightings] {
  const [client, server] = [new Sightings(), new Sightings()];
  for (const [index, { from, options, times }] of sent.entries()) {
    client.note(segmentOf(from, { ...options, at: times[0], ttl: ttls[from][0] }, index));
    const translated = otherPort === undefined ? {} : { clientPort: otherPort };
    server.note(segmentOf(from, { ...options, ...translated, at: times[1] + aheadNs, ttl: ttls[from][1] }, index));
  }
  return [client, server];
}

describe('packets that two captures hold', () => {
  it.each([5 * MS, -5 * MS, 300 * MS, -3 * SECOND, 3600 * SECOND])('show a clock %i ns ahead', (aheadNs) => {
    const [client, server] = ends(connection(2, 4), aheadNs);
    const found = packetBounds(client, server);
    expect(found?.count).toBe(8);
    expect(found && clockLine(found.bounds)).toMatchObject({ aheadNs, withinNs: 2 * MS });
    const back = packetBounds(server, client);
    expect(back && clockLine(back.bounds)).toMatchObject({ aheadNs: -aheadNs, withinNs: 2 * MS });
  });

  it('are known behind a translator of addresses', () => {
    const found = packetBounds(...ends(connection(2, 4), SECOND, 40_404));
    expect(found && clockLine(found.bounds)).toMatchObject({ aheadNs: SECOND });
  });

  it('are known there with their SYN and their reset, which alone would not be known', () => {
    const bare = (['S', 'R'] as const).map((flags, at): Sent => {
      const seq = 999_999 + at * 9000;
      const time = at * 9 * SECOND - MS;
      return { from: 'client', options: { flags, seq, timestamp: 7 }, times: [time, time + 2 * MS] };
    });
    expect(packetBounds(...ends([...bare, ...connection(2, 4)], SECOND, 40_404))?.count).toBe(8);
    expect(packetBounds(...ends([...bare, ...bare], SECOND, 40_404))).toBeNull();
    expect(packetBounds(...ends([...bare, ...connection(2, 4)], SECOND))?.count).toBe(10);
  });

  it('are known where a translator shows one direction by these addresses and the other by those', () => {
    const [client, server] = ends(connection(2, 4), SECOND, 40_404);
    for (const [at, isDownward] of server.isDownward.entries()) if (isDownward) server.flows[at] = client.flows[0] ?? 0;
    const found = packetBounds(client, server);
    expect(found?.count).toBe(8);
    expect(found && clockLine(found.bounds)).toMatchObject({ aheadNs: SECOND });
    const turned = packetBounds(server, client);
    expect(turned?.count).toBe(8);
    expect(turned && clockLine(turned.bounds)).toMatchObject({ aheadNs: -SECOND });
  });

  it('are not taken for those of another connection with small numbers', () => {
    expect(packetBounds(...ends(connection(2, 4, 50_000, 1), SECOND, 40_404))).toBeNull();
    expect(packetBounds(...ends(connection(2, 4, 50_000, 1), SECOND))).not.toBeNull();
  });

  it('show what is left but for a way of a second where they all go one way', () => {
    const oneWay = connection(2, 4).filter(({ from }) => from === 'client');
    const found = packetBounds(...ends(oneWay, 3 * SECOND));
    expect(found?.count).toBe(4);
    expect(found && clockLine(found.bounds)).toMatchObject({ aheadNs: 3 * SECOND + 2 * MS, withinNs: SECOND });
    const near = packetBounds(...ends(oneWay, SECOND / 2));
    expect(near && mayAgree(near.bounds)).toBe(true);
  });

  it('that all go one way are later where they have crossed routers, whichever capture comes first', () => {
    const ttls = { client: [64, 62], server: [62, 64] } as const;
    const sent = connection(2, 4).map((one, at) => ({
      ...one,
      times: [one.times[0], one.times[1] + at * MS] as const,
    }));
    const ofOne = (from: Sent['from']) =>
      ends(
        sent.filter((one) => one.from === from),
        3 * SECOND,
        undefined,
        ttls,
      );
    const lineOf = (a: Sightings, b: Sightings) => {
      const found = packetBounds(a, b);
      return found && clockLine(found.bounds);
    };
    const [client, server] = ofOne('client');
    // The fastest takes 2 ms, and is not earlier than it was sent.
    expect(lineOf(client, server)?.aheadNs).toBe(3 * SECOND + 2 * MS - 20_000);
    expect(lineOf(server, client)?.aheadNs).toBe(-(3 * SECOND + 2 * MS - 20_000));
    const [answered, answering] = ofOne('server');
    expect(lineOf(answered, answering)?.aheadNs).toBe(3 * SECOND - 2 * MS + 7 * MS + 20_000);
  });

  it('of which some connections show one way and others the other are held against each other', () => {
    const ttls = { client: [64, 62], server: [62, 64] } as const;
    const asked = connection(2, 4).filter(({ from }) => from === 'client');
    const answered = connection(2, 4, 50_001, 5_000_000).filter(({ from }) => from === 'server');
    const found = packetBounds(...ends([...asked, ...answered], 3 * SECOND, undefined, ttls));
    expect(found && clockLine(found.bounds)).toMatchObject({ aheadNs: 3 * SECOND, withinNs: 2 * MS });
  });

  it('show nothing one way without time stamps, for they may have been sent again', () => {
    const unstamped = connection(2, 4).map(({ options, ...sent }) => ({
      ...sent,
      options: { ...options, timestamp: -1 },
    }));
    expect(packetBounds(...ends(unstamped, 3 * SECOND))?.count).toBe(8);
    const oneWay = unstamped.filter(({ from }) => from === 'client');
    expect(packetBounds(...ends(oneWay, 3 * SECOND))).toBeNull();
  });

  it('show nothing where there are two', () => {
    expect(packetBounds(...ends(connection(2, 1), SECOND))).toBeNull();
  });

  it('of a connection unlike all others do not count', () => {
    const [client, server] = ends([...connection(2, 4), ...connection(2, 4, 50_001, 5_000_000)], SECOND);
    const [strangeClient, strangeServer] = ends(connection(2, 4, 50_002, 9_000_000), 7 * SECOND);
    for (const [of, strange] of [
      [client, strangeClient],
      [server, strangeServer],
    ] as const)
      for (const [key, place] of strange.places) {
        of.places.set(key, of.times.length);
        of.times.push(strange.times[place] ?? 0);
        of.flows.push(strange.flows[place] ?? 0);
        of.isDownward.push(strange.isDownward[place] ?? false);
        of.isUnmistakable.push(true);
        of.isStamped.push(true);
        of.ttls.push(64);
        of.isBare.push(false);
      }
    expect(packetBounds(client, server)?.count).toBe(16);
  });

  it('tell the way by what lies side by side, though the clock gains more than a way takes', () => {
    const drifting = connection(0.2, 30).map(({ times, ...sent }) => ({
      ...sent,
      times: [times[0], times[1] + times[1] * 50e-6] as const,
    }));
    const found = packetBounds(...ends(drifting, 0));
    expect(found && clockLine(found.bounds)?.drift).toBeCloseTo(50e-6, 5);
  });
});
