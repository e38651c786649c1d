import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { diagnose } from '../../src/library/diagnose.js';
import { readFlows } from '../../src/library/read-flows.js';
import { flowSchema } from '../../src/report/schema/flow.js';
import type { FlowLine } from '../../src/report/schema.js';
import { pcap, type TestPacket } from '../capture/build-pcap.js';
import { ipv4, LINKTYPE_IPV4, tcp } from '../net/packets.js';
import { connectionsOf } from '../samples/connections.js';

const sample = 'samples/rst-after-request.pcapng';

async function all(flows: AsyncIterable<FlowLine>): Promise<FlowLine[]> {
  const list: FlowLine[] = [];
  for await (const flow of flows) list.push(flow);
  return list;
}

/** A SYN and a RST from each of many ports: as many connections, which end at once. */
function* resets(count: number): Generator<TestPacket> {
  for (let index = 0; index < count; index += 1) {
    const source = 1024 + (index % 60_000);
    const [sequence, from] = [1000 + index, 0xc0000201 + Math.floor(index / 60_000)];
    for (const flags of [2, 4]) {
      const bytes = ipv4(tcp({ source, flags, sequence, data: '' }), { source: from });
      yield { seconds: 1_700_000_000, nanoseconds: index * 1000, bytes };
    }
  }
}

describe('readFlows', () => {
  it('gives every connection in order, by the schema', async () => {
    const flows = await all(readFlows(sample));
    expect(flows.map(({ stream }) => stream)).toEqual(
      (await connectionsOf('rst-after-request.pcapng')).map(({ stream }) => stream),
    );
    for (const flow of flows) expect(flowSchema.parse(flow)).toEqual(flow);
  });

  it('gives flows while the input goes on', async () => {
    const input = new Readable({ read: () => undefined });
    input.push(pcap([...resets(4000)], { network: LINKTYPE_IPV4 }));
    const flows = readFlows('-', { input });
    const first = await flows.next();
    expect(first.value).toMatchObject({ stream: 0, close: 'rst' });
    input.push(null);
    expect(await all(flows)).toHaveLength(3999);
  });

  it('stops reading when the loop is left', async () => {
    let taken = 0;
    const bytes = pcap([...resets(60_000)], { network: LINKTYPE_IPV4 });
    async function* input() {
      for (let at = 0; at < bytes.length; at += 65_536) {
        taken += 1;
        yield bytes.subarray(at, at + 65_536);
      }
    }
    for await (const flow of readFlows('-', { input: input() })) if (flow.stream >= 5) break;
    expect(taken).toBeLessThan(bytes.length / 65_536 / 2);
  });

  it('waits for a slow reader', async () => {
    let taken = 0;
    const bytes = pcap([...resets(60_000)], { network: LINKTYPE_IPV4 });
    async function* input() {
      for (let at = 0; at < bytes.length; at += 65_536) {
        taken += 1;
        yield bytes.subarray(at, at + 65_536);
      }
    }
    const flows = readFlows('-', { input: input() });
    await flows.next();
    await new Promise((resolve) => setTimeout(resolve, 200));
    const takenAtRest = taken;
    expect(takenAtRest).toBeLessThan(bytes.length / 65_536);
    const rest = await all(flows);
    expect(rest).toHaveLength(59_999);
    expect(taken).toBeGreaterThan(takenAtRest);
  });

  it('gives the exchanges that a report counts, those without a request among them', async () => {
    for (const file of ['samples/preconnect-408-haproxy.pcapng', 'samples/preconnect-408-node.pcapng', sample]) {
      const { summary, servers } = await diagnose(file);
      const flows = await all(readFlows(file));
      const of = (address: string, port: number) =>
        flows
          .filter(({ server }) => server.address === address && server.port === port)
          .flatMap(({ exchanges }) => exchanges);
      expect(flows.flatMap(({ exchanges }) => exchanges)).toHaveLength(summary.exchanges);
      for (const { address, port, exchanges, requests } of servers) {
        expect({ file, port, exchanges }).toEqual({ file, port, exchanges: of(address, port).length });
        const asked = of(address, port).filter(({ method }) => method !== null);
        expect({ file, port, requests }).toEqual({ file, port, requests: asked.length });
      }
    }
  });

  it('ends when told to', async () => {
    expect(await all(readFlows(sample, { signal: AbortSignal.abort() }))).toEqual([]);
  });

  it('throws for damage after what was read before it', async () => {
    const bytes = pcap([...resets(3)], { network: LINKTYPE_IPV4 });
    const damaged = Buffer.concat([bytes, Buffer.alloc(64, 0xff)]);
    const seen: number[] = [];
    const reading = async () => {
      for await (const { stream } of readFlows('-', { input: Readable.from([damaged]) })) seen.push(stream);
    };
    await expect(reading()).rejects.toMatchObject({ name: 'CaptureError', code: 'damaged' });
    expect(seen).toEqual([0, 1, 2]);
    await expect(all(readFlows('no-such.pcap'))).rejects.toMatchObject({ code: 'not-found' });
  });
});
