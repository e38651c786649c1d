/** What is captured on both sides of a translator of addresses is found once, as it was on the first side. */
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyze } from '../../src/pipeline/analyze.js';
import { scratchFolder } from '../capture/scratch-folder.js';
import { partOf } from './clocks/legs.js';

const scratch = scratchFolder();
const FRONT = '10.0.0.49';
const FILE_HEADER = 24;
const RECORD_HEADER = 16;
/** In Ethernet and IPv4: the source's address, and behind it the destination's. */
const ADDRESSES = 26;

/** A capture whose clients in 10.0.0.0/24, all but the front, have addresses in 192.0.2.0/24. */
function translated(capture: Buffer): Buffer {
  const copy = Buffer.from(capture);
  for (let at = FILE_HEADER; at < copy.length; at += RECORD_HEADER + copy.readUInt32LE(at + 8))
    for (const address of [at + RECORD_HEADER + ADDRESSES, at + RECORD_HEADER + ADDRESSES + 4])
      if (copy.readUIntBE(address, 3) === 0x0a0000 && copy.readUInt8(address + 3) !== 49)
        copy.writeUIntBE(0xc00002, address, 3);
  return copy;
}

describe.each([
  'truncated-response-chunked.pcapng',
  'encrypted-empty-response.pcapng',
  'header-too-large-response.pcapng',
])('%s behind a translator of addresses', (sample) => {
  it('gives the findings of its first side', async () => {
    const file = path.join('samples', sample);
    const isFront = (addresses: readonly string[]): boolean => addresses.includes(FRONT);
    const client = await partOf(file, isFront, { aheadNs: 0 });
    const proxy = await partOf(
      file,
      () => true,
      { aheadNs: 0 },
      ([from]) => (from === FRONT ? -50_000 : 50_000),
    );
    const files = [scratch.write('client.pcap', client.capture), scratch.write('proxy.pcap', proxy.capture)];
    const behind = scratch.write('behind.pcap', translated(proxy.capture));
    const told = async (captures: readonly string[]) => {
      const { analysis } = await analyze({ files: [...captures], keyLogs: proxy.keyLogs });
      const findings = analysis.findings.map(({ rule, subject, occurrences, severity, confidence }) => [
        ...[rule, subject.address, subject.port, occurrences, severity, confidence],
      ]);
      return { findings, connections: analysis.connections };
    };
    const [first = ''] = files;
    const alike = await told(files);
    expect(alike.findings).not.toEqual([]);
    expect(await told([first, behind])).toEqual(alike);
  });
});
