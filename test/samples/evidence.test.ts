/** The packets that findings of the samples cite: each is of the connection that it is told under, or said to be elsewhere. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Connection } from '../../src/facts/connection.js';
import type { PacketReference } from '../../src/facts/packet-reference.js';
import { analyze } from '../../src/pipeline/analyze.js';
import { DrillDown } from '../../src/pipeline/drill-down.js';
import { SAMPLES } from './scenarios.js';

const failing = readdirSync(SAMPLES).filter((file) => /\.pcap(ng)?$/.test(file) && !file.includes('healthy'));

describe.each(failing)('the packets cited of %s', (file) => {
  it('are of the connection they stand under, or are said to be elsewhere', async () => {
    const drillDown = new DrillDown();
    try {
      const connections: Connection[] = [];
      const { analysis } = await analyze({
        files: [path.join(SAMPLES, file)],
        drillDown,
        onConnection: (connection) => connections.push(connection),
      });
      const streamsOf = new Map<PacketReference, readonly number[]>();
      const all = [...new Set(connections.map(({ stream }) => stream))];
      await drillDown.eachPacket(all, ({ reference }, streams) => streamsOf.set(reference, [...streams]));
      const cited = analysis.findings.flatMap(({ rule, evidence }) =>
        evidence.flatMap(({ stream, packets }) => packets.map((packet) => ({ rule, stream, ...packet }))),
      );
      const wrong = cited.filter(
        ({ stream, packet, elsewhere }) => (streamsOf.get(packet)?.includes(stream) ?? false) === (elsewhere === true),
      );
      expect(wrong).toEqual([]);
    } finally {
      drillDown.close();
    }
  });
});
