import { describe, expect, it } from 'vitest';
import { CAPTURE_STRIDE } from '../../src/facts/packet-reference.js';
import { analyze } from '../../src/pipeline/analyze.js';
import { PointEnds } from '../../src/pipeline/point-ends.js';
import { TrackedConnection } from '../../src/tcp/connection.js';
import { pcap, type TestPacket } from '../capture/build-pcap.js';
import { scratchFolder } from '../capture/scratch-folder.js';
import { ipv4, LINKTYPE_IPV4, tcp } from '../net/packets.js';
import { segmentOf } from '../tcp/segments.js';

const scratch = scratchFolder();

/** A connection of which each of these points has one segment of its client. */
function seenAt(...points: readonly number[]): TrackedConnection {
  const connection = new TrackedConnection({ bytes: 0 });
  for (const [at, point] of points.entries()) {
    const segment = segmentOf('client', { packet: point * CAPTURE_STRIDE + 1, seq: 100 + at, data: 'a' }, at);
    if (at === 0) connection.open(0, 0, false, segment);
    connection.segment(segment, true);
  }
  return connection;
}

describe('how far captures have come', () => {
  it('is the latest time of one, whatever its connections', () => {
    const ends = new PointEnds();
    expect(ends.latestNs).toBe(Number.NEGATIVE_INFINITY);
    for (const atNs of [3, 9, 7]) ends.note(0, atNs);
    expect([ends.latestNs, ends.latestOf(seenAt(0))]).toEqual([9, 9]);
  });

  it('is of several where each has ended', () => {
    const ends = new PointEnds();
    for (const [point, atNs] of [
      [2, 1],
      [0, 4],
      [2, 5],
      [1, 30],
      [2, 8],
    ] as const)
      ends.note(point, atNs);
    expect(ends.latestNs).toBe(30);
    expect([[0], [1], [2], [0, 2], [0, 1], [3]].map((points) => ends.latestOf(seenAt(...points)))).toEqual([
      ...[4, 30, 8, 8, 30],
      Number.NEGATIVE_INFINITY,
    ]);
  });
});

it('a connection of a capture that has ended is cut by its end, though another goes on', async () => {
  const START = 1_700_000_000;
  const syn = (source: number, seconds: number): TestPacket => ({
    seconds: START + seconds,
    nanoseconds: 0,
    bytes: ipv4(tcp({ source, destination: 80, sequence: 1, flags: 2 }), { id: source }),
  });
  const write = (name: string, ...packets: readonly TestPacket[]): string =>
    scratch.write(name, pcap(packets, { network: LINKTYPE_IPV4, magic: 0xa1b23c4d, unitNs: 1 }));
  const short = write('short.pcap', syn(40_000, 0), syn(40_001, 1));
  const long = write('long.pcap', syn(50_000, 0), syn(50_001, 60));
  const cut = new Map<number, boolean>();
  const files = [short, long];
  await analyze({ files, onConnection: ({ client, guards }) => cut.set(client.endpoint.port, guards.cutByCaptureEnd) });
  expect([40_000, 40_001, 50_000, 50_001].map((port) => cut.get(port))).toEqual([true, true, false, true]);
});
