import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openCapture } from '../../src/capture/open.js';
import { NUMBERED_BLOCKS } from '../../src/capture/pcapng/block.js';
import type { CaptureReader } from '../../src/capture/reader.js';
import { eachPacket } from './read-all.js';

const CORPUS = path.resolve(import.meta.dirname, '../../../shared/corpus');
const EXPECTED = path.join(CORPUS, 'expected');

/** What tshark says of a capture: the part of its document that a reader can be held to. */
interface Expectation {
  readonly packets: number;
  readonly firstTime: string | null;
  readonly lastTime: string | null;
  readonly exitCode: number;
  readonly cutShort: boolean;
  readonly blockTypes?: Readonly<Record<string, number>>;
}

function expectations(): readonly string[] {
  if (!existsSync(EXPECTED)) return [];
  return readdirSync(EXPECTED, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length))
    .sort();
}

/** `1718027458.480543000` in nanoseconds; `null` for what is no time (a block without one, a negative fraction). */
function timeNs(text: string | null): bigint | null {
  const match = /^(\d+)\.(\d+)$/.exec(text ?? '');
  return match === null ? null : BigInt(match[1] ?? 0) * 1_000_000_000n + BigInt(match[2] ?? 0);
}

/** Where we differ from tshark 4.0 on purpose, with what it is that differs. */
const DIFFERENCES: Readonly<Record<string, readonly string[]>> = {
  // tshark shows nothing and exits with 0.
  'pcap2har/empty.pcap': ['empty.pcap: is empty'],
  // tshark does not know this link type and reads no packet; here its packets are counted.
  'libpcap/filter__brcm-tag-stp.pcap': ['4 packets, tshark 0'],
  'libpcap/filter__brcm-tag.pcap': ['15 packets, tshark 0'],
  // Microseconds above 4.29 s: tshark computes the nanoseconds in 32 bits and loses 2^33 of them.
  'tcpflow/bug8.pcap': ['begins at 1147551803915240000, tshark 1147551795325305408'],
};

/** Every way in which a capture reads otherwise than tshark says. */
async function differences(name: string, expected: Expectation): Promise<readonly string[]> {
  let reader: CaptureReader;
  try {
    reader = await openCapture(path.join(CORPUS, name), 0);
  } catch (thrown) {
    // Offsets and advice are not compared, and neither is the directory.
    return expected.exitCode === 0 ? [String(thrown).replace(/^.*\//, '')] : [];
  }
  let lastNumber = 0;
  await eachPacket(reader, (packet) => {
    lastNumber = packet.number;
  });
  const facts = reader.facts();
  reader.close();
  const found: string[] = [];
  const { error } = reader;
  if (error !== null && expected.exitCode === 0) found.push(error.message);
  const others = Object.entries(expected.blockTypes ?? {}).filter(([type]) => NUMBERED_BLOCKS.has(Number(type)));
  const numbered = facts.packets + others.reduce((sum, [, count]) => sum + count, 0);
  if (numbered !== expected.packets) found.push(`${numbered} packets, tshark ${expected.packets}`);
  if (others.length === 0 && lastNumber !== facts.packets) found.push(`the last packet is number ${lastNumber}`);
  const first = timeNs(expected.firstTime);
  const last = timeNs(expected.lastTime);
  if (first !== null && first !== facts.startEpochNs) found.push(`begins at ${facts.startEpochNs}, tshark ${first}`);
  if (last !== null && last !== facts.endEpochNs) found.push(`ends at ${facts.endEpochNs}, tshark ${last}`);
  if (facts.warnings.some((warning) => warning.startsWith('cut short')) !== expected.cutShort) {
    found.push(`warnings ${facts.warnings.join('; ')}, tshark says cut short: ${expected.cutShort}`);
  }
  return found;
}

describe.skipIf(!existsSync(EXPECTED))(
  'each capture of the public corpus has the packets and times that tshark sees',
  () => {
    it.each(expectations())('%s', async (name) => {
      const document: { capture: Expectation } = JSON.parse(readFileSync(path.join(EXPECTED, `${name}.json`), 'utf8'));
      expect(await differences(name, document.capture)).toEqual(DIFFERENCES[name] ?? []);
    });
  },
);
