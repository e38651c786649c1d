/**
 * The packets that findings of the samples cite: each is of the connection that it is told under, or said
 * to be elsewhere, and has the time that it is told with.
 */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { PacketView } from '../../src/capture/packet.js';
import type { Connection } from '../../src/facts/connection.js';
import type { PacketReference } from '../../src/facts/packet-reference.js';
import { analyze } from '../../src/pipeline/analyze.js';
import { DrillDown } from '../../src/pipeline/drill-down.js';
import { SAMPLES } from './scenarios.js';

const failing = readdirSync(SAMPLES).filter((file) => /\.pcap(ng)?$/.test(file) && !file.includes('healthy'));

describe.each(failing)('the packets cited of %s', (file) => {
  it('are of the connection they stand under, or are said to be elsewhere, and have their own time', async () => {
    const drillDown = new DrillDown();
    try {
      const connections: Connection[] = [];
      const { analysis } = await analyze({
        files: [path.join(SAMPLES, file)],
        drillDown,
        onConnection: (connection) => connections.push(connection),
      });
      const cited = analysis.findings.flatMap(({ rule, evidence }) =>
        evidence.flatMap(({ stream, packets }) => packets.map((packet) => ({ rule, stream, ...packet }))),
      );
      const streamsOf = new Map<PacketReference, readonly number[]>();
      const all = [...new Set(connections.map(({ stream }) => stream))];
      const timeOf = new Map<PacketReference, number>();
      const note = ({ reference, atNs }: PacketView, streams: readonly number[]) => {
        streamsOf.set(reference, [...streams]);
        timeOf.set(reference, atNs);
      };
      const further = cited.map(({ packet }) => packet);
      await drillDown.eachPacket(all, note, undefined, further);
      const wrong = cited.filter(
        ({ stream, packet, elsewhere }) => (streamsOf.get(packet)?.includes(stream) ?? false) === (elsewhere === true),
      );
      expect(wrong).toEqual([]);
      expect(cited.filter(({ packet, atNs }) => timeOf.get(packet) !== atNs)).toEqual([]);
    } finally {
      drillDown.close();
    }
  });
});
